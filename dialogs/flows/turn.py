"""What one event comes to: the session as it goes on, and what is said up to the next question or the end."""

from dataclasses import dataclass, replace

from dialogs.flows import prompt
from dialogs.flows.answers import Scene
from dialogs.flows.checking import Wrong, check_answer
from dialogs.flows.conditions import Literal, Name, Today
from dialogs.flows.flow import Ask, Flow, Repeat, Review, Say, Stop, Submit
from dialogs.flows.moving import Newer, move, tell_change
from dialogs.flows.position import Position, Spot, find_position
from dialogs.flows.session import Answer, Session, Value, question_of
from dialogs.media import Media
from dialogs.message import Message, say
from dialogs.texts import LONGEST_OUT, units

# What a channel may add to a text when it shows it.
_MARGIN = 200


@dataclass(frozen=True, slots=True)
class Submitted:
    """The person sent their answers; ``step`` holds the words of the receipt."""

    step: Submit
    position: Position


@dataclass(frozen=True, slots=True)
class Stopped:
    """The flow ended early, at ``step``; what was said before it is to be forgotten."""

    step: Stop
    position: Position


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person stopped; what they said is to be forgotten."""


End = Submitted | Stopped | Cancelled


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event came to. The last message is the prompt, where the flow goes on."""

    session: Session
    messages: tuple[Message, ...] = ()
    end: End | None = None
    toast: str = ""
    # Sent with this event, and part of an answer now.
    kept: Media | None = None


@dataclass(frozen=True, slots=True)
class At:
    """Where a turn happens: the flow and the scene, and the position that the event found.

    ``newer``: the version that the person moves to before the next question is put.
    """

    flow: Flow
    scene: Scene
    position: Position
    newer: Newer | None = None

    @property
    def spot(self) -> Spot:
        """Give the step where the person is."""
        return self.position.spot


def go_on(
    at: At,
    session: Session,
    *,
    lead: tuple[str, ...] = (),
    page: int = 0,
    writing: bool = False,
) -> Turn:
    """Tell what is to be told, up to the next question or the end."""
    flow, scene = at.flow, at.scene
    # What is being written comes in several messages: nothing else is asked in between.
    newer = None if writing else at.newer
    session = replace(session, turn=session.turn + 1, cancelling=False)
    told: list[Message] = []
    while True:
        position = find_position(flow, session, scene.today)
        spot = position.spot
        match spot.step:
            case Say(_, text):
                told.append(say(*lead, prompt.fill_in(text, spot, position, session, scene)))
                lead, session = (), session.answered(spot.key, Answer(value=True))
            case Stop() as step:
                told.append(say(*lead, prompt.fill_in(step.text, spot, position, session, scene)))
                return Turn(session, joined(told), Stopped(step, position))
            case Submit() as step:
                if (bad := _first_bad(position, session, scene)) is None:
                    return Turn(session, tuple(told), Submitted(step, position))
                session, lead = session.reopened(bad[0].key), (scene.voice("submit.again"), bad[1].hint)
            case Ask() | Review() | Repeat() if newer is not None:
                if (moved := move(session, flow, newer, scene)) is not None:
                    flow, session = newer.flow, moved.session
                    lead = (*lead, *tell_change(moved, flow, scene))
                newer = None
            case Ask() | Review() | Repeat():
                session = _put(spot, position, session, scene)
                told.append(prompt.ask(position, session, scene, lead=lead, page=page, writing=writing))
                return Turn(session, joined(told))


def joined(told: list[Message]) -> tuple[Message, ...]:
    """Say in one message what fits into one: a phone that rings twice for one question is a nuisance."""
    blocks = tuple(block for message in told for block in message.blocks)
    whole = replace(told[-1], blocks=blocks)
    return (whole,) if units(whole.plain()) <= LONGEST_OUT - _MARGIN else tuple(told)


def _first_bad(position: Position, session: Session, scene: Scene) -> tuple[Spot, Wrong] | None:
    for spot in position.before:
        if not isinstance(spot.step, Ask):
            continue
        given = prompt.values_at(position, spot) if spot.step.check else {}
        if (wrong := check_answer(spot.step, session.answers[spot.key], given, scene)) is not None:
            return spot, wrong
    return None


def _put(spot: Spot, position: Position, session: Session, scene: Scene) -> Session:
    """Note that a question is put, and propose the answer that it comes with."""
    question = question_of(spot.key)
    if question not in session.asked and not isinstance(spot.step, Review):
        session = replace(session, asked=(*session.asked, question))
    if not isinstance(spot.step, Ask) or spot.step.prefill is None or spot.key in session.answers:
        return session
    proposed = Answer(_proposal(spot.step, spot, position, scene), open=True, taken_up=True)
    fits = (
        proposed.value is not None
        and check_answer(spot.step, proposed, prompt.values_at(position, spot), scene) is None
    )
    return session.answered(spot.key, proposed) if fits else session


def _proposal(step: Ask, spot: Spot, position: Position, scene: Scene) -> Value | None:
    match step.prefill:
        case Literal(value) if not isinstance(value, tuple):
            return value
        case Name(id):
            return prompt.values_at(position, spot).get(id)
        case Today():
            return scene.today.isoformat()
        case _:
            return None
