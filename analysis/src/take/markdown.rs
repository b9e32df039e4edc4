//! A task or an execution as Markdown, made to be pasted into an issue or given to a language model: what was asked, what each call was
//! told that was new, what came back, and what went wrong. Texts are kept short enough to be read.

use crate::conversation::{messages, Message, Part};
use crate::findings::{self, Findings};
use crate::transcript::{joined, known, speaker, transcript, Line};
use crate::{final_output, readable, summary, tasks, Cost, Prices, TaskRow};
use crewscope_trace::model::{Execution, Field, Kind, Span, Status, TextRef, Trace, Value};

/// Characters of a text that are told; of the rest its length.
const LONGEST: usize = 4000;

/// Calls of a task that are told one by one.
const CALLS: usize = 200;

/// Findings that are told, and the places of each.
const FINDINGS: usize = 50;
const PLACES: usize = 3;

/// Reads the text at a place, or `None` if it cannot be had.
type Read<'a> = dyn FnMut(TextRef) -> Option<String> + 'a;

/// The parts of a task that are told before its calls and after them.
const BEFORE: [(&str, Field); 3] = [
    ("Description", Field::Description),
    ("Expected output", Field::ExpectedOutput),
    ("Context", Field::Context),
];

/// Writes an execution, by its index, or one task of it (the place in the order of its tasks), with what was found. `read` is asked for
/// texts in one order always, so a caller without direct access can ask once, load them, and ask again.
pub fn markdown(
    trace: &Trace,
    at: usize,
    task: Option<usize>,
    found: &Findings,
    prices: &Prices,
    read: &mut Read,
) -> String {
    let Some(execution) = trace.executions.get(at) else {
        return String::new();
    };
    let mut out = Writer {
        trace,
        read,
        text: String::new(),
    };
    let rows = tasks(trace, execution, prices);
    out.head(execution, prices);
    let chosen = rows
        .iter()
        .enumerate()
        .filter(|(at, _)| task.is_none_or(|task| task == *at));
    if task.is_none() {
        out.table(&rows);
    }
    let within = task.and_then(|task| rows.get(task)).map(|row| row.span);
    out.findings(at, execution, found, prices, within);
    for (at, row) in chosen {
        out.task(at, row);
    }
    if task.is_none() {
        if rows.is_empty() {
            let roots = execution.first_span..execution.last_span;
            for at in roots {
                let root = trace.spans.get(at as usize);
                if root.is_some_and(|span| span.parent.is_none()) {
                    out.calls(at);
                }
            }
        }
        if let Some(text) = final_output(trace, execution).text {
            if let Some(content) = (out.read)(text) {
                out.part("## Final output", &readable(&content));
            }
        }
    }
    out.text
}

struct Writer<'a, 'r> {
    trace: &'a Trace,
    read: &'r mut Read<'r>,
    text: String,
}

impl Writer<'_, '_> {
    fn put(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.text.push_str(piece);
        }
    }

    fn fact(&mut self, label: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.put(&["- ", label, ": ", &value, "\n"]);
        }
    }

    fn head(&mut self, execution: &Execution, prices: &Prices) {
        let trace = self.trace;
        let told = summary(trace, execution, prices);
        let name = Some(trace.str(execution.name)).filter(|name| !name.is_empty());
        let name = line(name.unwrap_or(execution.kind.name()));
        self.put(&["# ", &name, ": ", execution.status.name(), "\n\n"]);
        self.fact("Execution", Some(code(trace.str(execution.id))));
        self.fact("Time", told.execution_time.map(seconds));
        let tokens = told.total_tokens.map(|total| total.to_string());
        self.fact("Tokens", tokens);
        let requests = told.requests.map(|requests| {
            let failed = told.failed_requests.filter(|failed| *failed > 0);
            let failed = failed.map(|failed| [" (", &failed.to_string(), " failed)"].concat());
            requests.to_string() + &failed.unwrap_or_default()
        });
        self.fact("Requests to models", requests);
        self.fact("Estimated cost", money(&told.cost));
        let version = execution
            .version
            .map(|version| trace.str(version).to_owned());
        self.fact("crewai", version);
        self.put(&["\n"]);
    }

    fn table(&mut self, rows: &[TaskRow]) {
        if rows.is_empty() {
            return;
        }
        self.put(&["| # | Task | Agent | Model | Status | Time | Tokens |\n|---|---|---|---|---|---|---|\n"]);
        for (at, row) in rows.iter().enumerate() {
            let cells = [
                (at + 1).to_string(),
                line(&row.label),
                line(&row.agents.join(", ")),
                line(&row.models.join(", ")),
                row.status.name().to_owned(),
                row.duration.map(seconds).unwrap_or_default(),
                row.total_tokens
                    .map(|tokens| tokens.to_string())
                    .unwrap_or_default(),
            ];
            for cell in cells {
                self.put(&["| ", &cell.replace('|', "\\|"), " "]);
            }
            self.put(&["|\n"]);
        }
        self.put(&["\n"]);
    }

    /// What was found, or what of it concerns a task.
    fn findings(
        &mut self,
        at: usize,
        execution: &Execution,
        found: &Findings,
        prices: &Prices,
        within: Option<u32>,
    ) {
        let trace = self.trace;
        let all = findings::show(trace, found, at, prices).into_iter();
        let told = all.filter_map(|shown| Some((found.list.get(shown.at)?, shown)));
        let inside =
            |span: u32| within.is_none_or(|task| trace.subtree(task).contains(&(span as usize)));
        let told = told.filter(|(finding, _)| {
            inside(finding.subject) || finding.evidence.iter().any(|&place| inside(place))
        });
        for (number, (finding, shown)) in told.take(FINDINGS).enumerate() {
            if number == 0 {
                self.put(&["## Findings\n\n"]);
            }
            let mut cost: Vec<String> = finding.time.map(seconds).into_iter().collect();
            cost.extend(shown.tokens.map(|tokens| tokens.to_string() + " tokens"));
            cost.extend(shown.usd.map(dollars));
            let cost = cost.join(", ");
            let (open, close) = if cost.is_empty() {
                ("", "")
            } else {
                (" (", ")")
            };
            let advice = finding.what.definition().advice;
            self.put(&["- **", shown.severity.name(), "**: ", &line(&shown.title)]);
            self.put(&[open, &cost, close, ". ", advice]);
            let places = finding.evidence.iter().take(PLACES);
            let places = places.map(|&place| self.place(execution, place));
            let places: Vec<String> = places.collect();
            if !places.is_empty() {
                self.put(&[" Seen at: ", &places.join("; ")]);
            }
            let more = (finding.places as usize).saturating_sub(places.len());
            if more > 0 {
                self.put(&[", and ", &more.to_string(), " more"]);
            }
            self.put(&["\n"]);
            if number + 1 == FINDINGS {
                self.put(&["- There may be more; the report has all.\n"]);
            }
        }
        self.put(&["\n"]);
    }

    /// A call with its task.
    fn place(&self, execution: &Execution, at: u32) -> String {
        let own = line(&findings::label(self.trace, execution, at));
        let task = self.trace.nearest(at, |span| span.kind == Kind::Task);
        match task.filter(|task| *task != at) {
            Some(task) => {
                let task = line(&findings::label(self.trace, execution, task));
                [&own, " in ", &task].concat()
            }
            None => own,
        }
    }

    fn task(&mut self, at: usize, row: &TaskRow) {
        let Some(span) = self.trace.spans.get(row.span as usize) else {
            return;
        };
        let number = (at + 1).to_string();
        self.put(&["## Task ", &number, ": ", &line(&row.label), "\n\n"]);
        self.fact("Status", Some(row.status.name().to_owned()));
        self.fact("Agent", Some(line(&row.agents.join(", "))));
        self.fact("Model", Some(line(&row.models.join(", "))));
        self.fact("Time", row.duration.map(seconds));
        self.fact("Tokens", row.total_tokens.map(|tokens| tokens.to_string()));
        self.put(&["\n"]);
        for (label, field) in BEFORE {
            self.field(&["### ", label].concat(), span, field);
        }
        self.field("### Error", span, Field::Error);
        self.calls(row.span);
        self.field("### Output", span, Field::Output);
    }

    /// The calls below a span, as a numbered list of sections.
    fn calls(&mut self, of: u32) {
        let lines = transcript(self.trace, of);
        for (number, line) in lines.iter().take(CALLS).enumerate() {
            self.call(number + 1, line);
        }
        if let Some(left) = lines.len().checked_sub(CALLS).filter(|left| *left > 0) {
            self.put(&["(", &left.to_string(), " more calls are not told.)\n\n"]);
        }
    }

    fn call(&mut self, number: usize, told: &Line) {
        let trace = self.trace;
        let Some(span) = trace.spans.get(told.at as usize) else {
            return;
        };
        let name = line(trace.str(span.name));
        let mut facts = Vec::new();
        if span.status != Status::Completed {
            facts.push(span.status.name().to_owned());
        }
        if told.retry > 0 {
            facts.push(["retry ", &told.retry.to_string()].concat());
        }
        let who = speaker(trace, told.at);
        if span.kind == Kind::Llm && !who.is_empty() {
            facts.push(line(who));
        }
        facts.extend(span.duration().map(seconds));
        if let (Some(prompt), Some(completion)) = (span.usage.prompt, span.usage.completion) {
            facts.push(
                [
                    &prompt.to_string(),
                    " + ",
                    &completion.to_string(),
                    " tokens",
                ]
                .concat(),
            );
        }
        facts.extend(trace.name_of(span, Field::FinishReason).map(line));
        let number = number.to_string();
        let facts = facts.join(", ");
        let kind = span.kind.label();
        self.put(&[
            "#### ", &number, ". ", kind, " ", &name, " (", &facts, ")\n\n",
        ]);
        match span.kind {
            Kind::Llm => {
                let before = told.before.and_then(|at| trace.spans.get(at as usize));
                let before = before.map(|before| self.messages(before, Field::Input));
                let mut sent = self.messages(span, Field::Input);
                let old = known(&before.unwrap_or_default(), &sent);
                let new = sent.split_off(old);
                if old > 0 {
                    self.put(&["(", &old.to_string(), " earlier messages)\n\n"]);
                }
                self.said(joined(new), "user");
                self.field("Thought", span, Field::Thought);
                let answer = self.messages(span, Field::Output);
                self.said(answer, "assistant");
            }
            Kind::Crew | Kind::Flow | Kind::Task | Kind::Agent => {}
            _ => {
                for (label, field) in [
                    ("Input", Field::Input),
                    ("Output", Field::Output),
                    ("Feedback", Field::Feedback),
                ] {
                    self.field(label, span, field);
                }
            }
        }
        if span.kind != Kind::Task {
            self.field("Error", span, Field::Error);
        }
    }

    fn messages(&mut self, span: &Span, field: Field) -> Vec<Message> {
        let content = self.content(span, field);
        content.map_or_else(Vec::new, |content| messages(&content))
    }

    fn said(&mut self, messages: Vec<Message>, role: &str) {
        for message in messages {
            let role = if message.role.is_empty() {
                role
            } else {
                &message.role
            };
            for part in &message.parts {
                match part {
                    Part::Text(text) | Part::Other(text) => self.part(role, text),
                    Part::Thought(text) => self.part("thought", text),
                    Part::ToolCall {
                        name,
                        arguments,
                        result,
                        ..
                    } => {
                        self.part(&[role, " calls ", &line(name)].concat(), arguments);
                        if let Some(result) = result {
                            self.part("result", result);
                        }
                    }
                    Part::ToolResult { content, .. } => self.part("result", content),
                    Part::Media { kind, .. } => self.part(role, &["[", kind, "]"].concat()),
                }
            }
        }
    }

    fn content(&mut self, span: &Span, field: Field) -> Option<String> {
        match span.get(field)? {
            Value::Text(text) => (self.read)(text),
            Value::Sym(sym) => Some(self.trace.str(sym).to_owned()),
            _ => None,
        }
    }

    fn field(&mut self, label: &str, span: &Span, field: Field) {
        if let Some(content) = self.content(span, field) {
            self.part(label, &content);
        }
    }

    /// A text in a fence that nothing in it closes.
    fn part(&mut self, label: &str, content: &str) {
        let content = content.trim_matches('\n');
        if content.is_empty() {
            return;
        }
        let mut end = LONGEST.min(content.len());
        while !content.is_char_boundary(end) {
            end -= 1;
        }
        let shown = content.get(..end).unwrap_or_default();
        let mut fence = String::from("```");
        while shown.contains(&fence) {
            fence.push('`');
        }
        let heading = label.starts_with('#');
        let (open, close) = if heading { ("", "") } else { ("**", "**") };
        self.put(&[open, label, close, "\n\n", &fence, "\n", shown, "\n"]);
        if end < content.len() {
            let left = (content.len() - end).to_string();
            self.put(&["… (", &left, " more bytes)\n"]);
        }
        self.put(&[&fence, "\n\n"]);
    }
}

/// A name on one line, without what Markdown would read.
fn line(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut out = String::new();
    for letter in text.chars().take(LONGEST) {
        if matches!(letter, '`' | '*' | '#' | '<' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(if letter.is_whitespace() { ' ' } else { letter });
    }
    out
}

fn code(text: &str) -> String {
    ["`", &text.replace('`', ""), "`"].concat()
}

/// `12.345 s`.
fn seconds(ns: i64) -> String {
    let ms = ns.saturating_add(500_000) / 1_000_000;
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}

fn money(cost: &Cost) -> Option<String> {
    let note = if cost.missing_calls > 0 {
        " at least (some calls have no price)"
    } else {
        ""
    };
    Some(dollars(cost.usd?) + note)
}

fn dollars(usd: f64) -> String {
    let micro = (usd * 1e6).round() as u64;
    format!("${}.{:06}", micro / 1_000_000, micro % 1_000_000)
}
