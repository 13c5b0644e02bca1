"""Values to and from the JSON texts that only code reads.

A value is a list that begins with its kind: short, and a later kind or a field added at the end
leaves what was written before readable.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from dialogs.cases.case import Case, InEach, Outcome, Proposal, State
from dialogs.flows.session import Answer, Session, Value
from dialogs.ids import CaseId, Language, MediaId, QueueId, ServiceId, StaffId, StepId
from dialogs.installation import Approach
from dialogs.media import Attachment, MediaKind
from dialogs.message import Block, Button, Line, Message, Moment, OwnData, Quote, Shown, Tone
from dialogs.said import Said, Words
from storage.columns import from_ms, to_ms

_CASE = tuple(field.name for field in fields(Case))


def pack_message(message: Message) -> str:
    """Write a message as JSON."""
    buttons = [[[button.text, button.data, button.tone.value] for button in row] for row in message.buttons]
    wants = [kind.value for kind in message.wants]
    return _dump([[_pack_block(block) for block in message.blocks], buttons, int(message.protected), wants])


def unpack_message(text: str) -> Message:
    """Read what ``pack_message`` wrote."""
    blocks, rows, protected, wants = json.loads(text)
    buttons = tuple(tuple(Button(label, data, Tone(tone)) for label, data, tone in row) for row in rows)
    told = tuple(_unpack_block(block) for block in blocks)
    return Message(told, buttons, protected=bool(protected), wants=tuple(MediaKind(kind) for kind in wants))


def pack_answers(session: Session) -> str:
    """Write what was said in a session as JSON: ``[{key: [value, open, note, ...]}, cancelling, tries, rejected]``."""
    answers = {key: _pack_answer(given) for key, given in session.answers.items()}
    return _dump([answers, int(session.cancelling), session.tries, session.rejected])


def unpack_session(text: str, session: Session) -> Session:
    """Put what ``pack_answers`` wrote into a session."""
    answers, cancelling, tries, rejected = json.loads(text)
    return replace(
        session,
        answers={StepId(key): _unpack_answer(*given) for key, given in answers.items()},
        cancelling=bool(cancelling),
        tries=tries,
        rejected=rejected,
    )


def pack_values(values: Mapping[StepId, Value]) -> str:
    """Write typed answers as JSON."""
    return _dump(dict(values))


def pack_words(words: Words) -> str:
    """Write what was said as JSON: ``[[question, answer, sensitive, [attachment, ...]], ...]``."""
    return _dump(
        [
            [said.question, said.answer, int(said.sensitive), [_pack_attachment(a) for a in said.attachments]]
            for said in words
        ]
    )


def unpack_words(text: str) -> Words:
    """Read what ``pack_words`` wrote."""
    return tuple(
        Said(question, answer, bool(sensitive), tuple(_unpack_attachment(a) for a in attachments))
        for question, answer, sensitive, attachments in json.loads(text)
    )


def words_of(row: Any) -> Words:
    """Read what a contributor said in a case: the part of their words that it is about, where it is about a part."""
    return unpack_words(row.words) if row.part is None else (Said("", row.part),)


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
        wanted_by=raw["wanted_by"],
        urgent=raw["urgent"],
        tags=tuple(raw["tags"]),
        snoozed_until=raw["snoozed_until"] and date.fromisoformat(raw["snoozed_until"]),
        public_line=raw["public_line"],
        merged_into=raw["merged_into"],
        reason_in=_in_each(raw["reason_in"]),
        proposal=raw["proposal"] and unpack_proposal(raw["proposal"]),
        split_from=raw["split_from"],
        heard=bool(raw["heard"]),
        hear_until=None if raw["hear_until"] is None else from_ms(raw["hear_until"]),
        did=raw["did"],
        did_not=raw["did_not"],
        ended_at=None if raw["ended_at"] is None else from_ms(raw["ended_at"]),
        reviews=raw["reviews"],
    )


def pack_in_each(texts: InEach) -> str | None:
    """Write a text in several languages as JSON; None for none."""
    return _dump(texts) if texts else None


def unpack_in_each(text: str | None) -> InEach:
    """Read what ``pack_in_each`` wrote."""
    return _in_each(json.loads(text)) if text else ()


def pack_proposal(proposal: Proposal) -> str:
    """Write a proposal as JSON."""
    return _dump([proposal.by, proposal.outcome, proposal.words, proposal.words_in, proposal.corrects])


def unpack_proposal(text: str) -> Proposal:
    """Read what ``pack_proposal`` wrote."""
    by, outcome, words, words_in, corrects = json.loads(text)
    return Proposal(StaffId(by), Outcome(outcome), words, _in_each(words_in), corrects and State(corrects))


def _in_each(texts: Sequence[Sequence[str]]) -> InEach:
    return tuple((Language(language), text) for language, text in texts)


def _plain(value: Any) -> Any:
    match value:
        case Proposal():
            return pack_proposal(value)
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
        case Shown(attachment, label):
            return ["s", _pack_attachment(attachment), label]
        case OwnData(label):
            return ["d", label]


def _unpack_block(block: list[Any]) -> Block:
    match block:
        case ["l", text, strong]:
            return Line(text, strong=bool(strong))
        case ["q", text, folded]:
            return Quote(text, folded=bool(folded))
        case ["m", label, at_ms, text]:
            return Moment(label, from_ms(at_ms), text)
        case ["s", attachment, label]:
            return Shown(_unpack_attachment(attachment), label)
        case ["d", label]:
            return OwnData(label)
        case _:
            raise ValueError(f"no block is written like this: kind {block[:1]}")


def _pack_answer(given: Answer) -> list[Any]:
    media = [_pack_attachment(one) for one in given.media]
    packed = [given.value, int(given.open), given.note, int(given.taken_up), media, int(given.waived)]
    # Most answers are a value and nothing else.
    while len(packed) > 1 and not packed[-1]:
        packed.pop()
    return packed


def _unpack_answer(
    value: Any, is_open: int = 0, note: str = "", taken_up: int = 0, media: Sequence[Any] = (), waived: int = 0
) -> Answer:
    sent = tuple(_unpack_attachment(one) for one in media)
    return Answer(_value(value), bool(is_open), note, bool(taken_up), sent, bool(waived))


def _pack_attachment(attachment: Attachment) -> list[Any]:
    return [attachment.id, attachment.kind.value, attachment.seconds]


def _unpack_attachment(packed: list[Any]) -> Attachment:
    id, kind, seconds = packed
    return Attachment(MediaId(id), MediaKind(kind), seconds)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
