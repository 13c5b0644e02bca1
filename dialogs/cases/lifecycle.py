"""The lifecycle of a case: one table per approach, and one machine built from each.

A row says: in this state, this act by this one leads to that state. What is not in the table cannot
happen. The table is the theory of the approach put into practice (PRIMER): under *product_dominant*
the servants, as experts, move a case; the citizen is asked when needed, is told the outcome, and has
the last word on whether it worked. The machine is from ``transitions``: synchronous, built once per
approach, and it draws the picture in the README.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from transitions import Machine, MachineError

from dialogs.cases.case import UNDECIDED, Case, Outcome, State
from dialogs.ids import StaffId
from dialogs.installation import Approach


class Act(StrEnum):
    """What moves a case."""

    CLAIM = "claim"
    RELEASE = "release"
    KEEP = "keep"
    WANT = "want"
    TAKE_OVER = "take_over"
    HAND_OVER = "hand_over"
    FORWARD = "forward"
    EXPIRE = "expire"
    SNOOZE = "snooze"
    WAKE = "wake"
    MERGE = "merge"
    SPLIT = "split"
    ASK = "ask"
    ANSWER = "answer"
    DECIDE = "decide"
    PROPOSE = "propose"
    AGREE = "agree"
    SEND_BACK = "send_back"
    ASK_BACK = "ask_back"
    CONFIRM = "confirm"
    CONTEST = "contest"
    SHRUG = "shrug"
    SILENCE = "silence"


class By(StrEnum):
    """Who may do it: a servant of the queue, one who finds the case free, who holds it, a lead, a contributor, time.

    A colleague is any other servant of the queue than the one who proposed an outcome.
    """

    SERVANT = "servant"
    FINDER = "finder"
    HOLDER = "holder"
    LEAD = "lead"
    COLLEAGUE = "colleague"
    CONTRIBUTOR = "contributor"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Row:
    """In ``source``, ``act`` by ``by`` leads to ``dest``."""

    source: State
    act: Act
    dest: State
    by: By


class Impossible(StrEnum):
    """Why an act was refused: it does not fit the state, or it is not this one's to do."""

    STATE = "state"
    ROLE = "role"


_HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
# Who gets the case by it.
_GIVES = (Act.CLAIM, Act.TAKE_OVER, Act.HAND_OVER)

PRODUCT_DOMINANT: tuple[Row, ...] = (
    Row(State.NEW, Act.CLAIM, State.TAKEN, By.SERVANT),
    Row(State.REOPENED, Act.CLAIM, State.TAKEN, By.SERVANT),
    # An answer that nobody has read stays one, and waits for whoever finds it.
    Row(State.ANSWERED, Act.CLAIM, State.ANSWERED, By.FINDER),
    Row(State.ANSWERED, Act.RELEASE, State.ANSWERED, By.HOLDER),
    *(Row(held, Act.RELEASE, State.NEW, By.HOLDER) for held in _HELD if held is not State.ANSWERED),
    Row(State.TAKEN, Act.EXPIRE, State.NEW, By.CLOCK),
    Row(State.ANSWERED, Act.EXPIRE, State.ANSWERED, By.CLOCK),
    *(Row(held, Act.KEEP, held, By.HOLDER) for held in _HELD),
    *(Row(held, Act.WANT, held, By.SERVANT) for held in _HELD),
    *(Row(held, Act.TAKE_OVER, held, by) for held in _HELD for by in (By.LEAD, By.CLOCK)),
    *(Row(held, Act.HAND_OVER, held, By.HOLDER) for held in _HELD),
    # It is new to the next team, whatever this one did with it; what nobody has is forwarded by who finds it so.
    *(Row(held, Act.FORWARD, State.NEW, By.HOLDER) for held in _HELD),
    # And by the clock, where nobody takes it for long (``escalation.py``).
    *(Row(free, Act.FORWARD, State.NEW, by) for free in (State.NEW, State.ANSWERED) for by in (By.FINDER, By.CLOCK)),
    *(Row(State.REOPENED, Act.FORWARD, State.REOPENED, by) for by in (By.FINDER, By.CLOCK)),
    *(Row(held, Act.SNOOZE, State.SNOOZED, By.HOLDER) for held in _HELD),
    *(Row(State.SNOOZED, Act.WAKE, State.TAKEN, by) for by in (By.HOLDER, By.CLOCK)),
    # It points to another from then on. Taking the pointer away gives back what was before, as undo does.
    *(Row(free, Act.MERGE, State.MERGED, By.FINDER) for free in (State.NEW, State.REOPENED, State.ANSWERED)),
    *(Row(held, Act.MERGE, State.MERGED, By.HOLDER) for held in _HELD),
    # Who has just sent something may join others who said something close (``joining.py``).
    *(Row(fresh, Act.MERGE, State.MERGED, By.CONTRIBUTOR) for fresh in (State.NEW, *_HELD)),
    *(Row(open_, Act.SPLIT, open_, By.HOLDER) for open_ in (State.NEW, State.REOPENED, *_HELD)),
    Row(State.SNOOZED, Act.ANSWER, State.ANSWERED, By.CONTRIBUTOR),
    *(Row(held, Act.ASK, State.ASKED, By.HOLDER) for held in _HELD),
    # The answer to a question moves the case; words at any other time are added and move nothing.
    Row(State.ASKED, Act.ANSWER, State.ANSWERED, By.CONTRIBUTOR),
    *(Row(held, Act.DECIDE, State.DECIDED, By.HOLDER) for held in _HELD),
    # What has gone out is put right by a second message.
    Row(State.DECIDED, Act.DECIDE, State.DECIDED, By.HOLDER),
    # Where the queue wants a second servant; a correction is no way around one.
    *(Row(state, Act.PROPOSE, State.PROPOSED, By.HOLDER) for state in (*_HELD, State.DECIDED)),
    Row(State.PROPOSED, Act.AGREE, State.DECIDED, By.COLLEAGUE),
    Row(State.PROPOSED, Act.SEND_BACK, State.TAKEN, By.COLLEAGUE),
    Row(State.DECIDED, Act.ASK_BACK, State.CHECKING, By.CLOCK),
    Row(State.CHECKING, Act.CONFIRM, State.CONFIRMED, By.CONTRIBUTOR),
    Row(State.CHECKING, Act.CONTEST, State.REOPENED, By.CONTRIBUTOR),
    Row(State.CHECKING, Act.SHRUG, State.UNCONFIRMED, By.CONTRIBUTOR),
    Row(State.CHECKING, Act.SILENCE, State.UNCONFIRMED, By.CLOCK),
    # People change their minds, and answer late: the newest word counts.
    Row(State.UNCONFIRMED, Act.CONFIRM, State.CONFIRMED, By.CONTRIBUTOR),
    Row(State.UNCONFIRMED, Act.CONTEST, State.REOPENED, By.CONTRIBUTOR),
    Row(State.CONFIRMED, Act.CONTEST, State.REOPENED, By.CONTRIBUTOR),
    Row(State.REOPENED, Act.CONFIRM, State.CONFIRMED, By.CONTRIBUTOR),
)

# The other two approaches move by the same table until they have tables of their own.
TABLES: Mapping[Approach, tuple[Row, ...]] = MappingProxyType(dict.fromkeys(Approach, PRODUCT_DOMINANT))

OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)


class _Matter:
    """What a machine moves: a state and nothing else."""

    def __init__(self, state: State) -> None:
        self.state: str = state.value


def _may(by: By, who: frozenset[By]) -> bool:
    return by in who


def build_machine(table: tuple[Row, ...]) -> Machine:
    """Build the machine of a table; it holds no case."""
    machine = Machine(model=None, states=[state.value for state in State], initial=State.NEW, auto_transitions=False)
    for row in table:
        machine.add_transition(row.act.value, row.source.value, row.dest.value, conditions=partial(_may, row.by))
    return machine


_MACHINES = {approach: build_machine(table) for approach, table in TABLES.items()}


def next_state(approach: Approach, state: State, act: Act, who: frozenset[By]) -> State | Impossible:
    """Tell where an act leads, or why it cannot be done."""
    matter = _Matter(state)
    try:
        moved = _MACHINES[approach].events[act.value].trigger(matter, who)
    except MachineError:
        return Impossible.STATE
    return State(matter.state) if moved else Impossible.ROLE


def advance(
    case: Case, act: Act, who: frozenset[By], *, now: datetime, holder: StaffId | None = None
) -> Case | Impossible:
    """Do an act to a case: the moved case, one version on. ``holder`` is who gets it, or wants it."""
    state = next_state(case.approach, case.state, act, who)
    if isinstance(state, Impossible):
        return state
    if state is State.NEW and case.outcome is not None:
        # What came back once stays marked as such when nobody has it again.
        state = State.REOPENED
    if act is Act.SEND_BACK and case.proposal is not None and case.proposal.corrects:
        # What has gone out still holds.
        state = State.DECIDED
    # Whatever the holder does says that they keep it; words of a citizen say nothing about that.
    wanted_by = holder if act is Act.WANT else case.wanted_by if act is Act.ANSWER else None
    asleep_until = case.snoozed_until if state is State.SNOOZED else None
    moved = replace(case, state=state, version=case.version + 1, wanted_by=wanted_by, snoozed_until=asleep_until)
    if case.proposal is not None and state is not State.PROPOSED:
        moved = replace(moved, proposal=None)
        if state is State.TAKEN:
            return replace(moved, holder=case.proposal.by, held_at=now)
    if act in _GIVES:
        return replace(moved, holder=holder, held_at=now)
    if act in (Act.RELEASE, Act.EXPIRE, Act.FORWARD) or state is State.REOPENED:
        return replace(moved, holder=None, held_at=None)
    return moved


def draw_lifecycle(approach: Approach) -> str:
    """Draw the table of an approach as a Mermaid state diagram; an arrow says who does what."""
    arrows = [f"    {row.source} --> {row.dest}: {row.act} ({row.by})" for row in TABLES[approach]]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.NEW}", *arrows])


def owes_decision(case: Case) -> bool:
    """Tell whether the service still owes the contributors a decision."""
    return case.state in UNDECIDED and not (case.proposal is not None and case.proposal.corrects)
