"""How often a servant was shown what cards cover; the journal knows."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Deed
from dialogs.ids import StaffId
from storage.case_tables import journal
from storage.database import Connection
from storage.tables import staff

# Written out and not bound: only so can a planner see that the index of just these lines will do.
_IS_UNMASKING = journal.c.act == sa.literal_column(f"'{Deed.UNMASK}'")
# Two presses of one servant at once count one after the other (PostgreSQL).
_LOCK = sa.select(staff.c.id).where(staff.c.id == sa.bindparam("staff")).with_for_update(key_share=True)
_COUNT = sa.select(sa.func.count()).where(
    _IS_UNMASKING, journal.c.staff_id == sa.bindparam("staff"), journal.c.at > sa.bindparam("since")
)


def count_unmaskings(c: Connection, staff_id: StaffId, *, since: datetime) -> int:
    """Count how often a servant was shown covered words after a moment; until this is committed nobody else counts."""
    c.execute(_LOCK, {"staff": staff_id})
    return int(c.execute(_COUNT, {"staff": staff_id, "since": since}).scalar_one())
