"""The viewer's single file with a trace inside."""

from __future__ import annotations

import base64
import gzip
import html
import os
import re
import webbrowser
from pathlib import Path

from .sinks import logger

#: Browsers do not read a longer text back from a page (web/element/export.js has the same limit).
LONGEST = 480_000_000

_SAMPLES = re.compile(rb'<script [^>]*class="crewscope-sample"[^>]*>[A-Za-z0-9+/=]*</script>\n?')


def find(given: str | os.PathLike[str] | None = None) -> Path | None:
    """The viewer: as named, by ``CREWSCOPE_VIEWER``, as it came with this package, or built in the clone that this package lies in."""
    named = given or os.environ.get("CREWSCOPE_VIEWER")
    if named:
        path = Path(named)
        if path.is_file():
            return path
        logger.warning("crewscope_recorder: there is no viewer at %s", path)
        return None
    here = Path(__file__).resolve()
    places = [here.with_name("crewscope.html")]
    places += [folder / "dist" / "crewscope.html" for folder in here.parents[3:4]]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        logger.warning(
            "crewscope_recorder: this installation has no viewer inside; set CREWSCOPE_VIEWER to a crewscope.html "
            "(a release has one, `cargo xtask dist` builds one), or drop the trace on any crewscope page"
        )
    return found


def page(viewer: bytes, name: str, trace: bytes) -> bytes:
    """`viewer` with `trace` inside, in the form of the page's own "Save as HTML"."""
    packed = base64.b64encode(trace if trace[:2] == b"\x1f\x8b" else gzip.compress(trace, 6, mtime=0))
    if len(packed) > LONGEST:
        raise ValueError("the trace is too large for one page")
    # The gallery of the start page is for who has no trace.
    viewer = _SAMPLES.sub(b"", viewer)
    end = viewer.rfind(b"</body>")
    if end < 0 or b'id="crewscope-wasm"' not in viewer:
        raise ValueError("this is not the single file of the viewer")
    tag = f'<script type="application/gzip;base64" class="crewscope-trace" data-name="{html.escape(name)}">'
    return viewer[:end] + tag.encode() + packed + b"</script>\n" + viewer[end:]


def save(trace: str, given: str | os.PathLike[str] | None = None) -> str | None:
    """Writes ``run.html`` beside ``run.jsonl``. Never raises."""
    try:
        viewer = find(given)
        if viewer is None:
            return None
        source = Path(trace)
        target = source.with_suffix(".html") if source.suffix else source.with_name(source.name + ".html")
        content = page(viewer.read_bytes(), source.name, source.read_bytes())
        # Nobody else's business, like the trace itself.
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        return str(target)
    except Exception as error:
        logger.warning("crewscope_recorder: the viewer could not be written: %s: %s", type(error).__name__, error)
        return None


def show(trace: str, given: str | os.PathLike[str] | None = None) -> str | None:
    """Opens the viewer with the trace inside. Never raises."""
    target = save(trace, given)
    if target is not None:
        try:
            if not webbrowser.open(Path(target).as_uri()):
                print(f"crewscope: open {target} in a browser")
        except Exception as error:
            logger.warning("crewscope_recorder: no browser could be opened for %s: %s", target, error)
    return target
