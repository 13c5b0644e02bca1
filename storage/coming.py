"""What comes next of timers, silent people and announcements: one glance, which nearly always finds nothing due.

The timekeeper looks every second and after every act of a test. Asking each table first what it has due, and then what
it will have, took nine statements to learn that there is nothing to do.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.case_tables import announcements, timers
from storage.database import Connection
from storage.tables import sessions


@dataclass(frozen=True, slots=True)
class Coming:
    """When the next of each is due; None: there is none."""

    timer_at: datetime | None
    wake_at: datetime | None
    starts_at: datetime | None

    def first(self) -> datetime | None:
        """Tell when the first of them is due."""
        moments = (self.timer_at, self.wake_at, self.starts_at)
        return min((at for at in moments if at is not None), default=None)


_NEXT = sa.select(
    sa.select(sa.func.min(timers.c.due_at)).scalar_subquery().label("timer_at"),
    sa.select(sa.func.min(sessions.c.wake_at))
    .where(sessions.c.wake_at.is_not(None))
    .scalar_subquery()
    .label("wake_at"),
    sa.select(sa.func.min(announcements.c.starts_at))
    .where(announcements.c.done_at.is_(None))
    .scalar_subquery()
    .label("starts_at"),
)


def what_comes(c: Connection) -> Coming:
    """Tell when something is due next."""
    row = c.execute(_NEXT).one()
    return Coming(row.timer_at, row.wake_at, row.starts_at)
