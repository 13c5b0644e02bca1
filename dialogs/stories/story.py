"""A story: what somebody answers in a flow, by the ids of its questions, and what is expected to come of it.

Nothing in it depends on the words or on the order of the questions, so a reworded flow keeps its stories.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from dialogs.flows.answers import AREA
from dialogs.flows.flow import Ask, Flow, Group, Kind, Repeat, Step
from dialogs.flows.position import Position, take_way
from dialogs.flows.session import Answer, Session, Value
from dialogs.ids import FlowId, Language, SessionId, StepId
from dialogs.media import MediaKind

# More are not needed to find any way through a few splits.
_MOST_SESSIONS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is sent, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody answers one question with. Two are equal where the same answer comes of them.

    ``value`` is as an answer holds it, but kinds instead of the ids of media; None: no answer.
    ``note``: own words behind "something else", or those that a person is to read as they were written.
    """

    value: Value | None
    note: str = ""
    media: tuple[MediaKind, ...] = ()
    # What is sent one after another, where the value does not say it.
    parts: tuple[str | MediaKind | Place, ...] = field(default=(), compare=False)


Items = tuple[Mapping[StepId, Told], ...]
Tellings = Mapping[StepId, Told | Items]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to come of a story; what is None or empty may be anything."""

    asked: tuple[StepId, ...] | None = None
    ends_at: StepId | None = None
    all_used: bool = False
    contribution: Tellings = field(default_factory=dict)
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One way through a flow. ``today``: on which day it is played; None: on the day of the test."""

    id: str
    flow: FlowId
    language: Language
    answers: Tellings
    expected: Expected = Expected()
    today: date | None = None
    split: Mapping[StepId, str] = field(default_factory=dict)


def questions(steps: tuple[Step, ...]) -> Iterator[Ask | Repeat]:
    """Give the questions that stand on their own, and the repeats; not what is asked in each item."""
    for step in steps:
        if isinstance(step, Group):
            yield from questions(step.steps)
        elif isinstance(step, Ask | Repeat):
            yield step


def session_for(flow: Flow, split: Mapping[StepId, str]) -> SessionId:
    """Find a conversation that chance sends the ways that a story wants. Raises: LookupError."""
    for number in range(1, _MOST_SESSIONS):
        session = SessionId(number)
        if all(take_way(session, name, flow.splits[name]) == way for name, way in split.items()):
            return session
    raise LookupError("no conversation takes these ways")


def retell(position: Position, session: Session) -> Tellings:
    """Say what was told before a position, as a story says it."""
    told: dict[StepId, Told | Items] = {}
    for spot in position.before:
        if not isinstance(spot.step, Ask):
            continue
        one = told_by(spot.step, session.answers[spot.key])
        if spot.item is None:
            told[spot.key] = one
            continue
        items = told.get(spot.item.repeat.id, ())
        assert isinstance(items, tuple)
        items = (*items, *({} for _ in range(spot.item.number - len(items))))
        told[spot.item.repeat.id] = (*items[:-1], {**items[-1], spot.step.id: one})
    return told


def told_by(ask: Ask, answer: Answer) -> Told:
    """Say an answer as a story says it."""
    kinds = tuple(attachment.kind for attachment in answer.media)
    match ask.kind:
        case Kind.PHOTO | Kind.VOICE if answer.value is not None:
            return Told(tuple(kinds), answer.note, parts=kinds)
        case Kind.LONG_TEXT if answer.value is not None:
            text = str(answer.value)
            return Told(text, answer.note, kinds, (*filter(None, (text,)), *kinds))
        case Kind.LOCATION if found := AREA.fullmatch(str(answer.value)):
            place = Place(float(found["latitude"]), float(found["longitude"]))
            return Told(answer.value, parts=(place,))
        case _:
            return Told(answer.value, answer.note)
