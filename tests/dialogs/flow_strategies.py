"""Flows and people made by chance: what Hypothesis plays with the engine."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bot.configuration import load_voices
from dialogs.events import Pressed, TextSent, Unreadable
from dialogs.flows import engine
from dialogs.flows.answers import Scene
from dialogs.flows.conditions import Condition, Named, Shape, compile_condition
from dialogs.flows.flow import Ask, Choice, Flow, Group, Kind, Review, Say, Step, Stop, Submit, walk
from dialogs.flows.session import Session
from dialogs.ids import FlowId, Language, ServiceId, SessionId, StepId, VersionId
from dialogs.message import Message
from dialogs.presses import OptionPress, pack
from dialogs.texts import Text
from storage.codec import pack_answers, unpack_answers

VOICES = load_voices()
EN, ES = Language("en"), Language("es")
SERVICES: dict[ServiceId, Text] = {ServiceId(f"s{n}"): {EN: f"Service {n}", ES: f"Servicio {n}"} for n in range(10)}
SCENE = Scene(VOICES[EN], (VOICES[EN], VOICES[ES]), SERVICES)
EVENT = TextSent | Pressed | Unreadable

_SHAPES = {
    Kind.TEXT: Shape.TEXT,
    Kind.LONG_TEXT: Shape.TEXT,
    Kind.CHOICE: Shape.CHOICE,
    Kind.YES_NO: Shape.FLAG,
    Kind.NUMBER: Shape.NUMBER,
    Kind.SCALE: Shape.NUMBER,
    Kind.SERVICES: Shape.MANY,
}
_CHOICES = ("red", "green", "blue", *(f"c{n}" for n in range(9)))


def both(text: str) -> Text:
    """Say the same in both languages."""
    return {EN: text, ES: text}


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Make a flow that the reader could have read: conditions look back, and its end is hidden by nothing."""
    asked: dict[StepId, Named] = {}
    steps: list[Step] = [draw(_asks(StepId("q0"), asked))]
    steps += [draw(_steps(number, asked)) for number in range(1, draw(st.integers(1, 6)))]
    if draw(st.booleans()):
        steps.append(Review(StepId("review")))
    steps.append(Submit(StepId("send"), both("Thank you: {reference}")))
    return flow_of(*steps)


def flow_of(*steps: Step) -> Flow:
    """Make a flow of steps."""
    by_id = {step.id: step for step in walk(steps)}
    return Flow(FlowId("f"), "idea", (), (EN, ES), both("A flow"), steps, "0", "", by_id)


@st.composite
def _steps(draw: st.DrawFn, number: int, asked: dict[StepId, Named]) -> Step:
    only_if = draw(_conditions(asked))
    verb: str = draw(st.sampled_from(("ask", "ask", "ask", "say", "group", "stop")))
    match verb:
        case "say":
            return Say(StepId(f"say{number}"), both("Now more of it."), only_if)
        case "stop" if only_if is not None:
            return Stop(StepId(f"stop{number}"), both("That is all."), only_if=only_if)
        case "group":
            inside = [draw(_asks(StepId(f"g{number}_{place}"), asked)) for place in range(draw(st.integers(1, 2)))]
            return Group(StepId(f"group{number}"), tuple(inside), only_if)
        case _:
            return replace(draw(_asks(StepId(f"q{number}"), asked)), only_if=only_if)


@st.composite
def _asks(draw: st.DrawFn, id: StepId, asked: dict[StepId, Named]) -> Ask:
    kind: Kind = draw(st.sampled_from(Kind))
    names = "".join(f" {{{name}}}" for name in list(asked)[-1:])
    ask = Ask(id, kind, both(f"What about {id}?{names}"), optional=draw(st.booleans()))
    ids: tuple[str, ...] = ()
    match kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            ask = replace(ask, min_length=draw(st.integers(0, 4)), max_length=draw(st.integers(5, 40)))
        case Kind.CHOICE:
            ids = _CHOICES[: draw(st.integers(2, len(_CHOICES)))]
            other = [Choice("other", both("Something else"), other=True)] if draw(st.booleans()) else []
            ask = replace(ask, choices=(*(Choice(one, both(one)) for one in ids), *other))
        case Kind.NUMBER:
            ask = replace(ask, low=0.0, high=9.0) if draw(st.booleans()) else ask
        case Kind.SCALE:
            ask = replace(ask, low=1.0, high=5.0)
        case Kind.SERVICES:
            ids = tuple(SERVICES)
            ask = replace(ask, high=draw(st.sampled_from((None, 1.0, 2.0))))
        case Kind.YES_NO:
            pass
    asked[id] = Named(_SHAPES[kind], ids)
    return ask


@st.composite
def _conditions(draw: st.DrawFn, asked: dict[StepId, Named]) -> Condition | None:
    name = draw(st.sampled_from(list(asked)))
    terms = {
        Shape.TEXT: f"length({name}) > 3",
        Shape.CHOICE: f"{name} == 'red'",
        Shape.FLAG: name,
        Shape.NUMBER: f"{name} < 3",
        Shape.MANY: f"'s1' in {name}",
    }
    term = terms[asked[name].shape]
    source = draw(st.sampled_from((None, term, f"not ({term})", f"answered({name})")))
    return None if source is None else compile_condition(source, asked, later=frozenset())


@dataclass(frozen=True, slots=True)
class Input:
    """What somebody does next: a text, or a tap on a button of a prompt that many turns ago, or a forged option."""

    text: str = ""
    tap: int | None = None
    turns_ago: int = 0
    forged: str | None = None
    sticker: bool = False
    early: bool = False


_WORDS = [
    *(
        "yes",
        "no",
        "back",
        "skip",
        "done",
        "edit",
        "edit 1",
        "edit 99",
        "keep",
        "help",
        "why",
        "cancel",
        "send",
        "atrás",
    ),
    *("1", "2", "3", "-7", "2,5", "12", "red", "Something else", "s1", "s1, s2", "service 3", "hello there", "", " "),
    *("9" * 5000, "٣", "x" * 41, "edit " + "9" * 5000, "👨‍👩‍👧" * 5),
]
INPUTS = st.one_of(
    st.builds(Input, text=st.sampled_from(_WORDS), early=st.integers(0, 4).map(lambda n: n == 0)),
    st.builds(Input, tap=st.integers(0, 12)),
    st.builds(Input, tap=st.integers(0, 12)),
    st.builds(Input, tap=st.integers(0, 12), turns_ago=st.integers(0, 3)),
    st.builds(
        Input,
        forged=st.one_of(
            st.sampled_from(["d", "k", "y", "b", "x", "g", "p1", "e1", "e99", "0", "7", "p٣"]), st.text(max_size=6)
        ),
    ),
    st.builds(Input, text=st.text(max_size=30)),
    st.just(Input(sticker=True)),
)


def new_session() -> Session:
    """Begin with the greatest id there can be."""
    return Session(SessionId(36**11 - 1), VersionId(1))


def event_of(done: Input, session: Session, shown: list[Message]) -> EVENT:
    """Make the event that somebody's doing comes in as."""
    if done.sticker:
        return Unreadable("sticker")
    if done.forged is not None:
        return Pressed(pack(OptionPress(session.id, session.turn, done.forged)))
    if done.tap is None:
        return TextSent(done.text)
    prompt = shown[max(0, len(shown) - 1 - done.turns_ago)]
    buttons = [button for row in prompt.buttons for button in row]
    return Pressed(buttons[done.tap % len(buttons)].data if buttons else "")


def written_and_read(session: Session) -> Session:
    """Take a session through the form in which the database keeps it."""
    answers, cancelling = unpack_answers(pack_answers(session))
    return replace(session, answers=answers, cancelling=cancelling)


def tap(flow: Flow, session: Session, option: str) -> engine.Turn:
    """Press an option of the newest prompt."""
    press = pack(OptionPress(session.id, session.turn, option))
    return engine.take_turn(flow, session, Pressed(press), SCENE, early=False)


def write(flow: Flow, session: Session, text: str, *, early: bool = False) -> engine.Turn:
    """Write a text."""
    return engine.take_turn(flow, session, TextSent(text), SCENE, early=early)
