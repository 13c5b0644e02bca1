"""Who has a case: what each may do about it, and when a claim is asked about and ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from dialogs.cases.case import Case, State
from dialogs.cases.lifecycle import Act, By, advance
from dialogs.clockwork import ring
from dialogs.desk import desk
from dialogs.desk.desk import act
from dialogs.desk.holding import OBJECT_WITHIN, Held, settle_wish, watch
from dialogs.desk.seat import Desk, Servant
from dialogs.desk_effects import CloseMenus, TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Tell, Timer
from dialogs.ids import StaffId
from dialogs.installation import Role
from dialogs.presses import LONGEST_BYTES, CardPress, unpack
from tests.dialogs.matters import CARE, FRESH, NOW, a_case, a_desk, a_servant, riverton

VOICE = riverton().voice("en")
LEE, MIA = StaffId(1), StaffId(2)
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
HOUR = timedelta(hours=1)


def press(what: str, at: Desk, *, version: int | None = None) -> Reply:
    """Press a button of the card."""
    pressed = CardPress(at.case.code, at.case.version if version is None else version, what)
    return act(pressed, at, riverton(), now=NOW, fresh=FRESH)


def changed(effects: tuple[Effect, ...]) -> Case | None:
    """Give the case as it is after a press, if that changed it."""
    return next((effect.case for effect in effects if isinstance(effect, ChangeCase)), None)


def told(effects: tuple[Effect, ...]) -> set[StaffId]:
    """Name the servants who are told something in their own chats."""
    return {effect.staff for effect in effects if isinstance(effect, TellServant)}


def timers(effects: tuple[Effect, ...]) -> dict[Timer, datetime]:
    """Give what is waited for, and until when."""
    return {effect.timer: effect.due_at for effect in effects if isinstance(effect, SetTimer)}


@pytest.mark.parametrize("role", Role)
def test_a_lead_takes_over_at_once(role: Role) -> None:
    """A colleague's wish waits for the holder's objection; a lead has the case at once; the holder hears of both."""
    takes = role is not Role.REVIEWER
    for state in HELD:
        effects = press("take_over", a_desk(a_servant(2, role), a_case(state, holder=LEE))).effects
        case = changed(effects)
        assert case is not None
        assert (case.holder, case.wanted_by) == ((MIA, None) if takes else (LEE, MIA))
        assert case.state is state
        assert told(effects) == {LEE}
        assert timers(effects).get(Timer.TAKE_OVER) == (None if takes else NOW + OBJECT_WITHIN)


def test_nobody_takes_over_what_is_free_theirs_or_wanted() -> None:
    """Each of these is refused with the reason, and changes nothing."""
    mia, lead = a_servant(2, Role.REVIEWER), a_servant(3, Role.LEAD)
    wanted = replace(a_case(State.TAKEN, holder=LEE), wanted_by=StaffId(4))
    assert press("take_over", a_desk(mia, a_case())).toast == VOICE("desk.claim_first", state="new")
    assert press("take_over", a_desk(mia, a_case(State.TAKEN, holder=MIA))).toast == VOICE("holding.yours_already")
    assert press("take_over", a_desk(mia, wanted)) == Reply(toast=VOICE("holding.wanted_already"))
    assert changed(press("take_over", a_desk(lead, wanted)).effects) is not None
    late = press("take_over", a_desk(mia, a_case(State.TAKEN, holder=LEE)), version=2)
    assert late == Reply(toast=VOICE("desk.changed", state=VOICE("standing.held", state="taken", name="Lee")))


def test_only_the_holder_keeps() -> None:
    """The holder's word ends a colleague's wish, from an old message too; nobody else can say it, no lead either."""
    wanted = replace(a_case(State.TAKEN, holder=LEE), wanted_by=MIA)
    kept = press("keep", a_desk(a_servant(1, Role.REVIEWER), wanted), version=1)
    case = changed(kept.effects)
    assert case is not None
    assert (case.holder, case.wanted_by, told(kept.effects)) == (LEE, None, {MIA})
    for other in (a_servant(2, Role.REVIEWER), a_servant(3, Role.LEAD)):
        assert press("keep", a_desk(other, wanted)).effects == ()
    for state in set(State) - set(HELD):
        assert press("keep", a_desk(a_servant(1, Role.REVIEWER), a_case(state, holder=LEE))).effects == ()


def test_a_wish_is_never_left_without_an_answer() -> None:
    """Whoever wanted a case hears when its holder releases it, or goes on with it."""
    lee = a_servant(1, Role.REVIEWER)
    wanted = replace(a_case(State.TAKEN, holder=LEE), wanted_by=MIA)
    assert told(press("release", a_desk(lee, wanted)).effects) == {MIA}
    asked = advance(wanted, Act.ASK, frozenset(By), now=NOW)
    assert isinstance(asked, Case)
    assert [tell.staff for tell in settle_wish(wanted, asked, riverton())] == [MIA]
    answered = advance(asked, Act.ANSWER, frozenset(By), now=NOW)
    assert isinstance(answered, Case)
    assert settle_wish(asked, answered, riverton()) == ()


def test_a_wish_is_granted_when_its_time_is_up() -> None:
    """The colleague gets the case and both are told; one who lost their role meanwhile does not."""
    wanted = replace(a_case(State.ASKED, holder=LEE), wanted_by=MIA)
    effects = ring(Timer.TAKE_OVER, wanted, wanted.version, riverton(), now=NOW, held=Held())
    case = changed(effects)
    assert case is not None
    assert (case.holder, case.held_at, case.wanted_by, told(effects)) == (MIA, NOW, None, {LEE, MIA})
    removed = Held(wanter_may=False)
    assert ring(Timer.TAKE_OVER, wanted, wanted.version, riverton(), now=NOW, held=removed) == ()
    kept = replace(wanted, wanted_by=None)
    assert ring(Timer.TAKE_OVER, kept, kept.version, riverton(), now=NOW, held=Held()) == ()


@pytest.mark.parametrize("giver", [a_servant(1, Role.REVIEWER), a_servant(3, Role.REVIEWER), a_servant(3, Role.LEAD)])
def test_who_hands_over(giver: Servant) -> None:
    """The holder or a lead gives a case to a colleague of the queue, and to nobody else."""
    gives = giver != a_servant(3, Role.REVIEWER)
    mia = a_servant(2, Role.REVIEWER)
    for state in HELD:
        at = replace(a_desk(giver, a_case(state, holder=LEE)), colleagues=(a_servant(1, Role.REVIEWER), mia))
        asked = [effect for effect in press("hand_over", at).effects if isinstance(effect, Tell)]
        assert len(asked) == gives
        for tell in asked:
            (button,) = [one for row in tell.message.buttons for one in row]
            pressed = unpack(button.data)
            assert isinstance(pressed, CardPress)
            assert (button.text, pressed.act) == ("S2", "to.2")
        reply = press("to.2", at)
        case = changed(reply.effects)
        assert (case is not None and case.holder == MIA) is gives
        assert told(reply.effects) == ({MIA} if gives else set())
        assert press("to.1", at) == Reply(toast=VOICE("holding.has_it", name="S1"))
        for stranger in ("to.4", "to.-2", "to.x", "to.2.2"):
            assert press(stranger, at) == Reply(toast=VOICE("holding.no_colleague"))


def test_a_name_of_any_length_fits_its_button() -> None:
    """However long ids and versions are, the data of a button for a colleague fits."""
    case = replace(a_case(State.TAKEN, holder=LEE), version=999_999)
    long = Servant(StaffId(2**63 - 1), "N" * 300, {})
    at = replace(a_desk(a_servant(1, Role.REVIEWER), case), colleagues=(long,))
    (tell,) = [effect for effect in press("hand_over", at).effects if isinstance(effect, Tell)]
    ((button,),) = tell.message.buttons
    assert len(button.data.encode()) <= LONGEST_BYTES
    assert len(button.text) <= 40
    alone = replace(at, colleagues=(a_servant(1, Role.REVIEWER),))
    assert press("hand_over", alone) == Reply(toast=VOICE("holding.nobody_else"))
    assert press("hand_over", replace(at, own_chat=None)) == Reply(toast=VOICE("desk.no_chat"))


def test_a_claim_is_asked_about_and_ends() -> None:
    """After two working hours without an act the holder is asked, after four the case is free; each is told once."""
    case = replace(a_case(State.TAKEN, holder=LEE), held_at=NOW)
    assert timers(watch(case, riverton(), now=NOW)) == {Timer.STILL_YOURS: NOW + 2 * HOUR}
    asked = ring(Timer.STILL_YOURS, case, 3, riverton(), now=NOW + 2 * HOUR, held=Held(NOW))
    assert (told(asked), changed(asked), timers(asked)) == ({LEE}, None, {Timer.CLAIM_END: NOW + 4 * HOUR})
    ended = ring(Timer.CLAIM_END, case, 3, riverton(), now=NOW + 4 * HOUR, held=Held(NOW))
    free = changed(ended)
    assert free is not None
    assert (free.state, free.holder, told(ended)) == (State.NEW, None, {LEE})


def test_an_act_of_the_holder_begins_the_time_anew() -> None:
    """A note counts as an act: nobody is asked before two hours after it, and nothing ends before four."""
    case, noted = replace(a_case(State.TAKEN, holder=LEE), held_at=NOW), Held(NOW + HOUR)
    early = ring(Timer.STILL_YOURS, case, 3, riverton(), now=NOW + 2 * HOUR, held=noted)
    assert (told(early), timers(early)) == (set(), {Timer.STILL_YOURS: NOW + 3 * HOUR})
    late = ring(Timer.CLAIM_END, case, 3, riverton(), now=NOW + 4 * HOUR, held=noted)
    assert (changed(late), timers(late)) == (None, {Timer.STILL_YOURS: NOW + 4 * HOUR})


def test_no_claim_runs_out_where_none_runs() -> None:
    """While the citizen is asked, while the case sleeps, and where nobody has it, no such clock is set or heard."""
    for state, timer in product(State, (Timer.STILL_YOURS, Timer.CLAIM_END)):
        case = a_case(state, holder=LEE)
        # A proposal has a clock of its own (``test_proposal.py``).
        if state in (State.TAKEN, State.ANSWERED, State.PROPOSED):
            continue
        assert Timer.STILL_YOURS not in timers(watch(case, riverton(), now=NOW))
        if timer is Timer.CLAIM_END:
            assert ring(timer, case, 3, riverton(), now=NOW + 48 * HOUR, held=Held(NOW)) == ()
    assert Timer.STILL_YOURS not in timers(watch(a_case(State.ANSWERED), riverton(), now=NOW))
    assert ring(Timer.STILL_YOURS, a_case(), 3, riverton(), now=NOW + 48 * HOUR) == ()


# What looks at the journal rings at any version.
@pytest.mark.parametrize("timer", sorted(set(Timer) - {Timer.PROMISE, Timer.UNCLAIMED, Timer.NEAR}))
def test_a_stale_timer_does_nothing(timer: Timer) -> None:
    """What was set at another version of the case means nothing any more."""
    for state in State:
        case = replace(a_case(state, holder=LEE), wanted_by=MIA)
        assert ring(timer, case, 2, riverton(), now=NOW + 99 * HOUR, held=Held(NOW)) == ()


def test_a_menu_ends() -> None:
    """A menu that nobody used any more is closed in every room."""
    case = a_case()
    assert ring(Timer.MENU_END, case, 3, riverton(), now=NOW) == (CloseMenus(case),)


def test_another_queue_is_told_nothing() -> None:
    """Who has no role in the queue neither takes, gives nor keeps, even as its forgotten holder."""
    for what in ("keep", "take_over", "hand_over", "to.2"):
        at = replace(a_desk(a_servant(1, Role.LEAD, CARE), a_case(State.TAKEN, holder=LEE)), colleagues=())
        refused = VOICE("desk.not_yours", queue="Parks and streets")
        assert desk.act(CardPress(at.case.code, 3, what), at, riverton(), now=NOW, fresh=FRESH) == Reply(toast=refused)
