//! The rules of crewai's log: two entries a task, whole seconds, and nothing about calls.

use super::crewai;
use super::{Expect, File};
use serde_json::Value;

/// All rules.
pub fn check(file: &File<'_>, expect: &mut Expect<'_>) {
    // A log knows kickoffs only as tasks that start again: each is a run, also within one session.
    let kickoffs = file.run["final_outputs"].as_array().map_or(1, Vec::len);
    expect(
        "executions",
        file.executions().len().to_string(),
        kickoffs.to_string(),
    );
    for execution in file.executions() {
        nothing_invented(execution, expect);
    }
    tasks(file, expect);
    if file.scenario == "flow_nested" {
        // The log knows nothing of the flow and what it returned: the last task's answer is its last word.
        let got = file
            .all_outputs()
            .last()
            .map(|text| super::sha(text.trim()));
        let want = file.run["last_answer_served_sha256_stripped"].as_str();
        expect("last answer", format!("{got:?}"), format!("{want:?}"));
    } else if kickoffs == 1 {
        crewai::output(file, expect);
    } else {
        outputs(file, expect);
    }
}

/// Tokens, requests, cost, models and tools are not in the form: none of them may be a number.
fn nothing_invented(execution: &Value, expect: &mut Expect<'_>) {
    for key in [
        "total_tokens",
        "prompt_tokens",
        "completion_tokens",
        "cached_prompt_tokens",
        "reasoning_tokens",
        "requests",
        "failed_requests",
        "estimated_cost_usd",
    ] {
        expect(
            key,
            execution["summary"][key].to_string(),
            "null".to_owned(),
        );
    }
    for row in ["tasks", "agents"] {
        for row in execution[row].as_array().unwrap() {
            for key in ["requests", "total_tokens"] {
                expect(key, row[key].to_string(), "null".to_owned());
            }
            expect("models", row["models"].to_string(), "[]".to_owned());
        }
    }
    expect(
        "tools",
        execution["tool_calls"].to_string(),
        "[]".to_owned(),
    );
}

fn tasks(file: &File<'_>, expect: &mut Expect<'_>) {
    let got = file.all("tasks");
    let own_crew = ["-1mb-", "-nan-"]
        .iter()
        .any(|variant| file.path.contains(variant));
    if own_crew {
        return;
    }
    for task in file.tasks {
        let name = task["name"].as_str().unwrap();
        let status = task["status"].as_str().unwrap().split(' ').next().unwrap();
        let found: Vec<_> = got.iter().filter(|found| found["name"] == name).collect();
        if status == "never" {
            expect(name, found.len().to_string(), "0".to_owned());
            continue;
        }
        let Some(found) = found.first() else {
            expect(name, "missing".to_owned(), "there".to_owned());
            continue;
        };
        expect(
            &format!("agent of {name:?}"),
            found["agents"].to_string(),
            format!("[{}]", task["agent"]),
        );
        // Trap 25: no failure is logged. The last task of a log that never ended failed, was killed, or goes on.
        if file.scenario != "kickoff_for_each" {
            let logged = if status == "completed" {
                status
            } else {
                "unknown"
            };
            expect(
                &format!("status of {name:?}"),
                found["status"].as_str().unwrap().to_owned(),
                logged.to_owned(),
            );
        }
    }
}

/// Each kickoff by itself: those that failed have no output, and their first task never ended.
fn outputs(file: &File<'_>, expect: &mut Expect<'_>) {
    let mut runs: Vec<&Value> = file.executions().iter().collect();
    runs.sort_by_key(|run| run["started_at"].as_str().map(str::to_owned));
    for (run, truth) in runs
        .iter()
        .zip(file.run["final_outputs"].as_array().unwrap())
    {
        let (status, output) = if truth["failed"] == true {
            ("failed", None)
        } else {
            ("completed", truth["sha256_stripped"].as_str())
        };
        expect(
            "status of a run",
            run["status"].to_string(),
            format!("{status:?}"),
        );
        let got = run["final_output"]
            .as_str()
            .map(|text| super::sha(text.trim()));
        expect("output of a run", format!("{got:?}"), format!("{output:?}"));
    }
}
