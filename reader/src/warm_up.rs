//! Reads a small trace while nothing is asked for. A browser compiles a function when it is first called, and better when it was called often: a reader that
//! was started ahead has done with that when the first file comes.

use crate::line::Line;
use crewscope_analysis::findings::{find, Thresholds};
use crewscope_import::Importer;
use crewscope_wire::pieces::pieces;
use crewscope_wire::turn::next_turn;

/// Spans of two recorders and events of the bus, as crewai wrote them, with their texts cut short.
const TRACE: &[u8] = include_bytes!("warm_up.jsonl");

/// First row and all of 10 MB, in ms: 77 and 199 after 20 rounds, 62 and 179 after 60, 50 and 148 after 120 (docs/performance.md). Each round costs
/// somebody who opens nothing about 3 ms of processor time.
const ROUNDS: u32 = 60;

/// Reads it until something is asked for.
pub async fn warm_up(line: &Line) {
    for _ in 0..ROUNDS {
        next_turn().await;
        if line.is_asked() {
            return;
        }
        let mut importer = Importer::new();
        importer.begin_source("");
        importer.push(TRACE);
        let (trace, evidence) = importer.finish_noted();
        let found = find(&trace, &evidence, &Thresholds::default());
        let sent = pieces(&trace)
            .map_while(Result::ok)
            .map(|piece| piece.len());
        // Kept from being optimised away.
        std::hint::black_box((sent.sum::<usize>(), found.list.len()));
    }
}
