"""Plays a transcript: does what people do in it, and writes down what was really said.

A transcript is prose that a citizen or a servant could read. Lines of people, of time (``~ 9 days``)
and of the scenery (``* Lee joins outdoors as lead``, ``* Ana has an idea about Town buses: More of them.``)
are played; every other line is what the bot says, and is written anew. The test is that both texts are equal.
"""

import re
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.approach_change import follow_approaches
from bot.library import Edition
from bot.turns import Outcome
from dialogs.events import (
    Blocked,
    Event,
    LocationSent,
    MediaSent,
    Pressed,
    RoomEntered,
    RoomLeft,
    RoomMoved,
    TextEdited,
    TextSent,
    Unreadable,
)
from dialogs.ids import MediaId, QueueId, ServiceId
from dialogs.installation import Approach
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Button
from storage.case_tables import cases, contributors
from storage.database import Connection
from tests.stage import Said, Stage

_PERSON = re.compile(r"(?P<who>[A-Z][a-z]+)(?: in (?P<room>[a-z_]+(?:/\d+)?))?: (?P<what>.*)")
_PRESS = re.compile(r"\[(?P<label>[^\]]+)\](?: on (?P<card>\d+))?")
_REPLY = re.compile(r"\(to (?:card )?(?P<card>\d+|question)\) (?P<text>.*)")
_EDIT = re.compile(r"\(edits it\) (?P<text>.*)")
_TIME = re.compile(r"~ (?P<number>\d+) (?P<unit>second|minute|hour|day)s?")
_IDEA = re.compile(r"\* (?P<who>[A-Z][a-z]+) has an idea about (?P<service>[^:]+): (?P<text>.*)")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_OF_QUEUES: tuple[str, ...] = ("📋", "☀️")
# What opens a conversation of the web on another device; chance chooses it.
_RECEIPT = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")
_BOTS = ("Bot", "Room", "Toast")


class Player:
    """Plays one transcript on a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._played: list[str] = []
        self._before: dict[tuple[str, int], list[str]] = {}
        # Boards and digests are in every room; only their own stories tell of them.
        self._hides = _OF_QUEUES
        # Each queue has its web room already.
        self._web = "room:" if stage.channel_name == "web" else ""

    async def play(self, text: str) -> str:
        """Play a transcript and give it back with what was really said."""
        acts = [
            line for line in text.splitlines() if line.startswith(("#", "*", "~", "=")) or not line or _is_act(line)
        ]
        for number, line in enumerate(acts):
            self._played.append(line)
            try:
                await self._do(line)
            except LookupError as missing:
                # The rest of the story is kept, so that ``--rewrite`` never eats it.
                self._played += [f"!! {missing}", *acts[number + 1 :]]
                break
        return await self._with_stable_codes("\n".join(self._played) + "\n")

    async def _do(self, line: str) -> None:
        if line.startswith("="):
            self._played[-1] = f"= {await self._stage.database.read(_states)}"
        elif line.startswith("~"):
            found = _TIME.fullmatch(line)
            assert found, f"no time: {line}"
            await self._stage.pass_time(timedelta(seconds=int(found["number"]) * _UNITS[found["unit"]]))
        elif found := _IDEA.fullmatch(line):
            await self._propose(found["who"], found["service"], found["text"])
        elif line.startswith("*"):
            await self._set_scene(line.removeprefix("* ").split())
        elif found := _PERSON.fullmatch(line):
            await self._act(found["who"], found["room"], found["what"])
        self._write_news()

    async def _set_scene(self, words: list[str]) -> None:
        stage = self._stage
        match words:
            case [name, "joins", queue, "as", role]:
                await stage.enrol(name, queue, role)
            case [name, "is", "no", "servant", "any", "more"]:
                await stage.dismiss(name)
            case ["boards", "and", "digests", "are", "shown"]:
                self._hides = ()
            case ["all", "of", "this", "is", "on", "the", "web"]:
                assert stage.channel_name == "web"
            case [name, "makes", "a", "room", "of", queue]:
                await stage.bind(queue, name, queue)
            case [_, "wants", "a", "second", *_] | [_, "is", "made", "another", "way:", _]:
                await self._change_town(words)
            case [name, "adds", "the", "bot", "to", room]:
                self._toast(name, await stage.happen(room, RoomEntered(), sender=name))
            case [name, "blocks", "the", "bot"]:
                await stage.happen(name, Blocked())
            case ["the", "room", room, "moves", "to", new]:
                await stage.happen(room, RoomMoved(new), sender="")
            case [_, "puts", "the", "bot", "out", "of", room]:
                await stage.happen(room, RoomLeft(), sender="")
            case [name, "sends", "a", *what]:
                await stage.happen(name, _thing(" ".join(what), stage.updates))
            case _:
                raise AssertionError(f"no scenery: {words}")

    async def _change_town(self, words: list[str]) -> None:
        library = self._stage.library
        match words:
            case [queue, "wants", "a", "second", "servant", "for", outcome]:
                library.replace(_with_second(library.edition, QueueId(queue), outcome))
            case [service, _, _, _, _, approach]:
                library.replace(_made_as(library.edition, ServiceId(service), Approach(approach)))
                await follow_approaches(self._stage.database, library.town, now=self._stage.clock.now())
                await self._stage.do_what_is_due()
            case _:
                raise AssertionError(f"no such change: {words}")

    async def _propose(self, who: str, service: str, text: str) -> None:
        """Let somebody hand in an idea, of which only what is said after it is written down."""
        await self._stage.come_to_review(who, text, service=service)
        self._stage.channel.news.clear()
        await self._stage.press(who, "Send")

    async def _act(self, who: str, room: str | None, what: str) -> None:
        stage = self._stage
        place, sender = (f"{self._web}{room}", who) if room else (who, None)
        anonymous = what.startswith("(anonymously) ")
        what = what.removeprefix("(anonymously) ")
        if pressed := _PRESS.fullmatch(what):
            label = pressed["label"]
            button = (
                self._on_card(place, pressed["card"], label) if pressed["card"] else stage.channel.button(place, label)
            )
            self._toast(who, await stage.happen(place, Pressed(button.data), sender=sender))
            return
        if edited := _EDIT.fullmatch(what):
            changed = TextEdited(edited["text"], stage.texts[place, sender or place])
            self._toast(who, await stage.happen(place, changed, sender=sender if room else None))
            return
        replied = _REPLY.fullmatch(what)
        number = self._number(place, replied["card"]) if replied else None
        text = await self._with_real_codes(replied["text"] if replied else what)
        if room or replied:
            event = TextSent(text)
            self._toast(who, await stage.happen(place, event, sender=sender, reply_to=number, anonymous=anonymous))
        else:
            self._toast(who, await stage.say(who, text))

    def _toast(self, who: str, outcome: Outcome) -> None:
        if outcome.leave_room:
            self._played.append("(the bot leaves)")
        if outcome.toast:
            self._played.append(f"Toast to {who}: {outcome.toast}")

    def _on_card(self, place: str, card: str, label: str) -> Button:
        said = self._cards(place)[int(card) - 1]
        for row in said.message.buttons:
            for button in row:
                if button.text.endswith(label):
                    return button
        raise LookupError(f"no button [{label}] on card {card}")

    def _number(self, place: str, card: str) -> int:
        if card == "question":
            return next(said.number for said in self._stage.channel.newest(place) if "?" in said.message.plain())
        return self._cards(place)[int(card) - 1].number

    def _cards(self, place: str) -> list[Said]:
        return [said for said in reversed(self._stage.channel.newest(place)) if said.message.protected]

    def _write_news(self) -> None:
        news, self._stage.channel.news = self._stage.channel.news, []
        # Chats do not wait for each other, so between them there is no order: people first, then rooms.
        for said in sorted(news, key=lambda said: (not said.place[0].isupper(), said.place)):
            is_room = not said.place[0].isupper()
            who = f"Room {said.place.removeprefix(self._web)}" if is_room else f"Bot to {said.place}"
            first, *rest = _lines(said)
            # Web pages need no sign on a note: it stands there as a line of its own.
            if first.startswith(self._hides) or (self._web and first.startswith("(✍")):
                continue
            shown_before = self._before.get((said.place, said.number), [])
            self._before[said.place, said.number] = rest
            self._played.append(f"{who}{' (changed)' if said.edited else ''}: {first}")
            # Of a card that was drawn again, only what is new: the rest was read before.
            self._played += [f"    {line}".rstrip() for line in rest if line not in shown_before]

    async def _with_real_codes(self, text: str) -> str:
        for number, (code, _) in enumerate(await self._stage.database.read(_chances), 1):
            text = text.replace(f"CASE-{number:04}", code)
        return text

    async def _with_stable_codes(self, text: str) -> str:
        for number, (code, pseudonym) in enumerate(await self._stage.database.read(_chances), 1):
            text = text.replace(code, f"CASE-{number:04}").replace(pseudonym, f"Citizen {number}")
        return _RECEIPT.sub("RECEIPT", text)


def _with_second(edition: Edition, queue: QueueId, outcome: str) -> Edition:
    installation = edition.town.installation
    second = replace(installation.queues[queue], second=frozenset({outcome}))
    changed = replace(installation, queues={**installation.queues, queue: second})
    return replace(edition, town=replace(edition.town, installation=changed))


def _made_as(edition: Edition, service: ServiceId, approach: Approach) -> Edition:
    installation = edition.town.installation
    declared = replace(installation.services[service], approach=approach)
    changed = replace(installation, services={**installation.services, service: declared})
    return replace(edition, town=replace(edition.town, installation=changed))


def _thing(what: str, number: int) -> Event:
    match what:
        case "place":
            return LocationSent(40.7128, -74.006)
        case "photo":
            return _sent(MediaKind.PHOTO, number)
        case "voice note":
            return _sent(MediaKind.VOICE, number)
        case _:
            return Unreadable(what)


def _sent(kind: MediaKind, number: int) -> MediaSent:
    return MediaSent(
        Media(Attachment(MediaId(f"sent-{number}"), kind, 7 * (kind is MediaKind.VOICE)), b"as clean as can be")
    )


def _is_act(line: str) -> bool:
    return bool(_PERSON.fullmatch(line)) and not line.startswith(_BOTS)


def _lines(said: Said) -> list[str]:
    rows = [" ".join(f"[{button.text}]" for button in row) for row in said.message.buttons]
    return [*said.message.plain().splitlines(), *rows]


def _chances(c: Connection) -> list[tuple[str, str]]:
    """What chance chose: the codes of cases, and the pseudonyms of those who contributed."""
    query = sa.select(cases.c.code, contributors.c.pseudonym).join(contributors).order_by(cases.c.id)
    return [(row.code, row.pseudonym) for row in c.execute(query)]


def _states(c: Connection) -> str:
    rows = c.execute(sa.select(cases.c.state).order_by(cases.c.id)).all()
    return ", ".join(f"case {number} is {row.state}" for number, row in enumerate(rows, 1)) or "no case"
