"""The parts of the recorder that need no model: files, redaction, the page, the command, and that nothing is left behind in crewai."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SRC))

import crewscope_recorder  # noqa: E402
from crewscope_recorder import linefile, plain, recording, redaction, spans, usage, viewer  # noqa: E402
from crewscope_recorder.sinks import sinks  # noqa: E402

PAGE = b'<!doctype html><body><script id="crewscope-wasm">x</script></body></html>\n'


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def python(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(SRC), "CREWAI_DISABLE_TELEMETRY": "true", **environment},
        )  # fmt: skip


class Lines(Folder):
    def test_no_line_no_file(self):
        file = linefile.LineFile(str(self.folder / "a.jsonl"))
        file.close()
        self.assertFalse((self.folder / "a.jsonl").exists())

    def test_what_was_there_is_replaced_but_not_what_this_process_wrote(self):
        path = self.folder / "deep" / "a.jsonl"
        path.parent.mkdir()
        path.write_text("old\n")
        for number in (1, 2):
            file = linefile.LineFile(str(path))
            file.write({"n": number})
            file.close()
        self.assertEqual(path.read_text(), '{"n":1}\n{"n":2}\n')

    def test_append(self):
        path = self.folder / "a.jsonl"
        path.write_text("old\n")
        file = linefile.LineFile(str(path), append=True)
        file.write(1)
        file.close()
        self.assertEqual(path.read_text(), "old\n1\n")

    @unittest.skipIf(os.name == "nt", "no such permissions on Windows")
    def test_nobody_else_may_read_it(self):
        file = linefile.LineFile(str(self.folder / "a.jsonl"))
        file.write(1)
        file.close()
        self.assertEqual((self.folder / "a.jsonl").stat().st_mode & 0o077, 0)

    def test_half_a_surrogate_pair_is_json(self):
        line = linefile.encode({"x": "a\ud83d\u2028é"})
        self.assertEqual(json.loads(line), {"x": "a\ud83d\u2028é"})
        line.decode("utf-8")
        self.assertEqual(line.count(b"\n"), 1)

    def test_names(self):
        self.assertRegex(recording.named("a-{time}-{pid}.jsonl"), rf"^a-\d{{8}}-\d{{6}}-{os.getpid()}\.jsonl$")
        self.assertRegex(recording.named(str(self.folder)), rf"crew-\d{{8}}-\d{{6}}-{os.getpid()}\.jsonl$")


class Redaction(unittest.TestCase):
    def test_secrets(self):
        for text, kept in (
            ("key sk-proj-0123456789abcdef0123 end", "key [hidden] end"),
            ("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer [hidden]"),
            ('{\\"api_key\\": \\"hunter22\\", \\"n\\": 1}', '{\\"api_key\\": \\"[hidden]\\", \\"n\\": 1}'),
            ("password=hunter22&x=1", "password=[hidden]&x=1"),
            ("postgres://ann:pa55w0rd@db.example/x", "postgres://[hidden]@db.example/x"),
            ("-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA1c7+\\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----[hidden]-----END PRIVATE KEY-----"),
            ("a task about tokens and keys", "a task about tokens and keys"),
            ("ask-me-anything-about-this-topic https://example.org:80/@a", "ask-me-anything-about-this-topic https://example.org:80/@a"),
        ):
            self.assertEqual(redaction.hide_secrets("x", text), kept)

    def test_tokens_behind_an_escape(self):
        # Put together here, so that no scanner takes this file for a leak.
        rest = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9"
        for start in ("sk-", "sk-ant-api03-", "ghu_", "github_pat_", "glpat-", "xoxa-", "hf_", "gsk_", "tvly-", "lsv2_pt_", "sk_live_", "xai-", "nvapi-"):
            for around in ("%s", "key=%s", '{"a": "my key:\\n%s\\nthanks"}', '"\\u0022%s\\u0022"', "'\\t%s'", "(%s)"):
                self.assertEqual(redaction.hide_secrets("x", around % (start + rest)), around % redaction.HIDDEN)

    def test_what_repeats_is_read_once(self):
        for word in ("eyJ-", "password=", "a://b:", "PRIVATE KEY-----", "sk-"):
            redaction.hide_secrets("x", word * 20_000)

    def test_content_goes_and_shape_stays(self):
        for key in ("crewai.task.name", "gen_ai.request.model", "event_id", "crewai.execution_uuid", "task.agent.role", "type", "crewai.crew.usage_metrics", "error.type"):
            self.assertEqual(redaction.hide_content(key, "x"), "x", key)
        for key in ("gen_ai.input.messages", "crewai.task.output", "crewai.task.description", "messages.0.content", "status.message", "error", "tool_args.q"):
            self.assertEqual(redaction.hide_content(key, "x"), redaction.HIDDEN, key)

    def test_a_hook_that_fails_lets_nothing_through(self):
        def hook(key, text):
            raise RuntimeError(text)

        self.assertEqual(redaction.walk(hook, {"a": ["secret"], "n": 1}), {"a": [redaction.FAILED], "n": 1})

    def test_places_are_named(self):
        seen = []
        redaction.walk(lambda key, text: seen.append(key) or text, {"messages": [{"content": "x"}]})
        self.assertEqual(seen, ["messages.0.content"])


class Values(unittest.TestCase):
    def test_agents_without_their_keys(self):
        class Llm:
            model, api_key = "gpt-4o", "sk-secret"

            def call(self):
                pass

        class Agent:
            role, goal, backstory, llm, tools = "R", "G", "B", Llm(), []

        self.assertEqual(plain.plain(Agent()), {"role": "R", "goal": "G", "backstory": "B", "llm": {"model": "gpt-4o"}})

    def test_a_circle_ends(self):
        loop = []
        loop.append(loop)
        self.assertIn("[[", json.dumps(plain.plain(loop)))

    def test_no_number_that_json_lacks(self):
        self.assertEqual(plain.plain({"a": float("nan"), "b": 1.5}), {"a": "nan", "b": 1.5})

    def test_usage_of_providers(self):
        self.assertEqual(
            usage.read({"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 1}),
            {"prompt_tokens": 3, "completion_tokens": 2, "cached_prompt_tokens": 1},
        )
        self.assertIsNone(usage.read({"total_tokens": 0}))
        self.assertIsNone(usage.read(None))


class Viewer(Folder):
    def test_the_trace_is_inside(self):
        trace = b'{"a":1}\n'
        page = viewer.page(PAGE, 'run"<x>.jsonl', trace)
        block = re.search(rb'<script type="application/gzip;base64" class="crewscope-trace" data-name="([^"]*)">([^<]*)</script>', page)
        self.assertEqual(block[1], b"run&quot;&lt;x&gt;.jsonl")
        self.assertEqual(gzip.decompress(base64.b64decode(block[2])), trace)
        self.assertEqual(page.replace(block[0] + b"\n", b""), PAGE)

    def test_the_gallery_is_left_out(self):
        samples = b'<script type="application/gzip;base64" class="crewscope-sample" data-name="a/b.jsonl">AAAA</script>\n' * 2
        self.assertEqual(viewer.page(samples + PAGE, "x", b"y"), viewer.page(PAGE, "x", b"y"))

    def test_any_page_is_not_the_viewer(self):
        with self.assertRaises(ValueError):
            viewer.page(b"<body></body>", "x", b"")

    def test_beside_the_trace(self):
        (self.folder / "v.html").write_bytes(PAGE)
        (self.folder / "run.jsonl").write_text("{}\n")
        written = viewer.save(str(self.folder / "run.jsonl"), self.folder / "v.html")
        self.assertEqual(written, str(self.folder / "run.html"))
        with self.assertLogs("crewscope_recorder", "WARNING"):
            self.assertIsNone(viewer.save(str(self.folder / "run.jsonl"), self.folder / "none.html"))

    def test_the_command(self):
        (self.folder / "v.html").write_bytes(PAGE)
        (self.folder / "run.jsonl").write_text("{}\n")
        ran = self.python("-m", "crewscope_recorder", "html", "run.jsonl", "--viewer", "v.html")
        self.assertEqual((ran.returncode, ran.stdout.strip()), (0, "run.html"), ran.stderr)


class Switch(Folder):
    def test_a_program_without_crewai_is_left_alone(self):
        ran = self.python("-c", "import sys, crewscope_recorder._switch; print('crewai' in sys.modules)", CREWSCOPE_RECORD="run.jsonl")
        self.assertEqual(ran.stdout.strip(), "False", ran.stderr)
        self.assertFalse((self.folder / "run.jsonl").exists())

    def test_arguments_and_exit_code_are_the_program_s(self):
        (self.folder / "main.py").write_text("import sys; print(sys.argv, __name__); sys.exit(3)")
        ran = self.python("-m", "crewscope_recorder", "-o", "run.jsonl", "main.py", "--open", "x")
        self.assertEqual((ran.returncode, ran.stdout.strip()), (3, "['main.py', '--open', 'x'] __main__"), ran.stderr)

    def test_an_unknown_hook_records_nothing(self):
        ran = self.python("-c", "import crewscope_recorder._switch, crewai; from crewscope_recorder.sinks import sinks; print(len(sinks.open()))", CREWSCOPE_RECORD="run.jsonl", CREWSCOPE_REDACT="no_such_hook")
        self.assertEqual(ran.stdout.strip().splitlines()[-1], "0", ran.stderr)
        self.assertIn("nothing is recorded", ran.stderr)


class Traces(Folder):
    def test_nothing_is_left_behind(self):
        if spans.available():
            from crewai import execution
            from crewai.telemetry.tracing import handlers, session

            places = lambda: (execution._start_tracing, session.TraceSession.__init__, handlers._store_span, handlers._set_span_attributes)  # noqa: E731
        else:
            from crewai.events.event_bus import crewai_event_bus

            places = lambda: dict(vars(crewai_event_bus))  # noqa: E731
        before = places()
        with crewscope_recorder.record(self.folder / "a.jsonl"), crewscope_recorder.record(self.folder / "b.jsonl"):
            self.assertEqual(len(sinks.open()), 2)
        self.assertEqual(places(), before)
        self.assertEqual(sinks.open(), ())

    def test_an_error_of_the_crew_comes_through(self):
        with self.assertRaises(KeyError), crewscope_recorder.record(self.folder / "a.jsonl", open=True):
            raise KeyError("mine")


if __name__ == "__main__":
    unittest.main()
