//! The inputs of the benchmark: traces like those of crews, made anew on every machine and the same on all.
//!
//! One file is OTLP JSON as crewai's instrumentation by OpenInference writes it, a `resourceSpans` entry for each run of a crew. *Payload-heavy*:
//! 14 KB a span, most of it prompts and answers with Markdown, code, JSON in strings and letters beyond ASCII. *Token-dense*: some 850 bytes a
//! span. Beside a small one stands the same as Chrome trace events, which speedscope opens.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Long texts.
    Payload,
    /// Many small spans.
    Dense,
    /// A run with a million spans and ten thousand tasks.
    Wide,
}

/// Spans of one crew; a wide trace is one crew.
const CREW: u64 = 240;

const WORDS: &str = "the agent should research analyse summarise compare market report user question context source evidence tool result answer \
    plan observation thought final input output model price latency retry schema field value search query document section table figure";
const ODD: [&str; 7] = [
    "café",
    "日本語",
    "Übersicht",
    "→",
    "“quoted”",
    "naïve",
    "🙂",
];
const ROLES: [&str; 5] = [
    "Senior Researcher",
    "Market Analyst",
    "Technical Writer",
    "QA Engineer",
    "Planner",
];
const MODELS: [&str; 3] = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5"];
const TOOLS: [&str; 4] = [
    "search_web",
    "read_page",
    "read_file",
    "Delegate work to coworker",
];

/// Where the first run begins (nanoseconds since 1970).
const BEGIN: u64 = 1_760_000_000_000_000_000;

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound.max(1)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let at = self.below(list.len() as u64) as usize;
        list.get(at).copied().unwrap_or_default()
    }
}

/// A text of about 1.5 MB, already escaped for JSON, of which every payload is a stretch.
fn pool(dice: &mut Dice) -> Vec<String> {
    let words: Vec<&str> = WORDS.split_ascii_whitespace().collect();
    let mut parts = Vec::new();
    let mut len = 0;
    while len < 1_500_000 {
        let mut part = String::new();
        match dice.below(20) {
            0..=10 => {
                for _ in 0..20 + dice.below(70) {
                    let odd = dice.below(50) == 0;
                    part.push_str(if odd { dice.of(&ODD) } else { dice.of(&words) });
                    part.push(' ');
                }
                part.push_str(".\\n");
            }
            11..=13 => {
                let _ = write!(
                    part,
                    "## {} {}\\n\\n- **{}**: \\\"{}\\\" (see https://example.com/{:08x})\\n",
                    dice.of(&words),
                    dice.of(&words),
                    dice.of(&words),
                    dice.of(&words),
                    dice.next() as u32
                );
            }
            14..=16 => {
                let _ = write!(
                    part,
                    "```python\\ndef {}(x: str) -> dict:\\n    return {{\\\"{}\\\": x.split(\\\"\\\\n\\\")[0], \\\"n\\\": {}}}\\n```\\n",
                    dice.of(&words),
                    dice.of(&words),
                    dice.below(1000)
                );
            }
            _ => {
                let _ = write!(
                    part,
                    "{{\\\"{}\\\": \\\"{} {}\\\", \\\"score\\\": 0.{}, \\\"items\\\": [\\\"{}\\\", \\\"{}\\\"]}}\\n",
                    dice.of(&words),
                    dice.of(&words),
                    dice.of(&words),
                    dice.below(1000),
                    dice.of(&words),
                    dice.of(&words)
                );
            }
        }
        len += part.len();
        parts.push(part);
    }
    parts
}

/// One span, before it is written.
struct Made {
    id: u64,
    parent: Option<u64>,
    name: String,
    start: u64,
    end: u64,
    /// Attributes as OTLP writes them, separated by commas.
    attributes: String,
    /// The same as members of an object.
    arguments: String,
    failed: bool,
}

/// Writes runs until the file is as large as wanted.
pub struct Maker {
    dice: Dice,
    pool: Vec<String>,
    shape: Shape,
    time: u64,
    spans: u64,
    crew: Vec<Made>,
}

impl Maker {
    /// A maker that has made nothing.
    pub fn new(shape: Shape) -> Self {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        Self {
            pool: pool(&mut dice),
            dice,
            shape,
            time: BEGIN,
            spans: 0,
            crew: Vec::new(),
        }
    }

    /// Writes a trace of about `bytes` (or of a million spans), and the same as Chrome trace events if asked for. Returns the number of spans.
    pub fn write(&mut self, path: &Path, bytes: u64, chrome: Option<&Path>) -> io::Result<u64> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let mut events = match chrome {
            Some(path) => Some(BufWriter::with_capacity(1 << 20, File::create(path)?)),
            None => None,
        };
        let (mut written, mut first) = (18, true);
        out.write_all(b"{\"resourceSpans\":[")?;
        if let Some(events) = &mut events {
            events.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
        }
        while written < bytes {
            let trace = format!("{:016x}{:016x}", self.dice.next(), self.dice.next());
            self.crew();
            let mut entry = String::from(if first { "" } else { "," });
            entry.push_str(r#"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"crewai-app"}}]},"scopeSpans":[{"scope":{"name":"openinference.instrumentation.crewai","version":"0.1.17"},"spans":["#);
            // Exporters write a span when it ends: the crew itself comes last, and its output is the last text of the file.
            let spans = self.crew.iter().skip(1).chain(self.crew.first());
            for (at, span) in spans.enumerate() {
                if at > 0 {
                    entry.push(',');
                }
                write_span(&mut entry, &trace, span);
                if entry.len() > 1 << 20 {
                    written += entry.len() as u64;
                    out.write_all(entry.as_bytes())?;
                    entry.clear();
                }
            }
            entry.push_str("]}]}");
            written += entry.len() as u64;
            out.write_all(entry.as_bytes())?;
            if let Some(events) = &mut events {
                for (at, span) in self.crew.iter().enumerate() {
                    let comma = if first && at == 0 { "" } else { ",\n" };
                    let (start, length) =
                        ((span.start - BEGIN) / 1000, (span.end - span.start) / 1000);
                    write!(
                        events,
                        r#"{comma}{{"name":"{}","cat":"crewai","ph":"X","ts":{start},"dur":{length},"pid":1,"tid":1,"args":{{{}}}}}"#,
                        span.name, span.arguments
                    )?;
                }
            }
            first = false;
        }
        out.write_all(b"]}")?;
        if let Some(events) = &mut events {
            events.write_all(b"]}")?;
            events.flush()?;
        }
        out.flush()?;
        Ok(self.spans)
    }

    fn pass(&mut self, least_ms: u64, most_ms: u64) {
        self.time += (least_ms + self.dice.below(most_ms - least_ms)) * 1_000_000;
    }

    /// A text of about `mean` bytes.
    fn text(&mut self, mean: u64) -> String {
        let wanted = match self.shape {
            // One in 250 is a whole document.
            Shape::Payload if self.dice.below(250) == 0 => 100_000,
            _ => mean / 2 + self.dice.below(mean),
        };
        let mut text = String::with_capacity(wanted as usize + 400);
        let mut at = self.dice.below(self.pool.len() as u64) as usize;
        while (text.len() as u64) < wanted {
            let part = self.pool.get(at).map_or("", String::as_str);
            // Short texts are words only: a part is cut between two of them.
            let room = (wanted as usize).saturating_sub(text.len());
            let cut = part
                .char_indices()
                .map(|(at, _)| at)
                .find(|&at| at >= room && part.as_bytes().get(at) == Some(&b' '));
            let cut = cut.filter(|&cut| part.as_bytes().get(cut - 1) != Some(&b'\\'));
            text.push_str(cut.map_or(part, |cut| &part[..cut]));
            at = (at + 1) % self.pool.len();
        }
        text
    }

    fn span(&mut self, parent: Option<u64>, name: &str) -> usize {
        let id = self.dice.next();
        self.spans += 1;
        self.crew.push(Made {
            id,
            parent,
            name: name.to_owned(),
            start: self.time,
            end: self.time,
            attributes: String::new(),
            arguments: String::new(),
            failed: false,
        });
        self.crew.len() - 1
    }

    fn string(&mut self, at: usize, key: &str, value: &str) {
        if let Some(span) = self.crew.get_mut(at) {
            let comma = if span.attributes.is_empty() { "" } else { "," };
            let _ = write!(
                span.attributes,
                r#"{comma}{{"key":"{key}","value":{{"stringValue":"{value}"}}}}"#
            );
            let _ = write!(span.arguments, r#"{comma}"{key}":"{value}""#);
        }
    }

    fn number(&mut self, at: usize, key: &str, value: u64) {
        if let Some(span) = self.crew.get_mut(at) {
            let _ = write!(
                span.attributes,
                r#",{{"key":"{key}","value":{{"intValue":"{value}"}}}}"#
            );
            let _ = write!(span.arguments, r#","{key}":{value}"#);
        }
    }

    fn end(&mut self, at: usize) {
        let time = self.time;
        if let Some(span) = self.crew.get_mut(at) {
            span.end = time;
        }
    }

    fn id_of(&self, at: usize) -> Option<u64> {
        self.crew.get(at).map(|span| span.id)
    }

    /// A run of a crew: tasks one after another, in each calls of a model and of tools.
    fn crew(&mut self) {
        self.crew.clear();
        let budget = match self.shape {
            Shape::Wide => 1_000_000,
            _ => CREW,
        };
        let key = format!("{:016x}{:016x}", self.dice.next(), self.dice.next());
        let crew = self.span(None, "Market_Crew.kickoff");
        self.string(crew, "openinference.span.kind", "CHAIN");
        self.string(crew, "crew_key", &key);
        self.string(crew, "crew_id", &key);
        self.pass(1, 5);
        while (self.crew.len() as u64) < budget.saturating_sub(4) {
            let role = self.dice.of(&ROLES);
            let number = self.crew.len();
            let parent = self.id_of(crew);
            let task = self.span(parent, &format!("{role}.task_{number}._execute_core"));
            self.string(task, "openinference.span.kind", "AGENT");
            self.string(task, "task_key", &format!("{key}-{number}"));
            self.string(task, "task_id", &format!("{:016x}-{number}", self.time));
            self.string(task, "task_name", &format!("task_{number}"));
            self.string(task, "graph.node.id", role);
            let (goal, expected, output) = (self.text(700), self.text(160), self.text(900));
            let long = self.shape == Shape::Payload;
            self.string(
                task,
                "task_description",
                if long { &goal } else { "Find out." },
            );
            self.string(
                task,
                "task_expected_output",
                if long { &expected } else { "A report." },
            );
            self.string(task, "output.value", if long { &output } else { "Done." });
            let calls = match self.shape {
                Shape::Wide => 99,
                _ => 4 + self.dice.below(18),
            };
            for _ in 0..calls {
                if self.crew.len() as u64 >= budget {
                    break;
                }
                self.pass(1, 80);
                if self.dice.below(5) < 3 {
                    self.model_call(task);
                } else {
                    self.tool_call(task);
                }
            }
            self.end(task);
            self.pass(1, 5);
        }
        self.string(crew, "output.value", "All done.");
        self.end(crew);
        self.pass(50, 500);
    }

    fn model_call(&mut self, task: usize) {
        let parent = self.id_of(task);
        let call = self.span(parent, "ChatCompletion");
        self.pass(300, 9000);
        let model = self.dice.of(&MODELS);
        let (prompt, answer) = (300 + self.dice.below(9000), 20 + self.dice.below(1500));
        let (system, asked, said) = match self.shape {
            Shape::Payload => (self.text(1000), self.text(6500), self.text(3300)),
            _ => (self.text(30), self.text(60), self.text(40)),
        };
        for (key, value) in [
            ("openinference.span.kind", "LLM"),
            ("llm.model_name", model),
            ("llm.input_messages.0.message.role", "system"),
            ("llm.input_messages.0.message.content", &system),
            ("llm.input_messages.1.message.role", "user"),
            ("llm.input_messages.1.message.content", &asked),
            ("llm.output_messages.0.message.role", "assistant"),
            ("llm.output_messages.0.message.content", &said),
        ] {
            self.string(call, key, value);
        }
        self.number(call, "llm.token_count.prompt", prompt);
        self.number(call, "llm.token_count.completion", answer);
        self.number(call, "llm.token_count.total", prompt + answer);
        if self.shape == Shape::Payload {
            // The request once more, whole, as instrumentations write it.
            self.string(call, "input.mime_type", "text/plain");
            self.string(call, "input.value", &asked);
            self.string(call, "output.value", &said);
        }
        self.end(call);
    }

    fn tool_call(&mut self, task: usize) {
        let parent = self.id_of(task);
        let tool = self.dice.of(&TOOLS);
        let call = self.span(parent, &format!("{tool}.run"));
        self.pass(20, 3000);
        let (query, found) = match self.shape {
            Shape::Payload => (self.text(300), self.text(4200)),
            _ => (self.text(30), self.text(60)),
        };
        let query: String = query.chars().filter(|c| !matches!(c, '\\' | '"')).collect();
        self.string(call, "openinference.span.kind", "TOOL");
        self.string(call, "tool.name", tool);
        self.string(
            call,
            "input.value",
            &format!(r#"{{\"query\": \"{query}\"}}"#),
        );
        self.string(call, "output.value", &found);
        let failed = self.dice.below(40) == 0;
        self.end(call);
        if let Some(call) = self.crew.get_mut(call) {
            call.failed = failed;
        }
    }
}

fn write_span(out: &mut String, trace: &str, span: &Made) {
    let _ = write!(out, r#"{{"traceId":"{trace}","spanId":"{:016x}""#, span.id);
    if let Some(parent) = span.parent {
        let _ = write!(out, r#","parentSpanId":"{parent:016x}""#);
    }
    let status = if span.failed {
        r#"{"code":2,"message":"ToolError"}"#
    } else {
        r#"{"code":1}"#
    };
    let _ = write!(
        out,
        r#","name":"{}","kind":1,"startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[{}],"status":{status}}}"#,
        span.name, span.start, span.end, span.attributes
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_the_same_every_time_and_as_large_as_wanted() {
        let folder =
            std::env::temp_dir().join(format!("crewscope-bench-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (shape, bytes) in [(Shape::Payload, 3_000_000), (Shape::Dense, 1_000_000)] {
            let (path, events) = (folder.join("a.json"), folder.join("a.chrome.json"));
            let spans = Maker::new(shape)
                .write(&path, bytes, Some(&events))
                .expect("written");
            let first = std::fs::read(&path).expect("read");
            assert!(first.len() as u64 >= bytes && (first.len() as u64) < bytes + 9_000_000);
            let text = String::from_utf8(first.clone()).expect("UTF-8");
            assert_eq!(text.matches("\"spanId\"").count() as u64, spans);
            let events = std::fs::read_to_string(&events).expect("read");
            assert_eq!(events.matches("\"ph\":\"X\"").count() as u64, spans);
            Maker::new(shape)
                .write(&path, bytes, None)
                .expect("written");
            assert_eq!(std::fs::read(&path).expect("read"), first);
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
