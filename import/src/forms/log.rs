//! crewai's log of tasks (`Crew(output_log_file=…)`): two entries a task, as JSON (`.json`) or text (any other name).
//!
//! It holds names, descriptions, agents, outputs and whole seconds of local time. Tokens, models, calls, failures, crews and
//! executions are not in it; [`crate::assemble::log_runs`] says what is concluded.

use crate::builder::Builder;
use crate::draft::{LogEntry, Said};
use crate::evidence::Before;
use crate::time;
use crewscope_trace::json::mend;
use crewscope_trace::json::Object;
use crewscope_trace::model::{Place, TextRef, WarningKind};
use crewscope_trace::text::RecordPlace;

/// Whether a JSON value is an entry.
pub fn is_entry(object: &Object<'_>) -> bool {
    ["timestamp", "task", "agent", "status"]
        .iter()
        .all(|key| object.has(key))
        && !object.has("type")
}

/// Reads an entry of the JSON form. Returns `false` if it is none.
pub fn read_json(builder: &mut Builder, object: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let text = |key: &str| object.get(key).filter(|raw| raw.get() != "\"\"");
    let texts = Texts {
        time: object.string("timestamp").unwrap_or_default().into_owned(),
        name: object.string("task_name").map(|name| name.into_owned()),
        agent: object.string("agent").map(|role| role.into_owned()),
        status: object.string("status").unwrap_or_default().into_owned(),
        description: text("task").map(|raw| place.text_of(raw.get())),
        output: text("output").map(|raw| place.text_of(raw.get())),
    };
    keep(builder, texts, place.place(), place.whole())
}

/// Reads an entry of the text form.
pub fn read_text(builder: &mut Builder, source: u32, offset: u64, bytes: &[u8]) {
    let place = Place { source, offset };
    let owned;
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => {
            let mut blanked = bytes.to_vec();
            mend::blank_invalid_utf8(&mut blanked);
            builder.notes.add(WarningKind::RepairedValue, Some(place));
            owned = String::from_utf8(blanked).unwrap_or_default();
            &owned
        }
    };
    let record = RecordPlace {
        source,
        offset,
        text,
    };
    let before = Before::of(builder);
    let read = parse(text).is_some_and(|entry| {
        if entry.cut {
            builder.notes.add(WarningKind::TruncatedSource, Some(place));
        }
        let known = |text: &str| (!text.is_empty() && text != "None").then(|| text.to_owned());
        let long = |text: &str| (!text.is_empty()).then(|| record.plain(text));
        let texts = Texts {
            time: entry.time.to_owned(),
            name: known(entry.name),
            agent: known(entry.agent),
            status: entry.status.to_owned(),
            description: long(entry.task),
            output: entry.output.and_then(long),
        };
        keep(builder, texts, place, record.plain(text))
    });
    before.note(builder, &record, &[]);
    if read {
        builder.count(source, FORMAT);
    } else {
        builder
            .notes
            .add(WarningKind::UnreadableRecord, Some(place));
    }
}

/// The name of the form.
pub const FORMAT: &str = "crewai-log";

struct Texts {
    time: String,
    name: Option<String>,
    agent: Option<String>,
    status: String,
    description: Option<TextRef>,
    output: Option<TextRef>,
}

fn keep(builder: &mut Builder, texts: Texts, place: Place, record: TextRef) -> bool {
    let said = match texts.status.as_str() {
        "started" => Said::Started,
        "completed" => Said::Completed,
        _ => return false,
    };
    let moment = time::parse(&texts.time);
    if moment.is_some_and(|moment| moment.naive) {
        builder.notes.add(WarningKind::NaiveTime, Some(place));
    }
    builder.notes.add(WarningKind::CoarseTime, Some(place));
    let mut id = |what: &str| {
        builder
            .strings
            .intern(&format!("{what} {}@{}", place.source, place.offset))
    };
    let ids = (id("task"), id("run"));
    let name = texts.name.map(|name| builder.name(&name));
    let agent = texts.agent.map(|role| builder.name(&role));
    builder.log.push(LogEntry {
        said,
        time: moment.map(|moment| moment.nanos),
        name,
        description: texts.description,
        agent,
        output: texts.output,
        ids,
        record,
    });
    true
}

/// An entry of the text form, cut into its fields.
#[derive(Debug, Default, PartialEq)]
struct Parsed<'a> {
    time: &'a str,
    name: &'a str,
    task: &'a str,
    agent: &'a str,
    status: &'a str,
    output: Option<&'a str>,
    /// The entry breaks off.
    cut: bool,
}

/// Length of `2026-11-20 23:13:53`.
const TIME: usize = 19;

/// Nothing in an entry is escaped, so fields are found by what stands between them. A role is the least likely to look like that.
fn parse(entry: &str) -> Option<Parsed<'_>> {
    let (time, rest) = entry.split_at_checked(TIME)?;
    let rest = rest.strip_prefix(": ")?;
    let rest = rest.strip_suffix('\n').unwrap_or(rest);
    let rest = rest.strip_suffix('\r').unwrap_or(rest);
    let (before, output) = match split(rest, "\", status=\"completed\", output=\"") {
        Some((before, output)) => (before, Some(output)),
        None => (rest, None),
    };
    let (before, status, cut) = match output {
        Some(output) => (before, "completed", !output.ends_with('"')),
        None => {
            let (before, status) = split_last(rest, "\", status=\"")?;
            let closed = status.strip_suffix('"');
            (before, closed.unwrap_or(status), closed.is_none())
        }
    };
    let (name, task, agent) = match before.strip_prefix("task_name=\"") {
        Some(named) => {
            let (name, described) = split(named, "\", task=\"")?;
            let (task, agent) = split_last(described, "\", agent=\"")?;
            (name, task, agent)
        }
        // crewai before 0.100: the agent first, and no name.
        None => {
            let (agent, task) = split(before.strip_prefix("agent=\"")?, "\", task=\"")?;
            ("", task, agent)
        }
    };
    Some(Parsed {
        time,
        name,
        task,
        agent,
        status,
        output: output.map(|output| output.strip_suffix('"').unwrap_or(output)),
        cut,
    })
}

/// Splits at the first place where `by` stands, which begins with a quote.
fn split<'a>(text: &'a str, by: &str) -> Option<(&'a str, &'a str)> {
    memchr::memchr_iter(b'"', text.as_bytes()).find_map(|at| split_at(text, at, by))
}

/// Splits at the last such place.
fn split_last<'a>(text: &'a str, by: &str) -> Option<(&'a str, &'a str)> {
    memchr::memchr_iter(b'"', text.as_bytes())
        .rev()
        .find_map(|at| split_at(text, at, by))
}

fn split_at<'a>(text: &'a str, at: usize, by: &str) -> Option<(&'a str, &'a str)> {
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.strip_prefix(by)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_an_entry() {
        let entry = "2026-11-20 23:13:53: task_name=\"n \"q\"\", task=\"a\nb \", agent=\"no\"\", agent=\"Role\", status=\"completed\", output=\"x \"y\"\n\"\r\n";
        let parsed = parse(entry).unwrap();
        assert_eq!(
            parsed,
            Parsed {
                time: "2026-11-20 23:13:53",
                name: "n \"q\"",
                task: "a\nb \", agent=\"no\"",
                agent: "Role",
                status: "completed",
                output: Some("x \"y\"\n"),
                cut: false,
            }
        );
        let started = "2026-11-20 23:13:53: task_name=\"None\", task=\"t\", agent=\"r\", status=\"started\"\n";
        let parsed = parse(started).unwrap();
        assert_eq!(
            (parsed.status, parsed.output, parsed.cut),
            ("started", None, false)
        );
        let cut = parse(&entry[..entry.len() - 5]).unwrap();
        assert!(cut.cut);
        assert_eq!(cut.output, Some("x \"y"));
        assert_eq!(
            parse("2026-11-20 23:13:53: task_name=\"n\", task=\"t"),
            None
        );
    }

    #[test]
    fn the_entry_of_older_versions() {
        let entry = "2024-05-01 10:00:00: agent=\"Role\", task=\"Do\", status=\"started\"\n";
        let parsed = parse(entry).unwrap();
        assert_eq!(
            (parsed.agent, parsed.task, parsed.status),
            ("Role", "Do", "started")
        );
    }
}
