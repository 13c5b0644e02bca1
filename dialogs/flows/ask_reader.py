"""Reading one question: its choices, its rules, and what it proposes."""

import re
from collections.abc import Mapping

from dialogs.authoring import suggest
from dialogs.dates import Precision, is_date
from dialogs.flows.conditions import Condition, Literal, Name, Named, Today
from dialogs.flows.conditions import Shape as Answers
from dialogs.flows.flow import OTHER, AfterWrong, Ask, Choice, Kind, Proposal, Rule, Then
from dialogs.flows.patterns import BadPattern, Pattern, compile_pattern
from dialogs.flows.scope import Scope
from dialogs.flows.shapes import FITS, AskShape, ChoiceShape
from dialogs.ids import StepId
from dialogs.media import MediaKind
from dialogs.wording import LONGEST_BUTTON
from dialogs.yaml_tree import Path, Scalar

# What the answer to each kind is, as far as conditions care.
SHAPES: Mapping[Kind, Answers] = {
    Kind.TEXT: Answers.TEXT,
    Kind.LONG_TEXT: Answers.TEXT,
    Kind.LOCATION: Answers.TEXT,
    Kind.CHOICE: Answers.CHOICE,
    Kind.CHOICES: Answers.MANY,
    Kind.YES_NO: Answers.FLAG,
    Kind.NUMBER: Answers.NUMBER,
    Kind.SCALE: Answers.NUMBER,
    Kind.DATE: Answers.DATE,
    Kind.PHOTO: Answers.MANY,
    Kind.VOICE: Answers.MANY,
    Kind.SERVICES: Answers.MANY,
}
_METRES = {"100 m": 100, "1 km": 1000, "10 km": 10_000}


def read_ask(scope: Scope, path: Path, id: StepId, shape: AskShape, only_if: Condition | None) -> Ask:
    """Read a question whose keys were let in."""
    kind = Kind(shape.kind)
    return Ask(
        id=id,
        kind=kind,
        text=scope.text((*path, "text"), shape.text),
        only_if=only_if,
        optional=shape.optional,
        sensitive=shape.sensitive,
        choices=_choices(scope, (*path, "choices"), shape.choices or []),
        low=shape.low if kind is Kind.SCALE else shape.min,
        high=shape.high if kind is Kind.SCALE else shape.max,
        min_length=shape.min_length,
        max_length=shape.max_length,
        accept=tuple(MediaKind(one) for one in dict.fromkeys(shape.accept or ()) if one != "text"),
        precision=Precision(shape.precision),
        area_m=_METRES[shape.area],
        matches=_pattern(scope, (*path, "matches"), shape.matches),
        check=_rule(scope, (*path, "check"), id, shape),
        after_wrong=_after_wrong(scope, (*path, "after_wrong"), shape),
        services=scope.about,
        prefill=_proposal(scope, (*path, "prefill"), shape),
        help=scope.text_if_any((*path, "help"), shape.help),
        why=scope.text_if_any((*path, "why"), shape.why),
    )


def _choices(scope: Scope, path: Path, shapes: list[ChoiceShape]) -> tuple[Choice, ...]:
    read = []
    for place, shape in enumerate(shapes):
        if shape.other:
            read.append(Choice(OTHER, scope.other_text, other=True))
        elif shape.id and shape.text:
            where = (*path, place, "text")
            text = scope.text(where, shape.text, named=False, longest=LONGEST_BUTTON)
            read.append(Choice(shape.id, text))
    return tuple(read)


def _pattern(scope: Scope, path: Path, source: str | None) -> Pattern | None:
    if source is None:
        return None
    try:
        return compile_pattern(source)
    except BadPattern as bad:
        scope.mistakes.append(scope.tree.mistake(path, bad.cause, bad.remedy))
        return None


def _rule(scope: Scope, path: Path, id: StepId, shape: AskShape) -> Rule | None:
    if shape.check is None:
        return None
    ids = tuple(OTHER if choice.other else choice.id or "" for choice in shape.choices or ())
    ids = scope.services if shape.kind == Kind.SERVICES else ids
    must = scope.condition((*path, "must"), shape.check.must, own={id: Named(SHAPES[Kind(shape.kind)], ids)})
    otherwise = scope.text((*path, "else"), shape.check.otherwise)
    return None if must is None else Rule(must, otherwise)


def _after_wrong(scope: Scope, path: Path, shape: AskShape) -> AfterWrong:
    if shape.after_wrong is None:
        return AfterWrong()
    return AfterWrong(
        hint=scope.text_if_any((*path, "hint"), shape.after_wrong.hint),
        example=scope.text_if_any((*path, "example"), shape.after_wrong.example),
        then=Then(shape.after_wrong.then) if shape.after_wrong.then else None,
    )


def _proposal(scope: Scope, path: Path, shape: AskShape) -> Proposal | None:
    """Read what is proposed: the answer to an earlier question of the same kind, or a value that fits."""
    written = scope.tree.at(path)
    if shape.prefill is None or not isinstance(written, Scalar) or scope.blurred or shape.prefill in scope.unsure:
        return None
    if shape.kind not in FITS["prefill"]:
        return None
    given, wanted = shape.prefill, SHAPES[Kind(shape.kind)]
    earlier = scope.names.get(StepId(given))
    if earlier is not None and earlier.shape is wanted:
        return Name(StepId(given))
    found = _literal(given, wanted, shape)
    if found is None:
        cause = f"`{given[:60]}` is no answer to this question, nor an earlier question whose answer fits."
        known = [choice.id for choice in shape.choices or () if choice.id]
        remedy = suggest(given, known) if known else "Write a value of its kind, or the id of an earlier question."
        scope.mistakes.append(scope.tree.mistake(path, cause, remedy))
    return found


def _literal(given: str, wanted: Answers, shape: AskShape) -> Proposal | None:
    match wanted:
        case Answers.TEXT:
            return Literal(given)
        case Answers.CHOICE if given in {choice.id for choice in shape.choices or ()}:
            return Literal(given)
        case Answers.FLAG if given in ("yes", "no", "true", "false"):
            return Literal(given in ("yes", "true"))
        case Answers.NUMBER if re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", given) and _is_within(float(given), shape):
            return Literal(float(given))
        case Answers.DATE if given == "today":
            return Today()
        case Answers.DATE if is_date(given):
            return Literal(given)
        case _:
            return None


def _is_within(number: float, shape: AskShape) -> bool:
    low, high = (shape.low, shape.high) if shape.kind == Kind.SCALE else (shape.min, shape.max)
    return (low is None or low <= number) and (high is None or number <= high)
