"""Playing a story: the engine asks, and whoever plays finds the answer by the id of the question.

People answer in many manners: they press or type, twice, too early, on old buttons; they go back and look at every
answer again. A manner says which; what comes of a story must be the same in all of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dialogs.events import Answering, LocationSent, MediaSent, Pressed, TextSent
from dialogs.flows import engine, prompt
from dialogs.flows.answers import Scene
from dialogs.flows.flow import Ask, Flow, Kind, Repeat, Review
from dialogs.flows.position import Position, Spot, find_position, items_of
from dialogs.flows.session import Session
from dialogs.flows.turn import Stopped, Submitted, Turn
from dialogs.ids import Language, MediaId, StepId, VersionId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Button, Message
from dialogs.presses import OptionPress, unpack
from dialogs.stories.saying import DONE, Press, Say, Send, say_early, say_told
from dialogs.stories.story import Items, Place, Story, Tellings, Told, retell, session_for

# A question that comes back more often than this will come back for ever.
_MOST_TIMES = 4

Through = Callable[[Session], Session]
Scenes = Mapping[Language, Scene]


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody goes through a flow; ``name`` as the output says it."""

    name: str
    language: Language
    typing: bool = False
    twice: bool = False
    too_early: bool = False
    old_buttons: bool = False
    back_and_forth: bool = False
    edits: bool = False
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a story. ``trouble``: a sentence on why it went no further."""

    transcript: tuple[str, ...]
    asked: tuple[StepId, ...] = ()
    ends_at: StepId | None = None
    contribution: Tellings | None = None
    unused: tuple[str, ...] = ()
    trouble: str = ""


def play(story: Story, flow: Flow, scenes: Scenes, manner: Manner, *, today: date, through: Through) -> Played:
    """Play a story in one manner. ``through``: takes a session out of the house and in again."""
    scene = replace(scenes[manner.language], today=story.today or today)
    player = _Player(story, flow, scene, manner, through, Session(session_for(flow, story.split), VersionId(1)))
    try:
        player.play()
    except Stuck as stuck:
        return player.played(str(stuck))
    return player.played()


class Stuck(Exception):
    """The story goes no further; the sentence says where and why."""


@dataclass(slots=True)
class _Player:
    story: Story
    flow: Flow
    scene: Scene
    manner: Manner
    through: Through
    session: Session
    shown: list[Message] = field(default_factory=list)
    # Who said what, for the transcript of a story that fails.
    said: list[str | Message] = field(default_factory=list)
    asked: dict[StepId, None] = field(default_factory=dict)
    times: Counter[StepId] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    reviewed: bool = False
    ends_at: StepId | None = None
    contribution: Tellings | None = None

    def play(self) -> None:
        self.take(engine.begin(self.flow, self.session, self.scene))
        self.after_turn()
        while self.ends_at is None:
            self.answer_next()

    def played(self, trouble: str = "") -> Played:
        told = {name for id, one in self.story.answers.items() for name in _names(id, one)}
        return Played(
            transcript=tuple(_write(one) for one in self.said),
            asked=tuple(self.asked),
            ends_at=self.ends_at,
            contribution=self.contribution,
            unused=tuple(sorted(told - self.used)),
            trouble=trouble,
        )

    @property
    def position(self) -> Position:
        return find_position(self.flow, self.session, self.scene.today)

    def answer_next(self) -> None:
        """Answer the open question, after what the manner does before it."""
        spot = self.position.spot
        self.times[spot.key] += 1
        if self.times[spot.key] > _MOST_TIMES:
            raise Stuck(f"The flow asks {_named(spot)} again and again.")
        if not isinstance(spot.step, Review):
            self.asked[spot.item.repeat.id if spot.item else spot.key] = None
        if self.times[spot.key] == 1:
            self.come_early(spot)
            self.look_back(spot)
        if isinstance(spot.step, Review):
            self.review(spot)
        else:
            self.answer(spot)

    def answer(self, spot: Spot) -> None:
        if isinstance(spot.step, Repeat):
            self.say_whether_more(spot.step)
            return
        assert isinstance(spot.step, Ask)
        told = self.told_at(spot)
        typing = self.manner.typing or self.times[spot.key] > 1
        for one in say_told(spot.step, told, self.scene, typing=typing):
            self.do(one, spot.step)
        given = self.session.answers.get(spot.key)
        if self.is_at(spot) and given is not None and given.is_being_written:
            self.do(DONE, spot.step)
        if self.is_at(spot):
            raise Stuck(f"What the story answers at {_named(spot)} was not taken.")

    def say_whether_more(self, repeat: Repeat) -> None:
        told = self.story.answers.get(repeat.id, ())
        assert isinstance(told, tuple)
        self.used.add(repeat.id)
        more = len(items_of(repeat, self.session.answers)) < len(told)
        self.do(Press(prompt.ADD, "yes") if more else Press(prompt.ENOUGH, "no"), repeat)

    def told_at(self, spot: Spot) -> Told:
        """Find what the story answers at a spot; what is optional and not in it is skipped."""
        step = spot.step
        assert isinstance(step, Ask)
        told = self.story.answers.get(spot.key)
        if spot.item is not None:
            items = self.story.answers.get(spot.item.repeat.id, ())
            assert isinstance(items, tuple)
            told = items[spot.item.number - 1].get(step.id) if spot.item.number <= len(items) else None
        if isinstance(told, Told):
            self.used |= {_name(spot), spot.item.repeat.id if spot.item else _name(spot)}
            return told
        if step.optional:
            return Told(None)
        raise Stuck(f"The flow asks {_named(spot)}, and the story has no answer to it.")

    def come_early(self, spot: Spot) -> None:
        """Write before the question could be read: nothing may come of it."""
        step = spot.step
        if not self.manner.too_early or _takes_more(self.position, self.session):
            # What is written meanwhile belongs to a long answer that is begun.
            return
        text = say_early(step, self.told_at(spot) if isinstance(step, Ask) else None, self.scene)
        before = self.session.answers
        self.send(TextSent(text), f"(too early) {text}", early=True)
        if self.ends_at is not None or self.session.answers != before:
            raise Stuck(f"A message that came too early was taken at {_named(spot)}.")

    def look_back(self, spot: Spot) -> None:
        """Go back to the answer before, keep it, and be here again."""
        if not self.manner.back_and_forth or not self.position.before:
            return
        self.do(Press(prompt.BACK, "word.back"), spot.step)
        self.keep(self.position.spot)
        if not self.is_at(spot):
            raise Stuck(f"Going back from {_named(spot)} and keeping the answer does not lead to it again.")

    def review(self, spot: Spot) -> None:
        if self.manner.edits and not self.reviewed:
            self.reviewed = True
            edit = next(one for one in self.scene.voice("word.edit").split(", ") if " " not in one)
            for number in range(1, len(self.position.before) + 1):
                self.send(TextSent(f"{edit} {number}"), f"{edit} {number}")
                self.keep(self.position.spot)
                if not self.is_at(spot):
                    raise Stuck(f"Editing answer {number} and keeping it does not lead back to {_named(spot)}.")
        self.do(Press(prompt.DONE, "word.send"), spot.step)
        if self.is_at(spot):
            raise Stuck(f"The answers could not be sent at {_named(spot)}.")

    def keep(self, spot: Spot) -> None:
        """Leave an answer that was taken up again as it is."""
        if isinstance(spot.step, Repeat):
            self.do(Press(prompt.ENOUGH, "no"), spot.step)
        elif self.session.answers[spot.key].value is None:
            # Where nothing was answered there is nothing to keep.
            self.answer(spot)
        else:
            self.do(Press(prompt.DONE, "word.keep"), spot.step)

    def is_at(self, spot: Spot) -> bool:
        return self.ends_at is None and self.position.spot.key == spot.key

    def do(self, one: Press | Say | Send, step: object) -> None:
        """Do one thing, by a button where there is one and the manner wants it."""
        if self.ends_at is not None:
            raise Stuck("The flow ended in the middle of an answer.")
        match one:
            case Say(text):
                self.send(TextSent(text), text)
            case Send(what):
                self.send_media(what, step)
            case Press(option, word):
                button = None if self.manner.typing else self.find(option)
                if button is not None:
                    self.send(Pressed(button.data), f"[{button.text}]")
                else:
                    typed = self.scene.voice(word).split(", ")[0] if word else one.typed
                    self.send(TextSent(typed), typed)

    def send_media(self, kind: MediaKind | Place, step: object) -> None:
        if isinstance(kind, Place):
            self.send(LocationSent(kind.latitude, kind.longitude), f"/place {kind.latitude} {kind.longitude}")
            return
        sent = self.session.answers.get(self.position.spot.key)
        id = MediaId(f"{self.position.spot.key}-{len(sent.media) if sent else 0}")
        seconds = 5 if kind is MediaKind.VOICE else 0
        if not isinstance(step, Ask):
            raise Stuck("Nothing can be sent here.")
        self.send(MediaSent(Media(Attachment(id, kind, seconds), b"")), f"/{kind}")

    def find(self, option: str) -> Button | None:
        """Find the button of an option in the newest prompt, turning its pages."""
        if not option:
            return None
        for _ in range(1 + prompt.MOST_BUTTONS):
            buttons = {_option(button): button for row in self.shown[-1].buttons for button in row}
            if option in buttons:
                return buttons[option]
            more = next((key for key in buttons if key.startswith(prompt.PAGE)), None)
            if more is None:
                return None
            self.send(Pressed(buttons[more].data), f"[{buttons[more].text}]")
        return None

    def send(self, event: Answering, words: str, *, early: bool = False) -> None:
        """Let something happen, and what the manner makes of it."""
        self.said.append(f"You: {words}")
        before = self.session
        turn = engine.take_turn(self.flow, before, event, self.scene, early=early)
        if turn.end is not None:
            self.end(turn)
            return
        if not turn.messages and not turn.toast:
            raise Stuck(f"Nothing was said to “{words}”.")
        self.take(turn)
        self.after_turn()
        if self.manner.twice and not early:
            self.repeat_input(event, words)
        if self.manner.old_buttons:
            self.press_old()

    def take(self, turn: Turn) -> None:
        self.session = turn.session
        self.shown += turn.messages
        self.said += turn.messages
        if turn.toast:
            self.said.append(f"Bot, for a moment: {turn.toast}")

    def after_turn(self) -> None:
        if self.manner.restarts:
            self.session = self.through(self.session)

    def end(self, turn: Turn) -> None:
        self.said += turn.messages
        if isinstance(turn.end, Submitted):
            self.said.append(f"Bot: {self.scene.voice.of(turn.end.step.text)}")
            self.ends_at = turn.end.step.id
            self.contribution = retell(turn.end.position, turn.session)
            return
        if not isinstance(turn.end, Stopped):
            raise Stuck("The conversation was cancelled.")
        self.ends_at = turn.end.step.id

    def repeat_input(self, event: Answering, words: str) -> None:
        """Let the same input come in again: the second one may change nothing."""
        position, before = self.position, self.session
        if isinstance(event, MediaSent | LocationSent) or _takes_more(position, self.session):
            # A picture that is sent again is one more, and so is what belongs to a long answer.
            return
        self.said.append(f"You: {words}")
        turn = engine.take_turn(self.flow, before, event, self.scene, early=True)
        if turn.end is not None or turn.session.answers != before.answers:
            raise Stuck(f"“{words}” came twice, and the second one changed something at {_named(position.spot)}.")
        self.take(turn)
        self.after_turn()

    def press_old(self) -> None:
        """Press a button of an earlier prompt: nothing may come of it."""
        old = [button for message in self.shown[:-1] for row in message.buttons for button in row]
        for button in old[:1] + old[-1:]:
            turn = engine.take_turn(self.flow, self.session, Pressed(button.data), self.scene, early=False)
            if turn.session != self.session or turn.end is not None:
                raise Stuck(f"The old button [{button.text}] changed something at {_named(self.position.spot)}.")


def _takes_more(position: Position, session: Session) -> bool:
    step, answer = position.spot.step, session.answers.get(position.spot.key)
    return isinstance(step, Ask) and step.kind is Kind.LONG_TEXT and answer is not None and answer.is_being_written


def _option(button: Button) -> str:
    press = unpack(button.data)
    return press.option if isinstance(press, OptionPress) else ""


def _name(spot: Spot) -> str:
    return spot.key if spot.item is None else f"{spot.item.repeat.id} {spot.item.number}, {spot.step.id}"


def _named(spot: Spot) -> str:
    return f"`{_name(spot)}`"


def _names(id: StepId, told: Told | Items) -> list[str]:
    if isinstance(told, Told):
        return [id]
    return [id] + [f"{id} {number}, {one}" for number, item in enumerate(told, 1) for one in item]


def _write(said: str | Message) -> str:
    if isinstance(said, str):
        return said
    rows = ["     " + " ".join(f"[{button.text}]" for button in row) for row in said.buttons]
    return "\n".join(("Bot: " + said.plain().replace("\n", "\n     "), *rows))
