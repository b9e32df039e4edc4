"""``python -m crewscope_recorder [-o run.jsonl] [--open] script.py [arguments]``: runs a program and records its crews.

Also: ``-m module`` instead of a script, and ``html run.jsonl``, which writes the viewer with that trace inside."""

from __future__ import annotations

import argparse
import os
import runpy
import sys

from . import __version__, viewer


def _html(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crewscope-recorder html", description="Write one HTML file: the viewer with a trace inside.")
    parser.add_argument("trace", help="a trace file, as any that the viewer opens")
    parser.add_argument("--viewer", help="the viewer's single file (crewscope.html)")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    chosen = parser.parse_args(arguments)
    written = (viewer.show if chosen.open else viewer.save)(chosen.trace, chosen.viewer)
    if written is None:
        return 1
    print(written)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["html"] and not os.path.exists("html"):
        return _html(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="crewscope-recorder",
        description="Run a Python program and record what its crews, flows and agents do.",
        epilog="crewscope-recorder html run.jsonl writes the viewer with that trace inside.",
    )
    parser.add_argument("-o", "--output", default="crew-{time}.jsonl", help="the trace file ({time} and {pid} are filled in)")
    parser.add_argument("--open", action="store_true", help="open the viewer with the trace inside when the program ends")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("-m", dest="module", action="store_true", help="the program is a module")
    parser.add_argument("program", help="a script, or with -m a module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for the program")
    chosen = parser.parse_args(arguments)

    # One recording: the switch of the environment is this one.
    os.environ.pop("CREWSCOPE_RECORD", None)
    from . import _switch

    _switch.arm(chosen.output, append=False, show=chosen.open)
    sys.argv = [chosen.program, *chosen.arguments]
    if chosen.module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(chosen.program, run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(chosen.program)))
        runpy.run_path(chosen.program, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
