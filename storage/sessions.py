"""Conversations: written with compare-and-set on the turn, so that one event answers each turn."""

from datetime import datetime

from dialogs.flows.session import Session
from dialogs.ids import OutboxId, PersonId, SessionId, VersionId
from storage.codec import pack_answers
from storage.database import Connection
from storage.errors import LostRace
from storage.tables import sessions

OPEN, SUBMITTED, ENDED = "open", "submitted", "ended"


def open_session(c: Connection, session: Session, person: PersonId, version: VersionId, *, now: datetime) -> None:
    """Begin a conversation. One is open for a person at a time, which the database holds."""
    c.execute(
        sessions.insert().values(
            id=session.id,
            person_id=person,
            version_id=version,
            state=OPEN,
            turn=session.turn,
            answers=pack_answers(session),
            opened_at=now,
            touched_at=now,
        )
    )


def save(c: Connection, session: Session, was_turn: int, *, prompt: OutboxId | None, now: datetime) -> None:
    """Write what a turn made of a session. Raises: LostRace where another turn was faster."""
    values = {"turn": session.turn, "answers": pack_answers(session), "touched_at": now}
    if prompt is not None:
        values["prompt_id"] = prompt
    mine = (sessions.c.id == session.id) & (sessions.c.turn == was_turn) & (sessions.c.state == OPEN)
    if c.execute(sessions.update().where(mine).values(values)).rowcount != 1:
        raise LostRace


def set_prompt(c: Connection, session: SessionId, prompt: OutboxId) -> None:
    """Note which outbox row asks the open question."""
    c.execute(sessions.update().where(sessions.c.id == session).values(prompt_id=prompt))


def end(c: Connection, session: SessionId, state: str, *, now: datetime) -> None:
    """End a conversation and forget what was said in it: a contribution has its own copy.

    Raises: LostRace where it had ended already.
    """
    values = {"state": state, "answers": pack_answers(Session(session, VersionId(0))), "touched_at": now}
    mine = (sessions.c.id == session) & (sessions.c.state == OPEN)
    if c.execute(sessions.update().where(mine).values(values)).rowcount != 1:
        raise LostRace
