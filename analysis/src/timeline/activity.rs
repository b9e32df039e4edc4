//! What ran when: how the time divides between model, tools and nobody, how much ran at once, and where nothing did.
//!
//! One sweep over the calls leaves a list of segments in which nothing changes. Sums up to every 32nd of them are kept, so the
//! shares of any stretch of time and the height of any pixel cost a search and a short walk, with a million calls too.

use crate::timeline::{extent, has_children, is_work, Stretch};
use crewscope_trace::model::{Execution, Flags, Kind, Trace};
use crewscope_trace::order::{in_order, Pair};
use crewscope_trace::slices::{at_once, pause, Slices, Work};

/// What a moment counts as: the first of these that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// A model answers.
    Llm,
    /// A person is waited for.
    Human,
    /// A tool works.
    Tool,
    /// Something else is recorded: guardrails, memory, methods of flows.
    Other,
    /// No recorded call runs.
    Idle,
}

impl Doing {
    /// All, in the order in which they count.
    pub const ALL: [Self; 5] = [Self::Llm, Self::Human, Self::Tool, Self::Other, Self::Idle];

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Llm => Self::Llm,
            Kind::Human => Self::Human,
            Kind::Tool => Self::Tool,
            _ => Self::Other,
        }
    }
}

/// Nanoseconds by what they count as, and work done: two calls at once for a second are two seconds of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// In the order of [`Doing::ALL`]; together the length of the stretch.
    pub doing: [i64; 5],
    /// Of LLM calls.
    pub llm: i64,
    /// Of tool calls.
    pub tool: i64,
    /// Of all calls; waiting for a person is none.
    pub all: i64,
}

impl Sums {
    fn add(&mut self, segment: &Segment, length: i64) {
        if let Some(sum) = self.doing.get_mut(usize::from(segment.doing)) {
            *sum = sum.wrapping_add(length);
        }
        // Wraps where thousands of calls run at once for years; differences stay right.
        self.llm = self
            .llm
            .wrapping_add(length.wrapping_mul(segment.llm.into()));
        self.tool = self
            .tool
            .wrapping_add(length.wrapping_mul(segment.tool.into()));
        self.all = self
            .all
            .wrapping_add(length.wrapping_mul(segment.all.into()));
    }

    /// What is left without what was before.
    pub fn since(mut self, before: &Self) -> Self {
        for (sum, before) in self.doing.iter_mut().zip(before.doing) {
            *sum = sum.wrapping_sub(before);
        }
        self.llm = self.llm.wrapping_sub(before.llm);
        self.tool = self.tool.wrapping_sub(before.tool);
        self.all = self.all.wrapping_sub(before.all);
        self
    }
}

/// From its time up to the next one nothing changes. 16 bytes: there are two for a call.
#[derive(Clone, Copy, Debug)]
struct Segment {
    start: i64,
    doing: u8,
    llm: u16,
    tool: u16,
    all: u16,
}

/// Sums are kept for every so many segments.
const STEP: usize = 32;

/// What ran when in an execution.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    segments: Vec<Segment>,
    sums: Vec<Sums>,
    /// The most that ran at once.
    pub peak: u16,
    /// Whether calls are recorded, so that the shares say something.
    pub has_calls: bool,
}

/// Begin or end of a call: when, what it counts as, and whether it is a [`LEAF`].
type Edge = Pair;

/// Nothing is recorded inside of the call, so it counts as one that runs.
const LEAF: i64 = 8;

impl Activity {
    /// Of one execution; `whole` bounds what has no end.
    pub fn new(trace: &Trace, execution: &Execution, whole: Stretch) -> Self {
        at_once(Self::new_in(&Slices::one(), trace, execution, whole))
    }

    /// [`Activity::new`] in slices.
    pub fn new_in<'a>(
        slices: &'a Slices,
        trace: &'a Trace,
        execution: &'a Execution,
        whole: Stretch,
    ) -> Work<'a, Self> {
        Box::pin(async move {
            let (mut starts, mut ends) = (Vec::new(), Vec::new());
            let mut has_calls = false;
            for at in execution.first_span..execution.last_span {
                if slices.due() {
                    pause().await;
                }
                let Some(span) = trace.spans.get(at as usize) else {
                    continue;
                };
                let leaf = !has_children(trace, at);
                if is_work(span.kind) && !leaf || span.flags.has(Flags::AS_REPORTED) {
                    continue;
                }
                let Some((stretch, _)) = extent(trace, at, whole) else {
                    continue;
                };
                if stretch.length() <= 0 {
                    continue;
                }
                has_calls |= matches!(span.kind, Kind::Llm | Kind::Tool);
                let doing = i64::from(Doing::of(span.kind) as u8) | if leaf { LEAF } else { 0 };
                starts.push((stretch.start, doing));
                ends.push((stretch.end, doing));
            }
            let starts = in_order(slices, starts).await;
            let ends = in_order(slices, ends).await;
            Self::swept(slices, &starts, &ends, whole, has_calls).await
        })
    }

    async fn swept(
        slices: &Slices,
        starts: &[Edge],
        ends: &[Edge],
        whole: Stretch,
        has_calls: bool,
    ) -> Self {
        let mut this = Self {
            has_calls,
            segments: Vec::with_capacity(starts.len() + ends.len() + 2),
            ..Self::default()
        };
        // Running now: by what they count as, and leaves of each.
        let (mut running, mut leaves) = ([0_u32; 5], [0_u32; 5]);
        this.segments.push(Segment {
            start: whole.start,
            doing: Doing::Idle as u8,
            llm: 0,
            tool: 0,
            all: 0,
        });
        let (mut starts, mut ends) = (starts.iter().peekable(), ends.iter().peekable());
        while let Some(end) = ends.peek() {
            if slices.due() {
                pause().await;
            }
            // An end before a start at the same time: one after the other is not two at once.
            let begins = starts.next_if(|start| start.0 < end.0);
            let Some((time, what)) = begins.or_else(|| ends.next()) else {
                break;
            };
            let by = |count: &mut u32| {
                *count = match begins {
                    Some(_) => count.saturating_add(1),
                    None => count.saturating_sub(1),
                }
            };
            let class = (what & !LEAF) as usize;
            running.get_mut(class).map(by);
            leaves.get_mut(class).filter(|_| what & LEAF != 0).map(by);
            let doing = running.iter().position(|&count| count > 0);
            let small = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
            let [llm, _, tool, other, _] = leaves;
            this.change(Segment {
                start: *time,
                doing: doing.unwrap_or(Doing::Idle as usize) as u8,
                llm: small(llm),
                tool: small(tool),
                all: small(llm.saturating_add(tool).saturating_add(other)),
            });
        }
        // Always there, as the end of the last one.
        if this
            .segments
            .last()
            .is_some_and(|last| last.start < whole.end)
        {
            this.segments.push(Segment {
                start: whole.end,
                doing: Doing::Idle as u8,
                llm: 0,
                tool: 0,
                all: 0,
            });
        }
        let mut sum = Sums::default();
        for (at, segment) in this.segments.iter().enumerate() {
            if slices.due() {
                pause().await;
            }
            if at % STEP == 0 {
                this.sums.push(sum);
            }
            this.peak = this.peak.max(segment.all);
            if let Some(next) = this.segments.get(at + 1) {
                sum.add(segment, next.start.wrapping_sub(segment.start));
            }
        }
        this
    }

    fn change(&mut self, now: Segment) {
        if let Some(last) = self.segments.last_mut() {
            if last.start == now.start {
                *last = now;
                return;
            }
            let counts = |of: &Segment| (of.doing, of.llm, of.tool, of.all);
            if counts(last) == counts(&now) {
                return;
            }
        }
        self.segments.push(now);
    }

    /// Sums from the start of the execution up to a time.
    pub fn until(&self, time: i64) -> Sums {
        let after = self
            .segments
            .partition_point(|segment| segment.start < time);
        let block = after.saturating_sub(1) / STEP;
        let mut sum = self.sums.get(block).copied().unwrap_or_default();
        let rest = self.segments.get(block * STEP..after).unwrap_or_default();
        for (at, segment) in rest.iter().enumerate() {
            let end = rest.get(at + 1).map_or(time, |next| next.start);
            sum.add(segment, end.wrapping_sub(segment.start));
        }
        sum
    }

    /// What happened in a stretch of time. Outside of the execution is idle.
    pub fn between(&self, stretch: Stretch) -> Sums {
        self.until(stretch.end).since(&self.until(stretch.start))
    }

    /// Where no recorded call ran or a person was waited for, in order; neighbours are one.
    pub fn gaps(&self) -> Vec<Stretch> {
        let mut gaps: Vec<Stretch> = Vec::new();
        for pair in self.segments.windows(2) {
            let [now, next] = pair else { continue };
            if now.doing != Doing::Idle as u8 && now.doing != Doing::Human as u8 {
                continue;
            }
            match gaps.last_mut() {
                Some(before) if before.end == now.start => before.end = next.start,
                _ => gaps.push(Stretch {
                    start: now.start,
                    end: next.start,
                }),
            }
        }
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::tests::trace;

    const MS: i64 = 1_000_000;

    fn of(lines: &str) -> (Activity, Stretch) {
        let (trace, execution) = trace(lines);
        let whole = crate::timeline::whole(&trace, &execution).unwrap();
        (Activity::new(&trace, &execution, whole), whole)
    }

    fn ms(sums: Sums) -> ([i64; 5], i64, i64) {
        (sums.doing.map(|ns| ns / MS), sums.llm / MS, sums.all / MS)
    }

    #[test]
    fn a_moment_counts_once_and_the_model_before_the_tool_it_works_for() {
        let (activity, whole) = of("0 crew c 0 100
            1 task t 0 100
            2 llm a 10 30
            2 tool delegate 30 70
            3 agent h 31 69
            4 llm b 40 60
            2 tool search 80 90");
        // Idle: 0-10, 70-80, 90-100. The delegation is a tool at work except while its agent's model answers.
        assert_eq!(ms(activity.between(whole)), ([40, 0, 30, 0, 30], 40, 50));
        assert_eq!(activity.between(whole).tool / MS, 10);
        assert_eq!(activity.peak, 1);
        assert!(activity.has_calls);
    }

    #[test]
    fn parallel_calls_are_counted_and_one_after_the_other_is_not_parallel() {
        let (activity, whole) = of("0 crew c 0 100
            1 task t 0 50
            2 llm a 0 50
            1 task u 0 100
            2 llm b 20 60
            2 tool x 60 100");
        assert_eq!(activity.peak, 2);
        assert_eq!(ms(activity.between(whole)), ([60, 0, 40, 0, 0], 90, 130));
        assert_eq!(activity.between(whole).tool / MS, 40);
        let part = Stretch {
            start: 10 * MS,
            end: 30 * MS,
        };
        assert_eq!(ms(activity.between(part)), ([20, 0, 0, 0, 0], 30, 30));
    }

    #[test]
    fn gaps_are_where_nothing_runs() {
        let (activity, _) = of("0 crew c 0 100
            1 task t 0 100
            2 llm a 10 20
            2 llm b 30 40
            2 tool x 35 90");
        let gaps: Vec<_> = activity
            .gaps()
            .iter()
            .map(|g| (g.start / MS, g.end / MS))
            .collect();
        assert_eq!(gaps, [(0, 10), (20, 30), (90, 100)]);
    }

    #[test]
    fn a_person_who_is_waited_for_is_no_work_and_ends_no_gap() {
        let (activity, whole) = of("0 crew c 0 100
            1 llm a 0 20
            1 tool ask 20 90
            2 human h 30 80
            1 llm b 90 100");
        assert_eq!(ms(activity.between(whole)), ([30, 50, 20, 0, 0], 30, 30));
        let gaps: Vec<_> = activity
            .gaps()
            .iter()
            .map(|g| (g.start / MS, g.end / MS))
            .collect();
        assert_eq!(gaps, [(30, 80)]);
    }

    #[test]
    fn work_without_calls_is_work_but_tells_no_shares() {
        let (activity, whole) = of("0 crew c 0 100\n1 task t 0 60\n1 task u 70 100");
        assert!(!activity.has_calls);
        assert_eq!(ms(activity.between(whole)).0, [0, 0, 0, 90, 10]);
    }

    #[test]
    fn any_stretch_is_the_difference_of_its_ends() {
        let mut lines = String::from("0 crew c 0 5000\n");
        for n in 0..700 {
            let kind = ["llm", "tool"][n % 2];
            lines.push_str(&format!(
                "1 {kind} k {} {}\n",
                n * 7,
                n * 7 + 3 + (n * 5) % 11
            ));
        }
        let (activity, whole) = of(&lines);
        assert!(activity.segments.len() > 3 * STEP);
        let all = activity.between(whole);
        assert_eq!(all.doing.iter().sum::<i64>(), whole.length());
        for cut in (whole.start..whole.end).step_by(13 * MS as usize / 3) {
            let before = activity.between(Stretch {
                start: whole.start,
                end: cut,
            });
            let after = activity.between(Stretch {
                start: cut,
                end: whole.end,
            });
            for class in 0..5 {
                assert_eq!(before.doing[class] + after.doing[class], all.doing[class]);
            }
            assert_eq!(
                (before.all + after.all, before.llm + after.llm),
                (all.all, all.llm)
            );
        }
    }
}
