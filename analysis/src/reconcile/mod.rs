//! Whether the sums over LLM calls and the producer's own totals agree, and if not, why.
//!
//! A crew, a flow or an agent may carry a count of its own; each is compared with the calls below its span. A difference that a known
//! habit of crewai explains to the token is told so; a difference that it may explain is told as likely; else no reason is given.

mod compare;

pub use compare::{reconcile, reconcile_in};

use crewscope_trace::model::{Field, Span, SpanIndex, Status, Trace, Usage};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Tokens in all.
    Total,
    /// Prompt tokens.
    Prompt,
    /// Completion tokens.
    Completion,
    /// Prompt tokens read from the cache.
    Cached,
    /// Reasoning tokens.
    Reasoning,
    /// Requests that were answered.
    Requests,
}

impl Quantity {
    /// What is compared, with the fact that holds the producer's count.
    pub const ALL: [(Self, Field); 6] = [
        (Self::Total, Field::ReportedTotal),
        (Self::Prompt, Field::ReportedPrompt),
        (Self::Completion, Field::ReportedCompletion),
        (Self::Cached, Field::ReportedCached),
        (Self::Reasoning, Field::ReportedReasoning),
        (Self::Requests, Field::ReportedRequests),
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total_tokens",
            Self::Prompt => "prompt_tokens",
            Self::Completion => "completion_tokens",
            Self::Cached => "cached_prompt_tokens",
            Self::Reasoning => "reasoning_tokens",
            Self::Requests => "requests",
        }
    }

    /// The word behind a number.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Total => "tokens",
            Self::Prompt => "prompt tokens",
            Self::Completion => "completion tokens",
            Self::Cached => "cached prompt tokens",
            Self::Reasoning => "reasoning tokens",
            Self::Requests => "requests",
        }
    }

    /// A call's share, if recorded.
    fn of(self, call: &Span) -> Option<u64> {
        let usage: &Usage = &call.usage;
        match self {
            Self::Total => usage.total(),
            Self::Prompt => usage.prompt,
            Self::Completion => usage.completion,
            Self::Cached => usage.cached,
            Self::Reasoning => usage.reasoning,
            Self::Requests => Some(u64::from(call.status == Status::Completed)),
        }
    }
}

/// Why two counts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The producer's total counts on from an earlier crew that used the same LLM object (trap 10).
    Cumulative,
    /// This many calls were answered and recorded no usage (trap 9).
    WithoutUsage(u64),
    /// The total was taken while calls were under way.
    InFlight,
    /// The total leaves out calls of guardrails, memory, knowledge or planning.
    Helpers,
    /// The total leaves out the crews that were started inside.
    Inner,
    /// The total leaves out (crewai before 1.15.13) what Anthropic's cache read and wrote.
    AnthropicCache,
    /// The total counts calls that lie outside the span of the crew.
    Outside,
    /// The total leaves out the calls of one model.
    OneModel,
    /// An agent's count goes on from its earlier work.
    EarlierWork,
    /// An agent's count leaves out calls that crewai makes for it without naming it.
    Unnamed,
    /// Nothing known explains it.
    Unknown,
}

impl Reason {
    /// Whether it explains the difference to the token; otherwise it is likely or unknown.
    pub fn is_exact(self) -> bool {
        !matches!(self, Self::WithoutUsage(_) | Self::Unknown)
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cumulative => "cumulative-total",
            Self::WithoutUsage(_) => "calls-without-usage",
            Self::InFlight => "calls-in-flight",
            Self::Helpers => "guardrail-or-memory-calls",
            Self::Inner => "inner-crews",
            Self::AnthropicCache => "anthropic-cache",
            Self::Outside => "calls-outside-span",
            Self::OneModel => "one-model-left-out",
            Self::EarlierWork => "earlier-work",
            Self::Unnamed => "unnamed-agent",
            Self::Unknown => "unknown",
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> String {
        let text = match self {
            Self::Cumulative => "The total counts on from an earlier crew that used the same LLM object; the difference is exactly that crew's total.",
                        Self::WithoutUsage(count) => {
                let mut text = "Likely because ".to_owned();
                text.push_str(&counted(count, "answered call", "answered calls"));
                text.push_str(" recorded no usage.");
                return text;
            }
Self::InFlight => "The total was taken while calls were under way; without these the counts agree.",
            Self::Helpers => "The total leaves out calls of guardrails, memory, knowledge or planning; without these the counts agree.",
            Self::Inner => "The total leaves out crews that were started inside; without these the counts agree.",
            Self::AnthropicCache => "The total leaves out what Anthropic's cache read and wrote (crewai before 1.15.13); with these the counts agree.",
            Self::Outside => "The total counts calls that lie outside this span; with these the counts agree.",
            Self::OneModel => "The total leaves out all calls of one model; without these the counts agree.",
            Self::EarlierWork => "The count goes on from the agent's earlier work in this execution.",
            Self::Unnamed => "The count leaves out calls of reasoning, memory or knowledge, which crewai makes without naming the agent.",
            Self::Unknown => "No known reason.",
        };
        text.to_owned()
    }
}

/// How the two sides of an execution stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every count of the producer's agrees with the calls.
    Agrees,
    /// At least one does not.
    Differs,
    /// Calls record usage; the producer gives no totals.
    CallsOnly,
    /// The producer gives totals; calls record no usage.
    ReportedOnly,
    /// Neither is recorded.
    Nothing,
}

impl Verdict {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::CallsOnly => "calls-only",
            Self::ReportedOnly => "reported-only",
            Self::Nothing => "not-recorded",
        }
    }
}

/// One count of the producer's beside the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// The span that carries the producer's count: a crew, a flow, an agent.
    pub span: SpanIndex,
    /// What was counted.
    pub quantity: Quantity,
    /// Sum over the LLM calls below the span; `None`: no call recorded it.
    pub calls: Option<u64>,
    /// The producer's count.
    pub reported: u64,
    /// Why they differ; `None`: they agree, or there is nothing to compare.
    pub reason: Option<Reason>,
}

/// Calls and totals of an execution side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// How they stand to each other.
    pub verdict: Verdict,
    /// Every comparison, in the order of spans.
    pub checks: Vec<Check>,
    /// Crews that ended and carry no total, although others of this execution do or calls record usage (crewai gives a failed crew none).
    pub crews_without_total: u64,
    /// Answered calls without usage.
    pub calls_without_usage: u64,
    /// LLM calls of the execution.
    pub calls: u64,
    /// Tokens of these calls, if recorded.
    pub call_tokens: Option<u64>,
}

impl Reconciliation {
    /// The comparisons that do not agree.
    pub fn differing(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.reason.is_some())
    }

    /// Whether every difference is explained to the token.
    pub fn is_explained(&self) -> bool {
        self.differing()
            .all(|check| check.reason.is_some_and(Reason::is_exact))
    }

    /// The verdict in one sentence.
    pub fn sentence(&self) -> String {
        let mut text = String::new();
        let mut say = |words: &[&str]| words.iter().for_each(|word| text.push_str(word));
        let calls = counted(self.calls, "LLM call", "LLM calls");
        match self.verdict {
            Verdict::Agrees => {
                let tokens = self.call_tokens.map(|tokens| counted(tokens, "token", "tokens"));
                let tokens = tokens.unwrap_or_else(|| "their number".to_owned());
                say(&["The sum over ", &calls, " (", &tokens, ") agrees with what the run itself counted."]);
            }
            Verdict::Differs if self.is_explained() => say(&[
                "The sum over calls and the run's own count differ; the difference is explained to the token.",
            ]),
            Verdict::Differs => say(&["The sum over calls and the run's own count differ."]),
            Verdict::CallsOnly => say(&["The sum over ", &calls, "; the run gives no total of its own to compare it with."]),
            Verdict::ReportedOnly => say(&["The run's own total; its calls record no usage to compare it with."]),
            Verdict::Nothing => say(&["Neither calls nor crews record usage."]),
        }
        text
    }

    /// What else there is to say: each difference with both numbers, then what was not counted.
    pub fn details(&self, trace: &Trace) -> Vec<String> {
        // Where a span's total differs, its parts differ with it.
        let of_total = |check: &Check| {
            check.quantity != Quantity::Total
                && self
                    .differing()
                    .any(|total| total.span == check.span && total.quantity == Quantity::Total)
        };
        let mut lines: Vec<String> = self
            .differing()
            .filter(|check| !of_total(check))
            .take(MAX_LINES)
            .map(|check| check.sentence(trace))
            .collect();
        if self.crews_without_total > 0 {
            let mut line = counted(self.crews_without_total, "crew ended", "crews ended");
            line.push_str(" without a total of its own (crewai gives a failed crew none).");
            lines.push(line);
        }
        if self.calls_without_usage > 0 && self.call_tokens.is_some() {
            let mut line = counted(self.calls_without_usage, "answered call", "answered calls");
            line.push_str(" recorded no usage: the sum is a lower bound.");
            lines.push(line);
        }
        lines
    }
}

impl Check {
    /// "Crew research reports 436 tokens; its calls add up to 219, 217 fewer. …"
    pub fn sentence(&self, trace: &Trace) -> String {
        let mut text = String::new();
        let mut say = |words: &[&str]| words.iter().for_each(|word| text.push_str(word));
        let (kind, name) = trace
            .spans
            .get(self.span as usize)
            .map_or(("Run", ""), |span| {
                (span.kind.label(), trace.str(span.name))
            });
        let unit = self.quantity.unit();
        say(&[kind]);
        if !name.is_empty() {
            say(&[" \u{201c}", name, "\u{201d}"]);
        }
        say(&[" reports ", &grouped(self.reported), " ", unit, "; "]);
        match self.calls {
            None => say(&["its calls record none."]),
            Some(calls) if calls == self.reported => say(&["its calls add up to the same."]),
            Some(calls) => say(&[
                "its calls add up to ",
                &grouped(calls),
                ", ",
                &grouped(calls.abs_diff(self.reported)),
                if calls < self.reported {
                    " fewer."
                } else {
                    " more."
                },
            ]),
        }
        if let Some(reason) = self.reason {
            say(&[" ", &reason.sentence()]);
        }
        text
    }
}

/// Sentences about single spans that are worth reading.
const MAX_LINES: usize = 50;

/// `1 call`, `1,234 calls`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    let mut text = grouped(count);
    text.push(' ');
    text.push_str(if count == 1 { one } else { many });
    text
}

/// `1,234,567`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::reconcile::grouped;

    #[test]
    fn digits_in_groups() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
