"""What servants do to several cases at once: one draft of it in a chat, and what was done for a day."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.desk.undoing import WITHIN
from dialogs.desk_effects import Bulk, Chosen, DropBulk, SaveBulk
from dialogs.ids import AddressId, DraftId, QueueId, StaffId
from storage import drafts
from storage.case_tables import bulks
from storage.database import Connection

_BY_ID = sa.select(bulks).where(bulks.c.id == sa.bindparam("bulk"))
_OPEN = sa.select(bulks).where(bulks.c.address_id == sa.bindparam("chat"), bulks.c.done_at.is_(None)).limit(1)


def record_bulk(c: Connection, effect: SaveBulk | DropBulk, *, now: datetime) -> None:
    """Write a bulk in place of any draft of its chat, or forget one."""
    match effect:
        case DropBulk(id):
            c.execute(bulks.delete().where(bulks.c.id == id))
        case SaveBulk(bulk):
            drafts.drop(c, bulk.address)
            # With it goes what was done so long ago that nobody takes it back.
            is_old = (bulks.c.address_id == bulk.address) & (bulks.c.done_at < now - WITHIN)
            c.execute(bulks.delete().where((bulks.c.id == bulk.id) | is_old))
            c.execute(bulks.insert().values(_row(bulk)))


def find(c: Connection, id: DraftId) -> Bulk | None:
    """Find a bulk, open or done."""
    row = c.execute(_BY_ID, {"bulk": id}).one_or_none()
    return None if row is None else _read(row)


def find_open(c: Connection, address: AddressId) -> Bulk | None:
    """Find the bulk that a chat is busy with."""
    row = c.execute(_OPEN, {"chat": address}).one_or_none()
    return None if row is None else _read(row)


def _row(bulk: Bulk) -> dict[str, object]:
    return {
        "id": bulk.id,
        "staff_id": bulk.staff,
        "address_id": bulk.address,
        "queue": bulk.queue,
        "stage": bulk.stage,
        "after": bulk.after,
        "shown": " ".join(bulk.shown),
        "chosen": " ".join(f"{one.code}:{one.version}" for one in bulk.chosen),
        "act": bulk.act,
        "goes_to": bulk.to,
        "words": bulk.words,
        "quiet": bulk.quiet,
        "done_at": bulk.done_at,
    }


def _read(row: sa.Row[tuple[int]]) -> Bulk:
    pairs = (one.split(":") for one in row.chosen.split())
    return Bulk(
        id=DraftId(row.id),
        staff=StaffId(row.staff_id),
        address=AddressId(row.address_id),
        queue=None if row.queue is None else QueueId(row.queue),
        stage=row.stage,
        after=row.after,
        shown=tuple(row.shown.split()),
        chosen=tuple(Chosen(code, int(version)) for code, version in pairs),
        act=row.act,
        to=row.goes_to,
        words=row.words,
        quiet=row.quiet,
        done_at=row.done_at,
    )
