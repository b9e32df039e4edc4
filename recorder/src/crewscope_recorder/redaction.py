"""What may be done to texts before they reach the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

#: A hook: gets the name of a field and its text, gives the text to be written.
Redact = Callable[[str, str], "str | None"]

#: Written where a hook failed: the text itself must not slip through.
FAILED = "[not recorded: the redaction hook failed]"
HIDDEN = "[hidden]"

# Where a token may begin: not inside of a word. The letters of an escape (\n, \u0022) are no word, for texts often are JSON.
_START = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4}))"
_SECRETS = re.compile(
    _START
    + r"""(?:
      (?:sk|pk|rk)-[A-Za-z0-9_-]{16,}                       # OpenAI, Anthropic, OpenRouter, Langfuse
    | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}           # Stripe
    | (?:xai|csk|pplx|nvapi|tvly)-[A-Za-z0-9_-]{16,}        # xAI, Cerebras, Perplexity, NVIDIA, Tavily
    | (?:gsk|hf|lsv2|pcsk|whsec)_[A-Za-z0-9_]{16,}          # Groq, Hugging Face, LangSmith, Pinecone
    | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,} | gl(?:pat|rt)-[A-Za-z0-9_-]{16,}
    | xox[abeprs]-[A-Za-z0-9-]{10,} | xapp-[A-Za-z0-9-]{10,}   # Slack
    | (?:AKIA|ASIA)[A-Z0-9]{16}\b                           # AWS
    | AIza[A-Za-z0-9_-]{30,} | ya29\.[A-Za-z0-9._-]{16,} | GOCSPX-[A-Za-z0-9_-]{16,}   # Google
    | eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}   # JSON web tokens
    )
    | (?<=[Bb]earer\ )[A-Za-z0-9._~+/-]{16,}=*
    | (?<=PRIVATE\ KEY-----)[A-Za-z0-9+/=\s\\]{20,}(?=-----END)
    | (?<=://)[^\s/?\#"'\\<>@:]*:[^\s/?\#"'\\<>]+(?=@)       # user and password of an address
    """,
    re.VERBOSE,
)
_NAMED = re.compile(
    r"""((?:api[_-]?key|secret|password|passwd|access[_-]?token|auth[_-]?token)\\?["']?\s*[:=]\s*\\?["']?)([^\s"'\\,;&}]{4,})""",
    re.IGNORECASE,
)

# Texts that say what ran and how it ended, but not what was said.
_SHAPE = re.compile(
    r"(?:^|\.)(?:type|name|key|id|role|agent|model|status|process|kind|version|timestamp|reason|reasons|finish_reason|call_type|output_format"
    r"|execution_uuid|event_name|subject|started_at|finished_at|[a-z_]*_(?:id|key|name|role|type|at|format))$"
)


def hide_secrets(key: str, text: str) -> str:
    """A ready hook: API keys, tokens and passwords become ``[hidden]``."""
    return _NAMED.sub(lambda found: found[1] + HIDDEN, _SECRETS.sub(HIDDEN, text))


def hide_content(key: str, text: str) -> str:
    """A ready hook: names, models, times and numbers stay; prompts, answers, arguments and results do not."""
    if key.startswith("crewai.") and key.endswith("usage_metrics"):
        return text
    if key.startswith("error.") or _SHAPE.search(key):
        return text
    return HIDDEN


def apply(redact: Redact | None, key: str, text: str) -> str | None:
    """The text as it may be written. A hook that fails costs the text, never the run."""
    if redact is None:
        return text
    try:
        kept = redact(key, text)
    except Exception:
        return FAILED
    return kept if kept is None or isinstance(kept, str) else str(kept)


def walk(redact: Redact | None, value: Any, key: str = "") -> Any:
    """The same for all texts inside a JSON value; places are named like ``messages.0.content``."""
    if redact is None:
        return value
    if isinstance(value, str):
        return apply(redact, key, value)
    if isinstance(value, dict):
        return {name: walk(redact, inner, f"{key}.{name}" if key else str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [walk(redact, inner, f"{key}.{at}" if key else str(at)) for at, inner in enumerate(value)]
    return value
