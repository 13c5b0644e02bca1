"""Lists and numbers for servants: read by indexes in the order in which they are shown, a page at a time.

A list is put together from one short list for each queue and state, so a page costs the same among ten cases and
among a hundred thousand.
"""

import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import sqlalchemy as sa

from dialogs.cases.case import NEEDS_DELIVERY, UNDECIDED, UNDELIVERED, Actor
from dialogs.desk.card import CardView
from dialogs.desk.listing import PAGE, After, Listed, Stats
from dialogs.ids import CaseId, QueueId, StaffId
from dialogs.said import Words
from storage import cases, counts, desk_view, staff
from storage.case_tables import cases as table
from storage.case_tables import contributions, contributors, journal
from storage.codec import words_of
from storage.database import Connection

_OPEN = sorted(state.value for state in UNDECIDED)
# So many lines of a case's history are shown, and so many of the newest cases tell how quick the desk is.
_HISTORY, _NEWEST = 200, 200
_START = After(date.min, CaseId(0))

_WHOLE = sa.select(table).where(table.c.id.in_(sa.bindparam("ids", expanding=True)))
_WORDS = (
    sa.select(contributors.c.case_id, contributors.c.part, contributions.c.words)
    .join(contributions, contributions.c.id == contributors.c.contribution_id)
    .where(contributors.c.case_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(contributors.c.id.desc())
)
_OF_QUEUES = table.c.queue.in_(sa.bindparam("queues", expanding=True))
# The few with a promise that is due: the others are counted already (``storage/counts.py``).
_DUE = sa.select(
    sa.func.count().filter(table.c.promised_on == sa.bindparam("today")).label("today"),
    sa.func.count().filter((table.c.promised_on < sa.bindparam("today")) & ~table.c.overdue).label("late"),
).where(_OF_QUEUES, table.c.state.in_(_OPEN), table.c.promised_on <= sa.bindparam("today"))
_LATEST = (
    sa.select(table.c.id, table.c.opened_at)
    # Not by the index of queues, which would bring every case of theirs to be sorted: from the newest backwards.
    .where(sa.func.coalesce(table.c.queue, "").in_(sa.bindparam("queues", expanding=True)))
    .order_by(table.c.id.desc())
    .limit(_NEWEST)
    .subquery()
)
_FIRST_ACTS = (
    sa.select(_LATEST.c.opened_at, sa.func.min(journal.c.at).label("first_at"))
    .join(journal, (journal.c.case_id == _LATEST.c.id) & (journal.c.actor == Actor.SERVANT.value))
    .group_by(_LATEST.c.id, _LATEST.c.opened_at)
)


def list_open(c: Connection, queues: Sequence[QueueId], *, after: After | None) -> tuple[Listed, ...]:
    """List a page of the cases that still wait for a decision, the oldest promise first, and one case more."""
    return _listed(c, _page(c, _every_open(len(queues)), _named(queues), after)) if queues else ()


def list_held(c: Connection, holder: StaffId, queues: Sequence[QueueId], *, after: After | None) -> tuple[Listed, ...]:
    """List a page of what a servant holds and owes in some queues, the oldest promise first, and one more."""
    return _listed(c, _page(c, _every_held(), {"holder": holder, "queues": list(queues)}, after))


def list_these(c: Connection, ids: Sequence[CaseId]) -> tuple[Listed, ...]:
    """List cases in the order in which they are given."""
    return _listed(c, ids)


def whole_view(c: Connection, case_id: CaseId) -> CardView:
    """Read a case with the whole of its history."""
    view = desk_view.card_view(c, case_id)
    entries = tuple(cases.newest_entries(c, case_id, limit=_HISTORY))
    named = staff.names(c, {entry.staff for entry in entries if entry.staff is not None})
    pseudonyms = {**view.pseudonyms, **desk_view.pseudonyms_in(c, entries, view.others)}
    return replace(view, entries=entries, names={**view.names, **named}, pseudonyms=pseudonyms)


def count_cases(c: Connection, queues: Sequence[QueueId], *, today: date) -> Stats:
    """Count how the cases of some queues stand."""
    values = {"queues": list(queues)}
    counted = counts.count(c, queues)
    due = c.execute(_DUE, {**values, "today": today.isoformat()}).one()
    waited = [row.first_at - row.opened_at for row in c.execute(_FIRST_ACTS, values)]
    first_act = timedelta(seconds=statistics.median(one.total_seconds() for one in waited)) if waited else None
    # A late case has a new promise, which tells the citizen when they hear again.
    return Stats(counted.states, due.today, counted.late + due.late, first_act)


@cache
def _every_open(queues: int) -> sa.Select[tuple[int]]:
    mine = [table.c.queue == sa.bindparam(f"queue_{number}", type_=sa.Text) for number in range(queues)]
    return _merged([(table.c.state == state) & queue for queue in mine for state in _OPEN])


@cache
def _every_held() -> sa.Select[tuple[int]]:
    mine = (table.c.holder_id == sa.bindparam("holder")) & _OF_QUEUES
    open_ = [table.c.state == state for state in _OPEN]
    # What was promised is theirs until it is done.
    promised = [(table.c.state == state) & table.c.outcome.in_(sorted(NEEDS_DELIVERY)) for state in sorted(UNDELIVERED)]
    return _merged([state & mine for state in (*open_, *promised)])


def _merged(conditions: list[sa.ColumnElement[bool]]) -> sa.Select[tuple[int]]:
    """Take a page from each, by an index, and the first page of all of them."""
    beyond = sa.tuple_(table.c.promised_on, table.c.id) > sa.tuple_(
        sa.bindparam("day", type_=sa.Text), sa.bindparam("number", type_=sa.BigInteger)
    )
    firsts = [
        sa.select(table.c.id, table.c.promised_on)
        .where(condition, beyond)
        .order_by(table.c.promised_on, table.c.id)
        .limit(PAGE + 1)
        .subquery()
        for condition in conditions
    ]
    every = sa.union_all(*(sa.select(first) for first in firsts)).subquery()
    return sa.select(every.c.id).order_by(every.c.promised_on, every.c.id).limit(PAGE + 1)


def _page(
    c: Connection, statement: sa.Select[tuple[int]], values: dict[str, object], after: After | None
) -> list[CaseId]:
    begin = after or _START
    place = {"day": begin.promised_on.isoformat(), "number": begin.case}
    return [CaseId(row.id) for row in c.execute(statement, {**values, **place})]


def _named(queues: Sequence[QueueId]) -> dict[str, object]:
    return {f"queue_{number}": queue for number, queue in enumerate(queues)}


def _listed(c: Connection, ids: Sequence[CaseId]) -> tuple[Listed, ...]:
    if not ids:
        return ()
    found = {row.id: cases.read_case(row) for row in c.execute(_WHOLE, {"ids": list(ids)})}
    # The first contribution of each comes last, and stands.
    words: dict[int, Words] = {row.case_id: words_of(row) for row in c.execute(_WORDS, {"ids": list(ids)})}
    return tuple(Listed(found[id], words.get(id, ())) for id in ids if id in found)
