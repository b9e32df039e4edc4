//! Times what the page works out when a trace is shown: `cargo run --release -p crewscope-cli --example passes -- FILE`. Each line is work
//! that the page has to do in slices, or it would be blocked that long (and about twice that in a browser).

use crewscope_analysis::timeline::{self, Activity, Cache, Folding};
use crewscope_analysis::{coverage, Prices};
use crewscope_import::Importer;
use std::hint::black_box;
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let made = black_box(work());
    let took = began.elapsed().as_secs_f64() * 1e3;
    let _ = writeln!(std::io::stdout(), "{name} {took:.1} ms");
    made
}

fn main() -> ExitCode {
    let Some(bytes) = std::env::args()
        .nth(1)
        .and_then(|name| std::fs::read(name).ok())
    else {
        return ExitCode::from(2);
    };
    let mut importer = Importer::new();
    importer.begin_source("trace");
    for chunk in bytes.chunks(1 << 20) {
        importer.push(chunk);
    }
    importer.end_source();
    drop(bytes);
    let trace = timed("finish", || importer.finish());
    let prices = Prices::bundled();
    let spans = |at: usize| trace.spans_of(&trace.executions[at]).len();
    let Some(largest) = (0..trace.executions.len()).max_by_key(|at| spans(*at)) else {
        return ExitCode::from(1);
    };
    let execution = &trace.executions[largest];
    let _ = writeln!(
        std::io::stdout(),
        "{} of {} spans",
        spans(largest),
        trace.spans.len()
    );
    timed("all summaries", || {
        let all = trace.executions.iter().take(200);
        let requests =
            all.map(|execution| crewscope_analysis::summary(&trace, execution, &prices).requests);
        requests.flatten().sum::<u64>()
    });
    timed("summary", || {
        crewscope_analysis::summary(&trace, execution, &prices)
    });
    timed("tasks", || {
        crewscope_analysis::tasks(&trace, execution, &prices)
    });
    timed("reconcile", || {
        crewscope_analysis::reconcile(&trace, execution)
    });
    timed("coverage", || coverage::of_trace(&trace));
    timed("final output", || {
        crewscope_analysis::final_output(&trace, execution)
    });
    let Some(whole) = timed("whole", || timeline::whole(&trace, execution)) else {
        return ExitCode::SUCCESS;
    };
    let activity = timed("activity", || Activity::new(&trace, execution, whole));
    timed("gaps", || activity.gaps());
    let folding = timed("folding", || Folding::fitting(&trace, execution));
    let mut cache = Cache::default();
    let rows = timed("rows", || {
        timeline::rows(&trace, execution, whole, &folding, &mut cache)
    });
    let _ = writeln!(std::io::stdout(), "{} rows", rows.len());
    ExitCode::SUCCESS
}
