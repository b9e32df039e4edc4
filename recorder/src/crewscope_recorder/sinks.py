"""The recordings that are open, and the guard that keeps trouble away from the crew."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from . import redaction
from .linefile import LineFile

logger = logging.getLogger("crewscope_recorder")

#: More lines of trouble than this say nothing new.
MOST_PROBLEMS = 20


class Sink:
    """Where one recording writes."""

    def __init__(self, file: LineFile | None, redact: redaction.Redact | None, starts: bool) -> None:
        self.file = file
        self.redact = redact
        self.starts = starts
        self.problems: list[str] = []

    @classmethod
    def closed(cls) -> Sink:
        """One that takes nothing."""
        return cls(None, None, False)

    def write(self, make: Callable[[redaction.Redact | None], Any]) -> None:
        """Writes what `make` gives. Trouble is kept for the end."""
        file = self.file
        if file is None:
            return
        try:
            file.write(make(self.redact))
        except Exception as error:
            self.trouble(error)

    def trouble(self, error: BaseException) -> None:
        """Remembers what went wrong; says the first at once. Texts of the run may stand in the message, so it is cut."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{type(error).__name__}: {str(error)[:200]}")
        if len(self.problems) == 1:
            logger.warning("crewscope_recorder could not record everything: %s", self.problems[0])


class _Sinks:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[Sink, ...] = ()

    def open(self) -> tuple[Sink, ...]:
        return self._open

    def add(self, sink: Sink) -> None:
        with self._lock:
            self._open = (*self._open, sink)

    def remove(self, sink: Sink) -> None:
        with self._lock:
            self._open = tuple(other for other in self._open if other is not sink)

    def guard(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Calls a part of the recorder inside of the crew's own code: nothing it raises gets out."""
        try:
            return function(*arguments)
        except Exception as error:
            for sink in self._open:
                sink.trouble(error)
            return None


#: All that records now.
sinks = _Sinks()
