"""Where somebody is in a flow, derived from their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialogs.flows.conditions import holds
from dialogs.flows.flow import Ask, Flow, Group, Review, Say, Step, Stop, Submit
from dialogs.flows.session import Answer, Value
from dialogs.ids import StepId


@dataclass(frozen=True, slots=True)
class Position:
    """The first visible step without a closed answer, and what lies before it."""

    step: Ask | Say | Stop | Review | Submit
    # Visible questions before it that were answered or skipped, in file order.
    before: tuple[Ask, ...]
    # The answers that count: visible and given.
    given: Mapping[StepId, Value]


def find_position(flow: Flow, answers: Mapping[StepId, Answer]) -> Position:
    """Find the first visible step without a closed answer.

    Every flow ends in a submit that nothing hides (the reader sees to it), so there always is one.
    """
    given: dict[StepId, Value] = {}
    before: list[Ask] = []
    for step in _visible(flow.steps, given):
        answer = answers.get(step.id)
        if answer is None or answer.open:
            return Position(step, tuple(before), dict(given))
        if isinstance(step, Ask):
            before.append(step)
            if answer.value is not None:
                given[step.id] = answer.value
    raise ValueError(f"the flow {flow.id} has no end")


def _visible(steps: tuple[Step, ...], given: dict[StepId, Value]) -> Iterator[Ask | Say | Stop | Review | Submit]:
    # ``given`` fills up while this runs: a condition sees the visible answers before it and no others.
    for step in steps:
        if step.only_if is not None and not holds(step.only_if, given):
            continue
        if isinstance(step, Group):
            yield from _visible(step.steps, given)
        else:
            yield step
