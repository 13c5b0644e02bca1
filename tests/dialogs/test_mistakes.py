"""What authors get wrong: each mistake in `mistakes/` is told alone, where it stands, with cause and remedy.

A case is a change of the good town beside it: lines that begin with `-` become the lines with `+`. A
`¦` marks where the mistake must be told, and `!` is what must be said.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dialogs.ids import Language
from dialogs.installation import Installation
from dialogs.installation_reader import Known, read_installation
from dialogs.yaml_tree import LARGEST_BYTES, MOST_NODES

CASES = Path(__file__).parent / "mistakes"
DIALOGS = Path(__file__).parents[2] / "dialogs"
EN, PL = Language("en"), Language("pl")
KNOWN = Known((EN, PL), {"Europe/Warsaw", "Europe/Madrid"}, {EN: "Something else", PL: "Coś innego"})
HUNK = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """A mistake: its title, the files with it, and what must be told."""

    title: str
    files: dict[str, bytes]
    told: str


@cache
def good() -> dict[str, str]:
    """Give the files of the good town by their names."""
    folder = CASES / "good"
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in folder.rglob("*.yaml")}


def made(file: str, block: str) -> Case:
    """Make a case of its lines."""
    changed = good()[file]
    for was, becomes in HUNK.findall(f"{block}\n"):
        old, new = (re.sub(r"(?m)^[-+]", "", lines) for lines in (was, becomes))
        assert changed.count(old) == 1, block
        changed = changed.replace(old, new)
    before, mark, after = changed.partition("¦")
    assert mark, block
    title, said = (" ".join(re.findall(rf"(?m)^{sign} (.*)", block)) for sign in "#!")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Case(title, with_file(file, (before + after).encode()), f"{file}:{line}:{column}: {said}")


def cases() -> Iterator[Case]:
    """Read all cases; `@` names the file that the ones after it change."""
    for listing in sorted(CASES.glob("*.txt")):
        changed = ""
        for block in listing.read_text("utf-8").strip().split("\n\n"):
            named = re.match("@ (.*)\n", block)
            changed = named[1] if named else changed
            yield made(changed, block)


def with_file(file: str, data: bytes) -> dict[str, bytes]:
    """Give the good town with one file more, or another one in its place."""
    return {name: text.encode() for name, text in good().items()} | {file: data}


LOOK = "Look at the indentation, the `:` and the quotes."
TAGS = "tags:\n" + "".join(f"  t{place}: {{en: Tag, pl: Tag}}\n" for place in range(31))
# What cannot be written as a change of some lines: more files, and files that are no text.
WHOLE = [
    (
        "yousaid.yaml",
        (good()["yousaid.yaml"] + TAGS).encode(),
        "28:3: There are more than 30 tags. Take some out.",
    ),
    ("flows/story.yaml", b"", "1:1: This file is empty. Fill it, or take it away."),
    ("flows/story.yaml", b"# nothing\n", "1:1: This file is empty. Fill it, or take it away."),
    ("flows/story.yaml", b"flow", "1:1: `flows/story.yaml` must have keys below it. Write `key: value` there."),
    ("flows/story.yaml", b"x" * (LARGEST_BYTES + 1), "1:1: This file is larger than 256 KiB. Split it up."),
    ("flows/story.yaml", "flow: x".encode("utf-16"), "1:1: This file is in UTF-16. Save it as UTF-8."),
    ("flows/story.yaml", b"a: b\nc: \xff", "2:4: This file is not in UTF-8. Save it as UTF-8."),
    (
        "flows/story.yaml",
        b"\xef\xbb\xbfflow: x",
        "1:1: There is a byte order mark in this file. Save it as UTF-8 without BOM.",
    ),
    (
        "flows/story.yaml",
        b"a: \x00",
        "1:4: There is a NUL in this file. It may be in UTF-16, or broken: save it as UTF-8.",
    ),
    ("flows/story.yaml", b"a: \x1b[1m", "1:4: There is a control character (U+001B) here. Take it out."),
    (
        "flows/story.yaml",
        b"a:\n" + b"- b\n" * MOST_NODES,
        "9999:3: This file has more than 10,000 values. Split it up.",
    ),
    ("flows/story.yaml", b"a: " + b"[" * 50, "1:23: This is nested deeper than 20 levels. Make it flatter."),
    (
        "flows/story.yaml",
        b"a: !<x",
        f"1:7: This cannot be read as YAML (did not find the expected '>'). {LOOK}",
    ),
    (
        "flows/zoo.yaml",
        good()["flows/story.yaml"].encode(),
        "1:1: The flow `story` is there twice. It is in flows/story.yaml already: give it another id.",
    ),
    (
        "parts/bee.yaml",
        good()["parts/agree.yaml"].encode(),
        "1:1: The part `agree` is there twice. Give it another id.",
    ),
]
TOWN = {"yousaid.yaml": good()["yousaid.yaml"].encode()}
SMALL = """\
flow: small
contribution: idea
service: parks
title: {en: Say it, pl: Powiedz}
steps:
  - say: hello
    only_if: old
    text: {en: Hello., pl: Witaj.}
  - ask: what
    kind: text
    text: {en: What?, pl: Co?}
  - submit: send
    text: {en: Thanks., pl: Dzięki.}
"""
SILENT = SMALL[: SMALL.index("    only_if")] + SMALL[SMALL.index("    text: {en: Hello") : SMALL.index("  - ask")]
SILENT += SMALL[SMALL.index("  - submit") :]
TOO_MUCH = (
    "The conditions of this file have more than 50,000 characters together. "
    "Put steps with the same condition into a group, or make two flows."
)
SAYS = "".join(
    f"  - say: s{place}\n    only_if: answered(what){' or answered(what)' * 15}\n    text: {{en: Well., pl: No.}}\n"
    for place in range(180)
)
LONG = SMALL[: SMALL.index("  - say")] + SMALL[SMALL.index("  - ask") : SMALL.index("  - submit")]
LONG += SAYS + SMALL[SMALL.index("  - submit") :]
PART = b"part: agree\nlanguages: [en]\nsteps:\n- say: agreed\n  text: {en: Hello.}\n"
FOLDERS = [
    ({}, "yousaid.yaml:1:1: There is no yousaid.yaml in this folder. Make a folder to start from with `yousaid init`."),
    (TOWN, "yousaid.yaml:1:1: There is no flow: nobody could say anything. Add a file such as flows/idea.yaml."),
    (
        TOWN | {f"flows/{place}.yaml": SMALL.encode() for place in range(201)},
        "yousaid.yaml:1:1: There are more than 200 flows. Take some away.",
    ),
    (
        TOWN | {"flows/small.yaml": SMALL.encode()},
        "flows/small.yaml:7:14: There is no question `old` before this step. No question comes before it.",
    ),
    (
        TOWN | {"flows/small.yaml": LONG.encode()},
        f"flows/small.yaml:538:14: {TOO_MUCH}",
    ),
    (
        TOWN | {"flows/small.yaml": SILENT.encode()},
        "flows/small.yaml:5:1: This flow asks nothing. Add an `ask`.",
    ),
    (
        TOWN | {"flows/small.yaml": SMALL.replace("  - say: hello\n", "  - use: agree\n  - say: hello\n").encode()},
        "flows/small.yaml:6:10: There is no part `agree`. None is known yet.",
    ),
    (
        with_file("parts/agree.yaml", PART),
        "flows/story.yaml:13:10: The part `agree` has no texts in `pl`. Translate the part, too.",
    ),
]
ALL = [
    *cases(),
    *(Case(told, with_file(file, data), f"{file}:{told}") for file, data, told in WHOLE),
    *(Case(told, files, told) for files, told in FOLDERS),
]


def test_the_good_town_is_good() -> None:
    """What the cases change is right before."""
    read = read_installation({file: text.encode() for file, text in good().items()}, known=KNOWN)
    assert isinstance(read, Installation), "\n".join(map(str, read))


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.title)
def test_mistake(case: Case) -> None:
    """A mistake is told at its place, with its cause and its remedy, and nothing that only follows from it."""
    read = read_installation(case.files, known=KNOWN)
    assert isinstance(read, list)
    assert [str(mistake) for mistake in read] == [case.told], "\n".join(map(str, read))


# Where sentences for authors are written.
TELLING = [
    "yaml_tree.py",
    "authoring.py",
    "wording.py",
    "installation_reader.py",
    "installation_shapes.py",
    "canned_reader.py",
    *(
        f"flows/{name}.py"
        for name in (
            "reader",
            "scope",
            "steps_reader",
            "ask_reader",
            "lint",
            "course",
            "condition_compiler",
            "patterns",
        )
    ),
]


def sentences(module: str) -> Iterator[str]:
    """Give every sentence that a module can say, as a pattern."""
    tree = ast.parse((DIALOGS / module).read_text("utf-8"))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        # What stands in a longer text, and what describes a key.
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.keyword) and node.arg == "description"):
            inner |= {id(below) for below in ast.walk(node) if below is not node}
    for node in ast.walk(tree):
        pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
        texts = [str(piece.value) if isinstance(piece, ast.Constant) else "" for piece in pieces]
        # A pattern may also end in a question mark.
        if id(node) not in inner and re.search(r" .*[.?]$", texts[-1]) and not texts[0].startswith("("):
            yield ".*".join(re.escape(text) for text in texts if text)


@pytest.mark.parametrize("module", TELLING)
def test_every_sentence_is_said(module: str) -> None:
    """There is a case for every cause and every remedy that a module can tell."""
    unsaid = [pattern for pattern in sentences(module) if not any(re.search(pattern, case.told) for case in ALL)]
    assert not unsaid, "\n".join(unsaid)
