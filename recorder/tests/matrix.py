"""The matrix: crewai versions by scenarios. ``python matrix.py COMMAND FOLDER VERSION=PYTHON … [--only NAME] [--brief VERSION]``.

Each scenario runs in a process of its own against a scripted model server; then the viewer's report (by COMMAND) must equal
what the server counted. Where a version of crewai does not tell, the reason stands in `UNTOLD`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from check import Check, report  # noqa: E402

HERE = Path(__file__).resolve().parent


def sequential(check):
    check.figures()
    check.runs(1, "crew")
    check.tasks(("research", "completed"), ("write", "completed"))
    check.tools(("look_up", "completed"))
    check.outputs()


def failing(check):
    check.figures()
    check.runs(1, "crew", ("failed",))
    check.tasks(("research", "completed"), ("write", "failed"))


def tool_error(check):
    check.figures()
    check.runs(1, "crew")
    check.tools(("look_up", "failed"))
    check.outputs()


def streamed(check):
    check.figures()
    check.runs(1, "crew")
    check.outputs()


def for_each(check):
    check.figures()
    check.runs(3, "crew")
    check.tasks(*[("write", "completed")] * 3)
    check.outputs()


def async_tasks(check):
    check.figures()
    check.runs(1, "crew")
    check.tasks(("a", "completed"), ("b", "completed"), ("c", "completed"))
    check.outputs()


def threads(check):
    check.figures()
    check.runs(2, "crew")
    check.tasks(("x", "completed"), ("y", "completed"))
    check.outputs()


def flow(check):
    check.figures()
    check.runs(1, "flow")
    check.tasks(("research", "completed"), ("write", "completed"))
    check.outputs()


def lone_agent(check):
    check.figures()
    check.runs(1, "agent")
    check.tools(("look_up", "completed"))
    check.outputs()


def bare_llm(check):
    check.figures()


def hierarchical(check):
    check.figures()
    check.runs(1, "crew")
    check.tasks(("research", "completed"))
    check.outputs()


def killed(check):
    check.figures()
    check.runs(1, "crew", ("running",))
    check.tasks(("read", "completed"), ("research", "running"))
    check.tools(("look_up", "running"))


def hostile(check):
    check.figures()
    check.runs(1, "crew")


def hidden(check):
    check.figures()
    check.runs(1, "crew")
    check.tasks(("research", "completed"), ("write", "completed"))
    for one in check.found["executions"]:
        check.same("final output", one["final_output"], "[hidden]")


def failing_hook(check):
    check.same("the crew's answer", [one["ok"] for one in check.truth["results"]], [True])


def no_folder(check):
    check.same("the crew's answer", [one["ok"] for one in check.truth["results"]], [True])
    check.same("problems", len(check.truth["recording"]["problems"]) > 0, True)


CHECKS = {
    "sequential": sequential,
    "failing": failing,
    "tool_error": tool_error,
    "streamed": streamed,
    "for_each": for_each,
    "kickoff_async": sequential,
    "native_async": sequential,
    "async_tasks": async_tasks,
    "threads": threads,
    "flow": flow,
    "lone_agent": lone_agent,
    "bare_llm": bare_llm,
    "hierarchical": hierarchical,
    "killed": killed,
    "hostile": hostile,
    "failing_hook": failing_hook,
    "hidden": hidden,
    "no_folder": no_folder,
}

#: What tells most of a version that is only looked at (``--brief``): the others take their way through the same events.
BRIEF = ("sequential", "failing", "tool_error", "flow", "killed", "hidden")

#: What a version of crewai does not tell its listeners, or does otherwise: (from, before, scenario, part of a difference, why).
UNTOLD: list[tuple[tuple[int, ...], tuple[int, ...], str, str, str]] = [
    ((1, 0), (1, 9), "streamed", "tokens", "crewai's own client does not ask for the usage of a streamed answer, so nobody knows it"),
]


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def known(version: str, scenario: str, difference: str) -> str | None:
    at = number(version)
    for first, before, name, part, why in UNTOLD:
        if first <= at < before and name in (scenario, "*") and part in difference:
            return why
    return None


def run(python: str, scenario: str, folder: Path, command: str) -> tuple[list[str], str]:
    """The differences of one scenario, and what the process wrote."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        ran = subprocess.run(
            [python, str(HERE / "scenarios.py"), scenario, str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, encoding="utf-8", errors="replace",
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return ["exit code none: did not end within 5 minutes"], (late.stdout or b"").decode("utf-8", "replace")
    wanted = 137 if scenario == "killed" else 0
    if ran.returncode != wanted:
        return [f"exit code {ran.returncode} instead of {wanted}"], ran.stdout
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    if "skipped" in truth:
        return [], f"skipped: {truth['skipped']}"
    trace = folder / "run.jsonl"
    if scenario == "no_folder":
        found = {"executions": [], "warnings": []}
    elif not trace.exists():
        return ["no trace was written"], ran.stdout
    else:
        for line in trace.read_bytes().decode("utf-8").split("\n"):
            if line:
                json.loads(line)
        text = trace.read_text(encoding="utf-8")
        if "sk-test-0123456789abcdef0123" in text:
            return ["the API key stands in the trace"], ran.stdout
        found = report(command, trace)
        (folder / "report.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    check = Check(found, truth)
    CHECKS[scenario](check)
    if scenario not in ("killed", "failing_hook", "no_folder"):
        check.quiet()
    return check.differences, ran.stdout


def main() -> int:
    arguments = sys.argv[1:]
    only = None
    if "--only" in arguments:
        at = arguments.index("--only")
        only = arguments[at + 1].split(",")
        del arguments[at : at + 2]
    brief = []
    while "--brief" in arguments:
        at = arguments.index("--brief")
        brief.append(arguments[at + 1])
        del arguments[at : at + 2]
    command, folder = arguments[0], Path(arguments[1]).resolve()
    failed = []
    for pair in arguments[2:]:
        version, python = pair.split("=", 1)
        line, began = [], time.monotonic()
        names = only or [name for name in CHECKS if version not in brief or name in BRIEF]
        with ThreadPoolExecutor(max(2, (os.cpu_count() or 2) // 2)) as pool:
            done = list(pool.map(lambda name: run(python, name, folder / version / name, command), names))
        for scenario, (differences, output) in zip(names, done):
            excused = [(one, why) for one in differences if (why := known(version, scenario, one))]
            bad = [one for one in differences if not known(version, scenario, one)]
            word = "FAILED" if bad else "as known" if excused else "skipped" if output.startswith("skipped:") else "ok"
            line.append(f"{scenario} {word}")
            for one, why in excused:
                print(f"  crewai {version} {scenario}: {one} (known: {why})", flush=True)
            if bad:
                failed.append(f"crewai {version} {scenario}")
                for one in bad:
                    print(f"  crewai {version} {scenario}: {one}", flush=True)
                if any(one.startswith(("exit code", "no trace")) for one in bad):
                    print("    " + "\n    ".join(output.strip().splitlines()[-12:]), flush=True)
        print(f"crewai {version} in {time.monotonic() - began:.0f} s: {', '.join(line)}", flush=True)
    if failed:
        print(f"FAILED: {'; '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
