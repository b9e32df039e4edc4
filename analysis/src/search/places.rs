//! From places in a source back to the spans whose texts lie there.

use crate::search::Hit;
use crewscope_trace::model::{Field, SpanIndex, TextForm, Trace, Value};
use std::ops::Range;

/// Hits, and the text that each of them lies in.
#[derive(Debug)]
pub struct Places {
    /// In the order of the source.
    hits: Vec<Hit>,
    /// The shortest text around each hit, of those looked at so far.
    best: Vec<Option<(u64, SpanIndex, Field)>>,
}

impl Places {
    /// Hits of one scan, in the order in which they were found.
    pub fn new(hits: Vec<Hit>) -> Self {
        let best = vec![None; hits.len()];
        Self { hits, best }
    }

    /// Looks through the texts of some spans.
    pub fn look(&mut self, trace: &Trace, spans: Range<usize>) {
        for index in spans {
            let (Some(span), Ok(at)) = (trace.spans.get(index), SpanIndex::try_from(index)) else {
                continue;
            };
            for (field, value) in &span.fields {
                let Value::Text(text) = value else { continue };
                let first = self
                    .hits
                    .partition_point(|hit| (hit.source, hit.offset) < (text.source, text.offset));
                let end = text.offset.saturating_add(text.len);
                let gathered = matches!(text.form, TextForm::Gathered(_));
                let inside = self.hits.iter().zip(self.best.iter_mut()).skip(first);
                for (hit, best) in
                    inside.take_while(|(hit, _)| hit.source == text.source && hit.offset < end)
                {
                    // Between gathered pieces stand the recorder's own names.
                    let shorter = best.is_none_or(|(len, ..)| text.len < len);
                    if shorter && !(gathered && hit.in_name) {
                        *best = Some((text.len, at, field));
                    }
                }
            }
        }
    }

    /// The hits that lie in a text, with its span and field. The others lie between the texts: keys, ids, times.
    pub fn found(self) -> Vec<(SpanIndex, Field, Hit)> {
        let all = self.hits.into_iter().zip(self.best);
        all.filter_map(|(hit, best)| best.map(|(_, at, field)| (at, field, hit)))
            .collect()
    }
}
