"""The tools of those who write conversations, as commands; each is imported only when it runs."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

# What argparse calls an action of subparsers has no public name.
Commands = Any


def add_tools(commands: Commands) -> None:
    """Add every tool to the commands of ``yousaid``."""
    check = _add(commands, "check", "checking", "look for mistakes in a configuration")
    check.add_argument("folder", nargs="?", type=Path, help="default: the one that is set, or the starter")
    init = _add(commands, "init", "beginning", "make a configuration of your own from the starter")
    init.add_argument("folder", type=Path)
    graph = _add(commands, "graph", "graph", "draw a flow (Mermaid)")
    graph.add_argument("flow")
    graph.add_argument("--lang", help="default: the source language")
    schema = _add(commands, "schema", "schema", "print JSON Schema, so that editors complete and check")
    schema.add_argument("file", nargs="?", default="flow", choices=["flow", "part", "town"])
    tried = _add(commands, "try", "trying", "play a flow in the terminal, and save it as a story")
    tried.add_argument("flow")
    tried.add_argument("--lang", help="default: the source language")
    tried.add_argument("--save", metavar="NAME", help="write what was answered into tests/NAME.yaml")
    tested = _add(commands, "test", "testing", "play the stories of a configuration, also in every nasty manner")
    tested.add_argument("folder", nargs="?", type=Path, help="default: the one that is set, or the starter")
    diff = _add(commands, "diff", "diff", "say what a change of a flow means for the people inside of it")
    diff.add_argument("old", type=Path, help="a flow file or a configuration; alone: compared with what is published")
    diff.add_argument("new", type=Path, nargs="?")
    drop_off = _add(commands, "drop-off", "drop_off", "tell where people stop in a flow; no answer is read")
    drop_off.add_argument("flow")
    drop_off.add_argument("--silent-days", type=int, default=3, help="silent for so long: stopped (default: 3)")
    drop_off.add_argument("--json", action="store_true", help="print for programs")
    stats = _add(commands, "stats", "stats", "tell what came of it, by service and by who takes part")
    stats.add_argument("--json", action="store_true", help="print for programs")
    _add_translate(commands)
    _add_import(commands)


def _add_import(commands: Commands) -> None:
    taken = _add(commands, "import", "importing", "take in what was said on another platform (CSV)")
    taken.add_argument("file", type=Path)
    mapped = "what a column is: words, key, author, at, service, language or moderated; once for each"
    taken.add_argument("--map", action="append", default=[], metavar="WHAT=COLUMN", help=mapped)
    taken.add_argument("--service", help="what it is about, where a row does not say")
    value = "what the other platform calls a service of ours; once for each"
    taken.add_argument("--value", action="append", default=[], metavar="NAME=SERVICE", help=value)
    taken.add_argument("--receipts", type=Path, metavar="FILE", help="where the codes of the authors are written")
    taken.add_argument("--dry-run", action="store_true", help="only tell what would come of it")
    a_day = "how many a queue promises for one working day (default: 20)"
    taken.add_argument("--per-day", type=number_of_cases, default=20, metavar="N", help=a_day)
    taken.add_argument("--language", help="of the words, where a row does not say; default: the town's own")
    taken.add_argument("--flow", help="which flow they count as said in; default: the first that asks for words")
    dates = "what comes first in dates such as 03/04/2018"
    taken.add_argument("--dates", choices=["day-first", "month-first"], help=dates)
    taken.add_argument("--encoding", help="default: UTF-8, or what the file begins with")
    taken.add_argument("--source", default="", metavar="NAME", help="which platform, if rows come from more than one")


def number_of_cases(text: str) -> int:
    """Read a number of at least one; argparse tells what it is called. Raises: ValueError."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _add_translate(commands: Commands) -> None:
    about = "texts out to a sheet (CSV), and translations back into the files"
    steps = commands.add_parser("translate", help=about).add_subparsers(required=True, metavar="COMMAND")
    export = _add(steps, "export", "translating", "write every text into a sheet", function="run_export")
    export.add_argument("--lang", action="append", help="only this language; can be given more than once")
    export.add_argument("--out", type=Path, help="default: the terminal")
    taken = _add(
        steps, "import", "translating", "write the translations of a sheet into the files", function="run_import"
    )
    taken.add_argument("sheet", type=Path)
    confirm = _add(steps, "confirm", "translating", "say that translations fit their source", function="run_confirm")
    confirm.add_argument("text", nargs="*", help="ids of texts; default: all")
    confirm.add_argument("--lang", action="append")


def _add(commands: Commands, name: str, module: str, about: str, *, function: str = "run") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about)
    parser.set_defaults(run=_late(module, function))
    return parser


def _late(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    """Import a tool when it is called for: `check` should not wait for what only `try` needs."""

    def run(chosen: argparse.Namespace) -> int:
        tool: Callable[[argparse.Namespace], int] = getattr(import_module(f"bot.tools.{module}"), function)
        return tool(chosen)

    return run
