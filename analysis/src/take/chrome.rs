//! A Chrome trace (the JSON object form), which Perfetto, the DevTools and speedscope open: an agent is a thread.

use crate::report::json::{text, Members};
use crate::report::Json;
use crate::tokens::model_of;
use crate::transcript::speaker;
use crewscope_trace::model::{Execution, Field, Flags, Kind, Span, SpanIndex, Trace};
use crewscope_trace::order;

/// A row of the picture: spans that nest or follow each other.
struct Row<'a> {
    /// The agent; empty for what lies above the agents.
    who: &'a str,
    /// Ends of the spans that lie around the next one.
    open: Vec<i64>,
}

/// An execution as a Chrome trace. Times are microseconds since its start. Spans of one agent that run side by side get rows of
/// their own, for a viewer nests what shares a row.
pub fn chrome(trace: &Trace, execution: &Execution) -> Json {
    let spans: Vec<SpanIndex> = (execution.first_span..execution.last_span).collect();
    let last = trace.spans_of(execution).iter();
    let last = last.filter_map(|span| span.end.or(span.start)).max();
    let mut picture = Picture {
        trace,
        zero: execution.start.unwrap_or_default(),
        last,
        rows: Vec::new(),
        events: Vec::new(),
    };
    let span_at = |at: usize| spans.get(at).and_then(|at| trace.spans.get(*at as usize));
    // By start, and what ends later around what ends earlier.
    let order = order::sorted(spans.len(), &|at| {
        span_at(at).map_or((0, 0, 0), |span| {
            let start = span.start.unwrap_or(i64::MAX);
            (start, order::reversed(picture.end_of(span)), 0)
        })
    });
    let mut untimed = 0;
    for (span, at) in order
        .into_iter()
        .filter_map(|at| Some((span_at(at)?, *spans.get(at)?)))
    {
        match span.start {
            Some(start) => picture.draw(span, at, start),
            None => untimed += 1,
        }
    }
    picture.label(trace.str(execution.name));
    let mut about = Members::default();
    about
        .text("execution", trace.str(execution.id))
        .word("status", execution.status.name())
        .time("started_at", execution.start)
        .counts([("spans_without_time", Some(untimed))]);
    Members::default()
        .put("traceEvents", Json::List(picture.events))
        .word("displayTimeUnit", "ms")
        .put("otherData", about.done())
        .done()
}

/// A picture that is being drawn.
struct Picture<'a> {
    trace: &'a Trace,
    /// When the execution started, in nanoseconds: the time that all others count from.
    zero: i64,
    /// The last moment that is recorded: what has not ended is drawn up to it.
    last: Option<i64>,
    rows: Vec<Row<'a>>,
    events: Vec<Json>,
}

impl<'a> Picture<'a> {
    /// Where a span is drawn to.
    fn end_of(&self, span: &Span) -> i64 {
        span.end.or(self.last).or(span.start).unwrap_or_default()
    }

    /// Draws a span, whose index is `at`, into a row of who did it.
    fn draw(&mut self, span: &Span, at: SpanIndex, start: i64) {
        let end = self.end_of(span).max(start);
        let who = match span.kind {
            Kind::Crew | Kind::Flow | Kind::Method | Kind::Task => "",
            _ => speaker(self.trace, at),
        };
        let row = place(&mut self.rows, who, start, end);
        let mut event = Members::default();
        event
            .text("name", &name(self.trace, span))
            .word("cat", span.kind.label())
            .word(
                "ph",
                if span.flags.has(Flags::INSTANT) {
                    "i"
                } else {
                    "X"
                },
            )
            .number("ts", Some((start - self.zero) as f64 / 1000.0));
        if span.flags.has(Flags::INSTANT) {
            event.word("s", "t");
        } else {
            event.number("dur", Some((end - start) as f64 / 1000.0));
        }
        event.counts([("pid", Some(1)), ("tid", Some(row as u64 + 1))]);
        event.put("args", facts(self.trace, span));
        self.events.push(event.done());
    }

    /// Names the rows and the whole, and keeps the rows in their order.
    fn label(&mut self, name: &str) {
        for (at, row) in self.rows.iter().enumerate() {
            let who = if row.who.is_empty() {
                "Crew and tasks"
            } else {
                row.who
            };
            let mut named = Members::default();
            named.text("name", who);
            self.events
                .push(meta("thread_name", at as u64 + 1, named.done()));
            let mut index = Members::default();
            index.counts([("sort_index", Some(at as u64))]);
            self.events
                .push(meta("thread_sort_index", at as u64 + 1, index.done()));
        }
        let mut named = Members::default();
        named.text("name", name);
        self.events.push(meta("process_name", 0, named.done()));
    }
}

fn meta(name: &'static str, row: u64, args: Json) -> Json {
    Members::default()
        .word("name", name)
        .word("ph", "M")
        .counts([("pid", Some(1)), ("tid", Some(row))])
        .put("args", args)
        .done()
}

/// The first row of an agent in which a span nests or follows.
fn place<'a>(rows: &mut Vec<Row<'a>>, who: &'a str, start: i64, end: i64) -> usize {
    let found = rows.iter_mut().position(|row| {
        if row.who != who {
            return false;
        }
        while row.open.last().is_some_and(|&open| open <= start) {
            row.open.pop();
        }
        row.open.last().is_none_or(|&open| end <= open)
    });
    let at = found.unwrap_or(rows.len());
    if found.is_none() {
        rows.push(Row {
            who,
            open: Vec::new(),
        });
    }
    if let Some(row) = rows.get_mut(at) {
        row.open.push(end);
    }
    at
}

fn name(trace: &Trace, span: &Span) -> String {
    let name = trace.str(span.name);
    if name.is_empty() {
        span.kind.label()
    } else {
        name
    }
    .to_owned()
}

fn facts(trace: &Trace, span: &Span) -> Json {
    let usage = &span.usage;
    let mut facts = Members::default();
    facts
        .text("id", trace.str(span.id))
        .word("status", span.status.name());
    if span.kind == Kind::Llm {
        facts.maybe_text("model", model_of(trace, span)).counts([
            ("prompt_tokens", usage.prompt),
            ("completion_tokens", usage.completion),
            ("cached_prompt_tokens", usage.cached),
            ("reasoning_tokens", usage.reasoning),
        ]);
    }
    for (key, field) in [
        ("finish_reason", Field::FinishReason),
        ("task_key", Field::TaskKey),
        ("error", Field::Error),
        ("error_type", Field::ErrorType),
    ] {
        if let Some(value) = trace.name_of(span, field) {
            facts.put(key, text(value));
        }
    }
    if span.end.is_none() {
        facts.flag("not_ended", true);
    }
    facts.done()
}
