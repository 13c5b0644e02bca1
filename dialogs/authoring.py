"""How what an author wrote is let in: typed fields, and every mistake in plain words at its place.

pydantic checks the shape; its words are for programmers, so ours stand in front of them. A value
that does not fit is told and left out, and what remains is checked on, so that one slip does not
hide the next.
"""

import re
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from itertools import islice
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from dialogs.errors import Mistake
from dialogs.texts import FORMS, OTHER, Plural
from dialogs.yaml_tree import CUT, MOST_MISTAKES, Path, Scalar, Tree, values

LONGEST_ID = 24
MOST_LANGUAGES = 50
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Shape(BaseModel):
    """The keys of one table."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


S = TypeVar("S", bound=Shape)


def wrong(cause: str, remedy: str) -> PydanticCustomError:
    """Make the error of a value; ``cause`` goes on after the name of its key, such as "must be …"."""
    return PydanticCustomError("ours", "{cause}", {"cause": cause, "remedy": remedy})


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which of the known words was probably meant, or list them."""
    # A hostile file could make each comparison slow and their number large.
    listed = [one[:60] for one in islice(known, 50)]
    near = get_close_matches(word[:60], listed, 1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known: {', '.join(listed[:12])}." if listed else "None is known yet."


def word(value: object) -> str:
    """Take one text, whatever it says."""
    match value:
        case Scalar(text, plain=plain):
            if plain and text in ("", "~", "null"):
                raise wrong("has no value.", "Write one, or leave the key out.")
            return text
        case str():
            return value
        case _:
            raise wrong("must be one value, not a list or a table.", "Write it behind the colon.")


def one_of(*known: str) -> BeforeValidator:
    """Take one of the words listed."""

    def check(value: object) -> str:
        given = word(value)
        if given not in known:
            # Whoever tells it looks for the nearest one: a list can hold thousands, of which few are told.
            raise PydanticCustomError("unknown", "unknown", {"given": given, "known": known})
        return given

    # Editors complete from what is listed.
    return BeforeValidator(check, json_schema_input_type=cast(Any, typing.Literal)[known])


def admit(model: type[S], tree: Tree, path: Path) -> tuple[S | None, list[Mistake]]:
    """Check the node at a path; what fits comes back also beside mistakes, or None where too little does."""
    node = tree.at(path)
    raw = None if node is None else values(node)
    mistakes: list[Mistake] = []
    # Leaving a wrong value out can make the table around it incomplete: a few rounds reach the top.
    for _ in range(6):
        try:
            return model.model_validate(raw), mistakes
        except ValidationError as refused:
            errors = refused.errors(include_url=False, include_input=False)
        mistakes = mistakes or [_told(error, model, tree, path) for error in errors[:MOST_MISTAKES]]
        # From the last to the first, so that positions in lists stay true meanwhile.
        for error in reversed(errors):
            where = error["loc"][:-1] if error["type"] in ("missing", "too_short", "too_long") else error["loc"]
            if not where:
                return None, mistakes
            _leave_out(raw, tuple(part for part in where if part != "[key]"))
    return None, mistakes


def _told(error: ErrorDetails, model: type[Shape], tree: Tree, path: Path) -> Mistake:
    at_key = error["loc"][-1:] == ("[key]",)
    loc = tuple(part for part in error["loc"] if part != "[key]")
    where = (*path, *loc)
    key = next((part for part in reversed(where) if isinstance(part, str)), tree.file)[:60]
    above = next((part for part in reversed(where[:-1]) if isinstance(part, str)), tree.file)
    subject = f"A key of `{above[:60]}`" if at_key else f"`{key}`"
    match error["type"]:
        case "ours":
            context = error["ctx"]
            return tree.mistake(where, f"{subject} {context['cause']}", context["remedy"], at_key=at_key)
        case "unknown":
            given, known = error["ctx"]["given"], error["ctx"]["known"]
            remedy = suggest(given, known) if len(known) > 1 else f"Write `{known[0]}`."
            return tree.mistake(where, f"{subject} cannot be `{given[:60]}`.", remedy, at_key=at_key)
        case "extra_forbidden":
            return _unknown_key(key, _model_at(model, loc[:-1]), tree, where)
        case "missing":
            return tree.mistake(where, f"`{key}` is missing.", f"Add `{key}:` here.")
        case "too_short":
            return tree.mistake(where, f"`{key}` is empty.", "Write at least one there, or leave the key out.")
        case "too_long":
            cause = f"`{key}` has more than {error['ctx']['max_length']} entries."
            return tree.mistake(where, cause, "Take some out.")
        case "list_type":
            return tree.mistake(where, f"`{key}` must be a list.", "Begin each item with `- `, or write [one, two].")
        case "dict_type" | "model_type":
            subject = f"Each item of `{key}`" if isinstance(loc[-1:][0] if loc else "", int) else f"`{key}`"
            return tree.mistake(where, f"{subject} must have keys below it.", "Write `key: value` there.")
        case _:
            raise ValueError(f"no words for the mistake {error['type']}")


def _unknown_key(key: str, model: type[Shape], tree: Tree, where: Path) -> Mistake:
    known = [field.alias or name for name, field in model.model_fields.items()]
    return tree.mistake(where, f"There is no key `{key}` here.", suggest(key, known), at_key=True)


def _model_at(model: type[Shape], loc: tuple[str | int, ...]) -> type[Shape]:
    annotation: Any = model
    for part in loc:
        if isinstance(annotation, type) and issubclass(annotation, Shape):
            fields = annotation.model_fields
            annotation = next(field.annotation for name, field in fields.items() if part in (name, field.alias))
        else:
            annotation = typing.get_args(annotation)[-1]
        # X | None
        inner = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
        if type(None) in typing.get_args(annotation):
            annotation = inner[0]
    return cast(type[Shape], annotation)


def _leave_out(raw: Any, where: tuple[str | int, ...]) -> None:
    for part in where[:-1]:
        try:
            raw = raw[part]
        except (KeyError, IndexError):
            # What stood around it is left out already.
            return
    if isinstance(raw, dict):
        raw.pop(where[-1], None)
    elif isinstance(raw, list) and isinstance(where[-1], int) and where[-1] < len(raw):
        del raw[where[-1]]


def _id(value: object) -> str:
    given = word(value)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", given):
        raise wrong(f"cannot be `{given[:60]}`.", "An id begins with a small letter and has only a-z, 0-9 and _.")
    if len(given) > LONGEST_ID:
        raise wrong(f"is longer than {LONGEST_ID} characters.", "Shorten it; people never see it.")
    return given


def _language(value: object) -> str:
    given = word(value)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", given):
        raise wrong(f"cannot be `{given[:60]}`.", "A language is a short code, such as en or pt-BR.")
    return given


def _form(value: object) -> str:
    if isinstance(value, Scalar) and value.cut:
        raise wrong(f"is not whole. {CUT[0]}", CUT[1])
    given = word(value)
    if not given.strip():
        raise wrong("is an empty text.", "Write something.")
    return given


def _prose(value: object) -> str:
    if not isinstance(value, _Forms):
        return _form(value)
    # The mistakes of its forms rise from here, each with the name of its form.
    forms = _FORMS.validate_python(value.written)
    by = forms.pop("by", "")
    if not forms:
        raise wrong("has no text.", "Write it, or its plural forms as `{one: …, other: …}`.")
    return Plural(forms, language=value.language, by=by)


@dataclass(frozen=True, slots=True)
class _Forms:
    """A text that is written as a table of plural forms, in which language."""

    language: str
    written: dict[str, object]


def _worded(value: object) -> object:
    if not isinstance(value, dict):
        raise wrong("must be a text in each language.", "Write it as `{en: …, es: …}`.")
    # A text in its plural forms must know its language, which stands only here.
    return {key: _Forms(key, text) if isinstance(text, dict) else text for key, text in value.items()}


def _flag(value: object) -> bool:
    given = word(value)
    if given not in ("true", "false", "yes", "no"):
        raise wrong(f"must be true or false, not `{given[:60]}`.", "Write true or false.")
    return given in ("true", "yes")


def _number(value: object) -> float:
    given = word(value)
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", given):
        raise wrong(f"must be a number, not `{given[:60]}`.", "Write up to nine digits, such as 5 or 2.5.")
    return float(given)


def _whole(value: object) -> int:
    given = word(value)
    if not re.fullmatch(r"\d{1,9}", given):
        raise wrong(f"must be a whole number, not `{given[:60]}`.", "Write up to nine digits, such as 10.")
    return int(given)


def _timespan(value: object) -> timedelta:
    given = word(value)
    found = re.fullmatch(r"(\d{1,6}) (second|minute|hour|day)s?", given)
    span = int(found[1]) * _UNITS[found[2]] if found else 0
    if not found or span > 366 * 86400:
        raise wrong(f"cannot be `{given[:60]}`.", "Write such as 15 seconds, 2 hours or 14 days, a year at most.")
    return timedelta(seconds=span)


# What editors are told of these (JSON Schema). For them a plain 5 is a number; for us every value is text until
# it is typed, so both stand there.
_TEXT = {"type": ["string", "number", "boolean"]}
_TABLE = {
    "type": "object",
    "properties": dict.fromkeys(FORMS, _TEXT) | {"by": {"type": "string"}},
    "required": [OTHER],
    "additionalProperties": False,
}

Timespan = Annotated[
    timedelta,
    BeforeValidator(_timespan),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,6} (second|minute|hour|day)s?$", "examples": ["2 days"]}),
]
Word = Annotated[str, BeforeValidator(word), WithJsonSchema(_TEXT)]
Id = Annotated[
    str,
    BeforeValidator(_id),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": LONGEST_ID}),
]
LanguageCode = Annotated[
    str,
    BeforeValidator(_language),
    WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}),
]
# Plain, because pydantic would make a text in its plural forms a plain text again.
Prose = Annotated[str, PlainValidator(_prose), WithJsonSchema({"anyOf": [_TEXT, _TABLE]})]
Words = Annotated[
    dict[str, Prose],
    BeforeValidator(_worded),
    WithJsonSchema({"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [_TEXT, _TABLE]}}),
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"enum": [True, False, "true", "false", "yes", "no"]})]
Number = Annotated[
    float,
    BeforeValidator(_number),
    WithJsonSchema({"type": ["number", "string"], "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"}),
]
Whole = Annotated[
    int,
    BeforeValidator(_whole),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,9}$"}),
]

_FORMS = TypeAdapter(dict[str, Annotated[str, BeforeValidator(_form)]])
