//! Tests of the rows, and the traces drawn as text that the timeline's tests share.

use super::*;
use crewscope_trace::model::{ExecutionKind, Facts, Flags, Records, Tokens};

/// Builds a trace from lines of `depth kind name start end` (times in ms; `-` is not recorded).
pub(crate) fn trace(lines: &str) -> (Trace, Execution) {
    let mut trace = Trace::default();
    let mut path: Vec<SpanIndex> = Vec::new();
    for (at, line) in lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
    {
        let word: Vec<&str> = line.split_whitespace().collect();
        let depth: usize = word[0].parse().unwrap();
        path.truncate(depth);
        let kind = match word[1] {
            "crew" => Kind::Crew,
            "task" => Kind::Task,
            "agent" => Kind::Agent,
            "llm" => Kind::Llm,
            "human" => Kind::Human,
            _ => Kind::Tool,
        };
        let time = |word: &str| word.parse::<i64>().ok().map(|ms| ms * 1_000_000);
        let span = Span {
            id: trace.strings.intern(&format!("id{at}")),
            parent: path.last().copied(),
            subtree_end: at as u32 + 1,
            depth: depth as u16,
            kind,
            status: if word[4] == "-" {
                Status::Running
            } else {
                Status::Completed
            },
            flags: Flags::default(),
            name: trace.strings.intern(word[2]),
            start: time(word[3]),
            end: time(word[4]),
            usage: Tokens::default(),
            fields: Facts::default(),
            records: Records::default(),
        };
        trace.spans.push(span);
        for &open in &path {
            trace.spans[open as usize].subtree_end = at as u32 + 1;
        }
        path.push(at as u32);
    }
    let execution = Execution {
        id: Sym::EMPTY,
        name: Sym::EMPTY,
        kind: ExecutionKind::Crew,
        status: Status::Completed,
        flags: Flags::default(),
        start: None,
        end: None,
        first_span: 0,
        last_span: trace.spans.len() as u32,
        version: None,
        source: 0,
    };
    (trace, execution)
}

fn shown(trace: &Trace, execution: &Execution, folding: &Folding) -> Vec<String> {
    let whole = whole(trace, execution).unwrap();
    rows(trace, execution, whole, folding, &mut Cache::default())
        .iter()
        .map(|row| {
            format!(
                "{}{} ×{}",
                "  ".repeat(row.depth.into()),
                trace.str(row.name),
                row.lane.spans().len()
            )
        })
        .collect()
}

const CREW: &str = "0 crew crew 0 100
    1 task first 0 60
    2 agent Researcher 1 59
    3 llm gpt 2 10
    3 tool search 11 20
    3 llm gpt 21 30
    3 tool delegate 31 50
    4 agent Helper 32 49
    5 llm mini 33 48
    1 task second 60 -";

#[test]
fn calls_share_a_lane_by_name_and_work_keeps_its_own_row() {
    let (trace, execution) = trace(CREW);
    let all = Folding {
        default_depth: u16::MAX,
        ..Folding::default()
    };
    assert_eq!(
        shown(&trace, &execution, &all),
        [
            "first ×1",
            "  Researcher ×1",
            "    gpt ×2",
            "    search ×1",
            "    delegate ×1",
            "      Helper ×1",
            "        mini ×1",
            "second ×1"
        ]
    );
}

#[test]
fn a_closed_row_hides_what_is_below_it() {
    let (trace, execution) = trace(CREW);
    assert_eq!(
        shown(&trace, &execution, &Folding::default()),
        ["first ×1", "second ×1"]
    );
    let one = Folding {
        default_depth: 1,
        ..Folding::default()
    };
    assert_eq!(
        shown(&trace, &execution, &one),
        ["first ×1", "  Researcher ×1", "second ×1"]
    );
}

#[test]
fn a_span_without_times_takes_the_envelope_of_its_children() {
    let (trace, _) = trace("0 crew c - -\n1 task t - -\n2 llm a 5 7\n2 llm b 9 12");
    let whole = Stretch {
        start: 0,
        end: 20_000_000,
    };
    let mut quiet = trace.clone();
    quiet.spans[1].status = Status::Unknown;
    assert_eq!(
        extent(&quiet, 1, whole),
        Some((
            Stretch {
                start: 5_000_000,
                end: 12_000_000
            },
            true
        ))
    );
    assert_eq!(
        extent(&trace, 1, whole),
        Some((
            Stretch {
                start: 5_000_000,
                end: 20_000_000
            },
            false
        ))
    );
}

#[test]
fn a_lone_root_without_children_is_still_a_row() {
    let (trace, execution) = trace("0 llm only 0 5");
    assert_eq!(shown(&trace, &execution, &Folding::default()), ["only ×1"]);
}

#[test]
fn no_time_at_all_is_no_timeline() {
    let (trace, execution) = trace("0 crew c - -\n1 task t - -");
    assert_eq!(whole(&trace, &execution), None);
}

#[test]
fn by_agent_each_has_one_row_with_all_it_did() {
    let (trace, execution) = trace(
        "0 crew crew 0 100
        1 llm plan 0 1
        1 task first 1 60
        2 agent Researcher 1 59
        3 llm gpt 2 10
        3 tool delegate 31 50
        4 agent Writer 32 49
        5 llm mini 33 48
        1 task second 60 100
        2 agent Writer 60 100
        3 llm gpt 61 70
        3 llm mini 71 80",
    );
    let mut folding = Folding {
        lanes: Lanes::Agents,
        default_depth: 1,
        ..Folding::default()
    };
    assert_eq!(
        shown(&trace, &execution, &folding),
        [
            "Researcher ×1",
            "  gpt ×1",
            "  delegate ×1",
            "Writer ×2",
            "  mini ×2",
            "  gpt ×1",
            "plan ×1",
        ]
    );
    folding.default_depth = 2;
    assert!(shown(&trace, &execution, &folding).contains(&"    Writer ×1".to_owned()));
}

#[test]
fn by_agent_a_task_without_agents_stands_for_the_one_it_names() {
    let (mut trace, execution) =
        trace("0 crew crew 0 100\n1 task a 0 5\n2 llm x 0 5\n1 task b 5 9");
    let role = trace.strings.intern("Cook");
    for at in [1, 3] {
        let role = crewscope_trace::model::Value::Sym(role);
        trace.spans[at].fields.add(Field::AgentRole, role);
    }
    let folding = Folding {
        lanes: Lanes::Agents,
        ..Folding::default()
    };
    assert_eq!(shown(&trace, &execution, &folding), ["Cook ×2"]);
}
