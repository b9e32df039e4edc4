//! The order of the table's rows, and what each shows. Pure.

use crate::view::parts::format::{count, duration, percent, usd};
use crate::wording::{common, tasks as words};
use crewscope_analysis::TaskRow;
use crewscope_trace::model::{SpanIndex, Status};
use std::cmp::Ordering;

/// The columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Task,
    Agent,
    Llm,
    Status,
    Time,
    Tokens,
    Cost,
}

impl Column {
    /// From left to right.
    pub const ALL: [Self; 7] = [
        Self::Task,
        Self::Agent,
        Self::Llm,
        Self::Status,
        Self::Time,
        Self::Tokens,
        Self::Cost,
    ];

    /// The header.
    pub fn label(self) -> &'static str {
        match self {
            Self::Task => common::TASK,
            Self::Agent => common::AGENT,
            Self::Llm => common::LLM,
            Self::Status => common::STATUS,
            Self::Time => common::EXECUTION_TIME,
            Self::Tokens => common::TOKENS,
            Self::Cost => common::COST,
        }
    }

    /// Class of its cells.
    pub fn class(self) -> &'static str {
        match self {
            Self::Task => "cs-c-task",
            Self::Agent => "cs-c-agent",
            Self::Llm => "cs-c-llm",
            Self::Status => "cs-c-status",
            Self::Time => "cs-c-time",
            Self::Tokens => "cs-c-tokens",
            Self::Cost => "cs-c-cost",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Time | Self::Tokens | Self::Cost)
    }
}

/// By what the rows are sorted. The default is the order in which the tasks started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column; [`Column::Task`] ascending is the order of start.
    pub column: Column,
    /// Largest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            column: Column::Task,
            descending: false,
        }
    }
}

impl Sort {
    /// After a press on a header: numbers start with the largest, for that is what one looks for.
    pub fn pressed(self, column: Column) -> Self {
        let descending = if self.column == column {
            !self.descending
        } else {
            column.is_number()
        };
        Self { column, descending }
    }
}

/// A task's row, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskLine {
    /// Its span.
    pub span: SpanIndex,
    /// Its name, or what tells it apart.
    pub label: String,
    /// It has no name of its own.
    pub unnamed: bool,
    /// Agents, the executing one first.
    pub agents: Vec<String>,
    /// Models.
    pub models: Vec<String>,
    /// Status.
    pub status: Status,
    /// The status is concluded from other records.
    pub derived: bool,
    /// Time it took.
    pub time: Option<String>,
    /// Its share of the execution's time.
    pub share: Option<String>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// Tokens, spelled out.
    pub tokens_title: String,
    /// Cost.
    pub cost: Option<String>,
    /// What the cost is about.
    pub cost_title: String,
}

/// A line above the tasks of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentLine {
    /// Role.
    pub role: String,
    /// Number of tasks.
    pub tasks: usize,
    /// Tokens of these tasks.
    pub tokens: Option<u64>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Begins the tasks of an agent.
    Agent(AgentLine),
    /// A task.
    Task(TaskLine),
}

/// What stands in a line of the table. Words and numbers are written for the lines on the screen only: of ten thousand tasks that would hold
/// up the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Begins the tasks of an agent.
    Agent(AgentLine),
    /// The task with this index.
    Task(usize),
}

impl Place {
    /// The line.
    pub fn line(&self, tasks: &[TaskRow]) -> Option<Line> {
        Some(match self {
            Self::Agent(agent) => Line::Agent(agent.clone()),
            Self::Task(at) => Line::Task(line(tasks.get(*at)?)),
        })
    }
}

/// The lines of the table in their order.
pub fn arrange(tasks: &[TaskRow], sort: Sort, grouped: bool) -> Vec<Place> {
    let mut order: Vec<(usize, &TaskRow)> = tasks.iter().enumerate().collect();
    if sort != Sort::default() {
        // Equals stay in the order of their start.
        order.sort_by(|(_, one), (_, other)| compare(one, other, sort));
    }
    if !grouped {
        return order.into_iter().map(|(at, _)| Place::Task(at)).collect();
    }
    let mut groups: Vec<(&str, Vec<(usize, &TaskRow)>)> = Vec::new();
    for (at, task) in order {
        let role = task.agents.first().map_or("", String::as_str);
        match groups.iter_mut().find(|(known, _)| *known == role) {
            Some((_, tasks)) => tasks.push((at, task)),
            None => groups.push((role, vec![(at, task)])),
        }
    }
    let mut lines = Vec::with_capacity(tasks.len() + groups.len());
    for (role, tasks) in groups {
        let tokens = tasks
            .iter()
            .filter_map(|(_, task)| task.total_tokens)
            .reduce(u64::saturating_add);
        let role = if role.is_empty() {
            words::NO_AGENT
        } else {
            role
        };
        lines.push(Place::Agent(AgentLine {
            role: role.to_owned(),
            tasks: tasks.len(),
            tokens,
        }));
        lines.extend(tasks.into_iter().map(|(at, _)| Place::Task(at)));
    }
    lines
}

fn compare(a: &TaskRow, b: &TaskRow, sort: Sort) -> Ordering {
    fn known<T>(
        a: Option<T>,
        b: Option<T>,
        descending: bool,
        by: impl Fn(&T, &T) -> Ordering,
    ) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descending => by(&b, &a),
            (Some(a), Some(b)) => by(&a, &b),
            // Not recorded comes last in either direction: it is neither large nor small.
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
    fn text(text: Option<&String>) -> Option<String> {
        text.map(|text| text.to_ascii_lowercase())
    }
    let down = sort.descending;
    match sort.column {
        Column::Task => known(Some(a.span), Some(b.span), down, Ord::cmp),
        Column::Agent => known(
            text(a.agents.first()),
            text(b.agents.first()),
            down,
            Ord::cmp,
        ),
        Column::Llm => known(
            text(a.models.first()),
            text(b.models.first()),
            down,
            Ord::cmp,
        ),
        Column::Status => known(Some(rank(a.status)), Some(rank(b.status)), down, Ord::cmp),
        Column::Time => known(a.duration, b.duration, down, Ord::cmp),
        Column::Tokens => known(a.total_tokens, b.total_tokens, down, Ord::cmp),
        Column::Cost => known(a.cost.usd, b.cost.usd, down, f64::total_cmp),
    }
}

/// Failures first: that is what one sorts by status for.
fn rank(status: Status) -> u8 {
    match status {
        Status::Failed => 0,
        Status::Running => 1,
        Status::Unknown => 2,
        Status::Completed => 3,
    }
}

fn line(task: &TaskRow) -> TaskLine {
    let part =
        |name: &str, number: Option<u64>| number.map(|number| [&count(number), name].concat());
    let mut tokens: Vec<String> = [
        part(words::PROMPT, task.prompt_tokens),
        part(words::COMPLETION, task.completion_tokens),
    ]
    .into_iter()
    .flatten()
    .collect();
    tokens.extend(part(words::REQUESTS_MADE, task.requests));
    tokens.extend(part(
        words::REQUESTS_FAILED,
        task.failed_requests.filter(|&failed| failed > 0),
    ));
    let cost_title = match (&task.cost.usd, task.cost.unpriced_models.as_slice()) {
        (_, [_, ..]) => words::no_price(&task.cost.unpriced_models.join(common::COMMA)),
        (Some(_), _) if task.cost.recorded => words::COST_RECORDED.into(),
        (Some(_), _) => words::list_prices(&task.cost.priced_models.join(common::COMMA)),
        (None, _) => words::COST_UNKNOWN.into(),
    };
    TaskLine {
        span: task.span,
        label: task.label.clone(),
        unnamed: task.name.is_none(),
        agents: task.agents.clone(),
        models: task.models.clone(),
        status: task.status,
        derived: task.derived_status,
        time: task.duration.map(duration),
        share: task.share.map(percent),
        tokens: task.total_tokens,
        tokens_title: tokens.join(common::COMMA),
        cost: task.cost.usd.map(usd),
        cost_title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crewscope_analysis::Cost;

    fn task(span: SpanIndex, agent: &str, duration: Option<i64>, status: Status) -> TaskRow {
        TaskRow {
            span,
            name: None,
            label: format!("t{span}"),
            agents: vec![agent.into()],
            models: Vec::new(),
            status,
            derived_status: false,
            duration,
            share: None,
            total_tokens: Some(u64::from(span)),
            prompt_tokens: None,
            completion_tokens: None,
            requests: Some(0),
            failed_requests: Some(0),
            cost: Cost::default(),
        }
    }

    fn spans(tasks: &[TaskRow], lines: &[Place]) -> Vec<Option<SpanIndex>> {
        let line = |place: &Place| match place.line(tasks) {
            Some(Line::Task(task)) => Some(task.span),
            _ => None,
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_is_not_recorded_comes_last_in_either_direction() {
        let tasks = [
            task(1, "a", None, Status::Completed),
            task(2, "a", Some(5), Status::Failed),
            task(3, "b", Some(9), Status::Completed),
        ];
        let by_time = Sort::default().pressed(Column::Time);
        assert_eq!(
            spans(&tasks, &arrange(&tasks, by_time, false)),
            [Some(3), Some(2), Some(1)]
        );
        assert_eq!(
            spans(
                &tasks,
                &arrange(&tasks, by_time.pressed(Column::Time), false)
            ),
            [Some(2), Some(3), Some(1)]
        );
        assert_eq!(
            spans(
                &tasks,
                &arrange(&tasks, Sort::default().pressed(Column::Status), false)
            ),
            [Some(2), Some(1), Some(3)]
        );
    }

    #[test]
    fn groups_keep_the_order_within() {
        let tasks = [
            task(1, "a", None, Status::Completed),
            task(2, "b", None, Status::Completed),
            task(3, "a", None, Status::Completed),
        ];
        let lines = arrange(&tasks, Sort::default(), true);
        assert_eq!(
            spans(&tasks, &lines),
            [None, Some(1), Some(3), None, Some(2)]
        );
        assert!(
            matches!(&lines[0], Place::Agent(group) if group.tasks == 2 && group.tokens == Some(4))
        );
    }
}
