"""Conversations: written with compare-and-set on the turn, so that one event answers each turn."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.flows.session import Session
from dialogs.ids import OutboxId, PersonId, SessionId, VersionId
from storage.codec import pack_answers
from storage.database import Connection
from storage.errors import LostRace
from storage.tables import sessions

OPEN, SUBMITTED, ENDED = "open", "submitted", "ended"
# Written out and not bound: only so can a planner see that the index of open conversations will do.
IS_OPEN = sessions.c.state == sa.literal_column(f"'{OPEN}'")

# Built once: every turn runs it, and building costs as much as running.
_OPEN_SESSION = sessions.insert()
_END = (
    sessions.update()
    .where(sessions.c.id == sa.bindparam("session"), IS_OPEN)
    .values(state=sa.bindparam("ends"), answers=sa.bindparam("nothing"), touched_at=sa.bindparam("at"))
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
        answers=sa.bindparam("answers"),
        touched_at=sa.bindparam("touched_at"),
        # A turn that only told something leaves the prompt as it is.
        prompt_id=sa.func.coalesce(sa.bindparam("prompt", type_=sa.BigInteger), sessions.c.prompt_id),
    )
)


def open_session(
    c: Connection, session: Session, person: PersonId, version: VersionId, *, prompt: OutboxId | None, now: datetime
) -> None:
    """Begin a conversation. One is open for a person at a time, which the database holds."""
    row = {
        "id": session.id,
        "person_id": person,
        "version_id": version,
        "state": OPEN,
        "turn": session.turn,
        "answers": pack_answers(session),
        "prompt_id": prompt,
        "opened_at": now,
        "touched_at": now,
    }
    c.execute(_OPEN_SESSION, row)


def save(c: Connection, session: Session, was_turn: int, *, prompt: OutboxId | None, now: datetime) -> None:
    """Write what a turn made of a session. Raises: LostRace where another turn was faster."""
    values = {
        "session": session.id,
        "was_turn": was_turn,
        "turn": session.turn,
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


def end(c: Connection, session: SessionId, state: str, *, now: datetime) -> None:
    """End a conversation and forget what was said in it: a contribution has its own copy.

    Raises: LostRace where it had ended already.
    """
    nothing = pack_answers(Session(session, VersionId(0)))
    if c.execute(_END, {"session": session, "ends": state, "nothing": nothing, "at": now}).rowcount != 1:
        raise LostRace
