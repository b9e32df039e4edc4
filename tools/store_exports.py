#!/usr/bin/env python3
"""Turns OTLP JSON (Lines) of a real run into what Langfuse and LangSmith give out after having taken it in.

Neither server can be run in a test, so this does to the spans what their ingestion does, as far as it matters for a reader:

* Langfuse 4.16: packages/shared/src/server/otel/{OtelIngestionProcessor,ObservationTypeMapper}.ts (what becomes input, output, usage, cost, level),
  web/src/features/traces/server/buildTraceExport.ts and web/src/features/public-api/types/{observations,traces}.ts (the shapes),
  packages/shared/src/domain/observation-field-groups.ts (rows of the blob storage export).
* LangSmith: python/langsmith/schemas.py of langsmith 0.11 (the shape of a run), internal/extract/extract.go of langsmith-cli 0.2, and the table
  "Supported OpenTelemetry attribute and event mapping" of its documentation (its server is not public).

Usage: store_exports.py SPANS.jsonl OUT_DIR
Writes langfuse-{download,api,v2,rows}.json(l) and langsmith-{runs,nested,cli}.json(l).
"""
import datetime
import json
import pathlib
import re
import sys
import uuid


def spans_of(path):
    for line in pathlib.Path(path).read_text("utf8").splitlines() if path.endswith(".jsonl") else [pathlib.Path(path).read_text("utf8")]:
        if not line.strip():
            continue
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    yield resource.get("resource", {}), scope.get("scope", {}), span


def plain(value):
    """OTLP's typed value as JavaScript sees it."""
    kind, inner = next(iter(value.items()), (None, None))
    if kind == "intValue":
        return int(inner)
    if kind == "arrayValue":
        return [plain(item) for item in inner.get("values", [])]
    if kind == "kvlistValue":
        return {pair["key"]: plain(pair["value"]) for pair in inner.get("values", [])}
    return inner


def attributes(of):
    return {pair["key"]: plain(pair["value"]) for pair in of.get("attributes", [])}


def iso(nanos, digits=3):
    moment = datetime.datetime.fromtimestamp(int(nanos) // 10**9, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(nanos) % 10**9:09d}"[:digits] + "Z"


def unflatten(flat, prefix):
    """`gen_ai.prompt.0.content` and the like, put together."""
    root = {}
    for key, value in flat.items():
        node, path = root, key[len(prefix) + 1 :].split(".")
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value

    def lists(node):
        if not isinstance(node, dict):
            return node
        if node and all(key.isdigit() for key in node):
            return [lists(node[key]) for key in sorted(node, key=int)]
        return {key: lists(value) for key, value in node.items()}

    return lists(root)


def json_or_text(value):
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            pass
    return value


# --- Langfuse -----------------------------------------------------------------------------------------------------------------------

TAKEN = {
    "traceloop.entity.input", "traceloop.entity.output", "input.value", "output.value", "gen_ai.system_instructions", "input", "output",
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "prompt",
}
TAKEN_PREFIXES = ("gen_ai.prompt", "gen_ai.completion", "llm.input_messages", "llm.output_messages")


def langfuse_io(a):
    for into, out in (("traceloop.entity.input", "traceloop.entity.output"), ("input.value", "output.value"), ("input", "output")):
        if a.get(into) or a.get(out):
            return a.get(into), a.get(out)
    for into, out in (("gen_ai.prompt", "gen_ai.completion"), ("llm.input_messages", "llm.output_messages")):
        pick = lambda prefix: {key: value for key, value in a.items() if key.startswith(prefix)}
        if pick(into) or pick(out):
            return unflatten(pick(into), into), unflatten(pick(out), out)
    if a.get("gen_ai.tool.call.arguments") or a.get("gen_ai.tool.call.result"):
        return a.get("gen_ai.tool.call.arguments"), a.get("gen_ai.tool.call.result")
    return a.get("gen_ai.input.messages"), a.get("gen_ai.output.messages")


def langfuse_type(a):
    kind = a.get("openinference.span.kind")
    if kind in ("CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL", "EVALUATOR"):
        return kind
    if kind == "LLM":
        return "GENERATION"
    operation = {"chat": "GENERATION", "completion": "GENERATION", "text_completion": "GENERATION", "generate_content": "GENERATION",
                 "embeddings": "EMBEDDING", "invoke_agent": "AGENT", "create_agent": "AGENT", "execute_tool": "TOOL"}
    if a.get("gen_ai.operation.name") in operation:
        return operation[a["gen_ai.operation.name"]]
    loop = {"workflow": "CHAIN", "task": "SPAN", "agent": "AGENT", "tool": "TOOL"}
    if a.get("traceloop.span.kind") in loop:
        return loop[a["traceloop.span.kind"]]
    if any(a.get(key) for key in ("gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "model")):
        return "GENERATION"
    return "SPAN"


def langfuse_usage(a):
    raw = {}
    for key, value in a.items():
        if (key.startswith("gen_ai.usage.") and key != "gen_ai.usage.cost") or key.startswith("llm.token_count."):
            raw[key.replace("gen_ai.usage.", "").replace("llm.token_count.", "")] = float(value) if isinstance(value, float) else int(value)
    first = lambda *keys: next((raw[key] for key in keys if key in raw), None)
    known = {
        "input": ("prompt_tokens", "input_tokens", "prompt"), "output": ("completion_tokens", "output_tokens", "completion"),
        "total": ("total_tokens", "total"), "cached": ("cache_read.input_tokens", "prompt_details.cache_read"),
        "written": ("cache_creation.input_tokens", "prompt_details.cache_write"),
        "reasoning": ("reasoning.output_tokens", "completion_details.reasoning"), "audio": ("completion_details.audio",),
    }
    found = {name: first(*keys) for name, keys in known.items()}
    usage = {key: value for key, value in raw.items() if not any(key in keys for keys in known.values())}
    if found["input"] is not None:
        usage["input"] = max(found["input"] - (found["cached"] or 0) - (found["written"] or 0), 0)
    if found["output"] is not None:
        usage["output"] = max(found["output"] - (found["reasoning"] or 0) - (found["audio"] or 0), 0)
    for name, key in (("total", "total"), ("cached", "input_cached_tokens"), ("written", "input_cache_creation"),
                      ("reasoning", "output_reasoning_tokens"), ("audio", "output_audio_tokens")):
        if found[name] is not None:
            usage[key] = found[name]
    if usage and "total" not in usage:
        usage["total"] = sum(usage.values())
    return usage


def flat(value, prefix=""):
    for key, inner in value.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(inner, dict):
            yield from flat(inner, path)
        else:
            yield path, inner


def langfuse(path):
    for resource, scope, span in spans_of(path):
        a = attributes(span)
        text = lambda value: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        kept = {key: text(value) for key, value in a.items() if key not in TAKEN and not key.startswith(TAKEN_PREFIXES)}
        value_in, value_out = langfuse_io(a)
        cost = a.get("gen_ai.usage.cost", a.get("llm.cost.total"))
        usage = langfuse_usage(a)
        status = span.get("status", {})
        yield {
            "id": span["spanId"], "traceId": span["traceId"], "userId": None, "sessionId": None, "projectId": "project",
            "startTime": iso(span["startTimeUnixNano"]), "endTime": iso(span["endTimeUnixNano"]),
            "parentObservationId": span.get("parentSpanId") or None, "type": langfuse_type(a), "environment": "default",
            "name": span["name"], "level": "ERROR" if status.get("code") == 2 else "DEFAULT", "traceName": "",
            "statusMessage": status.get("message") or None, "release": None, "version": None,
            "createdAt": iso(span["endTimeUnixNano"]), "updatedAt": iso(span["endTimeUnixNano"]),
            "model": a.get("gen_ai.request.model") or a.get("gen_ai.response.model") or a.get("llm.model_name"),
            "modelParameters": json_or_text(a.get("llm.invocation_parameters")) or {}, "internalModelId": None, "completionStartTime": None,
            "promptId": None, "promptName": None, "promptVersion": None, "providedUsageDetails": usage,
            "latency": (int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])) // 10**6 / 1000, "timeToFirstToken": None,
            "usageDetails": usage, "costDetails": {"total": float(cost)} if cost is not None else {}, "providedCostDetails": {},
            "usagePricingTierId": None, "usagePricingTierName": None, "toolCallNames": [], "tags": [], "bookmarked": False, "public": False,
            "toolDefinitions": {}, "toolCalls": [], "input": json_or_text(value_in), "output": json_or_text(value_out),
            "metadata": {"attributes": kept, "resourceAttributes": attributes(resource), "scope": {**scope, "attributes": attributes(scope)}},
        }


def langfuse_api(observation):
    """An observation as the public API (v1) answers it."""
    gone = ("userId", "sessionId", "traceName", "release", "tags", "bookmarked", "public", "toolDefinitions", "toolCalls", "toolCallNames",
            "providedUsageDetails", "providedCostDetails", "internalModelId")
    usage = observation["usageDetails"]
    side = lambda name: sum(count for key, count in usage.items() if name in key)
    counts = {"promptTokens": side("input"), "completionTokens": side("output"), "totalTokens": usage.get("total", 0)}
    return {
        **{key: value for key, value in observation.items() if key not in gone}, **counts, "unit": "TOKENS", "modelId": None,
        "usage": {"unit": "TOKENS", "input": counts["promptTokens"], "output": counts["completionTokens"], "total": counts["totalTokens"]},
        "inputPrice": None, "outputPrice": None, "totalPrice": None, "calculatedInputCost": None, "calculatedOutputCost": None,
        "calculatedTotalCost": observation["costDetails"].get("total", 0),
    }


def langfuse_v2(observation):
    """The same by the second version: input and output are texts, metadata is flat (as version 4 keeps it), the model has another name."""
    text = lambda value: value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    out = {key: value for key, value in observation.items() if key not in ("model", "release", "traceName", "tags", "toolDefinitions")}
    out.update(providedModelName=observation["model"], input=text(observation["input"]), output=text(observation["output"]), modelId=None,
               metadata={key: json_or_text(value) for key, value in flat(observation["metadata"])},
               totalCost=observation["costDetails"].get("total"), inputPrice=None, outputPrice=None, totalPrice=None)
    return out


def langfuse_row(observation):
    """A row of the blob storage export: snake case, times without a zone, a map of texts as metadata."""
    text = lambda value: value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    time = lambda value: value and value.replace("T", " ").rstrip("Z") + "000"
    fields = ("id", "traceId", "projectId", "environment", "type", "parentObservationId", "startTime", "endTime", "name", "level",
              "statusMessage", "version", "usageDetails", "costDetails", "completionStartTime", "promptName", "promptVersion", "latency",
              "timeToFirstToken", "createdAt", "updatedAt", "promptId", "toolCalls", "toolCallNames", "toolDefinitions")
    snake = lambda name: re.sub("([A-Z])", lambda match: "_" + match.group(1).lower(), name)
    row = {snake(key): observation[key] for key in fields}
    for key in ("start_time", "end_time", "created_at", "updated_at"):
        row[key] = time(row[key])
    row.update(provided_model_name=observation["model"], model_parameters=text(observation["modelParameters"]), model_id=None,
               input=text(observation["input"]), output=text(observation["output"]), total_cost=observation["costDetails"].get("total"),
               metadata={key: text(value) for key, value in observation["metadata"].items()})
    return row


# --- LangSmith ----------------------------------------------------------------------------------------------------------------------

def run_id(span_id):
    return str(uuid.UUID("00000000-0000-0000-" + span_id[:4] + "-" + span_id[4:].rjust(12, "0"))) if span_id else None


def langsmith(path):
    rows = list(spans_of(path))
    parents = {span["spanId"]: span.get("parentSpanId") for _, _, span in rows}
    start = {span["spanId"]: span["startTimeUnixNano"] for _, _, span in rows}

    def dotted(span):
        stamp = iso(start[span], 6).replace("-", "").replace(":", "").replace(".", "").rstrip("Z") + "Z" + run_id(span)
        above = parents[span]
        return dotted(above) + "." + stamp if above in start else stamp

    for resource, scope, span in rows:
        a = attributes(span)
        kind = a.get("openinference.span.kind") or ""
        operation = a.get("gen_ai.operation.name") or ""
        run_type = {"LLM": "llm", "TOOL": "tool", "RETRIEVER": "retriever", "EMBEDDING": "embedding"}.get(kind)
        run_type = run_type or {"chat": "llm", "completion": "llm", "text_completion": "llm", "execute_tool": "tool", "embedding": "embedding"}.get(operation)
        run_type = run_type or "chain"
        value_in, value_out = langfuse_io(a)
        wrap = lambda value, key: value if isinstance(value, dict) else {} if value is None else {"messages" if isinstance(value, list) else key: value}
        first = lambda *keys: next((a[key] for key in keys if key in a), None)
        prompt = first("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt")
        completion = first("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion")
        cached = first("gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt_details.cache_read")
        reasoning = first("gen_ai.usage.reasoning_tokens", "gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning")
        metadata = {key: value for key, value in a.items() if key not in TAKEN and not key.startswith(TAKEN_PREFIXES)}
        model = first("gen_ai.request.model", "gen_ai.response.model", "llm.model_name")
        if run_type == "llm":
            metadata.update({"ls_model_name": model, "ls_provider": first("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")})
        failed = span.get("status", {}).get("code") == 2
        naive = lambda nanos: iso(nanos, 6).rstrip("Z")
        own = span["spanId"]
        root = own
        while parents.get(root) in parents:
            root = parents[root]
        yield {
            "id": run_id(own), "name": span["name"], "start_time": naive(span["startTimeUnixNano"]), "run_type": run_type,
            "end_time": naive(span["endTimeUnixNano"]),
            "extra": {"metadata": {**metadata, "OTEL_TRACE_ID": span["traceId"], "OTEL_SPAN_ID": own}, "runtime": {}},
            "error": (span["status"].get("message") or "error") if failed else None, "serialized": None,
            "events": [{"name": event["name"], "time": iso(event["timeUnixNano"], 6)} for event in span.get("events", [])],
            "inputs": wrap(json_or_text(value_in), "input"), "outputs": wrap(json_or_text(value_out), "output"),
            "reference_example_id": None, "parent_run_id": run_id(parents[own]) if parents[own] in parents else None, "tags": [],
            "session_id": "3f0a5b0e-0000-4000-8000-000000000000", "child_run_ids": None, "child_runs": None, "feedback_stats": None,
            "app_path": "/o/x/r/" + run_id(own), "status": "error" if failed else "success",
            "prompt_tokens": prompt or 0, "completion_tokens": completion or 0, "total_tokens": (prompt or 0) + (completion or 0),
            "prompt_token_details": {"cache_read": cached} if cached is not None else None,
            "completion_token_details": {"reasoning": reasoning} if reasoning is not None else None,
            "first_token_time": None, "total_cost": None, "trace_id": run_id(root), "dotted_order": dotted(own),
        }


def totals(runs):
    """LangSmith adds up the tokens of the calls below a run."""
    by_id = {run["id"]: run for run in runs}
    for run in runs:
        if run["run_type"] != "llm":
            continue
        above = by_id.get(run["parent_run_id"])
        while above:
            if above["run_type"] != "llm":
                for key in ("prompt_tokens", "completion_tokens", "total_tokens"):
                    above[key] += run[key]
            above = by_id.get(above["parent_run_id"])
    return runs


def nested(runs):
    by_id = {run["id"]: {**run, "child_runs": []} for run in runs}
    roots = []
    for run in by_id.values():
        above = by_id.get(run["parent_run_id"])
        (above["child_runs"] if above else roots).append(run)
    return roots


def cli(run):
    """A run as `langsmith trace export --full` writes it."""
    counts = {key: run[key] for key in ("prompt_tokens", "completion_tokens", "total_tokens") if run[key]}
    return {"run_id": run["id"], "trace_id": run["trace_id"], "name": run["name"], "run_type": run["run_type"],
            "parent_run_id": run["parent_run_id"], "start_time": run["start_time"] + "Z", "end_time": run["end_time"] + "Z",
            "status": run["status"], "duration_ms": 0, "custom_metadata": run["extra"]["metadata"], "token_usage": counts or None, "costs": None,
            "tags": None, "inputs": run["inputs"] or None, "outputs": run["outputs"] or None, "error": run["error"], "feedback_stats": None}


def main():
    source, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    document = lambda name, value: (out / name).write_text(json.dumps(value, ensure_ascii=False) + "\n", "utf8")
    lines = lambda name, rows: (out / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf8")
    observations = list(langfuse(source))
    document("langfuse-download.json", {"observations": observations, "scores": []})
    first = observations[-1]
    head = {"id": first["traceId"], "externalId": None, "timestamp": min(o["startTime"] for o in observations), "name": first["name"],
            "userId": None, "metadata": {}, "release": None, "version": None, "projectId": "project", "environment": "default", "public": False,
            "bookmarked": False, "tags": [], "input": first["input"], "output": first["output"], "sessionId": None,
            "createdAt": first["createdAt"], "updatedAt": first["updatedAt"], "scores": [], "htmlPath": "/project/project/traces/" + first["traceId"],
            "totalCost": 0, "latency": max(o["latency"] for o in observations)}
    document("langfuse-api.json", {**head, "observations": [langfuse_api(o) for o in observations]})
    document("langfuse-v2.json", {"data": [langfuse_v2(o) for o in observations], "meta": {}})
    document("langfuse-traces.json", {"data": [{**head, "observations": [o["id"] for o in observations]}], "meta": {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}})
    lines("langfuse-rows.jsonl", [langfuse_row(o) for o in observations])
    # From 350 observations on the download leaves these out.
    small = ("toolDefinitions", "toolCalls", "input", "output", "metadata")
    document("langfuse-large.json", {"observations": [{k: v for k, v in o.items() if k not in small} for o in observations], "scores": []})
    runs = totals(list(langsmith(source)))
    document("langsmith-runs.json", {"runs": runs, "cursors": {"next": None}})
    document("langsmith-nested.json", nested(runs)[0] if len(nested(runs)) == 1 else nested(runs))
    lines("langsmith-cli.jsonl", [cli(run) for run in runs])


if __name__ == "__main__":
    main()
