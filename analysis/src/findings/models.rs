//! What a smaller model of the same family would have cost: arithmetic on recorded tokens, no judgement of quality.
//!
//! Here only the tokens are gathered; prices are the page's matter ([`crate::findings::show`]), where a user may change them.

use crate::findings::run::Run;
use crate::findings::What;
use crewscope_trace::model::{Kind, Status};

/// A part of a model's name, and what stands there in the name of a smaller one of its family.
const SMALLER: &[(&str, &str)] = &[
    ("gpt-5.4", "gpt-5.4-mini"),
    ("gpt-5.2", "gpt-5-mini"),
    ("gpt-5.1", "gpt-5-mini"),
    ("gpt-5", "gpt-5-mini"),
    ("gpt-4.1", "gpt-4.1-mini"),
    ("gpt-4o", "gpt-4o-mini"),
    ("o3", "o4-mini"),
    ("opus", "sonnet"),
    ("sonnet", "haiku"),
    ("pro", "flash"),
    ("large", "small"),
];

/// Names that say that a model is small already.
const SMALL: &[&str] = &["mini", "nano", "lite", "flash", "haiku", "small", "turbo"];

/// Names to try for a smaller model of the same family.
pub fn smaller(model: &str) -> Option<String> {
    if model
        .split(['-', '/', ':', '_'])
        .any(|word| SMALL.contains(&word))
    {
        return None;
    }
    SMALLER
        .iter()
        .find(|(part, _)| model.contains(part))
        .map(|(part, with)| match model.find(part) {
            // A dated snapshot of the large one says nothing of the small one.
            Some(at) if with.starts_with(part) => {
                [model.get(..at).unwrap_or_default(), with].concat()
            }
            _ => model.replacen(part, with, 1),
        })
}

/// Gathers the tokens of the tasks that could use a smaller model.
pub fn find(run: &mut Run<'_>) {
    for task in run.tasks.clone() {
        if run.span(task).status != Status::Completed {
            continue;
        }
        let calls: Vec<usize> = run
            .below(task)
            .filter(|&at| run.span(at).kind == Kind::Llm && smaller(run.model_name(at)).is_some())
            .collect();
        let spent = run.spent(calls.iter().copied());
        if let (Some(&first), false) = (calls.first(), spent.is_empty()) {
            let mut finding = run.finding(What::SmallerModel, task, &calls);
            finding.other = Some(crate::findings::run::index(first));
            finding.spent = spent;
            run.found(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::findings::models::smaller;

    #[test]
    fn smaller_models_of_a_family() {
        for (model, small) in [
            ("gpt-4o", Some("gpt-4o-mini")),
            ("openai/gpt-4o-2024-08-06", Some("openai/gpt-4o-mini")),
            ("claude-opus-4-1", Some("claude-sonnet-4-1")),
            ("gemini-2.5-pro", Some("gemini-2.5-flash")),
            ("gpt-4o-mini", None),
            ("my-own", None),
        ] {
            assert_eq!(smaller(model).as_deref(), small, "{model}");
        }
    }
}
