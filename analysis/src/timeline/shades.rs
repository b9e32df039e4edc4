//! What the colour of a bar says, other than its kind: agent, model, status or cost.

use crate::tokens::cost_of;
use crate::Prices;
use crewscope_trace::model::{Execution, Field, Kind, SpanIndex, Status, Sym, Trace};

/// What colours tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The kind of a span.
    #[default]
    Kind,
    /// The agent at work.
    Agent,
    /// The model asked.
    Model,
    /// How a span ended.
    Status,
    /// What a span and all below it cost.
    Cost,
}

/// Names get a colour of their own up to this number; the others share the last.
pub const SHADES: u8 = 8;

/// Upper steps of cost as shares of the dearest span's; below the last is the lowest step.
const STEPS: [f64; 4] = [0.5, 0.2, 0.05, 0.01];

/// A colour for each span: 0 is none (nothing to tell), others count from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shades {
    by: By,
    first: SpanIndex,
    of: Vec<u8>,
    /// What each span and all below it cost, where that is what colours tell.
    spent: Vec<Option<f64>>,
    /// What the colours from 1 on stand for, of agents and models; one more than [`SHADES`] if others share the last.
    pub names: Vec<Sym>,
    /// From how many USD on a span has the colour, from 1 on, of cost.
    pub costs: Vec<f64>,
}

impl Shades {
    /// The colours of an execution. Empty for [`By::Kind`], which is told without a table.
    pub fn new(trace: &Trace, execution: &Execution, by: By, prices: &Prices) -> Self {
        let spans = trace.spans_of(execution);
        let mut shades = Self {
            by,
            first: execution.first_span,
            of: vec![0; spans.len()],
            ..Self::default()
        };
        match by {
            By::Kind => shades.of.clear(),
            By::Status => {
                for (shade, span) in shades.of.iter_mut().zip(spans) {
                    *shade = match span.status {
                        Status::Completed => 1,
                        Status::Running => 2,
                        Status::Unknown => 3,
                        Status::Failed => 4,
                    };
                }
            }
            By::Agent => {
                for (at, span) in spans.iter().enumerate() {
                    let role = match span.kind {
                        Kind::Agent if trace.str(span.name).is_empty() => {
                            span.sym(Field::AgentRole)
                        }
                        Kind::Agent => Some(span.name),
                        _ => span.sym(Field::AgentRole),
                    };
                    let above = span.parent.and_then(|parent| shades.place(parent));
                    let inherited = above.and_then(|above| shades.of.get(above).copied());
                    let shade = match role {
                        Some(role) => shades.name(role),
                        None if span.kind == Kind::Task => 0,
                        None => inherited.unwrap_or(0),
                    };
                    shades.set(at, shade);
                    // A task is its agent's, where it does not say so itself.
                    if let Some(above) =
                        above.filter(|_| span.kind == Kind::Agent && inherited == Some(0))
                    {
                        shades.set(above, shade);
                    }
                }
            }
            By::Model => {
                for (at, span) in spans.iter().enumerate() {
                    if span.kind != Kind::Llm {
                        continue;
                    }
                    let model = span.sym(Field::Model);
                    let Some(model) = model.or_else(|| span.sym(Field::ResponseModel)) else {
                        continue;
                    };
                    let shade = shades.name(model);
                    shades.set(at, shade);
                    // Work around calls has their colour while they agree.
                    let mut above = span.parent;
                    while let Some(parent) = above {
                        let Some(place) = shades.place(parent) else {
                            break;
                        };
                        let now = match shades.of.get(place) {
                            Some(0) => shade,
                            Some(&same) if same == shade => break,
                            _ => MIXED,
                        };
                        shades.set(place, now);
                        above = trace
                            .spans
                            .get(parent as usize)
                            .and_then(|span| span.parent);
                    }
                }
                for shade in shades.of.iter_mut().filter(|shade| **shade == MIXED) {
                    *shade = 0;
                }
            }
            By::Cost => shades.by_cost(trace, execution, prices),
        }
        shades
    }

    fn by_cost(&mut self, trace: &Trace, execution: &Execution, prices: &Prices) {
        let spans = trace.spans_of(execution);
        let mut costs: Vec<Option<f64>> = cost_of(trace, spans, prices);
        for at in (0..costs.len()).rev() {
            let above = spans.get(at).and_then(|span| span.parent);
            let above = above
                .and_then(|parent| self.place(parent))
                .filter(|above| *above < at);
            let cost = costs.get(at).copied().flatten();
            if let (Some(cost), Some(sum)) = (cost, above.and_then(|above| costs.get_mut(above))) {
                *sum = Some(sum.unwrap_or(0.0) + cost);
            }
        }
        // The crew is always the dearest and says nothing: steps are those of what it consists of.
        let inner = costs
            .iter()
            .zip(spans)
            .filter(|(_, span)| span.parent.is_some());
        let most = inner.filter_map(|(cost, _)| *cost).fold(0.0, f64::max);
        let most = if most > 0.0 {
            most
        } else {
            costs.iter().flatten().copied().fold(0.0, f64::max)
        };
        let steps = STEPS.map(|share| share * most);
        for (shade, cost) in self.of.iter_mut().zip(&costs) {
            if let Some(cost) = cost {
                let below = steps.iter().filter(|step| *cost < **step).count();
                *shade = (STEPS.len() + 1 - below) as u8;
            }
        }
        self.spent = costs;
        if most > 0.0 {
            self.costs = std::iter::once(0.0)
                .chain(steps.into_iter().rev())
                .collect();
        }
    }

    fn place(&self, span: SpanIndex) -> Option<usize> {
        span.checked_sub(self.first).map(|at| at as usize)
    }

    fn set(&mut self, at: usize, shade: u8) {
        if let Some(slot) = self.of.get_mut(at) {
            *slot = shade;
        }
    }

    /// The colour of a name, given in the order names are met.
    fn name(&mut self, name: Sym) -> u8 {
        let mut own = self.names.iter().take(SHADES.into());
        let mut at = own.position(|known| *known == name);
        // One more is kept, to say that there are others.
        if at.is_none() && self.names.len() <= SHADES.into() {
            at = Some(self.names.len());
            self.names.push(name);
        }
        at.and_then(|at| u8::try_from(at).ok())
            .map_or(SHADES, |at| at.min(SHADES))
            + 1
    }

    /// What the colours tell.
    pub fn by(&self) -> By {
        self.by
    }

    /// What a span and all below it cost in USD; `None` if that is not what colours tell, or not known.
    pub fn cost(&self, span: SpanIndex) -> Option<f64> {
        *self.spent.get(self.place(span)?)?
    }

    /// The colour of a span; 0: none.
    pub fn of(&self, span: SpanIndex) -> u8 {
        self.place(span)
            .and_then(|at| self.of.get(at).copied())
            .unwrap_or(0)
    }
}

/// Calls below are of several models.
const MIXED: u8 = u8::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::tests::trace;

    fn shades(lines: &str, by: By) -> (Vec<u8>, Vec<String>, Vec<f64>) {
        let (mut trace, execution) = trace(lines);
        for span in trace.spans.iter_mut().filter(|span| span.kind == Kind::Llm) {
            span.fields
                .add(Field::Model, crewscope_trace::model::Value::Sym(span.name));
            let cost = span.end.unwrap() - span.start.unwrap();
            span.fields.add(
                Field::Cost,
                crewscope_trace::model::Value::Float(cost as f64 / 1e9),
            );
        }
        let shades = Shades::new(&trace, &execution, by, &Prices::default());
        let names = shades.names.iter().map(|name| trace.str(*name).to_owned());
        (shades.of.clone(), names.collect(), shades.costs)
    }

    const CREW: &str = "0 crew crew 0 100
        1 task first 0 60
        2 agent Researcher 1 59
        3 llm gpt 2 12
        3 tool delegate 31 50
        4 agent Helper 32 49
        5 llm mini 33 34
        1 task second 60 100
        2 agent Writer 60 100
        3 llm gpt 60 100";

    #[test]
    fn calls_and_tasks_have_the_colour_of_their_agent() {
        let (of, names, _) = shades(CREW, By::Agent);
        assert_eq!(names, ["Researcher", "Helper", "Writer"]);
        assert_eq!(of, [0, 1, 1, 1, 1, 2, 2, 3, 3, 3]);
    }

    #[test]
    fn work_has_the_colour_of_a_model_only_if_all_its_calls_do() {
        let (of, names, _) = shades(CREW, By::Model);
        assert_eq!(names, ["gpt", "mini"]);
        assert_eq!(of, [0, 0, 0, 1, 2, 2, 2, 1, 1, 1]);
    }

    #[test]
    fn cost_adds_up_and_unknown_is_no_colour() {
        let (of, _, costs) = shades(CREW, By::Cost);
        // 10, 1 and 40 thousandths: the first task is 11 of 40, its helper 1 of 40.
        assert_eq!(of, [5, 4, 4, 4, 2, 2, 2, 5, 5, 5]);
        assert_eq!(costs, [0.0, 0.0004, 0.002, 0.008, 0.02]);
        let (of, _, costs) = shades("0 crew c 0 9\n1 tool t 0 4", By::Cost);
        assert_eq!((of, costs), (vec![0, 0], vec![]));
    }

    #[test]
    fn more_names_than_colours_share_the_last() {
        let lines: String = (0..12)
            .map(|n| format!("0 llm m{n} {n} {}\n", n + 1))
            .collect();
        let (of, names, _) = shades(&lines, By::Model);
        assert_eq!(of, [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]);
        assert_eq!(names.len(), usize::from(SHADES) + 1);
    }
}
