"""``yousaid try``: a flow as a chat in the terminal, with the words and the rules of the real one.

Nothing is kept but, if wanted, the answers as a story for ``yousaid test``.
"""

import argparse
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.clock import WallClock
from bot.configuration import STORIES, load_voices, read_configuration
from bot.settings import read_settings
from bot.tools.choosing import choose, refuse
from bot.tools.keeping import keep_story
from bot.turns import make_fresh
from dialogs import intake
from dialogs.citizen import Citizen
from dialogs.conversation import converse
from dialogs.effects import (
    ForgetPerson,
    KeepLoose,
    OpenCase,
    OpenSession,
    PurgeSession,
    Reply,
    SaveSession,
    SetLanguage,
    Tell,
)
from dialogs.events import Answering, LocationSent, MediaSent, Pressed, TextSent
from dialogs.flows import engine
from dialogs.flows.flow import Ask, Flow, Kind
from dialogs.flows.position import find_position, take_way
from dialogs.flows.session import Session
from dialogs.flows.turn import Stopped, Submitted
from dialogs.ids import Language, MediaId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Button, Message
from dialogs.stories.reader import is_name
from dialogs.stories.story import Story, retell
from dialogs.texts import clean
from dialogs.town import Town, write_date

_BUTTON = re.compile(r"\[(\d{1,3})\]|(\d{1,3})")
_PLACE = re.compile(r"/place (-?\d{1,2}(?:\.\d+)?)[, ] ?(-?\d{1,3}(?:\.\d+)?)")
# Where a number can itself be the answer, a button is meant by [2] only.
_NUMBERS = (Kind.TEXT, Kind.LONG_TEXT, Kind.NUMBER, Kind.SCALE, Kind.DATE, Kind.LOCATION)
_HOW = """\
Write your answers. A button is pressed by its number: 2, or [2] where a number could be an answer.
/photo and /voice send something, /place 40.7 -74.0 sends a place, /quit ends this. Nothing is kept."""


class _Refused(Exception):
    """The command cannot be done; the sentence says why."""


def run(chosen: argparse.Namespace) -> int:
    """Play ``chosen.flow`` in ``chosen.lang``, and save it as the story ``chosen.save``. Raises: BadConfiguration."""
    folder = read_settings().config
    town = Town(read_configuration(folder), load_voices())
    try:
        chat = _Chat(town, *_find(chosen.flow, chosen.lang, town))
        path = _path(folder, chosen.save) if chosen.save else None
    except _Refused as refused:
        return refuse(str(refused))
    with suppress(ImportError):
        # The arrow keys work in `input` once this is there.
        import readline  # noqa: F401
    with suppress(EOFError, KeyboardInterrupt):
        chat.begin()
        while not chat.ended and (text := _hear()) != "/quit":
            if text:
                chat.take(text)
    if not chat.ended:
        print("\nThat is all. Nothing was kept.")
    return _keep(chat, path, town) if path is not None else 0


@dataclass(slots=True)
class _Chat:
    """Somebody at the terminal, in the place of a citizen."""

    town: Town
    flow: Flow
    language: Language
    session: Session | None = None
    loose_words: str | None = None
    buttons: list[Button] = field(default_factory=list)
    sent: int = 0
    ended: bool = False
    # What it came to, for the story to save.
    story: Story | None = None

    def begin(self) -> None:
        """Ask the first question."""
        title = self.town.voice(self.language).of(self.flow.title)
        print(f"{self.flow.id}: {title} ({self.language})\n{_HOW}")
        now, fresh = WallClock().now(), make_fresh()
        self._show(intake.begin_flow(self._citizen(), self.flow, self.town, now=now, fresh=fresh), None)

    def take(self, text: str) -> None:
        """Answer what was written."""
        event = self._event(text)
        if event is None:
            print("Write it such as: /place 40.7 -74.0")
            return
        now, fresh = WallClock().now(), make_fresh()
        self._show(converse(self._citizen(), event, self.town, now=now, fresh=fresh), event)

    def _citizen(self) -> Citizen:
        flow = self.flow if self.session is not None else None
        return Citizen(self.language, session=self.session, flow=flow, loose_words=self.loose_words)

    def _event(self, text: str) -> Answering | None:
        command = text.split(" ", 1)[0]
        if command in ("/photo", "/voice"):
            self.sent += 1
            kind = MediaKind(command[1:])
            attachment = Attachment(MediaId(f"sample-{self.sent}"), kind, 5 if kind is MediaKind.VOICE else 0)
            return MediaSent(Media(attachment, b""), text.removeprefix(command).strip())
        if command == "/place":
            found = _PLACE.fullmatch(text)
            return LocationSent(float(found[1]), float(found[2])) if found else None
        button = self._button(text)
        return TextSent(text) if button is None else Pressed(button.data)

    def _button(self, text: str) -> Button | None:
        """Find the button that a number means, if it means one."""
        found = _BUTTON.fullmatch(text)
        if found is None:
            return None
        named = next((button for button in self.buttons if button.text == text), None)
        if named is not None:
            # The numbers of a long list and the points of a scale are on the buttons.
            return named
        place = int(found[1] or found[2]) - 1
        if not 0 <= place < len(self.buttons) or (found[1] is None and self._takes_number()):
            return None
        return self.buttons[place]

    def _takes_number(self) -> bool:
        if self.session is None:
            return False
        step = find_position(self.flow, self.session, self.town.today(WallClock().now())).spot.step
        return isinstance(step, Ask) and step.kind in _NUMBERS

    def _show(self, reply: Reply, event: Answering | None) -> None:
        before = self.session
        for effect in reply.effects:
            match effect:
                case Tell(message):
                    self._say(message)
                case OpenSession(session) | SaveSession(session):
                    self.session = session
                case SetLanguage(language):
                    self.language = language
                case KeepLoose(words):
                    self.loose_words = words
                case OpenCase():
                    self._tell_what_follows(effect)
                    self.ended = True
                case PurgeSession() | ForgetPerson():
                    self.ended = True
                case _:
                    pass
        if reply.toast:
            print(f"     ({reply.toast})")
        if self.ended and before is not None and event is not None:
            self._remember(before, event)

    def _say(self, message: Message) -> None:
        print("\nBot: " + message.plain().replace("\n", "\n     "))
        if not message.buttons:
            return
        self.buttons = [button for row in message.buttons for button in row]
        number = 0
        for row in message.buttons:
            print("     " + "  ".join(f"[{number + place}] {button.text}" for place, button in enumerate(row, 1)))
            number += len(row)

    def _remember(self, session: Session, event: Answering) -> None:
        now = WallClock().now()
        turn = engine.take_turn(self.flow, session, event, self.town.scene(self.language, now), early=False)
        split = {name: take_way(session.id, name, ways) for name, ways in self.flow.splits.items()}
        if isinstance(turn.end, Submitted | Stopped):
            told = retell(turn.end.position, turn.session)
            self.story = Story("", self.flow.id, self.language, told, split=split)

    def _tell_what_follows(self, case: OpenCase) -> None:
        town, voice = self.town, self.town.voice(self.town.language)
        print("\n--- What the team reads")
        for said in case.words:
            print(f"{said.question}\n     " + said.answer.replace("\n", "\n     "))
        print("\n--- What happens next")
        service, queue = town.service(case.service, voice), town.queue(case.queue, voice)
        print(f"{queue} get it as: {voice(f'contribution.{case.contribution}')}, {service}, {case.pseudonym}.")
        print(f"The person is promised news by {write_date(case.promised_on, voice)}.")
        print(f"After the decision they are asked whether it worked: {_span(town.installation.loop.ask_back_after)}.")
        print("\n--- What the person is told")


def _find(flow: str, spoken: str | None, town: Town) -> tuple[Flow, Language]:
    found = choose(town.installation.flows, flow, spoken)
    if isinstance(found, str):
        raise _Refused(found)
    return found


def _path(folder: Path, name: str) -> Path:
    if not is_name(name):
        raise _Refused(f"A story cannot be called {name}. Use a-z, 0-9 and _, such as relative_with_a_bad_step.")
    path = folder / STORIES / f"{name}.yaml"
    if path.exists():
        raise _Refused(f"{path} is there already. Choose another name, or take it away.")
    return path


def _hear() -> str:
    text = clean(input("\nYou: "))
    if not sys.stdin.isatty():
        # A pipe does not show what comes out of it.
        print(text)
    return text


def _span(span: timedelta) -> str:
    days, hours = span.days, span.seconds // 3600
    return f"{days} days later" if days else f"{hours} hours later" if hours else "soon after"


def _keep(chat: _Chat, path: Path, town: Town) -> int:
    if chat.story is None:
        print("There is nothing to save: the conversation did not come to an end of the flow.", file=sys.stderr)
        return 1
    return keep_story(chat.story, path, town, today=town.today(WallClock().now()))
