//! The rows. Their order is the order in which a record is asked: the most telling keys first, and a form before those that would take its records
//! for theirs.

use super::{
    batch, checkpoint, has_all, has_any, jaeger, langfuse, langsmith, log, mlflow, otlp, phoenix,
    pyotel, saved_report, zipkin, Form, Line, Stands, Way,
};
use crate::builder::Builder;
use crate::bus;
use crate::framing::paths::RecordPath;
use crewscope_trace::json::Object;
use crewscope_trace::model::WarningKind;
use crewscope_trace::text::RecordPlace;

const STORE: &str = "a trace store ([stores.md](stores.md)): as files, or by `?src=`";
const DROPPED: &str = "what the store dropped";
const AS_OTLP: &str = "as OTLP JSON";
const BATCH: &str = "crewai-batch";
const OTLP: &str = "OpenTelemetry (OTLP)";

/// All forms.
pub const FORMS: &[Form] = &[
    Form {
        name: BATCH,
        lines: &[Line {
            what: "events of a trace batch, one a line",
            from: "crewai before 1.15",
            lacks: "as a trace batch, and its name and version",
            word: "trace batches",
        }],
        seeds: &["batch"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: |object| is_event(object) && object.has("event_data"),
            read: |builder, _, object, place| {
                let stream = builder.log_stream(place.source);
                batch::read_event(builder, stream, object, place)
            },
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: "crewai-events",
        lines: &[Line {
            what: "event log, one event a line (`to_json`, `model_dump_json`, `json.dumps(default=str)`)",
            from: "our [recorder](../recorder/README.md) with older versions of crewai; any listener on crewai's event bus",
            lacks: "ids and links before 1.9, tokens of calls before 1.14",
            word: "event logs",
        }],
        seeds: &["events"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: is_event,
            read: |builder, _, object, place| {
                let stream = builder.log_stream(place.source);
                bus::read_event(builder, stream, object, object, place)
            },
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: langsmith::FORMAT,
        lines: &[Line {
            what: "LangSmith runs: flat, nested (`child_runs`), `/runs/query`, `langsmith trace export`",
            from: "crews traced by OpenTelemetry or by the SDK's wrappers ([stores.md](stores.md))",
            lacks: DROPPED,
            word: "LangSmith",
        }],
        seeds: &["langsmith"],
        ways: &[Way {
            stands: Stands::Anywhere,
            is: langsmith::is_run,
            read: |builder, _, object, place| langsmith::read_run(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: langfuse::FORMAT,
        lines: &[Line {
            what: "exports of Langfuse: the page's download, public API (v1, v2), rows of the blob storage export, in either spelling",
            from: "`{observations}`, `{trace, observations}`, `{data, meta}`, JSON Lines ([stores.md](stores.md))",
            lacks: "what the store dropped; a list of traces without observations shows when each ran, and no calls",
            word: "Langfuse",
        }],
        seeds: &["langfuse"],
        ways: &[
            Way {
                stands: Stands::Anywhere,
                is: langfuse::is_observation,
                read: |builder, _, object, place| langfuse::read_observation(builder, object, place),
            },
            Way {
                stands: Stands::Anywhere,
                is: langfuse::is_trace,
                read: |builder, _, object, place| langfuse::read_trace(builder, object, place),
            },
        ],
        places: &[],
        shell: None,
    },
    Form {
        name: mlflow::FORMAT,
        lines: &[Line {
            what: "MLflow traces: `Trace.to_json`, `traces.json`, `search_traces` rows, API answers, schemas 2 to 4",
            from: "`mlflow.crewai.autolog()`, best beside that of the provider's client: without it MLflow records no model call",
            lacks: DROPPED,
            word: "MLflow",
        }],
        seeds: &["mlflow"],
        // Its spans look like OTLP's, with other ids and attributes.
        ways: &[Way {
            stands: Stands::Anywhere,
            is: mlflow::is_span,
            read: |builder, _, object, place| mlflow::read_span(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: "otlp-json",
        lines: &[
            Line {
                what: "OTLP JSON, as a document or JSON Lines, camelCase or snake_case",
                from: "our [recorder](../recorder/README.md), crewai's own spans (1.15.22 and later), the OpenTelemetry Collector's file exporter",
                lacks: "thoughts beside native tool calls, retries inside the SDK, cost",
                word: OTLP,
            },
            Line {
                what: "OTLP protobuf: an export request, or the Collector's file exporter with `format: proto` (without zstd)",
                from: "any OpenTelemetry SDK, the Collector",
                lacks: AS_OTLP,
                word: OTLP,
            },
            Line {
                what: "answers of Grafana Tempo",
                from: STORE,
                lacks: DROPPED,
                word: "Tempo",
            },
        ],
        seeds: &["otlp", "tempo", "protobuf", "proto"],
        ways: &[
            Way {
                stands: Stands::Anywhere,
                is: |object| {
                    has_all(object, &["traceId", "spanId"]) || has_all(object, &["trace_id", "span_id"])
                },
                read: |builder, _, object, place| otlp::read_span(builder, object, place),
            },
            // An export with no spans in it is a valid, empty one.
            Way {
                stands: Stands::AsRoot,
                is: |object| has_any(object, &["resourceSpans", "resource_spans", "batches"]),
                read: |_, _, _, _| true,
            },
        ],
        places: &[(RecordPath::OtlpSpan, |builder, _, object, place| {
            otlp::read_span(builder, object, place)
        })],
        shell: Some(|builder, _, place, object| otlp::read_shell(builder, place.source, object)),
    },
    Form {
        name: zipkin::FORMAT,
        lines: &[Line {
            what: "spans of Zipkin, version 2: answers of its server, and the requests that post them",
            from: "`opentelemetry-exporter-zipkin-json`, the Collector's `zipkin` exporter, Zipkin itself",
            lacks: "events of spans; what the exporter cuts (`max_tag_value_length`, 128 characters in some versions)",
            word: "Zipkin",
        }],
        seeds: &["zipkin"],
        ways: &[Way {
            stands: Stands::Anywhere,
            is: |object| {
                has_all(object, &["traceId", "id"]) && has_any(object, &["localEndpoint", "tags"])
            },
            read: |builder, _, object, place| zipkin::read_span(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: jaeger::FORMAT,
        lines: &[Line {
            what: "answers of Jaeger, and what its page saves",
            from: STORE,
            lacks: DROPPED,
            word: "Jaeger",
        }],
        seeds: &["jaeger"],
        ways: &[Way {
            stands: Stands::Anywhere,
            is: |object| object.has("spanID"),
            read: |builder, _, object, place| jaeger::read_span(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: phoenix::FORMAT,
        lines: &[Line {
            what: "answers of Arize Phoenix, and what Phoenix saves",
            from: STORE,
            lacks: DROPPED,
            word: "Phoenix",
        }],
        seeds: &["phoenix"],
        ways: &[Way {
            stands: Stands::Anywhere,
            is: |object| object.has("span_kind"),
            read: |builder, _, object, place| phoenix::read_span(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: "python-otel",
        lines: &[Line {
            what: "spans as the Python SDK's console exporter prints them",
            from: "`ConsoleSpanExporter`, `span.to_json()`, indented or not",
            lacks: AS_OTLP,
            word: OTLP,
        }],
        seeds: &["pyotel"],
        ways: &[Way {
            stands: Stands::Anywhere,
            is: |object| object.has("context"),
            read: |builder, _, object, place| pyotel::read_span(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: "crewai-grant",
        lines: &[Line {
            what: "crewai's request for a place to send spans to (recognised, to say what to open instead)",
            from: "crewai 1.15",
            lacks: "the run",
            word: "",
        }],
        seeds: &["grantwire"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: |object| {
                let path = object.string("path");
                path.is_some_and(|path| path.ends_with("/tracing/grants"))
            },
            read: nothing_of_run,
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: "crewai-last-run",
        lines: &[Line {
            what: "crewai's note of the last run, `last_run.json` (recognised, to say what to open instead)",
            from: "crewai 1.15",
            lacks: "the run",
            word: "",
        }],
        seeds: &["lastrun"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: |object| has_all(object, &["execution_id", "tier", "started_at", "recorded_at"]),
            read: nothing_of_run,
        }],
        places: &[],
        shell: None,
    },
    Form {
        name: checkpoint::FORMAT,
        lines: &[Line {
            what: "checkpoint",
            from: "`Crew(checkpoint=…)`, crewai 1.14 and later: events so far, and definitions of the tasks to come",
            lacks: "what came after the checkpoint",
            word: "checkpoints",
        }],
        seeds: &["checkpoint"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: |object| has_all(object, &["event_record", "entities"]),
            read: |_, _, _, _| true,
        }],
        places: &[
            (RecordPath::CheckpointEvent, |builder, _, object, place| {
                checkpoint::read_event(builder, place.source, object, place)
            }),
            (RecordPath::CheckpointEntity, |builder, _, object, place| {
                checkpoint::read_entity(builder, place.source, object, place)
            }),
        ],
        shell: Some(|builder, _, place, object| checkpoint::read_shell(builder, place.source, object)),
    },
    Form {
        name: saved_report::FORMAT,
        lines: &[Line {
            what: "saved report (`crewscope.report/1`)",
            from: "crewscope itself: figures, tasks, agents and tools as reported",
            lacks: "texts of calls, the timeline",
            word: "saved reports",
        }],
        seeds: &["report"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: saved_report::is_report,
            read: |builder, _, object, place| {
                saved_report::read_shell(builder, object, place.place());
                true
            },
        }],
        places: &[(RecordPath::SavedExecution, |builder, _, object, place| {
            saved_report::read_execution(builder, object, place)
        })],
        shell: Some(|builder, _, place, object| saved_report::read_shell(builder, object, place)),
    },
    Form {
        name: log::FORMAT,
        lines: &[Line {
            what: "log of tasks, as JSON or text",
            from: "`Crew(output_log_file=…)`: tasks, outputs and whole seconds",
            lacks: "tokens, requests, models, tools, zone of its times",
            word: "log files",
        }],
        seeds: &["log"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: log::is_entry,
            read: |builder, _, object, place| log::read_json(builder, object, place),
        }],
        places: &[],
        shell: None,
    },
    // The last: runs and observations have `events`, too.
    Form {
        name: BATCH,
        lines: &[Line {
            what: "trace batch, and the requests that post it",
            from: "crewai before 1.15",
            lacks: "task keys; tokens of calls before 1.14",
            word: "trace batches",
        }],
        seeds: &["batch"],
        ways: &[Way {
            stands: Stands::AsRoot,
            is: batch::is_head,
            read: |builder, root, object, place| {
                batch::read_head(builder, root, place.place(), object);
                true
            },
        }],
        places: &[(RecordPath::BatchEvent, |builder, root, object, place| {
            let stream = builder.root_stream(place.source, root);
            batch::read_event(builder, stream, object, place)
        })],
        shell: Some(batch::read_head),
    },
];

/// Whether a record is an event of crewai's bus.
fn is_event(object: &Object<'_>) -> bool {
    has_all(object, &["type", "timestamp"]) && !object.has("traceId")
}

/// A file of crewai's that holds nothing of the run.
fn nothing_of_run(builder: &mut Builder, _: u64, _: &Object<'_>, place: &RecordPlace<'_>) -> bool {
    builder
        .notes
        .add(WarningKind::NothingOfRun, Some(place.place()));
    true
}
