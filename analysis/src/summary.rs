//! The figures of an execution.

use crate::crew_totals;
use crate::prices::Prices;
use crate::reported;
use crate::tokens::{self, Cost};
use crewscope_trace::model::{Execution, Kind, Trace};
use crewscope_trace::order::in_order;
use crewscope_trace::slices::{at_once, pause, Slices, Work};

/// Where token totals come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensFrom {
    /// The sum over LLM calls.
    Calls,
    /// The crew's own total (crewai before 1.14 records no usage per call).
    Crew,
    /// A saved report: its figures were summed when it was made.
    Report,
    /// Nothing is recorded.
    Nothing,
}

/// The figures of an execution. `None`: not recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Tokens in all.
    pub total_tokens: Option<u64>,
    /// Prompt tokens, cached ones included.
    pub prompt_tokens: Option<u64>,
    /// Completion tokens, reasoning included.
    pub completion_tokens: Option<u64>,
    /// Prompt tokens read from the provider's cache (a part of the prompt tokens).
    pub cached_prompt_tokens: Option<u64>,
    /// Prompt tokens written to the provider's cache.
    pub cache_write_tokens: Option<u64>,
    /// Reasoning tokens (a part of the completion tokens).
    pub reasoning_tokens: Option<u64>,
    /// LLM calls, failed ones included; retries inside a provider's SDK are invisible to every recorder.
    pub requests: Option<u64>,
    /// LLM calls that failed.
    pub failed_requests: Option<u64>,
    /// Wall time in nanoseconds.
    pub execution_time: Option<i64>,
    /// From the start to the last moment in the trace, in nanoseconds: what is known of a run that has not ended.
    pub time_so_far: Option<i64>,
    /// Time in which at least one LLM call was under way, in nanoseconds.
    pub llm_time: Option<i64>,
    /// What it cost.
    pub cost: Cost,
    /// LLM calls that ended well and recorded no usage: totals are a lower bound.
    pub calls_without_usage: u64,
    /// The crews' own totals, added up.
    pub reported_total: Option<u64>,
    /// Where the token totals come from.
    pub tokens_from: TokensFrom,
}

/// The figures of an execution.
pub fn summary(trace: &Trace, execution: &Execution, prices: &Prices) -> Summary {
    at_once(summary_in(&Slices::one(), trace, execution, prices))
}

/// [`summary`] in slices.
pub fn summary_in<'a>(
    slices: &'a Slices,
    trace: &'a Trace,
    execution: &'a Execution,
    prices: &'a Prices,
) -> Work<'a, Summary> {
    Box::pin(async move {
        let spans = trace.spans_of(execution);
        let saved = spans.first().and_then(|root| reported::totals(trace, root));
        let is_saved = saved.is_some();
        let totals = match saved {
            Some(totals) => totals,
            None => {
                let totals = tokens::totals_in(slices, trace, spans, prices).await;
                totals.known(execution.flags)
            }
        };
        let reported_total = crew_totals::reported(trace, execution);
        let has_records = !spans.is_empty();
        let (total_tokens, tokens_from) = match (totals.total, reported_total) {
            (total, _) if is_saved => (total, TokensFrom::Report),
            (Some(total), _) => (Some(total), TokensFrom::Calls),
            (None, Some(total)) => (Some(total), TokensFrom::Crew),
            (None, None) => (None, TokensFrom::Nothing),
        };
        let mut last = None;
        let mut calls = Vec::new();
        for span in spans {
            last = last.max(span.start).max(span.end);
            let stretch = span.start.zip(span.end);
            calls.extend(stretch.filter(|(start, end)| span.kind == Kind::Llm && end >= start));
            if slices.due() {
                pause().await;
            }
        }
        let has_calls = !is_saved && totals.requests > Some(0);
        let llm_time = match has_calls {
            true => Some(covered(in_order(slices, calls).await)),
            false => None,
        };
        Summary {
            total_tokens,
            prompt_tokens: totals.prompt,
            completion_tokens: totals.completion,
            cached_prompt_tokens: totals.cached,
            cache_write_tokens: totals.cache_write,
            reasoning_tokens: totals.reasoning,
            requests: totals.requests.filter(|_| has_records),
            failed_requests: totals.failed.filter(|_| has_records),
            execution_time: execution.duration(),
            time_so_far: execution
                .start
                .zip(last)
                .and_then(|(start, last)| last.checked_sub(start)),
            llm_time,
            cost: totals.cost,
            calls_without_usage: totals.without_usage,
            reported_total,
            tokens_from,
        }
    })
}

/// Length of the union of stretches of time, by their start.
fn covered(stretches: Vec<(i64, i64)>) -> i64 {
    let (mut sum, mut reached) = (0i64, i64::MIN);
    for (start, end) in stretches {
        sum = sum.saturating_add(end.saturating_sub(start.max(reached)).max(0));
        reached = reached.max(end);
    }
    sum
}

#[cfg(test)]
mod tests {
    use crate::summary::covered;

    #[test]
    fn overlapping_calls_count_once() {
        assert_eq!(covered(vec![(0, 10), (5, 12), (20, 21), (20, 21)]), 13);
        assert_eq!(covered(Vec::new()), 0);
    }
}
