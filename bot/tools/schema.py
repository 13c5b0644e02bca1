"""What editors and people are told of the configuration's keys: JSON Schema, and the tables of the README.

Both are made from the shapes that the reader itself uses, so they cannot say anything else than it does.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from dialogs.authoring import Shape
from dialogs.flows.flow import Kind
from dialogs.flows.shapes import (
    FITS,
    VERBS,
    AfterWrongShape,
    AskShape,
    ChoiceShape,
    FlowShape,
    PartShape,
    RuleShape,
    StepShape,
)
from dialogs.installation_shapes import TownShape

FILES: dict[str, type[Shape]] = {"flow": FlowShape, "part": PartShape, "town": TownShape}

# Which answer each kind takes, in a few words.
_KINDS = {
    Kind.TEXT: "a short text",
    Kind.LONG_TEXT: "a long text, in several messages if people like",
    Kind.CHOICE: "one of the `choices`",
    Kind.CHOICES: "some of the `choices`",
    Kind.YES_NO: "yes or no",
    Kind.NUMBER: "a number",
    Kind.SCALE: "a point from `from` to `to`",
    Kind.DATE: "a date, as people write it in their language",
    Kind.PHOTO: "a photo; where and with what it was taken is removed",
    Kind.VOICE: "a voice note",
    Kind.LOCATION: "a place, rounded to an `area` before it is kept",
    Kind.SERVICES: "some of the town's services",
}


def run(chosen: argparse.Namespace) -> int:
    """Print the JSON Schema of ``chosen.file``: ``flow``, ``part`` or ``town``."""
    print(json.dumps(schema(chosen.file), indent=2, ensure_ascii=False))
    return 0


def schema(file: str) -> dict[str, Any]:
    """Make the JSON Schema (2020-12) of a kind of file, a key of ``FILES``."""
    root, steps = FILES[file], tuple(VERBS.values()) if file != "town" else ()
    shapes: tuple[type[Shape], ...] = (root, *steps)
    _, made = models_json_schema([(shape, "validation") for shape in shapes], schema_generator=_AsWritten)
    definitions: dict[str, Any] = made["$defs"]
    for definition in definitions.values():
        definition.pop("title", None)
        if "steps" in definition["properties"]:
            definition["properties"]["steps"] |= {"items": {"$ref": "#/$defs/Step"}, "minItems": 1}
    if steps:
        definitions["Step"] = {"oneOf": [{"$ref": f"#/$defs/{shape.__name__}"} for shape in steps]}
        definitions["AskShape"]["allOf"] = [_only_for(key, kinds) for key, kinds in FITS.items()]
    if root is FlowShape:
        definitions["FlowShape"]["oneOf"] = [{"required": ["service"]}, {"required": ["services"]}]
    top = definitions.pop(root.__name__)
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": f"YouSaid: {file}", **top, "$defs": definitions}


def reference() -> str:
    """Write the flow reference as Markdown: the verbs, the kinds of questions, and every key."""
    verbs = [f"| `{verb}` | {_plain(shape)} |" for verb, shape in VERBS.items()]
    kinds = [f"| `{kind}` | {takes} | {_named(_keys_for(kind))} |" for kind, takes in _KINDS.items()]
    others = {f"`{verb}`": shape for verb, shape in VERBS.items() if shape is not AskShape}
    inner: dict[str, type[Shape]] = {"`choices`": ChoiceShape, "`check`": RuleShape, "`after_wrong`": AfterWrongShape}
    parts = [
        "A step begins with its verb:\n\n" + _table(("verb", "what it does"), verbs),
        "The kinds of questions:\n\n" + _table(("kind", "the answer", "keys of its own"), kinds),
        "The keys of a file, `flows/*.yaml` or `parts/*.yaml`:\n\n" + _keys({"a flow": FlowShape, "a part": PartShape}),
        "The keys of the steps:\n\n" + _keys({"every step": StepShape} | others),
        "The keys of a question:\n\n" + _keys_of_questions(),
        "The keys inside of those:\n\n" + _keys(inner),
    ]
    return "\n\n".join(parts) + "\n"


class _AsWritten(GenerateJsonSchema):
    """The schema of what stands in a file: a key is left out rather than empty, and values are as authors write."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        # Others are values of ours, which nobody writes so; the descriptions tell them.
        return {**inner, "default": default} if isinstance(default, str | int | float) else inner

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _only_for(key: str, kinds: Iterable[Kind]) -> dict[str, Any]:
    fits = {"properties": {"kind": {"enum": [str(kind) for kind in kinds]}}}
    return {"if": fits, "else": {"properties": {key: False}}}


def _keys_for(kind: Kind) -> list[str]:
    return [key for key, kinds in FITS.items() if kind in kinds]


def _keys(shapes: Mapping[str, type[Shape]]) -> str:
    rows = [
        f"| {name} | `{key}` | {field.description} | {_left_out(field)} |"
        for name, shape in shapes.items()
        for key, field in _fields(shape).items()
    ]
    return _table(("in", "key", "what it is", "if left out"), rows)


def _keys_of_questions() -> str:
    rows = [
        f"| `{key}` | {field.description} | {_left_out(field)} | {_named(FITS[key]) if key in FITS else 'all'} |"
        for key, field in _fields(AskShape).items()
    ]
    return _table(("key", "what it is", "if left out", "kinds"), rows)


def _fields(shape: type[Shape]) -> dict[str, FieldInfo]:
    """Give the fields of a shape by their keys, without those that every step has."""
    common = () if shape is StepShape else StepShape.model_fields
    return {field.alias or name: field for name, field in shape.model_fields.items() if name not in common}


def _left_out(field: FieldInfo) -> str:
    if field.is_required():
        return "(needed)"
    default = field.default
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, str | int) else ""


def _table(titles: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(titles)} |", "|---" * len(titles) + "|", *rows])


def _named(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _plain(shape: type[Shape]) -> str:
    first = (shape.__doc__ or "").splitlines()[0]
    return first[:1].lower() + first[1:].rstrip(".")
