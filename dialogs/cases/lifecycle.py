"""The lifecycle of a case: one table per approach, and one machine built from each.

A row says: in this state, this act by this one leads to that state, if what must come first has come. What is not in
the table cannot happen. The tables are the theory of the approaches put into practice (PRIMER):

- *product_dominant*: the organisation makes the value. Servants, as experts, move a case; contributors are asked when
  needed and told what came of it.
- *service_management*: users take part in design, implementation and delivery. No decision before they were heard in
  design; servants, as stewards, publish a plan before delivery starts, and hear them again while it goes on.
- *service_integrated*: users make the value and challenge design, planning and delivery. What is decided is offered to
  them first: it is final when they support it or nobody challenges it in time; a challenge takes it back to design,
  and so does one of the plan. Delivery goes as under *service_management*.

Under all of them who contributed has the last word on whether it worked. Somebody who was asked and stays silent
stops nobody for ever: they count as heard when the time is over (``Case.hear_until``). The machines are from
``transitions``: synchronous, built once per approach, and they draw the pictures in the README.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from transitions import Machine, MachineError

from dialogs.cases.case import NEEDS_DELIVERY, UNDECIDED, UNDELIVERED, Case, Outcome, State
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
    SUPPORT = "support"
    CHALLENGE = "challenge"
    FINISH = "finish"
    PLAN = "plan"
    START = "start"
    DELIVER = "deliver"
    GIVE_UP = "give_up"
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


class Impossible(StrEnum):
    """Why an act was refused: it does not fit the state, it is not this one's to do, or something must come first."""

    STATE = "state"
    ROLE = "role"
    # The decision must have promised to do something.
    NO_PROMISE = "no_promise"
    # The contributors must have been heard: in design, and while it is delivered.
    UNHEARD_IN_DESIGN = "unheard_in_design"
    UNHEARD_IN_DELIVERY = "unheard_in_delivery"


@dataclass(frozen=True, slots=True)
class Row:
    """In ``source``, ``act`` by ``by`` leads to ``dest``; ``unless``: why it does not yet."""

    source: State
    act: Act
    dest: State
    by: By
    unless: Impossible | None = None


_HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
# Who gets the case by it.
_GIVES = (Act.CLAIM, Act.TAKE_OVER, Act.HAND_OVER)
_UNDELIVERED = sorted(UNDELIVERED, key=list(State).index)
_HEARD = ((Act.ASK, By.HOLDER), (Act.ANSWER, By.CONTRIBUTOR))
# With these a phase ends, and in the next one contributors are to be heard anew.
_NEXT_PHASE = (Act.DECIDE, Act.AGREE, Act.FINISH, Act.START, Act.CHALLENGE, Act.CONTEST)

# A case before its decision, under every approach.
_HANDLING: tuple[Row, ...] = (
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
)


def _decide(to: State, unless: Impossible | None = None) -> tuple[Row, ...]:
    """Decide, where ``to`` is what a decision leads to; correcting one asks for nothing again."""
    return (
        *(Row(held, Act.DECIDE, to, By.HOLDER, unless) for held in _HELD),
        # What has gone out is put right by a second message.
        *(Row(out, Act.DECIDE, to, By.HOLDER) for out in dict.fromkeys((State.DECIDED, to))),
        # Where the queue wants a second servant; a correction is no way around one.
        *(Row(held, Act.PROPOSE, State.PROPOSED, By.HOLDER, unless) for held in _HELD),
        *(Row(out, Act.PROPOSE, State.PROPOSED, By.HOLDER) for out in dict.fromkeys((State.DECIDED, to))),
        Row(State.PROPOSED, Act.AGREE, to, By.COLLEAGUE),
        Row(State.PROPOSED, Act.SEND_BACK, State.TAKEN, By.COLLEAGUE),
    )


# Who looks after what is to be done; who has it by mistake, or is away, is no reason to stand still.
_IN_HAND: tuple[Row, ...] = (
    *(Row(open_, Act.CLAIM, open_, By.FINDER, Impossible.NO_PROMISE) for open_ in _UNDELIVERED),
    *(Row(open_, Act.TAKE_OVER, open_, By.LEAD, Impossible.NO_PROMISE) for open_ in _UNDELIVERED),
    *(Row(open_, Act.HAND_OVER, open_, By.HOLDER, Impossible.NO_PROMISE) for open_ in _UNDELIVERED),
    # People are asked during delivery, and what they answer moves nothing.
    *(Row(State.IN_DELIVERY, act, State.IN_DELIVERY, by) for act, by in _HEARD),
    *(Row(open_, Act.GIVE_UP, State.NOT_DONE, By.HOLDER, Impossible.NO_PROMISE) for open_ in _UNDELIVERED),
)

# Experts say how it goes; what they need not say they leave out.
_DELIVERED_BY_EXPERTS: tuple[Row, ...] = (
    Row(State.DECIDED, Act.PLAN, State.PLANNED, By.HOLDER, Impossible.NO_PROMISE),
    *(Row(open_, Act.START, State.IN_DELIVERY, By.HOLDER, Impossible.NO_PROMISE) for open_ in _UNDELIVERED[:2]),
    *(Row(open_, Act.DELIVER, State.DELIVERED, By.HOLDER, Impossible.NO_PROMISE) for open_ in _UNDELIVERED),
)

# Stewards publish the plan first, and hear people again before they call it done.
_DELIVERED_BY_STEWARDS: tuple[Row, ...] = (
    Row(State.DECIDED, Act.PLAN, State.PLANNED, By.HOLDER, Impossible.NO_PROMISE),
    Row(State.PLANNED, Act.START, State.IN_DELIVERY, By.HOLDER),
    Row(State.IN_DELIVERY, Act.DELIVER, State.DELIVERED, By.HOLDER, Impossible.UNHEARD_IN_DELIVERY),
)

# Whether it worked is for those who contributed to say.
_LOOP: tuple[Row, ...] = (
    # A promise is no end: it is asked back when it was kept, or given up.
    *(Row(end, Act.ASK_BACK, State.CHECKING, By.CLOCK) for end in (State.DECIDED, State.DELIVERED, State.NOT_DONE)),
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

PRODUCT_DOMINANT: tuple[Row, ...] = (
    *_HANDLING,
    *_decide(State.DECIDED),
    *_IN_HAND,
    *_DELIVERED_BY_EXPERTS,
    *_LOOP,
)

SERVICE_MANAGEMENT: tuple[Row, ...] = (
    *_HANDLING,
    *_decide(State.DECIDED, Impossible.UNHEARD_IN_DESIGN),
    *_IN_HAND,
    *_DELIVERED_BY_STEWARDS,
    *_LOOP,
)

SERVICE_INTEGRATED: tuple[Row, ...] = (
    *_HANDLING,
    *_decide(State.OFFERED),
    # One support is a voice; the clock looks whether all have supported it, or the time is over.
    Row(State.OFFERED, Act.SUPPORT, State.OFFERED, By.CONTRIBUTOR),
    *(Row(out, Act.CHALLENGE, State.REOPENED, By.CONTRIBUTOR) for out in (State.OFFERED, State.PLANNED)),
    Row(State.OFFERED, Act.FINISH, State.DECIDED, By.CLOCK),
    *_IN_HAND,
    *_DELIVERED_BY_STEWARDS,
    *_LOOP,
)

TABLES: Mapping[Approach, tuple[Row, ...]] = MappingProxyType(
    {
        Approach.PRODUCT_DOMINANT: PRODUCT_DOMINANT,
        Approach.SERVICE_MANAGEMENT: SERVICE_MANAGEMENT,
        Approach.SERVICE_INTEGRATED: SERVICE_INTEGRATED,
    }
)

OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)


class _Matter:
    """What a machine moves: a state and nothing else."""

    def __init__(self, state: State) -> None:
        self.state: str = state.value


def _may(row: Row, who: frozenset[By], missing: frozenset[Impossible]) -> bool:
    return row.by in who and row.unless not in missing


def build_machine(table: tuple[Row, ...]) -> Machine:
    """Build the machine of a table; it holds no case."""
    machine = Machine(model=None, states=[state.value for state in State], initial=State.NEW, auto_transitions=False)
    for row in table:
        machine.add_transition(row.act.value, row.source.value, row.dest.value, conditions=partial(_may, row))
    return machine


_MACHINES = {approach: build_machine(table) for approach, table in TABLES.items()}


def next_state(
    approach: Approach, state: State, act: Act, who: frozenset[By], missing: frozenset[Impossible] = frozenset()
) -> State | Impossible:
    """Tell where an act leads, or why it cannot be done; ``missing``: what must come first and has not come."""
    matter = _Matter(state)
    try:
        moved = _MACHINES[approach].events[act.value].trigger(matter, who, missing)
    except (MachineError, KeyError):
        return Impossible.STATE
    if moved:
        return State(matter.state)
    rows = (row for row in TABLES[approach] if (row.source, row.act) == (state, act) and row.by in who)
    return next((row.unless for row in rows if row.unless is not None), Impossible.ROLE)


def missing_for(case: Case, *, now: datetime) -> frozenset[Impossible]:
    """Tell what has not come yet that some acts on a case need first."""
    missing = set() if case.outcome in NEEDS_DELIVERY else {Impossible.NO_PROMISE}
    if not case.heard and (case.hear_until is None or case.hear_until > now):
        missing |= {Impossible.UNHEARD_IN_DESIGN, Impossible.UNHEARD_IN_DELIVERY}
    return frozenset(missing)


def advance(
    case: Case, act: Act, who: frozenset[By], *, now: datetime, holder: StaffId | None = None
) -> Case | Impossible:
    """Do an act to a case: the moved case, one version on. ``holder`` is who gets it, or wants it."""
    state = next_state(case.approach, case.state, act, who, missing_for(case, now=now))
    if isinstance(state, Impossible):
        return state
    if state is State.NEW and case.outcome is not None:
        # What came back once stays marked as such when nobody has it again.
        state = State.REOPENED
    if act is Act.SEND_BACK and case.proposal is not None and case.proposal.corrects is not None:
        # What has gone out still holds.
        state = case.proposal.corrects
    # Whatever the holder does says that they keep it; words of a citizen say nothing about that.
    wanted_by = holder if act is Act.WANT else case.wanted_by if act is Act.ANSWER else None
    asleep_until = case.snoozed_until if state is State.SNOOZED else None
    moved = replace(case, state=state, version=case.version + 1, wanted_by=wanted_by, snoozed_until=asleep_until)
    if act in _NEXT_PHASE:
        moved = replace(moved, heard=False, hear_until=None)
    if case.proposal is not None and state is not State.PROPOSED:
        moved = replace(moved, proposal=None)
        if state is State.TAKEN:
            return replace(moved, holder=case.proposal.by, held_at=now)
    if act in _GIVES:
        return replace(moved, holder=holder, held_at=now)
    if act in (Act.RELEASE, Act.EXPIRE, Act.FORWARD) or state is State.REOPENED:
        return replace(moved, holder=None, held_at=None)
    return moved


def what_comes_first(approach: Approach, state: State, act: Act) -> Act | None:
    """Tell which act of the holder leads on to an act that cannot be done yet; None where none does.

    The shortest way counts, so that what a refusal says can be done at once.
    """
    rows = [row for row in TABLES[approach] if row.by is By.HOLDER or row.act is Act.CLAIM]
    ways: list[tuple[State, Act | None]] = [(state, None)]
    seen = {state}
    for place, first in ways:
        if first is not None and any((row.source, row.act) == (place, act) for row in rows):
            return first
        for row in rows:
            if row.source is place and row.dest not in seen:
                seen.add(row.dest)
                ways.append((row.dest, first or row.act))
    return None


def draw_lifecycle(approach: Approach) -> str:
    """Draw the table of an approach as a Mermaid state diagram; an arrow says who does what."""
    arrows = [f"    {row.source} --> {row.dest}: {row.act} ({row.by})" for row in TABLES[approach]]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.NEW}", *arrows])


def owes_decision(case: Case) -> bool:
    """Tell whether the service still owes the contributors a decision."""
    return case.state in UNDECIDED and not (case.proposal is not None and case.proposal.corrects is not None)


def owes_delivery(case: Case) -> bool:
    """Tell whether the service still owes what it said yes to."""
    return case.state in UNDELIVERED and case.outcome in NEEDS_DELIVERY


def owes_news(case: Case) -> bool:
    """Tell whether a promised day holds: by then the contributors hear from us."""
    return owes_decision(case) or owes_delivery(case)
