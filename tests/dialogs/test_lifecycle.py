"""The lifecycle of a case: every cell of the table, and the picture of it."""

from dataclasses import replace
from itertools import product

import pytest

from dialogs.cases.case import UNDECIDED, Case, Outcome, State
from dialogs.cases.lifecycle import TABLES, Act, By, Impossible, advance, draw_lifecycle, next_state, owes_decision
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
STAY = {state: state for state in HELD}
FREED = {**dict.fromkeys(HELD, State.NEW), State.ANSWERED: State.ANSWERED}
# Written down a second time, act by act: from where, to where, and by whom.
MAY: dict[Act, tuple[dict[State, State], *tuple[By, ...]]] = {
    Act.RELEASE: (FREED, By.HOLDER),
    Act.KEEP: (STAY, By.HOLDER),
    Act.WANT: (STAY, By.SERVANT),
    Act.TAKE_OVER: (STAY, By.LEAD, By.CLOCK),
    Act.HAND_OVER: (STAY, By.HOLDER),
    Act.EXPIRE: ({State.TAKEN: State.NEW, State.ANSWERED: State.ANSWERED}, By.CLOCK),
    Act.SNOOZE: (dict.fromkeys(HELD, State.SNOOZED), By.HOLDER),
    Act.WAKE: ({State.SNOOZED: State.TAKEN}, By.HOLDER, By.CLOCK),
    Act.SPLIT: ({State.NEW: State.NEW, State.REOPENED: State.REOPENED, **STAY}, By.HOLDER),
    Act.ASK: (dict.fromkeys(HELD, State.ASKED), By.HOLDER),
    Act.ANSWER: (dict.fromkeys((State.ASKED, State.SNOOZED), State.ANSWERED), By.CONTRIBUTOR),
    Act.DECIDE: (dict.fromkeys((*HELD, State.DECIDED), State.DECIDED), By.HOLDER),
    Act.PROPOSE: (dict.fromkeys((*HELD, State.DECIDED), State.PROPOSED), By.HOLDER),
    Act.AGREE: ({State.PROPOSED: State.DECIDED}, By.COLLEAGUE),
    Act.SEND_BACK: ({State.PROPOSED: State.TAKEN}, By.COLLEAGUE),
    Act.ASK_BACK: ({State.DECIDED: State.CHECKING}, By.CLOCK),
    Act.CONFIRM: (dict.fromkeys((State.CHECKING, State.UNCONFIRMED, State.REOPENED), State.CONFIRMED), By.CONTRIBUTOR),
    Act.CONTEST: (dict.fromkeys((State.CHECKING, State.UNCONFIRMED, State.CONFIRMED), State.REOPENED), By.CONTRIBUTOR),
    Act.SHRUG: ({State.CHECKING: State.UNCONFIRMED}, By.CONTRIBUTOR),
    Act.SILENCE: ({State.CHECKING: State.UNCONFIRMED}, By.CLOCK),
}


# A claim is by anybody of the queue; an answer that nobody has is for whoever finds it so. What is held is forwarded
# by its holder, what nobody has by whoever finds it so.
FORWARD = {**dict.fromkeys((State.NEW, *HELD), State.NEW), State.REOPENED: State.REOPENED}
MERGE = dict.fromkeys((State.NEW, State.REOPENED, *HELD), State.MERGED)
CLAIM = {State.NEW: State.TAKEN, State.REOPENED: State.TAKEN, State.ANSWERED: State.ANSWERED}


def may(state: State, act: Act) -> tuple[dict[State, State], frozenset[By]]:
    """Tell where an act leads from each state, and by whom from this one."""
    if act is Act.CLAIM:
        return CLAIM, frozenset({By.FINDER if state is State.ANSWERED else By.SERVANT})
    if act is Act.FORWARD:
        free = {By.FINDER, By.CLOCK} if state in CLAIM else set()
        return FORWARD, frozenset({By.HOLDER} if state in HELD else ()) | free
    if act is Act.MERGE:
        by_held = {By.HOLDER} if state in HELD else set()
        by_sender = {By.CONTRIBUTOR} if state in (State.NEW, *HELD) else set()
        return MERGE, frozenset(by_held | by_sender | ({By.FINDER} if state in CLAIM else set()))
    leads, *by = MAY[act]
    return leads, frozenset(by)


@pytest.mark.parametrize("approach", Approach)
def test_every_cell_is_allowed_or_refused(approach: Approach) -> None:
    """Each state, act and person leads where the table says, or is refused: first for the state, then for the role."""
    for state, act, (name, who) in product(State, Act, PEOPLE.items()):
        leads, by = may(state, act)
        expected = leads.get(state, Impossible.STATE) if state not in leads or by & who else Impossible.ROLE
        assert next_state(approach, state, act, who) is expected, (state, act, name)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached_and_left(state: State) -> None:
    """No state is a dead end for the citizen, and none is only on paper."""
    rows = TABLES[Approach.PRODUCT_DOMINANT]
    assert state is State.NEW or any(row.dest is state for row in rows)
    # A pointer is taken away, which gives back what was before.
    assert any(row.source is state for row in rows) or state is State.MERGED


@pytest.mark.parametrize("act", Act)
def test_an_act_is_one_version_on(act: Act) -> None:
    """What is done makes the case one version newer; what is refused leaves it as it is."""
    for state in State:
        case = a_case(state, holder=StaffId(7))
        moved = advance(case, act, frozenset(By), now=NOW, holder=StaffId(8))
        if isinstance(moved, Impossible):
            assert state not in may(state, act)[0]
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
