"""What an approach means to people: what is open to change, and what a change of the approach moves."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from dialogs.cases.approach import change, is_open, move, tell_open
from dialogs.cases.case import NEEDS_DELIVERY, Case, Outcome, Proposal, State
from dialogs.cases.delivery_choice import VIEWS
from dialogs.cases.lifecycle import TABLES
from dialogs.citizen import Citizen
from dialogs.effects import ChangeCase, CloseAsks, SetTimer, StartTelling, Tell, Telling, Timer
from dialogs.flows.flow import Flow
from dialogs.ids import FlowId, Language, ServiceId, StaffId
from dialogs.installation import Approach
from dialogs.intake import begin_flow
from dialogs.town import Town
from tests.dialogs.matters import FRESH, NOW, a_case, riverton

VOICE = riverton().voice("en")
PD, SM, SI = Approach


def offered(outcome: Outcome = Outcome.ACCEPTED) -> Case:
    """A decision that can be challenged for another week."""
    until = NOW + timedelta(days=7)
    return replace(a_case(State.OFFERED), approach=SI, outcome=outcome, reason="It comes.", hear_until=until)


@pytest.mark.parametrize(("state", "to"), list(product(State, Approach)))
def test_a_case_stands_where_it_stood(state: State, to: Approach) -> None:
    """Under every approach a moved case is in a state that the approach knows, and nothing else of it changes."""
    case = replace(a_case(state, holder=StaffId(1)), approach=SI, heard=True)
    moved = move(case, to)
    assert moved.state is (State.DECIDED if state is State.OFFERED and to is not SI else state)
    assert replace(moved, state=case.state, approach=case.approach, version=case.version) == case
    assert any(moved.state in (row.source, row.dest) for row in TABLES[to])


def test_nothing_moves_twice() -> None:
    """A case that goes by the approach already is left alone."""
    assert change(offered(), SI, riverton(), now=NOW) == ()


@pytest.mark.parametrize(("outcome", "timer"), [(Outcome.ACCEPTED, Timer.PROMISE), (Outcome.DECLINED, Timer.ASK_BACK)])
def test_what_was_offered_is_final_where_nobody_can_challenge_it(outcome: Outcome, timer: Timer) -> None:
    """It is decided, waits for what comes after a decision, and nobody is asked for support any more."""
    effects = change(offered(outcome), PD, riverton(), now=NOW)
    (changed,) = (effect for effect in effects if isinstance(effect, ChangeCase))
    assert (changed.case.state, changed.case.hear_until) == (State.DECIDED, None)
    # So undo of what came before finds something that builds on it.
    assert changed.entry.before == offered(outcome)
    assert timer in [effect.timer for effect in effects if isinstance(effect, SetTimer)]
    assert {effect.kind for effect in effects if isinstance(effect, CloseAsks)} == {"support", VIEWS}


def test_a_correction_that_waits_for_a_colleague_goes_back_to_what_the_approach_knows() -> None:
    """Sent back, it finds the decision that holds under the new approach."""
    proposal = Proposal(StaffId(1), Outcome.PARTLY, "Less.", corrects=State.OFFERED)
    moved = move(replace(a_case(State.PROPOSED), approach=SI, proposal=proposal), SM)
    assert moved.proposal == replace(proposal, corrects=State.DECIDED)


def test_people_are_told_after_what_is_on_its_way() -> None:
    """The notice goes out once, and not before a decision that can still be taken back."""
    effects = change(a_case(), SM, riverton(), now=NOW)
    (told,) = (effect for effect in effects if isinstance(effect, StartTelling))
    assert (told.telling, told.case.approach) == (Telling.APPROACH, SM)
    assert told.starts_at == NOW + riverton().installation.loop.decide_hold


def test_what_is_done_is_not_open() -> None:
    """Open is what the service owes something in, and what can be challenged; the rest goes quietly."""
    done = replace(a_case(State.DECIDED), outcome=Outcome.DECLINED)
    owed = [replace(done, outcome=outcome) for outcome in sorted(NEEDS_DELIVERY)]
    assert all(map(is_open, [a_case(), a_case(State.REOPENED), offered(), *owed]))
    ends = (State.DELIVERED, State.NOT_DONE, State.CHECKING, State.CONFIRMED, State.UNCONFIRMED, State.MERGED)
    assert not any(map(is_open, [done, *map(a_case, ends)]))


def parks_only(approach: Approach) -> tuple[Town, Flow]:
    """A town whose flow of ideas is about parks and asks for no service."""
    town = riverton()
    parks = ServiceId("parks")
    flow = town.installation.flows[FlowId("idea")]
    steps = tuple(step for step in flow.steps if step.id != "service")
    by_id = {id: step for id, step in flow.by_id.items() if id != "service"}
    flow = replace(flow, services=(parks,), steps=steps, by_id=by_id)
    service = replace(town.installation.services[parks], approach=approach)
    services = {**town.installation.services, parks: service}
    return Town(replace(town.installation, services=services), town.voices), flow


def first_line(flow: Flow, town: Town) -> str:
    """What somebody reads first who begins."""
    reply = begin_flow(Citizen(language=Language("en")), flow, town, now=NOW, fresh=FRESH)
    (told,) = (effect for effect in reply.effects if isinstance(effect, Tell))
    return told.message.plain().splitlines()[0]


@pytest.mark.parametrize("approach", Approach)
def test_what_is_open_stands_above_the_first_question(approach: Approach) -> None:
    """Where a flow is about one service, it is said before anything is asked, each approach in its own words."""
    town, flow = parks_only(approach)
    assert first_line(flow, town) == tell_open(approach, VOICE)


def test_what_is_open_waits_for_the_service() -> None:
    """Where people choose the service, nothing is said before they have; nor is it to who offers help."""
    town, flow = parks_only(PD)
    said = {tell_open(approach, VOICE) for approach in Approach}
    assert first_line(town.installation.flows[FlowId("idea")], town) not in said
    assert first_line(replace(flow, contribution="offer"), town) not in said
