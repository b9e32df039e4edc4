"""Tokens of each call before crewai 1.14, whose events carry none: taken where crewai itself counts them.

crewai reads the usage of an answer and then emits `llm_call_completed`, both in one thread or async task. What was read in between
belongs to that event."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

_read: contextvars.ContextVar[dict[str, int] | None] = contextvars.ContextVar("crewscope_usage", default=None)

#: Our name, and the names that providers have for it.
NAMES = {
    "prompt_tokens": ("prompt_tokens", "prompt_token_count", "input_tokens"),
    "completion_tokens": ("completion_tokens", "candidates_token_count", "output_tokens"),
    "total_tokens": ("total_tokens", "total_token_count"),
    "cached_prompt_tokens": ("cached_prompt_tokens", "cached_tokens", "cache_read_input_tokens"),
    "reasoning_tokens": ("reasoning_tokens",),
    "cache_creation_tokens": ("cache_creation_tokens", "cache_creation_input_tokens"),
}
DETAILS = {
    "cached_prompt_tokens": ("prompt_tokens_details", "cached_tokens"),
    "reasoning_tokens": ("completion_tokens_details", "reasoning_tokens"),
}


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _count(number: Any) -> int | None:
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def read(usage: Any) -> dict[str, int] | None:
    """The counts of a provider's usage, under our names."""
    found: dict[str, int] = {}
    for ours, theirs in NAMES.items():
        counts = [_count(_get(usage, name)) for name in theirs]
        if ours in DETAILS:
            outer, inner = DETAILS[ours]
            counts.append(_count(_get(_get(usage, outer), inner)))
        known = [count for count in counts if count is not None]
        if known:
            # The same count may stand in two places, one of them unset.
            found[ours] = max(known)
    return found if found.get("prompt_tokens") or found.get("completion_tokens") else None


class Usage:
    """The places of crewai that are wrapped while something records."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        try:
            from crewai.events.types.llm_events import LLMCallCompletedEvent

            if "usage" in LLMCallCompletedEvent.model_fields:
                return
        except ImportError:
            pass
        self._wrap_method("crewai.llms.base_llm", "BaseLLM", "_track_token_usage_internal", lambda arguments: arguments[:1])
        self._wrap_method("crewai.llm", "LLM", "_handle_streaming_callbacks", lambda arguments: arguments[1:2])
        self._wrap_details()
        self._wrap_litellm()

    def undo(self) -> None:
        """Puts everything back."""
        while self._undo:
            self._undo.pop()()

    def before(self, event: Any) -> dict[str, int] | None:
        """What belongs to this event, which is about to be emitted."""
        kind = getattr(event, "type", None)
        if kind in ("llm_call_started", "llm_call_failed"):
            _read.set(None)
        elif kind == "llm_call_completed":
            used = _read.get()
            _read.set(None)
            return used
        return None

    def _set(self, owner: Any, name: str, value: Any) -> None:
        original = owner.__dict__[name]
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, original))

    def _wrap_method(self, module: str, owner: str, name: str, usage_of: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> None:
        """Takes the usage that a method of crewai is given."""
        import importlib

        try:
            cls = getattr(importlib.import_module(module), owner)
            original = cls.__dict__[name]
        except (ImportError, AttributeError, KeyError):
            return

        def wrapped(self: Any, *arguments: Any, **named: Any) -> Any:
            for given in (*usage_of(arguments), named.get("usage_data"), named.get("usage_info")):
                keep(given)
            return original(self, *arguments, **named)

        self._set(cls, name, wrapped)

    def _wrap_details(self) -> None:
        """crewai's client of OpenAI reads three counts of an answer; cached and reasoning tokens stand beside them."""
        try:
            from crewai.llms.providers.openai.completion import OpenAICompletion

            original = OpenAICompletion.__dict__["_extract_openai_token_usage"]
        except (ImportError, KeyError):
            return

        function = original.__func__ if isinstance(original, staticmethod) else original

        def wrapped(*arguments: Any) -> Any:
            counted = function(*arguments)
            whole = read(getattr(arguments[-1], "usage", None))
            # `keep` reads these as well; crewai itself looks at names of its own only.
            if whole and isinstance(counted, dict):
                counted = {**counted, "_crewscope": whole}
            return counted

        self._set(OpenAICompletion, "_extract_openai_token_usage", staticmethod(wrapped) if function is not original else wrapped)

    def _wrap_litellm(self) -> None:
        """Answers that come by litellm and are not streamed."""
        import sys

        litellm = sys.modules.get("litellm")
        for name in ("completion", "acompletion"):
            original = getattr(litellm, name, None)
            if original is None:
                continue

            def wrapped(*arguments: Any, _original: Any = original, **named: Any) -> Any:
                answer = _original(*arguments, **named)
                keep(getattr(answer, "usage", None))
                return answer

            async def awaited(*arguments: Any, _original: Any = original, **named: Any) -> Any:
                answer = await _original(*arguments, **named)
                keep(getattr(answer, "usage", None))
                return answer

            self._set(litellm, name, awaited if name == "acompletion" else wrapped)


def keep(usage: Any) -> None:
    """Remembers the usage of the answer that was just read. Never raises: this runs inside of the crew's own call."""
    try:
        found = _get(usage, "_crewscope") or read(usage)
        if found:
            _read.set(found)
    except Exception:
        pass
