//! The table form × scenario in `docs/formats.md`: what each form gives back of the truth, from real files.
//!
//! `UPDATE_DOCS=1 cargo test -p crewscope-cli --test forms` writes it; without that the test fails when the table is not true any more.

use super::{readings, Reading};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

const BEGIN: &str = "<!-- table: begin (written by cli/tests/forms/table.rs) -->";
const END: &str = "<!-- table: end -->";

/// Oldest crewai last; forms of crewai first.
const FORMS: &[&str] = &[
    "otlp",
    "otlpwire",
    "pyotel",
    "checkpoint",
    "events",
    "batch",
    "batchwire",
    "log",
    "openinference",
    "openllmetry",
];

/// The rows: order of the form, age and version of crewai, and the cell of each scenario.
type Cells = BTreeMap<(usize, String, String), BTreeMap<String, String>>;

/// Sorts versions, the newest first.
fn age(version: &str) -> String {
    let parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
    parts.map(|part| format!("{:05}", 99_999 - part)).collect()
}

/// The table as it stands in the docs.
fn written(cells: &Cells) -> String {
    let mut scenarios: Vec<&String> = cells.values().flat_map(|row| row.keys()).collect();
    scenarios.sort();
    scenarios.dedup();
    let head: Vec<&str> = scenarios.iter().map(|name| name.as_str()).collect();
    let row = |((order, _, version), row): (&(usize, String, String), &BTreeMap<_, String>)| {
        let cells = scenarios.iter().map(|scenario| match row.get(*scenario) {
            Some(cell) => format!("`{cell}`"),
            None => String::new(),
        });
        let cells: Vec<String> = cells.collect();
        format!("| {} {version} | {} |", FORMS[*order], cells.join(" | "))
    };
    let rows: Vec<String> = cells.iter().map(row).collect();
    format!(
        "\n| form, crewai | {} |\n|---|{}\n{}\n",
        head.join(" | "),
        "---|".repeat(head.len()),
        rows.join("\n")
    )
}

/// The cells of a table as it is written, by row and scenario.
fn cells_of(table: &str) -> BTreeMap<(String, String), String> {
    let mut lines = table.lines().filter(|line| line.starts_with("| "));
    let split = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let head = split(lines.next().unwrap_or_default());
    lines
        .flat_map(|line| {
            let row = split(line);
            let name = row[0].clone();
            let cells = head.clone().into_iter().zip(row).skip(1);
            cells
                .filter(|(_, cell)| !cell.is_empty())
                .map(move |(scenario, cell)| ((name.clone(), scenario), cell))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_table_in_the_docs_is_true() {
    let mut cells = Cells::new();
    let mut wrong = Vec::new();
    for reading in readings() {
        if reading.run["variant"] != "" {
            continue;
        }
        let Some(order) = FORMS.iter().position(|form| *form == reading.form) else {
            continue;
        };
        let cell = cell(&reading);
        if cell.contains('!') {
            wrong.push(format!("{}: {cell}", reading.path));
        }
        let version = reading.run["crewai"].as_str().unwrap().to_owned();
        cells
            .entry((order, age(&version), version))
            .or_default()
            .entry(reading.scenario.clone())
            .and_modify(|known| {
                if *known != cell {
                    wrong.push(format!(
                        "{}: {cell}, another file of this form {known}",
                        reading.path
                    ));
                }
            })
            .or_insert(cell);
    }
    assert!(
        wrong.is_empty(),
        "a number that is not the truth:\n{}",
        wrong.join("\n")
    );

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (old, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        // What cannot be made here stays.
        for ((name, scenario), cell) in cells_of(old) {
            let (form, version) = name.split_once(' ').unwrap();
            let order = FORMS.iter().position(|known| *known == form).unwrap();
            cells
                .entry((order, age(version), version.to_owned()))
                .or_default()
                .entry(scenario)
                .or_insert_with(|| cell.trim_matches('`').to_owned());
        }
        let table = written(&cells);
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    let table = written(&cells);
    // A bare clone has a part of the files: each cell that can be made there must stand in the table.
    let (told, made) = (cells_of(old), cells_of(&table));
    let stale: Vec<String> = made
        .iter()
        .filter(|(key, cell)| told.get(key) != Some(cell))
        .map(|(key, cell)| format!("{key:?}: {cell}, the docs say {:?}", told.get(key)))
        .collect();
    assert!(
        stale.is_empty(),
        "docs/formats.md is not true any more, run with UPDATE_DOCS=1:\n{}",
        stale.join("\n")
    );
    println!("{} cells of the table are true", made.len());
}

/// One letter a fact: capital = equal to the truth, small = a part of it, `·` = the form does not hold it, `!` = not the truth.
fn cell(reading: &Reading) -> String {
    [
        tokens(reading),
        requests(reading),
        tasks(reading),
        of_tasks(reading, 'A', "agents", "agent"),
        of_tasks(reading, 'M', "models", "model"),
        tools(reading),
        output(reading),
        times(reading),
    ]
    .iter()
    .collect()
}

fn sum(reading: &Reading, key: &str) -> Option<u64> {
    let all: Vec<u64> = reading
        .executions()
        .iter()
        .filter_map(|execution| execution["summary"][key].as_u64())
        .collect();
    (!all.is_empty()).then(|| all.iter().sum())
}

fn counted(letter: char, got: Option<u64>, truth: u64) -> char {
    match got {
        None => '·',
        Some(got) if got == truth => letter,
        Some(got) if got < truth => letter.to_ascii_lowercase(),
        Some(_) => '!',
    }
}

/// Total, prompt and completion; a form with the total alone holds a part.
fn tokens(reading: &Reading) -> char {
    let truth = &reading.run["tokens"];
    let letters: Vec<char> = [
        ("total_tokens", "total"),
        ("prompt_tokens", "prompt"),
        ("completion_tokens", "completion"),
    ]
    .iter()
    .map(|(key, of)| counted('T', sum(reading, key), truth[of].as_u64().unwrap()))
    .collect();
    match letters[..] {
        ['T', 'T', 'T'] => 'T',
        ['·', '·', '·'] => '·',
        _ if letters.contains(&'!') => '!',
        _ => 't',
    }
}

fn requests(reading: &Reading) -> char {
    // Retries inside the SDK are seen by no recorder (trap 11).
    let hidden = reading.run["requests"]["failed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|failure| failure["status"].as_u64() >= Some(500))
        .count() as u64;
    let truth = reading.run["requests"]["total"].as_u64().unwrap() - hidden;
    counted('R', sum(reading, "requests"), truth)
}

/// The tasks of the truth: as the scenario defines them, else (without a state) as the server saw them.
fn truth(reading: &Reading) -> Vec<Value> {
    let defined = reading.tasks.as_array().unwrap();
    if !defined.is_empty() {
        return defined.clone();
    }
    if reading.scenario == "hostile_output" {
        // The truth names these tasks by what they test, not by their (hostile) names.
        return Vec::new();
    }
    let served = reading.run["by_task"].as_array().unwrap().iter();
    served
        .filter(|entry| entry["kind"] == "task" && entry["task"].is_string())
        .map(|entry| {
            serde_json::json!({"name": entry["task"], "agent": entry["agent"], "model": entry["models"][0], "status": ""})
        })
        .collect()
}

/// The tasks of the truth that started, with what was read for each.
fn pairs(reading: &Reading) -> Vec<(Value, Option<Value>)> {
    let mut read: Vec<Value> = reading
        .executions()
        .iter()
        .flat_map(|execution| execution["tasks"].as_array().unwrap().clone())
        .collect();
    let truth = truth(reading);
    // Several kickoffs: every one that ended well ran every task.
    let repeats = reading.run["final_outputs"].as_array().map_or(1, |each| {
        each.iter().filter(|one| one["failed"] == false).count()
    });
    let mut pairs = Vec::new();
    for _ in 0..repeats {
        for task in truth
            .iter()
            .filter(|task| task["status"] != "never started")
        {
            let found = read.iter().position(|read| {
                read["name"] == task["name"]
                    // A form without task names (trap 36) has the description.
                    || read["name"] == "" && read["agents"][0] == task["agent"]
            });
            pairs.push((task.clone(), found.map(|at| read.remove(at))));
        }
    }
    pairs
}

fn share(letter: char, of: usize, right: usize, wrong: usize) -> char {
    match (of, right, wrong) {
        (0, ..) => '-',
        (_, _, 1..) => '!',
        (_, 0, 0) => '·',
        (of, right, 0) if right == of => letter,
        _ => letter.to_ascii_lowercase(),
    }
}

/// Each task is there, with the status it had.
fn tasks(reading: &Reading) -> char {
    let pairs = pairs(reading);
    let (mut right, mut wrong) = (0, 0);
    for (task, read) in &pairs {
        let Some(read) = read else { continue };
        let state = task["status"].as_str().unwrap();
        let state = state.split(' ').next().unwrap();
        if state.is_empty() || read["status"] == state {
            right += 1;
        } else if read["status"] != "unknown" {
            wrong += 1;
        }
    }
    share('K', pairs.len(), right, wrong)
}

fn of_tasks(reading: &Reading, letter: char, key: &str, truth: &str) -> char {
    let pairs = pairs(reading);
    let (mut right, mut wrong) = (0, 0);
    for (task, read) in &pairs {
        let Some(first) = read.as_ref().and_then(|read| read[key][0].as_str()) else {
            continue;
        };
        if first == task[truth] || first.rsplit('/').next() == task[truth].as_str() {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    share(letter, pairs.len(), right, wrong)
}

fn tools(reading: &Reading) -> char {
    let truth = reading.run["tool_calls_requested"]
        .as_array()
        .unwrap()
        .len();
    let got: usize = reading
        .executions()
        .iter()
        .map(|execution| execution["tool_calls"].as_array().unwrap().len())
        .sum();
    match got {
        _ if truth == 0 && got == 0 => '-',
        0 => '·',
        _ => counted('C', Some(got as u64), truth as u64),
    }
}

fn output(reading: &Reading) -> char {
    let run = &reading.run;
    let truths: Vec<&str> = match run["final_outputs"].as_array() {
        Some(each) => each
            .iter()
            .filter(|one| one["failed"] == false)
            .filter_map(|one| one["sha256_stripped"].as_str())
            .collect(),
        None => run["final_output"]["sha256_stripped"]
            .as_str()
            .into_iter()
            .collect(),
    };
    if truths.is_empty() {
        return '-';
    }
    let got: Vec<String> = reading
        .executions()
        .iter()
        .filter_map(|execution| execution["final_output"].as_str())
        .map(|text| {
            let value = serde_json::from_str::<Value>(text).ok();
            let sorted = value
                .filter(|value| value.is_object())
                .map(|value| python_json(&value));
            match sorted {
                Some(sorted) if truths.contains(&&*sha(&sorted)) => sha(&sorted),
                _ => sha(text.trim()),
            }
        })
        .collect();
    let right = truths
        .iter()
        .filter(|truth| got.iter().any(|got| got == *truth))
        .count();
    // Without the flow, the crews in it have outputs of their own, the last of which the server served.
    let served = run["last_answer_served_sha256_stripped"].as_str();
    let part = |got: &str| served == Some(got) || reading.lacks("no-flows");
    let wrong = got
        .iter()
        .filter(|got| !truths.contains(&got.as_str()) && !part(got))
        .count();
    share('O', truths.len(), right, wrong)
}

/// Every execution that ended has a duration, and so has every task; whole seconds or a missing end make it a part.
fn times(reading: &Reading) -> char {
    let executions = reading.executions();
    let timed = |value: &&&Value| value["duration_ms"].is_f64();
    let runs = executions.iter().filter(timed).count();
    let tasks: Vec<&Value> = executions
        .iter()
        .flat_map(|execution| execution["tasks"].as_array().unwrap())
        .collect();
    let timed_tasks = tasks.iter().filter(timed).count();
    if runs == 0 && timed_tasks == 0 {
        return '·';
    }
    let ended = reading.scenario != "running";
    if runs == executions.len() && timed_tasks == tasks.len() && ended && reading.form != "log" {
        'D'
    } else {
        'd'
    }
}

/// JSON as Python's `json.dumps(value, sort_keys=True, ensure_ascii=False)` writes it.
fn python_json(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            let members: Vec<String> = keys
                .iter()
                .map(|key| {
                    format!(
                        "{}: {}",
                        Value::from(key.as_str()),
                        python_json(&members[*key])
                    )
                })
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(python_json).collect::<Vec<_>>().join(", ")
        ),
        other => other.to_string(),
    }
}

fn sha(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
