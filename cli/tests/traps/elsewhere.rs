//! What crews do elsewhere: tools of an MCP server, agents asked over A2A. What the scripted servers gave stands here as numbers.

use super::{calls, without_places};
use crate::support::open;
use crate::support::Opened;
use crewscope_trace::model::{Field, Kind, Span, Status};

/// The spans of neither task, agent nor call whose name begins like this, in order.
fn steps<'a>(opened: &'a Opened, begin: &str) -> Vec<&'a Span> {
    let all = opened.trace.spans.iter();
    all.filter(|span| span.kind == Kind::Other && opened.name(span).starts_with(begin))
        .collect()
}

#[test]
fn what_a_tool_does_on_its_server_is_no_second_call() {
    for form in ["otlp", "events"] {
        let opened = open(&format!("remote/mcp-{form}-crewai1.15.30.jsonl"));
        let name = "python_weather_station_py_forecast".to_owned();
        assert_eq!(
            calls(&opened),
            [(name.clone(), Status::Completed), (name, Status::Failed)],
            "{form}"
        );
        let inside = steps(&opened, "forecast");
        let statuses: Vec<Status> = inside.iter().map(|span| span.status).collect();
        assert_eq!(statuses, [Status::Completed, Status::Failed], "{form}");
        for span in inside {
            let server = span.sym(Field::Server).map(|sym| opened.trace.str(sym));
            assert_eq!(server, Some("python weather_station.py"));
            assert_eq!(
                opened.parent(span).map(|parent| parent.kind),
                Some(Kind::Tool)
            );
        }
        let report = without_places(&opened);
        let runs = report.as_array().unwrap();
        let tokens: Vec<_> = runs
            .iter()
            .map(|run| &run["summary"]["total_tokens"])
            .collect();
        assert!(
            tokens.iter().any(|tokens| **tokens == 295),
            "{form}: {tokens:?}"
        );
        let failed = runs.iter().find(|run| run["status"] == "failed").unwrap();
        assert_eq!(failed["tasks"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn each_end_of_a2a_goes_to_its_own_span() {
    for (form, delegation) in [("otlp", "a2a delegate"), ("events", "a2a delegation")] {
        let opened = open(&format!("remote/a2a-{form}-crewai1.15.30.jsonl"));
        let told: Vec<_> = steps(&opened, delegation)
            .iter()
            .map(|span| {
                let answer = opened.text(span, Field::Output);
                (span.status, answer, opened.text(span, Field::Error))
            })
            .collect();
        assert_eq!(told.len(), 2, "{form}");
        assert_eq!(told[0].0, Status::Completed);
        assert!(told[0].1.as_deref().unwrap().contains("High tide at 14:05"));
        assert_eq!(told[0].2, None);
        assert_eq!(told[1].0, Status::Failed);
        assert_eq!(
            told[1].2.as_deref(),
            Some("There is no harbour in Atlantis.")
        );
        for talk in steps(&opened, "a2a conversation") {
            assert_eq!(talk.status, Status::Completed, "{form}");
            let delegation = opened.parent(talk).unwrap();
            assert!(
                talk.end > delegation.end,
                "{form}: it goes on after the answer"
            );
            assert!(talk.end <= opened.execution().end, "{form}");
        }
        let report = without_places(&opened);
        assert_eq!(report[0]["summary"]["total_tokens"], 1201);
        let statuses: Vec<_> = opened
            .spans(Kind::Task)
            .iter()
            .map(|task| task.status)
            .collect();
        assert_eq!(statuses, [Status::Completed; 2], "{form}");
    }
}
