"""What servants and contributors think of who delivers what was promised, and what was chosen.

Of a servant one row an option is kept, and contributors' views are the answers to their questions. A choice stands as
long as its line in the journal does, so taking it back needs no more than that.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dialogs.cases.case import NEEDS_DELIVERY, Case, Deed
from dialogs.cases.delivery_choice import VIEWS, Choice, Option, View, Weighing
from dialogs.cases.judging import pack_views, unpack_views
from dialogs.desk_effects import BringBack, CarryTimers, DrawAgain, KeepChoice, KeepView, ReviseChoice, Weighs
from dialogs.effects import Telling
from dialogs.ids import CaseId, StaffId
from storage import staff, timers
from storage.case_tables import announcements, asks, cards, delivery_choices, journal, weighings
from storage.columns import EPOCH
from storage.database import Connection
from storage.tables import rooms

# Of more contributors the newest show where they stand.
_MOST_HEARD = 1000

# Built once: every drawing of a card on which something is to be delivered runs the first.
_CHOICE = (
    sa.select(delivery_choices)
    .where(
        delivery_choices.c.case_id == sa.bindparam("case"),
        sa.exists().where(
            journal.c.case_id == delivery_choices.c.case_id,
            journal.c.version == delivery_choices.c.version,
            journal.c.act == Deed.DELIVERY.value,
            journal.c.undone_at.is_(None),
        ),
    )
    .order_by(delivery_choices.c.id.desc())
    .limit(1)
)
_VIEWS = (
    sa.select(weighings.c.staff_id, weighings.c.view)
    .where(weighings.c.case_id == sa.bindparam("case"), weighings.c.at >= sa.bindparam("since"))
    .order_by(weighings.c.id)
)
_HEARD = (
    sa.select(asks.c.id, asks.c.answer)
    .where(
        asks.c.case_id == sa.bindparam("case"),
        asks.c.kind == VIEWS,
        asks.c.asked_at >= sa.bindparam("since"),
        asks.c.answer.is_not(None),
    )
    .order_by(asks.c.id.desc())
    .limit(_MOST_HEARD)
)
_ASKED = sa.select(sa.func.max(announcements.c.starts_at)).where(
    announcements.c.case_id == sa.bindparam("case"),
    announcements.c.kind == Telling.VIEWS.value,
    announcements.c.starts_at >= sa.bindparam("since"),
)


def choice_of(c: Connection, case_id: CaseId) -> Choice | None:
    """Give the choice that stands for a case."""
    row = c.execute(_CHOICE, {"case": case_id}).one_or_none()
    return None if row is None else _read_choice(row)


def look(c: Connection, case: Case, *, whole: bool) -> Weighing:
    """Read what is known of who delivers; not ``whole``: only what was chosen."""
    choice = choice_of(c, case.id) if case.outcome in NEEDS_DELIVERY else None
    if not whole or case.outcome not in NEEDS_DELIVERY:
        return Weighing(choice)
    values = {"case": case.id, "since": _since(choice)}
    views = tuple(view for row in c.execute(_VIEWS, values) for view in unpack_views(row.view, row.staff_id))
    heard = tuple(view for row in c.execute(_HEARD, values) for view in unpack_views(row.answer, row.id))
    names = staff.names(c, {StaffId(view.rater) for view in views})
    return Weighing(choice, views, heard, c.execute(_ASKED, values).scalar(), {int(id): names[id] for id in names})


def record(c: Connection, effect: Weighs, *, now: datetime) -> Case | None:
    """Write an effect; give the case whose cards are to be drawn again, if there is one."""
    match effect:
        case KeepView(case, view):
            _keep_view(c, case, view, now=now)
            return case
        case KeepChoice(case, choice):
            c.execute(delivery_choices.insert().values(_pack_choice(case, choice)))
        case ReviseChoice(choice):
            values = {"review_on": choice.review_on.isoformat(), "asked_at": choice.asked_at}
            mine = delivery_choices.c.id == choice.id
            c.execute(delivery_choices.update().where(mine).values(**values, again_at=choice.again_at))
        case CarryTimers(case):
            timers.carry(c, case)
        case BringBack(case):
            theirs = cards.c.address_id.in_(sa.select(rooms.c.address_id).where(rooms.c.queue == case.queue))
            mine = (cards.c.case_id == case.id) & cards.c.left_at.is_(None)
            c.execute(cards.update().where(mine, theirs).values(number=None))
            return case
        case DrawAgain(case):
            return case
    return None


def forget(c: Connection, *, before: datetime) -> None:
    """Forget what servants thought so long ago; what was chosen stays."""
    c.execute(weighings.delete().where(weighings.c.at < before))


def _since(choice: Choice | None) -> datetime:
    """Tell when the present round began."""
    return EPOCH if choice is None else choice.again_at or choice.chosen_at


def _keep_view(c: Connection, case: Case, view: View, *, now: datetime) -> None:
    since = _since(choice_of(c, case.id))
    same = (weighings.c.case_id == case.id) & (weighings.c.staff_id == view.rater) & (weighings.c.at >= since)
    c.execute(weighings.delete().where(same, weighings.c.option == view.option.value))
    row = {"case_id": case.id, "staff_id": view.rater, "option": view.option.value, "at": now}
    c.execute(weighings.insert().values(**row, view=pack_views([view])))


def _pack_choice(case: Case, choice: Choice) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "version": case.version,
        "staff_id": choice.by,
        "option": choice.option.value,
        "reason": choice.reason,
        "chosen_at": choice.chosen_at,
        "review_on": choice.review_on.isoformat(),
    }


def _read_choice(row: Any) -> Choice:
    return Choice(
        id=row.id,
        option=Option(row.option),
        reason=row.reason,
        by=None if row.staff_id is None else StaffId(row.staff_id),
        chosen_at=row.chosen_at,
        review_on=date.fromisoformat(row.review_on),
        asked_at=row.asked_at,
        again_at=row.again_at,
    )
