//! Findings as they are shown: titles, prices, order. Prices are the user's matter, so this runs where the page is, over the few findings there are.

use crate::findings::models::smaller;
use crate::findings::run::tokens_of;
use crate::findings::{Finding, Findings, Severity, Spent, What};
use crate::prices::Prices;
use crate::tokens;
use crewscope_trace::model::{Execution, Field, Kind, Status, Trace, Usage};
use crewscope_trace::order;

/// A finding with its words and its price.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its index among the findings.
    pub at: usize,
    /// How bad it is: what failed inside a run that went on well is no error of the run.
    pub severity: Severity,
    /// What it says.
    pub title: String,
    /// What it cost in tokens, if that is known.
    pub tokens: Option<u64>,
    /// What it cost in USD, or (for a saving) what it would have saved.
    pub usd: Option<f64>,
}

/// The findings of one execution: errors first, then by cost.
pub fn show(trace: &Trace, found: &Findings, execution: usize, prices: &Prices) -> Vec<Shown> {
    let (findings, thresholds) = (&found.list, &found.thresholds);
    let Some(of) = trace.executions.get(execution) else {
        return Vec::new();
    };
    let whole = tokens::totals(trace, trace.spans_of(of), prices).cost.usd;
    let mut shown: Vec<Shown> = Vec::new();
    // They stand in the order of the executions.
    let first = findings.partition_point(|finding| (finding.execution as usize) < execution);
    let of_this = findings.iter().enumerate().skip(first);
    for (at, finding) in of_this.take_while(|(_, finding)| finding.execution as usize == execution)
    {
        let mut usd = cost(trace, prices, &finding.spent);
        let mut names = finding
            .names
            .iter()
            .map(|&sym| trace.str(sym).to_owned())
            .collect::<Vec<_>>()
            .join(", ");
        if finding.what == What::RepeatedPrefix {
            usd = saved_by_cache(trace, prices, finding);
        }
        if finding.what == What::SmallerModel {
            match saved_by_smaller(trace, prices, finding) {
                Some((saved, own, name))
                    if saved * 100.0 >= own * thresholds.cheaper_percent as f64
                        && saved * 1e6 >= thresholds.cheaper_micro_usd as f64
                        && whole.is_some_and(|whole| {
                            saved * 100.0 >= whole * thresholds.cheaper_share as f64
                        }) =>
                {
                    usd = Some(saved);
                    names = name;
                }
                _ => continue,
            }
        }
        let severity = match finding.what.definition().severity {
            Severity::Error if of.status == Status::Completed => Severity::Warning,
            severity => severity,
        };
        shown.push(Shown {
            at,
            severity,
            title: title(trace, of, finding, &names),
            tokens: tokens_of(&finding.spent),
            usd,
        });
    }
    let rank = |at: usize| {
        let finding = &findings[shown[at].at];
        let error = shown[at].severity != Severity::Error;
        // A millionth of a cent is fine enough to sort by.
        let usd = (shown[at].usd.unwrap_or(0.0) * 1e8) as i64;
        let tokens = i64::try_from(shown[at].tokens.unwrap_or(0)).unwrap_or(i64::MAX);
        (
            i64::from(error),
            order::reversed(usd.max(0)),
            order::reversed(tokens.saturating_add(finding.time.unwrap_or(0) / 1_000_000)),
        )
    };
    let mut shown: Vec<Option<Shown>> = {
        let sorted = order::sorted(shown.len(), &rank);
        let mut taken: Vec<Option<Shown>> = shown.drain(..).map(Some).collect();
        sorted.into_iter().map(|at| taken[at].take()).collect()
    };
    shown.drain(..).flatten().collect()
}

fn cost_of(trace: &Trace, prices: &Prices, spent: &Spent, usage: &Usage) -> Option<f64> {
    let call = trace.spans.get(spent.call as usize)?;
    let provider = trace.name_of(call, Field::Provider);
    let names = [Field::Model, Field::ResponseModel];
    names
        .iter()
        .filter_map(|field| trace.name_of(call, *field))
        .find_map(|model| prices.find(model, provider).ok())?
        .price
        .cost(usage)
}

/// `None` if a part of it has no price.
fn cost(trace: &Trace, prices: &Prices, spent: &[Spent]) -> Option<f64> {
    let mut sum = None;
    for spent in spent {
        let own = spent
            .recorded
            .or_else(|| cost_of(trace, prices, spent, &spent.usage))?;
        sum = Some(sum.unwrap_or(0.0) + own);
    }
    sum
}

fn saved_by_cache(trace: &Trace, prices: &Prices, finding: &Finding) -> Option<f64> {
    let spent = finding.spent.first()?;
    let cached = Usage {
        cached: spent.usage.prompt,
        ..spent.usage
    };
    let plain = cost_of(trace, prices, spent, &spent.usage)?;
    let saved = plain - cost_of(trace, prices, spent, &cached)?;
    (saved > 0.0).then_some(saved)
}

/// What a smaller model saves, what the calls cost, and its name.
fn saved_by_smaller(
    trace: &Trace,
    prices: &Prices,
    finding: &Finding,
) -> Option<(f64, f64, String)> {
    let (mut saved, mut own, mut name) = (0.0, 0.0, String::new());
    for spent in &finding.spent {
        let call = trace.spans.get(spent.call as usize)?;
        let now = cost(trace, prices, std::slice::from_ref(spent))?;
        own += now;
        let small = smaller(tokens::model_of(trace, call)?)?;
        let Ok(found) = prices.find(&small, trace.name_of(call, Field::Provider)) else {
            continue;
        };
        saved += (now - found.price.cost(&spent.usage)?).max(0.0);
        if name.is_empty() {
            name = small;
        }
    }
    (saved > 0.0).then_some((saved, own, name))
}

/// What a person calls a span.
pub fn label(trace: &Trace, execution: &Execution, at: u32) -> String {
    let Some(span) = trace.spans.get(at as usize) else {
        return String::new();
    };
    let name = match span.kind {
        Kind::Task => trace.name_of(span, Field::TaskName),
        Kind::Llm => tokens::model_of(trace, span),
        Kind::Agent => trace
            .name_of(span, Field::AgentRole)
            .or_else(|| Some(trace.str(span.name))),
        _ => Some(trace.str(span.name)),
    };
    match name.filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None if span.kind == Kind::Task => {
            let before = (execution.first_span..at).filter(|&other| {
                trace
                    .spans
                    .get(other as usize)
                    .is_some_and(|span| span.kind == Kind::Task)
            });
            ["Unnamed task ", &(before.count() + 1).to_string()].concat()
        }
        None => span.kind.label().to_owned(),
    }
}

fn title(trace: &Trace, execution: &Execution, finding: &Finding, names: &str) -> String {
    let mut out = String::new();
    let mut rest = finding.what.definition().title;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((code, after)) = after.split_once('}') else {
            break;
        };
        rest = after;
        let number = |at: char| {
            let at = at.to_digit(10)? as usize;
            finding.numbers.get(at).copied()
        };
        let mut letters = code.chars();
        match (letters.next().and_then(number), letters.as_str()) {
            (Some(number), "t") => duration(number, &mut out),
            (Some(number), "%") => {
                out.push_str(&number.to_string());
                out.push('%');
            }
            (Some(number), "s") => out.push_str(if number == 1 { "" } else { "s" }),
            (Some(number), "was") => out.push_str(if number == 1 { "was" } else { "were" }),
            (Some(1), "r") => out.push_str(" and went on after a retry"),
            (Some(_), "r") => {}
            (Some(number), _) => grouped(number, &mut out),
            (None, _) => match code {
                "s" => out.push_str(&label(trace, execution, finding.subject)),
                "o" => other(trace, execution, finding, &mut out),
                _ => out.push_str(names),
            },
        }
    }
    out.push_str(rest);
    out
}

/// The other span: a cause with what kind of thing it is, or a name.
fn other(trace: &Trace, execution: &Execution, finding: &Finding, out: &mut String) {
    let Some(at) = finding.other else { return };
    if !matches!(finding.what, What::TaskFailed | What::RunFailed) {
        out.push_str(&label(trace, execution, at));
        return;
    }
    let Some(span) = trace.spans.get(at as usize) else {
        return;
    };
    out.push_str(": ");
    out.push_str(span.kind.label());
    let name = label(trace, execution, at);
    if name != span.kind.label() {
        out.push(' ');
        out.push_str(&name);
    }
    if let Some(class) = trace.name_of(span, Field::ErrorType) {
        out.push_str(" (");
        out.push_str(class);
        out.push(')');
    }
}

/// `1,234`
fn grouped(number: i64, out: &mut String) {
    let digits = number.unsigned_abs().to_string();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
}

/// `340 ms`, `1.2 s`, `2 min 5 s`
fn duration(nanos: i64, out: &mut String) {
    let ms = nanos.max(0) / 1_000_000;
    if ms < 1000 {
        out.push_str(&ms.to_string());
        out.push_str(" ms");
    } else if ms < 60_000 {
        out.push_str(&(ms / 1000).to_string());
        out.push('.');
        out.push_str(&(ms % 1000 / 100).to_string());
        out.push_str(" s");
    } else {
        out.push_str(&(ms / 60_000).to_string());
        out.push_str(" min ");
        out.push_str(&(ms % 60_000 / 1000).to_string());
        out.push_str(" s");
    }
}
