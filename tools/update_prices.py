"""Writes analysis/src/prices/prices.tsv from the public package `genai-prices` (Pydantic, MIT).

    python3 -m venv .venv && .venv/bin/pip install -U genai-prices
    .venv/bin/python tools/update_prices.py

The table keeps, for the providers whose models CrewAI users call by name, the price that holds today: USD for one million tokens, with
the step for long prompts. It is part of the download, so a name is left out if the viewer finds its price anyway (by dropping a date, a
version or a provider: `stems` does what `analysis/src/prices/names.rs` does). docs/prices.md says what is left out, and why.
"""

import datetime
import importlib.metadata
import pathlib
import re

from genai_prices.data import providers

FIRST_HAND = ["openai", "anthropic", "google", "mistral", "cohere", "deepseek", "x-ai", "perplexity", "moonshotai"]
TARGET = pathlib.Path(__file__).resolve().parent.parent / "analysis/src/prices/prices.tsv"
CELLS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")

# Audio and image tokens have other prices, which a trace does not tell apart: no price is better than a wrong one. Embeddings are no LLM
# calls, the completion models of 2020 are gone, and open weights have a price by host only.
UNWANTED = re.compile(r"audio|sonic|realtime|image|tts|transcri|live|robotics|embed|voxtral|omni|nano-banana|ocr|whisper|extended|^(text-)?(ada|babbage|curie|davinci)|^ft:gpt-4-0|^gpt-oss")

SUFFIXES = [
    re.compile(r"-v\d+(:[\dk]+)+$"),
    re.compile(r"[-@]20\d{6}$"),
    re.compile(r"-20\d\d-[01]\d-\d\d$"),
    re.compile(r"-[01]\d-20\d\d$"),
    re.compile(r"-0\d\d$"),
    re.compile(r"-latest$"),
    re.compile(r"-preview(-[01]\d-\d\d)?$"),
]


def plain(name):
    """The spelling that names are compared in."""
    return name.lower().strip().replace(".", "-")


def stems(name):
    """A name, then what is left of it without date, version, `-latest` and `-preview`, one after the other."""
    while True:
        yield name
        for suffix in SUFFIXES:
            if found := suffix.search(name):
                break
        else:
            found = re.search(r"-v\d+$", name) if name.startswith("claude") else None
        if not found or not found.start():
            return
        name = name[: found.start()]


def current(prices):
    """The price that holds now: of several with start dates, the last that has begun. (Prices by the time of day are conditions of another kind; which hour a call was billed in is not recorded.)"""
    if not isinstance(prices, list):
        return prices
    today = datetime.date.today()
    holding = None
    for entry in prices:
        start = getattr(entry.constraint, "start_date", None) if entry.constraint else None
        if entry.constraint is None or (start is not None and start <= today):
            holding = entry.prices
    return holding


def number(value):
    return "-" if value is None else f"{float(value):g}"


def row(price):
    """`2.5 10 1.25`, `3 15 0.3 3.75 >200000*2*1.5`; None if it has no price for text."""
    cells = [getattr(price, key, None) for key in CELLS]
    if cells[0] is None or cells[1] is None:
        return None
    bases = [getattr(cell, "base", cell) for cell in cells]
    if not any(bases):
        return None
    text = " ".join(number(base) for base in bases)
    while text.endswith(" -"):
        text = text[:-2]
    steps = {(int(cell.tiers[0].start), float(cell.tiers[0].price / cell.base)) for cell in cells if hasattr(cell, "tiers")}
    if steps:
        assert all(len(cell.tiers) == 1 for cell in cells if hasattr(cell, "tiers")), price
        start = {step[0] for step in steps}
        factor = lambda cell: round(float(cell.tiers[0].price / cell.base), 6) if hasattr(cell, "tiers") else 1
        assert len(start) == 1, price
        # The cache goes with the input; the one price that does not would need a format of its own.
        text += f" >{start.pop()}*{factor(cells[0]):g}*{factor(cells[1]):g}"
    return text


def names(match):
    """Names that a match clause accepts literally."""
    for attribute in ("equals", "starts_with"):
        if isinstance(name := getattr(match, attribute, None), str):
            yield name
    for clause in getattr(match, "or_", None) or []:
        yield from names(clause)


def rows_of(provider):
    for model in next(known for known in providers if known.id == provider).models:
        if text := row(current(model.prices)):
            for name in [model.id, *names(model.match)]:
                name = plain(name)
                if name[-1] not in "-@" and not re.search(r"-20\d\d$", name) and " " not in name:
                    yield name, text


def main():
    rows, regional = {}, {}
    for provider in FIRST_HAND:
        for name, text in rows_of(provider):
            if "/" not in name and not UNWANTED.search(name):
                if rows.setdefault(name, text) != text:
                    print(f"{name}: {rows[name]} stays, {text} ({provider}) is passed over")
    # Hosts of other people's weights: a price holds for the host only.
    for name, text in rows_of("groq"):
        if not UNWANTED.search(name):
            rows["groq/" + name] = text
    for name, text in rows_of("aws"):
        found = re.fullmatch(r"(?:(global|regional|us|eu|apac|au|jp|in|ca)-)?(anthropic|openai|amazon-nova|meta)-(.*)", name)
        if not found or UNWANTED.search(name):
            continue
        place, vendor, model = found.groups()
        if vendor in ("anthropic", "openai"):
            own = next((rows[stem] for stem in stems(model) if stem in rows), None)
            if place == "regional" and own and own != text:
                factor = round(float(text.split()[0]) / float(own.split()[0]), 4)
                regional.setdefault(f"{factor:g}", set()).add(list(stems(model))[-1])
        elif place in (None, "global"):
            rows[list(stems(f"{vendor}-{model}"))[-1]] = text
        elif place == "regional":
            own = rows.get(list(stems(f"{vendor}-{model}"))[-1])
            if own and own != text:
                regional.setdefault(f"{float(text.split()[0]) / float(own.split()[0]):g}", set()).add(list(stems(f"{vendor}-{model}"))[-1])
    # What is found without being listed.
    for name in sorted(rows, key=len, reverse=True):
        shorter = next((rows[stem] for stem in list(stems(name))[1:] if stem in rows), None)
        if shorter == rows[name]:
            del rows[name]
    groups = {}
    for name, text in sorted(rows.items()):
        groups.setdefault(text, []).append(name)
    version = importlib.metadata.version("genai-prices")
    lines = [f"# source: genai-prices {version} (MIT, Pydantic)", f"# date: {datetime.date.today()}"]
    lines += ["\t".join([text, " ".join(group)]) for text, group in sorted(groups.items(), key=lambda item: item[1][0])]
    lines += [f"*{factor}\t{' '.join(sorted(group))}" for factor, group in sorted(regional.items()) if factor != "1"]
    TARGET.write_text("\n".join(lines) + "\n")
    print(f"{len(rows)} names, {TARGET.stat().st_size} bytes")


main()
