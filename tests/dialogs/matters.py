"""A town, a case and the people around it, for tests of what may be done with a case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bot.configuration import load_voices, read_configuration
from bot.settings import STARTER
from dialogs.cases.case import Case, OwnCase, State
from dialogs.desk.seat import Desk, Latest, Servant
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, CaseId, ContributorId, QueueId, ServiceId, StaffId
from dialogs.installation import Approach, Role
from dialogs.town import Town

# A Monday morning in Riverton.
NOW = datetime(2027, 5, 3, 13, 0, tzinfo=UTC)
FRESH = Fresh(36**11 - 1, "K7F3-9QWD", "0000-0000-0000")
# Of the one who contributed to a case.
PART = ContributorId(1)
OUTDOORS, CARE = QueueId("outdoors"), QueueId("care")


@cache
def riverton() -> Town:
    """The town of the starter."""
    return Town(read_configuration(STARTER), load_voices())


def a_case(state: State = State.NEW, *, holder: StaffId | None = None) -> Case:
    """A case of a park, at version 3."""
    return Case(
        id=CaseId(1),
        code="K7F3-9QWD",
        version=3,
        approach=Approach.PRODUCT_DOMINANT,
        state=state,
        contribution="idea",
        service=ServiceId("parks"),
        queue=OUTDOORS,
        promised_on=date(2027, 5, 17),
        opened_at=NOW,
        holder=holder,
        held_at=None if holder is None else NOW - timedelta(minutes=5),
    )


def a_servant(id: int, role: Role | None, queue: QueueId = OUTDOORS) -> Servant:
    """A servant with one role, or without any."""
    return Servant(StaffId(id), f"S{id}", {} if role is None else {queue: role})


def a_desk(servant: Servant, case: Case, *, latest: Latest | None = None, own_chat: int | None = 9) -> Desk:
    """What a servant sees of a case, which servant 1 may hold."""
    chat = None if own_chat is None else AddressId(own_chat)
    return Desk(servant, case, "Lee", Role.REVIEWER, chat, latest)


def an_own_case(case: Case) -> OwnCase:
    """A case as its only contributor knows it."""
    return OwnCase(case, "A bench", PART)


def a_latest(case: Case, act: str, *, staff: int = 1, hours_ago: float = 0, telling: int | None = None) -> Latest:
    """The newest act of a case, by a servant."""
    before = replace(case, version=case.version - 1, state=State.NEW, holder=None, held_at=None)
    return Latest(5, act, StaffId(staff), NOW - timedelta(hours=hours_ago), before, telling)
