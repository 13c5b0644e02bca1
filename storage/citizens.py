"""A person with everything that the answer to one event of theirs can depend on, in few statements."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import Ask
from dialogs.citizen import Citizen
from dialogs.events import LocationSent, MediaSent, Pressed, TextSent, Update
from dialogs.flows.flow import Flow
from dialogs.flows.moving import Newer
from dialogs.ids import OutboxId, PersonId, VersionId
from dialogs.presses import AskPress, CasePress, unpack
from storage import participants
from storage.addresses import Address
from storage.case_tables import contributors
from storage.contributors import asks_of, find_ask, own_cases, replied_to
from storage.database import Connection
from storage.outbox import DUE
from storage.sessions import IS_OPEN, read_session
from storage.tables import outbox, people, sessions

# How long after an answer further messages may belong to it.
_LATELY = timedelta(hours=1)


class InTheAir(Exception):
    """The prompt is just being sent: whether the person saw it is not known yet. ``parcel``: its outbox row."""

    def __init__(self, parcel: OutboxId) -> None:
        super().__init__("the prompt is being sent")
        self.parcel = parcel


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the process knows beside the database: versions of flows, what is newer, what is being sent right now."""

    flow_of: Callable[[Connection, VersionId], Flow]
    newer_than: Callable[[VersionId], Newer | None]
    is_in_the_air: Callable[[OutboxId], bool]


# The open conversation of a person and its newest prompt: the one query that every turn needs.
_LOADED = (
    sa.select(
        people.c.language,
        people.c.loose_words,
        people.c.participant,
        sessions.c.id,
        sessions.c.version_id,
        sessions.c.turn,
        sessions.c.answers,
        sessions.c.asked,
        sessions.c.touched_at,
        sessions.c.prompt_id,
        outbox.c.status.label("prompt_status"),
        outbox.c.number.label("prompt_number"),
        sa.exists().where(contributors.c.person_id == people.c.id).label("contributes"),
    )
    .select_from(people)
    .outerjoin(sessions, (sessions.c.person_id == people.c.id) & IS_OPEN)
    .outerjoin(outbox, outbox.c.id == sessions.c.prompt_id)
    .where(people.c.id == sa.bindparam("person"))
)


def load_citizen(c: Connection, address: Address, update: Update, knowledge: Knowledge, *, now: datetime) -> Citizen:
    """Load the person behind a private address. Raises: InTheAir, for a text while the prompt is being sent."""
    row = c.execute(_LOADED, {"person": address.person}).one()
    session = None if row.id is None else read_session(row)
    citizen = Citizen(
        language=row.language,
        session=session,
        flow=knowledge.flow_of(c, session.version) if session else None,
        newer=knowledge.newer_than(session.version) if session else None,
        touched_at=row.touched_at,
        early=_is_early(row, update, knowledge),
        loose_words=row.loose_words,
        contributes=row.contributes,
        participant=participants.read(row.participant),
        wants_receipt=address.channel == "web",
    )
    return _with_cases(c, citizen, address, update, contributes=row.contributes, now=now)


def _with_cases(
    c: Connection, citizen: Citizen, address: Address, update: Update, *, contributes: bool, now: datetime
) -> Citizen:
    """Add cases and questions, where there are any and the event may be about one."""
    match update.event:
        case Pressed(data) if not isinstance(unpack(data), AskPress | CasePress):
            return citizen
        case TextSent() | Pressed() if address.person is not None and contributes:
            asks = _asks(c, address.person, update, now=now)
            cases = own_cases(c, address.person) if asks or citizen.session is None or _is_short(update) else ()
            to = update.reply_to
            meant = replied_to(c, address.id, to, address.person) if to is not None else None
            return replace(citizen, asks=asks, cases=cases, replied_to=meant)
    return citizen


def _asks(c: Connection, person: PersonId, update: Update, *, now: datetime) -> tuple[Ask, ...]:
    """List the questions that an event may answer: a press names its own, however old it is."""
    press = unpack(update.event.data) if isinstance(update.event, Pressed) else None
    if isinstance(press, AskPress):
        named = find_ask(c, press.ask, person)
        return (named,) if named else ()
    return asks_of(c, person, since=now - _LATELY, seen=update.position)


def _is_short(update: Update) -> bool:
    # Only a text that may be the word "status" needs the cases while a conversation is open.
    return isinstance(update.event, TextSent) and len(update.event.text) <= 40


def _is_early(row: Any, update: Update, knowledge: Knowledge) -> bool:
    """Tell whether a text was sent before the newest prompt was shown (the burst rule)."""
    sent = isinstance(update.event, TextSent | MediaSent | LocationSent)
    if not sent or update.position is None or row.prompt_id is None:
        return False
    if row.prompt_number is not None:
        return bool(row.prompt_number > update.position)
    if row.prompt_status != DUE:
        # It can never be shown, so waiting for it would wait for ever.
        return False
    if knowledge.is_in_the_air(OutboxId(row.prompt_id)):
        raise InTheAir(OutboxId(row.prompt_id))
    return True
