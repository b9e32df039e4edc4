//! Ends of the bus: to which start each belongs.

use crate::bus::pairing::parents;
use crate::bus::pairing::Pairing;
use crate::draft::{BusEvent, Facts, Phase};
use crewscope_trace::model::{Field, Flags, Kind, Place, Status, Sym, Value, WarningKind};

/// How far parents are followed: far deeper than crews nest.
const DEEPEST: usize = 200;

/// Whether two events say the same error.
fn same_error(a: &Facts, b: &Facts) -> bool {
    same_text(Field::Error, a, b)
}

fn same_text(field: Field, a: &Facts, b: &Facts) -> bool {
    match (a.get(field), b.get(field)) {
        (Some(Value::Text(a)), Some(Value::Text(b))) => a.hash == b.hash,
        (a, b) => a == b,
    }
}

impl Pairing<'_> {
    /// Gives an end to its start.
    pub(super) fn end(&mut self, event: &BusEvent, stream: u32) {
        let claimed = event.started.and_then(|id| self.by_id.get(&id).copied());
        let believable = claimed.filter(|&at| self.fits(at, event));
        if let Some(at) = believable {
            if self.is_closed(at) {
                // The second end of one call (1.9.3 writes an error and a finish): the first one stays.
                return self.repeated_end(at, event);
            }
            return self.close(at, event);
        }
        if let Some(at) = event
            .subject
            .filter(|_| event.kind == Kind::Llm)
            .and_then(|call| self.by_call.get(&call).copied())
        {
            if self.is_closed(at) {
                return self.repeated_end(at, event);
            }
        }
        if let Some(at) = self.repeats(event) {
            return self.repeated_end(at, event);
        }
        if claimed.is_some() {
            let place = Place {
                source: event.record.source,
                offset: event.record.offset,
            };
            self.notes.add(WarningKind::WrongStart, Some(place));
        }
        match self.likely_start(event) {
            Some(at) => self.close(at, event),
            None => self.end_without_start(event, stream),
        }
    }

    /// The ended span whose end this event says again: crewai 1.9.3 writes an error and a finish for a tool that raises, and every
    /// version writes a failed structured output twice. The event before it in its context tells.
    fn repeats(&self, event: &BusEvent) -> Option<usize> {
        if !matches!(event.kind, Kind::Tool | Kind::Llm) {
            return None;
        }
        let before = match event.previous {
            Some(previous) => self.by_event.get(&previous).copied(),
            // Before 1.9 nothing names it, but it stands right before.
            None if event.kind == Kind::Llm => self.just_ended,
            None => None,
        };
        let at = before.filter(|&at| self.is_closed(at) && self.fits(at, event))?;
        let says_again = self.drafts[at].status == Status::Failed
            && (event.kind == Kind::Tool
                || (event.phase == Phase::Fail
                    && same_error(&self.drafts[at].facts, &event.facts)));
        says_again.then_some(at)
    }

    /// The open span that an end without a believable `started_event_id` ends: one that holds the event before it, else one with the
    /// parent that the event names, else the newest.
    fn likely_start(&self, event: &BusEvent) -> Option<usize> {
        let fitting = || {
            self.open
                .iter()
                .rev()
                .copied()
                .filter(|&at| self.fits(at, event))
        };
        let before = event
            .previous
            .and_then(|id| self.by_event.get(&id).copied());
        before
            .and_then(|before| fitting().find(|&at| self.is_inside(before, at)))
            .or_else(|| {
                let parent = event.parent?;
                fitting().find(|&at| self.drafts[at].parent == Some(parent))
            })
            .or_else(|| fitting().next())
    }

    /// Whether a span is another or stands somewhere below it.
    pub(super) fn is_inside(&self, at: usize, outer: usize) -> bool {
        let mut above = Some(at);
        // A bound for parents that lead in a circle.
        for _ in 0..DEEPEST {
            match above {
                Some(at) if at == outer => return true,
                Some(at) => above = self.parent_of(at),
                None => return false,
            }
        }
        false
    }

    /// Whether an event can be the end of a span: same type, and no id that says otherwise.
    pub(super) fn fits(&self, at: usize, event: &BusEvent) -> bool {
        let draft = &self.drafts[at];
        let agree = |a: Option<Sym>, b: Option<Sym>| a.is_none() || b.is_none() || a == b;
        let field = |field| agree(draft.facts.sym(field), event.facts.sym(field));
        let family = self.families[at] == event.family
            || (draft.flags.has(Flags::INFERRED) && draft.kind == event.kind);
        family
            && draft.kind == event.kind
            && agree(self.subjects[at], event.subject)
            && field(Field::TaskId)
            && (event.kind == Kind::Tool || field(Field::AgentRole))
            && (event.kind != Kind::Llm || event.subject.is_some() || field(Field::Model))
    }

    fn repeated_end(&mut self, at: usize, event: &BusEvent) {
        self.remember(at, event);
        self.drafts[at].records.push(event.record);
        if event.phase == Phase::Fail {
            self.drafts[at].status = Status::Failed;
            self.drafts[at].facts.merge(&event.facts);
        }
    }

    /// The event belongs to this span.
    fn remember(&mut self, at: usize, event: &BusEvent) {
        if let Some(id) = event.id {
            self.by_event.insert(id, at);
        }
        self.just_ended = Some(at);
    }

    fn close(&mut self, at: usize, event: &BusEvent) {
        self.remember(at, event);
        if event.kind == Kind::Crew {
            self.forget_inferred(at);
        }
        self.open.retain(|&open| open != at);
        self.set_closed(at, true);
        let draft = &mut self.drafts[at];
        draft.end = event.time;
        draft.flags.0 |= event.flags.0;
        draft.status = if event.phase == Phase::Fail {
            Status::Failed
        } else {
            Status::Completed
        };
        if event.usage.is_recorded() {
            draft.usage = event.usage.clone();
        }
        if draft.name == Sym::EMPTY {
            draft.name = event.name;
        }
        if draft.kind == Kind::Task {
            // The end knows the task's output; what it repeats of the definition adds nothing.
            if let Some(output) = event.facts.get(Field::Output) {
                draft.facts.set(Field::Output, output);
            }
        }
        draft.facts.merge(&event.facts);
        draft.records.push(event.record);
        match draft.kind {
            Kind::Tool => {
                if let Some(subject) = self.subjects[at] {
                    self.last_tool.insert(subject, at);
                }
            }
            Kind::Llm => self.last_llm = Some(at),
            _ => {}
        }
    }

    /// An end whose start is not in the trace (1.6.1 loses task starts, trap 31).
    fn end_without_start(&mut self, event: &BusEvent, stream: u32) {
        let place = Place {
            source: event.record.source,
            offset: event.record.offset,
        };
        if event.kind == Kind::Llm && event.phase == Phase::Fail {
            // A failed call is emitted twice; before 1.14 no id says so, but the error and the task do.
            let repeats = |at: &usize| {
                let known = &self.drafts[*at];
                known.status == Status::Failed
                    && same_error(&known.facts, &event.facts)
                    && known.facts.sym(Field::TaskId) == event.facts.sym(Field::TaskId)
            };
            if let Some(at) = self.last_llm.filter(repeats) {
                return self.repeated_end(at, event);
            }
        }
        if let (Kind::Tool, Phase::End, Some(subject)) = (event.kind, event.phase, event.subject) {
            // The finish after an error, in a log without ids.
            let repeats = |at: &usize| {
                let known = &self.drafts[*at];
                known.status == Status::Failed
                    && self.fits(*at, event)
                    && same_text(Field::Input, &known.facts, &event.facts)
            };
            if let Some(at) = self.last_tool.get(&subject).copied().filter(repeats) {
                return self.repeated_end(at, event);
            }
        }
        if event.kind == Kind::Flow {
            // The second end of an infrastructure flow (trap 1).
            return;
        }
        self.notes.add(WarningKind::MissingStart, Some(place));
        let at = self.new_draft(event, stream);
        if let Some(id) = event.id {
            self.by_id.remove(&id);
        }
        self.drafts[at].start = None;
        parents::settle(self, at);
        self.close(at, event);
    }

    /// `tool_failure_detected` repeats a failed call, or says that a call that returned has failed (trap 13).
    pub(super) fn marker(&mut self, event: &BusEvent, stream: u32) {
        let same = |at: usize| {
            self.drafts[at].kind == Kind::Tool
                && self.subjects[at] == event.subject
                && self.fits(at, event)
        };
        let known = event
            .subject
            .and_then(|subject| self.last_tool.get(&subject).copied())
            .filter(|&at| same(at));
        let known = known.or_else(|| self.open.iter().rev().copied().find(|&at| same(at)));
        match known {
            Some(at) => {
                let draft = &mut self.drafts[at];
                draft.status = Status::Failed;
                if let Some(error) = event.facts.get(Field::Error) {
                    // The bare message; the error event has the repr of the exception.
                    draft.facts.set(Field::Error, error);
                }
                draft.facts.merge(&event.facts);
                draft.records.push(event.record);
                self.remember(at, event);
            }
            None => {
                let at = self.new_draft(event, stream);
                self.drafts[at].status = Status::Failed;
                self.drafts[at].end = event.time;
                self.drafts[at].flags.set(Flags::INSTANT);
                parents::settle(self, at);
            }
        }
    }

    /// What was inferred inside a crew ends with it: the same crew may be kicked off again with the same task ids.
    fn forget_inferred(&mut self, crew: usize) {
        let (gone, kept): (Vec<usize>, Vec<usize>) = std::mem::take(&mut self.inferred_spans)
            .into_iter()
            .partition(|&at| self.is_inside(at, crew));
        self.inferred_spans = kept;
        for &at in &gone {
            if let Some(task) = self.drafts[at].facts.sym(Field::TaskId) {
                self.inferred.remove(&task);
            }
        }
        self.open.retain(|open| !gone.contains(open));
    }
}
