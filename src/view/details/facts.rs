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
use crewscope_trace::model::{Field, Flags, Kind, Span, SpanIndex, Status, Trace};
use leptos::prelude::*;

/// Stands for what was not recorded.
#[component]
fn Unknown() -> impl IntoView {
    view! { <span class="cs-unknown">{common::UNKNOWN}</span> }
}

/// A term with a value of a few words.
#[component]
fn ShortFact(
    /// The term.
    term: &'static str,
    /// Its value; none: it was not recorded.
    value: Option<AnyView>,
) -> impl IntoView {
    view! {
        <dt>{term}</dt>
        <dd>{value.unwrap_or_else(|| view! { <Unknown /> }.into_any())}</dd>
    }
}

/// A term with a text that takes the whole width.
#[component]
fn BlockFact(
    /// The term.
    term: &'static str,
    /// Its text; none: it was not recorded.
    value: Option<AnyView>,
) -> impl IntoView {
    let recorded = value.is_some();
    view! {
        <dt class="cs-long">{term}</dt>
        <dd class="cs-long" data-recorded=recorded.to_string()>
            {value.unwrap_or_else(|| view! { <Unknown /> }.into_any())}
        </dd>
    }
}

fn mono(value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <span class="cs-mono">{text(&value)}</span> }.into_any())
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
    view! { <StatusMark status=span.status derived /> }.into_any()
}

/// When it began and ended, and how long that took.
fn times(span: &Span) -> impl IntoView {
    let naive = span.flags.has(Flags::NAIVE_TIME);
    let moment = |ns: i64| view! { <Moment ns naive /> }.into_any();
    let end = span.end.map(|end| {
        if !span.flags.has(Flags::DERIVED_END) {
            return moment(end);
        }
        view! {
            {moment(end)}
            <span class="cs-muted" title=words::CONCLUDED_HOW>
                {words::CONCLUDED}
            </span>
        }
        .into_any()
    });
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
    view! {
        <ShortFact term=words::START_TIME value=span.start.map(moment) />
        <ShortFact term=words::END_TIME value=end />
        <ShortFact term=common::EXECUTION_TIME value=time />
    }
}

/// The twelve terms of a task.
#[component]
pub fn TaskFacts(
    /// The task.
    subject: Subject,
) -> impl IntoView {
    let answers = expect_context::<Answers>();
    let span = subject.span()?;
    let trace = &*subject.trace;
    let (agents, models) = agents_and_models(answers, trace, span);
    let field = |field: Field| field_value(trace, span, field, None);
    let input = field(Field::Input).or_else(|| field(Field::Context));
    Some(view! {
        <dl class="cs-facts">
            <ShortFact term=words::TASK_KEY value=mono(field_short(trace, span, Field::TaskKey)) />
            <ShortFact term=words::TASK_ID value=mono(field_short(trace, span, Field::TaskId)) />
            <ShortFact term=common::STATUS value=Some(status(span)) />
            <ShortFact term=common::AGENT value=names(agents) />
            <ShortFact term=common::LLM value=names(models) />
            {times(span)}
            <BlockFact term=words::TASK_DESCRIPTION value=field(Field::Description) />
            <BlockFact term=words::EXPECTED_OUTPUT value=field(Field::ExpectedOutput) />
            <BlockFact term=common::INPUT value=input />
            <BlockFact term=common::OUTPUT value=field(Field::Output) />
        </dl>
    })
}

/// The names of the task's agents and models, as the table has them.
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
pub fn SpanFacts(
    /// The span.
    subject: Subject,
) -> impl IntoView {
    let span = subject.span()?;
    let trace = &*subject.trace;
    // A work span has its texts here; a call shows its own in the body below.
    let is_work = matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Agent
    );
    Some(view! {
        <dl class="cs-facts">
            <ShortFact term=common::KIND value=Some(span.kind.label().into_any()) />
            <ShortFact term=common::STATUS value=Some(status(span)) />
            {who(trace, subject.at, span)}
            {times(span)}
            {tokens(span)}
            {settings(trace, span)}
            {is_work.then(|| texts(trace, span))}
        </dl>
    })
}

/// The agent, the model that was asked, and the one that answered, if that is another.
fn who(trace: &Trace, at: SpanIndex, span: &Span) -> impl IntoView {
    let agent = trace
        .nearest(at, |span| span.kind == Kind::Agent)
        .and_then(|at| trace.spans.get(at as usize))
        .map(|agent| name::of(trace, agent))
        .or_else(|| trace.name_of(span, Field::AgentRole).map(str::to_owned));
    let model = model_of(trace, span);
    let answered = trace
        .name_of(span, Field::ResponseModel)
        .filter(|answered| Some(*answered) != model);
    [
        (common::AGENT, agent),
        (common::LLM, model.map(str::to_owned)),
        (common::ANSWERED_BY, answered.map(str::to_owned)),
    ]
    .into_iter()
    .filter_map(|(term, name)| {
        let value = names(vec![name?]);
        Some(view! { <ShortFact term value /> })
    })
    .collect_view()
}

/// What was used, by kinds of tokens. A call that completed without any record of it says so.
fn tokens(span: &Span) -> impl IntoView {
    let usage = &span.usage;
    let missing =
        span.kind == Kind::Llm && !usage.is_recorded() && span.status == Status::Completed;
    let counts = [
        (common::PROMPT_TOKENS, usage.prompt),
        (words::CACHED, usage.cached),
        (words::WRITTEN_TO_CACHE, usage.cache_write),
        (common::COMPLETION_TOKENS, usage.completion),
        (words::REASONING, usage.reasoning),
        (common::TOTAL_TOKENS, usage.total()),
    ];
    let counts = counts
        .into_iter()
        .filter_map(|(term, number)| {
            let value = count(number?).into_any();
            Some(view! { <ShortFact term value=Some(value) /> })
        })
        .collect_view();
    view! {
        {missing.then(|| view! { <ShortFact term=common::TOTAL_TOKENS value=None /> })}
        {counts}
    }
}

/// What a call was made with, and what became of it.
const SETTINGS: [(&str, Field); 13] = [
    (common::FINISH_REASON, Field::FinishReason),
    (common::PROVIDER, Field::Provider),
    (words::CALL_TYPE, Field::CallType),
    (common::TEMPERATURE, Field::Temperature),
    (common::MAX_TOKENS, Field::MaxTokens),
    (common::TOP_P, Field::TopP),
    (common::STREAMED, Field::Stream),
    (words::FROM_CACHE, Field::FromCache),
    (words::ATTEMPTS, Field::Attempts),
    (words::FAILURE_REASON, Field::FailureReason),
    (words::PROCESS, Field::Process),
    (words::METHOD, Field::MethodName),
    (words::CALL_ID, Field::CallId),
];

/// Those of [`SETTINGS`] that are recorded.
fn settings(trace: &Trace, span: &Span) -> impl IntoView {
    SETTINGS
        .into_iter()
        .filter_map(|(term, field)| {
            let value = field_short(trace, span, field)?;
            Some(view! { <ShortFact term value=Some(text(&value).into_any()) /> })
        })
        .collect_view()
}

/// What a span that holds others was given and gave back.
fn texts(trace: &Trace, span: &Span) -> impl IntoView {
    let field = |field: Field| field_value(trace, span, field, None);
    let recorded = |term: &'static str, of: Field| {
        field(of).map(|value| view! { <BlockFact term value=Some(value) /> })
    };
    view! {
        {recorded(words::GOAL, Field::AgentGoal)}
        {recorded(words::BACKSTORY, Field::Backstory)}
        <BlockFact term=common::INPUT value=field(Field::Input) />
        {recorded(common::STATE, Field::State)}
        <BlockFact term=common::OUTPUT value=field(Field::Output) />
    }
}
