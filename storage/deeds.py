"""All that was done to a case, as undo needs it: also what was taken back, and what has gone out."""

from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import Actor, Case
from dialogs.desk.undoing import Done
from dialogs.ids import StaffId
from storage import staff
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, journal
from storage.codec import unpack_case
from storage.database import Connection

# Nobody takes back what is further away.
_MOST = 200

_DONE = (
    sa.select(
        journal,
        announcements.c.id.label("telling"),
        HAS_BEGUN.label("gone_out"),
    )
    .outerjoin(
        announcements,
        (announcements.c.case_id == journal.c.case_id)
        & (announcements.c.version == journal.c.version)
        & journal.c.before.is_not(None),
    )
    .where(journal.c.case_id == sa.bindparam("case"))
    .order_by(journal.c.id.desc())
    .limit(_MOST)
)


def done_to(c: Connection, case: Case) -> list[Done]:
    """List the lines of a case's journal, the newest first."""
    rows = c.execute(_DONE, {"case": case.id}).all()
    names = staff.names(c, {StaffId(row.staff_id) for row in rows if row.staff_id is not None})
    return [_read(row, names.get(row.staff_id, "")) for row in rows]


def _read(row: Any, name: str) -> Done:
    return Done(
        entry=row.id,
        act=row.act,
        actor=Actor(row.actor),
        at=row.at,
        version=row.version,
        staff=None if row.staff_id is None else StaffId(row.staff_id),
        name=name,
        before=unpack_case(row.before) if row.before else None,
        undone_at=row.undone_at,
        telling=row.telling,
        gone_out=bool(row.gone_out),
    )
