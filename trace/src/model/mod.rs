//! What a trace *is*: executions, spans, their facts and the places of their long texts.
//!
//! The model holds small facts only. Long texts (prompts, outputs, tool results) stay in the source; a [`TextRef`] says where.

mod facts;
mod field;
mod packed;
mod span;
mod strings;
mod text;
mod tokens;
mod warning;

pub use facts::{Facts, Records};
pub use field::{Field, Value, LIST_SEPARATOR};
pub use span::{Execution, ExecutionKind, Flags, Kind, Span, SpanIndex, Status};
pub use strings::{Strings, Sym};
pub use text::{Member, Pieces, TextForm, TextRef};
pub use tokens::{Tokens, Usage};
pub use warning::{Place, Warning, WarningKind};

use serde::{Deserialize, Serialize};

/// One file, payload or pasted text that was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// File name, URL or "pasted text".
    pub name: String,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// The forms of trace found in it, for example `otlp-json`; empty while nothing was recognised.
    pub formats: Vec<String>,
    /// Records (spans, events, requests) read from it.
    pub records: u64,
}

/// A complete, immutable model of everything that was opened together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Interned names and ids.
    pub strings: Strings,
    /// What was opened, in the order of opening; [`TextRef::source`] indexes it.
    pub sources: Vec<Source>,
    /// Newest first.
    pub executions: Vec<Execution>,
    /// All spans; each execution's are contiguous and in tree order (a parent before its children, siblings by start time).
    pub spans: Vec<Span>,
    /// What could not be read or believed, counted by kind.
    pub warnings: Vec<Warning>,
}

/// What the external id of a task begins with whose own span is not there (yet); its task id follows.
pub const MISSING_TASK: &str = "task ";

impl Trace {
    /// The spans of one execution, in tree order.
    pub fn spans_of(&self, execution: &Execution) -> &[Span] {
        let range = execution.first_span as usize..execution.last_span as usize;
        self.spans.get(range).unwrap_or_default()
    }

    /// The text of a symbol.
    pub fn str(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// A span's interned value of a field, if recorded.
    pub fn name_of(&self, span: &Span, field: Field) -> Option<&str> {
        span.sym(field)
            .map(|sym| self.str(sym))
            .filter(|text| !text.is_empty())
    }

    /// The indices of `of` and everything below it.
    pub fn subtree(&self, of: SpanIndex) -> std::ops::Range<usize> {
        let end = self
            .spans
            .get(of as usize)
            .map_or(of, |span| span.subtree_end);
        of as usize..end as usize
    }

    /// The nearest enclosing span (or the span itself) that satisfies `wanted`.
    pub fn nearest(&self, of: SpanIndex, wanted: impl Fn(&Span) -> bool) -> Option<SpanIndex> {
        let mut at = Some(of);
        while let Some(index) = at {
            let span = self.spans.get(index as usize)?;
            if wanted(span) {
                return Some(index);
            }
            at = span.parent;
        }
        None
    }

    /// The span with this external id, if any. A task that stood for itself while its own span was not there yet is found by that id, too:
    /// what was selected in a trace that grows stays selected.
    pub fn find(&self, execution: &Execution, id: &str) -> Option<SpanIndex> {
        let first = |matches: &dyn Fn(&Span) -> bool| {
            (execution.first_span..execution.last_span)
                .find(|&i| self.spans.get(i as usize).is_some_and(matches))
        };
        let by_id = self.strings.find(id);
        let by_id = by_id.and_then(|sym| first(&|span| span.id == sym));
        by_id.or_else(|| {
            let task = Some(id.strip_prefix(MISSING_TASK)?);
            first(&|span| span.kind == Kind::Task && self.name_of(span, Field::TaskId) == task)
        })
    }
}
