"""What belongs to what before crewai 1.9, whose events carry no ids: found where they are emitted.

Without it two crews that run at the same time cannot be told apart."""

from __future__ import annotations

import contextvars
import itertools
import uuid
from typing import Any, NamedTuple

STARTS = ("_started",)
#: Of these one ends before the next begins, though crewai does not always say so: not of a request whose answer only asks for tools, nor
#: of an agent that is tried again.
ONE_BY_ONE = ("llm_call", "agent_execution")
#: Called a start, but nothing ends it.
NO_SCOPE = ("agent_logs",)
ENDS = ("_completed", "_finished", "_failed", "_error", "_paused")


class _Scope(NamedTuple):
    family: str
    id: str


#: What is open here: in this thread, or in this async task and those above it.
_open: contextvars.ContextVar[tuple[_Scope, ...]] = contextvars.ContextVar("crewscope_scopes", default=())


def _family(kind: str, endings: tuple[str, ...]) -> str | None:
    return next((kind[: -len(ending)] for ending in endings if kind.endswith(ending)), None)


class Scopes:
    """Gives events ids, an order, parents, and ends their starts."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        #: The kickoff that is open for a crew. A task that crewai starts in a thread of its own knows its crew and nothing else.
        self._kickoffs: dict[int, str] = {}

    def place(self, source: Any, event: Any) -> dict[str, Any] | None:
        """The fields that this event lacks; to be called in the thread that emits it."""
        kind = getattr(event, "type", None)
        if hasattr(event, "event_id") or not isinstance(kind, str):
            return None
        stack, own = _open.get(), str(uuid.uuid4())
        fields: dict[str, Any] = {"event_id": own, "emission_sequence": next(self._numbers)}
        if (family := _family(kind, STARTS)) is not None and family not in NO_SCOPE:
            while family in ONE_BY_ONE and stack and stack[-1].family in (family, "llm_call"):
                stack = stack[:-1]
            fields["parent_event_id"] = self._parent(stack, source)
            _open.set((*stack, _Scope(family, own)))
            if family == "crew_kickoff":
                self._kickoffs[id(source)] = own
        elif (family := _family(kind, ENDS)) is not None:
            at = next((at for at in range(len(stack) - 1, -1, -1) if stack[at].family == family), None)
            if at is not None:
                fields["started_event_id"] = stack[at].id
                stack = stack[:at]
                _open.set(stack)
            fields["parent_event_id"] = self._parent(stack, source)
            if family == "crew_kickoff":
                self._kickoffs.pop(id(source), None)
        else:
            fields["parent_event_id"] = self._parent(stack, source)
        return {name: value for name, value in fields.items() if value is not None}

    def _parent(self, stack: tuple[_Scope, ...], source: Any) -> str | None:
        if stack:
            return stack[-1].id
        for holder in (source, getattr(source, "agent", None)):
            kickoff = self._kickoffs.get(id(getattr(holder, "crew", None)))
            if kickoff is not None:
                return kickoff
        return None
