"""A whole house for a play by chance: it can be built again around its database, and its channel fails on demand."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from typing import Any, Literal

import sqlalchemy as sa

from bot.channel import Unknown
from bot.delivery import Delivery
from bot.library import Edition, Library, publish
from bot.pacing import Pace
from bot.timekeeper import Timekeeper
from bot.turns import Turns
from bot.web.outgoing import WebChannel
from bot.web.watchers import Watchers
from dialogs.cases.case import OwnCase
from dialogs.cases.participant import Participant
from dialogs.flows.session import Session
from dialogs.ids import MediaId, SessionId, StepId, VersionId
from dialogs.message import Message
from dialogs.my_data import About
from dialogs.town import Town
from storage import addresses, contributors, my_data
from storage.case_tables import contributions, every_table
from storage.case_tables import contributors as parts
from storage.codec import unpack_message, unpack_session
from storage.database import Connection, Database
from storage.outbox import DUE, WITHDRAWN
from storage.sessions import IS_OPEN
from storage.tables import media, outbox, people, sessions
from tests.journeys.twins import Life
from tests.stage import Said, Stage, StageChannel, StageClock

Name = Literal["telegram", "web"]


class ChanceChannel(StageChannel):
    """A channel that shows what it is sent, also where its answer is lost then; on the web it keeps lines too."""

    def __init__(self) -> None:
        super().__init__()
        self.web: WebChannel | None = None
        self.sent: dict[int, Message] = {}
        # Each call that showed something, in order.
        self.calls: list[tuple[str, int]] = []

    async def send(self, place: str, message: Message, *, key: int) -> int:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not isinstance(failure, Unknown):
            raise failure
        number = self.next_number() if self.web is None else await self.web.send(place, message, key=key)
        self.sent[key] = message
        # On the web what was taken back meanwhile is not shown, and has no number.
        if number:
            self.shown[place, number] = Said(place, number, message)
            self.calls.append((place, key))
        if failure is not None:
            raise failure
        return number

    async def edit(self, place: str, number: int, message: Message) -> None:
        if self.web is not None:
            await self.web.edit(place, number, message)
        await super().edit(place, number, message)


async def build(
    database: Database, town: Town, name: Name, *, shown: ChanceChannel, clock: StageClock, before: Edition
) -> Stage:
    """Build a house around a database, as a program does that starts."""
    edition = await database.write(lambda c: publish(c, town, now=clock.now(), before=before))
    library = Library(edition)
    if name == "web":
        shown.web = WebChannel(database, Watchers(), clock)
    delivery = Delivery(database, library, {name: shown}, clock, Pace(per_second=26))
    timekeeper = Timekeeper(database, library, clock, delivery.look_again)
    await delivery.recover()
    return Stage(database, clock, shown, library, Turns(database, library, clock, delivery), delivery, timekeeper, name)


@dataclass(frozen=True, slots=True)
class Row:
    """One reply in the outbox."""

    id: int
    status: str
    message: Message | None

    @property
    def is_withdrawn(self) -> bool:
        return self.status == WITHDRAWN


@dataclass(frozen=True, slots=True)
class Look:
    """What the tables know of a person. ``prompt``: the number of the newest one; infinite where it is unseen."""

    life: Life
    prompt: float
    replies: tuple[Row, ...]
    cases: tuple[OwnCase, ...]
    sessions: frozenset[int]
    opened_at: datetime | None
    touched_at: datetime | None
    # Their cards, as they are shown to whoever asks what is kept.
    about: About = field(default_factory=About)


def look(c: Connection, channel: str, place: str) -> Look:
    """Read all that the tables know of a person."""
    everybodys = frozenset(c.execute(sa.select(sessions.c.id)).scalars())
    address = addresses.find_address(c, channel, place)
    if address is None or address.person is None:
        return Look(Life(), 0, (), (), everybodys, None, None)
    person = address.person
    row = c.execute(sa.select(sessions).where(sessions.c.person_id == person, IS_OPEN)).one_or_none()
    cases, replies = contributors.own_cases(c, person), _replies(c, address.id)
    life = _life(c, person)
    about = my_data.own_cards(c, person) if life.sent else About()
    if row is None:
        return Look(life, 0, replies, cases, everybodys, None, None, about)
    life = replace(life, session=_session(row), wake_at=row.wake_at)
    return Look(life, _prompt(c, row.prompt_id), replies, cases, everybodys, row.opened_at, row.touched_at, about)


def _life(c: Connection, person: int) -> Life:
    known = c.execute(
        sa.select(people.c.loose_words, people.c.language, people.c.participant).where(people.c.id == person)
    ).one()
    kept = sa.select(media.c.session_id, media.c.id).join(sessions).where(sessions.c.person_id == person)
    sent = sa.select(contributions.c.words, contributions.c.answers).select_from(contributions.join(parts))
    mine = sent.where(parts.c.person_id == person).order_by(contributions.c.id)
    return Life(
        language=known.language,
        loose=known.loose_words,
        participant=known.participant and Participant(known.participant),
        media=frozenset((SessionId(session), MediaId(id)) for session, id in c.execute(kept)),
        sent=tuple((words, answers) for words, answers in c.execute(mine)),
    )


def _session(row: Any) -> Session:
    asked = tuple(StepId(step) for step in row.asked.split())
    session = Session(SessionId(row.id), VersionId(row.version_id), row.turn, asked=asked)
    return unpack_session(row.answers, session)


def _prompt(c: Connection, id: int | None) -> float:
    row = c.execute(sa.select(outbox.c.number, outbox.c.status).where(outbox.c.id == id)).one_or_none()
    if row is None:
        return 0
    if row.number is not None:
        return float(row.number)
    return inf if row.status == DUE else 0


def _replies(c: Connection, address: int) -> tuple[Row, ...]:
    mine = sa.select(outbox).where(outbox.c.address_id == address, outbox.c.lane == 0).order_by(outbox.c.id)
    return tuple(
        Row(row.id, row.status, None if row.message is None else unpack_message(row.message)) for row in c.execute(mine)
    )


def dump(c: Connection) -> dict[str, list[str]]:
    """Write out every row of every table."""
    # A row by itself writes long texts with a gap in the middle.
    return {
        table.name: sorted(str(tuple(row)) for row in c.execute(sa.select(table)))
        for table in every_table.sorted_tables
    }


def wipe(c: Connection) -> None:
    """Empty every table."""
    for table in reversed(every_table.sorted_tables):
        c.execute(table.delete())
