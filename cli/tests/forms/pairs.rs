//! The same run in two forms: equal facts wherever both carry them.

use super::{readings, Reading};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where two forms may differ: their names, the fact, a part of the first file's path, and in the comment the trap (`formats.md`) or
/// the limit that is the reason. `*` stands for any.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    // It was written before a tool raised; every checkpoint after that failed.
    ("checkpoint", "*", "*", "research_sequential/"),
    // A killed run posts its opening request only, and exports ended spans only (trap 5).
    ("batchwire", "events", "tasks", "running/"),
    ("otlp", "*", "tasks", "running/"),
    ("otlpwire", "*", "tasks", "running/"),
    ("pyotel", "*", "tasks", "running/"),
    ("openinference", "*", "tasks", "running/"),
    ("openinference", "*", "agents", "running/"),
    ("events", "*", "tool calls", "running/"),
    // The log knows tasks, not the flow around them, and no session.
    ("log", "*", "kind", "flow_nested/"),
    ("log", "*", "final_output", "flow_nested/"),
    ("log", "*", "executions", "-onesession-"),
    // crewai cuts attributes above 384 KiB (trap 33).
    ("log", "otlp", "final_output", "-1mb-"),
    ("log", "otlp", "task output", "-1mb-"),
    // In OTLP the calls of the planner and of the memory name no agent (trap 35).
    (
        "events",
        "otlp",
        "agent total_tokens",
        "memory_knowledge_reasoning/",
    ),
    (
        "events",
        "otlp",
        "agent requests",
        "memory_knowledge_reasoning/",
    ),
    // A task that failed is described by the crew's list, before its placeholders are filled.
    (
        "openinference",
        "*",
        "task description",
        "kickoff_for_each/",
    ),
];

#[test]
fn the_same_run_gives_the_same_report_in_every_form() {
    let readings = readings();
    let (mut compared, mut facts, mut wrong) = (0, 0, Vec::new());
    for (at, a) in readings.iter().enumerate() {
        for b in &readings[at + 1..] {
            if !comparable(a, b) {
                continue;
            }
            compared += 1;
            let same_run = a.run["run_id"] == b.run["run_id"];
            let mut differences = Differences {
                a,
                b,
                facts: &mut facts,
                wrong: &mut wrong,
            };
            compare(a, b, same_run, &mut differences);
        }
    }
    println!("{compared} pairs of files agree in {facts} facts that both carry");
    assert!(
        wrong.is_empty(),
        "{} differences\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// One run, or two runs of one crew with one version of crewai that were served the same tokens.
fn comparable(a: &Reading, b: &Reading) -> bool {
    a.scenario == b.scenario
        && a.run["crewai"] == b.run["crewai"]
        && (a.run["run_id"] == b.run["run_id"]
            || a.run["variant"] == b.run["variant"] && a.run["tokens"] == b.run["tokens"])
}

struct Differences<'a> {
    a: &'a Reading,
    b: &'a Reading,
    facts: &'a mut usize,
    wrong: &'a mut Vec<String>,
}

impl Differences<'_> {
    fn check(&mut self, what: &str, fact: &str, equal: bool, values: impl Fn() -> String) {
        *self.facts += 1;
        let forms = |x: &str, y: &str| {
            (x == "*" || x == self.a.form && (y == "*" || y == self.b.form))
                || (x == self.b.form && (y == "*" || y == self.a.form))
        };
        let matches = |name: &str, fact: &str| name == "*" || name == fact;
        let known = KNOWN.iter().any(|(x, y, name, scenario)| {
            forms(x, y) && matches(name, fact) && self.a.path.contains(scenario)
        });
        if !equal && !known {
            self.wrong.push(format!(
                "{} | {}: {what} {fact}: {}",
                self.a.path,
                self.b.path,
                values()
            ));
        }
    }

    fn values(&mut self, what: &str, fact: &str, a: &Value, b: &Value) {
        if a.is_null() || b.is_null() {
            return;
        }
        self.check(what, fact, a == b, || format!("{a:.300} and {b:.300}"));
    }

    fn times(&mut self, what: &str, fact: &str, a: &Value, b: &Value) {
        let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else {
            return;
        };
        // The log has whole seconds; events and spans are stamped by different handlers.
        let coarse = self.a.form == "log" || self.b.form == "log";
        let allowed = if coarse { 2100.0 } else { 60.0 + a * 0.05 };
        self.check(what, fact, (a - b).abs() <= allowed, || {
            format!("{a} ms and {b} ms")
        });
    }
}

fn compare(a: &Reading, b: &Reading, same_run: bool, differences: &mut Differences<'_>) {
    let (left, right) = (a.executions(), b.executions());
    let lacks = |kind: &str| a.lacks(kind) || b.lacks(kind);
    // Without flows each crew of a flow stands alone.
    if left.len() != right.len() && lacks("no-flows") {
        return;
    }
    differences.check("", "executions", left.len() == right.len(), || {
        format!("{} and {}", left.len(), right.len())
    });
    if left.len() != right.len() {
        return;
    }
    for (at, (left, right)) in left.iter().zip(&right).enumerate() {
        let what = format!("execution {at}");
        for fact in ["name", "kind", "status", "final_output"] {
            // A log and a truncated file have no name; a status that is unknown says nothing.
            let text = |value: &Value| match value.as_str() {
                Some("" | "unknown" | "trace") => Value::Null,
                Some(text) => Value::from(text.trim()),
                None => value.clone(),
            };
            differences.values(&what, fact, &text(&left[fact]), &text(&right[fact]));
        }
        for fact in [
            "total_tokens",
            "prompt_tokens",
            "completion_tokens",
            "cached_prompt_tokens",
            "reasoning_tokens",
            "requests",
            "failed_requests",
        ] {
            differences.values(&what, fact, &left["summary"][fact], &right["summary"][fact]);
        }
        if same_run {
            differences.times(
                &what,
                "duration_ms",
                &left["duration_ms"],
                &right["duration_ms"],
            );
        }
        if !lacks("no-task-names") {
            tasks(&what, left, right, same_run, differences);
        } else if !lacks("no-async-tasks") {
            let count = |execution: &Value| list(execution, "tasks").len();
            differences.check(
                &what,
                "number of tasks",
                count(left) == count(right),
                || format!("{} and {}", count(left), count(right)),
            );
        }
        if carries_calls(left) && carries_calls(right) {
            agents(&what, left, right, differences);
            if !lacks("no-tool-calls") {
                tools(&what, left, right, differences);
            }
        }
    }
}

/// A form without LLM calls (the log) has no tool calls either.
fn carries_calls(execution: &Value) -> bool {
    execution["summary"]["requests"].is_u64()
}

fn list<'a>(execution: &'a Value, key: &str) -> Vec<&'a Value> {
    execution[key].as_array().unwrap().iter().collect()
}

fn tasks(
    what: &str,
    left: &Value,
    right: &Value,
    same_run: bool,
    differences: &mut Differences<'_>,
) {
    let by_name = |execution: &Value| {
        let mut names: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for task in list(execution, "tasks") {
            let name = task["name"].as_str().unwrap_or_default().to_owned();
            names.entry(name).or_default().push(task.clone());
        }
        names
    };
    let (left, right) = (by_name(left), by_name(right));
    let names = |tasks: &BTreeMap<String, Vec<Value>>| {
        let mut counted: Vec<(String, usize)> = tasks
            .iter()
            .map(|(name, tasks)| (name.chars().take(40).collect(), tasks.len()))
            .collect();
        counted.sort();
        counted
    };
    differences.check(what, "tasks", names(&left) == names(&right), || {
        format!("{:?} and {:?}", names(&left), names(&right))
    });
    for (name, left) in &left {
        for (left, right) in left.iter().zip(right.get(name).into_iter().flatten()) {
            let what = format!("{what} task {name:.40}");
            let carried = carries_calls_of(left) && carries_calls_of(right);
            if left["status"] != "unknown" && right["status"] != "unknown" {
                differences.values(&what, "task status", &left["status"], &right["status"]);
            }
            if left["agents"] != Value::Array(vec![]) && right["agents"] != Value::Array(vec![]) {
                // The log names the agent of the task and not whom it asked.
                let log = [differences.a, differences.b]
                    .iter()
                    .any(|file| file.form == "log");
                let agents = |task: &Value| match log {
                    true => task["agents"][0].clone(),
                    false => task["agents"].clone(),
                };
                differences.values(&what, "task agents", &agents(left), &agents(right));
            }
            if carried {
                differences.values(&what, "task models", &models(left), &models(right));
                for fact in [
                    "total_tokens",
                    "prompt_tokens",
                    "completion_tokens",
                    "requests",
                ] {
                    differences.values(&what, &format!("task {fact}"), &left[fact], &right[fact]);
                }
            }
            for fact in ["key", "description", "expected_output", "output"] {
                let text = |value: &Value| match value.as_str() {
                    Some(text) => Value::from(text.trim()),
                    None => Value::Null,
                };
                differences.values(
                    &what,
                    &format!("task {fact}"),
                    &text(&left[fact]),
                    &text(&right[fact]),
                );
            }
            if same_run {
                differences.values(&what, "task id", &left["id"], &right["id"]);
                differences.times(
                    &what,
                    "task duration_ms",
                    &left["duration_ms"],
                    &right["duration_ms"],
                );
            }
        }
    }
}

fn carries_calls_of(task: &Value) -> bool {
    task["total_tokens"].is_u64()
}

/// Models without the provider before them (trap 12).
fn models(of: &Value) -> Value {
    let mut models: Vec<&str> = of["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model.as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    models.sort_unstable();
    models.dedup();
    Value::from(models)
}

fn agents(what: &str, left: &Value, right: &Value, differences: &mut Differences<'_>) {
    let roles = |execution: &Value| -> BTreeMap<String, Value> {
        list(execution, "agents")
            .into_iter()
            .map(|agent| (agent["role"].as_str().unwrap().to_owned(), agent.clone()))
            .collect()
    };
    let (left, right) = (roles(left), roles(right));
    differences.check(what, "agents", left.keys().eq(right.keys()), || {
        format!("{:?} and {:?}", left.keys(), right.keys())
    });
    for (role, left) in &left {
        let Some(right) = right.get(role) else {
            continue;
        };
        let what = format!("{what} agent {role:.40}");
        for fact in ["total_tokens", "requests"] {
            differences.values(&what, &format!("agent {fact}"), &left[fact], &right[fact]);
        }
        differences.values(&what, "agent models", &models(left), &models(right));
    }
}

/// A tool's name as crewai writes it in calls; its definition may be spelled otherwise (trap 17).
fn plain_name(name: &str) -> String {
    let letters = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<String> = letters
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("_")
}

/// Tool calls as a sorted list: name and how it ended.
fn tools(what: &str, left: &Value, right: &Value, differences: &mut Differences<'_>) {
    let calls = |execution: &Value| {
        let mut calls: Vec<(String, String)> = list(execution, "tool_calls")
            .into_iter()
            .map(|call| {
                (
                    plain_name(call["name"].as_str().unwrap()),
                    call["status"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        calls.sort();
        calls
    };
    let (left, right) = (calls(left), calls(right));
    differences.check(what, "tool calls", left == right, || {
        format!("{left:?} and {right:?}")
    });
}
