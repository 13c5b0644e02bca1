"""Photos and voice notes: kept with the conversation they were sent in, and gone with it.

Who may see one is told by whose conversation it was and, once it was sent, by the queue of its case.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.ids import MediaId, PersonId, QueueId, SessionId
from dialogs.media import Attachment, Media, MediaKind
from storage.case_tables import cases, contributions
from storage.database import Connection
from storage.tables import media, sessions


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a photo or voice note is. ``queue``: where servants look after its case; None before it was sent."""

    kind: MediaKind
    person: PersonId
    queue: QueueId | None


def keep(c: Connection, session: SessionId, medium: Media, *, now: datetime) -> None:
    """Keep a photo or voice note of a conversation."""
    attachment = medium.attachment
    row = {
        "id": attachment.id,
        "session_id": session,
        "kind": attachment.kind.value,
        "seconds": attachment.seconds,
        "content": medium.content,
        "at": now,
    }
    c.execute(media.insert().values(row))


def load(c: Connection, id: MediaId) -> Media | None:
    """Give a photo or voice note with its content; None for one that is not there any more."""
    row = c.execute(sa.select(media).where(media.c.id == id)).one_or_none()
    if row is None:
        return None
    return Media(Attachment(MediaId(row.id), MediaKind(row.kind), row.seconds), bytes(row.content))


def is_kept(c: Connection, id: MediaId) -> bool:
    """Tell whether a photo or voice note is there."""
    return c.execute(sa.select(media.c.id).where(media.c.id == id)).one_or_none() is not None


def find_owner(c: Connection, id: MediaId) -> Owned | None:
    """Tell whose a photo or voice note is, without its content."""
    query = (
        sa.select(media.c.kind, sessions.c.person_id, cases.c.queue)
        .join(sessions, sessions.c.id == media.c.session_id)
        .outerjoin(contributions, contributions.c.session_id == media.c.session_id)
        .outerjoin(cases, cases.c.id == contributions.c.case_id)
        .where(media.c.id == id)
    )
    row = c.execute(query).one_or_none()
    if row is None:
        return None
    queue = None if row.queue is None else QueueId(row.queue)
    return Owned(MediaKind(row.kind), PersonId(row.person_id), queue)


def drop(c: Connection, session: SessionId, *, but: Collection[MediaId] = ()) -> None:
    """Delete what was sent in a conversation, all or all ``but`` some."""
    mine = media.c.session_id == session
    c.execute(media.delete().where(mine, media.c.id.not_in(but)) if but else media.delete().where(mine))
