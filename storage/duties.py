"""Duty lists: one for each queue, with whose turn it is. Who is on it and was removed since is passed over."""

from collections.abc import Sequence

import sqlalchemy as sa

from dialogs.cases.case import NEEDS_DELIVERY, UNDECIDED, UNDELIVERED, Case
from dialogs.desk.duty import DutyDesk, Rota
from dialogs.desk.seat import Servant
from dialogs.desk_effects import SetDuty
from dialogs.ids import QueueId, StaffId
from dialogs.installation import Role
from storage import cases, staff
from storage.case_tables import cases as case_table
from storage.case_tables import desks
from storage.columns import EPOCH
from storage.database import Connection

_ENSURE = sa.text("INSERT INTO desks (queue) VALUES (:queue) ON CONFLICT DO NOTHING")
_FIND = sa.select(desks.c.rota, desks.c.on_duty, desks.c.duty_at).where(desks.c.queue == sa.bindparam("queue"))
# Two who change a list at once must each see what the other did.
_HOLD = _FIND.with_for_update()
_OPEN = [state.value for state in UNDECIDED]
_PROMISED = sorted(state.value for state in UNDELIVERED)
_HELD = (
    sa.select(case_table)
    .where(
        case_table.c.holder_id == sa.bindparam("holder"),
        case_table.c.queue == sa.bindparam("queue"),
        case_table.c.state.in_(_OPEN)
        | (case_table.c.state.in_(_PROMISED) & case_table.c.outcome.in_(sorted(NEEDS_DELIVERY))),
    )
    .order_by(case_table.c.promised_on, case_table.c.id)
    .limit(sa.bindparam("most"))
)


def ensure(c: Connection, queue: QueueId) -> None:
    """See to it that a queue has a desk."""
    c.execute(_ENSURE, {"queue": queue})


def load(c: Connection, queue: QueueId, *, hold: bool = False) -> Rota:
    """Give the duty list of a queue; with ``hold`` nobody else changes it until the end of the transaction."""
    if hold:
        ensure(c, queue)
    row = c.execute(_HOLD if hold else _FIND, {"queue": queue}).one_or_none()
    if row is None:
        return Rota(queue)
    on_duty = None if row.on_duty is None else StaffId(row.on_duty)
    return Rota(queue, tuple(StaffId(int(one)) for one in row.rota.split()), on_duty, row.duty_at)


def write(c: Connection, duty: SetDuty) -> None:
    """Write a duty list; the board of its queue is to be drawn again."""
    ensure(c, duty.queue)
    rota = " ".join(str(one) for one in duty.staff)
    values = {"rota": rota, "on_duty": duty.on_duty, "duty_at": duty.ends_at, "board_at": EPOCH}
    c.execute(desks.update().where(desks.c.queue == duty.queue).values(values))


def seen_by(c: Connection, servant: Servant, queue: QueueId, *, hold: bool = False) -> DutyDesk:
    """Read what a servant sees of the duty list of a queue."""
    return DutyDesk(load(c, queue, hold=hold), servant, able(c, queue))


def able(c: Connection, queue: QueueId) -> tuple[Servant, ...]:
    """List who has a role in a queue."""
    return tuple(one for one in staff.list_servants(c) if one.role_in(queue) is not None)


def on_duty(c: Connection, queue: QueueId) -> Servant | None:
    """Give the servant whose turn it is, if they still have a role in the queue."""
    row = c.execute(_FIND, {"queue": queue}).one_or_none()
    servant = staff.servant_of(c, StaffId(row.on_duty)) if row is not None and row.on_duty is not None else None
    return servant if servant is not None and servant.role_in(queue) is not None else None


def leads(c: Connection, queue: QueueId) -> list[Servant]:
    """List who leads a queue; where nobody does, the admins."""
    servants = able(c, queue)
    named = [one for one in servants if one.roles.get(queue) is Role.LEAD]
    return named or [one for one in servants if one.role_in(queue) is Role.ADMIN]


def held(c: Connection, holder: StaffId, queue: QueueId, *, most: int) -> tuple[Case, ...]:
    """List the open cases that a servant holds in a queue, the oldest promise first."""
    rows: Sequence[sa.Row[tuple[int]]] = c.execute(_HELD, {"holder": holder, "queue": queue, "most": most}).all()
    return tuple(cases.read_case(row) for row in rows)
