"""The lifecycle of a case: every cell of the table, and the picture of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from dialogs.cases.case import UNDECIDED, Case, Outcome, State
from dialogs.cases.lifecycle import (
    TABLES,
    Act,
    By,
    Impossible,
    advance,
    draw_lifecycle,
    next_state,
    owes_decision,
    what_comes_first,
)
from dialogs.ids import StaffId
from dialogs.installation import Approach
from tests.dialogs.matters import NOW, a_case

# What a servant who holds the case is, beside one who does not, a contributor and the clock.
PEOPLE = {
    "servant": frozenset({By.SERVANT}),
    "finder": frozenset({By.SERVANT, By.FINDER}),
    "holder": frozenset({By.SERVANT, By.HOLDER}),
    "lead": frozenset({By.SERVANT, By.LEAD, By.HOLDER}),
    "colleague": frozenset({By.SERVANT, By.COLLEAGUE}),
    "contributor": frozenset({By.CONTRIBUTOR}),
    "clock": frozenset({By.CLOCK}),
    "nobody": frozenset[By](),
}
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
# Where something that was promised is still to be done.
WORK = (State.DECIDED, State.PLANNED, State.IN_DELIVERY)
STAY = {state: state for state in HELD}
FREED = {**dict.fromkeys(HELD, State.NEW), State.ANSWERED: State.ANSWERED}
INTEGRATED = Approach.SERVICE_INTEGRATED
# What a decision leads to.
DECIDED = {approach: State.OFFERED if approach is INTEGRATED else State.DECIDED for approach in Approach}
Leads = dict[State, State]
# Written down a second time, act by act: from where, to where, and by whom.
MAY: dict[Act, tuple[Leads, *tuple[By, ...]]] = {
    Act.RELEASE: (FREED, By.HOLDER),
    Act.KEEP: (STAY, By.HOLDER),
    Act.WANT: (STAY, By.SERVANT),
    Act.HAND_OVER: ({state: state for state in (*HELD, *WORK)}, By.HOLDER),
    Act.EXPIRE: ({State.TAKEN: State.NEW, State.ANSWERED: State.ANSWERED}, By.CLOCK),
    Act.SNOOZE: (dict.fromkeys(HELD, State.SNOOZED), By.HOLDER),
    Act.WAKE: ({State.SNOOZED: State.TAKEN}, By.HOLDER, By.CLOCK),
    Act.SPLIT: ({State.NEW: State.NEW, State.REOPENED: State.REOPENED, **STAY}, By.HOLDER),
    Act.ASK: ({**dict.fromkeys(HELD, State.ASKED), State.IN_DELIVERY: State.IN_DELIVERY}, By.HOLDER),
    Act.ANSWER: (
        {**dict.fromkeys((State.ASKED, State.SNOOZED), State.ANSWERED), State.IN_DELIVERY: State.IN_DELIVERY},
        By.CONTRIBUTOR,
    ),
    Act.SEND_BACK: ({State.PROPOSED: State.TAKEN}, By.COLLEAGUE),
    Act.GIVE_UP: (dict.fromkeys(WORK, State.NOT_DONE), By.HOLDER),
    Act.ASK_BACK: (dict.fromkeys((State.DECIDED, State.DELIVERED, State.NOT_DONE), State.CHECKING), By.CLOCK),
    Act.CONFIRM: (dict.fromkeys((State.CHECKING, State.UNCONFIRMED, State.REOPENED), State.CONFIRMED), By.CONTRIBUTOR),
    Act.CONTEST: (dict.fromkeys((State.CHECKING, State.UNCONFIRMED, State.CONFIRMED), State.REOPENED), By.CONTRIBUTOR),
    Act.SHRUG: ({State.CHECKING: State.UNCONFIRMED}, By.CONTRIBUTOR),
    Act.SILENCE: ({State.CHECKING: State.UNCONFIRMED}, By.CLOCK),
}


# A claim is by anybody of the queue; what nobody has any more is for whoever finds it so. What is held is forwarded
# by its holder, what nobody has by whoever finds it so.
FORWARD = {**dict.fromkeys((State.NEW, *HELD), State.NEW), State.REOPENED: State.REOPENED}
MERGE = dict.fromkeys((State.NEW, State.REOPENED, *HELD), State.MERGED)
FREE = (State.NEW, State.REOPENED, State.ANSWERED)
CLAIM = {State.NEW: State.TAKEN, State.REOPENED: State.TAKEN, **{state: state for state in (State.ANSWERED, *WORK)}}


def may(approach: Approach, state: State, act: Act) -> tuple[Leads, frozenset[By]]:
    """Tell where an act leads from each state under an approach, and by whom from this one."""
    match act:
        case Act.CLAIM:
            return CLAIM, frozenset({By.SERVANT if state in (State.NEW, State.REOPENED) else By.FINDER})
        case Act.TAKE_OVER:
            by_clock = {By.CLOCK} if state in HELD else set()
            return {one: one for one in (*HELD, *WORK)}, frozenset({By.LEAD} | by_clock)
        case Act.FORWARD:
            free = {By.FINDER, By.CLOCK} if state in FREE else set()
            return FORWARD, frozenset({By.HOLDER} if state in HELD else ()) | free
        case Act.MERGE:
            by_held = {By.HOLDER} if state in HELD else set()
            by_sender = {By.CONTRIBUTOR} if state in (State.NEW, *HELD) else set()
            return MERGE, frozenset(by_held | by_sender | ({By.FINDER} if state in FREE else set()))
        case act if act in MAY:
            leads, *by = MAY[act]
            return leads, frozenset(by)
        case _:
            return may_by_approach(approach, act)


def may_by_approach(approach: Approach, act: Act) -> tuple[Leads, frozenset[By]]:
    """Tell where those acts lead that the approaches differ in."""
    to = DECIDED[approach]
    by_experts = approach is Approach.PRODUCT_DOMINANT
    table: dict[Act, tuple[Leads, By]] = {
        Act.DECIDE: (dict.fromkeys((*HELD, State.DECIDED, to), to), By.HOLDER),
        Act.PROPOSE: (dict.fromkeys((*HELD, State.DECIDED, to), State.PROPOSED), By.HOLDER),
        Act.AGREE: ({State.PROPOSED: to}, By.COLLEAGUE),
        Act.PLAN: ({State.DECIDED: State.PLANNED}, By.HOLDER),
        Act.START: (dict.fromkeys(WORK[:2] if by_experts else WORK[1:2], State.IN_DELIVERY), By.HOLDER),
        Act.DELIVER: (dict.fromkeys(WORK if by_experts else WORK[2:], State.DELIVERED), By.HOLDER),
        Act.SUPPORT: ({State.OFFERED: State.OFFERED}, By.CONTRIBUTOR),
        Act.CHALLENGE: (dict.fromkeys((State.OFFERED, State.PLANNED), State.REOPENED), By.CONTRIBUTOR),
        Act.FINISH: ({State.OFFERED: State.DECIDED}, By.CLOCK),
    }
    if act in (Act.SUPPORT, Act.CHALLENGE, Act.FINISH) and approach is not INTEGRATED:
        return {}, frozenset()
    leads, by = table[act]
    return leads, frozenset({by})


@pytest.mark.parametrize("approach", Approach)
def test_every_cell_is_allowed_or_refused(approach: Approach) -> None:
    """Each state, act and person leads where the table says, or is refused: first for the state, then for the role."""
    for state, act, (name, who) in product(State, Act, PEOPLE.items()):
        leads, by = may(approach, state, act)
        expected = leads.get(state, Impossible.STATE) if state not in leads or by & who else Impossible.ROLE
        assert next_state(approach, state, act, who) is expected, (state, act, name)


# What must come first, by approach: acts in these states, and the reason why they are refused until then.
FIRST: dict[Approach, dict[tuple[State, Act], Impossible]] = {
    approach: {
        **dict.fromkeys(product(WORK, (Act.CLAIM, Act.TAKE_OVER, Act.HAND_OVER, Act.GIVE_UP)), Impossible.NO_PROMISE),
        (State.DECIDED, Act.PLAN): Impossible.NO_PROMISE,
    }
    for approach in Approach
}
FIRST[Approach.PRODUCT_DOMINANT] |= dict.fromkeys(product(WORK[:2], (Act.START,)), Impossible.NO_PROMISE)
FIRST[Approach.PRODUCT_DOMINANT] |= dict.fromkeys(product(WORK, (Act.DELIVER,)), Impossible.NO_PROMISE)
FIRST[Approach.SERVICE_MANAGEMENT] |= dict.fromkeys(
    product(HELD, (Act.DECIDE, Act.PROPOSE)), Impossible.UNHEARD_IN_DESIGN
)
for _approach in (Approach.SERVICE_MANAGEMENT, Approach.SERVICE_INTEGRATED):
    FIRST[_approach][State.IN_DELIVERY, Act.DELIVER] = Impossible.UNHEARD_IN_DELIVERY


@pytest.mark.parametrize("approach", Approach)
def test_what_must_come_first_is_the_reason(approach: Approach) -> None:
    """Where something must come first, everybody who may do the act is told what, and nobody may without it."""
    missing = frozenset(Impossible) - {Impossible.STATE, Impossible.ROLE}
    for state, act, (name, who) in product(State, Act, PEOPLE.items()):
        without = next_state(approach, state, act, who)
        first = FIRST[approach].get((state, act))
        expected = without if first is None or isinstance(without, Impossible) else first
        assert next_state(approach, state, act, who, missing) is expected, (state, act, name)


@pytest.mark.parametrize(
    ("approach", "state", "act", "first"),
    [
        (Approach.PRODUCT_DOMINANT, State.NEW, Act.DECIDE, Act.CLAIM),
        (Approach.PRODUCT_DOMINANT, State.NEW, Act.DELIVER, Act.CLAIM),
        (Approach.PRODUCT_DOMINANT, State.TAKEN, Act.DELIVER, Act.DECIDE),
        (Approach.SERVICE_MANAGEMENT, State.DECIDED, Act.START, Act.PLAN),
        (Approach.SERVICE_MANAGEMENT, State.DECIDED, Act.DELIVER, Act.PLAN),
        (Approach.SERVICE_MANAGEMENT, State.PLANNED, Act.DELIVER, Act.START),
        (Approach.SERVICE_INTEGRATED, State.PLANNED, Act.DELIVER, Act.START),
        # It waits for contributors, and then for nobody.
        (Approach.SERVICE_INTEGRATED, State.OFFERED, Act.PLAN, None),
        (Approach.SERVICE_MANAGEMENT, State.CONFIRMED, Act.DECIDE, None),
    ],
)
def test_a_refusal_knows_the_next_step(approach: Approach, state: State, act: Act, first: Act | None) -> None:
    """What leads on to an act is what its holder can do now."""
    assert what_comes_first(approach, state, act) is first


def test_who_was_asked_in_vain_stops_nobody_for_ever() -> None:
    """Contributors count as heard when one has answered, or when the time for it is over."""
    case = replace(a_case(State.ASKED, holder=StaffId(7)), approach=Approach.SERVICE_MANAGEMENT)
    holder = frozenset({By.HOLDER})
    assert advance(case, Act.DECIDE, holder, now=NOW) is Impossible.UNHEARD_IN_DESIGN
    waits = replace(case, hear_until=NOW + timedelta(seconds=1))
    assert advance(waits, Act.DECIDE, holder, now=NOW) is Impossible.UNHEARD_IN_DESIGN
    for heard in (replace(case, heard=True), replace(case, hear_until=NOW)):
        decided = advance(heard, Act.DECIDE, holder, now=NOW)
        # In the next phase they are to be heard anew.
        assert isinstance(decided, Case)
        assert (decided.state, decided.heard, decided.hear_until) == (State.DECIDED, False, None)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached_and_left(state: State) -> None:
    """No state is a dead end for the citizen, and none is only on paper."""
    rows = TABLES[INTEGRATED]
    assert state is State.NEW or any(row.dest is state for row in rows)
    # A pointer is taken away, which gives back what was before.
    assert any(row.source is state for row in rows) or state is State.MERGED


@pytest.mark.parametrize("act", Act)
def test_an_act_is_one_version_on(act: Act) -> None:
    """What is done makes the case one version newer; what is refused leaves it as it is."""
    for state in State:
        case = replace(a_case(state, holder=StaffId(7)), approach=INTEGRATED, outcome=Outcome.ACCEPTED, heard=True)
        moved = advance(case, act, frozenset(By), now=NOW, holder=StaffId(8))
        if isinstance(moved, Impossible):
            assert state not in may(INTEGRATED, state, act)[0]
            continue
        assert moved.version == case.version + 1
        match act, moved.state:
            case (Act.CLAIM | Act.TAKE_OVER | Act.HAND_OVER, _):
                assert (moved.holder, moved.held_at) == (8, NOW)
            case (Act.RELEASE | Act.EXPIRE | Act.FORWARD, _) | (_, State.REOPENED):
                assert (moved.holder, moved.held_at) == (None, None)
            case _:
                assert moved.holder == case.holder


def test_a_decision_is_owed_until_it_is_made() -> None:
    """A service owes a decision from the first word to the outcome, and again when it did not work."""
    assert {state for state in State if owes_decision(a_case(state))} == UNDECIDED
    assert {State.NEW, State.REOPENED, State.PROPOSED, *HELD} == UNDECIDED


@pytest.mark.parametrize("act", [Act.RELEASE, Act.EXPIRE, Act.FORWARD])
def test_what_came_back_stays_marked(act: Act) -> None:
    """A case that had an outcome and came back is back again, not new, when nobody has it any more."""
    back = replace(a_case(State.TAKEN, holder=StaffId(7)), outcome=Outcome.ACCEPTED)
    freed = advance(back, act, frozenset(By), now=NOW)
    assert isinstance(freed, Case)
    assert (freed.state, freed.holder) == (State.REOPENED, None)


@pytest.mark.parametrize("act", Act)
def test_only_the_citizen_leaves_a_wish_open(act: Act) -> None:
    """Whoever wants to take over waits on while the citizen writes; any other act is an answer to them."""
    for state in HELD:
        case = replace(a_case(state, holder=StaffId(7)), wanted_by=StaffId(8))
        moved = advance(case, act, frozenset(By), now=NOW, holder=StaffId(9))
        if isinstance(moved, Case):
            assert moved.wanted_by == {Act.ANSWER: 8, Act.WANT: 9}.get(act)


@pytest.mark.parametrize("approach", Approach)
def test_the_picture_is_the_table(approach: Approach) -> None:
    """The picture has an arrow for each row of the table and no other."""
    first, start, *arrows = draw_lifecycle(approach).splitlines()
    assert (first, start) == ("stateDiagram-v2", "    [*] --> new")
    assert arrows == [f"    {row.source} --> {row.dest}: {row.act} ({row.by})" for row in TABLES[approach]]
