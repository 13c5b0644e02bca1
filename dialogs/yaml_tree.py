"""The part of YAML that authors may use, read into a tree in which every node knows where it stands.

What YAML offers to surprise people is refused: anchors and aliases (a bomb is made of them), tags,
merges, several documents, the same key twice. Every value stays text until the schema types it, so
that ``no`` is Norwegian where a language is wanted and a boolean where a boolean is wanted. The
caps keep a hostile file cheap: libyaml gives events one by one, and reading ends at the first cap.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, cast

import yaml

from dialogs.errors import Mistake

LARGEST_BYTES = 256 * 1024
DEEPEST = 20
MOST_NODES = 10_000
# A file with more is told the first ones; nobody reads on.
MOST_MISTAKES = 50

# Where something stands: keys and list positions from the root.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``plain`` has no quotes, ``cut`` is plain and followed by a comment on its line."""

    text: str
    line: int
    column: int
    plain: bool = True
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with values, in file order, each key once."""

    entries: Mapping[str, tuple[Scalar, "Node"]]
    line: int
    column: int

    def get(self, key: str) -> "Node | None":
        """Give the value of a key."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Scalar | Row | Table


@dataclass(frozen=True, slots=True)
class Tree:
    """A file as a tree."""

    file: str
    root: Node

    def at(self, path: Path) -> Node | None:
        """Give the node at a path, if it is there."""
        node: Node | None = self.root
        for part in path:
            node = _below(node, part) if node is not None else None
        return node

    def texts(self, path: Path) -> dict[str, str]:
        """Give the texts in the table at a path as written, also where something else there is wrong."""
        node = self.at(path)
        entries = node.entries.values() if isinstance(node, Table) else ()
        return {key.text: value.text for key, value in entries if isinstance(value, Scalar)}

    def mistake(self, path: Path, cause: str, remedy: str, *, at_key: bool = False, shift: int = 0) -> Mistake:
        """Make a mistake of the value at a path, of its key, or of the nearest thing above it that is there."""
        node = self.root
        for part in path:
            below = _below(node, part)
            if below is None:
                break
            above, node = node, below
        else:
            if at_key and path and isinstance(above, Table):
                node = above.entries[str(path[-1])][0]
        return Mistake(self.file, node.line, node.column + shift, cause, remedy)


def decode(data: bytes, *, file: str) -> str | Mistake:
    """Read the bytes of a file as UTF-8 text."""
    if len(data) > LARGEST_BYTES:
        return Mistake(file, 1, 1, f"This file is larger than {LARGEST_BYTES // 1024} KiB.", "Split it up.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Mistake(file, 1, 1, "This file is in UTF-16.", "Save it as UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        column = len(data[data.rfind(b"\n", 0, wrong.start) + 1 : wrong.start].decode("utf-8")) + 1
        return Mistake(file, line, column, "This file is not in UTF-8.", "Save it as UTF-8.")


def read_tree(text: str, *, file: str) -> tuple[Tree | None, list[Mistake]]:
    """Read a file's text; the tree is None where it could not be read to its end."""
    unfit = _unfit(text)
    if unfit:
        return None, [Mistake(file, *unfit)]
    building = _Building(text, file, [], [])
    try:
        root = building.document()
    except _Halt:
        return None, building.mistakes[:MOST_MISTAKES]
    except yaml.MarkedYAMLError as wrong:
        building.unreadable(wrong)
        return None, building.mistakes[:MOST_MISTAKES]
    return Tree(file, root), building.mistakes


def values(node: Node) -> object:
    """Give a tree as dicts and lists with scalars at their ends, as the schema takes it."""
    match node:
        case Table(entries):
            return {key: values(value) for key, (_, value) in entries.items()}
        case Row(items):
            return [values(item) for item in items]
        case Scalar():
            return node


_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_DIRECTIVE = re.compile("^%", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]+#")


def _below(node: Node, part: str | int) -> Node | None:
    match node, part:
        case Table(), str(key):
            return node.get(key)
        case Row(items), int(place) if place < len(items):
            return items[place]
        case _:
            return None


def _unfit(text: str) -> tuple[int, int, str, str] | None:
    # Surrogates are three bytes each and are refused just below.
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
        return 1, 1, f"This file is larger than {LARGEST_BYTES // 1024} KiB.", "Split it up."
    found = _UNFIT.search(text) or _DIRECTIVE.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    if found[0] == "\ufeff":
        return line, column, "There is a byte order mark in this file.", "Save it as UTF-8 without BOM."
    if found[0] == "\x00":
        return line, column, "There is a NUL in this file.", "It may be in UTF-16, or broken: save it as UTF-8."
    if found[0] == "%":
        # Ten thousand of them keep libyaml busy.
        return line, column, "A line that begins with % does not belong here.", "Take it out."
    return line, column, f"There is a control character (U+{ord(found[0]):04X}) here.", "Take it out."


class _Halt(Exception):
    """Reading ended before the file did; the mistakes say why."""


@dataclass(slots=True)
class _Building:
    text: str
    file: str
    mistakes: list[Mistake]
    cuts: list[Scalar]
    nodes: int = 0

    def document(self) -> Node:
        events = yaml.parse(self.text, Loader=yaml.CSafeLoader)
        next(events)
        start = next(events)
        if isinstance(start, yaml.StreamEndEvent):
            self.mistakes.append(Mistake(self.file, 1, 1, "This file is empty.", "Fill it, or take it away."))
            raise _Halt
        root = self.node(next(events), events, depth=1)
        next(events)
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.halt(after, "A second document begins here.", "Take the line `---` out, or make two files.")
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], *, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.halt(event, f"This file has more than {MOST_NODES:,} values.", "Split it up.")
        if depth > DEEPEST:
            self.halt(event, f"This is nested deeper than {DEEPEST} levels.", "Make it flatter.")
        if isinstance(event, yaml.AliasEvent):
            self.note(event, "Aliases (*name) are not allowed.", "Write the text out, or put it in quotes.")
            return Scalar("alias", *_place(event), plain=False)
        self.refuse_extras(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.table(event, events, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(below := next(events), yaml.SequenceEndEvent):
                items.append(self.node(below, events, depth=depth + 1))
            return Row(tuple(items), *_place(event))
        return self.scalar(cast(yaml.ScalarEvent, event))

    def table(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Table | Scalar:
        entries: dict[str, tuple[Scalar, Node]] = {}
        lone: Scalar | None = None
        while not isinstance(below := next(events), yaml.MappingEndEvent):
            key = self.node(below, events, depth=depth + 1)
            if not isinstance(key, Scalar):
                self.halt(below, "A key must be one word.", "If the text begins with { or [, put it in quotes.")
            behind = next(events)
            value = self.node(behind, events, depth=depth + 1)
            if self.has_no_colon(below, behind):
                cause = f"`{key.text[:60]}` stands alone here: inside of {{ }} a comma ends a text."
                self.note(below, cause, "Put the whole text in quotes.")
                lone = key
            elif key.text in entries:
                first = f"It is on line {entries[key.text][0].line} already."
                self.note(below, f"The key `{key.text[:60]}` is here twice.", first)
            elif key.text == "<<":
                self.note(below, "Merges (<<) are not allowed.", "Write the keys out.")
            else:
                entries[key.text] = (key, value)
        # Such as {name}, which was meant to be a text.
        return lone if lone and not entries else Table(entries, *_place(event))

    def has_no_colon(self, key: yaml.Event, value: yaml.Event) -> bool:
        """Tell whether a key of { } is the end of a text that was cut at its comma."""
        end, start = cast(yaml.Mark, key.end_mark).index, cast(yaml.Mark, value.start_mark).index
        return self.text.find(":", end, start + 1) < 0

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        plain = not event.style
        end = cast(yaml.Mark, event.end_mark)
        cut = plain and _COMMENT.match(self.text, end.index) is not None
        # Written out, other control characters may be an answer in a test; this one no database keeps.
        if "\0" in event.value:
            self.note(event, "There is a NUL in this text.", "Take it out.")
        scalar = Scalar(event.value, *_place(event), plain=plain, cut=cut)
        if cut:
            self.cuts.append(scalar)
        return scalar

    def refuse_extras(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None):
            self.note(event, "Anchors (&name) are not allowed.", "Write the text out, or put it in quotes.")
        if getattr(event, "tag", None):
            self.note(event, "Tags (!name) are not allowed.", "Take it out, or put the text in quotes.")

    def unreadable(self, wrong: yaml.MarkedYAMLError) -> None:
        mark = cast(yaml.Mark, wrong.problem_mark or wrong.context_mark)
        if self.is_inner_quote(mark):
            self.mistakes.append(Mistake(self.file, mark.line + 1, mark.column, *_INNER_QUOTE))
            return
        told = _PLAINLY.get(str(wrong.problem))
        # libyaml notices far behind the sign that was not closed.
        if told in (_OPEN_QUOTE, _OPEN_BRACE) and wrong.context_mark:
            mark = wrong.context_mark
        line, column = mark.line, mark.column
        cut = next((scalar for scalar in reversed(self.cuts) if line - 2 <= scalar.line <= line + 1), None)
        if cut:
            self.mistakes.append(Mistake(self.file, cut.line, cut.column, *CUT))
            return
        rows = self.text.splitlines()
        rest = rows[line][column:] if line < len(rows) else ""
        cause, remedy = _plainly(str(wrong.problem), rest)
        self.mistakes.append(Mistake(self.file, line + 1, column + 1, cause, remedy))

    def is_inner_quote(self, mark: yaml.Mark) -> bool:
        """Tell whether reading broke off right behind a quote, as in 'it's'."""
        return self.text[mark.index - 1 : mark.index] in ("'", '"') and self.text[mark.index : mark.index + 1].isalnum()

    def note(self, event: yaml.Event, cause: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self.file, *_place(event), cause, remedy))
        if len(self.mistakes) >= MOST_MISTAKES:
            raise _Halt

    def halt(self, event: yaml.Event, cause: str, remedy: str) -> NoReturn:
        self.mistakes.append(Mistake(self.file, *_place(event), cause, remedy))
        raise _Halt


CUT = ("This text is cut at `#`: the rest is taken for a comment.", "Put the text in quotes.")


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = cast(yaml.Mark, event.start_mark)
    return mark.line + 1, mark.column + 1


_MISFIT = ("This line does not fit what is above it.", "Look at the indentation, the `:` and the quotes.")
_OPEN_BRACE = ("A { or [ is not closed.", "Close it, or put texts with , : { } [ ] in quotes.")
_OPEN_QUOTE = ("A quote is opened and never closed.", "Close it, or use the other kind of quote.")
_INNER_QUOTE = ("A quote in the middle of this text ends it.", "Put the other kind of quote around the whole text.")
_BACKSLASH = ("A \\ in double quotes has a meaning of its own.", "Use single quotes, or write \\\\ for one \\.")
# What libyaml finds, in words for somebody who does not know YAML.
_PLAINLY: Mapping[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "There is a second `: ` in this line, or the line is indented too far.",
        "Put the text in quotes.",
    ),
    "did not find expected alphabetic or numeric character": ("A text cannot begin with & or *.", "Put it in quotes."),
    "did not find expected comment or line break": ("A text cannot begin with | or >.", "Put it in quotes."),
    "did not find expected whitespace or line break": ("A text cannot begin with !.", "Put it in quotes."),
    "mapping keys are not allowed in this context": ("A text cannot begin with `? `.", "Put it in quotes."),
    "block sequence entries are not allowed in this context": (
        "A list cannot begin here.",
        "Begin each item on a line of its own, or put the text in quotes.",
    ),
    "found unknown escape character": _BACKSLASH,
    "did not find expected hexdecimal number": _BACKSLASH,
    "found unexpected end of stream": _OPEN_QUOTE,
    "found unexpected document indicator": _OPEN_QUOTE,
    "did not find expected key": _MISFIT,
    "did not find expected '-' indicator": _MISFIT,
    "could not find expected ':'": _MISFIT,
    "did not find expected <document start>": _MISFIT,
    "did not find expected ',' or '}'": _OPEN_BRACE,
    "did not find expected ',' or ']'": _OPEN_BRACE,
    "did not find expected node content": _OPEN_BRACE,
}


def _plainly(problem: str, rest: str) -> tuple[str, str]:
    if rest.startswith("\t") or problem.startswith("found a tab character"):
        return "There is a tab here.", "Indent with spaces only."
    if problem == "found character that cannot start any token":
        return f"A text cannot begin with `{rest[:1]}`.", "Put it in quotes."
    return _PLAINLY.get(problem) or (f"This cannot be read as YAML ({problem}).", _MISFIT[1])
