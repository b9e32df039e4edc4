"""Records what crews do elsewhere: tools of an MCP server, an agent asked over A2A, a flow with a router.

    python tools/record_remote.py mcp|a2a|router spans|events FILE

With a crewai that has its a2a extra (``pip install 'crewai[a2a]' mcp``), against scripted servers on loopback; run it from a folder that may
hold ``weather_station.py``. ``tests/traces/remote/`` was made this way."""

import json
import os
import sys
import tempfile
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WHAT, FORM, FILE = sys.argv[1:4]
RECORDER = Path(__file__).resolve().parent.parent / "recorder"
sys.path[:0] = [str(RECORDER / "tests"), str(RECORDER / "src")]

from model_server import ModelServer  # noqa: E402

SCRIPT = {}
STATION = '''from mcp.server.fastmcp import FastMCP

mcp = FastMCP("weather-station")


@mcp.tool()
def forecast(city: str, days: int = 1) -> str:
    """The weather of the next days."""
    if city == "Atlantis":
        raise ValueError("no such city: Atlantis")
    return f"{city}: rain for {days} days"


mcp.run(transport="stdio")
'''


class Named(ModelServer):
    """Asks for the first tool that the request offers: crewai makes its name of the server's."""

    def chat(self, handler, body):
        offered = [tool["function"]["name"] for tool in body.get("tools") or []]
        for step in (step for steps in self.script.values() for step in steps):
            if offered and step.get("tools"):
                step["tools"] = [(offered[0], arguments) for _, arguments in step["tools"]]
        super().chat(handler, body)


server = Named(SCRIPT)
home = tempfile.mkdtemp()
os.environ.update(
    OPENAI_API_KEY="sk-test-0123456789abcdef0123",
    OPENAI_BASE_URL=server.url,
    OPENAI_API_BASE=server.url,
    CREWAI_DISABLE_TELEMETRY="true",
    CREWAI_TRACING_ENABLED="false",
    CREWAI_STORAGE_DIR=home,
    HOME=home,
    NO_PROXY="127.0.0.1",
    no_proxy="127.0.0.1",
)

import crewscope_recorder  # noqa: E402
from crewai import LLM, Agent, Crew, Task  # noqa: E402
from crewscope_recorder import events, recording  # noqa: E402

if FORM == "events":
    recording.backend = lambda: events.Events


def llm(model="gpt-4o"):
    return LLM(model=model, base_url=server.url, api_key=os.environ["OPENAI_API_KEY"])


def crew(name, agent, *tasks):
    made = [Task(name=key, description=f"{says} [[{key}]]", expected_output="A text.", agent=agent) for key, says in tasks]
    try:
        return Crew(name=name, agents=[agent], tasks=made, verbose=False).kickoff().raw
    except Exception as error:
        print("failed:", error)


def mcp():
    from crewai.mcp import MCPServerStdio

    Path("weather_station.py").write_text(STATION)
    SCRIPT.update(
        weather=[
            {"tools": [("", {"city": "Lisbon", "days": 3})]},
            {"tools": [("", {"city": "Atlantis"})]},
            {"text": "Rain in Lisbon; Atlantis is not known."},
        ],
        tide=[{"text": "There was no server to ask."}],
    )
    station, none = (MCPServerStdio(command="python", args=[file]) for file in ("weather_station.py", "tide_gauge.py"))
    forecaster = Agent(role="Forecaster", goal="Know the weather", backstory="You ask the station.", llm=llm(), mcps=[station])
    crew("harbour", forecaster, ("weather", "Tell the weather"))
    sailor = Agent(role="Sailor", goal="Know the tide", backstory="You ask the harbour.", llm=llm("gpt-4o-mini"), mcps=[none])
    crew("harbour", sailor, ("tide", "Tell the tide"))


class Desk(BaseHTTPRequestHandler):
    """An agent that speaks A2A: knows one harbour, and fails for another."""

    last = None

    def log_message(self, *_):
        pass

    def say(self, body):
        body = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.say(
            {
                "protocolVersion": "0.3.0",
                "name": "Tide desk",
                "description": "Knows the tides of every harbour.",
                "url": f"http://127.0.0.1:{self.server.server_port}/",
                "version": "1.0.0",
                "preferredTransport": "JSONRPC",
                "capabilities": {"streaming": False},
                "defaultInputModes": ["text/plain"],
                "defaultOutputModes": ["text/plain"],
                "skills": [{"id": "tides", "name": "Tides", "description": "Tells the tide.", "tags": ["sea"]}],
            }
        )

    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if ask["method"] == "message/send":
            message = ask["params"]["message"]
            lost = any("Atlantis" in part.get("text", "") for part in message["parts"])
            words = "There is no harbour in Atlantis." if lost else "High tide at 14:05 in Lisbon."
            parts = [{"kind": "text", "text": words}]
            said = {"kind": "message", "role": "agent", "messageId": str(uuid.uuid4()), "parts": parts}
            Desk.last = {
                "id": str(uuid.uuid4()),
                "contextId": message.get("contextId") or str(uuid.uuid4()),
                "kind": "task",
                "status": {"state": "failed" if lost else "completed", "message": said},
                "artifacts": [] if lost else [{"artifactId": str(uuid.uuid4()), "name": "tide", "parts": parts}],
                "history": [],
            }
        self.say({"jsonrpc": "2.0", "id": ask["id"], "result": Desk.last})


def a2a():
    from crewai.a2a.config import A2AClientConfig
    from crewai.a2a.updates import PollingConfig

    desk = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=desk.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{desk.server_port}/.well-known/agent-card.json"

    def step(words, asks):
        return {"text": json.dumps({"a2a_ids": [url] if asks else [], "message": words, "is_a2a": asks})}

    SCRIPT.update(
        tide=[step("When is high tide in Lisbon? [[tide]]", True), step("High tide in Lisbon is at 14:05.", False)],
        lost=[step("When is high tide in Atlantis? [[lost]]", True), step("Nobody knows the tide of Atlantis.", False)],
    )
    asks = A2AClientConfig(endpoint=url, updates=PollingConfig(interval=0.2, max_polls=3), timeout=10)
    captain = Agent(role="Captain", goal="Know the tide", backstory="You ask the desk.", llm=llm(), a2a=[asks])
    crew("harbour", captain, ("tide", "Tell the tide"), ("lost", "Tell the tide of Atlantis"))


def router():
    from crewai.flow.flow import Flow, listen, start
    from crewai.flow.flow import router as route

    SCRIPT.update(sort=[{"text": "urgent"}], reply=[{"text": "We call you back today."}])
    clerk = Agent(role="Clerk", goal="Sort letters", backstory="You sort.", llm=llm("gpt-4o-mini"))

    class Letters(Flow):
        @start()
        def sort(self):
            return crew("sorting", clerk, ("sort", "Sort the letter"))

        @route(sort)
        def choose(self, word):
            return "urgent" if "urgent" in word else "slow"

        @listen("urgent")
        def answer_now(self):
            return crew("answering", clerk, ("reply", "Answer"))

        @listen("slow")
        def file_away(self):
            return "filed"

    Letters().kickoff()


with crewscope_recorder.record(FILE) as run:
    {"mcp": mcp, "a2a": a2a, "router": router}[WHAT]()
print(run.form, run.lines, run.problems, json.dumps(server.truth()))
