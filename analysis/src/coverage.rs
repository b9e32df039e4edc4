//! What a trace does not hold, or not for certain: one sentence each, with count, places and the figures it touches.
//!
//! Two sources: what import warned about (of the whole trace), and what is missing from the model itself: an exporter that records no
//! tool calls writes no warning about them. No sentence is made from what merely could have been: a run without tools is complete.

use crate::reconcile::counted;
use crewscope_trace::model::{
    Execution, Field, Flags, Kind, Place, Span, Status, Trace, Warning, WarningKind,
};
use crewscope_trace::order;
use crewscope_trace::slices::{at_once, pause, Slices, Work};

/// What of the page a note touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affects {
    /// Token sums.
    Tokens,
    /// Numbers of requests.
    Requests,
    /// Cost.
    Cost,
    /// Start, end and duration.
    Time,
    /// Statuses.
    Status,
    /// Which tasks there are, and what belongs to which.
    Tree,
    /// Tool calls.
    Tools,
    /// Prompts, answers, results.
    Texts,
}

impl Affects {
    /// The word for a person and for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Requests => "requests",
            Self::Cost => "cost",
            Self::Time => "time",
            Self::Status => "status",
            Self::Tree => "tree",
            Self::Tools => "tools",
            Self::Texts => "texts",
        }
    }
}

/// One thing that is missing, guessed or cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Stable name, as in reports.
    pub kind: &'static str,
    /// One sentence for a person.
    pub text: String,
    /// How often; `None` where a number says nothing ("no tool calls").
    pub count: Option<u64>,
    /// The first places, at most [`Warning::PLACES`].
    pub places: Vec<Place>,
    /// The figures it touches; empty: none.
    pub affects: &'static [Affects],
}

use Affects::{Cost, Requests, Status as Statuses, Texts, Time, Tokens, Tools, Tree};

const EVERYTHING: &[Affects] = &[Tokens, Requests, Cost, Time, Statuses, Tree, Tools, Texts];
const SUMS: &[Affects] = &[Tokens, Cost];

/// Where a warning stands among the notes (losses first, then numbers, structure, time, texts), and what it touches.
fn of_kind(kind: WarningKind) -> (i64, &'static [Affects]) {
    match kind {
        WarningKind::UnreadableRecord | WarningKind::TruncatedSource | WarningKind::UnreadPage => {
            (0, EVERYTHING)
        }
        WarningKind::UnknownRecord => (1, &[]),
        WarningKind::EmptyBatch => (1, EVERYTHING),
        WarningKind::MissingUsage => (2, SUMS),
        WarningKind::MissingParent | WarningKind::GuessedParent => (3, &[Tree, Tokens]),
        WarningKind::MissingStart | WarningKind::MissingEnd => (3, &[Time, Statuses]),
        WarningKind::WrongStart => (3, &[Tree, Time]),
        WarningKind::ClockConflict | WarningKind::NaiveTime => (4, &[Time]),
        WarningKind::TruncatedValue | WarningKind::RepairedValue => (5, &[Texts]),
        WarningKind::UploadFailed => (6, &[Statuses]),
        WarningKind::DuplicateRecord => (6, &[]),
        WarningKind::CoarseTime | WarningKind::JoinedEnd => (4, &[Time]),
        WarningKind::SavedReport => (1, &[Texts]),
        WarningKind::NothingOfRun => (1, &[]),
        // What a recorder cannot write.
        WarningKind::NoToolCalls => (3, &[Tools, Tree]),
        WarningKind::NoTaskNames => (5, &[Texts]),
        WarningKind::NoInnerSteps | WarningKind::NoFlows | WarningKind::NoCoworkers => (3, &[Tree]),
        WarningKind::NoAsyncTasks => (3, &[Tree, Time]),
        WarningKind::NoTokenDetails => (2, &[Tokens]),
    }
}

/// What a warning touches.
pub fn affects(kind: WarningKind) -> &'static [Affects] {
    of_kind(kind).1
}

/// The notes on everything that was opened, the gravest first.
pub fn of_trace(trace: &Trace) -> Vec<Note> {
    at_once(of_trace_in(&Slices::one(), trace))
}

/// [`of_trace`] in slices.
pub fn of_trace_in<'a>(slices: &'a Slices, trace: &'a Trace) -> Work<'a, Vec<Note>> {
    Box::pin(async move {
        let facts = Facts::of(slices, trace, &trace.spans).await;
        let mut notes = facts.notes(&formats(trace, None));
        for warning in &trace.warnings {
            // Told by the facts already, with sizes or with what is shown instead; the places are the warning's.
            let kind = match warning.kind {
                WarningKind::MissingUsage => "no-usage",
                other => other.name(),
            };
            if let Some((_, note)) = notes.iter_mut().find(|(_, note)| note.kind == kind) {
                note.count = Some(warning.count);
                note.places.clone_from(&warning.places);
                continue;
            }
            notes.push(of_warning(warning));
        }
        sorted(notes)
    })
}

/// The notes that import gave rise to, for a trace that is still being read: what is missing there may still come.
pub fn of_warnings(trace: &Trace) -> Vec<Note> {
    sorted(trace.warnings.iter().map(of_warning).collect())
}

fn of_warning(warning: &Warning) -> (i64, Note) {
    let (rank, affects) = of_kind(warning.kind);
    let note = Note {
        kind: warning.kind.name(),
        text: warning.message.clone(),
        count: Some(warning.count),
        places: warning.places.clone(),
        affects,
    };
    (rank, note)
}

/// The notes that the model of one execution gives rise to.
pub fn of_execution(trace: &Trace, execution: &Execution) -> Vec<Note> {
    let spans = trace.spans_of(execution);
    let facts = at_once(Facts::of(&Slices::one(), trace, spans));
    sorted(facts.notes(&formats(trace, Some(execution))))
}

fn sorted(notes: Vec<(i64, Note)>) -> Vec<Note> {
    order::sorted(notes.len(), &|at| (notes[at].0, 0, 0))
        .into_iter()
        .filter_map(|at| notes.get(at).map(|(_, note)| note.clone()))
        .collect()
}

/// The forms that were read, as one word: "this form (otlp-json) records no …".
fn formats(trace: &Trace, execution: Option<&Execution>) -> String {
    let mut text = String::new();
    for (at, source) in trace.sources.iter().enumerate() {
        if execution.is_some_and(|execution| execution.source as usize != at) {
            continue;
        }
        for format in &source.formats {
            if !text.split('+').any(|known| known == format) {
                if !text.is_empty() {
                    text.push('+');
                }
                text.push_str(format);
            }
        }
    }
    text
}

/// Counts over spans, with the first places.
#[derive(Default)]
struct Facts {
    work: u64,
    tasks: u64,
    crews: u64,
    calls: u64,
    answered: u64,
    with_usage: u64,
    with_model: u64,
    with_prompt: u64,
    with_answer: u64,
    asked_for_tools: Places,
    tools: u64,
    derived_status: Places,
    derived_end: Places,
    inferred: Places,
    cut: u64,
    cut_places: Vec<Place>,
    longest: u64,
    left: u64,
    total_reported: bool,
}

/// Finish reasons of an answer that asks for a tool: OpenAI's, Anthropic's, OpenAI's old one.
const ASKED: [&str; 3] = ["tool_call", "tool_use", "function_call"];

/// A count with its first places.
#[derive(Default)]
struct Places {
    count: u64,
    places: Vec<Place>,
}

impl Places {
    fn add(&mut self, span: &Span) {
        self.count += 1;
        if self.places.len() < Warning::PLACES {
            self.places
                .extend(span.records.first().map(|record| record.place()));
        }
    }
}

impl Facts {
    fn of<'a>(slices: &'a Slices, trace: &'a Trace, spans: &'a [Span]) -> Work<'a, Self> {
        Box::pin(async move {
            let mut facts = Self::default();
            for span in spans {
                facts.add(trace, span);
                if slices.due() {
                    pause().await;
                }
            }
            facts
        })
    }

    fn add(&mut self, trace: &Trace, span: &Span) {
        let has = |field: Field| u64::from(span.get(field).is_some());
        match span.kind {
            Kind::Llm => {
                self.calls += 1;
                self.answered += u64::from(span.status == Status::Completed);
                self.with_usage += u64::from(span.usage.is_recorded());
                self.with_model += has(Field::Model).max(has(Field::ResponseModel));
                self.with_prompt += has(Field::Input);
                self.with_answer += has(Field::Output);
                let reason = trace.name_of(span, Field::FinishReason).unwrap_or_default();
                if ASKED.iter().any(|word| reason.contains(word)) {
                    self.asked_for_tools.add(span);
                }
            }
            Kind::Tool => self.tools += 1,
            Kind::Task => self.tasks += 1,
            Kind::Crew => self.crews += 1,
            _ => {}
        }
        self.work += u64::from(matches!(span.kind, Kind::Task | Kind::Agent));
        self.total_reported |= span.get(Field::ReportedTotal).is_some();
        for (flag, places) in [
            (Flags::DERIVED_STATUS, &mut self.derived_status),
            (Flags::DERIVED_END, &mut self.derived_end),
            (Flags::INFERRED, &mut self.inferred),
        ] {
            if span.flags.has(flag) {
                places.add(span);
            }
        }
        for text in span.fields.cut() {
            if text.cut_from > 0 {
                self.cut += 1;
                if text.cut_from > self.longest {
                    (self.longest, self.left) = (text.cut_from, text.len);
                }
                if self.cut_places.len() < Warning::PLACES {
                    self.cut_places.push(text.place());
                }
            }
        }
    }

    fn notes(self, form: &str) -> Vec<(i64, Note)> {
        let mut notes = Notes(Vec::new());
        let form = |text: &str| {
            let mut whole = text.to_owned();
            if !form.is_empty() {
                whole.push_str(" (");
                whole.push_str(form);
                whole.push(')');
            }
            whole.push('.');
            whole
        };
        if self.calls == 0 && self.work > 0 {
            let text = form("No LLM calls are recorded in this form");
            notes.add(2, "no-llm-calls", text, None, &[Tokens, Requests, Cost]);
        }
        if self.answered > 0 && self.with_usage == 0 {
            let mut text = form("LLM calls record no token usage in this form");
            if self.total_reported {
                text.push_str(" The run's own total is shown instead, and there is no cost.");
            }
            notes.add(2, "no-usage", text, None, SUMS);
        }
        if self.calls > 0 && self.with_model == 0 {
            let text = form("LLM calls do not name their model in this form");
            notes.add(2, "no-model", text, None, &[Cost]);
        }
        if self.calls > 0 && self.tasks == 0 && self.crews > 0 {
            let text = form("No tasks are recorded in this form");
            notes.add(3, "no-tasks", text, None, &[Tree]);
        }
        if self.tools == 0 && self.asked_for_tools.count > 0 {
            let text = form("Models asked for tools, and this form records no tool calls");
            notes.add(
                3,
                "no-tool-calls",
                text,
                Some(self.asked_for_tools),
                &[Tools, Tree],
            );
        }
        if self.calls > 0 && self.with_prompt == 0 {
            let text = form("No prompts are recorded");
            notes.add(5, "no-prompts", text, None, &[Texts]);
        }
        if self.answered > 0 && self.with_answer == 0 {
            let text = form("No answers of models are recorded");
            notes.add(5, "no-answers", text, None, &[Texts]);
        }
        for (found, kind, text, affects) in [
            (self.inferred, "inferred-span", "Parts of the run are known only from what refers to them; their own record is not here.", &[Tree, Time][..]),
            (self.derived_status, "derived-status", "Statuses are not recorded and are concluded from what lies inside.", &[Statuses][..]),
            (self.derived_end, "derived-end", "Ends were overwritten and are concluded from what lies inside.", &[Time][..]),
        ] {
            if found.count > 0 {
                notes.add(4, kind, text.to_owned(), Some(found), affects);
            }
        }
        if self.cut > 0 {
            let mut text = "The recorder cut long values: the longest had ".to_owned();
            text.push_str(&counted(self.longest, "byte", "bytes"));
            text.push_str(", of which ");
            text.push_str(&counted(self.left, "is", "are"));
            text.push_str(" left.");
            let found = Places {
                count: self.cut,
                places: self.cut_places,
            };
            notes.add(
                5,
                WarningKind::TruncatedValue.name(),
                text,
                Some(found),
                &[Texts],
            );
        }
        notes.0
    }
}

/// Notes with their rank.
struct Notes(Vec<(i64, Note)>);

impl Notes {
    fn add(
        &mut self,
        rank: i64,
        kind: &'static str,
        text: String,
        found: Option<Places>,
        affects: &'static [Affects],
    ) {
        let (count, places) = match found {
            Some(found) => (Some(found.count), found.places),
            None => (None, Vec::new()),
        };
        let note = Note {
            kind,
            text,
            count,
            places,
            affects,
        };
        self.0.push((rank, note));
    }
}
