//! Region "Compare": the execution shown beside another one.

mod difference;
mod trend;

use crate::dom::{button, el, group, live, Dom};
use crate::live::{Memo, RwSignal};
use crate::view::answers::Shown;
use crate::view::frame::Frame;
use crate::view::parts::format::{count, duration, fixed, usd};
use crate::view::parts::icon::Icon;
use crate::view::parts::name;
use crate::view::parts::status::{status_mark, word};
use crate::view::parts::text::{named, plain};
use crate::view::parts::time;
use crate::viewer::Viewer;
use crate::wording::{common, compare as words};
use crewscope_analysis::compare::{call_pairs, compare, differs, Comparison, Pair, Why};
use crewscope_analysis::TaskRow;
use crewscope_trace::model::{Field, SpanIndex, Trace};
use difference::{difference, Wanted};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

/// The key under which a link carries the other execution.
pub const KEY: &str = "compare";

/// Executions offered at most.
const MOST: usize = 500;

/// What is compared.
#[derive(Clone)]
struct Compared {
    trace: Arc<Trace>,
    a: usize,
    b: usize,
    told: Arc<Comparison>,
}

impl PartialEq for Compared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.trace, &other.trace) && (self.a, self.b) == (other.a, other.b)
    }
}

/// The region.
pub fn comparison() -> Dom {
    let viewer = expect_context::<Viewer>();
    let frame = expect_context::<Frame>();
    let compared = Memo::new(move || {
        let Shown { trace, at } = frame.answers.shown.get()?;
        let id = viewer.extra(KEY)?;
        let is_it = |other: &_| -> bool {
            let other: &crewscope_trace::model::Execution = other;
            trace.str(other.id) == id
        };
        let b = trace.executions.iter().position(is_it)?;
        let prices = viewer.prices.get();
        let (one, other) = (trace.executions.get(at)?, trace.executions.get(b)?);
        let told = Arc::new(compare(&trace, one, other, &prices));
        Some(Compared {
            trace,
            a: at,
            b,
            told,
        })
    });
    el("section")
        .class("cs-panel cs-compare")
        .attr("role", "region")
        .attr("aria-label", common::COMPARE)
        .child(
            el("div")
                .class("cs-panel-head")
                .child(el("h2").class("cs-heading").child(common::COMPARE))
                .child(
                    el("div")
                        .class("cs-actions")
                        .child(live(move || chooser(viewer, compared.get())))
                        .child(
                            button()
                                .class("cs-button")
                                .attr("data-look", "quiet")
                                .attr("data-size", "small")
                                .click(move || viewer.set_extra(KEY, None))
                                .child(Icon::Cross.draw())
                                .child(common::CLOSE),
                        ),
                ),
        )
        .child(live(move || match compared.get() {
            Some(compared) => body(viewer, frame, compared),
            None => el("p")
                .class("cs-nothing")
                .child(words::OTHER_NOT_OPEN)
                .dom(),
        }))
        .dom()
}

fn title(trace: &Trace, at: usize) -> String {
    let execution = trace.executions.get(at);
    execution.map_or_else(String::new, |execution| {
        let start = execution.start.map(time::local).unwrap_or_default();
        [
            &plain(&name::of_execution(trace, execution)),
            common::BETWEEN,
            &start,
        ]
        .concat()
    })
}

fn chooser(viewer: Viewer, compared: Option<Compared>) -> Option<Dom> {
    let Compared { trace, a, b, .. } = compared?;
    let others: Vec<usize> = (0..trace.executions.len().min(MOST))
        .filter(|other| *other != a)
        .collect();
    let options = others.iter().map(|&other| {
        el("option")
            .flag("selected", other == b)
            .child(title(&trace, other))
            .dom()
    });
    let options = options.collect::<Dom>();
    let choose = move |event: Event| {
        let field = event.target();
        let field = field.and_then(|field| field.dyn_into::<HtmlSelectElement>().ok());
        let index = field.and_then(|field| usize::try_from(field.selected_index()).ok());
        let other = index.and_then(|index| others.get(index));
        let id = other.and_then(|other| Some(trace.executions.get(*other)?.id));
        if let Some(id) = id {
            viewer.set_extra(KEY, Some(trace.str(id).to_owned()));
        }
    };
    Some(
        el("select")
            .class("cs-compare-with")
            .attr("aria-label", words::COMPARE_WITH)
            .on("change", choose)
            .child(options)
            .dom(),
    )
}

/// A row of a table: what, the two values, and the change.
fn row(label: &'static str, values: [String; 2], change: Option<f64>) -> Dom {
    let [a, b] = values;
    el("tr")
        .child(el("th").attr("scope", "row").child(label))
        .child(el("td").child(a))
        .child(el("td").child(b))
        .child(el("td").child(change.map(percent)))
        .dom()
}

/// `+12%`; the second against the first.
fn percent(share: f64) -> String {
    let sign = if share > 0.0 {
        words::MORE
    } else {
        words::LESS
    };
    match (share * 100.0).abs() {
        small if small < 0.5 => words::NO_CHANGE.to_owned(),
        size => [sign, &fixed(size, 0), "%"].concat(),
    }
}

fn change(values: [Option<f64>; 2]) -> Option<f64> {
    let [Some(a), Some(b)] = values else {
        return None;
    };
    (a > 0.0).then(|| b / a - 1.0)
}

fn counts(label: &'static str, values: [Option<u64>; 2]) -> Dom {
    let told = values.map(|value| value.map_or(common::UNKNOWN.to_owned(), count));
    row(
        label,
        told,
        change(values.map(|value| value.map(|value| value as f64))),
    )
}

fn times(values: [Option<i64>; 2]) -> ([String; 2], Option<f64>) {
    let told = values.map(|value| value.map_or(common::UNKNOWN.to_owned(), duration));
    (
        told,
        change(values.map(|value| value.map(|value| value as f64))),
    )
}

fn body(viewer: Viewer, frame: Frame, compared: Compared) -> Dom {
    let Compared { trace, a, b, told } = compared;
    let [x, y] = &told.figures;
    let both = [a, b].map(|at| trace.executions.get(at));
    let statuses = both.map(|execution| {
        execution.map_or(String::new(), |execution| word(execution.status).to_owned())
    });
    let (time, time_change) = times([x.execution_time, y.execution_time]);
    let money = [x.cost.usd, y.cost.usd];
    let figures = el("table")
        .class("cs-compare-figures")
        .child(
            el("thead").child(
                el("tr")
                    .child(el("th").attr("scope", "col").child(words::FIGURE))
                    .child(
                        el("th")
                            .attr("scope", "col")
                            .child(words::this_one(&title(&trace, a))),
                    )
                    .child(
                        el("th")
                            .attr("scope", "col")
                            .child(words::other_one(&title(&trace, b))),
                    )
                    .child(el("th").attr("scope", "col").child(words::CHANGE)),
            ),
        )
        .child(
            el("tbody")
                .child(row(common::STATUS, statuses, None))
                .child(row(common::EXECUTION_TIME, time, time_change))
                .child(counts(
                    common::TOTAL_TOKENS,
                    [x.total_tokens, y.total_tokens],
                ))
                .child(counts(
                    common::PROMPT_TOKENS,
                    [x.prompt_tokens, y.prompt_tokens],
                ))
                .child(counts(
                    common::COMPLETION_TOKENS,
                    [x.completion_tokens, y.completion_tokens],
                ))
                .child(counts(common::REQUESTS, [x.requests, y.requests]))
                .child(counts(
                    words::FAILED_REQUESTS,
                    [x.failed_requests, y.failed_requests],
                ))
                .child(row(
                    common::ESTIMATED_COST,
                    money.map(|money| money.map_or(common::UNKNOWN.to_owned(), usd)),
                    change(money),
                )),
        );
    let wanted = RwSignal::new(None::<Wanted>);
    let parting = match told.divergence {
        None => el("p")
            .class("cs-compare-apart")
            .child(words::SAME_ALL_THROUGH)
            .dom(),
        Some(apart) => {
            let why = match apart.why {
                Why::Task => words::PART_BY_TASK,
                Why::Call => words::PART_BY_CALL,
                Why::Input => words::PART_BY_INPUT,
                Why::Output => words::PART_BY_OUTPUT,
                Why::Status => words::PART_BY_STATUS,
            };
            let what = apart.a.or(apart.b);
            let what = what.map(|at| name::at(&trace, at)).unwrap_or_default();
            let pair = Pair {
                a: apart.a,
                b: apart.b,
            };
            el("p")
                .class("cs-compare-apart")
                .child(words::PART_AT)
                .child(el("b").child(named(what)))
                .child(": ")
                .child(why)
                .child(". ")
                .child(buttons(viewer, frame, &trace, pair, wanted))
                .dom()
        }
    };
    let rows = told
        .tasks
        .iter()
        .map(|pair| task_row(viewer, frame, &trace, pair, wanted));
    let tasks = el("table")
        .child(
            el("thead").child(
                el("tr").child(
                    [
                        common::TASK,
                        common::STATUS,
                        common::TIME,
                        common::TOKENS,
                        common::COST,
                        words::CALLS,
                    ]
                    .map(|head| el("th").attr("scope", "col").child(head).dom())
                    .into_iter()
                    .collect::<Dom>(),
                ),
            ),
        )
        .child(el("tbody").child(rows.collect::<Dom>()));
    let agents = told.agents.iter().map(|pair| {
        let role = pair.a.as_ref().or(pair.b.as_ref());
        let role = role.map(|agent| agent.role.clone()).unwrap_or_default();
        let both = [pair.a.as_ref(), pair.b.as_ref()];
        let tokens = both.map(|agent| agent.and_then(|agent| agent.total_tokens));
        let requests = both.map(|agent| agent.and_then(|agent| agent.requests));
        el("tr")
            .child(el("th").attr("scope", "row").child(named(role)))
            .child(el("td").child(beside(requests.map(|n| n.map(count)), None)))
            .child(el("td").child(beside(
                tokens.map(|n| n.map(count)),
                change(tokens.map(|n| n.map(|n| n as f64))),
            )))
            .dom()
    });
    let agents = el("table")
        .child(
            el("thead").child(
                el("tr").child(
                    [common::AGENT, common::REQUESTS, common::TOKENS]
                        .map(|head| el("th").attr("scope", "col").child(head).dom())
                        .into_iter()
                        .collect::<Dom>(),
                ),
            ),
        )
        .child(el("tbody").child(agents.collect::<Dom>()));
    let scroll = |table: Dom, label: &'static str| {
        el("div")
            .class("cs-compare-scroll")
            .attr("tabindex", "0")
            .attr("role", "group")
            .attr("aria-label", label)
            .child(table)
            .dom()
    };
    let chosen = trace.clone();
    group()
        .child(trend::trend(viewer, &trace, a, b))
        .child(scroll(figures.dom(), words::FIGURES))
        .child(parting)
        .child(live(move || {
            let chosen = chosen.clone();
            wanted
                .get()
                .map(|wanted| difference(viewer, chosen, wanted))
        }))
        .child(scroll(tasks.dom(), words::TASKS))
        .child(scroll(agents.dom(), words::AGENTS))
        .dom()
}

/// `a → b (+12%)`, or one value if both are the same.
fn beside(values: [Option<String>; 2], change: Option<f64>) -> String {
    let [a, b] = values.map(|value| value.unwrap_or_else(|| words::NO_VALUE.to_owned()));
    let change = change.filter(|_| a != b).map(percent);
    if a == b {
        return a;
    }
    words::beside(&a, &b, change.as_deref())
}

fn task_row(
    viewer: Viewer,
    frame: Frame,
    trace: &Arc<Trace>,
    pair: &Pair<TaskRow>,
    wanted: RwSignal<Option<Wanted>>,
) -> Dom {
    let both = [pair.a.as_ref(), pair.b.as_ref()];
    let label = both.iter().flatten().next().map(|row| row.label.clone());
    let statuses = both.map(|row| row.map(|row| row.status));
    let times = both.map(|row| row.and_then(|row| row.duration));
    let tokens = both.map(|row| row.and_then(|row| row.total_tokens));
    let costs = both.map(|row| row.and_then(|row| row.cost.usd));
    let calls = call_pairs(trace, pair);
    let unlike = calls.iter().filter(|calls| is_unlike(trace, calls)).count();
    let missing = match both {
        [Some(_), None] => Some(words::ONLY_THIS),
        [None, Some(_)] => Some(words::ONLY_OTHER),
        _ => None,
    };
    let open = RwSignal::new(false);
    let many = words::differ(&count(calls.len() as u64), &count(unlike as u64));
    let inside = trace.clone();
    let spans = Pair {
        a: pair.a.as_ref().map(|row| row.span),
        b: pair.b.as_ref().map(|row| row.span),
    };
    let list = move || {
        open.get().then(|| {
            let items = calls.iter().map(|calls| {
                let span = calls.a.or(calls.b);
                let what = span.map(|at| name::at(&inside, at)).unwrap_or_default();
                let state = match (calls.a, calls.b) {
                    (Some(_), None) => words::ONLY_THIS,
                    (None, Some(_)) => words::ONLY_OTHER,
                    _ if is_unlike(&inside, calls) => words::DIFFERS,
                    _ => words::SAME,
                };
                el("li")
                    .child(named(what))
                    .child(" ")
                    .child(el("span").class("cs-muted").child(state))
                    .child(" ")
                    .child(buttons(viewer, frame, &inside, calls.clone(), wanted))
                    .dom()
            });
            el("tr")
                .child(
                    el("td").attr("colspan", "6").child(
                        el("ol")
                            .class("cs-compare-calls")
                            .child(items.collect::<Dom>()),
                    ),
                )
                .dom()
        })
    };
    let marks = statuses
        .into_iter()
        .flatten()
        .map(|status| status_mark(status, false, false));
    group()
        .child(
            el("tr")
                .child(
                    el("th")
                        .attr("scope", "row")
                        .child(named(label.unwrap_or_default()))
                        .child(missing.map(|missing| {
                            el("span")
                                .class("cs-muted")
                                .child([" ", missing].concat())
                                .dom()
                        }))
                        .child(" ")
                        .child(buttons(viewer, frame, trace, spans, wanted)),
                )
                .child(el("td").child(marks.collect::<Dom>()))
                .child(el("td").child(beside(
                    times.map(|time| time.map(duration)),
                    change(times.map(|time| time.map(|time| time as f64))),
                )))
                .child(el("td").child(beside(
                    tokens.map(|tokens| tokens.map(count)),
                    change(tokens.map(|tokens| tokens.map(|tokens| tokens as f64))),
                )))
                .child(el("td").child(beside(costs.map(|cost| cost.map(usd)), change(costs))))
                .child(
                    el("td").child(
                        button()
                            .class("cs-link")
                            .attr("aria-expanded", move || open.get().to_string())
                            .click(move || open.update(|open| *open = !*open))
                            .child(many),
                    ),
                ),
        )
        .child(live(list))
        .dom()
}

fn is_unlike(trace: &Trace, pair: &Pair<SpanIndex>) -> bool {
    let get = |at: Option<SpanIndex>| trace.spans.get(at? as usize);
    match (get(pair.a), get(pair.b)) {
        (Some(a), Some(b)) => differs(trace, a, b).is_some(),
        _ => true,
    }
}

/// Goes to either span, or shows what is different between them.
fn buttons(
    viewer: Viewer,
    frame: Frame,
    trace: &Arc<Trace>,
    pair: Pair<SpanIndex>,
    wanted: RwSignal<Option<Wanted>>,
) -> Dom {
    let small = |label: &'static str, act: Box<dyn Fn()>| {
        button().class("cs-link").click(act).child(label).dom()
    };
    let show = |at: SpanIndex, label: &'static str| {
        let trace = trace.clone();
        let act = move || {
            viewer.jump(&trace, at);
            frame.details.set(true);
        };
        small(label, Box::new(act))
    };
    let other = if pair.a.is_some() {
        words::SHOW_OTHER
    } else {
        words::SHOW
    };
    let mut out = group()
        .child(pair.a.map(|a| show(a, words::SHOW)))
        .child(" ")
        .child(pair.b.map(|b| show(b, other)));
    if let (Some(a), Some(b)) = (pair.a, pair.b) {
        for (label, field) in [
            (words::INPUT_DIFF, Field::Input),
            (words::OUTPUT_DIFF, Field::Output),
        ] {
            let has = |at: SpanIndex| {
                let span = trace.spans.get(at as usize);
                span.is_some_and(|span| span.get(field).is_some())
            };
            if has(a) || has(b) {
                let act = move || wanted.set(Some(Wanted { a, b, field }));
                out = out.child(" ").child(small(label, Box::new(act)));
            }
        }
    }
    el("span").class("cs-compare-buttons").child(out).dom()
}
