//! What is recorded about a span, as a list of terms. Absent facts of a task are named as such.

use crate::dom::{el, group, Dom};
use crate::view::answers::Answers;
use crate::view::details::Subject;
use crate::view::parts::format::{count, duration_exact};
use crate::view::parts::long_text::{field_short, field_value};
use crate::view::parts::name;
use crate::view::parts::status::status_mark;
use crate::view::parts::text::{named, shown as text};
use crate::view::parts::time::moment;
use crate::wording::{common, details as words};
use crewscope_analysis::model_of;
use crewscope_trace::model::{Field, Flags, Kind, Span, Status, Trace};
use leptos::prelude::*;

fn unknown() -> Dom {
    el("span").class("cs-unknown").child(common::UNKNOWN).dom()
}

fn short(term: &'static str, value: Option<Dom>) -> Dom {
    group()
        .child(el("dt").child(term))
        .child(el("dd").child(value.unwrap_or_else(unknown)))
        .dom()
}

fn mono(value: Option<String>) -> Option<Dom> {
    value.map(|value| el("span").class("cs-mono").child(text(&value)).dom())
}

fn block(term: &'static str, value: Option<Dom>) -> Dom {
    let recorded = value.is_some();
    group()
        .child(el("dt").class("cs-long").child(term))
        .child(
            el("dd")
                .class("cs-long")
                .attr("data-recorded", recorded.to_string())
                .child(value.unwrap_or_else(unknown)),
        )
        .dom()
}

fn names(names: Vec<String>) -> Option<Dom> {
    let mut views = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            views.push(common::COMMA.into());
        }
        views.push(named(name));
    }
    (!views.is_empty()).then(|| views.into())
}

fn times(span: &Span) -> [Dom; 3] {
    let naive = span.flags.has(Flags::NAIVE_TIME);
    let moment = |ns: i64| moment(ns, naive);
    let end = match span.end {
        Some(end) if span.flags.has(Flags::DERIVED_END) => Some(
            group()
                .child(moment(end))
                .child(
                    el("span")
                        .class("cs-muted")
                        .attr("title", words::CONCLUDED_HOW)
                        .child(words::CONCLUDED),
                )
                .dom(),
        ),
        Some(end) => Some(moment(end)),
        None => None,
    };
    let conflict = span
        .flags
        .has(Flags::CLOCK_CONFLICT)
        .then_some(words::CLOCKS);
    let time = span.duration().map(|time| {
        group()
            .child(duration_exact(time))
            .child(el("span").class("cs-muted").child(conflict))
            .dom()
    });
    [
        short(words::START_TIME, span.start.map(moment)),
        short(words::END_TIME, end),
        short(common::EXECUTION_TIME, time),
    ]
}

/// The twelve terms of a task.
pub fn task_facts(subject: Subject) -> Option<Dom> {
    let answers = expect_context::<Answers>();
    let span = subject.span()?;
    let trace = &*subject.trace;
    let (agents, models) = agents_and_models(answers, trace, span);
    let field = |field: Field| field_value(trace, span, field, None);
    let input = field(Field::Input).or_else(|| field(Field::Context));
    let [start, end, time] = times(span);
    Some(
        el("dl")
            .class("cs-facts")
            .child(short(
                words::TASK_KEY,
                mono(field_short(trace, span, Field::TaskKey)),
            ))
            .child(short(
                words::TASK_ID,
                mono(field_short(trace, span, Field::TaskId)),
            ))
            .child(short(
                common::STATUS,
                Some(status_mark(
                    span.status,
                    span.flags.has(Flags::DERIVED_STATUS),
                    false,
                )),
            ))
            .child(short(common::AGENT, names(agents)))
            .child(short(common::LLM, names(models)))
            .child(start)
            .child(end)
            .child(time)
            .child(block(words::TASK_DESCRIPTION, field(Field::Description)))
            .child(block(words::EXPECTED_OUTPUT, field(Field::ExpectedOutput)))
            .child(block(common::INPUT, input))
            .child(block(common::OUTPUT, field(Field::Output)))
            .dom(),
    )
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
pub fn span_facts(subject: Subject) -> Option<Dom> {
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
        number.map(|number| short(term, Some(count(number).into())))
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
            .then(|| short(common::TOTAL_TOKENS, None));
    Some(
        el("dl")
            .class("cs-facts")
            .child(short(common::KIND, Some(span.kind.label().into())))
            .child(short(
                common::STATUS,
                Some(status_mark(
                    span.status,
                    span.flags.has(Flags::DERIVED_STATUS),
                    false,
                )),
            ))
            .child(agent.map(|agent| short(common::AGENT, names(vec![agent]))))
            .child(model.map(|model| short(common::LLM, names(vec![model]))))
            .child(answered.map(|model| short(common::ANSWERED_BY, names(vec![model]))))
            .child(start)
            .child(end)
            .child(time)
            .child(missing)
            .child(tokens(common::PROMPT_TOKENS, usage.prompt))
            .child(tokens(words::CACHED, usage.cached))
            .child(tokens(words::WRITTEN_TO_CACHE, usage.cache_write))
            .child(tokens(common::COMPLETION_TOKENS, usage.completion))
            .child(tokens(words::REASONING, usage.reasoning))
            .child(tokens(common::TOTAL_TOKENS, usage.total()))
            .child(fact(common::FINISH_REASON, Field::FinishReason))
            .child(fact(common::PROVIDER, Field::Provider))
            .child(fact(words::CALL_TYPE, Field::CallType))
            .child(fact(common::TEMPERATURE, Field::Temperature))
            .child(fact(common::MAX_TOKENS, Field::MaxTokens))
            .child(fact(common::TOP_P, Field::TopP))
            .child(fact(common::STREAMED, Field::Stream))
            .child(fact(words::FROM_CACHE, Field::FromCache))
            .child(fact(words::ATTEMPTS, Field::Attempts))
            .child(fact(words::FAILURE_REASON, Field::FailureReason))
            .child(fact(words::PROCESS, Field::Process))
            .child(fact(words::METHOD, Field::MethodName))
            .child(fact(words::CALL_ID, Field::CallId))
            .child(is_work.then(|| {
                group()
                    .child(long(words::GOAL, Field::AgentGoal))
                    .child(long(words::BACKSTORY, Field::Backstory))
                    .child(block(
                        common::INPUT,
                        field_value(trace, span, Field::Input, None),
                    ))
                    .child(long(common::STATE, Field::State))
                    .child(block(
                        common::OUTPUT,
                        field_value(trace, span, Field::Output, None),
                    ))
                    .dom()
            }))
            .dom(),
    )
}
