"""A flow as values: an ordered list of steps, as the reader typed it from YAML.

Order in the file is order in the chat. A branch is ``only_if`` on a step or a group; there is no
jump backwards, so every flow ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialogs.flows.conditions import Condition
from dialogs.ids import FlowId, Language, ServiceId, StepId
from dialogs.texts import LONGEST_IN, Text


class Kind(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    SCALE = "scale"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``other`` asks for a text of the person's own; its id is ``other``."""

    id: str
    text: Text
    other: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Something told, once, when it is reached."""

    id: StepId
    text: Text
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. Bounds: ``low``/``high`` of a number or the ends of a scale, lengths in characters."""

    id: StepId
    kind: Kind
    text: Text
    only_if: Condition | None = None
    optional: bool = False
    sensitive: bool = False
    choices: tuple[Choice, ...] = ()
    low: float | None = None
    high: float | None = None
    min_length: int = 0
    max_length: int = LONGEST_IN
    help: Text | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps under one condition."""

    id: StepId
    steps: tuple["Step", ...]
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """An early end; nothing of what was said is kept."""

    id: StepId
    text: Text
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The list of answers, each of which can be edited, before anything is sent."""

    id: StepId
    text: Text | None = None
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """The end: the answers become a contribution; ``text`` may name {reference} and {promise}."""

    id: StepId
    text: Text
    only_if: Condition | None = None


Step = Say | Ask | Group | Stop | Review | Submit


@dataclass(frozen=True, slots=True)
class Flow:
    """One conversation. ``services``: which it is about; empty means any (a ``services`` question tells)."""

    id: FlowId
    contribution: str
    services: tuple[ServiceId, ...]
    languages: tuple[Language, ...]
    title: Text
    steps: tuple[Step, ...]
    # SHA-256 (hexadecimal) of ``source``, the YAML text that this value was read from.
    sha256: str
    source: str
    by_id: Mapping[StepId, Step]


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Give every step in file order, groups before what they hold."""
    for step in steps:
        yield step
        if isinstance(step, Group):
            yield from walk(step.steps)
