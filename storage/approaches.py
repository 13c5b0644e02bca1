"""Cases of services whose approach has changed, a page at a time, and what people gave to a service, by its level.

A page is found by the approach that a case does not have yet, so nothing has to be remembered: who begins again after
a kill goes on with what is left, and finds nothing where all has moved.
"""

from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from dialogs.cases.approach import UNSETTLED
from dialogs.cases.case import NEEDS_DELIVERY, UNDELIVERED, Case
from dialogs.cases.lifecycle import Act
from dialogs.engagement import Level, level_of
from dialogs.ids import QueueId, ServiceId
from dialogs.installation import Approach
from storage.case_tables import asks, cases, contributions, journal
from storage.cases import read_case
from storage.database import Connection

Declared = Mapping[ServiceId, Approach]

_IS_OPEN = cases.c.state.in_([state.value for state in UNSETTLED]) | (
    cases.c.state.in_([state.value for state in UNDELIVERED])
    & sa.func.coalesce(cases.c.outcome, "").in_([outcome.value for outcome in NEEDS_DELIVERY])
)
# Before the decision or after it: which of these came last.
_PHASES = (Act.DECIDE, Act.AGREE, Act.CONTEST, f"{Act.CONTEST}_words", Act.CHALLENGE)
_PHASE = (
    sa.select(journal.c.act)
    .where(
        journal.c.case_id == asks.c.case_id,
        journal.c.at <= asks.c.asked_at,
        journal.c.act.in_([str(act) for act in _PHASES]),
        journal.c.undone_at.is_(None),
    )
    .order_by(journal.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_DECIDED = sa.func.coalesce(_PHASE, "").in_([Act.DECIDE.value, Act.AGREE.value])
# A part of a contribution is no other contribution.
_CONTRIBUTED = sa.select(cases.c.service, cases.c.contribution.label("kind"), sa.false().label("decided")).join(
    contributions, contributions.c.case_id == cases.c.id
)
_ANSWERED = (
    sa.select(cases.c.service, asks.c.kind, _DECIDED.label("decided"))
    .join(cases, cases.c.id == asks.c.case_id)
    .where(asks.c.answer.is_not(None), asks.c.answer != "")
)
_EACH = sa.union_all(_CONTRIBUTED, _ANSWERED).subquery()
_COUNTS = sa.select(*_EACH.c, sa.func.count().label("times")).group_by(*_EACH.c)


def count_open(c: Connection, declared: Declared) -> list[tuple[ServiceId, QueueId, int]]:
    """Count the open cases that do not go by the approach that their service declares, by service and queue."""
    by = (cases.c.service, cases.c.queue)
    query = sa.select(*by, sa.func.count().label("cases")).where(_IS_OPEN, _differs(declared))
    rows = c.execute(query.group_by(*by).order_by(*by))
    return [(ServiceId(row.service), QueueId(row.queue), row.cases) for row in rows]


def is_behind(c: Connection, declared: Declared) -> bool:
    """Tell whether any case does not go by the approach that its service declares."""
    return c.execute(sa.select(cases.c.id).where(_differs(declared)).limit(1)).first() is not None


def hold_open(c: Connection, declared: Declared, *, limit: int) -> list[Case]:
    """Give a page of open cases that do not go by the declared approach; nobody else changes them meanwhile."""
    query = sa.select(cases).where(_IS_OPEN, _differs(declared)).order_by(cases.c.id).limit(limit)
    return [read_case(row) for row in c.execute(query.with_for_update())]


def keep(c: Connection, case: Case, approach: Approach) -> None:
    """Let a case go by an approach; undo never brings an older one back."""
    c.execute(cases.update().where(cases.c.id == case.id).values(approach=approach.value))


def follow_ended(c: Connection, declared: Declared, *, limit: int) -> int:
    """Let a page of cases that came to their end go by the declared approach, and tell how many these are."""
    page = sa.select(cases.c.id).where(~_IS_OPEN, _differs(declared)).order_by(cases.c.id).limit(limit)
    approach = sa.case({service: approach.value for service, approach in declared.items()}, value=cases.c.service)
    # What has been opened again meanwhile is open, and moves as such.
    mine = cases.c.id.in_(page) & ~_IS_OPEN
    return c.execute(cases.update().where(mine).values(approach=approach)).rowcount


def count_input(c: Connection) -> dict[ServiceId, Mapping[Level, int]]:
    """Count what people gave, by service and by what they were engaged in; small counts are not hidden here."""
    counts: dict[ServiceId, Counter[Level]] = {}
    for row in c.execute(_COUNTS):
        level = level_of(row.kind, decided=bool(row.decided))
        if level is not None:
            counts.setdefault(ServiceId(row.service), Counter())[level] += row.times
    return dict(counts)


def _differs(declared: Declared) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.false(),
        *(
            (cases.c.service == service) & (cases.c.approach != approach.value)
            for service, approach in declared.items()
        ),
    )
