"""crewai's objects as plain JSON: what a reader of a trace wants of them, without keys, clients and the same text ten times over."""

from __future__ import annotations

import datetime
import enum
import math
import uuid
from typing import Any

#: Deeper than this nothing is read any more.
DEEPEST = 12

#: Fields of an event that are live objects, or say nothing.
DROPPED = frozenset(
    {"from_task", "from_agent", "callbacks", "available_functions", "source_fingerprint", "fingerprint_metadata", "crew", "agent_executor"}
)

#: Of the objects that events carry, these fields. The rest of an agent are its clients, callbacks and keys.
AGENT = ("id", "key", "role", "goal", "backstory", "allow_delegation", "max_iter", "reasoning")
TASK = ("id", "key", "name", "description", "expected_output", "async_execution", "human_input", "output_file")
CREW = ("id", "key", "name", "process")
LLM = ("model", "provider", "temperature", "max_tokens", "top_p")
OUTPUT = ("raw", "pydantic", "json_dict", "agent", "name", "output_format", "tool_failures", "token_usage")


def event_fields(event: Any) -> dict[str, Any]:
    """An event as one JSON object; what is not set is left out."""
    fields = {**vars(event), **(getattr(event, "__pydantic_extra__", None) or {})}
    return {
        name: plain(value)
        for name, value in fields.items()
        if value is not None and name not in DROPPED and not name.startswith("_")
    }


def plain(value: Any, depth: int = 0) -> Any:
    """Anything as JSON."""
    if value is None or isinstance(value, (bool, int, str)):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, float):
        # As crewai's own log has it; JSON knows no such numbers.
        return value if math.isfinite(value) else str(value)
    if isinstance(value, enum.Enum):
        return plain(value.value, depth + 1)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if depth >= DEEPEST:
        return short(value)
    if isinstance(value, dict):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner, depth + 1) for inner in value]
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, type) or callable(value) and hasattr(value, "__name__"):
        return getattr(value, "__name__", repr(value))
    return _object(value, depth)


def _object(value: Any, depth: int) -> Any:
    def has(*names: str) -> bool:
        return all(hasattr(value, name) for name in names)

    def some(names: tuple[str, ...]) -> dict[str, Any]:
        found = {name: getattr(value, name, None) for name in names}
        return {name: plain(inner, depth + 1) for name, inner in found.items() if inner is not None}

    if has("role", "goal", "backstory"):
        return {**some(AGENT), **_model(getattr(value, "llm", None), depth), **_tools(value)}
    # Before tasks, whose description an output repeats.
    if has("raw", "output_format"):
        return some(OUTPUT)
    if has("description", "expected_output"):
        agent = getattr(value, "agent", None)
        return {**some(TASK), **_tools(value), **({"agent": plain(agent, depth + 1)} if agent is not None else {})}
    if has("tasks", "agents", "process"):
        return some(CREW)
    if has("name", "args_schema"):
        return {"name": value.name, "description": getattr(value, "description", None)}
    if has("model", "call"):
        return some(LLM)
    fields = getattr(value, "__dict__", None)
    if isinstance(fields, dict) and (hasattr(type(value), "model_fields") or hasattr(type(value), "__dataclass_fields__")):
        named = {**fields, **(getattr(value, "__pydantic_extra__", None) or {})}
        return {name: plain(inner, depth + 1) for name, inner in named.items() if not name.startswith("_") and name not in DROPPED}
    return short(value)


def _model(llm: Any, depth: int) -> dict[str, Any]:
    if llm is None:
        return {}
    return {"llm": {"model": llm} if isinstance(llm, str) else plain(llm, depth + 1)}


def _tools(value: Any) -> dict[str, Any]:
    tools = getattr(value, "tools", None)
    names = [str(tool.name) for tool in tools if hasattr(tool, "name")] if isinstance(tools, (list, tuple)) else []
    return {"tools": names} if names else {}


def short(value: Any) -> str:
    """What Python says of an object, bounded: clients and locks say much and mean nothing."""
    try:
        return repr(value)[:500]
    except Exception:
        return f"<{type(value).__name__}>"
