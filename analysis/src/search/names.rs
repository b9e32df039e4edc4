//! Names, ids, errors and other short texts, which the model holds itself.

use crate::search::holds;
use crewscope_trace::model::{Field, SpanIndex, Trace, Value};
use std::ops::Range;

/// Words of the recorder and not of the run.
const MUTE: [Field; 4] = [
    Field::EndedBy,
    Field::CallType,
    Field::Version,
    Field::OutputFormat,
];

/// The short texts that hold what is looked for. Each text is looked at once, however many spans have it.
#[derive(Debug)]
pub struct Names {
    /// By symbol.
    found: Vec<bool>,
}

impl Names {
    /// Looks for a text in lower case (ASCII).
    pub fn new(trace: &Trace, text: &str) -> Self {
        Self {
            found: trace
                .strings
                .iter()
                .map(|known| holds(known, text))
                .collect(),
        }
    }

    /// The spans of a range with such a text, and where it stands: `None` for the name or id of the span.
    pub fn among(&self, trace: &Trace, spans: Range<usize>) -> Vec<(SpanIndex, Option<Field>)> {
        let has = |sym: crewscope_trace::model::Sym| self.found.get(sym.0 as usize) == Some(&true);
        let mut found = Vec::new();
        for index in spans {
            let (Some(span), Ok(at)) = (trace.spans.get(index), SpanIndex::try_from(index)) else {
                continue;
            };
            let named = has(span.name) || has(span.id);
            if named {
                found.push((at, None));
            }
            for (field, value) in &span.fields {
                let Value::Sym(sym) = value else { continue };
                // What the name says already is not found again.
                if has(sym) && !(named && sym == span.name) && !MUTE.contains(&field) {
                    found.push((at, Some(field)));
                }
            }
        }
        found
    }
}
