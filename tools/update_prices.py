"""Writes trace/src/analysis/prices.tsv from the public package `genai-prices` (Pydantic, MIT).

    python3 -m venv .venv && .venv/bin/pip install -U genai-prices
    .venv/bin/python tools/update_prices.py

The table keeps, for the providers whose models CrewAI users call by name, the price that holds today: USD for one million tokens.
Tiered prices keep their first tier.
"""

import datetime
import importlib.metadata
import pathlib

from genai_prices.data import providers

WANTED = ["openai", "anthropic", "google", "mistral", "cohere", "deepseek", "x-ai", "groq", "perplexity", "moonshotai"]
TARGET = pathlib.Path(__file__).resolve().parent.parent / "trace/src/analysis/prices.tsv"


def number(price):
    """First tier of a price, or None."""
    if price is None:
        return None
    return float(getattr(price, "base", price))


def names(match):
    """Names that a match clause accepts literally."""
    if match is None:
        return
    for attribute in ("equals", "starts_with"):
        if isinstance(getattr(match, attribute, None), str):
            yield getattr(match, attribute)
    for clause in getattr(match, "or_", None) or []:
        yield from names(clause)


def current(prices):
    """The price that holds now: a model may have several with conditions, the last unconditional or started one counts."""
    if not isinstance(prices, list):
        return prices
    today = datetime.date.today()
    holding = None
    for entry in prices:
        start = getattr(entry.constraint, "start_date", None) if entry.constraint else None
        if start is None or start <= today:
            if start is not None or holding is None:
                holding = entry.prices
    return holding


def main():
    rows = {}
    for wanted in WANTED:
        provider = next((provider for provider in providers if provider.id == wanted), None)
        for model in provider.models if provider else []:
            price = current(model.prices)
            cells = [number(getattr(price, key, None)) for key in ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")]
            if cells[0] is None or cells[1] is None:
                continue
            for name in [model.id, *names(model.match)]:
                name = name.lower().strip()
                if name and "\t" not in name:
                    rows.setdefault(name, cells)
    version = importlib.metadata.version("genai-prices")
    lines = [f"# source: genai-prices {version} (MIT, Pydantic)", f"# date: {datetime.date.today()}", "# model\tinput\toutput\tcache read\tcache write (USD per million tokens)"]
    for name, cells in sorted(rows.items()):
        lines.append("\t".join([name, *("" if cell is None else f"{cell:g}" for cell in cells)]))
    TARGET.write_text("\n".join(lines) + "\n")
    print(f"{len(rows)} names, {TARGET.stat().st_size} bytes")


main()
