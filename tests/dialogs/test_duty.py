"""Duty and handing over: whose turn it is, who may change it, and what goes to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialogs.cases.case import State
from dialogs.cases.lifecycle import Act
from dialogs.desk.board import BoardView
from dialogs.desk.duty import OWN, DutyAct, DutyDesk, Rota, change, draw_duty, find_named, pass_on, turn_ends
from dialogs.desk.handover import Handover, draw_handover, hand_over, next_on_duty
from dialogs.desk.seat import Servant
from dialogs.desk_effects import SetDuty, TellServant
from dialogs.effects import ChangeCase, Effect
from dialogs.ids import StaffId
from dialogs.installation import Role, Turn
from tests.dialogs.matters import CARE, NOW, OUTDOORS, a_case, a_servant, riverton

TOWN = riverton()
LEE, MIA, ZOE = StaffId(1), StaffId(2), StaffId(3)
ABLE = (a_servant(1, Role.REVIEWER), a_servant(2, Role.REVIEWER), a_servant(3, Role.LEAD))
TOMORROW = datetime(2027, 5, 4, 13, tzinfo=UTC)


def a_duty(me: Servant = ABLE[0], *staff: StaffId, on_duty: StaffId | None = None) -> DutyDesk:
    """What a servant sees of a list, in which the first one has the turn unless another one is named."""
    turn = on_duty if on_duty is not None or not staff else staff[0]
    return DutyDesk(Rota(OUTDOORS, staff, turn, TOMORROW if staff else None), me, ABLE)


def written(effects: tuple[Effect, ...]) -> SetDuty | None:
    """Give the list that is written."""
    return next((effect for effect in effects if isinstance(effect, SetDuty)), None)


def told(effects: tuple[Effect, ...]) -> list[StaffId]:
    """Name the servants who are told something."""
    return [effect.staff for effect in effects if isinstance(effect, TellServant)]


@pytest.mark.parametrize(
    ("act", "desk", "staff", "on_duty", "hear"),
    [
        (DutyAct.ME, a_duty(), (LEE,), LEE, []),
        (DutyAct.ME, a_duty(ABLE[0], MIA, ZOE), (MIA, ZOE, LEE), LEE, []),
        (DutyAct.JOIN, a_duty(), (LEE,), LEE, []),
        (DutyAct.JOIN, a_duty(ABLE[0], MIA), (MIA, LEE), MIA, []),
        (DutyAct.OFF, a_duty(ABLE[0], LEE, MIA), (LEE, MIA), MIA, [MIA]),
        (DutyAct.OFF, a_duty(ABLE[0], LEE), (LEE,), None, []),
        (DutyAct.LEAVE, a_duty(ABLE[0], MIA, LEE, on_duty=LEE), (MIA,), MIA, [MIA]),
        (DutyAct.LEAVE, a_duty(ABLE[0], LEE), (), None, []),
        (DutyAct.ADD, a_duty(ABLE[2], LEE), (LEE, MIA), LEE, [MIA]),
        (DutyAct.REMOVE, a_duty(ABLE[2], LEE, MIA), (LEE,), LEE, []),
    ],
)
def test_what_a_list_becomes(
    act: DutyAct, desk: DutyDesk, staff: tuple[StaffId, ...], on_duty: StaffId | None, hear: list[StaffId]
) -> None:
    """Each act changes the list and the turn as it says, and who gets the turn or a place by another hears of it."""
    reply = change(act, MIA, desk, TOWN, now=NOW)
    duty = written(reply.effects)
    assert duty is not None
    assert (duty.staff, duty.on_duty) == (staff, on_duty)
    assert duty.ends_at == (TOMORROW if staff else None)
    assert told(reply.effects) == hear
    assert reply.toast


@pytest.mark.parametrize("act", DutyAct)
def test_who_may_change_what(act: DutyAct) -> None:
    """Somebody changes their own place, whomever they name; nobody without a role is put on the list."""
    stranger = StaffId(9)
    as_lead = change(act, stranger, a_duty(ABLE[2], ZOE), TOWN, now=NOW)
    assert bool(as_lead.effects) == (act in OWN)
    assert not change(DutyAct.OFF, LEE, a_duty(ABLE[0], MIA, LEE), TOWN, now=NOW).effects


def test_the_turn_goes_round() -> None:
    """A new day gives the turn to the next one on the list who still has a role, and tells them, if it is another."""
    rota, seen = Rota(OUTDOORS, (MIA, StaffId(9), LEE, ZOE), MIA, NOW), []
    for _ in range(4):
        effects = pass_on(rota, ABLE, TOWN, now=NOW)
        duty = written(effects)
        assert duty is not None
        assert told(effects) == [duty.on_duty]
        rota = Rota(OUTDOORS, duty.staff, duty.on_duty, duty.ends_at)
        seen.append(duty.on_duty)
    assert seen == [LEE, ZOE, MIA, LEE]
    alone = pass_on(Rota(OUTDOORS, (LEE,), LEE, NOW), ABLE, TOWN, now=NOW)
    assert told(alone) == []
    gone = written(pass_on(Rota(OUTDOORS, (StaffId(9),), StaffId(9), NOW), ABLE, TOWN, now=NOW))
    assert gone is not None
    assert gone.on_duty is None


@pytest.mark.parametrize(
    ("turn", "now", "ends_at"),
    [
        (Turn.DAY, NOW, TOMORROW),
        (Turn.DAY, datetime(2027, 5, 7, 13, tzinfo=UTC), datetime(2027, 5, 10, 13, tzinfo=UTC)),
        (Turn.WEEK, NOW, datetime(2027, 5, 10, 13, tzinfo=UTC)),
        # Monday, May 31 is a holiday; and on November 7 the clocks are changed.
        (Turn.WEEK, datetime(2027, 5, 30, 13, tzinfo=UTC), datetime(2027, 6, 1, 13, tzinfo=UTC)),
        (Turn.DAY, datetime(2027, 11, 5, 13, tzinfo=UTC), datetime(2027, 11, 8, 14, tzinfo=UTC)),
    ],
)
def test_a_turn_ends_when_work_begins(turn: Turn, now: datetime, ends_at: datetime) -> None:
    """A turn ends as the next working day begins, or the first one of the next week."""
    assert turn_ends(turn, TOWN, now=now).astimezone(UTC) == ends_at


def test_what_is_shown_of_a_list() -> None:
    """It shows whose turn it is and who comes then; a lead can put the others on it."""
    shown = draw_duty(a_duty(ABLE[2], MIA, ZOE), TOWN)
    assert shown.plain().splitlines()[1:] == ["On duty: S2", "On the working days after that: S3"]
    assert [button.text for row in shown.buttons[2:] for button in row] == ["＋ S1"]
    assert len(draw_duty(a_duty(ABLE[0], MIA, ZOE), TOWN).buttons) == 2


def test_who_is_named() -> None:
    """A name is found as it is spelt, in any case, and only where one servant has it."""
    assert find_named("  s2 ", ABLE) == MIA
    assert find_named("s9", ABLE) is None
    assert find_named("s2", (*ABLE, replace(ABLE[0], name="S2"))) is None


def test_to_whom_one_hands_over() -> None:
    """Cases go to who is on duty; who is that themselves hands over to the one after them; never to oneself."""
    assert next_on_duty(a_duty(ABLE[0], MIA, ZOE)) == MIA
    assert next_on_duty(a_duty(ABLE[1], MIA, ZOE)) == ZOE
    assert next_on_duty(a_duty(ABLE[1], MIA)) is None
    assert next_on_duty(a_duty()) is None


def test_everything_goes_at_once() -> None:
    """Each case is handed over in its own journal; the colleague hears once, with how the queue stands."""
    held = tuple(
        replace(a_case(state, holder=LEE), code=f"AAAA-000{n}") for n, state in enumerate((State.TAKEN, State.ASKED))
    )
    handover = Handover(a_duty(ABLE[0], LEE, MIA), held, BoardView(OUTDOORS, {State.NEW: 7}))
    shown = draw_handover(handover, TOWN)
    assert [button.text for row in shown.buttons for button in row] == ["Hand over all 2 to S2"]
    reply = hand_over(handover, MIA, TOWN, now=NOW + timedelta(hours=1))
    moved = [effect for effect in reply.effects if isinstance(effect, ChangeCase)]
    assert [(one.case.holder, one.case.state) for one in moved] == [(MIA, State.TAKEN), (MIA, State.ASKED)]
    assert {(one.entry.act, one.entry.staff, one.entry.words) for one in moved} == {(Act.HAND_OVER, LEE, "S2")}
    assert [one.entry.before for one in moved] == list(held)
    assert told(reply.effects) == [MIA]
    words = next(effect.message.plain() for effect in reply.effects if isinstance(effect, TellServant))
    assert all(part in words for part in ("AAAA-0000", "AAAA-0001", "new: 7"))


def test_nothing_goes_to_a_stranger() -> None:
    """Nothing is handed over to oneself, or to somebody without a role in the queue."""
    handover = Handover(a_duty(ABLE[0], LEE, MIA), (a_case(State.TAKEN, holder=LEE),), BoardView(CARE))
    for to in (LEE, StaffId(9)):
        assert hand_over(handover, to, TOWN, now=NOW).effects == ()
