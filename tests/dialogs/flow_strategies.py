"""Flows and people made by chance: what Hypothesis plays with the engine."""

from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from bot.configuration import load_voices
from dialogs.events import Answering, LocationSent, MediaSent, Pressed, TextSent, Unreadable
from dialogs.flows import engine
from dialogs.flows.answers import Scene
from dialogs.flows.ask_reader import SHAPES
from dialogs.flows.condition_compiler import compile_condition
from dialogs.flows.conditions import Condition, Name, Named, Shape
from dialogs.flows.flow import Ask, Choice, Flow, Group, Kind, Repeat, Review, Rule, Say, Step, Stop, Submit, walk
from dialogs.flows.session import Session
from dialogs.flows.turn import Turn
from dialogs.ids import FlowId, Language, MediaId, ServiceId, SessionId, StepId, VersionId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Message
from dialogs.presses import OptionPress, pack
from dialogs.texts import Text
from storage.codec import pack_answers, unpack_session

VOICES = load_voices()
EN, ES = Language("en"), Language("es")
SERVICES: dict[ServiceId, Text] = {ServiceId(f"s{n}"): {EN: f"Service {n}", ES: f"Servicio {n}"} for n in range(10)}
TODAY = date(2027, 5, 3)
SCENE = Scene(VOICES[EN], (VOICES[EN], VOICES[ES]), SERVICES, TODAY)

_CHOICES = ("red", "green", "blue", *(f"c{n}" for n in range(9)))


def both(text: str) -> Text:
    """Say the same in both languages."""
    return {EN: text, ES: text}


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Make a flow that the reader could have read: conditions look back, and its end is hidden by nothing."""
    asked: dict[StepId, Named] = {}
    splits = {StepId("way"): ("a", "b")} if draw(st.booleans()) else {}
    asked |= {name: Named(Shape.CHOICE, ways) for name, ways in splits.items()}
    steps: list[Step] = [draw(_asks(StepId("q0"), asked))]
    steps += [draw(_steps(number, asked)) for number in range(1, draw(st.integers(1, 6)))]
    if draw(st.booleans()):
        steps.append(Review(StepId("review")))
    steps.append(Submit(StepId("send"), both("Thank you: {reference}")))
    return replace(flow_of(*steps), splits=splits)


def flow_of(*steps: Step) -> Flow:
    """Make a flow of steps."""
    by_id = {step.id: step for step in walk(steps)}
    return Flow(FlowId("f"), "idea", (), (EN, ES), both("A flow"), steps, "0", "", by_id)


@st.composite
def _steps(draw: st.DrawFn, number: int, asked: dict[StepId, Named]) -> Step:
    only_if = draw(_conditions(asked))
    verb: str = draw(st.sampled_from(("ask", "ask", "ask", "say", "group", "repeat", "stop")))
    match verb:
        case "say":
            return Say(StepId(f"say{number}"), both("Now more of it."), only_if)
        case "stop" if only_if is not None:
            return Stop(StepId(f"stop{number}"), both("That is all."), only_if=only_if)
        case "group":
            return Group(StepId(f"group{number}"), draw(_inside(f"g{number}_", asked)), only_if)
        case "repeat":
            return replace(draw(_repeats(number, asked)), only_if=only_if)
        case _:
            return replace(draw(_asks(StepId(f"q{number}"), asked)), only_if=only_if)


@st.composite
def _inside(draw: st.DrawFn, prefix: str, asked: dict[StepId, Named]) -> tuple[Step, ...]:
    return tuple(
        replace(draw(_asks(StepId(f"{prefix}{place}"), asked)), only_if=draw(_conditions(asked)) if place else None)
        for place in range(draw(st.integers(1, 2)))
    )


@st.composite
def _repeats(draw: st.DrawFn, number: int, asked: dict[StepId, Named]) -> Repeat:
    least, more = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    inner = dict(asked)
    steps = draw(_inside(f"r{number}_", inner))
    id = StepId(f"repeat{number}")
    asked[id] = Named(Shape.MANY)
    most = max(1, least + more)
    return Repeat(id, steps, least, most, both("Step {n}"), both("Another?"), both("Any?"))


@st.composite
def _asks(draw: st.DrawFn, id: StepId, asked: dict[StepId, Named]) -> Ask:
    kind: Kind = draw(st.sampled_from(Kind))
    names = "".join(f" {{{name}}}" for name in list(asked)[-1:])
    ask = Ask(id, kind, both(f"What about {id}?{names}"), optional=draw(st.booleans()))
    ask = draw(_rules(ask))
    ids = tuple(SERVICES) if kind is Kind.SERVICES else tuple(choice.id for choice in ask.choices)
    same = [name for name, named in asked.items() if named.shape is SHAPES[kind] and kind in _PROPOSED]
    proposes: bool = draw(st.booleans())
    if same and proposes:
        ask = replace(ask, prefill=Name(same[-1]))
    asked[id] = Named(SHAPES[kind], ids)
    return ask


_PROPOSED = (Kind.TEXT, Kind.NUMBER, Kind.YES_NO, Kind.DATE)


@st.composite
def _rules(draw: st.DrawFn, ask: Ask) -> Ask:
    match ask.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            accept = (MediaKind.VOICE,) if ask.kind is Kind.LONG_TEXT and draw(st.booleans()) else ()
            return replace(ask, min_length=draw(st.integers(0, 4)), max_length=draw(st.integers(5, 40)), accept=accept)
        case Kind.CHOICE | Kind.CHOICES:
            ids = _CHOICES[: draw(st.integers(2, len(_CHOICES)))]
            other = [Choice("other", both("Something else"), other=True)] if draw(st.booleans()) else []
            return replace(ask, choices=(*(Choice(one, both(one)) for one in ids), *other))
        case Kind.NUMBER:
            must = compile_condition(f"{ask.id} != 3", {ask.id: Named(Shape.NUMBER)})
            rule = Rule(must, both("Not three, please.")) if draw(st.booleans()) else None
            return replace(ask, low=0.0, high=9.0, check=rule) if draw(st.booleans()) else ask
        case Kind.SCALE:
            return replace(ask, low=1.0, high=5.0)
        case Kind.SERVICES | Kind.PHOTO:
            return replace(ask, high=draw(st.sampled_from((None, 1.0, 2.0))))
        case Kind.YES_NO | Kind.DATE | Kind.VOICE | Kind.LOCATION:
            return ask


@st.composite
def _conditions(draw: st.DrawFn, asked: dict[StepId, Named]) -> Condition | None:
    if not asked:
        return None
    name = draw(st.sampled_from(list(asked)))
    terms = {
        Shape.TEXT: f"length({name}) > 3",
        Shape.CHOICE: f"{name} == '{next(iter(asked[name].ids), '')}'",
        Shape.FLAG: name,
        Shape.NUMBER: f"{name} < 3",
        Shape.DATE: f"{name} < today()",
        Shape.MANY: f"count({name}) > 1",
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
    sent: Unreadable | MediaSent | LocationSent | None = None
    early: bool = False


PHOTO = Media(Attachment(MediaId("a_photo"), MediaKind.PHOTO), b"jpeg")
VOICE = Media(Attachment(MediaId("a_voice"), MediaKind.VOICE, 7), b"ogg")
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
    *("continue", "a person", "yesterday", "3.5.2026", "May 2026", "no, that was all", "1, 2", "red, green"),
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
            st.sampled_from(
                ["d", "k", "y", "b", "x", "g", "h", "c", "w", "r", "e", "p1", "e1", "e99", "0", "1", "7", "p٣"]
            ),
            st.text(max_size=6),
        ),
    ),
    st.builds(Input, text=st.text(max_size=30)),
    st.sampled_from(
        [
            Input(sent=Unreadable("sticker")),
            Input(sent=Unreadable("failed")),
            Input(sent=MediaSent(PHOTO, "Look")),
            Input(sent=MediaSent(VOICE)),
            Input(sent=LocationSent(40.7128, -74.006)),
        ]
    ),
)


def new_session() -> Session:
    """Begin with the greatest id there can be."""
    return Session(SessionId(36**11 - 1), VersionId(1))


def event_of(done: Input, session: Session, shown: list[Message]) -> Answering:
    """Make the event that somebody's doing comes in as."""
    if done.sent is not None:
        return done.sent
    if done.forged is not None:
        return Pressed(pack(OptionPress(session.id, session.turn, done.forged)))
    if done.tap is None:
        return TextSent(done.text)
    prompt = shown[max(0, len(shown) - 1 - done.turns_ago)]
    buttons = [button for row in prompt.buttons for button in row]
    return Pressed(buttons[done.tap % len(buttons)].data if buttons else "")


def written_and_read(session: Session) -> Session:
    """Take a session through the form in which the database keeps it."""
    bare = replace(session, answers={}, cancelling=False, tries=0, rejected="")
    return unpack_session(pack_answers(session), bare)


def tap(flow: Flow, session: Session, option: str) -> Turn:
    """Press an option of the newest prompt."""
    press = pack(OptionPress(session.id, session.turn, option))
    return engine.take_turn(flow, session, Pressed(press), SCENE, early=False)


def write(flow: Flow, session: Session, text: str, *, early: bool = False) -> Turn:
    """Write a text."""
    return engine.take_turn(flow, session, TextSent(text), SCENE, early=early)
