"""Runs every command of the documentation: the fenced shell and Python blocks of README.md, recorder/README.md and docs/; and follows its links.

    python run.py ROOT FOLDER WHEEL COMMAND PYTHON [PAGE…]

Each page has a folder of its own, and its blocks run in their order, in one environment that holds crewai and the recorder, against a
scripted model server. What a block may expect is said in docs/contributing.md:

- A Python block whose first line is `# name.py` is written to that file; a shell block has to run it.
- Other Python blocks find `crew`, `flow` and `agent` defined.
- `run.jsonl` is a trace, `runs/` a folder with one.
- A shell line that ends with `# until you stop it` is a server: it has to be alive after a moment. Port 8787 stands for a free one.
- `cargo xtask …` is not run again from here (it is what runs this): the command has to be one that `cargo xtask help` names.
- `<!-- not run: why -->` before a block keeps it from being run; the reason is printed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT, FOLDER, WHEEL, COMMAND, PYTHON = (Path(argument).absolute() for argument in sys.argv[1:6])
PAGES = sys.argv[6:]
sys.path.insert(0, str(ROOT / "recorder/tests"))
from check import report, total  # noqa: E402
from model_server import ModelServer  # noqa: E402

BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^>]+?) -->\s*\n)?^(?P<indent>[ ]*)```(?P<language>[a-z]+)[^\n]*\n(?P<code>.*?)^\s*```$", re.DOTALL | re.MULTILINE)
SHELL = ("sh", "shell", "bash", "console")

PRELUDE = """\
from crewai import Agent, Crew, Task
from crewai.flow.flow import Flow, start
agent = Agent(role="Writer", goal="Explain things simply", backstory="You write for newcomers.", llm="gpt-4o")
crew = Crew(agents=[agent], tasks=[Task(description="Explain what a trace is.", expected_output="Two sentences.", agent=agent)])
class _Brief(Flow):
    @start()
    def write(self):
        return crew.kickoff().raw
flow = _Brief()
"""

SHIM = """\
#!/usr/bin/env bash
# Stands for cargo: commands of the project run from any folder, and xtask is looked up only.
if [ "$1" = xtask ]; then
  shift
  for word in "$@"; do
    case "$word" in
      [0-9]*) continue ;;
    esac
    grep -qE -- "(^ *| |\\[)$word( |\\]|$)" "{help}" || {{ echo "cargo xtask help does not name '$word'" >&2; exit 1; }}
  done
  exit 0
fi
case " $* " in
  *" -p crewscope-cli "*) while [ "$1" != -- ]; do shift; done; shift; exec "{command}" "$@" ;;
esac
command="$1"; shift
exec "{cargo}" "$command" --manifest-path "{root}/Cargo.toml" "$@"
"""

BROWSER = """\
#!/usr/bin/env bash
echo "$1" >> "{opened}"
"""


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def blocks(page: Path):
    """The blocks of a page that are commands: line number, language, code, reason not to run it."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        if found["language"] in (*SHELL, "python"):
            line = text.count("\n", 0, found.start("language")) + 1
            indent = found["indent"]
            code = "".join(row.removeprefix(indent) for row in found["code"].splitlines(keepends=True))
            yield line, found["language"], code, found["reason"]


class Receiver:
    """Stands for an OpenTelemetry Collector: keeps each export request as it comes, a protobuf file that the viewer opens."""

    def __init__(self) -> None:
        self.folder = FOLDER
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                number = len(list(outer.folder.glob("received-*")))
                (outer.folder / f"received-{number}.binpb").write_bytes(body)
                self.send_response(200)
                self.end_headers()

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"


def tokens(*traces: Path) -> int | None:
    """What the viewer reports of some traces."""
    counts = [total(report(str(COMMAND), trace), "total_tokens") for trace in traces]
    return sum(count for count in counts if count is not None) if counts else None


def quick_start(page: Page, trace: str) -> str | None:
    """The viewer was opened, with the run in it."""
    wanted = (page.folder / trace).with_suffix(".html")
    opened = page.opened.read_text().split() if page.opened.exists() else []
    if opened != [wanted.as_uri()]:
        return f"opened {opened} instead of {wanted.as_uri()}"
    got = tokens(page.folder / trace)
    return None if got == page.served else f"{got} tokens are reported, {page.served} were served"


def roads(page: Page) -> str | None:
    """Each road leads to the tokens that were served."""
    received = sorted(page.folder.glob("received-*.binpb"))
    got = [tokens(*received), tokens(page.folder / "openinference.jsonl")]
    return None if None not in got and sum(got) == page.served and got[0] == got[1] else f"{got} tokens are reported, {page.served} were served"


#: What has to be true after a page has run, beside that nothing failed.
AFTER = {
    "README.md": lambda page: quick_start(page, "run.jsonl"),
    "docs/getting-started.md": lambda page: quick_start(page, "first.jsonl"),
    "docs/roads.md": roads,
}


class Page:
    """One page and its folder."""

    def __init__(self, page: Path, tools: Path, environment: dict[str, str], model: ModelServer, receiver: Receiver) -> None:
        self.page, self.name = page, page.relative_to(ROOT)
        self.folder = FOLDER / str(self.name).replace("/", "-").removesuffix(".md")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name in ("dist", "tests", "recorder", "docs", "examples"):
            if (ROOT / name).exists():
                (self.folder / name).symlink_to(ROOT / name)
        (self.folder / "runs").mkdir()
        for name in ("run.jsonl", "runs/a.jsonl"):
            shutil.copy(ROOT / "tests/traces/sample.jsonl", self.folder / name)
        self.opened = self.folder / "opened.txt"
        executable(tools / "browser", BROWSER.format(opened=self.opened))
        self.environment = {**environment, "BROWSER": f"{tools / 'browser'} %s", "CREWAI_STORAGE_DIR": str(self.folder / "storage")}
        self.servers: list[subprocess.Popen] = []
        self.pending: set[str] = set()
        self.ran = 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self.model, self._before = model, len(model.served)
        receiver.folder = self.folder

    @property
    def served(self) -> int:
        """Tokens that the model served to this page."""
        return sum(request["prompt"] + request["completion"] for request in self.model.served[self._before :])

    def run(self) -> list[str]:
        """What went wrong."""
        problems = []
        try:
            for line, language, code, reason in blocks(self.page):
                if reason:
                    print(f"  {self.name}:{line} not run: {reason}", flush=True)
                    continue
                trouble = self.python(code) if language == "python" else self.shell(code)
                self.ran += 1
                if trouble:
                    problems.append(f"{self.name}:{line}: {trouble}")
            problems += [f"{self.name}: {name} is written and never run" for name in sorted(self.pending)]
            after = AFTER.get(str(self.name))
            if after and not problems and (trouble := after(self)):
                problems.append(f"{self.name}: {trouble}")
            (self.folder / "truth.json").write_text(json.dumps({"total_tokens": self.served}))
        finally:
            for server in self.servers:
                server.terminate()
                server.wait()
        return problems

    def python(self, code: str) -> str | None:
        named = re.match(r"# ([\w./-]+\.py)\n", code)
        if named:
            path = self.folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(code, encoding="utf-8")
            self.pending.add(named[1])
            return None
        return self.process(["python", "-c", PRELUDE + code])

    def shell(self, code: str) -> str | None:
        self.pending -= {name for name in self.pending if name in code}
        lines: list[str] = []
        for row in [*code.replace("8787", self.port).splitlines(), None]:
            server = row is not None and row.rstrip().endswith("# until you stop it")
            if not server and row is not None:
                lines.append(row)
                continue
            if any(line.strip() for line in lines):
                trouble = self.process(["bash", "-euo", "pipefail", "-c", "\n".join(lines)])
                if trouble:
                    return trouble
            lines = []
            trouble = self.start(row) if server else None
            if trouble:
                return trouble
        return None

    def start(self, row: str) -> str | None:
        """Starts a server; it ends with the page."""
        server = subprocess.Popen(["bash", "-c", f"exec {row}"], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        if server.poll() is None:
            self.servers.append(server)
        elif server.returncode or "cargo xtask" not in row:
            return f"{row!r} ended with {server.returncode}: {server.stderr.read()[-300:]}"
        return None

    def process(self, command: list[str]) -> str | None:
        try:
            ran = subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", timeout=900)
        except subprocess.TimeoutExpired:
            return "did not end within 15 minutes"
        if ran.returncode:
            return f"exit code {ran.returncode}\n    " + "\n    ".join(ran.stdout.strip().splitlines()[-15:])
        return None


def environment(model: ModelServer, receiver: Receiver) -> tuple[Path, dict[str, str]]:
    """Shims, and the variables that every block runs with."""
    tools = FOLDER / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    venv = FOLDER / "venv"
    uv = os.environ["CREWSCOPE_UV"]
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    pinned = subprocess.run([uv, "pip", "freeze", "--python", str(PYTHON)], check=True, capture_output=True, text=True).stdout
    wanted = FOLDER / "wanted.txt"
    wanted.write_text(pinned)
    if not (venv / "ready").exists() or (venv / "ready").read_text() != pinned:
        subprocess.run([str(PYTHON), "-m", "venv", "--clear", str(venv)], **quiet)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(venv / "bin/python"), "-r", str(wanted)], **quiet)
        (venv / "ready").write_text(pinned)
    subprocess.run([uv, "pip", "install", "--quiet", "--reinstall", "--no-deps", "--python", str(venv / "bin/python"), str(WHEEL)], **quiet)
    usage = subprocess.run(["cargo", "xtask", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    (tools / "help.txt").write_text(usage)
    executable(tools / "cargo", SHIM.format(help=tools / "help.txt", command=COMMAND, cargo=shutil.which("cargo"), root=ROOT))
    path = os.pathsep.join([str(tools), str(venv / "bin"), os.environ["PATH"]])
    return tools, {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CREWSCOPE_", "VIRTUAL_ENV", "PYTHONDONT"))},
        "PATH": path,
        "OPENAI_API_KEY": "sk-test-0123456789abcdef0123",
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_BASE": model.url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        # Half of what pip does, and of no use to a program that runs once.
        "PIP_NO_COMPILE": "1",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }  # fmt: skip


def links(page: Path) -> list[str]:
    """Links of a page that lead nowhere: files of this project, and their headings."""
    problems = []
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            problems.append(f"{page.relative_to(ROOT)}: {target} is not there")
        elif heading and heading not in {slug(found) for found in re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)}:
            problems.append(f"{page.relative_to(ROOT)}: {file.name} has no heading #{heading}")
    return problems


def slug(heading: str) -> str:
    """A heading as GitHub names it in addresses."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    model = ModelServer({None: [{"text": "A trace is the record of a run. It says what happened, and when."}]})
    receiver = Receiver()
    tools, variables = environment(model, receiver)
    pages = [ROOT / name for name in PAGES] or [ROOT / "README.md", ROOT / "recorder/README.md", *sorted((ROOT / "docs").glob("*.md"))]
    problems = []
    for path in pages:
        began = time.monotonic()
        page = Page(path, tools, variables, model, receiver)
        found = page.run()
        problems += found + links(path)
        if page.ran:
            print(f"{page.name}: {page.ran} blocks in {time.monotonic() - began:.0f} s{', FAILED' if found else ''}", flush=True)
    for problem in problems:
        print(f"FAILED {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
