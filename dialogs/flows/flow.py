"""A flow as values: an ordered list of steps, as the reader typed it from YAML.

Order in the file is order in the chat. A branch is ``only_if`` on a step or a group; there is no
jump backwards and no loop but ``repeat`` with its ``most``, so every flow ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from dialogs.dates import Precision
from dialogs.flows.conditions import Condition, Literal, Name, Named, Today
from dialogs.flows.patterns import Pattern
from dialogs.ids import FlowId, Language, ServiceId, StepId
from dialogs.media import MediaKind
from dialogs.texts import LONGEST_IN, Text

# The contribution of a flow in which people offer time, a skill or a room.
OFFER = "offer"

# The id of `{other: true}` among the choices.
OTHER = "other"


# What a question can propose: a value, the answer to an earlier question, or the day.
Proposal = Literal | Name | Today


class Kind(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    SCALE = "scale"
    DATE = "date"
    PHOTO = "photo"
    VOICE = "voice"
    LOCATION = "location"
    SERVICES = "services"


class Then(StrEnum):
    """What is offered to somebody who is stuck: to go on without an answer, or a person who reads their words."""

    SKIP = "skip"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``other`` asks for a text of the person's own; its id is ``other``."""

    id: str
    text: Text
    other: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold of an answer that fits its kind, and what is said where it does not."""

    must: Condition
    otherwise: Text


@dataclass(frozen=True, slots=True)
class AfterWrong:
    """What is said after an answer that does not fit: at first the hint, then the example, then a way on."""

    hint: Text | None = None
    example: Text | None = None
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Something told, once, when it is reached."""

    id: StepId
    text: Text
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. Bounds: ``low``/``high`` of a number, the ends of a scale, how many may be picked or sent.

    Lengths are in characters. ``area_m``: the side of the square, in metres, to which a place is rounded.
    """

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
    accept: tuple[MediaKind, ...] = ()
    precision: Precision = Precision.DAY
    area_m: int = 1000
    matches: Pattern | None = None
    check: Rule | None = None
    after_wrong: AfterWrong = AfterWrong()
    # Which services can be chosen; empty: all of the town.
    services: tuple[ServiceId, ...] = ()
    # What is proposed as the answer; the person may keep it.
    prefill: Proposal | None = None
    help: Text | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps under one condition. A part that the flow uses is a group, too."""

    id: StepId
    steps: tuple["Step", ...]
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that are gone through for one item after another, ``least`` to ``most`` times.

    ``item`` names one of them, with its place {n}. ``another`` asks whether there is a further one, ``first``
    whether there is any.
    """

    id: StepId
    steps: tuple["Step", ...]
    least: int
    most: int
    item: Text
    another: Text
    first: Text | None = None
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


Step = Say | Ask | Group | Repeat | Stop | Review | Submit


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that several flows can use: a file of its own."""

    id: StepId
    languages: tuple[Language, ...]
    steps: tuple[Step, ...]
    source: str
    # What its questions are called in conditions, and which of them are asked anew in each item of a repeat.
    names: Mapping[StepId, Named]
    inside: Mapping[str, str]
    tells_service: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """One conversation. ``services``: which it is about; empty means any (a ``services`` question tells).

    ``splits``: names that conditions may ask, each with the ways of which a conversation takes one by chance.
    """

    id: FlowId
    contribution: str
    services: tuple[ServiceId, ...]
    languages: tuple[Language, ...]
    title: Text
    steps: tuple[Step, ...]
    # SHA-256 (hexadecimal) of ``source``, the YAML text that this value was read from, and of its parts.
    sha256: str
    source: str
    by_id: Mapping[StepId, Step]
    # The sources of the parts that it uses, by their ids.
    parts: Mapping[StepId, str] = field(default_factory=dict)
    splits: Mapping[StepId, tuple[str, ...]] = field(default_factory=dict)
    # Silences after which the person is reminded, and after which the draft is deleted.
    remind_after: tuple[timedelta, ...] = ()
    expire_after: timedelta | None = None


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Give every step in file order, groups and repeats before what they hold."""
    for step in steps:
        yield step
        if isinstance(step, Group | Repeat):
            yield from walk(step.steps)


def once(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Give every step that is gone through at most once: those of a repeat are left out."""
    for step in steps:
        yield step
        if isinstance(step, Group):
            yield from once(step.steps)
