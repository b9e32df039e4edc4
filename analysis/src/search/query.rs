//! What a person asks for: words to find, and terms that the span must fulfil (`status:failed min:2s`).

use crate::search::holds;
use crate::tokens::model_of;
use crate::transcript::speaker;
use crewscope_trace::model::{Kind, Span, SpanIndex, Trace};

/// What a term looks at, with the word before its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `status:`
    Status,
    /// `kind:`
    Kind,
    /// `agent:`
    Agent,
    /// `model:`
    Model,
    /// `tool:`
    Tool,
    /// `min:` shortest time: `2s`, `300ms`, `1m`
    Time,
    /// `tokens:` fewest tokens
    Tokens,
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Status,
        Self::Kind,
        Self::Agent,
        Self::Model,
        Self::Tool,
        Self::Time,
        Self::Tokens,
    ];

    /// The word before the colon.
    pub fn word(self) -> &'static str {
        const WORDS: [&str; 7] = ["status", "kind", "agent", "model", "tool", "min", "tokens"];
        WORDS.get(self as usize).copied().unwrap_or_default()
    }
}

/// The words for kinds of span.
pub const KINDS: [(Kind, &str); 13] = [
    (Kind::Llm, "llm"),
    (Kind::Tool, "tool"),
    (Kind::Task, "task"),
    (Kind::Agent, "agent"),
    (Kind::Guardrail, "guardrail"),
    (Kind::Memory, "memory"),
    (Kind::Knowledge, "knowledge"),
    (Kind::Reasoning, "reasoning"),
    (Kind::Human, "human"),
    (Kind::Method, "method"),
    (Kind::Crew, "crew"),
    (Kind::Flow, "flow"),
    (Kind::Other, "step"),
];

/// The words for statuses.
pub const STATUSES: [&str; 4] = ["failed", "completed", "running", "unknown"];

/// A term.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    filter: Filter,
    /// `-status:failed`: the span must not fulfil it.
    not: bool,
    /// In lower case (ASCII).
    value: String,
    /// Nanoseconds, or tokens, where the value is a number.
    number: Option<i64>,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The words to find, in lower case (ASCII); empty if there are terms only.
    pub text: String,
    terms: Vec<Term>,
}

impl Query {
    /// Reads a query: words, quoted words, and terms. Everything that is no term is one text to find.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for word in words(text) {
            match term(&word) {
                Some(term) => query.terms.push(term),
                None => {
                    if !query.text.is_empty() {
                        query.text.push(' ');
                    }
                    query.text.push_str(&word);
                }
            }
        }
        query.text.make_ascii_lowercase();
        query
    }

    /// Nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.terms.is_empty()
    }

    /// The value of a term, if the query has it.
    pub fn value(&self, filter: Filter) -> Option<&str> {
        let term = self
            .terms
            .iter()
            .find(|term| term.filter == filter && !term.not)?;
        Some(&term.value)
    }

    /// Whether a span fulfils all terms. What is not recorded fulfils none.
    pub fn fits(&self, trace: &Trace, at: SpanIndex) -> bool {
        let Some(span) = trace.spans.get(at as usize) else {
            return false;
        };
        self.terms
            .iter()
            .all(|term| fulfils(trace, at, span, term) != term.not)
    }
}

impl Query {
    /// `text` with the term for `filter` set to `value`, or without it if `value` is empty.
    pub fn with(text: &str, filter: Filter, value: &str) -> String {
        let mut out = String::new();
        let mut push = |word: &str| {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        };
        for word in raw_words(text) {
            let plain = unquoted(word);
            if term(&plain).is_none_or(|term| term.filter != filter || term.not) {
                push(word);
            }
        }
        if !value.is_empty() {
            let quote = if value.contains(' ') { "\"" } else { "" };
            push(&[filter.word(), ":", quote, value, quote].concat());
        }
        out
    }
}

/// The words of a query as they stand; blanks inside quotes part nothing.
fn raw_words(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let parts = text.split(move |letter: char| {
        if letter == '"' {
            quoted = !quoted;
        }
        letter.is_whitespace() && !quoted
    });
    parts.filter(|word| !word.is_empty()).collect()
}

fn unquoted(word: &str) -> String {
    word.chars().filter(|letter| *letter != '"').collect()
}

fn words(text: &str) -> Vec<String> {
    let words = raw_words(text).into_iter().map(unquoted);
    words.filter(|word| !word.is_empty()).collect()
}

fn term(word: &str) -> Option<Term> {
    let (not, word) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let (key, value) = word.split_once(':')?;
    let filter = Filter::ALL
        .into_iter()
        .find(|filter| filter.word() == key)?;
    let number = match filter {
        Filter::Time => Some(nanoseconds(value)?),
        Filter::Tokens => Some(value.trim_start_matches(['>', '=']).parse().ok()?),
        _ => None,
    };
    let value = value.to_ascii_lowercase();
    (!value.is_empty()).then_some(Term {
        filter,
        not,
        value,
        number,
    })
}

/// `2s`, `1.5s`, `300ms`, `2m`, `1h`; a bare number is seconds.
fn nanoseconds(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['>', '=']);
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit: i64 = match text.get(digits.len()..)? {
        "" | "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut total = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut worth = unit;
    for digit in part.bytes() {
        worth /= 10;
        total += i64::from(digit.wrapping_sub(b'0').min(9)) * worth;
    }
    Some(total)
}

fn fulfils(trace: &Trace, at: SpanIndex, span: &Span, term: &Term) -> bool {
    match term.filter {
        Filter::Status => span.status.name().starts_with(&*term.value),
        Filter::Kind => KINDS
            .iter()
            .any(|(kind, word)| *kind == span.kind && *word == term.value),
        Filter::Agent => holds(speaker(trace, at), &term.value),
        Filter::Model => {
            let model = model_of(trace, span).filter(|_| span.kind == Kind::Llm);
            model.is_some_and(|model| holds(model, &term.value))
        }
        Filter::Tool => span.kind == Kind::Tool && holds(trace.str(span.name), &term.value),
        Filter::Time => span.duration() >= term.number && span.duration().is_some(),
        Filter::Tokens => {
            let total = span
                .usage
                .total()
                .and_then(|total| i64::try_from(total).ok());
            total.is_some() && total >= term.number
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_terms() {
        let query = Query::parse(
            r#"Price of  status:failed agent:"Senior Researcher" -kind:tool min:1.5s"#,
        );
        assert_eq!(query.text, "price of");
        assert_eq!(query.value(Filter::Agent), Some("senior researcher"));
        assert_eq!(query.value(Filter::Kind), None, "it is negated");
        assert_eq!(query.terms[3].number, Some(1_500_000_000));
        assert!(Query::parse("  ").is_empty());
        // What is no term is text: addresses, times, wrong numbers.
        for text in [
            "http://x",
            "12:30",
            "min:soon",
            "tokens:many",
            "other:x",
            "status:",
        ] {
            assert_eq!(Query::parse(text).text, text);
        }
        assert_eq!(Query::parse("\"a  b\"").text, "a  b");
    }

    #[test]
    fn times_have_units() {
        for (text, ns) in [
            ("2", Some(2_000_000_000)),
            (">=300ms", Some(300_000_000)),
            ("1m", Some(60_000_000_000)),
            ("0.25s", Some(250_000_000)),
            ("x", None),
            ("2d", None),
            ("99999999999h", None),
        ] {
            assert_eq!(nanoseconds(text), ns, "{text}");
        }
    }

    #[test]
    fn a_term_is_set_and_taken_away() {
        let set = |text: &str, value: &str| Query::with(text, Filter::Agent, value);
        assert_eq!(
            set("price", "Senior Researcher"),
            r#"price agent:"Senior Researcher""#
        );
        assert_eq!(set(r#"agent:"A B" price"#, "C"), "price agent:C");
        assert_eq!(set("agent:x price -agent:y", ""), "price -agent:y");
    }
}
