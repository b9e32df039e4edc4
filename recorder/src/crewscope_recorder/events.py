"""The event log, for versions of crewai without span sessions: each event of the bus is a line, written where it is emitted.

The bus calls its listeners later and in other threads, out of order, and forgets those of a process that is killed; so its `emit` is
wrapped instead. That also gives the order before 1.9, whose events carry no number."""

from __future__ import annotations

import threading
from typing import Any

from . import scopes, usage
from .plain import event_fields
from .redaction import walk
from .sinks import Sink, sinks

#: A piece of a streamed answer: the whole answer follows.
SKIPPED = frozenset({"llm_stream_chunk", "llm_thinking_chunk"})

_lock = threading.Lock()
_hooks: _Hooks | None = None


class _Hooks:
    def __init__(self) -> None:
        self.bus = _bus()
        self.usage = usage.Usage()
        self.scopes = scopes.Scopes()
        emit, aemit = self.bus.emit, getattr(self.bus, "aemit", None)

        # The bus itself stands behind `emit` as `self`; events come by position or by name.
        def recording_emit(source: Any, event: Any) -> Any:
            more = sinks.guard(self.before, source, event)
            try:
                return emit(source, event)
            finally:
                # Now the event has its ids and its place.
                sinks.guard(self.write, event, more)

        async def recording_aemit(source: Any, event: Any) -> None:
            more = sinks.guard(self.before, source, event)
            try:
                await aemit(source, event)
            finally:
                sinks.guard(self.write, event, more)

        self.bus.emit = recording_emit
        if aemit is not None:
            self.bus.aemit = recording_aemit

    def undo(self) -> None:
        for name in ("emit", "aemit"):
            self.bus.__dict__.pop(name, None)
        self.usage.undo()

    def before(self, source: Any, event: Any) -> dict[str, Any]:
        """What the event itself does not hold."""
        used = self.usage.before(event)
        return {**(self.scopes.place(source, event) or {}), **({"usage": used} if used else {})}

    def write(self, event: Any, more: dict[str, Any] | None) -> None:
        if getattr(event, "type", None) in SKIPPED:
            return
        fields: dict[str, Any] | None = None
        for sink in sinks.open():
            if fields is None:
                fields = {**(more or {}), **event_fields(event)}
            sink.write(lambda redact, fields=fields: walk(redact, fields))


def _bus() -> Any:
    try:
        from crewai.events.event_bus import crewai_event_bus
    except ImportError:
        # Before 0.150.
        from crewai.utilities.events import crewai_event_bus
    return crewai_event_bus


class Events:
    """Recording by the event bus."""

    form = "events"

    def __init__(self, sink: Sink) -> None:
        global _hooks
        with _lock:
            if _hooks is None:
                _hooks = _Hooks()

    def stop(self) -> None:
        """Restores the bus when nobody records any more."""
        global _hooks
        with _lock:
            if _hooks is not None and not sinks.open():
                _hooks.undo()
                _hooks = None
