"""Recording without a change of code: ``CREWSCOPE_RECORD=run.jsonl``.

``crewscope_recorder.pth`` imports this at the start of Python where that variable is set. It waits until the program itself imports
crewai, so other programs of the same environment stay as they are."""

from __future__ import annotations

import atexit
import importlib.abc
import importlib.util
import os
import sys
from typing import Any


def _hook(name: str) -> Any:
    """A redaction hook by its place: ``module:function``, or one of this package by name alone."""
    from . import redaction

    if ":" not in name:
        return getattr(redaction, name)
    import importlib

    module, function = name.split(":", 1)
    return getattr(importlib.import_module(module), function)


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


def begin(path: str, *, append: bool = True, show: bool = False) -> None:
    """Records until the process ends."""
    from .recording import Recording
    from .sinks import logger

    redact = None
    named = os.environ.get("CREWSCOPE_REDACT")
    if named:
        try:
            redact = _hook(named)
        except Exception as error:
            # What should be hidden must not be written.
            logger.warning("crewscope_recorder: nothing is recorded, for CREWSCOPE_REDACT=%s cannot be found: %s", named, error)
            return
    recording = Recording(path, redact=redact, append=append).start()

    def end() -> None:
        lines = recording.lines
        # A program that only imports crewai is not worth a word.
        if lines:
            recording.stop()
            if show:
                recording.open()

    atexit.register(end)


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the import of crewai through, and begins when it is done."""

    def __init__(self, path: str, append: bool, show: bool) -> None:
        self._begin = (path, append, show)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "crewai":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        run = spec.loader.exec_module
        where, append, show = self._begin

        def exec_module(module: Any) -> None:
            run(module)
            try:
                begin(where, append=append, show=show)
            except Exception:
                pass

        try:
            spec.loader.exec_module = exec_module
        except AttributeError:
            pass
        return spec


def arm(path: str, *, append: bool = True, show: bool = False) -> None:
    """Begins as soon as crewai is there. A second call replaces the first."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    if "crewai" in sys.modules:
        begin(path, append=append, show=show)
    else:
        sys.meta_path.insert(0, _Finder(path, append, show))


_path = os.environ.get("CREWSCOPE_RECORD")
if _path:
    arm(_path, show=_flag("CREWSCOPE_OPEN"))
