//! The rules of crewai's checkpoint: everything up to its trigger, and the definitions of what was still to come.

use super::crewai;
use super::{Expect, File};

/// All rules. A checkpoint of the end holds the whole run.
pub fn check(file: &File<'_>, expect: &mut Expect<'_>) {
    crewai::executions(file, expect);
    let whole = file
        .executions()
        .iter()
        .all(|execution| execution["status"] == "completed");
    if whole {
        return crewai::check(file, expect);
    }
    for (key, of) in [
        ("total_tokens", "total"),
        ("prompt_tokens", "prompt"),
        ("completion_tokens", "completion"),
    ] {
        let (got, served) = (file.sum(key), file.run["tokens"][of].as_u64());
        let part = got > Some(0) && got < served;
        expect(key, format!("{got:?} {part}"), format!("{got:?} true"));
    }
    let got = file.all("tasks");
    expect(
        "number of tasks",
        got.len().to_string(),
        file.tasks.len().to_string(),
    );
    for task in file.tasks {
        let name = task["name"].as_str().unwrap();
        let Some(found) = got.iter().find(|found| found["name"] == name) else {
            expect(name, "missing".to_owned(), "there".to_owned());
            continue;
        };
        let model = found["models"][0].as_str().unwrap_or_default();
        let defined = found["description"].is_string() && found["expected_output"].is_string();
        expect(
            name,
            format!("{} {model} {defined}", found["agents"][0]),
            format!("{} {} true", task["agent"], task["model"].as_str().unwrap()),
        );
        // What had not begun has neither status nor time.
        let begun = found["started_at"].is_string();
        let status = if begun { "completed" } else { "unknown" };
        expect(name, found["status"].to_string(), format!("{status:?}"));
        expect(
            name,
            found["output"].is_string().to_string(),
            begun.to_string(),
        );
    }
}
