//! The rules of the instrumentations that others write for crewai: what they cannot record is said by a warning.

use super::{crewai, Expect, File};
use serde_json::Value;

fn says(file: &File<'_>, kind: &str) -> bool {
    let warnings = file.report["warnings"].as_array().unwrap();
    warnings.iter().any(|warning| warning["kind"] == kind)
}

fn warned(file: &File<'_>, kinds: &[&str], expect: &mut Expect<'_>) {
    for kind in kinds {
        expect(kind, says(file, kind).to_string(), "true".to_owned());
    }
}

/// Started tasks of the scenario.
fn started<'a>(file: &File<'a>) -> Vec<&'a Value> {
    let tasks = file.tasks.iter();
    tasks
        .filter(|task| task["status"] != "never started")
        .collect()
}

fn tokens(file: &File<'_>, no_reasoning: bool, expect: &mut Expect<'_>) {
    crewai::tokens(file, &mut |what, got, want| {
        // The event listener writes no reasoning tokens: unknown, not 0.
        if no_reasoning && what == "reasoning_tokens" {
            expect(what, got, "None".to_owned());
        } else {
            expect(what, got, want);
        }
    });
}

/// OpenInference, as wrapper and as event listener.
pub fn openinference(file: &File<'_>, expect: &mut Expect<'_>) {
    let listener = file.path.contains("-eventlistener-");
    crewai::executions(file, expect);
    tokens(file, listener, expect);
    crewai::requests(file, expect);
    crewai::tools(file, expect);
    crewai::output(file, expect);
    crewai::tasks(file, expect);
    let own = if listener {
        "no-token-details"
    } else {
        "no-coworkers"
    };
    warned(file, &["no-inner-steps", own], expect);
    for task in file.all("tasks") {
        // Known from its calls only (trap 5); its own span was never written.
        if file.scenario == "running" && task["name"] == "" {
            expect(
                "status",
                task["status"].to_string(),
                "\"running\"".to_owned(),
            );
            continue;
        }
        for key in ["id", "description", "expected_output", "input"] {
            expect(key, task[key].is_string().to_string(), "true".to_owned());
        }
        let done = task["status"] == "completed";
        expect(
            "output",
            task["output"].is_string().to_string(),
            done.to_string(),
        );
        let dumped = ["input", "output"].iter().any(|key| {
            task[*key]
                .as_str()
                .is_some_and(|text| text.starts_with("{\"agent\"") || text.contains("\"raw\":"))
        });
        expect(
            "a dump in place of a text",
            dumped.to_string(),
            "false".to_owned(),
        );
        if !listener {
            expect(
                "key",
                task["key"].is_string().to_string(),
                "true".to_owned(),
            );
        }
    }
}

/// OpenLLMetry: no tool calls, no names of tasks, no flows, no spans of asynchronous tasks.
pub fn openllmetry(file: &File<'_>, expect: &mut Expect<'_>) {
    let is_flow = file.scenario == "flow_nested";
    if is_flow {
        // Each of the two crews stands alone, and the flow's own result is nowhere.
        expect(
            "executions",
            file.executions().len().to_string(),
            "2".to_owned(),
        );
        for execution in file.executions() {
            expect("kind", execution["kind"].to_string(), "\"crew\"".to_owned());
        }
    } else {
        crewai::executions(file, expect);
        crewai::output(file, expect);
    }
    tokens(file, false, expect);
    crewai::requests(file, expect);
    expect(
        "tool calls",
        file.all("tool_calls").len().to_string(),
        "0".to_owned(),
    );
    warned(
        file,
        &[
            "no-tool-calls",
            "no-task-names",
            "no-inner-steps",
            "no-flows",
            "no-async-tasks",
        ],
        expect,
    );
    tasks(file, expect);
}

/// Without names, tasks are told apart by agent, model and status.
fn tasks(file: &File<'_>, expect: &mut Expect<'_>) {
    let line = |agent: &Value, model: &Value, status: &Value| {
        let status = status.as_str().unwrap_or_default();
        format!(
            "{} {} {}",
            agent.as_str().unwrap_or_default(),
            model.as_str().unwrap_or_default(),
            status.split(' ').next().unwrap_or_default()
        )
    };
    let mut want: Vec<String> = started(file)
        .iter()
        .map(|task| line(&task["agent"], &task["model"], &task["status"]))
        .collect();
    let got = file.all("tasks");
    let mut lines: Vec<String> = got
        .iter()
        .map(|task| line(&task["agents"][0], &task["models"][0], &task["status"]))
        .collect();
    want.sort();
    lines.sort();
    if file.scenario != "hostile_output" {
        expect("tasks", lines.join("; "), want.join("; "));
    }
    for task in got {
        expect("name", task["name"].to_string(), "\"\"".to_owned());
        for key in ["id", "description", "expected_output", "input"] {
            expect(key, task[key].is_string().to_string(), "true".to_owned());
        }
        // The agents of an asynchronous task do not say what they answered.
        let told = task["status"] == "completed" && task["started_at"].is_string();
        expect(
            "output",
            task["output"].is_string().to_string(),
            told.to_string(),
        );
    }
}
