"""Values to and from the JSON texts that only code reads.

A value is a list that begins with its kind: short, and a later kind or a field added at the end
leaves what was written before readable.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from dialogs.cases.case import Case, Outcome, State
from dialogs.flows.session import Answer, Session, Value
from dialogs.ids import CaseId, QueueId, ServiceId, StepId
from dialogs.installation import Approach
from dialogs.message import Block, Button, Line, Message, Moment, Quote, Tone
from storage.tables import from_ms, to_ms

_CASE = tuple(field.name for field in fields(Case))


def pack_message(message: Message) -> str:
    """Write a message as JSON."""
    buttons = [[[button.text, button.data, button.tone.value] for button in row] for row in message.buttons]
    return _dump([[_pack_block(block) for block in message.blocks], buttons, int(message.protected)])


def unpack_message(text: str) -> Message:
    """Read what ``pack_message`` wrote."""
    blocks, rows, protected = json.loads(text)
    buttons = tuple(tuple(Button(label, data, Tone(tone)) for label, data, tone in row) for row in rows)
    return Message(tuple(_unpack_block(block) for block in blocks), buttons, protected=bool(protected))


def pack_answers(session: Session) -> str:
    """Write what was answered in a session as JSON: ``{step: [value, open, note, taken_up]}``."""
    answers = {
        step: [given.value, int(given.open), given.note, int(given.taken_up)] for step, given in session.answers.items()
    }
    return _dump([answers, int(session.cancelling)])


def unpack_answers(text: str) -> tuple[dict[StepId, Answer], bool]:
    """Read what ``pack_answers`` wrote: the answers, and whether the person is about to cancel."""
    answers, cancelling = json.loads(text)
    read = {StepId(s): Answer(_value(v), bool(o), n, bool(t)) for s, (v, o, n, t) in answers.items()}
    return read, bool(cancelling)


def pack_values(values: Mapping[StepId, Value]) -> str:
    """Write typed answers as JSON."""
    return _dump(dict(values))


def pack_words(words: tuple[tuple[str, str], ...]) -> str:
    """Write (question, answer) pairs as JSON."""
    return _dump(words)


def unpack_words(text: str) -> tuple[tuple[str, str], ...]:
    """Read what ``pack_words`` wrote."""
    return tuple((question, answer) for question, answer in json.loads(text))


def pack_case(case: Case) -> str:
    """Write a case as it stood as JSON."""
    return _dump({name: _plain(getattr(case, name)) for name in _CASE})


def unpack_case(text: str) -> Case:
    """Read what ``pack_case`` wrote."""
    raw = json.loads(text)
    return Case(
        id=CaseId(raw["id"]),
        code=raw["code"],
        version=raw["version"],
        approach=Approach(raw["approach"]),
        state=State(raw["state"]),
        contribution=raw["contribution"],
        service=ServiceId(raw["service"]),
        queue=QueueId(raw["queue"]),
        promised_on=date.fromisoformat(raw["promised_on"]),
        opened_at=from_ms(raw["opened_at"]),
        holder=raw["holder"],
        held_at=None if raw["held_at"] is None else from_ms(raw["held_at"]),
        outcome=raw["outcome"] and Outcome(raw["outcome"]),
        reason=raw["reason"],
        overdue=raw["overdue"],
    )


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return to_ms(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _value(value: Any) -> Value | None:
    if isinstance(value, list):
        return tuple(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _pack_block(block: Block) -> list[Any]:
    match block:
        case Line(text, strong):
            return ["l", text, int(strong)]
        case Quote(text, folded):
            return ["q", text, int(folded)]
        case Moment(label, at, text):
            return ["m", label, to_ms(at), text]


def _unpack_block(block: list[Any]) -> Block:
    match block:
        case ["l", text, strong]:
            return Line(text, strong=bool(strong))
        case ["q", text, folded]:
            return Quote(text, folded=bool(folded))
        case ["m", label, at_ms, text]:
            return Moment(label, from_ms(at_ms), text)
        case _:
            raise ValueError(f"no block is written like this: kind {block[:1]}")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
