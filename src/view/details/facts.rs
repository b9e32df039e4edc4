//! What is recorded about a span, as a list of terms. Absent facts of a task are named as such.

use crate::view::answers::Answers;
use crate::view::details::Subject;
use crate::view::parts::format::{count, duration_exact};
use crate::view::parts::long_text::{field_short, field_value};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{shown as text, Named};
use crate::view::parts::time::Moment;
use crate::wording::{common, details as words};
use crewscope_analysis::model_of;
use crewscope_trace::model::{Field, Flags, Kind, Span, Status, Trace};
use leptos::prelude::*;

/// Stands for what was not recorded.
#[component]
fn Unknown() -> impl IntoView {
    view! { <span class="cs-unknown">{common::UNKNOWN}</span> }
}

/// A term with a value of a few words.
#[component]
fn ShortFact(term: &'static str, value: Option<AnyView>) -> impl IntoView {
    view! {
        <dt>{term}</dt>
        <dd>{value.unwrap_or_else(|| view! { <Unknown /> }.into_any())}</dd>
    }
}

fn mono(value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <span class="cs-mono">{text(&value)}</span> }.into_any())
}

/// A term with a text that takes the whole width.
#[component]
fn BlockFact(term: &'static str, value: Option<AnyView>) -> impl IntoView {
    let recorded = value.is_some();
    view! {
        <dt class="cs-long">{term}</dt>
        <dd class="cs-long" data-recorded=recorded.to_string()>
            {value.unwrap_or_else(|| view! { <Unknown /> }.into_any())}
        </dd>
    }
}

/// Names with commas between them.
fn names(names: Vec<String>) -> Option<AnyView> {
    let one = |(at, name)| {
        let comma = (at > 0).then_some(common::COMMA);
        view! {
            {comma}
            <Named text=name />
        }
    };
    (!names.is_empty()).then(|| {
        names
            .into_iter()
            .enumerate()
            .map(one)
            .collect_view()
            .into_any()
    })
}

fn status(span: &Span) -> AnyView {
    let derived = span.flags.has(Flags::DERIVED_STATUS);
    view! { <StatusMark status=span.status derived badge=false /> }.into_any()
}

fn times(span: &Span) -> [AnyView; 3] {
    let naive = span.flags.has(Flags::NAIVE_TIME);
    let moment = |ns: i64| view! { <Moment ns naive /> }.into_any();
    let end = match span.end {
        Some(end) if span.flags.has(Flags::DERIVED_END) => Some(
            view! {
                {moment(end)}
                <span class="cs-muted" title=words::CONCLUDED_HOW>
                    {words::CONCLUDED}
                </span>
            }
            .into_any(),
        ),
        Some(end) => Some(moment(end)),
        None => None,
    };
    let conflict = span
        .flags
        .has(Flags::CLOCK_CONFLICT)
        .then_some(words::CLOCKS);
    let time = span.duration().map(|time| {
        view! {
            {duration_exact(time)}
            <span class="cs-muted">{conflict}</span>
        }
        .into_any()
    });
    [
        (words::START_TIME, span.start.map(moment)),
        (words::END_TIME, end),
        (common::EXECUTION_TIME, time),
    ]
    .map(|(term, value)| view! { <ShortFact term value /> }.into_any())
}

/// The twelve terms of a task.
#[component]
pub fn TaskFacts(subject: Subject) -> impl IntoView {
    let answers = expect_context::<Answers>();
    let span = subject.span()?;
    let trace = &*subject.trace;
    let (agents, models) = agents_and_models(answers, trace, span);
    let field = |field: Field| field_value(trace, span, field, None);
    let input = field(Field::Input).or_else(|| field(Field::Context));
    let [start, end, time] = times(span);
    Some(view! {
        <dl class="cs-facts">
            <ShortFact term=words::TASK_KEY value=mono(field_short(trace, span, Field::TaskKey)) />
            <ShortFact term=words::TASK_ID value=mono(field_short(trace, span, Field::TaskId)) />
            <ShortFact term=common::STATUS value=Some(status(span)) />
            <ShortFact term=common::AGENT value=names(agents) />
            <ShortFact term=common::LLM value=names(models) />
            {start}
            {end}
            {time}
            <BlockFact term=words::TASK_DESCRIPTION value=field(Field::Description) />
            <BlockFact term=words::EXPECTED_OUTPUT value=field(Field::ExpectedOutput) />
            <BlockFact term=common::INPUT value=input />
            <BlockFact term=common::OUTPUT value=field(Field::Output) />
        </dl>
    })
}

fn agents_and_models(answers: Answers, trace: &Trace, span: &Span) -> (Vec<String>, Vec<String>) {
    let Some(shown) = answers.shown.get_untracked() else {
        return Default::default();
    };
    answers.tasks.with_untracked(|tasks| {
        let own = |at: u32| {
            shown
                .trace
                .spans
                .get(at as usize)
                .is_some_and(|other| shown.trace.str(other.id) == trace.str(span.id))
        };
        let row = tasks.iter().find(|task| own(task.span));
        row.map(|task| (task.agents.clone(), task.models.clone()))
            .unwrap_or_default()
    })
}

/// Short facts of any other span: only what is recorded, since which facts a kind has differs.
#[component]
pub fn SpanFacts(subject: Subject) -> impl IntoView {
    let span = subject.span()?;
    let trace = &*subject.trace;
    let agent = trace
        .nearest(subject.at, |span| span.kind == Kind::Agent)
        .and_then(|at| trace.spans.get(at as usize))
        .map(|agent| name::of(trace, agent))
        .or_else(|| trace.name_of(span, Field::AgentRole).map(str::to_owned));
    let model = model_of(trace, span).map(str::to_owned);
    let answered = trace
        .name_of(span, Field::ResponseModel)
        .filter(|answered| Some(*answered) != model.as_deref())
        .map(str::to_owned);
    let [start, end, time] = times(span);
    let usage = &span.usage;
    let tokens = |term: &'static str, number: Option<u64>| {
        number.map(|number| view! { <ShortFact term value=Some(count(number).into_any()) /> })
    };
    let fact = |term: &'static str, field: Field| {
        field_short(trace, span, field)
            .map(|value| view! { <ShortFact term value=Some(text(&value).into_any()) /> })
    };
    let long = |term: &'static str, field: Field| {
        field_value(trace, span, field, None)
            .map(|value| view! { <BlockFact term value=Some(value) /> })
    };
    // A work span has its texts here; a call shows its own in the body below.
    let is_work = matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Agent
    );
    let missing =
        (span.kind == Kind::Llm && !usage.is_recorded() && span.status == Status::Completed)
            .then(|| view! { <ShortFact term=common::TOTAL_TOKENS value=None /> });
    Some(view! {
        <dl class="cs-facts">
            <ShortFact term=common::KIND value=Some(span.kind.label().into_any()) />
            <ShortFact term=common::STATUS value=Some(status(span)) />
            {agent
                .map(|agent| {
                    view! { <ShortFact term=common::AGENT value=names(vec![agent]) /> }
                })}
            {model
                .map(|model| {
                    view! { <ShortFact term=common::LLM value=names(vec![model]) /> }
                })}
            {answered
                .map(|model| {
                    view! { <ShortFact term=common::ANSWERED_BY value=names(vec![model]) /> }
                })}
            {start}
            {end}
            {time}
            {missing}
            {tokens(common::PROMPT_TOKENS, usage.prompt)}
            {tokens(words::CACHED, usage.cached)}
            {tokens(words::WRITTEN_TO_CACHE, usage.cache_write)}
            {tokens(common::COMPLETION_TOKENS, usage.completion)}
            {tokens(words::REASONING, usage.reasoning)}
            {tokens(common::TOTAL_TOKENS, usage.total())}
            {fact(common::FINISH_REASON, Field::FinishReason)}
            {fact(common::PROVIDER, Field::Provider)}
            {fact(words::CALL_TYPE, Field::CallType)}
            {fact(common::TEMPERATURE, Field::Temperature)}
            {fact(common::MAX_TOKENS, Field::MaxTokens)}
            {fact(common::TOP_P, Field::TopP)}
            {fact(common::STREAMED, Field::Stream)}
            {fact(words::FROM_CACHE, Field::FromCache)}
            {fact(words::ATTEMPTS, Field::Attempts)}
            {fact(words::FAILURE_REASON, Field::FailureReason)}
            {fact(words::PROCESS, Field::Process)}
            {fact(words::METHOD, Field::MethodName)}
            {fact(words::CALL_ID, Field::CallId)}
            {is_work
                .then(|| {
                    view! {
                        {long(words::GOAL, Field::AgentGoal)}
                        {long(words::BACKSTORY, Field::Backstory)}
                        <BlockFact
                            term=common::INPUT
                            value=field_value(trace, span, Field::Input, None)
                        />
                        {long(common::STATE, Field::State)}
                        <BlockFact
                            term=common::OUTPUT
                            value=field_value(trace, span, Field::Output, None)
                        />
                    }
                })}
        </dl>
    })
}
