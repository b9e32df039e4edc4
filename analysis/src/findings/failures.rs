//! What failed, and why: tasks, runs, LLM calls, answers, guardrails.

use crate::findings::run::Run;
use crate::findings::What;
use crewscope_trace::model::{Field, Kind, Status, Usage};

/// Looks for failures.
pub fn find(run: &mut Run<'_>) {
    failed(run);
    unfinished(run);
    llm_calls(run);
    answers(run);
    guardrails(run);
}

fn failed(run: &mut Run<'_>) {
    let tasks: Vec<usize> = run
        .tasks
        .iter()
        .copied()
        .filter(|&at| run.span(at).status == Status::Failed)
        .collect();
    for &task in &tasks {
        report(run, What::TaskFailed, task);
    }
    if tasks.is_empty() && run.execution.status == Status::Failed {
        let spans = run.execution.first_span as usize..run.execution.last_span as usize;
        let root = spans
            .clone()
            .find(|&at| run.span(at).parent.is_none() && run.span(at).status == Status::Failed)
            .or_else(|| spans.clone().next());
        if let Some(root) = root {
            report(run, What::RunFailed, root);
        }
    }
}

fn report(run: &mut Run<'_>, what: What, of: usize) {
    let cause = cause(run, of);
    if let Some(cause) = cause {
        run.causes.insert(cause);
    }
    let mut evidence = vec![of];
    evidence.extend(cause);
    let mut finding = run.finding(what, of, &evidence);
    finding.other = cause.map(crate::findings::run::index);
    finding.time = run.span(of).duration();
    finding.spent = run.spent(run.below(of));
    run.found(finding);
}

/// The deepest failing span that explains why this one failed: on the way down the failed child that ended last, unless work went on well
/// after it.
fn cause(run: &Run<'_>, of: usize) -> Option<usize> {
    let mut cause = None;
    let mut at = of;
    loop {
        let mut last: Option<usize> = None;
        let mut answered = i64::MIN;
        let mut child = at + 1;
        while child < run.below(at).end {
            let span = run.span(child);
            let moment = span.end.or(span.start).unwrap_or(i64::MIN);
            match (span.status, span.kind) {
                (Status::Failed, _) => {
                    let before = last.map(|last| {
                        let last = run.span(last);
                        last.end.or(last.start).unwrap_or(i64::MIN)
                    });
                    if before.is_none_or(|before| moment >= before) {
                        last = Some(child);
                    }
                }
                (Status::Completed, Kind::Llm | Kind::Agent | Kind::Task) => {
                    answered = answered.max(moment);
                }
                _ => {}
            }
            child = (span.subtree_end as usize).max(child + 1);
        }
        let Some(found) = last else { return cause };
        let ended = run.span(found).end.unwrap_or(i64::MAX);
        // A tool that failed and was made up for is no cause; a task or agent that failed is, whatever its neighbours did.
        let made_up = matches!(run.span(found).kind, Kind::Tool | Kind::Llm) && answered > ended;
        if made_up {
            return cause;
        }
        cause = Some(found);
        at = found;
    }
}

fn unfinished(run: &mut Run<'_>) {
    // The deepest of what is still running says where it stands.
    let spans = run.execution.first_span as usize..run.execution.last_span as usize;
    let open: Vec<usize> = spans
        .filter(|&at| run.span(at).status == Status::Running)
        .collect();
    let deepest = open.iter().copied().max_by_key(|&at| run.span(at).depth);
    if let Some(deepest) = deepest {
        let mut finding = run.finding(What::Unfinished, deepest, &[deepest]);
        finding.places = u32::try_from(open.len()).unwrap_or(u32::MAX);
        run.found(finding);
    }
}

/// Where calls belong together: in their task, whichever try of its agent made them.
fn place(run: &Run<'_>, at: usize) -> usize {
    run.task_of(at).unwrap_or_else(|| run.owner(at))
}

fn llm_calls(run: &mut Run<'_>) {
    let failed: Vec<usize> = run
        .llm
        .iter()
        .copied()
        .filter(|&at| run.span(at).status == Status::Failed && !run.causes.contains(&at))
        .collect();
    let mut groups = Vec::new();
    run.groups(
        &failed,
        &|at| Some((place(run, at) as i64, run.model(at))),
        &mut |group| groups.push(group.to_vec()),
    );
    for group in groups {
        let Some(&first) = group.first() else {
            continue;
        };
        let answered = run.below(place(run, first)).any(|at| {
            let span = run.span(at);
            span.kind == Kind::Llm && run.done(at) && span.start >= run.span(first).end
        });
        let mut finding = run.finding(What::LlmFailed, first, &group);
        finding.numbers[1] = i64::from(answered);
        finding.time = run.time(&group);
        finding.spent = run.spent(group.iter().copied());
        run.found(finding);
    }
}

/// Whether tokens, too, say that nothing was written: what a recorder left out was paid for.
fn wrote_nothing(usage: &Usage) -> bool {
    /// An empty answer counts for its end.
    const END: u64 = 5;
    let thought = usage.reasoning.unwrap_or(0);
    usage
        .completion
        .is_some_and(|completion| completion.saturating_sub(thought) <= END)
}

/// Whether tools are used after a call: then its answer may have been nothing but the request for them, which some recorders leave out.
fn asks_for_tools(run: &Run<'_>, call: usize) -> bool {
    let after = run.span(call).end;
    run.below(run.owner(call))
        .any(|at| run.span(at).kind == Kind::Tool && run.span(at).start >= after)
}

fn answers(run: &mut Run<'_>) {
    let records_answers = run
        .llm
        .iter()
        .any(|&at| run.span(at).get(Field::Output).is_some());
    let mut of: [Vec<usize>; 3] = Default::default();
    for &at in &run.llm {
        let span = run.span(at);
        let reason = run
            .trace
            .name_of(span, Field::FinishReason)
            .unwrap_or_default()
            .to_ascii_lowercase();
        if reason.contains("length") || reason.contains("max_token") {
            of[0].push(at);
        } else if ["content_filter", "safety", "refusal", "prohibited_content"]
            .iter()
            .any(|word| reason.contains(word))
        {
            of[1].push(at);
        } else if records_answers
            && run.done(at)
            && span.get(Field::Output).is_none()
            && wrote_nothing(&span.usage)
            && !reason.contains("tool")
            && !asks_for_tools(run, at)
        {
            of[2].push(at);
        }
    }
    for (what, calls) in [What::CutOff, What::Filtered, What::LlmEmpty]
        .into_iter()
        .zip(of)
    {
        let mut groups = Vec::new();
        run.groups(
            &calls,
            &|at| Some((place(run, at) as i64, run.model(at))),
            &mut |group| groups.push(group.to_vec()),
        );
        for group in groups {
            let mut finding = run.finding(what, group[0], &group);
            finding.time = run.time(&group);
            finding.spent = run.spent(group.iter().copied());
            run.found(finding);
        }
    }
}

fn guardrails(run: &mut Run<'_>) {
    let spans = run.execution.first_span as usize..run.execution.last_span as usize;
    let rejections: Vec<usize> = spans
        .filter(|&at| {
            let span = run.span(at);
            span.kind == Kind::Guardrail
                && (span.bool(Field::Success) == Some(false)
                    || (span.status == Status::Failed && span.bool(Field::Success).is_none()))
        })
        .collect();
    let mut groups = Vec::new();
    run.groups(
        &rejections,
        &|at| Some((place(run, at) as i64, 0)),
        &mut |group| groups.push(group.to_vec()),
    );
    for group in groups {
        let first = group[0];
        let of = place(run, first);
        let after = run.span(first).end.or(run.span(first).start);
        // What was done again because of it.
        let again: Vec<usize> = run
            .below(of)
            .filter(|&at| run.span(at).kind == Kind::Llm && run.span(at).start >= after)
            .collect();
        let mut finding = run.finding(What::GuardrailRejected, of, &group);
        finding.time = run
            .span(of)
            .end
            .zip(after)
            .and_then(|(end, after)| end.checked_sub(after))
            .filter(|time| *time >= 0);
        finding.spent = run.spent(again);
        run.found(finding);
    }
}
