"""What becomes due: claimed and done in one transaction, so each fires once and survives a kill."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogs.cases.case import Case
from dialogs.effects import SetTimer, Timer
from dialogs.ids import CaseId
from storage.case_tables import timers
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class DueTimer:
    """One timer that is due, and the version of the case it was set at."""

    id: int
    case: CaseId
    timer: Timer
    version: int


# Built once: every act on a case runs these.
_SET = timers.insert()
_DUE = (
    sa.select(timers)
    .where(timers.c.due_at <= sa.bindparam("now"))
    .order_by(timers.c.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def set_timer(c: Connection, timer: SetTimer) -> None:
    """Set a timer for a case."""
    row = {"case_id": timer.case.id, "kind": timer.timer.value, "version": timer.case.version, "due_at": timer.due_at}
    c.execute(_SET, row)


def carry(c: Connection, case: Case) -> None:
    """Let what was set at the version before a case's present one mean this one."""
    old = (timers.c.case_id == case.id) & (timers.c.version == case.version - 1)
    c.execute(timers.update().where(old).values(version=case.version))


def take_due(c: Connection, *, now: datetime) -> DueTimer | None:
    """Take the oldest timer that is due; what it leads to belongs into the same transaction."""
    row = c.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return None
    c.execute(timers.delete().where(timers.c.id == row.id))
    return DueTimer(row.id, CaseId(row.case_id), Timer(row.kind), row.version)
