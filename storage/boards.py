"""Boards and digests: what a queue's rooms are told of it, and when it is looked at again.

``rooms.board`` is the message that is the board of a room, and ``rooms.board_shows`` a hash of what it was last asked
to show: what says the same again is not drawn. All that is read here is found by indexes, a few rows at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import sqlalchemy as sa

from dialogs.cases.case import UNDECIDED, Case, State
from dialogs.desk.board import APART, BoardView
from dialogs.desk.digest import MOST, DigestView
from dialogs.ids import AddressId, QueueId
from dialogs.message import Message
from storage import cases, counts, duties
from storage.case_tables import case_counts, desks
from storage.case_tables import cases as table
from storage.codec import pack_message
from storage.columns import EPOCH
from storage.database import Connection
from storage.tables import rooms

_OPEN = sorted(state.value for state in UNDECIDED)
_HAS_NEWS = sa.exists().where(case_counts.c.queue == desks.c.queue, sa.literal_column("case_counts.is_news"))
_HAS_ROOM = sa.exists().where(rooms.c.queue == desks.c.queue)
_LACKS_BOARD = sa.exists().where(rooms.c.queue == desks.c.queue, rooms.c.board_shows.is_(None))
_DESKS = sa.select(desks, _HAS_NEWS.label("news"), _LACKS_BOARD.label("lacks")).where(
    _HAS_ROOM | desks.c.duty_at.is_not(None)
)
# Written out and not bound, as in the index of just these rows.
IS_FREE: sa.ColumnElement[bool] = sa.literal_column(
    "cases.holder_id IS NULL AND cases.state IN ('answered', 'new', 'reopened')"
)
_FREE = (
    sa.select(table)
    .where(table.c.queue == sa.bindparam("queue"), IS_FREE)
    .order_by(table.c.id)
    .limit(sa.bindparam("most"))
)
_QUEUE = table.c.queue == sa.bindparam("queue", type_=sa.Text)
# The first promise of each state by its index, and the first of these.
_FIRST_PROMISES = sa.union_all(
    *(sa.select(sa.func.min(table.c.promised_on).label("day")).where(_QUEUE, table.c.state == one) for one in _OPEN)
).subquery()
_NEXT_PROMISE = sa.select(sa.func.min(_FIRST_PROMISES.c.day))
_DUE = (
    sa.select(table)
    .where(_QUEUE, table.c.state.in_(_OPEN), table.c.promised_on.in_(sa.bindparam("days", expanding=True)))
    .order_by(table.c.promised_on, table.c.id)
    .limit(sa.bindparam("most"))
)
_BACK = (
    sa.select(table)
    .where(_QUEUE, table.c.state == State.REOPENED.value)
    .order_by(table.c.promised_on, table.c.id)
    .limit(sa.bindparam("most"))
)
_NEWEST = sa.select(sa.func.max(table.c.id))
_FRESH = sa.select(sa.func.count()).where(
    # By the number, which goes up: not by the index of queues, which would bring every case of theirs.
    table.c.id > sa.bindparam("since"),
    sa.func.coalesce(table.c.queue, "") == sa.bindparam("queue"),
)


@dataclass(frozen=True, slots=True)
class DeskTimes:
    """When something of a queue is due: its board, its digest (None: never set yet), and the end of a turn."""

    queue: QueueId
    board_due_at: datetime | None
    digest_at: datetime | None
    duty_at: datetime | None


def list_desks(c: Connection) -> list[DeskTimes]:
    """List the queues that have a room or somebody on duty, with what is due there and when."""
    return [DeskTimes(QueueId(row.queue), _board_due_at(row), row.digest_at, row.duty_at) for row in c.execute(_DESKS)]


def next_of(all_desks: Iterable[DeskTimes]) -> datetime | None:
    """Tell when something of these queues is due."""
    moments = [at for desk in all_desks for at in (desk.board_due_at, desk.digest_at, desk.duty_at)]
    return min((at for at in moments if at is not None), default=None)


def board_view(c: Connection, queue: QueueId) -> BoardView:
    """Read what the board of a queue shows."""
    counted = counts.count(c, (queue,))
    free = free_cases(c, queue, most=1)
    day = c.execute(_NEXT_PROMISE, {"queue": queue}).scalar()
    servant = duties.on_duty(c, queue)
    return BoardView(
        queue=queue,
        counts=counted.states,
        late=counted.late,
        oldest=free[0] if free else None,
        next_promise=None if day is None else date.fromisoformat(day),
        on_duty=servant.name if servant else "",
    )


def free_cases(c: Connection, queue: QueueId, *, most: int) -> tuple[Case, ...]:
    """List the cases of a queue that nobody has, the oldest first."""
    return _read(c, _FREE, {"queue": queue, "most": most})


def digest_view(c: Connection, queue: QueueId, *, days: Sequence[date]) -> DigestView:
    """Read what the digest of a queue tells; ``days``: today and the next working day."""
    since = c.execute(sa.select(desks.c.digest_case).where(desks.c.queue == queue)).scalar() or 0
    most = MOST + 1
    servant = duties.on_duty(c, queue)
    return DigestView(
        queue=queue,
        fresh=int(c.execute(_FRESH, {"queue": queue, "since": since}).scalar_one()),
        due=_read(c, _DUE, {"queue": queue, "days": [day.isoformat() for day in days], "most": 2 * most}),
        back=_read(c, _BACK, {"queue": queue, "most": most}),
        waiting=free_cases(c, queue, most=most),
        on_duty=servant.name if servant else "",
    )


def plan_digest(c: Connection, queue: QueueId, at: datetime) -> None:
    """Note when the next digest of a queue goes out, and that what came in until now was told."""
    newest = c.execute(_NEWEST).scalar() or 0
    c.execute(desks.update().where(desks.c.queue == queue).values(digest_at=at, digest_case=newest))


def looked(c: Connection, queue: QueueId, *, now: datetime, again_at: datetime | None) -> None:
    """Note that a board was looked at, and when it says something else though nothing has happened."""
    counts.fold(c, queue)
    values = {"board_seen_at": now, "board_at": again_at}
    c.execute(desks.update().where(desks.c.queue == queue).values(values))


def rooms_to_draw(c: Connection, queue: QueueId, shows: str) -> list[AddressId]:
    """List the rooms of a queue whose board shows something else, and note that it is to show this."""
    here = (rooms.c.queue == queue) & (sa.func.coalesce(rooms.c.board_shows, "") != shows)
    rows = c.execute(rooms.update().where(here).values(board_shows=shows).returning(rooms.c.address_id))
    return sorted(AddressId(row.address_id) for row in rows)


def hash_of(message: Message) -> str:
    """Give a short word for what a board shows."""
    return sha256(pack_message(message).encode()).hexdigest()[:32]


def number_of(c: Connection, room: AddressId) -> int | None:
    """Tell which message of a room is its board."""
    number: int | None = c.execute(sa.select(rooms.c.board).where(rooms.c.address_id == room)).scalar()
    return number


def set_number(c: Connection, room: AddressId, number: int | None) -> None:
    """Note which message of a room is its board; None: none is any more."""
    c.execute(rooms.update().where(rooms.c.address_id == room).values(board=number))


def set_shown(c: Connection, room: AddressId, message: Message) -> None:
    """Note what a board was drawn with."""
    c.execute(rooms.update().where(rooms.c.address_id == room).values(board_shows=hash_of(message)))


def _board_due_at(row: sa.Row[tuple[str]]) -> datetime | None:
    if row.lacks or row.board_seen_at is None:
        return EPOCH
    wanted_at = EPOCH if row.news else row.board_at
    return None if wanted_at is None else max(wanted_at, row.board_seen_at + APART)


def _read(c: Connection, statement: sa.Select[tuple[int]], values: dict[str, object]) -> tuple[Case, ...]:
    return tuple(cases.read_case(row) for row in c.execute(statement, values))
