"""What Hypothesis lets happen in a whole house: people who answer anyhow, and a world that fails them at every turn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from hashlib import sha256

from hypothesis import strategies as st

from bot.channel import NotSent, SendingFailed, Throttled, Unknown
from dialogs.events import Answering, LocationSent, MediaSent, Pressed, Started, TextSent, Unreadable
from dialogs.flows import prompt
from dialogs.flows.condition_compiler import compile_condition
from dialogs.flows.conditions import Named, Shape
from dialogs.flows.flow import Ask, Flow, Kind, Repeat, Review, Stop, Submit
from dialogs.flows.position import find_position
from dialogs.flows.session import Session
from dialogs.ids import MediaId, StepId
from dialogs.installation import Approach, Installation, Service
from dialogs.media import Media
from dialogs.message import Message
from dialogs.presses import OptionPress, pack
from dialogs.texts import clean
from dialogs.town import Town
from tests.dialogs.flow_strategies import EN, ES, INPUTS, PHOTO, SERVICES, VOICE, Input, both, flow_of, flows
from tests.stage import starter_town

# What somebody says at any time, beside what the questions are about.
_WORDS = ["cancel", "cancel", "yes", "pause", "status", "language", "Español", "privacy", "forget", "forget everything"]
_WORDS += ["start", "/start", "help", "continue"]
_SILENCES = [timedelta(minutes=2), timedelta(hours=9), timedelta(days=1, hours=3), timedelta(days=5)]
_SILENCES += [timedelta(days=28), timedelta(days=45)]


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody does, and what becomes of it on the way. ``input`` None: they answer what they are asked."""

    input: Input | None
    # Whether there are words of their own in it, by which they are known.
    marked: bool
    who: int = 0
    copies: int = 1
    # The next thing happens at the same moment, or this one arrives after it.
    at_once: bool = False
    swapped: bool = False
    # It arrives while what was said before is on its way to the person.
    in_air: bool = False
    # The house falls over in the middle of the turn, or after it.
    falls: bool = False
    restarts: bool = False
    failures: tuple[str, ...] = ()
    silence: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """One play: a flow, where it is played, and what everybody does."""

    flow: Flow
    on_web: bool
    doings: list[Doing]


def _seldom(of: int) -> st.SearchStrategy[bool]:
    return st.integers(0, of - 1).map(lambda n: n == of - 1)


DOINGS = st.builds(
    Doing,
    input=st.one_of(st.none(), st.none(), INPUTS, st.sampled_from(_WORDS).map(lambda word: Input(text=word))),
    marked=st.booleans(),
    who=_seldom(4).map(int),
    copies=st.sampled_from([1, 1, 1, 2, 3]),
    at_once=_seldom(6),
    swapped=_seldom(6),
    in_air=_seldom(6),
    falls=_seldom(8),
    restarts=_seldom(8),
    failures=st.one_of(
        st.just(()), st.lists(st.sampled_from(["not sent", "lost", "throttled"]), max_size=3).map(tuple)
    ),
    silence=st.one_of(st.none(), st.none(), st.none(), st.none(), st.sampled_from(_SILENCES)),
)
_PLANS = st.sampled_from([((), None), ((timedelta(days=1), timedelta(days=4)), timedelta(days=30))])


@st.composite
def chances(draw: st.DrawFn) -> Chance:
    """Make a play."""
    remind_after, expire_after = draw(_PLANS)
    flow = replace(draw(flows()), remind_after=remind_after, expire_after=expire_after)
    # It was read from no text, so it is told from others by what it is.
    flow = replace(flow, sha256=sha256(repr(flow).encode()).hexdigest())
    return Chance(flow, draw(st.booleans()), draw(st.lists(DOINGS, min_size=5, max_size=25)))


def found_before() -> list[Chance]:
    """Give what chance found once: a little play for each fault that was mended since."""
    text, end = Ask(StepId("q0"), Kind.TEXT, both("q0?")), Submit(StepId("send"), both("Thank you: {reference}"))
    photo = Ask(StepId("q0"), Kind.PHOTO, both("q0?"))
    told = compile_condition("answered(q0)", {text.id: Named(Shape.TEXT)})
    stops = flow_of(text, Stop(StepId("stop"), both("That is all."), only_if=told), end)
    answer, words = Doing(None, marked=True), Doing(Input(text="hello there"), marked=True)
    forget = Doing(Input(text="forget everything"), marked=False)
    return [
        # The photo that was the last answer was lost.
        Chance(flow_of(photo, end), on_web=False, doings=[answer, answer]),
        # The words that ended a conversation stayed in the web chat that had been emptied.
        Chance(stops, on_web=True, doings=[answer, answer]),
        # Of two messages at once that were kept for later, one was lost (PostgreSQL).
        *[Chance(flow_of(text, end), on_web=True, doings=[words, replace(words, at_once=True), words])] * 3,
        # Words were read back to somebody who had been forgotten at the same moment.
        Chance(flow_of(text, end), on_web=False, doings=[words, replace(words, at_once=True), forget]),
    ]


@cache
def _installation() -> Installation:
    starter = starter_town().installation
    queue = next(iter(starter.queues))
    services = {id: Service(id, name, Approach.SERVICE_MANAGEMENT, queue) for id, name in SERVICES.items()}
    return replace(starter, languages=(EN, ES), services=services)


def town_of(flow: Flow) -> Town:
    """Make a town in which there is one flow."""
    return Town(replace(_installation(), flows={flow.id: flow}), starter_town().voices)


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a person's words and photos are known, wherever they are."""

    word: str
    photo: str

    def are_in(self, text: str) -> bool:
        return self.word in text or self.photo in text


def failures_of(names: Sequence[str]) -> list[SendingFailed]:
    """Make the failures of a channel."""
    made = {"not sent": NotSent("no"), "lost": Unknown("the answer was lost"), "throttled": Throttled(3)}
    return [made[name] for name in names]


def event_of(
    doing: Doing, session: Session | None, shown: Sequence[Message], marks: Marks, *, number: int
) -> Answering | Started:
    """Make the event that somebody's doing comes in as. ``shown``: the prompts in their chat, the newest first."""
    done = doing.input or Input()
    if isinstance(done.sent, MediaSent):
        return _media(done.sent.media, marks, number, caption=f"{marks.word} look" if doing.marked else "")
    if isinstance(done.sent, LocationSent):
        return replace(done.sent, name=marks.word if doing.marked else "")
    if done.sent is not None:
        return done.sent
    if done.forged is not None:
        id, turn = (session.id, session.turn) if session else (0, 0)
        return Pressed(clean(pack(OptionPress(id, turn, done.forged))))
    if done.tap is not None:
        prompt_seen = shown[min(done.turns_ago, len(shown) - 1)] if shown else Message(())
        buttons = [button for row in prompt_seen.buttons for button in row]
        return Pressed(buttons[done.tap % len(buttons)].data if buttons else "")
    if done.text == "/start":
        return Started()
    # Both channels clean a text, and none hands on an empty one.
    text = clean(f"{marks.word}{done.text}" if doing.marked and done.text not in _WORDS else done.text)
    return TextSent(text) if text else Unreadable("empty")


def good_answer(flow: Flow, session: Session, today: date, marks: Marks, *, number: int) -> Answering:
    """Answer the open question in a way that mostly fits."""
    if session.cancelling:
        return _tap(session, prompt.GO_ON)
    spot = find_position(flow, session, today).spot
    step, pending = spot.step, session.answers.get(spot.key)
    if isinstance(step, Review):
        return _tap(session, prompt.DONE)
    if isinstance(step, Repeat):
        return _tap(session, prompt.ADD if number % 3 == 0 else prompt.ENOUGH)
    assert isinstance(step, Ask)
    if prompt.wants_own_words(step, pending):
        return TextSent(f"{marks.word}own")
    if pending is not None and pending.open and pending.value:
        return _tap(session, prompt.DONE) if number % 4 else TextSent(marks.word)
    match step.kind:
        case Kind.TEXT | Kind.LONG_TEXT | Kind.LOCATION:
            return TextSent(f"{marks.word}ab")
        case Kind.NUMBER:
            return TextSent("4")
        case Kind.PHOTO:
            return _media(PHOTO, marks, number)
        case Kind.VOICE:
            return _media(VOICE, marks, number)
        case Kind.DATE:
            return TextSent("3.5.2026")
        case _:
            return _tap(session, str(number % 2))


def _tap(session: Session, option: str) -> Pressed:
    return Pressed(pack(OptionPress(session.id, session.turn, option)))


def _media(media: Media, marks: Marks, number: int, *, caption: str = "") -> MediaSent:
    mine = replace(media.attachment, id=MediaId(f"{media.attachment.id}{number}"))
    return MediaSent(Media(mine, marks.photo.encode()), caption)
