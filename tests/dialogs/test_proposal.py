"""A second servant: who may agree to what is proposed, what goes out then, and what comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from dialogs.cases.case import Case, Outcome, Proposal, State
from dialogs.cases.draft import PREVIEW, Desktop
from dialogs.cases.lifecycle import Act, By, owes_decision
from dialogs.clockwork import ring
from dialogs.desk import desk, drafting
from dialogs.desk.seat import Latest, Servant
from dialogs.desk_effects import Draft, TellServant
from dialogs.effects import (
    ChangeCase,
    CloseAsks,
    ReopenAsks,
    Reply,
    SetTimer,
    StartTelling,
    StopTelling,
    Timer,
    UndoAct,
)
from dialogs.ids import AddressId, DraftId, Language, StaffId
from dialogs.installation import Role
from dialogs.presses import CardPress
from tests.dialogs.matters import CARE, FRESH, NOW, OUTDOORS, a_case, a_desk, a_servant, riverton

T = TypeVar("T")
PLAIN = riverton()
_QUEUES = PLAIN.installation.queues
_SECOND = replace(_QUEUES[OUTDOORS], second=frozenset({Outcome.DECLINED}))
TOWN = replace(PLAIN, installation=replace(PLAIN.installation, queues={**_QUEUES, OUTDOORS: _SECOND}))
VOICE = TOWN.voice("en")
ASKED = Proposal(StaffId(1), Outcome.DECLINED, "Call 555 010 9999.", ((Language("es"), "No."),))
WAITS = replace(a_case(State.PROPOSED, holder=StaffId(1)), proposal=ASKED)
CORRECTS = replace(
    WAITS, outcome=Outcome.ALREADY_EXISTS, reason="Yes.", proposal=replace(ASKED, corrects=State.DECIDED)
)
MIA = a_servant(2, Role.REVIEWER)


def of(reply: Reply, kind: type[T]) -> T:
    """Give the one effect of a kind."""
    (found,) = [effect for effect in reply.effects if isinstance(effect, kind)]
    return found


def press(
    act: str, servant: Servant, case: Case = WAITS, *, version: int | None = None, latest: Latest | None = None
) -> Reply:
    """Press something on a card."""
    pressed = CardPress(case.code, case.version if version is None else version, act)
    return desk.act(pressed, a_desk(servant, case, latest=latest), TOWN, now=NOW, fresh=FRESH)


def send(outcome: Outcome, case: Case) -> Reply:
    """Send a decision of servant 1 from its preview."""
    draft = Draft(DraftId(1), StaffId(1), AddressId(9), case.id, Act.DECIDE, PREVIEW, outcome, "Too few people.")
    desktop = Desktop(draft, case, "A bench", "en", frozenset({By.SERVANT, By.HOLDER}), still_staff=True)
    return drafting.press(desktop, "send", TOWN, now=NOW)


@pytest.mark.parametrize("state", [State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED, State.DECIDED])
def test_what_needs_a_second_servant_waits(state: State) -> None:
    """Such an outcome waits on the card, from wherever a decision may be sent; any other goes out as ever."""
    case = a_case(state, holder=StaffId(1))
    reply = send(Outcome.DECLINED, case)
    proposed = of(reply, ChangeCase).case
    corrects = State.DECIDED if state is State.DECIDED else None
    assert proposed.proposal == Proposal(StaffId(1), Outcome.DECLINED, "Too few people.", corrects=corrects)
    assert (proposed.state, proposed.outcome) == (State.PROPOSED, case.outcome)
    # What has gone out holds until the correction does, so nothing new is owed.
    assert owes_decision(proposed) is (corrects is None)
    assert not [effect for effect in reply.effects if isinstance(effect, StartTelling)]
    assert of(send(Outcome.ACCEPTED, case), StartTelling).case.state is State.DECIDED


@pytest.mark.parametrize("act", [Act.AGREE, Act.SEND_BACK])
@pytest.mark.parametrize(
    ("servant", "refused"),
    [
        (MIA, ""),
        (a_servant(2, Role.LEAD), ""),
        (a_servant(2, Role.ADMIN, CARE), ""),
        (a_servant(1, Role.REVIEWER), "proposal.own"),
        (a_servant(1, Role.LEAD), "proposal.own"),
        (a_servant(2, Role.LEAD, CARE), "desk.not_yours"),
        (a_servant(2, None), "desk.not_yours"),
    ],
)
def test_who_may_answer_a_proposal(act: Act, servant: Servant, refused: str) -> None:
    """Any servant of the queue but who proposed it, a lead or not."""
    reply = press(act, servant)
    assert bool(reply.effects) is not bool(refused)
    if refused:
        assert reply.toast == VOICE(refused, queue=TOWN.queue(OUTDOORS, VOICE))


@pytest.mark.parametrize("state", sorted({*State} - {State.PROPOSED}))
def test_nothing_is_agreed_to_where_nothing_is_proposed(state: State) -> None:
    """In any other state a press on an old card changes nothing, and neither does one on an older version."""
    stands = VOICE("standing.outcome", state=VOICE("state.proposed"), outcome=VOICE("outcome.declined"))
    for act in (Act.AGREE, Act.SEND_BACK):
        assert not press(act, MIA, a_case(state, holder=StaffId(1))).effects
        assert press(act, MIA, version=1) == Reply(toast=VOICE("desk.changed", state=stands))


def test_agreed_it_goes_out_after_its_moment() -> None:
    """The decision takes its ordinary way, in the words that were proposed, and who proposed it is told."""
    reply = press(Act.AGREE, MIA)
    decided, telling = of(reply, ChangeCase).case, of(reply, StartTelling)
    assert (decided.state, decided.outcome, decided.proposal) == (State.DECIDED, Outcome.DECLINED, None)
    assert (decided.reason, decided.reason_in) == (ASKED.words, ASKED.words_in)
    assert (telling.words, telling.words_in) == (ASKED.words, ASKED.words_in)
    assert telling.starts_at == NOW + timedelta(seconds=60)
    assert of(reply, SetTimer).timer is Timer.ASK_BACK
    assert of(reply, CloseAsks).case == WAITS.id
    assert of(reply, TellServant).staff == 1


def test_sent_back_it_is_with_who_proposed_it() -> None:
    """It is theirs to decide again, even where a colleague held the case, with the words they wrote."""
    reply = press(Act.SEND_BACK, MIA, replace(WAITS, holder=StaffId(3)))
    case = of(reply, ChangeCase).case
    assert (case.state, case.holder, case.proposal, case.outcome) == (State.TAKEN, 1, None, None)
    told = of(reply, TellServant)
    assert told.staff == 1
    assert ASKED.words in told.message.plain()


def test_a_correction_that_is_sent_back_changes_nothing() -> None:
    """What had gone out still holds, and people are asked whether it worked."""
    reply = press(Act.SEND_BACK, MIA, CORRECTS)
    case = of(reply, ChangeCase).case
    assert (case.state, case.outcome, case.reason) == (State.DECIDED, Outcome.ALREADY_EXISTS, "Yes.")
    assert of(reply, SetTimer).timer is Timer.ASK_BACK


def test_the_reason_is_told_with_personal_data_covered() -> None:
    """A note of who sent it back reaches who proposed it; anybody else's, and any other note, only the card."""
    back = Latest(5, Act.SEND_BACK, StaffId(2), NOW, WAITS)
    seen = a_desk(MIA, a_case(State.TAKEN, holder=StaffId(1)), latest=back)
    told = of(desk.note("Ask lee@example.org", seen, TOWN, now=NOW), TellServant)
    assert told.staff == 1
    assert "lee@example.org" not in told.message.plain()
    for other in (replace(seen, servant=a_servant(3, Role.LEAD)), replace(seen, latest=replace(back, act=Act.CLAIM))):
        effects = desk.note("Ask Lee", other, TOWN, now=NOW).effects
        assert not [effect for effect in effects if isinstance(effect, TellServant)]


def test_a_proposal_that_nobody_looks_at_is_reminded_of() -> None:
    """After some working time who proposed it is told, and again later; an older timer says nothing."""
    timers = send(Outcome.DECLINED, a_case(State.TAKEN, holder=StaffId(1))).effects
    assert Timer.STILL_YOURS in [effect.timer for effect in timers if isinstance(effect, SetTimer)]
    rung = Reply(ring(Timer.STILL_YOURS, WAITS, WAITS.version, TOWN, now=NOW))
    assert of(rung, TellServant).staff == 1
    again = of(rung, SetTimer)
    assert (again.timer, again.due_at - NOW) == (Timer.STILL_YOURS, timedelta(hours=4))
    assert ring(Timer.STILL_YOURS, WAITS, WAITS.version - 1, TOWN, now=NOW) == ()


@pytest.mark.parametrize(
    ("servant", "done"), [(MIA, True), (a_servant(3, Role.LEAD), True), (a_servant(1, Role.REVIEWER), False)]
)
def test_a_yes_can_be_taken_back(servant: Servant, done: bool) -> None:  # noqa: FBT001  (pytest gives it)
    """Until it goes out, who agreed or a lead takes the yes back: the proposal waits again, and its author is told."""
    decided = replace(a_case(State.DECIDED, holder=StaffId(1)), version=WAITS.version + 1, outcome=Outcome.DECLINED)
    latest = Latest(6, Act.AGREE, StaffId(2), NOW, WAITS, telling=4)
    reply = press("undo", servant, decided, latest=latest)
    if not done:
        assert not reply.effects
        return
    assert of(reply, UndoAct).case.proposal == ASKED
    assert of(reply, StopTelling).announcement == 4
    assert of(reply, ReopenAsks).closed_at == NOW
    assert of(reply, TellServant).staff == 1
