"""What the viewer reports of a recording, held against what the model server counted and what the program saw."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path


def report(program: str, trace: Path) -> dict:
    """What the command reports of a file."""
    ran = subprocess.run([program, "report", str(trace)], capture_output=True, text=True, encoding="utf-8")
    if ran.returncode not in (0, 2):
        raise AssertionError(f"{program} {trace}: {ran.stderr}")
    return json.loads(ran.stdout)


def total(found: dict, name: str):
    """A sum over executions; `None` if none of them recorded it."""
    values = [one["summary"][name] for one in found["executions"] if one["summary"][name] is not None]
    return sum(values) if values else None


class Difference(Exception):
    """What is not as it was."""


class Check:
    """Compares one recording; differences are collected."""

    def __init__(self, found: dict, truth: dict) -> None:
        self.found, self.truth, self.differences = found, truth, []

    def same(self, what: str, got, wanted) -> None:
        if got != wanted:
            self.differences.append(f"{what}: {got!r} instead of {wanted!r}")

    def figures(self, but: tuple[str, ...] = ()) -> None:
        """Requests and tokens."""
        served = self.truth["served"]
        for name, ours in (
            ("requests", "requests"),
            ("failed_requests", "failed"),
            ("prompt_tokens", "prompt"),
            ("completion_tokens", "completion"),
            ("total_tokens", "total"),
            ("cached_prompt_tokens", "cached"),
            ("reasoning_tokens", "reasoning"),
        ):
            if name not in but:
                got = total(self.found, name)
                self.same(name, got, served[ours] if got is not None or served[ours] or name in ("requests", "total_tokens") else None)

    def runs(self, count: int, kind: str, statuses: tuple[str, ...] = ("completed",)) -> None:
        """How many executions there are, of what kind, and how they ended."""
        self.same("executions", len(self.found["executions"]), count)
        for one in self.found["executions"]:
            self.same("kind", one["kind"], kind)
            if one["status"] not in statuses:
                self.differences.append(f"status: {one['status']!r} instead of {statuses!r}")

    def tasks(self, *wanted: tuple[str, str]) -> None:
        """Names and states of all tasks, in any order."""
        self.same("tasks", sorted((task["name"], task["status"]) for one in self.found["executions"] for task in one["tasks"]), sorted(wanted))

    def tools(self, *wanted: tuple[str, str]) -> None:
        """Names and states of all tool calls."""
        self.same("tool calls", sorted((call["name"].replace(" ", "_").lower(), call["status"]) for one in self.found["executions"] for call in one["tool_calls"]), sorted(wanted))

    def outputs(self) -> None:
        """Final outputs, as the program got them."""
        wanted = sorted(one["output"] for one in self.truth["results"] if one["ok"])
        self.same("outputs", sorted(one["final_output"] for one in self.found["executions"] if one["final_output"] is not None), wanted)

    def quiet(self) -> None:
        """The recorder had no trouble, and the importer could read every line."""
        self.same("problems", self.truth["recording"]["problems"], [])
        unread = [one for one in self.found["warnings"] if one["kind"] in ("unreadable-record", "truncated-source", "unknown-record", "duplicate-record", "repaired-value")]
        self.same("warnings", unread, [])
