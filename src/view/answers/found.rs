//! Findings as the page shows them.

use crate::view::parts::name;
use crate::viewer::Shown;
use crewscope_analysis::findings::{self, Definition, Findings, Severity, Use};
use crewscope_analysis::Prices;
use crewscope_trace::model::{Kind, SpanIndex};

/// A finding as the page shows it.
#[derive(Clone, PartialEq)]
pub struct Found {
    /// Its kind's id and the id of what it is about: names it when it is put aside.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// What it is good for.
    pub of: Use,
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub title: String,
    /// The task or agent it is about, where its title does not say so.
    pub about: Option<String>,
    /// What to try.
    pub advice: &'static str,
    /// Where it shows.
    pub evidence: Vec<SpanIndex>,
    /// In how many places it shows.
    pub places: u32,
    /// The tasks it concerns.
    pub tasks: Vec<SpanIndex>,
    /// What it cost: nanoseconds, tokens, USD.
    pub cost: (Option<i64>, Option<u64>, Option<f64>),
}

impl Found {
    /// Puts together what the analysis says.
    pub fn new(shown: &Shown, found: &Findings, said: findings::Shown) -> Option<Self> {
        let finding = found.list.get(said.at)?;
        let trace = &shown.trace;
        let kind: &Definition = finding.what.definition();
        let mut evidence = finding.evidence.clone();
        // The cause is what somebody wants to see first.
        if let (Severity::Error | Severity::Warning, Some(cause)) = (kind.severity, finding.other) {
            evidence.retain(|&at| at != cause);
            evidence.insert(0, cause);
        }
        let mut tasks = Vec::new();
        for &at in finding.evidence.iter().chain([&finding.subject]) {
            let task = trace.nearest(at, |span| span.kind == Kind::Task);
            tasks.extend(task.filter(|task| !tasks.contains(task)));
        }
        let subject = trace.spans.get(finding.subject as usize)?;
        let of = |kind| trace.nearest(finding.subject, |span| span.kind == kind);
        let about = of(Kind::Task).or_else(|| of(Kind::Agent));
        let about = about.map(|at| name::at(trace, at));
        let about = about.filter(|about| !said.title.contains(about));
        Some(Self {
            name: [kind.id, " ", trace.str(subject.id)].concat(),
            kind: kind.id,
            of: kind.of,
            severity: said.severity,
            title: said.title,
            about,
            advice: kind.advice,
            evidence,
            places: finding.places,
            tasks,
            cost: (finding.time, said.tokens, said.usd),
        })
    }
}

impl Found {
    /// Whether it is about this span, or shows there.
    pub fn concerns(&self, span: SpanIndex) -> bool {
        self.tasks
            .iter()
            .chain(&self.evidence)
            .any(|&at| at == span)
    }
}

/// Those that were not put aside.
pub fn not_among(found: &[Found], dismissed: &[String]) -> Vec<Found> {
    let open = found
        .iter()
        .filter(|found| !dismissed.contains(&found.name));
    open.cloned().collect()
}

/// All findings of what is shown.
pub fn of_shown(shown: &Shown, found: &Findings, prices: &Prices) -> Vec<Found> {
    findings::show(&shown.trace, found, shown.at, prices)
        .into_iter()
        .filter_map(|said| Found::new(shown, found, said))
        .collect()
}
