//! What a span's name says, where its attributes are gone: Langfuse leaves them out of the download of a trace with 350 observations and more
//! (`traceDownloadConfig.ts`).
//!
//! Names: openinference-instrumentation-crewai 1.1 (`<crew>.kickoff`, `<role>.<task>._execute_core`, `<tool>.run`), OpenLLMetry 0.62
//! (`crewai.workflow`, `<description>.task`, `<role>.agent`).

use crate::builder::Builder;
use crate::span_record::Known;
use crewscope_trace::model::{Field, Kind};

/// Names that say what a span does and not whose it is.
const NO_NAMES: &[&str] = &[
    "crewai",
    "Crew",
    "Flow",
    "execute agent",
    "execute lite agent",
    "call tool",
];

/// Completes what is known by the name.
pub fn read(builder: &mut Builder, known: &mut Known, name: &str) {
    let is_a_name = |name: &&str| !name.is_empty() && !NO_NAMES.contains(name);
    let mut found = |known: &mut Known, kind, field, value: &str| {
        known.kind = Some(kind);
        known.sym(builder, field, Some(value).filter(is_a_name));
    };
    let crewai = known.kind.is_none() || known.kind == Some(Kind::Agent);
    if name == "crewai.workflow" {
        found(known, Kind::Crew, Field::CrewName, "");
    } else if let Some(crew) = name.strip_suffix(".kickoff").filter(|_| crewai) {
        // A crew without a name is called by its id.
        let crew = if crew.starts_with("Crew_") {
            "crew"
        } else {
            crew
        };
        let kind = if crew.starts_with("Flow_") {
            Kind::Flow
        } else {
            Kind::Crew
        };
        found(known, kind, Field::CrewName, crew);
    } else if let Some(both) = name.strip_suffix("._execute_core").filter(|_| crewai) {
        let (role, task) = both.split_once('.').unwrap_or((both, ""));
        found(known, Kind::Task, Field::AgentRole, role);
        found(known, Kind::Task, Field::TaskName, task);
    } else if name.ends_with(".task") && crewai {
        known.kind = Some(Kind::Task);
    } else if let Some(role) = name.strip_suffix(".agent").filter(|_| crewai) {
        found(known, Kind::Agent, Field::AgentRole, role);
    } else if known.kind == Some(Kind::Agent) {
        found(known, Kind::Agent, Field::AgentRole, name);
    } else if known.kind == Some(Kind::Tool) {
        found(
            known,
            Kind::Tool,
            Field::ToolName,
            name.strip_suffix(".run").unwrap_or(name),
        );
    }
}
