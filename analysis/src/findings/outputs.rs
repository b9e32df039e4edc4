//! Misread instructions, as far as they can be checked without understanding them.

use crate::findings::run::Run;
use crate::findings::What;
use crewscope_trace::evidence::{Role, Signs};
use crewscope_trace::model::{Field, Status};

/// Compares what was expected with what came.
pub fn find(run: &mut Run<'_>) {
    for task in run.tasks.clone() {
        if run.span(task).status != Status::Completed {
            continue;
        }
        let Some(output) = run.digest(task, Field::Output, Role::Output) else {
            continue;
        };
        let signs = output.signs;
        let expected = run.digest(task, Field::ExpectedOutput, Role::Expected);
        let wanted = expected.map_or(Signs::default(), |expected| expected.signs);
        let mut numbers = [0, 0, 0];
        let what = if signs.has(Signs::EMPTY) {
            What::EmptyOutput
        } else if signs.has(Signs::STEP) {
            What::StepAsAnswer
        } else if signs.any(Signs::CUT | Signs::JSON) {
            continue;
        } else if wanted.has(Signs::WANTS_JSON) {
            What::NotJson
        } else if let Some(expected) = expected.filter(|_| wanted.has(Signs::WANTS_POINTS)) {
            let (asked, listed) = (expected.points, output.points.max);
            if (asked.min..=asked.max).contains(&listed) {
                continue;
            }
            let bound = match listed < asked.min {
                true => asked.min,
                false => asked.max,
            };
            numbers = [i64::from(listed), i64::from(bound), 0];
            What::WrongCount
        } else {
            continue;
        };
        let mut finding = run.finding(what, task, &[task]);
        finding.numbers = numbers;
        run.found(finding);
    }
}
