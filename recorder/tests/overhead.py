"""What recording costs: the same crew, with and without the recorder, in turns within one run. ``python overhead.py [PAIRS]``.

The model answers at once, from a process of its own, so what is measured is crewai and the recorder. The order within a pair changes
from pair to pair; figures are medians of the differences within pairs. CPU time is of all threads of this process, and tells more than
the clock on a machine that does other things."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

if sys.argv[1:] == ["serve"]:
    from model_server import ModelServer

    call = {"tools": [("look_up", {"q": "rates"})], "delay": 0}
    print(ModelServer({"a": [call, {"text": "Found."}] * 100_000, "b": [{"text": "Written. " * 200, "delay": 0}]}).url, flush=True)
    time.sleep(3600)

PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
folder = tempfile.TemporaryDirectory()
url = server.stdout.readline().strip()
os.environ.update(OPENAI_API_KEY="x", CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false", CREWAI_STORAGE_DIR=folder.name, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")

import logging  # noqa: E402

logging.disable(logging.WARNING)

import crewscope_recorder  # noqa: E402
from crewai import LLM, Agent, Crew, Task  # noqa: E402
from crewai.tools import tool  # noqa: E402


@tool("look_up")
def look_up(q: str) -> str:
    """Looks something up"""
    return "rates rose " * 50


def crew():
    model = LLM(model="gpt-4o", base_url=url, api_key="x")
    one = Agent(role="Researcher", goal="Research", backstory="You read.", llm=model, tools=[look_up])
    two = Agent(role="Writer", goal="Write", backstory="You write.", llm=model)
    return Crew(agents=[one, two], tasks=[Task(description="Research [[a]]", expected_output="Text.", agent=one), Task(description="Write [[b]]", expected_output="Text.", agent=two)], verbose=False)


def clocks():
    return time.perf_counter(), time.process_time()


def since(began):
    return tuple(now - then for now, then in zip(clocks(), began))


def plain():
    made = crew()
    began = clocks()
    made.kickoff()
    return since(began), 0


def recorded():
    made = crew()
    began = clocks()
    with crewscope_recorder.record(Path(folder.name) / "run.jsonl", append=True) as recording:
        made.kickoff()
    return since(began), recording.lines


def main():
    for _ in range(3):
        plain(), recorded()
    differences, without, lines, form = [], [], 0, None
    for pair in range(PAIRS):
        if pair % 2:
            (a, _), (b, lines) = plain(), recorded()
        else:
            (b, lines), (a, _) = recorded(), plain()
        without.append(a)
        differences.append(tuple(with_ - without_ for with_, without_ in zip(b, a)))
    with crewscope_recorder.record(Path(folder.name) / "form.jsonl") as recording:
        form = recording.form
    from importlib.metadata import version

    size = (Path(folder.name) / "run.jsonl").stat().st_size
    print(json.dumps({
        "crewai": version("crewai"),
        "form": form,
        "pairs": PAIRS,
        "lines_per_run": lines,
        "kilobytes_per_run": round(size / (PAIRS + 3) / 1000, 1),
        "run_without_ms": [round(statistics.median(one[at] for one in without) * 1000, 1) for at in (0, 1)],
        **figures("clock", [one[0] for one in differences], lines),
        **figures("cpu", [one[1] for one in differences], lines),
    }))  # fmt: skip


def figures(name, differences, lines):
    """The median of what the recorder adds, with its 95 % interval (bootstrap)."""
    random.seed(1)
    medians = sorted(statistics.median(random.choices(differences, k=len(differences))) for _ in range(2000))
    per = 1e6 / lines
    return {
        f"recorder_{name}_per_run_ms": round(statistics.median(differences) * 1000, 2),
        f"recorder_{name}_per_line_us": round(statistics.median(differences) * per),
        f"recorder_{name}_per_line_us_95": [round(medians[50] * per), round(medians[1949] * per)],
    }


try:
    main()
finally:
    server.terminate()
    folder.cleanup()
