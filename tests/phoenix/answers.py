"""Sends real OTLP files to a real Phoenix server and saves what it answers.

    python answers.py TRACES OUT

Starts `phoenix serve` on loopback with a data folder of its own, sends each OTLP file below TRACES (FORMS) as protobuf over HTTP into a project of its
own, and saves the answers of `/v1/projects/{project}/spans` (OUT/spans) and `…/spans/otlpv1` (OUT/otlpv1) under the path of the file that was
sent: one page a line. The truth about the runs (TRACES/expected) is copied beside them.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

IDS = ("traceId", "spanId", "parentSpanId")
FORMS = ("otlp", "openinference", "openllmetry", "genai")
PATIENCE = 90


def documents(text):
    """The JSON documents of a file."""
    decoder = json.JSONDecoder()
    at = 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        yield document


def with_base64_ids(value):
    """OTLP JSON has ids in hexadecimal digits, protobuf's own JSON mapping in base64."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode() if key in IDS else item if key == "attributes" else with_base64_ids(item)
        for key, item in value.items()
    }


def message(document, project):
    """A document as an export request into a project."""
    traces = json_format.ParseDict(with_base64_ids(document), TracesData(), ignore_unknown_fields=True)
    for resource in traces.resource_spans:
        attribute = resource.resource.attributes.add()
        attribute.key = "openinference.project.name"
        attribute.value.string_value = project
    return traces


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A Phoenix server that lives as long as the `with` block."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="crewscope-phoenix-")
        port, grpc = free_port(), free_port()
        self.origin = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "PHOENIX_WORKING_DIR": self.folder.name,
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(grpc),
            "PHOENIX_TELEMETRY_ENABLED": "false",
        }
        self.log = open(Path(self.folder.name) / "server.log", "w+")
        program = Path(sys.executable).with_name("phoenix")
        self.process = subprocess.Popen([program, "serve"], env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.get("/v1/projects")
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.log.seek(0)
                    print(self.log.read()[-4000:])
                    self.__exit__()
                    raise SystemExit("Phoenix did not start")
                time.sleep(0.3)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def get(self, path):
        with urllib.request.urlopen(self.origin + path, timeout=30) as answer:
            return answer.read().decode()

    def send(self, body):
        request = urllib.request.Request(self.origin + "/v1/traces", body, {"content-type": "application/x-protobuf"})
        with urllib.request.urlopen(request, timeout=30):
            pass

    def pages(self, project, form, limit):
        """All pages of an answer, as they came."""
        pages, cursor = [], None
        while True:
            query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            pages.append(self.get(f"/v1/projects/{urllib.parse.quote(project)}/{form}?{urllib.parse.urlencode(query)}"))
            cursor = json.loads(pages[-1])["next_cursor"]
            if not cursor:
                return pages

    def stored(self, project):
        try:
            return sum(len(json.loads(page)["data"]) for page in self.pages(project, "spans", 1000))
        except urllib.error.HTTPError:
            return 0


def main():
    traces, out = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.rmtree(out, ignore_errors=True)
    forms = {"spans": "spans", "otlpv1": "spans/otlpv1"}
    for name in forms:
        shutil.copytree(traces / "expected", out / name / "expected")
    sent, seen = [], set()
    with Server() as server:
        for path in sorted(path for form in FORMS for path in traces.glob(f"*/{form}*.json*")):
            project = f"{path.parent.name} {path.stem}"
            messages = [message(document, project) for document in documents(path.read_text())]
            spans = {
                (span.trace_id, span.span_id)
                for traces_data in messages
                for resource in traces_data.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            }
            # A run that is there in several files: Phoenix keeps a trace once.
            if {trace for trace, _ in spans} & seen:
                continue
            seen |= {trace for trace, _ in spans}
            for traces_data in messages:
                server.send(traces_data.SerializeToString())
            sent.append((path, project, len(spans)))
        deadline = time.monotonic() + PATIENCE
        for path, project, count in sent:
            while (stored := server.stored(project)) < count:
                if time.monotonic() > deadline:
                    raise SystemExit(f"Phoenix stored {stored} of {count} spans of {path}")
                time.sleep(0.3)
            for name, form in forms.items():
                target = out / name / path.relative_to(traces)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("\n".join(server.pages(project, form, 7)))
    print(f"{len(sent)} files through Phoenix, {sum(count for *_, count in sent)} spans")


if __name__ == "__main__":
    main()
