//! A model on its way from the worker to the page, in pieces small enough that taking one in does not hold up the page.

use crewscope_trace::model::{Execution, Source, Span, Strings, Trace, Warning};
use serde::{Deserialize, Serialize};

/// Strings in a piece: about a millisecond of decoding.
const STRINGS: usize = 8192;

/// Spans in a piece: a few milliseconds of decoding on a slow machine.
const SPANS: usize = 1024;

/// A piece as it is sent. The variants are those of [`Piece`], in the same order: only the variant's number is on the wire.
#[derive(Serialize)]
enum Outgoing<'a> {
    Head {
        strings: u64,
        spans: u64,
        sources: &'a [Source],
        executions: &'a [Execution],
        warnings: &'a [Warning],
    },
    /// Texts in one, and the length of each.
    Strings(&'a str, Vec<u32>),
    Spans(&'a [Span]),
}

/// A piece as it is received.
#[derive(Deserialize)]
enum Piece<'a> {
    /// Always first, and drops whatever came before it.
    Head {
        strings: u64,
        spans: u64,
        sources: Vec<Source>,
        executions: Vec<Execution>,
        warnings: Vec<Warning>,
    },
    Strings(&'a str, Vec<u32>),
    Spans(Vec<Span>),
}

/// Why a piece cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PieceError {
    /// The bytes are no piece.
    #[error("no piece: {0}")]
    Broken(String),
    /// A piece came without the head of its model, or more came than the head announced.
    #[error("out of turn")]
    Unexpected,
}

/// The pieces of a model, encoded one at a time.
pub fn pieces(trace: &Trace) -> impl Iterator<Item = Result<Vec<u8>, PieceError>> + '_ {
    let Trace {
        strings,
        sources,
        executions,
        spans,
        warnings,
    } = trace;
    let head = Outgoing::Head {
        strings: strings.len() as u64,
        spans: spans.len() as u64,
        sources,
        executions,
        warnings,
    };
    let texts = (0..strings.len()).step_by(STRINGS).map(move |from| {
        let (texts, lengths) = strings.part(from, STRINGS);
        Outgoing::Strings(texts, lengths)
    });
    std::iter::once(head)
        .chain(texts)
        .chain(spans.chunks(SPANS).map(Outgoing::Spans))
        .map(|piece| encode(&piece))
}

fn encode(piece: &Outgoing<'_>) -> Result<Vec<u8>, PieceError> {
    postcard::to_allocvec(piece).map_err(|error| PieceError::Broken(error.to_string()))
}

/// Puts pieces together again.
#[derive(Debug, Default)]
pub struct Assembler {
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    strings: usize,
    spans: usize,
    trace: Trace,
}

impl Assembler {
    /// Takes the next piece in; returns the model when it is complete. An unfinished one is dropped when another begins.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<Trace>, PieceError> {
        let piece =
            postcard::from_bytes(bytes).map_err(|error| PieceError::Broken(error.to_string()))?;
        match (piece, &mut self.begun) {
            (
                Piece::Head {
                    strings,
                    spans,
                    sources,
                    executions,
                    warnings,
                },
                begun,
            ) => {
                let trace = Trace {
                    sources,
                    executions,
                    warnings,
                    strings: Strings::bare(),
                    ..Trace::default()
                };
                *begun = Some(Begun {
                    strings: strings as usize,
                    spans: spans as usize,
                    trace,
                });
            }
            (Piece::Strings(texts, lengths), Some(begun)) => {
                let added = begun.trace.strings.add_part(texts, &lengths);
                added.ok_or(PieceError::Unexpected)?;
            }
            (Piece::Spans(spans), Some(begun)) => {
                begun
                    .trace
                    .spans
                    .reserve_exact(begun.spans.saturating_sub(begun.trace.spans.len()));
                begun.trace.spans.extend(spans);
            }
            (_, None) => return Err(PieceError::Unexpected),
        }
        let missing = |begun: &Begun| {
            let (strings, spans) = (begun.trace.strings.len(), begun.trace.spans.len());
            Some(begun.strings.checked_sub(strings)? + begun.spans.checked_sub(spans)?)
        };
        match self.begun.take() {
            Some(begun) => match missing(&begun) {
                Some(0) => return Ok(Some(begun.trace)),
                Some(_) => self.begun = Some(begun),
                None => return Err(PieceError::Unexpected),
            },
            None => return Err(PieceError::Unexpected),
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crewscope_trace::model::{
        ExecutionKind, Facts, Field, Flags, Kind, Status, Sym, TextForm, TextRef, Usage, Value,
        WarningKind,
    };

    fn trace_of(spans: u32) -> Trace {
        let mut trace = Trace::default();
        for at in 0..spans {
            let id = trace.strings.intern(&format!("span-{at}"));
            let text = TextRef {
                source: 0,
                offset: u64::from(at) << 33,
                len: 9,
                hash: u64::MAX,
                form: TextForm::Json,
                cut_from: 0,
            };
            let usage = Usage {
                prompt: Some(7),
                ..Usage::default()
            };
            let mut fields = Facts::default();
            fields.add(Field::Output, Value::Text(text));
            fields.add(Field::Cost, Value::Float(0.25));
            trace.spans.push(Span {
                id,
                parent: at.checked_sub(1),
                subtree_end: spans,
                depth: 1,
                kind: Kind::Llm,
                status: Status::Completed,
                flags: Flags::default(),
                name: Sym::EMPTY,
                start: Some(1_700_000_000_000_000_000 + i64::from(at)),
                end: None,
                usage: usage.into(),
                fields,
                records: text.into(),
            });
        }
        trace.sources.push(Source {
            name: "run.jsonl".into(),
            bytes: 5 << 32,
            formats: vec!["otlp-json".into()],
            records: 3,
        });
        trace.executions.push(Execution {
            id: Sym(1),
            name: Sym(2),
            kind: ExecutionKind::Crew,
            status: Status::Failed,
            flags: Flags(3),
            start: Some(1),
            end: Some(2),
            first_span: 0,
            last_span: spans,
            version: None,
            source: 0,
        });
        trace.warnings.push(Warning {
            kind: WarningKind::NaiveTime,
            message: "no zone".into(),
            count: 4,
            places: vec![],
        });
        trace
    }

    fn assemble(trace: &Trace) -> Trace {
        let mut assembler = Assembler::default();
        let pieces: Vec<_> = pieces(trace).collect::<Result<_, _>>().expect("encodes");
        let (last, others) = pieces.split_last().expect("a piece");
        for piece in others {
            assert_eq!(assembler.take(piece), Ok(None));
        }
        assembler.take(last).expect("decodes").expect("complete")
    }

    #[test]
    fn a_model_arrives_as_it_was_sent() {
        for spans in [0, 1, SPANS as u32, SPANS as u32 + 1, STRINGS as u32 * 2 + 5] {
            let trace = trace_of(spans);
            let arrived = assemble(&trace);
            assert_eq!(arrived, trace);
            assert_eq!(arrived.strings.find("span-0"), trace.strings.find("span-0"));
        }
    }

    #[test]
    fn an_unfinished_model_is_dropped_when_another_begins() {
        let (old, new) = (trace_of(3000), trace_of(2));
        let mut assembler = Assembler::default();
        for piece in pieces(&old).take(3) {
            assert_eq!(assembler.take(&piece.expect("encodes")), Ok(None));
        }
        let arrived: Vec<_> = pieces(&new)
            .filter_map(|piece| assembler.take(&piece.expect("encodes")).expect("decodes"))
            .collect();
        assert_eq!(arrived, [new]);
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        let mut assembler = Assembler::default();
        assert!(matches!(
            assembler.take(&[9, 9, 9]),
            Err(PieceError::Broken(_))
        ));
        let trace = trace_of(1);
        let spans = pieces(&trace).last().expect("a piece").expect("encodes");
        assert_eq!(assembler.take(&spans), Err(PieceError::Unexpected));
    }
}
