//! One execution, prepared for the families: who works where, and the findings so far.

use crate::findings::{Finding, Spent, Thresholds, What, MAX_EVIDENCE, MAX_OF_KIND};
use crate::tokens;
use crewscope_trace::evidence::{Digest, Evidence, Role, Signs};
use crewscope_trace::model::{
    Execution, Facts, Field, Flags, Kind, Records, Span, SpanIndex, Status, Tokens, Trace, Usage,
    Value,
};
use crewscope_trace::order;
use rustc_hash::{FxHashMap, FxHashSet};

/// No span.
pub const NONE: u32 = u32::MAX;

/// One execution.
pub struct Run<'a> {
    pub trace: &'a Trace,
    pub execution: &'a Execution,
    pub limits: &'a Thresholds,
    pub evidence: &'a Evidence,
    index: u32,
    /// The task around each span (or itself), by its place in the execution.
    task_of: Vec<u32>,
    /// The agent around each span (or itself), within its task.
    agent_of: Vec<u32>,
    pub tasks: Vec<usize>,
    pub llm: Vec<usize>,
    pub tools: Vec<usize>,
    /// Calls that a failed task is already explained by.
    pub causes: FxHashSet<usize>,
    out: Vec<Finding>,
}

impl<'a> Run<'a> {
    /// `None` for an execution of which nothing is to be concluded anew.
    pub fn new(
        trace: &'a Trace,
        at: usize,
        evidence: &'a Evidence,
        limits: &'a Thresholds,
    ) -> Option<Self> {
        let execution = trace.executions.get(at)?;
        if execution.flags.has(Flags::AS_REPORTED) {
            return None;
        }
        let mut run = Self {
            trace,
            execution,
            limits,
            evidence,
            index: u32::try_from(at).ok()?,
            task_of: Vec::new(),
            agent_of: Vec::new(),
            tasks: Vec::new(),
            llm: Vec::new(),
            tools: Vec::new(),
            causes: FxHashSet::default(),
            out: Vec::new(),
        };
        let first = execution.first_span as usize;
        for (at, span) in trace.spans_of(execution).iter().enumerate() {
            let parent = span.parent.map(|parent| parent as usize);
            let inherit = |of: &Vec<u32>| {
                parent
                    .and_then(|parent| of.get(parent.checked_sub(first)?).copied())
                    .unwrap_or(NONE)
            };
            let own = u32::try_from(first + at).unwrap_or(NONE);
            let (mut task, mut agent) = (inherit(&run.task_of), inherit(&run.agent_of));
            match span.kind {
                Kind::Task => (task, agent) = (own, NONE),
                Kind::Agent => agent = own,
                _ => {}
            }
            run.task_of.push(task);
            run.agent_of.push(agent);
            match span.kind {
                Kind::Task => run.tasks.push(first + at),
                Kind::Llm => run.llm.push(first + at),
                Kind::Tool => run.tools.push(first + at),
                _ => {}
            }
        }
        Some(run)
    }

    /// A span; of an index that is none, an empty one.
    pub fn span(&self, at: usize) -> &'a Span {
        self.trace.spans.get(at).unwrap_or(&EMPTY)
    }

    fn own(&self, of: &[u32], at: usize) -> Option<usize> {
        let at = at.checked_sub(self.execution.first_span as usize)?;
        of.get(at)
            .copied()
            .filter(|&found| found != NONE)
            .map(|found| found as usize)
    }

    /// The task that a span is part of, or is.
    pub fn task_of(&self, at: usize) -> Option<usize> {
        self.own(&self.task_of, at)
    }

    /// The agent at work, within the task.
    pub fn agent_of(&self, at: usize) -> Option<usize> {
        self.own(&self.agent_of, at)
    }

    /// Who works: the agent, else the task, else the span that holds the call.
    pub fn owner(&self, at: usize) -> usize {
        self.agent_of(at)
            .or_else(|| self.task_of(at))
            .or(self.span(at).parent.map(|parent| parent as usize))
            .unwrap_or(at)
    }

    /// The spans below one.
    pub fn below(&self, at: usize) -> std::ops::Range<usize> {
        let end = self.span(at).subtree_end as usize;
        at + 1..end.max(at + 1)
    }

    /// What was noted of a text of a span.
    pub fn digest(&self, at: usize, field: Field, role: Role) -> Option<&'a Digest> {
        self.evidence.of(role, &self.span(at).text(field)?)
    }

    /// Signs of a text of a span.
    pub fn signs(&self, at: usize, field: Field, role: Role) -> Signs {
        self.digest(at, field, role)
            .map_or(Signs::default(), |digest| digest.signs)
    }

    /// Walks through groups of items with equal first two numbers of the key, each in order of time. Groups come in the order of their first item.
    pub fn groups(
        &self,
        items: &[usize],
        key: &dyn Fn(usize) -> Option<(i64, i64)>,
        each: &mut dyn FnMut(&[usize]),
    ) {
        // Groups get small numbers in the order of their first item, so what is found does not depend on hashes.
        let mut numbers: FxHashMap<(i64, i64), i64> = FxHashMap::default();
        let items: Vec<(usize, i64)> = items
            .iter()
            .filter_map(|&at| {
                let number = i64::try_from(at).ok()?;
                Some((at, *numbers.entry(key(at)?).or_insert(number)))
            })
            .collect();
        let sorted = order::sorted(items.len(), &|at| {
            let (item, group) = items[at];
            (group, self.span(item).start.unwrap_or(i64::MAX), 0)
        });
        let spans: Vec<usize> = sorted.iter().map(|&at| items[at].0).collect();
        let mut from = 0;
        while from < sorted.len() {
            let group = items[sorted[from]].1;
            let same = |at: &&usize| items[**at].1 == group;
            let to = from + sorted[from..].iter().take_while(same).count();
            each(&spans[from..to]);
            from = to;
        }
    }

    /// Begins a finding about a span.
    pub fn finding(&self, what: What, subject: usize, evidence: &[usize]) -> Finding {
        Finding {
            what,
            execution: self.index,
            subject: index(subject),
            other: None,
            evidence: evidence
                .iter()
                .take(MAX_EVIDENCE)
                .map(|&at| index(at))
                .collect(),
            places: u32::try_from(evidence.len()).unwrap_or(u32::MAX),
            numbers: [i64::try_from(evidence.len()).unwrap_or(i64::MAX), 0, 0],
            names: Vec::new(),
            time: None,
            spent: Vec::new(),
        }
    }

    /// Keeps a finding.
    pub fn found(&mut self, finding: Finding) {
        self.out.push(finding);
    }

    /// Time that calls took, added up; `None` if none of them is recorded.
    pub fn time(&self, calls: &[usize]) -> Option<i64> {
        calls
            .iter()
            .filter_map(|&at| self.span(at).duration())
            .reduce(i64::saturating_add)
    }

    /// Tokens of the LLM calls among some spans, by model.
    pub fn spent(&self, spans: impl IntoIterator<Item = usize>) -> Vec<Spent> {
        let mut list: Vec<Spent> = Vec::new();
        for at in spans {
            let span = self.span(at);
            if span.kind != Kind::Llm {
                continue;
            }
            let recorded = match span.get(Field::Cost) {
                Some(Value::Float(cost)) => Some(cost),
                Some(Value::Int(cost)) => Some(cost as f64),
                _ => None,
            };
            if !span.usage.is_recorded() && recorded.is_none() {
                continue;
            }
            let same = |other: &&mut Spent| {
                let other_span = self.span(other.call as usize);
                other.recorded.is_some() == recorded.is_some()
                    && [Field::Model, Field::ResponseModel, Field::Provider]
                        .iter()
                        .all(|field| other_span.sym(*field) == span.sym(*field))
            };
            match list.iter_mut().find(same) {
                Some(known) => {
                    add_usage(&mut known.usage, &span.usage);
                    known.recorded = known.recorded.zip(recorded).map(|(a, b)| a + b);
                }
                None => list.push(Spent {
                    call: index(at),
                    usage: *span.usage,
                    recorded,
                }),
            }
        }
        list
    }

    /// The model of a call as a symbol.
    pub fn model(&self, at: usize) -> i64 {
        let span = self.span(at);
        let model = span.sym(Field::Model).or(span.sym(Field::ResponseModel));
        model.map_or(-1, |model| i64::from(model.0))
    }

    /// The model's name.
    pub fn model_name(&self, at: usize) -> &'a str {
        tokens::model_of(self.trace, self.span(at)).unwrap_or_default()
    }

    /// Whether a span ended well.
    pub fn done(&self, at: usize) -> bool {
        self.span(at).status == Status::Completed
    }

    /// The findings: of each kind the costliest.
    pub fn finish(mut self) -> Vec<Finding> {
        let out = std::mem::take(&mut self.out);
        let rank = |at: usize| {
            let finding: &Finding = &out[at];
            let tokens = tokens_of(&finding.spent).unwrap_or(0);
            (
                finding.what as i64,
                order::reversed(i64::try_from(tokens).unwrap_or(i64::MAX)),
                order::reversed(finding.time.unwrap_or(0)),
            )
        };
        let (mut last, mut of_kind) = (None, 0);
        let mut kept = Vec::new();
        for at in order::sorted(out.len(), &rank) {
            if last != Some(out[at].what) {
                (last, of_kind) = (Some(out[at].what), 0);
            }
            of_kind += 1;
            if of_kind <= MAX_OF_KIND {
                kept.push(out[at].clone());
            }
        }
        kept
    }
}

static EMPTY: Span = Span {
    id: crewscope_trace::model::Sym::EMPTY,
    parent: None,
    subtree_end: 0,
    depth: 0,
    kind: Kind::Other,
    status: Status::Unknown,
    flags: Flags(0),
    name: crewscope_trace::model::Sym::EMPTY,
    start: None,
    end: None,
    usage: Tokens::NONE,
    fields: Facts::NONE,
    records: Records::NONE,
};

/// A number as an index of spans.
pub fn index(at: usize) -> SpanIndex {
    SpanIndex::try_from(at).unwrap_or(SpanIndex::MAX)
}

fn add_usage(sum: &mut Usage, more: &Usage) {
    fn add(sum: &mut Option<u64>, more: Option<u64>) {
        if let Some(more) = more {
            *sum = Some(sum.unwrap_or(0).saturating_add(more));
        }
    }
    // Where one call has only a total, the sum of the others' totals must be known as well.
    let total = match (sum.total(), more.total()) {
        (a, None) => a,
        (None, b) => b,
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
    };
    add(&mut sum.prompt, more.prompt);
    add(&mut sum.completion, more.completion);
    add(&mut sum.cached, more.cached);
    add(&mut sum.cache_write, more.cache_write);
    add(&mut sum.reasoning, more.reasoning);
    sum.total = total;
}

/// Tokens of some calls; `None` if none is recorded.
pub fn tokens_of(spent: &[Spent]) -> Option<u64> {
    spent
        .iter()
        .filter_map(|spent| spent.usage.total())
        .reduce(u64::saturating_add)
}
