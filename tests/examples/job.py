"""Runs the example of a job of GitHub Actions: its shell steps, in their order, as the runner would.

    python job.py ROOT FOLDER WHEEL [fail]

FOLDER becomes the checkout of a project: a crew, its requirements, and WHEEL where the job expects it. The model is the scripted server
of the recorder's tests; with `fail` it refuses everything, so the crew's step fails. What was served is written to FOLDER/served.json."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT, FOLDER, WHEEL = (Path(argument).absolute() for argument in sys.argv[1:4])
FAIL = sys.argv[4:] == ["fail"]
sys.path.insert(0, str(ROOT / "recorder/tests"))
from model_server import ModelServer  # noqa: E402

MAIN = """\
from crewai import Agent, Crew, Task

writer = Agent(role="Writer", goal="Explain things simply", backstory="You write for newcomers.", llm="gpt-4o")
task = Task(name="explain", description="Explain what a trace is. [[write]]", expected_output="Two sentences.", agent=writer)
print(Crew(name="newsletter", agents=[writer], tasks=[task]).kickoff())
"""
SECRETS = {"OPENAI_API_KEY": "sk-none"}


def fill(text: object) -> str:
    """What stands between `${{` and `}}`: secrets only."""
    return re.sub(r"\$\{\{ *secrets\.(\w+) *\}\}", lambda found: SECRETS[found[1]], str(text))


def main() -> int:
    job = yaml.safe_load((ROOT / "examples/github-actions/crew.yml").read_text(encoding="utf-8"))["jobs"]["crew"]
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    answer = {"status": 500} if FAIL else {"text": "A trace says what a crew did. It shows each step."}
    server = ModelServer({"write": [answer]})
    (FOLDER / "main.py").write_text(MAIN)
    (FOLDER / "requirements.txt").write_text(f"crewai=={importlib.metadata.version('crewai')}\n")
    wheel = FOLDER / job["env"]["CREWSCOPE"]
    if wheel.name != WHEEL.name:
        raise SystemExit(f"the job expects {wheel.name}, and there is {WHEEL.name}")
    wheel.parent.mkdir()
    shutil.copy(WHEEL, wheel)
    base = {
        **os.environ,
        **{name: fill(value) for name, value in job["env"].items()},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(FOLDER / "summary.md"),
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_BASE": server.url,
        "OPENAI_MAX_RETRIES": "0",
        "CREWAI_TRACING_ENABLED": "false",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "OTEL_SDK_DISABLED": "false",
        "PIP_NO_INDEX": "1",
    }
    failed = []
    for step in job["steps"]:
        if "uses" in step:
            # A tag may be moved, a commit may not.
            if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]):
                raise SystemExit(f"{step['uses']} names no commit")
            continue
        if failed and "cancelled" not in step.get("if", ""):
            continue
        environment = {**base, **{name: fill(value) for name, value in step.get("env", {}).items()}}
        # As the runner calls it for a step that names no shell.
        done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            failed.append(step["name"])
            if not FAIL:
                print(done.stdout, done.stderr, sep="\n")
    expected = ["Run the crew and record it"] if FAIL else []
    if failed != expected:
        print(f"steps that failed: {failed}")
        return 1
    upload = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact"))
    artifact = FOLDER / upload["with"]["path"]
    names = sorted(path.name for path in artifact.iterdir())
    if names != ["run.html", "run.jsonl"] or not (FOLDER / "summary.md").read_text():
        print(f"the artifact holds {names}")
        return 1
    served = server.truth()
    (FOLDER / "served.json").write_text(json.dumps(served))
    print(f"the job's artifact{' after a failure' if FAIL else ''}: {', '.join(names)}; {served['requests']} requests, {served['total']} tokens served")
    return 0


sys.exit(main())
