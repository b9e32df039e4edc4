//! The critical path: what the end of the execution waited for.
//!
//! Walked backwards, as Jaeger does: from the end of a span the child that ended last was waited for, then the one that ended
//! last before that child began, and so on; the same inside of each. What ran beside it does not lie on the path.

use crate::timeline::{extent, siblings, Stretch};
use crewscope_trace::model::{Execution, SpanIndex, Trace};
use crewscope_trace::order::{self, reversed};

/// Clocks of two records of one moment differ by this much at most, in nanoseconds: crewai ends a task after it began the next.
const BLUR: i64 = 1_000_000;

/// The spans that were waited for, each with the stretch in which it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// By index; a span is waited for in one piece.
    steps: Vec<(SpanIndex, Stretch)>,
}

impl Path {
    /// The path of an execution; `whole` is its time.
    pub fn new(trace: &Trace, execution: &Execution, whole: Stretch) -> Self {
        let mut steps = Vec::new();
        let mut waiting = vec![(execution.first_span, execution.last_span, whole)];
        while let Some((first, end, within)) = waiting.pop() {
            let children: Vec<(SpanIndex, Stretch)> = siblings(trace, first, end)
                .into_iter()
                .filter_map(|child| {
                    let (own, _) = extent(trace, child, whole)?;
                    let clipped = Stretch {
                        start: own.start.max(within.start),
                        end: own.end.min(within.end),
                    };
                    (clipped.length() > 0).then_some((child, clipped))
                })
                .collect();
            let latest = order::sorted(children.len(), &|at| {
                let (_, stretch) = children[at];
                (reversed(stretch.end), stretch.start, 0)
            });
            let mut waited = within.end;
            for (child, stretch) in latest.into_iter().filter_map(|at| children.get(at)) {
                let blur = BLUR.min(stretch.length() / 10);
                if stretch.end > waited.saturating_add(blur) || stretch.start >= waited {
                    continue;
                }
                let step = Stretch {
                    start: stretch.start,
                    end: stretch.end.min(waited),
                };
                steps.push((*child, step));
                let below = trace.spans.get(*child as usize);
                waiting.push((child + 1, below.map_or(0, |span| span.subtree_end), step));
                waited = step.start;
            }
        }
        let by_index = order::sorted(steps.len(), &|at| (steps[at].0.into(), 0, 0));
        let steps = by_index.into_iter().filter_map(|at| steps.get(at).copied());
        Self {
            steps: steps.collect(),
        }
    }

    /// When the end of the execution waited for a span; `None` if it never did.
    pub fn of(&self, span: SpanIndex) -> Option<Stretch> {
        let at = self.steps.binary_search_by_key(&span, |step| step.0).ok()?;
        self.steps.get(at).map(|step| step.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::tests::trace;

    /// Names on the path with their stretch in ms.
    fn path(lines: &str) -> Vec<String> {
        let (trace, execution) = trace(lines);
        let whole = crate::timeline::whole(&trace, &execution).unwrap();
        Path::new(&trace, &execution, whole)
            .steps
            .iter()
            .map(|(span, at)| {
                let name = trace.str(trace.spans[*span as usize].name);
                format!("{name} {}-{}", at.start / 1_000_000, at.end / 1_000_000)
            })
            .collect()
    }

    #[test]
    fn one_after_the_other_is_all_on_the_path() {
        //  c |--------------------|
        //  a |-------|
        //  b          |-----------|
        assert_eq!(
            path("0 crew c 0 100\n1 task a 0 40\n1 task b 45 100"),
            ["c 0-100", "a 0-40", "b 45-100"]
        );
    }

    #[test]
    fn of_parallel_tasks_the_last_to_end_was_waited_for() {
        //  a |--------|          async
        //  b |--------------|    async
        //  d                |---|
        assert_eq!(
            path("0 crew c 0 100\n1 task a 0 40\n2 llm x 1 39\n1 task b 0 70\n2 llm y 1 69\n1 task d 70 100"),
            ["c 0-100", "b 0-70", "y 1-69", "d 70-100"]
        );
    }

    #[test]
    fn what_goes_on_beside_the_path_is_not_on_it() {
        //  a |-----------|             still runs when d begins, and ends before it
        //  b |----|
        //  d       |-------------|
        assert_eq!(
            path("0 crew c 0 100\n1 task a 0 60\n1 task b 0 28\n1 task d 30 100"),
            ["c 0-100", "b 0-28", "d 30-100"]
        );
    }

    #[test]
    fn a_child_outside_of_its_parent_is_cut_and_moments_of_one_millisecond_may_cross() {
        assert_eq!(
            path("0 crew c 0 100\n1 task a 10 90\n2 llm x 20 130\n2 llm y 5 12"),
            ["c 0-100", "a 10-90", "x 20-90", "y 10-12"]
        );
        assert_eq!(
            path("0 crew c 0 100\n1 task a 0 51\n1 task b 50 100"),
            ["c 0-100", "a 0-50", "b 50-100"]
        );
    }

    #[test]
    fn what_still_runs_is_waited_for() {
        assert_eq!(
            path("0 crew c 0 -\n1 task a 0 40\n1 task b 40 -\n2 llm x 41 90"),
            ["c 0-90", "a 0-40", "b 40-90", "x 41-90"]
        );
    }

    #[test]
    fn inside_a_call_the_path_goes_on() {
        assert_eq!(
            path("0 crew c 0 100\n1 task a 0 100\n2 llm x 0 20\n2 tool y 20 90\n3 agent h 21 89\n4 llm z 30 80\n2 llm v 90 100"),
            ["c 0-100", "a 0-100", "x 0-20", "y 20-90", "h 21-89", "z 30-80", "v 90-100"]
        );
    }
}
