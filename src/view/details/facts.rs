//! What is recorded about a span, as a list of terms. Absent facts of a task are named as such.

use super::Subject;
use crate::view::answers::Answers;
use crate::view::parts::format::{count, duration_exact, UNKNOWN};
use crate::view::parts::long_text::{field_short, field_value};
use crate::view::parts::name;
use crate::view::parts::status::StatusMark;
use crate::view::parts::text::{shown as text, Name};
use crate::view::parts::time::Moment;
use crewscope_trace::analysis::model_of;
use crewscope_trace::model::{Field, Flags, Kind, Span, Status, Trace};
use leptos::prelude::*;

fn unknown() -> AnyView {
    view! { <span class="cs-unknown">{UNKNOWN}</span> }.into_any()
}

fn short(term: &'static str, value: Option<AnyView>) -> AnyView {
    view! {
        <dt>{term}</dt>
        <dd>{value.unwrap_or_else(unknown)}</dd>
    }
    .into_any()
}

fn mono(value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <span class="cs-mono">{text(&value)}</span> }.into_any())
}

fn block(term: &'static str, value: Option<AnyView>) -> AnyView {
    let recorded = value.is_some();
    view! {
        <dt class="cs-long">{term}</dt>
        <dd class="cs-long" data-recorded=recorded.to_string()>
            {value.unwrap_or_else(unknown)}
        </dd>
    }
    .into_any()
}

fn names(names: Vec<String>) -> Option<AnyView> {
    let mut views = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            views.push(", ".into_any());
        }
        views.push(view! { <Name text=name/> }.into_any());
    }
    (!views.is_empty()).then(|| views.collect_view().into_any())
}

fn times(span: &Span) -> [AnyView; 3] {
    let naive = span.flags.has(Flags::NAIVE_TIME);
    let moment = |ns: i64| view! { <Moment ns=ns naive=naive/> }.into_any();
    let end = match span.end {
        Some(end) if span.flags.has(Flags::DERIVED_END) => {
            Some(view! { {moment(end)}<span class="cs-muted" title="Concluded from other records">" (concluded)"</span> }.into_any())
        }
        Some(end) => Some(moment(end)),
        None => None,
    };
    let conflict = span
        .flags
        .has(Flags::CLOCK_CONFLICT)
        .then_some(" (the clocks contradict each other here)");
    let time = span.duration().map(|time| {
        view! { {duration_exact(time)}<span class="cs-muted">{conflict}</span> }.into_any()
    });
    [
        short("Start Time", span.start.map(moment)),
        short("End Time", end),
        short("Execution Time", time),
    ]
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
    let [start, end, time] = times(span);
    Some(view! {
        <dl class="cs-facts">
            {short("Task Key", mono(field_short(trace, span, Field::TaskKey)))}
            {short("Task ID", mono(field_short(trace, span, Field::TaskId)))}
            {short("Status", Some(view! { <StatusMark status=span.status derived=span.flags.has(Flags::DERIVED_STATUS)/> }.into_any()))}
            {short("Agent", names(agents))}
            {short("LLM", names(models))}
            {start}
            {end}
            {time}
            {block("Task Description", field(Field::Description))}
            {block("Expected Output", field(Field::ExpectedOutput))}
            {block("Input", input)}
            {block("Output", field(Field::Output))}
        </dl>
    }.into_any())
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
pub fn SpanFacts(
    /// The span.
    subject: Subject,
) -> impl IntoView {
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
    let usage = span.usage;
    let tokens = |term: &'static str, number: Option<u64>| {
        number.map(|number| short(term, Some(count(number).into_any())))
    };
    let fact = |term: &'static str, field: Field| {
        field_short(trace, span, field).map(|value| short(term, Some(text(&value))))
    };
    let long = |term: &'static str, field: Field| {
        field_value(trace, span, field, None).map(|value| block(term, Some(value)))
    };
    // A work span has its texts here; a call shows its own in the body below.
    let is_work = matches!(
        span.kind,
        Kind::Crew | Kind::Flow | Kind::Method | Kind::Agent
    );
    let missing =
        (span.kind == Kind::Llm && !usage.is_recorded() && span.status == Status::Completed)
            .then(|| short("Total Tokens", None));
    Some(view! {
        <dl class="cs-facts">
            {short("Kind", Some(span.kind.label().into_any()))}
            {short("Status", Some(view! { <StatusMark status=span.status derived=span.flags.has(Flags::DERIVED_STATUS)/> }.into_any()))}
            {agent.map(|agent| short("Agent", names(vec![agent])))}
            {model.map(|model| short("LLM", names(vec![model])))}
            {answered.map(|model| short("Answered by", names(vec![model])))}
            {start}
            {end}
            {time}
            {missing}
            {tokens("Prompt Tokens", usage.prompt)}
            {tokens("Cached", usage.cached)}
            {tokens("Written to cache", usage.cache_write)}
            {tokens("Completion Tokens", usage.completion)}
            {tokens("Reasoning", usage.reasoning)}
            {tokens("Total Tokens", usage.total())}
            {fact("Finish reason", Field::FinishReason)}
            {fact("Provider", Field::Provider)}
            {fact("Call type", Field::CallType)}
            {fact("Temperature", Field::Temperature)}
            {fact("Max tokens", Field::MaxTokens)}
            {fact("Top p", Field::TopP)}
            {fact("Streamed", Field::Stream)}
            {fact("From cache", Field::FromCache)}
            {fact("Attempts", Field::Attempts)}
            {fact("Failure reason", Field::FailureReason)}
            {fact("Process", Field::Process)}
            {fact("Method", Field::MethodName)}
            {fact("Call ID", Field::CallId)}
            {is_work.then(|| {
                view! {
                    {long("Goal", Field::AgentGoal)}
                    {long("Backstory", Field::Backstory)}
                    {block("Input", field_value(trace, span, Field::Input, None))}
                    {long("State", Field::State)}
                    {block("Output", field_value(trace, span, Field::Output, None))}
                }.into_any()
            })}
        </dl>
    }.into_any())
}
