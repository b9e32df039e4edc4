"""crewai's own span sessions (crewai 1.15.22 and later): each span is written when it begins and when it ends.

crewai makes a session for each outermost run (`crewai.execution._start_tracing`), if tracing is on. Here every session that comes into
being, whoever makes it, also writes to the open recordings; and where crewai would make none, one is made that goes nowhere else.
So a run has a trace of its own however it is started: in a loop, in threads, in async tasks."""

from __future__ import annotations

import threading
import uuid
from contextlib import ExitStack
from typing import Any

from .otlp import request
from .sinks import Sink, sinks

#: Texts longer than this stand only in the record of the ended span.
LONGEST_AT_START = 2000

_lock = threading.Lock()
_hooks: _Hooks | None = None


def available() -> bool:
    """Whether the installed crewai has span sessions as this module knows them."""
    try:
        from crewai import execution
        from crewai.telemetry.tracing.session import TraceSession
    except ImportError:
        return False
    wanted = ("_start_tracing", "_activate_tracing", "ExecutionTrace")
    return all(hasattr(execution, name) for name in wanted) and hasattr(TraceSession, "get_tracer")


def whole(value: Any) -> Any:
    """A text that UTF-8 can say."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


class _Processor:
    """Writes the ended spans of one session to one recording. Has the methods of an OpenTelemetry span processor."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        """Nothing yet: crewai sets the attributes after this. See `_Hooks.stored`."""

    def _on_ending(self, span: Any) -> None:
        """Newer SDKs call this before the end."""

    def on_end(self, span: Any) -> None:
        self.sink.write(lambda redact: request(span, redact))

    def shutdown(self) -> None:
        """The file belongs to the recording."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Every line is written at once."""
        return True


def _attach(session: Any, sink: Sink) -> None:
    """Has `session` write to `sink`, once."""
    attached = session.context.__dict__.setdefault("_crewscope", [])
    if all(processor.sink is not sink for processor in attached):
        processor = _Processor(sink)
        session.tracer_provider.add_span_processor(processor)
        attached.append(processor)


class _Hooks:
    """The places of crewai that are wrapped while something records."""

    def __init__(self) -> None:
        from crewai import execution
        from crewai.telemetry.tracing import context, handlers, session

        self.execution, self.context, self.handlers, self.session = execution, context, handlers, session
        self.start_tracing = execution._start_tracing
        self.init = session.TraceSession.__init__
        self.store_span = getattr(handlers, "_store_span", None)
        self.set_attributes = getattr(handlers, "_set_span_attributes", None)
        hooks = self

        def start_tracing(execution_uuid: str, tracing: Any) -> None:
            hooks.start_tracing(execution_uuid, tracing)
            if context.get_trace_session() is None:
                sinks.guard(hooks.begin, execution_uuid)

        def init(self: Any, *arguments: Any, **named: Any) -> None:
            hooks.init(self, *arguments, **named)
            for sink in sinks.open():
                sinks.guard(_attach, self, sink)

        def store_span(ctx: Any, event_id: str, span: Any) -> None:
            # Before crewai's own part: that may already end the span.
            sinks.guard(hooks.stored, ctx, span)
            hooks.store_span(ctx, event_id, span)

        def set_attributes(span: Any, attributes: dict[str, Any]) -> None:
            # Half a surrogate pair makes crewai give up the span, and with it the end of the task or crew.
            hooks.set_attributes(span, {key: whole(value) for key, value in attributes.items()})

        execution._start_tracing = start_tracing
        session.TraceSession.__init__ = init
        if self.store_span is not None:
            handlers._store_span = store_span
        if self.set_attributes is not None:
            handlers._set_span_attributes = set_attributes

    def undo(self) -> None:
        self.execution._start_tracing = self.start_tracing
        self.session.TraceSession.__init__ = self.init
        if self.store_span is not None:
            self.handlers._store_span = self.store_span
        if self.set_attributes is not None:
            self.handlers._set_span_attributes = self.set_attributes

    def begin(self, execution_uuid: str) -> None:
        """A session for a run that crewai itself does not trace."""
        if not sinks.open():
            return
        session = self.session.TraceSession(execution_uuid)
        stack = ExitStack()
        # However the run ends: what hinders the end of its trace must not reach it.
        stack.callback(lambda: sinks.guard(session.shutdown))
        self.execution._activate_tracing(self.execution.ExecutionTrace(session, stack))

    def stored(self, ctx: Any, span: Any) -> None:
        """A span has begun and has its first attributes."""
        for processor in ctx.__dict__.get("_crewscope", ()):
            if processor.sink.starts:
                processor.sink.write(lambda redact: request(span, redact, LONGEST_AT_START))


class Spans:
    """Recording by span sessions."""

    form = "otlp"

    def __init__(self, sink: Sink) -> None:
        global _hooks
        with _lock:
            if _hooks is None:
                _hooks = _Hooks()
        self._hooks = _hooks
        # A session that is already bound here, by a host that makes its own.
        current = self._hooks.context.get_trace_session()
        if current is not None:
            _attach(current, sink)
        self._strays = _Strays(self._hooks, sink)

    def stop(self) -> None:
        """Waits for what still runs and restores crewai when nobody records any more."""
        global _hooks
        sinks.guard(self._strays.stop)
        with _lock:
            if _hooks is not None and not sinks.open():
                _hooks.undo()
                _hooks = None


class _Strays:
    """Events outside of any run, such as a bare ``LLM.call``: crewai has no session for them, so one stands by."""

    def __init__(self, hooks: _Hooks, sink: Sink) -> None:
        self._hooks = hooks
        self._session = hooks.session.TraceSession(str(uuid.uuid4()))
        for other in list(sinks.open()):
            # It is this recording's own: others have theirs.
            if other is not sink:
                _detach(self._session, other)
        _attach(self._session, sink)
        self._bus = self._session.event_bus
        self._registrations = []
        for event_type, handler in list(self._session._registrations):
            self._bus.off(event_type, handler)
            self._bus.on(event_type)(stray := self._stray(handler))
            self._registrations.append((event_type, stray))

    def _stray(self, handler: Any) -> Any:
        variable = self._hooks.context._telemetry_context

        def dispatch(source: Any, event: Any) -> None:
            if variable.get() is None:
                token = variable.set(self._session.context)
                try:
                    handler(source, event)
                finally:
                    variable.reset(token)

        return dispatch

    def stop(self) -> None:
        try:
            self._session.shutdown()
        finally:
            for event_type, handler in self._registrations:
                self._bus.off(event_type, handler)


def _detach(session: Any, sink: Sink) -> None:
    for processor in session.context.__dict__.get("_crewscope", ()):
        if processor.sink is sink:
            processor.sink = Sink.closed()
