//! Properties that hold for every input: splits do not matter, offsets lead back, mutations never panic.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::{report, Prices};
use crewscope_import::Importer;
use crewscope_trace::model::{Field, TextForm, Trace};
use proptest::prelude::*;
use support::{open_bytes, sample};

const FILES: &[&str] = &[
    "failing_task/otlp-crewai1.15.30.json",
    "failing_task/batchwire-crewai0.203.2.jsonl",
    "failing_task/batch-crewai1.14.7.json",
    "hostile_output/events-nan-crewai1.15.30.jsonl",
    "running/events-crewai1.15.30.jsonl",
    "kickoff_for_each/batchwire-crewai1.14.7.jsonl",
    "kickoff_for_each/log-crewai1.15.30.json",
    "hostile_output/log-crewai1.15.30.txt",
    "failing_task/openinference-crewai1.15.30.jsonl",
    "failing_task/pyotel-lines-crewai1.15.30.jsonl",
    "parallel_async/openllmetry-crewai1.15.30.jsonl",
    "research_sequential/checkpoint-crewai1.15.30.json",
    "failing_task/report-crewai1.15.30.json",
    "stores/langfuse-download-openinference-crewai1.15.30.json",
    "stores/langfuse-rows-openllmetry-crewai1.15.30.jsonl",
    "stores/langsmith-runs-openinference-crewai1.15.30.json",
    "stores/langsmith-nested-otlp-crewai1.15.30.json",
    "stores/jaeger-api.json",
    "stores/tempo-v1.json",
    "stores/phoenix-api.json",
    "stores/gen_ai-current.jsonl",
    "stores/mlflow-flow-openai-crewai1.14.7.json",
];

fn import<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Trace {
    let mut importer = Importer::new();
    importer.begin_source("x");
    chunks.for_each(|chunk| importer.push(chunk));
    importer.finish()
}

#[test]
fn any_chunk_size_gives_the_same_model() {
    for file in FILES {
        let bytes = sample(file);
        let whole = import(std::iter::once(&bytes[..]));
        for size in [1, 7, 100, 4096, 65_537] {
            assert_eq!(
                import(bytes.chunks(size)),
                whole,
                "{file} in chunks of {size}"
            );
        }
    }
}

#[test]
fn snapshots_on_the_way_change_nothing() {
    let bytes = sample(FILES[4]);
    let mut importer = Importer::new();
    importer.begin_source("x");
    for chunk in bytes.chunks(9000) {
        importer.push(chunk);
        let _ = importer.snapshot();
    }
    assert_eq!(importer.finish(), import(std::iter::once(&bytes[..])));
}

#[test]
fn every_text_reference_leads_to_a_value() {
    for file in FILES {
        let opened = open_bytes(vec![("x".to_owned(), sample(file))]);
        let mut seen = 0;
        for span in &opened.trace.spans {
            let texts = span
                .fields
                .iter()
                .filter_map(|(field, _)| Some((field, span.text(field)?)));
            for (field, text) in
                texts.chain(span.records.iter().map(|record| (Field::State, record)))
            {
                let start = usize::try_from(text.offset).unwrap();
                let end = start + usize::try_from(text.len).unwrap();
                let raw = std::str::from_utf8(&opened.bytes[0][start..end]).unwrap();
                seen += 1;
                if text.form == TextForm::Plain {
                    assert!(!raw.is_empty(), "{file} {field:?}");
                    continue;
                }
                let lenient = raw
                    .replace("-Infinity", "0")
                    .replace("Infinity", "0")
                    .replace("NaN", "0");
                assert!(
                    serde_json::from_str::<serde_json::Value>(&lenient).is_ok(),
                    "{file} {field:?}: {}",
                    &raw[..raw.len().min(80)]
                );
            }
        }
        assert!(seen >= 8, "{file}: {seen}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_same_model(file in 0..FILES.len(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let bytes = sample(FILES[file]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.sort_unstable();
        let mut chunks = Vec::new();
        let mut from = 0;
        for cut in cuts {
            chunks.push(&bytes[from..cut]);
            from = cut;
        }
        chunks.push(&bytes[from..]);
        prop_assert_eq!(import(chunks.into_iter()), import(std::iter::once(&bytes[..])));
    }

    #[test]
    fn mutated_input_never_panics_and_always_reports(
        file in 0..FILES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..40), 1..12),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = sample(FILES[file]);
        for (at, byte, remove) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let until = (at + remove).min(bytes.len());
            bytes.drain(at..until);
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        let opened = open_bytes(vec![("x".to_owned(), bytes)]);
        let trace = &opened.trace;
        let _ = report::report(trace, &opened.findings, &Prices::bundled(), &mut |text| opened.read(text));
        for (at, span) in trace.spans.iter().enumerate() {
            prop_assert!(span.parent.is_none_or(|parent| (parent as usize) < at));
            prop_assert!(span.subtree_end as usize > at && span.subtree_end as usize <= trace.spans.len());
        }
    }
}
