//! crewscope on the command line.

mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("report") => report::run(arguments.split_off(1)),
        _ => {
            eprintln!("usage: crewscope-cli {}", report::USAGE);
            ExitCode::from(1)
        }
    }
}
