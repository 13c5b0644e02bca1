"""What the public board counts: people by what came of it for them, and matters by their promised days.

Only a decision that has begun to go out is one. Nothing is hidden here; ``dialogs/public/figures.py`` does that.
"""

from collections import Counter, defaultdict
from datetime import date

import sqlalchemy as sa

from dialogs.cases.case import Outcome, State
from dialogs.cases.participant import Participant
from dialogs.effects import Telling
from dialogs.ids import CaseId, ServiceId
from dialogs.public.figures import Counted, Promise
from dialogs.results import FEW, Result, result_of
from storage import participants
from storage.announcements import HAS_BEGUN
from storage.case_tables import announcements, cases, contributors
from storage.database import Connection

_DAY_MS = 86_400_000
_ROOT = cases.alias("public_root")


def _first(telling: Telling, case_id: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Select when something of a kind was first told of a case, in milliseconds."""
    return (
        sa.select(sa.func.min(sa.type_coerce(announcements.c.starts_at, sa.BigInteger)))
        .where(announcements.c.case_id == case_id, announcements.c.kind == telling.value, HAS_BEGUN)
        .correlate_except(announcements)
        .scalar_subquery()
    )


_EACH = (
    sa.select(
        cases.c.service,
        contributors.c.participant,
        _ROOT.c.id.label("root"),
        _ROOT.c.public_line.is_not(None).label("listed"),
        (_ROOT.c.service == cases.c.service).label("at_home"),
        _ROOT.c.state,
        _ROOT.c.outcome,
        _first(Telling.DECISION, _ROOT.c.id).is_not(None).label("told"),
        participants.VERDICT.label("verdict"),
    )
    .select_from(contributors)
    .join(cases, cases.c.id == contributors.c.case_id)
    .join(participants.TOPS, participants.TOPS.c.id == cases.c.id)
    .join(_ROOT, _ROOT.c.id == participants.TOPS.c.root)
    # A part of a contribution is the same person's again.
    .where(contributors.c.part.is_(None))
    .subquery()
)
_KINDS = (_EACH.c.service, _EACH.c.participant, _EACH.c.state, _EACH.c.outcome, _EACH.c.told, _EACH.c.verdict)
_RESULTS = sa.select(*_KINDS, sa.func.count().label("people")).group_by(*_KINDS)
# As many of one verdict as can be told of one matter, by people of its own service.
_SAID = (
    sa.select(_EACH.c.service, _EACH.c.root, (_EACH.c.verdict == "yes").label("worked"))
    .where(_EACH.c.listed, _EACH.c.at_home, _EACH.c.verdict.in_(["yes", "no", "partly"]))
    .subquery()
)
_VERDICTS = sa.select(*_SAID.c, sa.func.count().label("people")).group_by(*_SAID.c).having(sa.func.count() >= FEW)
_MATTERS = (
    sa.select(
        cases.c.service,
        cases.c.public_line.is_not(None).label("has_line"),
        (cases.c.promised_on < sa.bindparam("today")).label("passed"),
        sa.type_coerce(cases.c.opened_at, sa.BigInteger).label("opened_at"),
        _first(Telling.DECISION, cases.c.id).label("answered_at"),
        _first(Telling.OVERDUE, cases.c.id).label("late_at"),
    )
    .where(cases.c.merged_into.is_(None))
    .subquery()
)
_LATE = _MATTERS.c.late_at.is_not(None) & (
    _MATTERS.c.answered_at.is_(None) | (_MATTERS.c.late_at < _MATTERS.c.answered_at)
)
_PROMISE = sa.case(
    (_LATE, Promise.TOLD.value),
    (_MATTERS.c.answered_at.is_not(None), Promise.KEPT.value),
    (_MATTERS.c.passed, Promise.SILENT.value),
    else_=None,
)
_LISTED = _MATTERS.c.has_line & _MATTERS.c.answered_at.is_not(None)
# Whole numbers on both databases; SQLAlchemy's own division would go through a function that knows no NULL.
_DAYS = (_MATTERS.c.answered_at - _MATTERS.c.opened_at).op("/", precedence=8)(sa.literal_column(str(_DAY_MS)))
_SORTS = sa.select(
    _MATTERS.c.service, _LISTED.label("listed"), _PROMISE.label("promise"), _DAYS.label("days")
).subquery()
_PROMISES = sa.select(*_SORTS.c, sa.func.count().label("matters")).group_by(*_SORTS.c)


def count(c: Connection, *, today: date) -> Counted:
    """Count all that the board tells in numbers; ``today``: the day that it is in the town."""
    results: defaultdict[ServiceId, Counter[tuple[Participant | None, Result]]] = defaultdict(Counter)
    for row in c.execute(_RESULTS):
        outcome = Outcome(row.outcome) if row.told and row.outcome else None
        result = result_of(State(row.state), outcome, row.verdict)
        results[ServiceId(row.service)][participants.read(row.participant), result] += row.people
    promises: Counter[tuple[ServiceId, Promise]] = Counter()
    listed: Counter[tuple[ServiceId, Promise]] = Counter()
    days: defaultdict[ServiceId, Counter[int]] = defaultdict(Counter)
    for row in c.execute(_PROMISES, {"today": today.isoformat()}):
        service = ServiceId(row.service)
        if row.days is not None:
            days[service][row.days] += row.matters
        if row.promise is not None:
            promises[service, Promise(row.promise)] += row.matters
            listed[service, Promise(row.promise)] += row.matters if row.listed else 0
    return Counted(results, promises, listed, days, _read_verdicts(c))


def _read_verdicts(c: Connection) -> dict[ServiceId, dict[CaseId, tuple[int, int]]]:
    said: defaultdict[tuple[ServiceId, CaseId], dict[bool, int]] = defaultdict(dict)
    for row in c.execute(_VERDICTS):
        said[ServiceId(row.service), CaseId(row.root)][bool(row.worked)] = row.people
    found: dict[ServiceId, dict[CaseId, tuple[int, int]]] = {}
    for (service, case), by in said.items():
        if len(by) == 2:
            found.setdefault(service, {})[case] = (by[True], by[False])
    return found
