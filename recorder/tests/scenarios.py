"""Runs one scenario with the crewai that is installed, recording it: ``python scenarios.py NAME FOLDER``.

Leaves ``run.jsonl`` (the recording) and ``truth.json``: what the model server served and what the program itself saw."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path

# A scenario that hangs says where.
faulthandler.dump_traceback_later(240)

NAME, FOLDER = sys.argv[1], Path(sys.argv[2])
FOLDER.mkdir(parents=True, exist_ok=True)
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)] if os.environ.get("CREWSCOPE_INSTALLED") else [str(HERE), str(HERE.parent / "src")]

from model_server import ModelServer  # noqa: E402

SCRIPT = {}
server = ModelServer(SCRIPT)
os.environ.update(
    OPENAI_API_KEY="sk-test-0123456789abcdef0123",
    OPENAI_BASE_URL=server.url,
    OPENAI_API_BASE=server.url,
    CREWAI_DISABLE_TELEMETRY="true",
    CREWAI_TRACING_ENABLED="false",
    CREWAI_STORAGE_DIR=str(FOLDER / "storage"),
    HOME=str(FOLDER),
    NO_PROXY="127.0.0.1",
    no_proxy="127.0.0.1",
)

import crewscope_recorder  # noqa: E402
from crewai import LLM, Agent, Crew, Process, Task  # noqa: E402
from crewai.flow.flow import Flow, listen, start  # noqa: E402
from crewai.tools import BaseTool  # noqa: E402
from pydantic import BaseModel  # noqa: E402

TRACE = FOLDER / "run.jsonl"
seen = {"crewai": version("crewai"), "scenario": NAME, "results": [], "tools": []}


class Query(BaseModel):
    q: str = "x"


class LookUp(BaseTool):
    name: str = "look_up"
    description: str = "Looks something up"
    args_schema: type[BaseModel] = Query

    def _run(self, q: str = "x") -> str:
        seen["tools"].append(q)
        if q == "die":
            # crewai makes spans in threads of its own, some milliseconds later.
            time.sleep(2)
            save()
            os._exit(137)
        if q == "fail":
            raise ValueError("the tool is broken")
        return f"found {q}"


def llm(model="gpt-4o", **more):
    return LLM(model=model, base_url=server.url, api_key=os.environ["OPENAI_API_KEY"], **more)


def agent(role, model="gpt-4o", tools=(), stream=False, **more):
    return Agent(role=role, goal=f"Do {role}", backstory=f"A {role}", llm=llm(model, **({"stream": True} if stream else {})), tools=list(tools), **more)


def task(name, who, key=None, **more):
    return Task(name=name, description=f"Please do {name} [[{key or name}]]", expected_output="A text.", agent=who, **more)


def crew(*tasks, **more):
    agents = []
    for one in tasks:
        if one.agent not in agents:
            agents.append(one.agent)
    return Crew(name=more.pop("name", "brief"), agents=agents, tasks=list(tasks), verbose=False, **more)


# Before 1.9 crewai asks for tools in text (ReAct), later by the API. The script follows.
REACT = tuple(int(part) for part in seen["crewai"].split(".")[:2]) < (1, 9)


def tool_turn(q, **more):
    if REACT:
        return {"text": f'Thought: I should look.\nAction: look_up\nAction Input: {{"q": "{q}"}}', **more}
    return {"tools": [("look_up", {"q": q})], **more}


def answer(text, **more):
    return {"text": f"Thought: I now can give a great answer\nFinal Answer: {text}" if REACT else text, **more}


def kickoff(run, label="run"):
    """What a run gave back, or how it failed: the program's own view."""
    try:
        result = run()
    except Exception as error:
        seen["results"].append({"label": label, "ok": False, "error": type(error).__name__})
        return None
    for one in result if isinstance(result, list) else [result]:
        seen["results"].append({"label": label, "ok": True, "output": getattr(one, "raw", one if isinstance(one, str) else repr(one))})
    return result


def two_tasks(**more):
    SCRIPT.update(
        research=[tool_turn("rates", cached=5), answer("Rates rose.", reasoning=2)],
        write=[answer("A short report on rates.")],
    )
    first = agent("Researcher", tools=[LookUp()])
    second = agent("Writer", "gpt-4o-mini")
    one = task("research", first)
    return crew(one, task("write", second, context=[one]), **more)


def sequential():
    kickoff(lambda: two_tasks().kickoff())


def failing():
    SCRIPT.update(research=[answer("Rates rose.")], write=[{"status": 400}])
    kickoff(lambda: crew(task("research", agent("Researcher")), task("write", agent("Writer"))).kickoff())


def tool_error():
    SCRIPT.update(research=[tool_turn("fail"), answer("It did not work.")])
    kickoff(lambda: crew(task("research", agent("Researcher", tools=[LookUp()]))).kickoff())


def streamed():
    SCRIPT.update(write=[answer("A streamed report.")])
    kickoff(lambda: crew(task("write", agent("Writer", stream=True))).kickoff())


def for_each():
    SCRIPT.update(write=[answer("One."), answer("Two."), answer("Three.")])
    kickoff(lambda: crew(task("write", agent("Writer"))).kickoff_for_each([{"n": 1}, {"n": 2}, {"n": 3}]))


def kickoff_async():
    kickoff(lambda: asyncio.run(two_tasks().kickoff_async()))


def native_async():
    made = two_tasks()
    if not hasattr(made, "akickoff"):
        seen["skipped"] = "this version has no akickoff"
        return
    kickoff(lambda: asyncio.run(made.akickoff()))


def async_tasks():
    SCRIPT.update(a=[answer("A.", delay=0.2)], b=[answer("B.", delay=0.1)], c=[answer("C.")])
    one = task("a", agent("Reader"), async_execution=True)
    two = task("b", agent("Listener"), async_execution=True)
    kickoff(lambda: crew(one, two, task("c", agent("Writer"), context=[one, two])).kickoff())


def threads():
    SCRIPT.update(x=[answer("X.", delay=0.1)], y=[answer("Y.", delay=0.1)])
    made = [crew(task(key, agent(f"Writer {key}")), name=f"crew {key}") for key in ("x", "y")]
    running = [threading.Thread(target=kickoff, args=(one.kickoff,)) for one in made]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def flow():
    made = two_tasks()

    class Brief(Flow):
        @start()
        def collect(self):
            return "collected"

        @listen(collect)
        def write(self):
            return made.kickoff().raw

    kickoff(lambda: Brief().kickoff())


def lone_agent():
    SCRIPT.update(ask=[tool_turn("rates"), answer("It is so.")])
    kickoff(lambda: agent("Assistant", tools=[LookUp()]).kickoff("Tell me [[ask]]"))


def bare_llm():
    SCRIPT.update(ask=[{"text": "Hello."}])
    kickoff(lambda: llm().call("Say hello [[ask]]"))
    kickoff(lambda: llm("gpt-4o-mini").call("Say hello [[ask]]"))


def hierarchical():
    SCRIPT.update(research=[answer("Managed.")])
    kickoff(lambda: Crew(name="brief", agents=[agent("Researcher")], tasks=[Task(name="research", description="Do [[research]]", expected_output="A text.")], process=Process.hierarchical, manager_llm=llm()).kickoff())


def killed():
    SCRIPT.update(read=[answer("Read.")], research=[tool_turn("die")])
    kickoff(lambda: crew(task("read", agent("Reader")), task("research", agent("Researcher", tools=[LookUp()]))).kickoff())


def hostile():
    SCRIPT.update(write=[answer("</script><b>\u2028 \u202e \ud83d half NaN \x07")])
    kickoff(lambda: crew(task("write", agent("W<script>alert(1)</script>"))).kickoff())


def failing_hook():
    def hook(key, text):
        raise RuntimeError("hook")

    return {"redact": hook, "run": sequential}


def hidden():
    return {"redact": crewscope_recorder.hide_content, "run": sequential}


def no_folder():
    # A file stands where the folder should be.
    (FOLDER / "file").write_text("")
    return {"path": FOLDER / "file" / "run.jsonl", "run": sequential}


SCENARIOS = {
    one.__name__: one
    for one in (sequential, failing, tool_error, streamed, for_each, kickoff_async, native_async, async_tasks, threads, flow, lone_agent, bare_llm, hierarchical, killed, hostile, failing_hook, hidden, no_folder)
}  # fmt: skip


def save():
    seen["served"] = server.truth()
    (FOLDER / "truth.json").write_text(json.dumps(seen, indent=1, default=repr), encoding="utf-8", errors="backslashreplace")


def main():
    options = {}
    run = SCENARIOS[NAME]
    if NAME in ("failing_hook", "hidden", "no_folder"):
        options = run()
        run = options.pop("run")
    with crewscope_recorder.record(options.pop("path", TRACE), **options) as recording:
        run()
    seen["recording"] = {"form": recording.form, "lines": recording.lines, "problems": recording.problems}
    save()


if __name__ == "__main__":
    main()
