"""The part of YAML that authors may use: what is read of it, and where what is not ours is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.errors import Mistake
from dialogs.flows.flow import Flow
from dialogs.flows.reader import Around, read_flow
from dialogs.ids import Language, ServiceId
from dialogs.yaml_tree import LARGEST_BYTES, Scalar, Table, decode, read_tree


def read(data: bytes) -> Flow | list[Mistake]:
    text = decode(data, file="flows/x.yaml")
    if isinstance(text, Mistake):
        return [text]
    en, parks = Language("en"), ServiceId("parks")
    return read_flow(text, file="flows/x.yaml", around=Around((en,), (parks,), {en: "Other"}), parts={})


@pytest.mark.parametrize(
    ("data", "line", "column", "cause"),
    [
        (b"a: b\nc: \xff", 2, 4, "not in UTF-8"),
        (b"a: b\nc: \x00", 2, 4, "NUL"),
        ("a: ñ\nñ: é # x\nb: *c".encode(), 3, 4, "Aliases"),
        (b"a: {en: Bus #4, es: x}\nb: c", 1, 9, "cut at `#`"),
        (b"a: b\n---\nc: d", 2, 1, "second document"),
        (b"a:\n  b: c\n d: e", 3, 2, "does not fit"),
        (b"a: b: c", 1, 5, "second `: `"),
    ],
)
def test_place(data: bytes, line: int, column: int, cause: str) -> None:
    """What is not our YAML is told at its line and column."""
    text = decode(data, file="x")
    mistakes = [text] if isinstance(text, Mistake) else read_tree(text, file="x")[1]
    assert [(mistake.line, mistake.column) for mistake in mistakes] == [(line, column)]
    assert cause in mistakes[0].cause


def test_every_scalar_stays_text() -> None:
    """``no``, ``on``, ``12:30``, dates, numbers and null stay what was written."""
    tree, mistakes = read_tree("[no, on, 12:30, 2026-02-30, 0x1F, 1e3, null, ~]", file="x")
    assert tree is not None
    assert not mistakes
    assert [item.text for item in tree.root.items if isinstance(item, Scalar)] == [  # type: ignore[union-attr]
        "no", "on", "12:30", "2026-02-30", "0x1F", "1e3", "null", "~",
    ]  # fmt: skip


def test_comments() -> None:
    """A comment beside a plain text marks it as cut; in quotes or on a line of its own it does not."""
    tree, _ = read_tree("a: x # y\nb: 'x # y'\nc: x#y\n# y\nd: é😀 # y\ne: #y\n", file="x")
    assert tree is not None
    assert isinstance(tree.root, Table)
    cut = [key for key, (_, value) in tree.root.entries.items() if isinstance(value, Scalar) and value.cut]
    assert cut == ["a", "d", "e"]


def test_largest_file_is_counted_in_bytes() -> None:
    """The largest file is measured as it lies on the disk."""
    assert read_tree("# " + "é" * (LARGEST_BYTES // 2), file="x")[1][0].cause.startswith("This file is larger")


LINES = """\
flow: x
title: {en: b}
service: any
contribution: idea
languages: [en]
title: [
? a
&a b
- a
steps:
  - ask: a
  - group: g
  - submit: b
    kind: text
    text: {en: a}
    only_if: a
    choices: [{id: a}, {other: true}, a]
    from: 1
    max: []
    steps: [a, {say: b}]
    ask: {a: b}
  text: #
""".splitlines()


@given(st.text(max_size=200) | st.lists(st.sampled_from(LINES), max_size=25).map("\n".join))
def test_any_text_is_read_or_refused(source: str) -> None:
    """Whatever the text, it becomes a flow or a list of mistakes, and nothing is raised."""
    result = read(source.encode("utf-8", "surrogatepass"))
    assert isinstance(result, Flow) or result
