//! Reconciliation, costs and sums on real files.
#![allow(missing_docs)]

mod support;

use crewscope_analysis::{
    coverage, reconcile, summary, tasks, totals, Prices, Reason, Reconciliation, Verdict,
};
use crewscope_trace::model::{Execution, Kind, Trace};
use support::{corpora, open, open_bytes, open_lines, Opened};

/// Every real file there is, each opened alone.
fn every_file(look: &mut dyn FnMut(&str, &Opened)) -> usize {
    let mut count = 0;
    for corpus in corpora() {
        for folder in std::fs::read_dir(&corpus).unwrap() {
            let folder = folder.unwrap().path();
            if !folder.is_dir() || folder.ends_with("expected") {
                continue;
            }
            for file in std::fs::read_dir(&folder).unwrap() {
                let file = file.unwrap().path();
                let name = file.strip_prefix(&corpus).unwrap().display().to_string();
                let bytes = std::fs::read(&file).unwrap();
                look(&name, &open_bytes(vec![(name.clone(), bytes)]));
                count += 1;
            }
        }
    }
    count
}

fn only(opened: &Opened) -> Reconciliation {
    reconcile(&opened.trace, opened.execution())
}

/// Calls in no task, and the sum over outermost tasks with them, beside the summary of the whole.
fn parts(trace: &Trace, execution: &Execution, prices: &Prices) -> [(Option<u64>, u64, f64); 2] {
    let mut sum = (None::<u64>, 0, 0.0);
    let mut add = |total: Option<u64>, requests: Option<u64>, usd: Option<f64>| {
        if let Some(total) = total {
            sum.0 = Some(sum.0.unwrap_or(0) + total);
        }
        sum.1 += requests.unwrap_or(0);
        sum.2 += usd.unwrap_or(0.0);
    };
    for row in tasks(trace, execution, prices) {
        let parent = trace.spans[row.span as usize].parent;
        let outermost = parent.is_none_or(|parent| {
            trace
                .nearest(parent, |span| span.kind == Kind::Task)
                .is_none()
        });
        if outermost {
            add(row.total_tokens, row.requests, row.cost.usd);
        }
    }
    let unassigned: Vec<_> = (execution.first_span..execution.last_span)
        .filter(|&at| trace.spans[at as usize].kind == Kind::Llm)
        .filter(|&at| trace.nearest(at, |span| span.kind == Kind::Task).is_none())
        .map(|at| &trace.spans[at as usize])
        .collect();
    let rest = totals(trace, unassigned, prices);
    add(rest.total, rest.requests, rest.cost.usd);
    let whole = totals(trace, trace.spans_of(execution), prices);
    [
        sum,
        (
            whole.total,
            whole.requests.unwrap(),
            whole.cost.usd.unwrap_or(0.0),
        ),
    ]
}

#[test]
fn tasks_and_what_lies_outside_them_add_up_to_the_whole() {
    let prices = Prices::bundled();
    let (mut compared, mut reports) = (0, 0);
    let files = every_file(&mut |name, opened| {
        for execution in &opened.trace.executions {
            let [parts, whole] = parts(&opened.trace, execution, &prices);
            let figures = summary(&opened.trace, execution, &prices);
            if name.contains("/report-") {
                // A saved report holds the figures and no calls that they could be the sum of.
                let reported = (figures.total_tokens, figures.requests.unwrap_or(0));
                assert_eq!((parts.0, parts.1), reported, "{name}");
                reports += 1;
                continue;
            }
            assert_eq!((parts.0, parts.1), (whole.0, whole.1), "{name}");
            assert!((parts.2 - whole.2).abs() < 1e-9, "{name}");
            if whole.0.is_some() {
                assert_eq!(figures.total_tokens, whole.0, "{name}");
                compared += 1;
            }
        }
    });
    assert!(files > 30 && compared > 20, "{files} files, {compared}");
    assert!(reports > 0, "no saved report was read");
}

/// In a file whose calls all record usage the sums are the run's own, to the token, or the difference has a name.
#[test]
fn every_real_file_agrees_or_says_why() {
    let mut agreed = 0;
    every_file(&mut |name, opened| {
        for execution in &opened.trace.executions {
            let found = reconcile(&opened.trace, execution);
            if !["/otlp", "/batch", "/events"]
                .iter()
                .any(|form| name.contains(form))
            {
                continue;
            }
            for check in found.differing() {
                assert_ne!(check.reason, Some(Reason::Unknown), "{name}: {check:?}");
            }
            agreed += usize::from(found.verdict == Verdict::Agrees);
            assert_eq!(
                found.verdict == Verdict::Differs,
                name.contains("onesession") || name.contains("memory_knowledge_reasoning"),
                "{name}: {}",
                found.sentence()
            );
        }
    });
    assert!(agreed >= 10, "{agreed}");
}

#[test]
fn trap_09_calls_without_usage_are_the_likely_reason() {
    let opened = open("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    let found = only(&opened);
    assert_eq!(found.verdict, Verdict::Differs);
    assert!(!found.is_explained());
    assert_eq!(
        (found.call_tokens, found.calls_without_usage),
        (Some(11_505), 4)
    );
    let total = &found.checks[0];
    assert_eq!(
        (total.calls, total.reported, total.reason),
        (Some(11_505), 12_840, Some(Reason::WithoutUsage(4)))
    );
    assert_eq!(
        total.sentence(&opened.trace),
        "Crew \u{201c}concierge\u{201d} reports 12,840 tokens; its calls add up to 11,505, 1,335 fewer. \
         Likely because 4 answered calls recorded no usage."
    );
    assert_eq!(
        found.details(&opened.trace).last().unwrap(),
        "4 answered calls recorded no usage: the sum is a lower bound."
    );
}

/// A crew of an execution that several copies of a crew share: the totals 217, 436, 654 are cumulative, as crewai writes them.
#[test]
fn trap_10_cumulative_totals_are_explained_to_the_token() {
    let span = |id: &str, parent: &str, name: &str, second: u32, rest: &str| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"scope":{{"name":"crewai","version":"1.15.30"}},"spans":[{{"traceId":"t","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"179521756{second:02}00000000","endTimeUnixNano":"179521756{second:02}90000000","status":{{"code":1}},"attributes":[{{"key":"crewai.execution_uuid","value":{{"stringValue":"u"}}}},{rest}]}}]}}]}}]}}"#
        )
    };
    let crew = |id: &str, second: u32, total: u32| {
        let metrics = format!(
            r#"{{"key":"crewai.crew.name","value":{{"stringValue":"c"}}}},{{"key":"crewai.crew.usage_metrics","value":{{"stringValue":"{{\"total_tokens\": {total}, \"successful_requests\": {}}}"}}}}"#,
            second / 10 + 1
        );
        span(id, "", "execute crew", second, &metrics)
    };
    let call = |id: &str, parent: &str, second: u32, input: u32, output: u32| {
        let usage = format!(
            r#"{{"key":"gen_ai.request.model","value":{{"stringValue":"gpt-4o"}}}},{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"{input}"}}}},{{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"{output}"}}}}"#
        );
        span(id, parent, "call llm", second, &usage)
    };
    let opened = open_lines(&[
        call("a1", "a", 1, 186, 31),
        crew("a", 0, 217),
        call("b1", "b", 11, 187, 32),
        crew("b", 10, 436),
        call("c1", "c", 21, 187, 31),
        crew("c", 20, 654),
    ]);
    let found = only(&opened);
    assert_eq!(found.call_tokens, Some(654));
    assert_eq!(found.verdict, Verdict::Differs);
    assert!(found.is_explained(), "{found:?}");
    let reasons: Vec<_> = found
        .checks
        .iter()
        .map(|check| (check.reported, check.calls, check.reason))
        .collect();
    let counts_on = Some(Reason::Cumulative);
    assert_eq!(
        reasons,
        [
            (217, Some(217), None),
            (1, Some(1), None),
            (436, Some(219), counts_on),
            (2, Some(1), counts_on),
            (654, Some(218), counts_on),
            (3, Some(1), counts_on)
        ]
    );
    // The price of every call is known, so the cost is: (560 × 2.5 + 94 × 10) / 10⁶.
    let cost = summary(&opened.trace, opened.execution(), &Prices::bundled()).cost;
    assert!((cost.usd.unwrap() - 0.002_34).abs() < 1e-12, "{cost:?}");
    assert!(!cost.recorded && !cost.mixed && !cost.own_prices && cost.missing_calls == 0);
}

#[test]
fn one_side_only() {
    let old = open("hierarchical/batchwire-crewai1.6.1.jsonl");
    let found = only(&old);
    assert_eq!(found.verdict, Verdict::ReportedOnly);
    assert!(found.call_tokens.is_none() && found.calls > 0);
    let running = open("running/otlp-crewai1.15.30.jsonl");
    assert_eq!(only(&running).verdict, Verdict::CallsOnly);
    assert_eq!(
        only(&running).sentence(),
        "The sum over 4 LLM calls; the run gives no total of its own to compare it with."
    );
    let nothing = open_lines(&[
        r#"{"type":"crew_kickoff_started","timestamp":"2026-11-20T23:32:43Z","crew_name":"demo"}"#
            .to_owned(),
    ]);
    assert_eq!(only(&nothing).verdict, Verdict::Nothing);
}

/// A flow's own count and its crews' counts all agree with the same calls.
#[test]
fn a_flow_and_its_crews_agree() {
    let opened = open("flow_nested/otlp-crewai1.15.30.json");
    let found = only(&opened);
    assert_eq!(found.verdict, Verdict::Agrees);
    let totals: Vec<u64> = found
        .checks
        .iter()
        .filter(|check| check.quantity.name() == "total_tokens")
        .map(|check| check.reported)
        .collect();
    assert_eq!(totals, [1096, 292, 804]);
    assert_eq!(
        found.sentence(),
        "The sum over 5 LLM calls (1,096 tokens) agrees with what the run itself counted."
    );
}

/// A call with a recorded cost, one with a price, one without: recorded first, and the mixture is said.
#[test]
fn recorded_cost_comes_first() {
    let call = |id: u32, model: &str, cost: &str| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"t","spanId":"{id}","name":"call llm","startTimeUnixNano":"1795217560000000000","endTimeUnixNano":"1795217561000000000","status":{{"code":1}},"attributes":[{{"key":"gen_ai.request.model","value":{{"stringValue":"{model}"}}}},{cost}{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"1000"}}}},{{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"100"}}}}]}}]}}]}}]}}"#
        )
    };
    let recorded = r#"{"key":"gen_ai.usage.cost","value":{"doubleValue":0.5}},"#;
    let cost = |lines: &[String]| {
        let opened = open_lines(lines);
        let all = opened
            .trace
            .executions
            .iter()
            .flat_map(|execution| opened.trace.spans_of(execution));
        totals(&opened.trace, all, &Prices::bundled()).cost
    };
    let all = cost(&[
        call(1, "gpt-4o", recorded),
        call(2, "gpt-4o", ""),
        call(3, "ollama/llama3", ""),
        call(4, "who-knows", ""),
    ]);
    assert!((all.usd.unwrap() - 0.5035).abs() < 1e-12);
    assert!(all.mixed && !all.recorded);
    assert_eq!(all.unpriced_models, ["ollama/llama3", "who-knows"]);
    assert_eq!(
        all.reasons
            .iter()
            .map(|why| why.reason())
            .collect::<Vec<_>>(),
        ["a local model", "not in the price table"]
    );
    assert_eq!(all.missing_calls, 2);
    let one = cost(&[call(1, "who-knows", recorded)]);
    assert!(one.recorded && !one.mixed && one.unpriced_models.is_empty());
}

/// Kind, count and number of places of the notes on a file.
fn notes(name: &str) -> Vec<(&'static str, Option<u64>, usize)> {
    coverage::of_trace(&open(name).trace)
        .into_iter()
        .map(|note| (note.kind, note.count, note.places.len()))
        .collect()
}

#[test]
fn coverage_says_what_a_form_does_not_hold() {
    assert_eq!(
        notes("research_sequential/otlpwire-crewai1.15.30.jsonl"),
        []
    );
    // 1.6.1 records no usage per call; the crew's own total stands in.
    let old = open("hierarchical/batchwire-crewai1.6.1.jsonl");
    let found = coverage::of_trace(&old.trace);
    let usage = found.iter().find(|note| note.kind == "no-usage").unwrap();
    assert_eq!(
        usage.text,
        "LLM calls record no token usage in this form (crewai-batch). The run's own total is shown instead, and there is no cost."
    );
    assert_eq!(usage.count, Some(10));
    assert_eq!(usage.places.len(), 10);
    assert_eq!(
        usage.affects,
        [coverage::Affects::Tokens, coverage::Affects::Cost]
    );
    assert!(found.iter().all(|note| note.kind != "missing-usage"));
    // Some calls record usage, some do not: the sums are a lower bound, which is another thing.
    let some = notes("memory_knowledge_reasoning/otlp-crewai1.15.30.jsonl");
    assert!(some.contains(&("missing-usage", Some(4), 4)), "{some:?}");
    assert!(some.iter().all(|(kind, ..)| *kind != "no-usage"));
}

#[test]
fn coverage_tells_that_tools_were_asked_for_and_none_is_recorded() {
    let call = |id: u32, reason: &str| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"t","spanId":"{id}","name":"call llm","startTimeUnixNano":"1795217560000000000","endTimeUnixNano":"1795217561000000000","status":{{"code":1}},"attributes":[{{"key":"gen_ai.request.model","value":{{"stringValue":"gpt-4o"}}}},{{"key":"gen_ai.response.finish_reasons","value":{{"stringValue":"{reason}"}}}},{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"1000"}}}},{{"key":"gen_ai.input.messages","value":{{"stringValue":"[]"}}}},{{"key":"gen_ai.output.messages","value":{{"stringValue":"[]"}}}},{{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"100"}}}}]}}]}}]}}]}}"#
        )
    };
    let opened = open_lines(&[call(1, "tool_calls"), call(2, "stop")]);
    let found = coverage::of_execution(&opened.trace, opened.execution());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind, found[0].count, found[0].text.as_str()),
        (
            "no-tool-calls",
            Some(1),
            "Models asked for tools, and this form records no tool calls (otlp-json)."
        )
    );
    // The place is the call that asked.
    let place = found[0].places[0];
    assert!(opened.bytes[0][place.offset as usize..].starts_with(br#"{"traceId":"t","spanId":"1""#));
    // No tools asked for: nothing is missing.
    let opened = open_lines(&[call(2, "stop")]);
    assert_eq!(coverage::of_trace(&opened.trace), []);
}

#[test]
fn coverage_tells_from_which_size_values_were_cut() {
    let attributes = r#"{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.output.messages","value":{"stringValue":"abcdef"}},{"key":"gen_ai.output.messages.truncated","value":{"boolValue":true}},{"key":"gen_ai.output.messages.original_size_bytes","value":{"intValue":"1332056"}}"#;
    let opened = open_lines(&[format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"t","spanId":"1","name":"call llm","startTimeUnixNano":"1795217560000000000","endTimeUnixNano":"1795217561000000000","status":{{"code":1}},"attributes":[{attributes}]}}]}}]}}]}}"#
    )]);
    let found = coverage::of_trace(&opened.trace);
    let cut: Vec<_> = found
        .iter()
        .filter(|note| note.kind == "truncated-value")
        .collect();
    assert_eq!(cut.len(), 1);
    assert_eq!(
        cut[0].text,
        "The recorder cut long values: the longest had 1,332,056 bytes, of which 8 are left."
    );
    assert_eq!(cut[0].affects, [coverage::Affects::Texts]);
}

/// Every warning of every real file stands among the notes, once.
#[test]
fn no_warning_is_lost_among_the_notes() {
    every_file(&mut |name, opened| {
        let found = coverage::of_trace(&opened.trace);
        for warning in &opened.trace.warnings {
            let alike = found
                .iter()
                .filter(|note| note.count == Some(warning.count) && note.places == warning.places)
                .count();
            assert!(alike >= 1, "{name}: {warning:?}");
        }
        for (at, note) in found.iter().enumerate() {
            assert!(
                found[..at].iter().all(|other| other.kind != note.kind),
                "{name}"
            );
        }
    });
}
