//! The comparison itself.

use crate::reconcile::{Check, Quantity, Reason, Reconciliation, Verdict};
use crate::tokens::model_of;
use crewscope_trace::model::{Execution, Field, Kind, Span, SpanIndex, Status, Sym, Trace};
use crewscope_trace::slices::{at_once, pause, Slices, Work};
use rustc_hash::FxHashMap;

/// Models that are tried one by one.
const MAX_MODELS: usize = 20;

/// Compares the sums over an execution's calls with what it counted itself.
pub fn reconcile(trace: &Trace, execution: &Execution) -> Reconciliation {
    at_once(reconcile_in(&Slices::one(), trace, execution))
}

/// [`reconcile`] in slices.
pub fn reconcile_in<'a>(
    slices: &'a Slices,
    trace: &'a Trace,
    execution: &'a Execution,
) -> Work<'a, Reconciliation> {
    Box::pin(async move {
        let whole = execution.first_span as usize..execution.last_span as usize;
        let calls = calls_in(trace, whole);
        slices.breathe().await;
        let mut counts = Counts::default();
        for at in execution.first_span..execution.last_span {
            if slices.due() {
                pause().await;
            }
            let span = trace.spans.get(at as usize);
            if let Some(span) = span.filter(|span| span.kind != Kind::Llm) {
                counts.look(trace, at, span, &calls);
            }
        }
        let Counts {
            mut checks,
            without_total,
            failed_without,
            ..
        } = counts;
        let call_tokens = sum(&calls, Quantity::Total);
        let has_total = checks.iter().any(|check| check.quantity == Quantity::Total);
        agents(slices, trace, execution, &calls, &mut checks).await;
        Reconciliation {
            verdict: verdict(&checks, has_total, call_tokens.is_some()),
            crews_without_total: if has_total {
                without_total
            } else {
                failed_without
            },
            calls_without_usage: without_usage(&calls),
            calls: calls.len() as u64,
            call_tokens,
            checks,
        }
    })
}

/// What the spans of an execution count themselves.
#[derive(Default)]
struct Counts {
    checks: Vec<Check>,
    /// What the spans so far reported.
    earlier: Vec<(Kind, Quantity, u64)>,
    /// Crews that are over and reported no total.
    without_total: u64,
    /// Those of them that failed.
    failed_without: u64,
}

impl Counts {
    /// Checks what a span reports against the calls below it. `all`: the calls of the execution.
    fn look(&mut self, trace: &Trace, at: SpanIndex, span: &Span, all: &[Call<'_>]) {
        let mut below = None;
        for (quantity, field) in Quantity::ALL {
            let Some(reported) = span.int(field).and_then(|count| u64::try_from(count).ok()) else {
                continue;
            };
            let below = below.get_or_insert_with(|| calls_in(trace, trace.subtree(at)));
            let scope = Scope {
                trace,
                at,
                span,
                all,
                earlier: &self.earlier,
                below,
                quantity,
                reported,
            };
            self.checks.push(scope.check());
            self.earlier.push((span.kind, quantity, reported));
        }
        if span.kind == Kind::Crew && below.is_none() {
            self.without_total += u64::from(span.status != Status::Running);
            self.failed_without += u64::from(span.status == Status::Failed);
        }
    }
}

/// What all checks come to. `reported`: a span reports a total; `counted`: the calls have tokens to add up.
fn verdict(checks: &[Check], reported: bool, counted: bool) -> Verdict {
    // How crewai counts by agent is a habit, no contradiction.
    let contradicts = |check: &Check| {
        check
            .reason
            .is_some_and(|reason| !matches!(reason, Reason::EarlierWork | Reason::Unnamed))
    };
    if checks.iter().any(contradicts) {
        Verdict::Differs
    } else if reported && counted {
        Verdict::Agrees
    } else if reported {
        Verdict::ReportedOnly
    } else if counted {
        Verdict::CallsOnly
    } else {
        Verdict::Nothing
    }
}

/// A call with its place.
type Call<'a> = (SpanIndex, &'a Span);

fn calls_in(trace: &Trace, range: std::ops::Range<usize>) -> Vec<Call<'_>> {
    range
        .filter_map(|at| Some((SpanIndex::try_from(at).ok()?, trace.spans.get(at)?)))
        .filter(|(_, span)| span.kind == Kind::Llm)
        .collect()
}

fn sum(calls: &[Call<'_>], quantity: Quantity) -> Option<u64> {
    calls
        .iter()
        .filter_map(|(_, call)| quantity.of(call))
        .fold(None, |sum, count| {
            Some(sum.unwrap_or(0u64).saturating_add(count))
        })
}

fn without_usage(calls: &[Call<'_>]) -> u64 {
    calls
        .iter()
        .filter(|(_, call)| call.status == Status::Completed && !call.usage.is_recorded())
        .count() as u64
}

/// What `crewai.agent.llm_calls_count` says. crewai counts by agent and execution, and only calls that name the agent.
async fn agents(
    slices: &Slices,
    trace: &Trace,
    execution: &Execution,
    calls: &[Call<'_>],
    checks: &mut Vec<Check>,
) {
    let first = execution.first_span;
    let count = execution.last_span.saturating_sub(first) as usize;
    // For each span that is an agent: its own calls, and those of them that may not name it.
    let mut own = vec![(0u64, 0u64); count];
    for (at, call) in calls {
        if slices.due() {
            pause().await;
        }
        let agent = trace.nearest(*at, |span| span.kind == Kind::Agent);
        let Some(of) = agent.and_then(|agent| own.get_mut(agent.checked_sub(first)? as usize))
        else {
            continue;
        };
        let around = trace.nearest(*at, |span| helper(span.kind) || span.kind == Kind::Agent);
        let unnamed = around != agent || !call.usage.is_recorded();
        of.0 += 1;
        of.1 += u64::from(unnamed && call.status == Status::Completed);
    }
    // Own calls so far, by agent.
    let mut so_far: FxHashMap<Sym, u64> = FxHashMap::default();
    for at in first..execution.last_span {
        if slices.due() {
            pause().await;
        }
        let Some(span) = trace
            .spans
            .get(at as usize)
            .filter(|span| span.kind == Kind::Agent)
        else {
            continue;
        };
        let (own, unnamed) = own.get((at - first) as usize).copied().unwrap_or_default();
        let id = span.sym(Field::AgentId).unwrap_or(span.name);
        let total = so_far.entry(id).or_default();
        *total += own;
        let Some(reported) = span
            .int(Field::LlmCalls)
            .and_then(|count| u64::try_from(count).ok())
        else {
            continue;
        };
        let reason = if reported == own {
            None
        } else if reported == *total {
            Some(Reason::EarlierWork)
        } else if reported < own && own - reported <= unnamed {
            Some(Reason::Unnamed)
        } else {
            Some(Reason::Unknown)
        };
        checks.push(Check {
            span: at,
            quantity: Quantity::Requests,
            calls: Some(own),
            reported,
            reason,
        });
    }
}

/// One count of one span.
struct Scope<'a> {
    trace: &'a Trace,
    at: SpanIndex,
    span: &'a Span,
    /// All calls of the execution.
    all: &'a [Call<'a>],
    /// What spans before this one reported.
    earlier: &'a [(Kind, Quantity, u64)],
    below: &'a [Call<'a>],
    quantity: Quantity,
    reported: u64,
}

impl Scope<'_> {
    fn check(&self) -> Check {
        let calls = sum(self.below, self.quantity);
        // A producer that counts by usage leaves out answered calls without.
        let agrees = calls == Some(self.reported)
            || (self.quantity == Quantity::Requests
                && calls == Some(self.reported.saturating_add(without_usage(self.below))));
        let compares = calls.is_some()
            && (self.quantity != Quantity::Requests || sum(self.below, Quantity::Total).is_some());
        Check {
            span: self.at,
            quantity: self.quantity,
            calls,
            reported: self.reported,
            reason: (compares && !agrees).then(|| self.reason(calls.unwrap_or(0))),
        }
    }

    /// The sum without the calls that `left_out` names, if there are such.
    fn without(&self, left_out: impl Fn(&Call<'_>) -> bool) -> Option<u64> {
        let (out, rest): (Vec<Call<'_>>, Vec<Call<'_>>) =
            self.below.iter().copied().partition(left_out);
        (!out.is_empty()).then(|| sum(&rest, self.quantity).unwrap_or(0))
    }

    fn reason(&self, calls: u64) -> Reason {
        let is = |sum: Option<u64>| sum == Some(self.reported);
        if self.reported > calls {
            let before = |&(kind, quantity, count): &(Kind, Quantity, u64)| {
                kind == self.span.kind
                    && quantity == self.quantity
                    && count.checked_add(calls) == Some(self.reported)
            };
            if self.earlier.iter().any(before) {
                return Reason::Cumulative;
            }
            let outside: Vec<Call<'_>> = self
                .all
                .iter()
                .copied()
                .filter(|(at, _)| {
                    self.trace
                        .nearest(*at, |span| span.kind == Kind::Crew)
                        .is_none()
                })
                .collect();
            if is(sum(&outside, self.quantity).and_then(|more| more.checked_add(calls))) {
                return Reason::Outside;
            }
            let missing = without_usage(self.below);
            return if missing > 0 {
                Reason::WithoutUsage(missing)
            } else {
                Reason::Unknown
            };
        }
        let end = self.span.end;
        if is(self.without(|(_, call)| call.end.is_none() || (end.is_some() && call.end > end))) {
            return Reason::InFlight;
        }
        if is(self.without(|(at, _)| self.has_around(*at, helper))) {
            return Reason::Helpers;
        }
        if is(self.without(|(at, _)| self.has_around(*at, |kind| kind == Kind::Crew))) {
            return Reason::Inner;
        }
        let cache: u64 = self
            .below
            .iter()
            .filter(|(_, call)| call.bool(Field::SplitPrompt) == Some(true))
            .map(|(_, call)| {
                call.usage
                    .cached
                    .unwrap_or(0)
                    .saturating_add(call.usage.cache_write.unwrap_or(0))
            })
            .sum();
        if cache > 0
            && self.quantity != Quantity::Requests
            && self.reported.checked_add(cache) == Some(calls)
        {
            return Reason::AnthropicCache;
        }
        // Requests are too small a number for this: any model may have as many calls as are missing.
        if self.quantity != Quantity::Requests {
            let mut models: Vec<Option<&str>> = Vec::new();
            for (_, call) in self.below {
                let model = model_of(self.trace, call);
                if !models.contains(&model) && models.len() < MAX_MODELS {
                    models.push(model);
                }
            }
            if models.len() > 1
                && models
                    .iter()
                    .any(|model| is(self.without(|(_, call)| model_of(self.trace, call) == *model)))
            {
                return Reason::OneModel;
            }
        }
        let missing = without_usage(self.below);
        if missing > 0 && self.quantity == Quantity::Requests && calls - self.reported <= missing {
            return Reason::WithoutUsage(missing);
        }
        Reason::Unknown
    }

    /// Whether a span of some kind stands between a call and the span that is checked.
    fn has_around(&self, call: SpanIndex, kind: impl Fn(Kind) -> bool) -> bool {
        let mut at = self
            .trace
            .spans
            .get(call as usize)
            .and_then(|span| span.parent);
        while let Some(span) = at
            .filter(|&at| at > self.at)
            .and_then(|at| self.trace.spans.get(at as usize))
        {
            if kind(span.kind) {
                return true;
            }
            at = span.parent;
        }
        false
    }
}

fn helper(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Guardrail | Kind::Memory | Kind::Knowledge | Kind::Reasoning
    )
}
