"""Looking after several cases as one: who may merge which, what follows for both, and how it is taken back."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from dialogs.cases.case import UNDECIDED, Case, Deed, State
from dialogs.cases.lifecycle import Act
from dialogs.clockwork import ring
from dialogs.desk import desk
from dialogs.desk.card import CardView, Part, draw_card
from dialogs.desk.seat import Candidate, Desk, Merged
from dialogs.desk_effects import SaveDraft, TellServant
from dialogs.effects import ChangeCase, Effect, Reply, SetTimer, Tell, Timer, UndoAct, WriteEntry
from dialogs.ids import CaseId, ContributorId, QueueId, StaffId
from dialogs.installation import Role
from dialogs.presses import LONGEST_BYTES, CardPress, unpack
from dialogs.said import Said, Words
from tests.dialogs.matters import CARE, FRESH, NOW, a_case, a_desk, a_servant, riverton

VOICE = riverton().voice("en")
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
BENCH: Words = (Said("What?", "A bench at the gate. Call 270-555-1234."),)
OTHER = replace(a_case(), id=CaseId(2), code="THEIRS-2", version=7, promised_on=date(2027, 5, 12))


def press(act: str, at: Desk, *, version: int | None = None) -> Reply:
    """Press a button of the card."""
    pressed = CardPress(at.case.code, at.case.version if version is None else version, act)
    return desk.act(pressed, at, riverton(), now=NOW, fresh=FRESH)


def at_desk(case: Case, *, role: Role = Role.REVIEWER, target: Case | None = OTHER, me: int = 1) -> Desk:
    """Sit before a case that is to be merged into another."""
    chosen = None if target is None else Candidate(target, BENCH)
    return replace(a_desk(a_servant(me, role), case), target=chosen, words=BENCH)


def changed(effects: tuple[Effect, ...]) -> dict[CaseId, Case]:
    """Give the cases as a press wrote them."""
    return {one.case.id: one.case for one in effects if isinstance(one, ChangeCase | UndoAct)}


@pytest.mark.parametrize("act", [Act.MERGE.value, "into.THEIRS-2", "join.THEIRS-2"])
def test_who_may_merge_what(act: str) -> None:
    """A free case is merged by whoever finds it, a held one by its holder or a lead, and what is decided by nobody."""
    people = {"holder": at_desk, "colleague": None, "lead": None}
    for state, who in product(State, people):
        case = a_case(state, holder=StaffId(1) if state in HELD else None)
        role = Role.LEAD if who == "lead" else Role.REVIEWER
        reply = press(act, at_desk(case, role=role, me=1 if who == "holder" else 2))
        free = state in (State.NEW, State.REOPENED)
        may = free or (state in HELD and who != "colleague")
        assert bool(reply.effects) is may, (state, who)
        assert reply.toast


def test_choices_are_shown_covered() -> None:
    """The candidates stand in the servant's own chat, personal data covered, each with a button that fits."""
    at = replace(at_desk(a_case()), candidates=(Candidate(OTHER, BENCH), Candidate(OTHER, BENCH)))
    draft, told = press(Act.MERGE, at).effects
    assert isinstance(draft, SaveDraft)
    assert isinstance(told, Tell)
    assert told.to == at.own_chat
    assert "270-555" not in told.message.plain()
    assert [button.text for row in told.message.buttons for button in row] == ["1", "2", "Cancel"]
    assert all(len(button.data.encode()) <= LONGEST_BYTES for row in told.message.buttons for button in row)
    (shown,) = press("into.THEIRS-2", at).effects
    assert isinstance(shown, Tell)
    assert "270-555" not in shown.message.plain()
    join = unpack(shown.message.buttons[0][0].data)
    assert join == CardPress(at.case.code, at.case.version, "join.THEIRS-2")
    assert press(Act.MERGE, replace(at, own_chat=None)) == Reply(toast=VOICE("desk.no_chat"))


def test_a_merge_is_a_pointer() -> None:
    """One points to the other, both go one version on, nobody outside hears of it, and the earliest promise counts."""
    case = replace(a_case(State.TAKEN, holder=StaffId(1)), promised_on=date(2027, 5, 10))
    effects = press("join.THEIRS-2", at_desk(case, target=replace(OTHER, holder=StaffId(5)))).effects
    both = changed(effects)
    assert both[case.id] == replace(case, version=4, state=State.MERGED, merged_into=OTHER.id)
    assert both[OTHER.id] == replace(OTHER, holder=StaffId(5), version=8, promised_on=date(2027, 5, 10))
    promise = [one for one in effects if isinstance(one, SetTimer) and one.timer is Timer.PROMISE]
    assert [(one.case.id, one.due_at.date()) for one in promise] == [(OTHER.id, date(2027, 5, 10))]
    assert [one.staff for one in effects if isinstance(one, TellServant)] == [5]
    later = press("join.THEIRS-2", at_desk(a_case())).effects
    assert changed(later)[OTHER.id].promised_on == OTHER.promised_on
    assert not any(isinstance(one, SetTimer) and one.timer is Timer.PROMISE for one in later)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (None, VOICE("merging.no_case")),
        (a_case(), VOICE("merging.itself")),
        (replace(OTHER, queue=QueueId(CARE)), VOICE("merging.other_queue", queue="Care and health")),
        *(
            (replace(OTHER, state=state), VOICE("merging.decided", code="THEIRS-2", state=VOICE(f"state.{state}")))
            for state in State
            if state not in UNDECIDED
        ),
    ],
)
def test_what_cannot_be_merged_into(target: Case | None, why: str) -> None:
    """No case is merged into itself, into another queue, or into what is decided; the refusal says what helps."""
    for act in ("into.THEIRS-2", "join.THEIRS-2"):
        assert press(act, at_desk(a_case(), target=target)) == Reply(toast=why)


def test_an_older_card_merges_nothing() -> None:
    """Who saw the case otherwise than it stands is asked to look again."""
    for act in (Act.MERGE, "into.THEIRS-2", "join.THEIRS-2"):
        assert press(act, at_desk(a_case()), version=2) == Reply(toast=VOICE("desk.changed", state="new"))


def a_merged(*, root: Case = OTHER, by: int = 7, root_day: date | None = None, **before: object) -> Desk:
    """A case that points to another, and what it was before."""
    was = replace(a_case(State.TAKEN, holder=StaffId(1)), **before)  # type: ignore[arg-type]
    case = replace(was, version=4, state=State.MERGED, merged_into=root.id)
    seen = a_desk(a_servant(1, Role.REVIEWER), case)
    return replace(seen, merged=Merged(9, StaffId(by), was, root, root_day))


def test_unmerging_gives_back_what_was() -> None:
    """The case is what it was, one version on, with its clocks; the other gets back the day that it had promised."""
    at = a_merged(root_day=date(2027, 5, 20), promised_on=OTHER.promised_on)
    effects = press(Deed.UNMERGE, at).effects
    both = changed(effects)
    assert at.merged is not None
    assert both[at.case.id] == replace(at.merged.before, version=5)
    assert both[OTHER.id] == replace(OTHER, version=8, promised_on=date(2027, 5, 20))
    timers = {(one.case.id, one.timer) for one in effects if isinstance(one, SetTimer)}
    expected = {(at.case.id, Timer.PROMISE), (OTHER.id, Timer.PROMISE), (at.case.id, Timer.STILL_YOURS)}
    assert timers >= expected


def test_a_day_that_has_passed_meanwhile() -> None:
    """Who was promised a day that is past by now waits for the day of the other case, or for a new one."""
    past = date(2027, 4, 30)
    at = a_merged(promised_on=past, root=replace(OTHER, overdue=True))
    back = changed(press(Deed.UNMERGE, at).effects)[at.case.id]
    assert (back.promised_on, back.overdue) == (OTHER.promised_on, True)
    decided = replace(OTHER, state=State.DECIDED, version=7)
    reply = press(Deed.UNMERGE, a_merged(promised_on=past, root=decided))
    assert changed(reply.effects)[at.case.id].promised_on > NOW.date()
    # Its ask-back belongs to the version that it has.
    assert [one.case for one in reply.effects if isinstance(one, WriteEntry)] == [decided]


def test_who_may_unmerge() -> None:
    """Its holder may, a lead, who merged it, who has the other; a colleague may not, nor may anybody twice."""
    held_by_5 = replace(OTHER, holder=StaffId(5))
    for servant, may in (
        (a_servant(1, Role.REVIEWER), True),
        (a_servant(2, Role.LEAD), True),
        (a_servant(7, Role.REVIEWER), True),
        (a_servant(5, Role.REVIEWER), True),
        (a_servant(3, Role.REVIEWER), False),
        (a_servant(1, Role.LEAD, CARE), False),
    ):
        at = replace(a_merged(root=held_by_5), servant=servant)
        assert bool(press(Deed.UNMERGE, at).effects) is may, servant
    at = a_merged()
    assert press(Deed.UNMERGE, at, version=3).effects == ()
    apart = replace(at, case=a_case(), merged=None)
    assert press(Deed.UNMERGE, apart) == Reply(toast=VOICE("merging.is_apart"))


@pytest.mark.parametrize("timer", Timer)
def test_no_timer_wakes_what_is_merged(timer: Timer) -> None:
    """A promise, a claim and every other clock of a case that points to another do nothing."""
    at = a_merged()
    later = NOW + timedelta(days=60)
    done = ring(timer, at.case, at.case.version - 1, riverton(), now=later)
    assert not any(isinstance(one, ChangeCase | Tell | TellServant) for one in done)


def test_the_cards_of_both() -> None:
    """The one that points is a line with the way back; the other shows who wrote and their words, covered."""
    at = a_merged()
    line = draw_card(CardView(at.case, BENCH, "Citizen Otter", "Lee", (), {}, into="THEIRS-2"), riverton())
    assert line.plain() == "🔁 K7F3-9QWD · merged into THEIRS-2"
    assert [button.text for row in line.buttons for button in row] == ["Unmerge"]
    heron = Part(ContributorId(2), "K7F3-9QWD", "Citizen Heron", BENCH)
    view = CardView(OTHER, BENCH, "Citizen Otter", "", (), {}, others=(heron,), people=2)
    shown = draw_card(view, riverton()).plain()
    assert "👥 2 people: Citizen Otter, Citizen Heron" in shown
    assert "👤 Citizen Heron · K7F3-9QWD" in shown
    assert "270-555" not in shown
    assert "Citizen Heron …" in draw_card(replace(view, people=1000), riverton()).plain()
