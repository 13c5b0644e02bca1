"""Conversations: written with compare-and-set on the turn, so that one event answers each turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dialogs.effects import OpenSession, SaveSession
from dialogs.flows.session import Session
from dialogs.ids import AddressId, OutboxId, PersonId, SessionId, StepId, VersionId
from storage.codec import pack_answers, unpack_session
from storage.database import Connection
from storage.errors import LostRace
from storage.tables import addresses, people, sessions

# How it stands: ended by the person or by the flow, or expired because the person stayed silent.
OPEN, SUBMITTED, ENDED, EXPIRED = "open", "submitted", "ended", "expired"
# It never took place here: what was said came from another platform (``imports.py``).
MOVED = "moved"
# Written out and not bound: only so can a planner see that the index of open conversations will do.
IS_OPEN = sessions.c.state == sa.literal_column(f"'{OPEN}'")

# The reminders that a flow can have, the notice, and the last word (``dialogs/silence.py``).
MOST_STAGES = 7

# Built once: every turn runs it, and building costs as much as running.
_OPEN_SESSION = sessions.insert()
_END = (
    sessions.update()
    .where(sessions.c.id == sa.bindparam("session"), IS_OPEN)
    .values(
        state=sa.bindparam("ends"),
        answers=sa.bindparam("nothing"),
        touched_at=sa.bindparam("at"),
        wake_at=None,
        # It leads to the chat, and nothing is asked any more.
        prompt_id=None,
    )
)
_SAVE = (
    sessions.update()
    .where(
        sessions.c.id == sa.bindparam("session"),
        sessions.c.turn == sa.bindparam("was_turn"),
        IS_OPEN,
    )
    .values(
        turn=sa.bindparam("turn"),
        version_id=sa.bindparam("version"),
        answers=sa.bindparam("answers"),
        asked=sa.bindparam("asked"),
        wake_at=sa.bindparam("wake"),
        reminded=0,
        touched_at=sa.bindparam("touched_at"),
        # A turn that only told something leaves the prompt as it is.
        prompt_id=sa.func.coalesce(sa.bindparam("prompt", type_=sa.BigInteger), sessions.c.prompt_id),
    )
)
_DUE = (
    sa.select(
        sessions,
        people.c.language,
        addresses.c.id.label("address_id"),
        addresses.c.unreachable_at.is_(None).label("reachable"),
    )
    .join(people, people.c.id == sessions.c.person_id)
    .outerjoin(addresses, addresses.c.person_id == people.c.id)
    .where(sessions.c.wake_at <= sa.bindparam("now"))
    .order_by(sessions.c.wake_at)
    .limit(1)
    .with_for_update(skip_locked=True, of=sessions)
)


@dataclass(frozen=True, slots=True)
class DueSession:
    """A conversation whose person has been silent for so long that something is to be done.

    ``reminded``: how many stages of silence were dealt with (``dialogs/silence.py``).
    """

    session: Session
    touched_at: datetime
    reminded: int
    language: str
    # None: nothing leads to them any more.
    address: AddressId | None
    reachable: bool


def open_session(
    c: Connection, opening: OpenSession, person: PersonId, version: VersionId, *, prompt: OutboxId | None, now: datetime
) -> None:
    """Begin a conversation. One is open for a person at a time, which the database holds."""
    session = opening.session
    row = {
        "id": session.id,
        "person_id": person,
        "version_id": version,
        "state": OPEN,
        "turn": session.turn,
        "answers": pack_answers(session),
        "asked": " ".join(session.asked),
        "wake_at": opening.wake_at,
        "prompt_id": prompt,
        "opened_at": now,
        "touched_at": now,
    }
    c.execute(_OPEN_SESSION, row)


def save(c: Connection, saving: SaveSession, *, prompt: OutboxId | None, now: datetime) -> None:
    """Write what a turn made of a session. Raises: LostRace where another turn was faster."""
    session = saving.session
    values = {
        "session": session.id,
        "was_turn": saving.was_turn,
        "turn": session.turn,
        "version": session.version,
        "asked": " ".join(session.asked),
        "wake": saving.wake_at,
        "answers": pack_answers(session),
        "touched_at": now,
        "prompt": prompt,
    }
    if c.execute(_SAVE, values).rowcount != 1:
        raise LostRace


def opened_at(c: Connection, session: SessionId) -> datetime:
    """Tell when a conversation began."""
    moment: datetime = c.execute(sa.select(sessions.c.opened_at).where(sessions.c.id == session)).scalar_one()
    return moment


def find_due(c: Connection, *, now: datetime) -> DueSession | None:
    """Give the conversation that has been due for the longest, and hold it until the end of the transaction."""
    row = c.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return None
    address = None if row.address_id is None else AddressId(row.address_id)
    return DueSession(
        session=read_session(row),
        touched_at=row.touched_at,
        reminded=row.reminded,
        language=row.language,
        address=address,
        reachable=address is not None and row.reachable,
    )


def read_session(row: Any) -> Session:
    """Read a conversation from a row with its columns."""
    asked = tuple(StepId(step) for step in row.asked.split())
    session = Session(SessionId(row.id), VersionId(row.version_id), row.turn, asked=asked)
    return unpack_session(row.answers, session)


def let_sleep(c: Connection, due: DueSession, *, reminded: int, wake_at: datetime | None) -> None:
    """Note what was done about a silence, and when to look again. Raises: LostRace where the person wrote meanwhile."""
    mine = (sessions.c.id == due.session.id) & (sessions.c.turn == due.session.turn) & IS_OPEN
    same = mine & (sessions.c.reminded == due.reminded)
    if c.execute(sessions.update().where(same).values(reminded=reminded, wake_at=wake_at)).rowcount != 1:
        raise LostRace


def turn_of(c: Connection, session: SessionId) -> int:
    """Tell at which turn a conversation is."""
    return int(c.execute(sa.select(sessions.c.turn).where(sessions.c.id == session)).scalar_one())


def end(c: Connection, session: SessionId, state: str, *, now: datetime) -> None:
    """End a conversation and forget what was said in it: a contribution has its own copy.

    Raises: LostRace where it had ended already.
    """
    nothing = pack_answers(Session(session, VersionId(0)))
    if c.execute(_END, {"session": session, "ends": state, "nothing": nothing, "at": now}).rowcount != 1:
        raise LostRace
