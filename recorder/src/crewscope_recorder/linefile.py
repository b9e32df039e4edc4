"""A file of JSON Lines that is complete at every moment."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

# Files that a recording of this process has begun: a second recording continues them instead of wiping out the first.
_begun: set[str] = set()


def encode(value: Any) -> bytes:
    """One line of JSON. Half a surrogate pair, which UTF-8 cannot say, becomes the escape that JSON has for it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=repr)
    return text.encode("utf-8", "backslashreplace") + b"\n"


class LineFile:
    """Appends lines, each by one write of the operating system: a killed process leaves whole lines only.

    The file is made at the first line, so a run of something else leaves no empty file behind."""

    def __init__(self, path: str, append: bool = False) -> None:
        self.path = path
        self.lines = 0
        self._append = append
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            # A child of a fork must not wait for a thread that it does not have.
            os.register_at_fork(after_in_child=self._unlock)

    def _unlock(self) -> None:
        self._lock = threading.Lock()

    def write(self, value: Any) -> None:
        """Appends one line."""
        line = encode(value)
        with self._lock:
            if self._descriptor is None:
                self._descriptor = self._open()
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            self.lines += 1

    def _open(self) -> int:
        folder = os.path.dirname(self.path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        known = os.path.realpath(self.path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        if not self._append and known not in _begun:
            flags |= os.O_TRUNC
        _begun.add(known)
        # Prompts and answers are nobody else's business.
        return os.open(self.path, flags, 0o600)

    def close(self) -> None:
        """Closes the file; later lines open it again."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
