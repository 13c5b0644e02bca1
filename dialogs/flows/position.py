"""Where somebody is in a flow, derived from their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from dialogs.flows.conditions import holds
from dialogs.flows.flow import Ask, Flow, Group, Repeat, Review, Say, Step, Stop, Submit
from dialogs.flows.session import Answer, Session, Value, key_in
from dialogs.ids import SessionId, StepId


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a repeat; ``number`` counts from 1."""

    repeat: Repeat
    id: str
    number: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A step where it stands: on its own, or in an item. A repeat as a step asks whether there is another item."""

    key: StepId
    step: Ask | Say | Repeat | Stop | Review | Submit
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The first visible step without a closed answer, and what lies before it."""

    spot: Spot
    # Visible questions before it that were answered or skipped, in file order.
    before: tuple[Spot, ...]
    # The answers that count: visible and given, by their keys; and which way was taken at each split.
    given: Mapping[StepId, Value]

    def scope(self, spot: Spot) -> Mapping[StepId, StepId]:
        """Name, for each question that a text at a spot may quote, the key of its answer."""
        outer = {key: key for key in self.given}
        if spot.item is None:
            return outer
        prefix = key_in(spot.item.repeat.id, spot.item.id, StepId(""))
        return outer | {StepId(key.removeprefix(prefix)): key for key in self.given if key.startswith(prefix)}


def find_position(flow: Flow, session: Session, today: date) -> Position:
    """Find the first visible step without a closed answer.

    Every flow ends in a submit that nothing hides (the reader sees to it), so there always is one.
    """
    answers = session.answers
    given: dict[StepId, Value] = {name: take_way(session.id, name, ways) for name, ways in flow.splits.items()}
    before: list[Spot] = []
    for spot in _visible(flow.steps, answers, given, today):
        answer = answers.get(spot.key)
        if answer is None or answer.open:
            return Position(spot, tuple(before), given)
        if isinstance(spot.step, Ask | Repeat):
            before.append(spot)
    raise ValueError(f"the flow {flow.id} has no end")


def items_of(repeat: Repeat, answers: Mapping[StepId, Answer]) -> tuple[str, ...]:
    """Name the items of a repeat: those that were begun, and as many more as there must be."""
    answer = answers.get(repeat.id)
    begun = answer.value if answer is not None and isinstance(answer.value, tuple) else ()
    while len(begun) < repeat.least:
        begun = (*begun, next_item(begun))
    return begun


def next_item(begun: tuple[str, ...]) -> str:
    """Name an item that was not there before."""
    return str(max(map(int, begun), default=0) + 1)


def take_way(session: SessionId, name: StepId, ways: tuple[str, ...]) -> str:
    """Choose a way at a split: by chance, and the same for a conversation whenever it is asked."""
    drawn = sha256(f"{session}:{name}".encode()).digest()
    return ways[int.from_bytes(drawn[:4], "big") % len(ways)]


def _visible(
    steps: tuple[Step, ...],
    answers: Mapping[StepId, Answer],
    scope: dict[StepId, Value],
    today: date,
    *,
    item: Item | None = None,
) -> Iterator[Spot]:
    # ``scope`` fills up while this runs: a condition sees the visible answers before it and no others.
    for step in steps:
        if step.only_if is not None and not holds(step.only_if, scope, today=today):
            continue
        match step:
            case Group():
                yield from _visible(step.steps, answers, scope, today, item=item)
            case Repeat():
                yield from _items(step, answers, scope, today)
            case _:
                key = step.id if item is None else key_in(item.repeat.id, item.id, step.id)
                yield Spot(key, step, item)
                _take(scope, step, step.id, answers.get(key))


def _items(repeat: Repeat, answers: Mapping[StepId, Answer], given: dict[StepId, Value], today: date) -> Iterator[Spot]:
    items = items_of(repeat, answers)
    for number, id in enumerate(items, 1):
        # What is asked anew in each item is known by its short name in that item only.
        scope = dict(given)
        for spot in _visible(repeat.steps, answers, scope, today, item=Item(repeat, id, number)):
            yield spot
            _take(given, spot.step, spot.key, answers.get(spot.key))
    if len(items) < repeat.most:
        yield Spot(repeat.id, repeat)
    if items:
        given[repeat.id] = items


def _take(given: dict[StepId, Value], step: Step, key: StepId, answer: Answer | None) -> None:
    # What was only told or looked over is noted beside the answers, and is none.
    if isinstance(step, Ask) and answer is not None and not answer.open and answer.value is not None:
        given[key] = answer.value
