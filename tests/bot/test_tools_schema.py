"""What editors are told of the configuration's keys, and the tables of the README: `yousaid schema`."""

import json
from argparse import Namespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.settings import STARTER
from bot.tools.schema import FILES, reference, run, schema
from dialogs.authoring import Shape
from dialogs.flows.flow import Kind, Then
from dialogs.flows.shapes import FITS, VERBS, AskShape, FlowShape
from dialogs.yaml_tree import Node, Row, Scalar, Table, read_tree

FLOW = """\
flow: story
contribution: story
service: any
languages: [en, no]
title: {en: Tell, no: Fortell}
split: {greeting: [short, long]}
remind_after: [1 day, 4 days]
expire_after: 30 days
steps:
  - say: hello
    text: {en: Hello, no: Hei}
  - ask: hours
    kind: number
    min: 0
    max: 168
    optional: yes
    check: {must: hours < 100, else: {en: Really?, no: Virkelig?}}
    after_wrong: {hint: {en: Digits, no: Tall}, then: human}
    text: {en: {one: "{hours} hour", other: "{hours} hours"}, no: 5}
  - group: inner
    only_if: hours > 3
    steps:
      - ask: role
        kind: choice
        text: {en: Who?, no: Hvem?}
        choices: [{id: family, text: {en: Family, no: Familie}}, {other: true}]
  - repeat: journey
    max: 3
    item: {en: "{n}", no: "{n}"}
    add_another: {en: More?, no: Mer?}
    steps:
      - use: about_you
  - stop: end
    text: {en: Bye, no: Hade}
  - review: look
  - submit: send
    text: {en: Thanks, no: Takk}
"""


def natural(node: Node) -> Any:
    """Read a node as an editor does: numbers are numbers, and true is true."""
    match node:
        case Table(entries):
            return {key: natural(value) for key, (_, value) in entries.items()}
        case Row(items):
            return [natural(item) for item in items]
        case Scalar(text, plain=True) if text in ("true", "false") or text.lstrip("-").isdecimal():
            return json.loads(text)
        case Scalar(text):
            return text


def texts(node: Node) -> Any:
    """Read a node as our reader does: every value is a text."""
    match node:
        case Table(entries):
            return {key: texts(value) for key, (_, value) in entries.items()}
        case Row(items):
            return [texts(item) for item in items]
        case Scalar(text):
            return text


def wrong(file: str, source: str) -> list[str]:
    """Say what a validator has against a file, read either way."""
    tree, mistakes = read_tree(source, file=file)
    assert tree is not None
    assert mistakes == []
    validator = Draft202012Validator(schema(file))
    return [error.json_path for read in (natural, texts) for error in validator.iter_errors(read(tree.root))]


@pytest.mark.parametrize("file", FILES)
def test_a_schema_is_one(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed for each kind of file is JSON Schema of 2020-12, and every key in it has a description."""
    assert run(Namespace(file=file)) == 0
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert printed["$schema"].endswith("2020-12/schema")
    tables = [printed, *printed["$defs"].values()]
    keys = [(name, key) for table in tables for name, key in table.get("properties", {}).items()]
    assert [name for name, key in keys if not key.get("description")] == []


@pytest.mark.parametrize(
    ("file", "pattern"), [("town", "yousaid.yaml"), ("flow", "flows/*.yaml"), ("part", "parts/*.yaml")]
)
def test_the_starter_fits(file: str, pattern: str) -> None:
    """Editors find nothing wrong with any file of the starter."""
    assert [told for path in STARTER.glob(pattern) for told in wrong(file, path.read_text("utf-8"))] == []


def test_every_verb_fits() -> None:
    """A flow with every verb, a table of plural forms, and a text that looks like a number is right."""
    assert wrong("flow", FLOW) == []
    assert all(f"- {verb}:" in FLOW for verb in VERBS)


def test_a_part_fits() -> None:
    """A part has steps and no title."""
    assert wrong("part", "part: about_you\nsteps:\n  - say: hello\n    text: {en: Hello}\n") == []
    assert wrong("part", "part: about_you\ntitle: {en: You}\nsteps:\n  - say: hello\n    text: {en: Hello}\n") != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: number", "kind: numbr"),
        ("then: human", "then: somebody"),
        ("optional: yes", "optional: perhaps"),
        ("min: 0", "min: none"),
        ("min: 0", "matches: email"),
        ("expire_after: 30 days", "expire_after: soon"),
        ("- say: hello", "- say: Hello!"),
        ("- say: hello", "- tell: hello"),
        ("max: 3", "min: 3"),
        ("service: any", "services: [home]\nservice: home"),
        ("service: any\n", ""),
        ("contribution: story", "contribution: tale"),
        ('one: "{hours} hour"', 'uno: "{hours} hour"'),
        ("review: look", "review: look\n    texts: {en: Look}"),
    ],
)
def test_editors_see_what_is_wrong(old: str, new: str) -> None:
    """What cannot be right by the keys alone is marked while it is written."""
    assert old in FLOW
    assert wrong("flow", FLOW.replace(old, new, 1)) != []


def test_editors_can_complete_what_is_listed() -> None:
    """Words of a closed list stand in the schema, so that an editor can offer them."""
    ask = schema("flow")["$defs"]["AskShape"]["properties"]
    assert ask["kind"]["enum"] == list(Kind)
    assert schema("flow")["$defs"]["AfterWrongShape"]["properties"]["then"]["enum"] == list(Then)
    assert ask["accept"]["items"]["enum"] == ["text", "photo", "voice"]


def test_the_reference_has_every_verb_kind_and_key() -> None:
    """Each verb, each kind and each key stands in the tables, in no cell that Markdown would break."""
    text = reference()
    shapes: tuple[type[Shape], ...] = (FlowShape, *VERBS.values())
    keys = {field.alias or name for shape in shapes for name, field in shape.model_fields.items()}
    assert [word for word in (*VERBS, *Kind, *keys) if f"`{word}`" not in text] == []
    assert set(FITS) <= {field.alias or name for name, field in AskShape.model_fields.items()}
    widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert set(widths) == {3, 4, 5}
