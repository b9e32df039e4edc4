//! The runs in a log: which entries are one task, which tasks one run.
//!
//! The log says neither. A task that starts again begins a new run (a retried kickoff, the next of several inputs). Whatever is
//! concluded here is marked so: the crew itself, its status and its end.

use crate::builder::Builder;
use crate::draft::Draft;
use crate::draft::{LogEntry, Said};
use crate::notes::Notes;
use crewscope_trace::model::{Field, Flags, Kind, Status, Sym, Value, WarningKind};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Runs before the newest that an entry may belong to: kickoffs for several inputs at once interleave.
const REACH: usize = 16;
/// Nothing under way for longer than this (nanoseconds): what starts then is another run. Within a crew it takes milliseconds; a flow
/// may do other work between its crews.
const IDLE: i64 = 3_600_000_000_000;

struct Task {
    start: usize,
    end: Option<usize>,
    /// A task of an earlier run that has everything in common with this one and was open when it started.
    before: Option<usize>,
}

#[derive(Default)]
struct Run {
    tasks: Vec<usize>,
    open: usize,
    /// Its last entry.
    last: usize,
}

struct Log<'e> {
    entries: &'e [LogEntry],
    tasks: Vec<Task>,
    runs: Vec<Run>,
    /// Position of a task in its run, by run and key.
    position: FxHashMap<(usize, u64), usize>,
    /// Open task, by everything that its two entries have in common.
    open: FxHashMap<(Sym, u64), usize>,
    /// The run of each task.
    run_of: Vec<usize>,
}

/// What tells the tasks of a crew apart: the name, or for an unnamed one the description.
fn key(entry: &LogEntry) -> u64 {
    match (entry.name, entry.description) {
        (Some(name), _) => u64::from(name.0),
        (None, Some(description)) => description.hash,
        (None, None) => 0,
    }
}

/// What the two entries of a task have in common: its name, and the hash of its description.
fn identity(entry: &LogEntry) -> (Sym, u64) {
    let description = entry.description.map_or(0, |text| text.hash);
    (entry.name.unwrap_or_default(), description)
}

impl<'e> Log<'e> {
    fn of(entries: &'e [LogEntry]) -> Self {
        let mut log = Self {
            entries,
            tasks: Vec::new(),
            runs: Vec::new(),
            position: FxHashMap::default(),
            open: FxHashMap::default(),
            run_of: Vec::new(),
        };
        for (at, entry) in entries.iter().enumerate() {
            match entry.said {
                Said::Started => log.start(at, entry),
                Said::Completed => log.complete(at, entry),
            }
        }
        log
    }

    fn start(&mut self, at: usize, entry: &LogEntry) {
        let run = match self.home(entry) {
            Some(run) => run,
            None => self.next_run(entry),
        };
        let id = identity(entry);
        let task = self.tasks.len();
        let before = self.open.insert(id, task);
        self.run_of.push(run);
        if let Some(home) = self.runs.get_mut(run) {
            self.position
                .entry((run, key(entry)))
                .or_insert(home.tasks.len());
            home.tasks.push(task);
            home.open += 1;
            home.last = at;
        }
        self.tasks.push(Task {
            start: at,
            end: None,
            before,
        });
    }

    fn position(&self, run: usize, entry: &LogEntry) -> Option<usize> {
        self.position.get(&(run, key(entry))).copied()
    }

    /// The run that a starting task belongs to: the newest that does not have it yet. With its tasks still open (asynchronous ones) only
    /// if no older run that is alive waits for its next task.
    fn home(&self, entry: &LogEntry) -> Option<usize> {
        let newest = self.runs.len().checked_sub(1)?;
        let begun = *self.runs[newest].tasks.first()?;
        let begun = self.tasks[begun].start;
        let last = self.entries[self.runs[newest].last].time;
        let idle = last
            .zip(entry.time)
            .is_some_and(|(last, now)| now.saturating_sub(last) > IDLE);
        if idle && self.runs[newest].open == 0 {
            return None;
        }
        (newest.saturating_sub(REACH)..=newest)
            .rev()
            .find(|&run| {
                let alive = run == newest || self.runs[run].last > begun;
                alive && self.runs[run].open == 0 && self.position(run, entry).is_none()
            })
            .or(Some(newest).filter(|&run| self.position(run, entry).is_none()))
    }

    /// Begins a run. Unnamed tasks whose descriptions hold an input differ from run to run, so the first of them looked like one more of the
    /// run before: where a task comes again in second place, the one started just before it was the new run's first.
    fn next_run(&mut self, entry: &LogEntry) -> usize {
        let new = self.runs.len();
        self.runs.push(Run::default());
        let Some(old) = new.checked_sub(1) else {
            return new;
        };
        let known = &self.runs[old].tasks;
        let place = self.position(old, entry).unwrap_or(0);
        let Some(from) = known.len().checked_sub(place).filter(|&from| from > place) else {
            return new;
        };
        let first = |at: usize| &self.entries[self.tasks[at].start];
        let alike = (0..place).all(|at| {
            let (a, b) = (first(known[at]), first(known[from + at]));
            a.name.is_none() && b.name.is_none() && a.agent == b.agent
        });
        if place == 0 || !alike {
            return new;
        }
        let moved = self.runs[old].tasks.split_off(from);
        for (position, &task) in moved.iter().enumerate() {
            let entry = &self.entries[self.tasks[task].start];
            self.position.insert((new, key(entry)), position);
            self.run_of[task] = new;
            let open = usize::from(self.tasks[task].end.is_none());
            self.runs[old].open -= open;
            self.runs[new].open += open;
            self.runs[new].last = self.tasks[task].end.unwrap_or(self.tasks[task].start);
        }
        self.runs[new].tasks = moved;
        new
    }

    fn complete(&mut self, at: usize, entry: &LogEntry) {
        let id = identity(entry);
        let known = self.open.get(&id).and_then(|&task| self.tasks.get(task));
        if known.is_none_or(|task| task.end.is_some()) {
            // The log begins in the middle: its start is not recorded.
            self.start(at, entry);
        }
        let Some(&task) = self.open.get(&id) else {
            return;
        };
        self.tasks[task].end = Some(at);
        let run = &mut self.runs[self.run_of[task]];
        run.open -= 1;
        run.last = at;
        if let Some(before) = self.tasks[task].before {
            self.open.insert(id, before);
        }
    }

    /// Whether another run shows that this one's crew has more tasks.
    fn is_part(&self, run: usize) -> bool {
        let own = &self.runs[run].tasks;
        (run.saturating_sub(REACH)..self.runs.len().min(run + REACH)).any(|other| {
            self.runs[other].tasks.len() > own.len()
                && own.iter().all(|&task| {
                    self.position(other, &self.entries[self.tasks[task].start])
                        .is_some()
                })
        })
    }

    /// All that the run's entries say, as one number.
    fn content(&self, run: usize) -> u64 {
        let mut sum = 0;
        for &task in &self.runs[run].tasks {
            for at in [Some(self.tasks[task].start), self.tasks[task].end] {
                let entry = at.map(|at| &self.entries[at]);
                let numbers = [sum, entry.map_or(0, |entry| entry.record.hash)];
                sum = xxh3_64(numbers.map(u64::to_le_bytes).as_flattened());
            }
        }
        sum
    }
}

/// The spans of all logs, and what was noticed.
pub fn spans(builder: &Builder) -> (Vec<Draft>, Notes) {
    let (mut drafts, mut notes) = (Vec::new(), Notes::default());
    // The same log opened twice is one log; runs of one source are never the same, however alike. By content: the first source with it.
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut rest = builder.log.as_slice();
    while let Some(first) = rest.first() {
        let source = first.record.source;
        let len = rest
            .iter()
            .position(|entry| entry.record.source != source)
            .unwrap_or(rest.len());
        let (entries, others) = rest.split_at(len);
        rest = others;
        let log = Log::of(entries);
        for run in 0..log.runs.len() {
            let content = log.content(run);
            if *seen.entry(content).or_insert(source) != source {
                let first = log.runs[run]
                    .tasks
                    .first()
                    .map(|&task| log.tasks[task].start);
                let place = first.map(|first| entries[first].record.place());
                notes.add(WarningKind::DuplicateRecord, place);
                continue;
            }
            run_spans(&log, run, &mut drafts, &mut notes);
        }
    }
    (drafts, notes)
}

fn run_spans(log: &Log<'_>, run: usize, drafts: &mut Vec<Draft>, notes: &mut Notes) {
    let tasks = &log.runs[run].tasks;
    let Some(&first) = tasks.first() else { return };
    let group = log.entries[log.tasks[first].start].ids.1;
    let mut crew = Draft::new(group, group, Kind::Crew);
    crew.flags.0 |= Flags::INFERRED | Flags::DERIVED_STATUS | Flags::NAIVE_TIME | Flags::NO_CALLS;
    let superseded = run + 1 < log.runs.len();
    let at_crew = drafts.len();
    drafts.push(crew);
    let (mut completed, mut end) = (true, None);
    for (place, &task) in tasks.iter().enumerate() {
        let task = &log.tasks[task];
        let next = tasks.get(place + 1).map(|&next| log.tasks[next].start);
        let draft = task_span(log, task, group, superseded, next, notes);
        completed &= draft.status == Status::Completed;
        end = end.max(draft.end);
        drafts[at_crew].start = min(drafts[at_crew].start, draft.start);
        drafts.push(draft);
    }
    let crew = &mut drafts[at_crew];
    crew.status = match completed {
        // A task that never ended failed its crew, or was killed with it, before the next run began.
        false if superseded => Status::Failed,
        true if !log.is_part(run) => Status::Completed,
        _ => Status::Unknown,
    };
    if completed {
        crew.end = end;
        crew.flags.set(Flags::DERIVED_END);
    }
}

fn min(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.into_iter().chain(b).min()
}

fn task_span(
    log: &Log<'_>,
    task: &Task,
    group: Sym,
    superseded: bool,
    next: Option<usize>,
    notes: &mut Notes,
) -> Draft {
    let entry = &log.entries[task.start];
    let mut draft = Draft::new(group, entry.ids.0, Kind::Task);
    draft.parent = Some(group);
    draft.flags.0 |= Flags::NAIVE_TIME | Flags::NO_CALLS;
    draft.name = entry.name.unwrap_or_default();
    draft.records.push(entry.record);
    draft
        .facts
        .add_some(Field::TaskName, entry.name.map(Value::Sym));
    draft
        .facts
        .add_some(Field::AgentRole, entry.agent.map(Value::Sym));
    draft
        .facts
        .add_some(Field::Description, entry.description.map(Value::Text));
    match entry.said {
        Said::Started => draft.start = entry.time,
        Said::Completed => notes.add(WarningKind::MissingStart, Some(entry.record.place())),
    }
    let Some(end) = task.end else {
        notes.add(WarningKind::MissingEnd, Some(entry.record.place()));
        draft.flags.set(Flags::DERIVED_STATUS);
        // A failure is not logged: a task that never ended failed or was killed if another run followed, else it may go on.
        draft.status = if superseded {
            Status::Failed
        } else {
            Status::Unknown
        };
        return draft;
    };
    let last = &log.entries[end];
    draft.status = Status::Completed;
    draft.end = last.time;
    draft
        .facts
        .add_some(Field::AgentRole, last.agent.map(Value::Sym));
    draft
        .facts
        .add_some(Field::Output, last.output.map(Value::Text));
    if end != task.start {
        draft.records.push(last.record);
    }
    // Trap 22: another task started before this one ended, so it ran beside it, and its end was written when it was joined.
    if next.is_some_and(|next| next < end) {
        draft.flags.set(Flags::DERIVED_END);
        notes.add(WarningKind::JoinedEnd, Some(last.record.place()));
    }
    draft
}
