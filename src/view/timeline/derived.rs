//! What the timeline works out of the execution shown: a memo for each answer. What was worked out ahead is taken ([`Viewer::answer`]).

use crate::view::answers::Answers;
use crate::view::findings::{self, Marked};
use crate::view::timeline::same::Same;
use crate::viewer::{Look, Viewer};
use crewscope_analysis::timeline::{
    self, Activity, By, Cache, Folding, Path, Row, Scale, Shades, Stretch,
};
use crewscope_trace::model::{Execution, Trace};
use leptos::prelude::*;
use std::sync::Mutex;

/// The rows shown.
pub type Rows = Same<Vec<Row>>;

/// The critical path of more spans than this is worked out only if it is asked for.
const QUICK: usize = 50_000;

/// Works on the execution shown and its whole time. Tracked.
fn of_shown<T>(
    answers: Answers,
    whole: Option<Stretch>,
    work: impl FnOnce(&Trace, &Execution, Stretch) -> T,
) -> Option<Same<T>> {
    answers.shown.with(|shown| {
        let shown = shown.as_ref()?;
        let made = work(&shown.trace, shown.execution()?, whole?);
        Some(Same::new(made))
    })
}

/// Id of the execution shown: the same for every partial result of it.
pub fn identity(answers: Answers) -> Memo<Option<String>> {
    Memo::new(move |_| {
        answers.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let execution = shown.execution()?;
            Some(shown.trace.str(execution.id).to_owned())
        })
    })
}

/// The whole time; `None` if no time is recorded.
pub fn whole(viewer: Viewer, answers: Answers) -> Memo<Option<Stretch>> {
    Memo::new(move |_| {
        answers.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let work = || timeline::whole(&shown.trace, shown.execution()?);
            viewer.answer(shown.at, |known| &known.whole, work)
        })
    })
}

/// What ran when.
pub fn activity(
    viewer: Viewer,
    answers: Answers,
    whole: Memo<Option<Stretch>>,
) -> Memo<Option<Same<Activity>>> {
    Memo::new(move |_| {
        let (shown, whole) = (answers.shown.get()?, whole.get()?);
        let execution = shown.execution()?;
        let work = || Activity::new(&shown.trace, execution, whole);
        Some(Same::new(viewer.answer(
            shown.at,
            |known| &known.activity,
            work,
        )))
    })
}

/// Where a time is drawn if idle stretches are drawn short; `None` if there are none that are long enough.
pub fn squeezed(
    viewer: Viewer,
    answers: Answers,
    whole: Memo<Option<Stretch>>,
    activity: Memo<Option<Same<Activity>>>,
) -> Memo<Option<Same<Scale>>> {
    Memo::new(move |_| {
        let (whole, activity) = (whole.get()?, activity.get()?);
        let at = answers.shown.get()?.at;
        let work = || Some(Scale::squeezed(whole, &activity.gaps()));
        let scale = viewer.answer(at, |known| &known.squeezed, work)?;
        (!scale.gaps().is_empty()).then(|| Same::new(scale))
    })
}

/// Where a time is drawn.
pub fn scale(
    look: RwSignal<Look>,
    whole: Memo<Option<Stretch>>,
    squeezed: Memo<Option<Same<Scale>>>,
) -> Memo<Option<Same<Scale>>> {
    let squeeze = Memo::new(move |_| look.with(|look| look.squeeze));
    Memo::new(move |_| {
        let short = if squeeze.get() { squeezed.get() } else { None };
        short.or_else(|| Some(Same::new(Scale::even(whole.get()?))))
    })
}

/// What colours tell; `None`: the kind.
pub fn shades(
    look: RwSignal<Look>,
    answers: Answers,
    whole: Memo<Option<Stretch>>,
) -> Memo<Option<Same<Shades>>> {
    let colour = Memo::new(move |_| look.with(|look| look.colour));
    Memo::new(move |_| {
        let by = colour.get();
        if by == By::Kind {
            return None;
        }
        let prices = answers.prices();
        of_shown(answers, whole.get(), |trace, execution, _| {
            Shades::new(trace, execution, by, &prices)
        })
    })
}

/// The critical path, if it is marked.
pub fn path(
    look: RwSignal<Look>,
    answers: Answers,
    whole: Memo<Option<Stretch>>,
    activity: Memo<Option<Same<Activity>>>,
) -> Memo<Option<Same<Path>>> {
    // It tells something where work ran in parallel; else everything lies on it.
    let wanted = Memo::new(move |_| {
        look.with(|look| look.path).unwrap_or_else(|| {
            let small = answers.shown.with(|shown| {
                let spans = shown.as_ref().map(|shown| shown.trace.spans.len());
                spans.is_some_and(|spans| spans <= QUICK)
            });
            small && activity.get().is_some_and(|activity| activity.peak > 1)
        })
    });
    Memo::new(move |_| {
        let path = wanted
            .get()
            .then(|| of_shown(answers, whole.get(), Path::new));
        path.flatten()
    })
}

/// Down to which depth rows are open at first. Not tracked.
pub fn first_depth(viewer: Viewer, answers: Answers) -> Option<u16> {
    answers.shown.with_untracked(|shown| {
        let shown = shown.as_ref()?;
        let execution = shown.execution()?;
        let work = || Folding::fitting(&shown.trace, execution).default_depth;
        Some(viewer.answer(shown.at, |known| &known.depth, work))
    })
}

/// The rows shown. Those above `depth` are open where nobody chose otherwise.
pub fn rows(
    viewer: Viewer,
    answers: Answers,
    whole: Memo<Option<Stretch>>,
    depth: RwSignal<u16>,
) -> Memo<Rows> {
    let look = viewer.look;
    let folding = Memo::new(move |_| {
        look.with(|look| Folding {
            lanes: look.lanes,
            default_depth: look.depth.unwrap_or_else(|| depth.get()),
            told: look.told.iter().copied().collect(),
        })
    });
    // The cache belongs to one trace: indices mean something else in the next one.
    let cache = Memo::new(move |_| {
        let shown = answers.shown.get();
        let known = shown.map(|shown| viewer.answer(shown.at, |known| &known.rows, Cache::default));
        Same::new(Mutex::new(known.unwrap_or_default()))
    });
    Memo::new(move |_| {
        let cache = cache.get();
        let rows = answers.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let (execution, whole) = (shown.execution()?, whole.get()?);
            let mut cache = cache.lock().ok()?;
            Some(folding.with(|folding| {
                timeline::rows(&shown.trace, execution, whole, folding, &mut cache)
            }))
        });
        Same::new(rows.unwrap_or_default())
    })
}

/// The spans that findings concern.
pub fn marked(answers: Answers) -> Memo<Same<Vec<Marked>>> {
    Memo::new(move |_| {
        let marked = answers.open.with(|found| {
            let found = found.as_deref().filter(|found| !found.is_empty());
            found.map(findings::marked)
        });
        Same::new(marked.unwrap_or_default())
    })
}
