"""What every contributor of a case is to be told, a page of them at a time from a cursor, each once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Case, InEach
from dialogs.effects import StartTelling, Telling
from storage.case_tables import announcements
from storage.codec import pack_case, pack_in_each, unpack_case, unpack_in_each
from storage.database import Connection
from storage.errors import LostRace


@dataclass(frozen=True, slots=True)
class Announcement:
    """One of them: what is told, of the case as it was then, after which contributor it goes on."""

    id: int
    telling: Telling
    case: Case
    words: str
    cursor: int
    words_in: InEach = ()


# Somebody may have read it: it cannot be taken back any more.
HAS_BEGUN = (announcements.c.cursor > 0) | announcements.c.done_at.is_not(None)

# Built once: every act on a case has them looked at.
_STARTED = (
    sa.select(announcements)
    .where(announcements.c.done_at.is_(None), announcements.c.starts_at <= sa.bindparam("now"))
    .order_by(announcements.c.starts_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def start(c: Connection, telling: StartTelling) -> None:
    """Tell every contributor from a moment on."""
    row = {
        "case_id": telling.case.id,
        "kind": telling.telling.value,
        "version": telling.case.version,
        "snapshot": pack_case(telling.case),
        "words": telling.words,
        "words_in": pack_in_each(telling.words_in),
        "starts_at": telling.starts_at,
    }
    c.execute(announcements.insert().values(row))


def stop(c: Connection, announcement: int) -> None:
    """Take one back. Raises: LostRace where it has begun to go out."""
    if c.execute(announcements.delete().where(announcements.c.id == announcement, ~HAS_BEGUN)).rowcount != 1:
        raise LostRace


def next_started(c: Connection, *, now: datetime) -> Announcement | None:
    """Give the oldest one that has started and has contributors left; other replicas pass over it."""
    row = c.execute(_STARTED, {"now": now}).one_or_none()
    if row is None:
        return None
    words_in = unpack_in_each(row.words_in)
    return Announcement(row.id, Telling(row.kind), unpack_case(row.snapshot), row.words, row.cursor, words_in)


def advance(c: Connection, announcement: int, cursor: int) -> None:
    """Note that everybody up to the cursor has been written to."""
    c.execute(announcements.update().where(announcements.c.id == announcement).values(cursor=cursor))


def finish(c: Connection, announcement: int, *, now: datetime) -> None:
    """Note that everybody has been written to."""
    c.execute(announcements.update().where(announcements.c.id == announcement).values(done_at=now))
