//! Our own report (`crewscope.report/1`), saved and opened again: executions, tasks, agents, tool calls and figures as it says.
//!
//! LLM calls are not in a report, so none are made up: its sums become facts of the execution and its tasks ([`Flags::AS_REPORTED`]), which
//! the analysis takes as they are. Its texts are read from the report itself.

use crate::builder::Builder;
use crate::draft::Draft;
use crate::notes::Notes;
use crate::time;
use crewscope_trace::json::{self, Object, Raw};
use crewscope_trace::model::{
    Field, Flags, Kind, Place, Status, Sym, Value, WarningKind, LIST_SEPARATOR,
};
use crewscope_trace::text::RecordPlace;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// The name of the form.
pub const FORMAT: &str = "report";

/// Whether a JSON document is a report.
pub fn is_report(object: &Object<'_>) -> bool {
    exact(object, "schema").is_some_and(|schema| schema.starts_with("crewscope.report/"))
}

/// Reads what is around the executions: the warnings that were told when the report was made.
pub fn read_shell(builder: &mut Builder, shell: &Object<'_>, place: Place) {
    builder.notes.add(WarningKind::SavedReport, Some(place));
    let warnings = shell.get("warnings").map(|raw| json::elements(raw.get()));
    for warning in warnings.into_iter().flatten() {
        let Some(warning) = Object::parse(warning.get()) else {
            continue;
        };
        let kind = exact(&warning, "kind").unwrap_or_default();
        let known = WarningKind::ALL.iter().find(|known| known.name() == kind);
        let count = warning
            .int("count")
            .and_then(|count| u64::try_from(count).ok());
        if let Some(known) = known.filter(|known| **known != WarningKind::SavedReport) {
            builder.notes.add_many(*known, count.unwrap_or(1));
        }
    }
}

/// Reads one of `executions`. Returns `false` if it is none.
pub fn read_execution(builder: &mut Builder, object: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    let (Some(figures), Some(tasks)) = (object.object("summary"), object.get("tasks")) else {
        return false;
    };
    let kind = match exact(object, "kind").as_deref() {
        Some("crew") => Kind::Crew,
        Some("flow") => Kind::Flow,
        Some("agent") => Kind::Agent,
        Some("trace") => Kind::Other,
        _ => return false,
    };
    let [id, name, started] =
        ["id", "name", "started_at"].map(|key| exact(object, key).unwrap_or_default());
    let group = builder
        .strings
        .intern(&format!("report {id} {name} {started}"));
    let id = builder.strings.intern(&id);
    if !builder.is_new_span(group, id) {
        builder
            .notes
            .add(WarningKind::DuplicateRecord, Some(place.place()));
        return true;
    }
    let mut reader = Reader {
        builder,
        place,
        group,
        root: id,
        made: 0,
    };
    let mut root = reader.draft(kind, object);
    root.id = id;
    root.parent = None;
    root.name = reader.builder.name(&name);
    root.records.push(place.whole());
    reader.figures(&mut root, &figures);
    reader.text(&mut root, Field::Output, object.get("final_output"));
    reader.builder.add_span(root);
    for agent in objects(object.get("agents")) {
        reader.agent(&agent);
    }
    reader.tasks_and_tools(&objects(Some(tasks)), &objects(object.get("tool_calls")));
    true
}

struct Reader<'b, 'x> {
    builder: &'b mut Builder,
    place: &'x RecordPlace<'x>,
    group: Sym,
    root: Sym,
    made: usize,
}

impl Reader<'_, '_> {
    /// A span below the root, with the status and the times that the report gives.
    fn draft(&mut self, kind: Kind, object: &Object<'_>) -> Draft {
        self.made += 1;
        let id = self
            .builder
            .strings
            .intern(&format!("reported {}", self.made));
        let mut draft = Draft::new(self.group, id, kind);
        draft.parent = Some(self.root);
        draft.flags.0 = Flags::AS_REPORTED | Flags::NO_CALLS;
        draft.status = match exact(object, "status").as_deref() {
            Some("completed") => Status::Completed,
            Some("failed") => Status::Failed,
            Some("running") => Status::Running,
            _ => Status::Unknown,
        };
        let moment = |key: &str| Some(time::parse(&exact(object, key)?)?.nanos);
        draft.start = moment("started_at");
        draft.end = moment("ended_at");
        draft
    }

    fn figures(&mut self, draft: &mut Draft, object: &Object<'_>) {
        let count = |key: &str| object.int(key).and_then(|count| u64::try_from(count).ok());
        draft.usage.total = count("total_tokens");
        draft.usage.prompt = count("prompt_tokens");
        draft.usage.completion = count("completion_tokens");
        draft.usage.cached = count("cached_prompt_tokens");
        draft.usage.cache_write = count("cache_write_tokens");
        draft.usage.reasoning = count("reasoning_tokens");
        for (field, key) in [
            (Field::Requests, "requests"),
            (Field::FailedRequests, "failed_requests"),
            (Field::CallsWithoutUsage, "calls_without_usage"),
        ] {
            draft.facts.add_some(field, object.int(key).map(Value::Int));
        }
        let cost = object
            .get("estimated_cost_usd")
            .and_then(|raw| json::float(raw.get()));
        draft.facts.add_some(Field::Cost, cost.map(Value::Float));
        self.name(draft, Field::CostSource, exact(object, "cost_source"));
        let own = object
            .get("own_prices")
            .map(|raw| Value::Bool(raw.get() == "true"));
        draft.facts.add_some(Field::OwnPrices, own);
        self.names(draft, Field::UnpricedModels, object.get("unpriced_models"));
    }

    fn text(&mut self, draft: &mut Draft, field: Field, raw: Option<Raw<'_>>) {
        let text = raw.map(|raw| Value::Text(self.place.text_of(raw.get())));
        draft.facts.add_some(field, text);
    }

    fn name(&mut self, draft: &mut Draft, field: Field, name: Option<Cow<'_, str>>) {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let name = self.builder.name(&name);
            draft.facts.add(field, Value::Sym(name));
        }
    }

    /// A list of names as one symbol; an empty list is no fact.
    fn names(&mut self, draft: &mut Draft, field: Field, raw: Option<Raw<'_>>) {
        let Some(raw) = raw else { return };
        let mut list: Option<String> = None;
        for name in json::elements(raw.get()) {
            let list = match &mut list {
                Some(list) => {
                    list.push(LIST_SEPARATOR);
                    list
                }
                empty => empty.insert(String::new()),
            };
            list.push_str(&json::unescape(name.get()));
        }
        if let Some(list) = list {
            let list = self.builder.strings.intern(&list);
            draft.facts.add(field, Value::Sym(list));
        }
    }

    fn agent(&mut self, agent: &Object<'_>) {
        let mut draft = self.draft(Kind::Agent, agent);
        self.name(&mut draft, Field::AgentRole, exact(agent, "role"));
        draft.name = draft.facts.sym(Field::AgentRole).unwrap_or_default();
        self.figures(&mut draft, agent);
        self.names(&mut draft, Field::Models, agent.get("models"));
        self.names(&mut draft, Field::Tasks, agent.get("tasks"));
        self.builder.add_span(draft);
    }

    /// Tool calls name their task only, and stand in the order of the tasks: each goes to the next task of that name, so the order stays.
    fn tasks_and_tools(&mut self, tasks: &[Object<'_>], tools: &[Object<'_>]) {
        let mut made: Vec<Sym> = Vec::new();
        let mut present: usize = 0;
        for tool in tools {
            let home = exact(tool, "task").and_then(|name| {
                let named = |task: &Object<'_>| exact(task, "name").unwrap_or_default() == name;
                let later = tasks.get(present..).unwrap_or_default();
                let found = later.iter().position(named).map(|at| at + present);
                found.or_else(|| tasks.iter().position(named))
            });
            if let Some(home) = home {
                present = home;
                while made.len() <= home {
                    let Some(task) = tasks.get(made.len()) else {
                        break;
                    };
                    made.push(self.task(task));
                }
            }
            let task = home.and_then(|home| made.get(home)).copied();
            self.tool(tool, task);
        }
        for task in tasks.get(made.len()..).unwrap_or_default() {
            self.task(task);
        }
    }

    fn task(&mut self, task: &Object<'_>) -> Sym {
        let mut draft = self.draft(Kind::Task, task);
        self.name(&mut draft, Field::TaskName, exact(task, "name"));
        draft.name = draft.facts.sym(Field::TaskName).unwrap_or_default();
        self.name(&mut draft, Field::TaskKey, exact(task, "key"));
        self.name(&mut draft, Field::TaskId, exact(task, "id"));
        for (field, key) in [
            (Field::Description, "description"),
            (Field::ExpectedOutput, "expected_output"),
            (Field::Input, "input"),
            (Field::Output, "output"),
            (Field::Error, "error"),
        ] {
            self.text(&mut draft, field, task.get(key));
        }
        self.names(&mut draft, Field::Agents, task.get("agents"));
        self.names(&mut draft, Field::Models, task.get("models"));
        self.figures(&mut draft, task);
        let id = draft.id;
        self.builder.add_span(draft);
        id
    }

    fn tool(&mut self, tool: &Object<'_>, task: Option<Sym>) {
        let mut draft = self.draft(Kind::Tool, tool);
        draft.parent = task.or(draft.parent);
        self.name(&mut draft, Field::ToolName, exact(tool, "name"));
        draft.name = draft.facts.sym(Field::ToolName).unwrap_or_default();
        self.text(&mut draft, Field::Input, tool.get("arguments"));
        self.text(&mut draft, Field::Error, tool.get("error"));
        let cached = tool
            .get("from_cache")
            .map(|raw| Value::Bool(raw.get() == "true"));
        draft.facts.add_some(Field::FromCache, cached);
        let nanos = tool
            .get("duration_ms")
            .and_then(|raw| json::float(raw.get()))
            .map(|millis| (millis * 1_000_000.0).round() as i64);
        draft.facts.add_some(Field::Duration, nanos.map(Value::Int));
        self.builder.add_span(draft);
    }
}

/// A string as it stands: names of a report were cleaned when it was made.
fn exact<'a>(object: &Object<'a>, key: &str) -> Option<Cow<'a, str>> {
    let raw = object.get(key)?.get();
    raw.starts_with('"').then(|| json::unescape(raw))
}

fn objects<'a>(array: Option<Raw<'a>>) -> Vec<Object<'a>> {
    let items = array
        .map(|raw| json::elements(raw.get()))
        .unwrap_or_default();
    items
        .into_iter()
        .filter_map(|item| Object::parse(item.get()))
        .collect()
}

/// A report that was opened together with the trace it was made of adds nothing: the trace itself wins.
pub fn drop_known(drafts: &mut Vec<Draft>, notes: &mut Notes) {
    let reported = |draft: &Draft| draft.flags.has(Flags::AS_REPORTED);
    if !drafts.iter().any(reported) {
        return;
    }
    // Id and start.
    let mut known: FxHashSet<(Sym, Option<i64>)> = FxHashSet::default();
    for draft in drafts.iter().filter(|draft| !reported(draft)) {
        for id in [Some(draft.id), Some(draft.group), draft.execution]
            .into_iter()
            .flatten()
        {
            known.insert((id, draft.start));
        }
    }
    let mut gone: FxHashSet<Sym> = FxHashSet::default();
    for root in drafts
        .iter()
        .filter(|draft| reported(draft) && draft.parent.is_none())
    {
        if known.contains(&(root.id, root.start)) {
            gone.insert(root.group);
            notes.add(
                WarningKind::DuplicateRecord,
                root.records.first().map(|record| record.place()),
            );
        }
    }
    drafts.retain(|draft| !gone.contains(&draft.group));
}
