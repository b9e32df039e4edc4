"""`record()`: from where a recording begins to where the viewer opens."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import viewer
from .linefile import LineFile
from .redaction import Redact
from .sinks import Sink, logger, sinks


class Recording:
    """A recording: where it is, and how it went."""

    def __init__(self, path: str | os.PathLike[str], *, redact: Redact | None = None, starts: bool = True, append: bool = False) -> None:
        self._file = LineFile(os.path.abspath(named(os.fspath(path))), append)
        self._sink = Sink(self._file, redact, starts)
        self._backend = None
        #: ``"otlp"`` (spans) or ``"events"`` (event log); ``None`` before the start, or if crewai cannot be recorded.
        self.form: str | None = None

    @property
    def path(self) -> str:
        """The file, as an absolute path."""
        return self._file.path

    @property
    def lines(self) -> int:
        """Lines written so far."""
        return self._file.lines

    @property
    def problems(self) -> list[str]:
        """What could not be recorded, if anything."""
        return self._sink.problems

    def start(self) -> Recording:
        """Begins. Never raises."""
        sinks.add(self._sink)
        try:
            self._backend = backend()(self._sink)
            self.form = self._backend.form
        except Exception as error:
            self._sink.trouble(error)
        return self

    def stop(self) -> Recording:
        """Ends. Never raises. A second call does nothing."""
        file, self._sink.file, backend_ = self._sink.file, self._sink.file, self._backend
        self._backend = None
        try:
            if backend_ is not None:
                flush_bus()
                sinks.remove(self._sink)
                backend_.stop()
        except Exception as error:
            self._sink.trouble(error)
        finally:
            sinks.remove(self._sink)
            self._sink.file = None
            if file is not None:
                file.close()
        if backend_ is not None and not self.lines:
            logger.warning("crewscope_recorder: no crew, flow, agent or LLM ran, so %s was not written", self.path)
        return self

    def html(self, viewer_file: str | os.PathLike[str] | None = None) -> str | None:
        """Writes one HTML file with the viewer and this trace beside the trace; gives its path, or ``None`` if no viewer is found."""
        return viewer.save(self.path, viewer_file)

    def open(self, viewer_file: str | os.PathLike[str] | None = None) -> str | None:
        """The same, and opens it in the browser."""
        return viewer.show(self.path, viewer_file)


def backend():
    """How the installed crewai is recorded."""
    from . import events, spans

    return spans.Spans if spans.available() else events.Events


def flush_bus() -> None:
    """Waits until the handlers of all events have run, where the bus can say so."""
    try:
        from crewai.events.event_bus import crewai_event_bus

        crewai_event_bus.flush(timeout=30.0)
    except (ImportError, AttributeError, TypeError):
        pass


def named(path: str) -> str:
    """The file that a path means: ``{time}`` and ``{pid}`` are filled in; in a folder the file gets a name of its own."""
    moment = time.strftime("%Y%m%d-%H%M%S")
    path = path.replace("{time}", moment).replace("{pid}", str(os.getpid()))
    if path.endswith(("/", os.sep)) or os.path.isdir(path):
        return os.path.join(path, f"crew-{moment}-{os.getpid()}.jsonl")
    return path


@contextmanager
def record(
    path: str | os.PathLike[str] = "crew-{time}.jsonl",
    *,
    open: bool = False,
    redact: Redact | None = None,
    starts: bool = True,
    append: bool = False,
    viewer: str | os.PathLike[str] | None = None,
) -> Iterator[Recording]:
    """Records all that crewai runs inside of the block into `path`.

    path      a file of JSON Lines. ``{time}`` and ``{pid}`` are filled in; a folder gets a file of its own. A file that is there is
              replaced, unless this process wrote it.
    open      opens the viewer with the trace inside when the block ends, also after an error.
    redact    a function of a field's name and its text that gives the text to be written, or ``None`` to leave it out;
              see `hide_secrets` and `hide_content`.
    starts    writes each span also when it begins, so that a killed run shows what it was doing.
    append    continues a file that is there.
    viewer    the viewer's single file, if it is not the one that came with this package.
    """
    recording = Recording(path, redact=redact, starts=starts, append=append).start()
    try:
        yield recording
    finally:
        recording.stop()
        if open and recording.lines:
            recording.open(viewer)
