"""Personal data, planted into everything that people can write, is seen by nobody it was not shown to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest

from bot.turns import Outcome
from dialogs.events import MediaSent, TextSent
from dialogs.ids import MediaId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Message
from storage.database import Database
from tests.journeys.plants import Plant, plant
from tests.journeys.telling_town import telling_town
from tests.stage import Said, Stage, StageChannel, set_stage

ROOM = "outdoors"
# Who looks on: Kim has a role and holds nothing.
HOLDER, COLLEAGUE = "Lee", "Kim"


@dataclass(slots=True)
class Seen:
    """Everything that each chat was ever shown: messages, edits, buttons and toasts."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def note(self, place: str, message: Message) -> None:
        buttons = [button.text for row in message.buttons for button in row]
        self.texts.setdefault(place, []).append("\n".join([message.plain(), *buttons]))

    def toast(self, place: str, outcome: Outcome) -> None:
        self.texts.setdefault(place, []).append(outcome.toast)

    def leaks(self, place: str, plants: list[Plant]) -> list[tuple[str, str]]:
        """List what a place was shown of them."""
        return [(one.raw, text) for text in self.texts.get(place, []) for one in plants if one.is_seen(text)]


class WatchedChannel(StageChannel):
    """A channel of which everything is noted at the moment in which it is shown."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    async def send(self, place: str, message: Message, *, key: int) -> int:
        self.seen.note(place, message)
        return await super().send(place, message, key=key)

    async def edit(self, place: str, number: int, message: Message) -> None:
        self.seen.note(place, message)
        await super().edit(place, number, message)


@dataclass(slots=True)
class House:
    """A stage with a room, its holder and a colleague, and what was planted so far."""

    stage: Stage
    seen: Seen
    chance: Random
    citizens: list[Plant] = field(default_factory=list)
    servants: list[Plant] = field(default_factory=list)

    def words(self) -> str:
        self.citizens.append(plant(self.chance))
        return self.citizens[-1].sentence

    def quoted(self) -> str:
        self.servants.append(plant(self.chance))
        return self.servants[-1].sentence

    async def act(self, label: str, *, who: str = HOLDER) -> None:
        self.seen.toast(who, await self.stage.press(ROOM, label, sender=who))

    async def write(self, text: str, *, who: str = HOLDER) -> None:
        outcome = await self.stage.happen(ROOM, TextSent(text), sender=who, reply_to=_card(self.stage).number)
        self.seen.toast(who, outcome)


@asynccontextmanager
async def a_house(database: Database, seed: int) -> AsyncIterator[House]:
    """Open a town with a room of two servants."""
    seen = Seen()
    async with set_stage(database, town=telling_town(), shown=WatchedChannel(seen)) as stage:
        await stage.enrol("Mia", ROOM, "lead")
        await stage.bind(ROOM, "Mia", ROOM)
        for name in (HOLDER, COLLEAGUE):
            await stage.enrol(name, ROOM, "reviewer")
        yield House(stage, seen, Random(seed))


async def tell(house: House) -> None:
    """Let Ana answer every question in words of her own."""
    stage = house.stage
    await stage.say("Ana", "/start")
    await stage.press("Ana", "Tell us")
    await stage.say("Ana", "yes")
    await stage.say("Ana", house.words())
    await stage.press("Ana", "Something else")
    for _ in range(4):
        await stage.say("Ana", house.words())
    await stage.press("Ana", "No, that was all")
    photo = Media(Attachment(MediaId("p" * 22), MediaKind.PHOTO, 0), b"p")
    await stage.happen("Ana", MediaSent(photo, caption=house.words()))
    await stage.say("Ana", house.words())
    await stage.say("Ana", house.words())
    await stage.press("Ana", "Done")


async def look_after(house: House) -> None:
    """Let the case go round: a question, an answer, later words, notes, a decision, and a no to "did it work?"."""
    stage = house.stage
    await house.act("Claim")
    await house.write(house.quoted())
    await house.act("Ask")
    await stage.say(HOLDER, house.quoted())
    await stage.press(HOLDER, "Send")
    await stage.pass_time(timedelta(minutes=1))
    await stage.say("Ana", house.words())
    # Days later she writes again, and nobody has it any more.
    await stage.pass_time(timedelta(days=3))
    await stage.say("Ana", house.words())
    await stage.press("Ana", _first_place(stage))
    await house.act("Claim")
    await house.act("Decide")
    await stage.press(HOLDER, "Already exists")
    await stage.say(HOLDER, house.quoted())
    await stage.press(HOLDER, "Send")
    await stage.pass_time(timedelta(days=15))
    await stage.press("Ana", "No")
    await stage.say("Ana", house.words())


def _first_place(stage: Stage) -> str:
    return stage.channel.newest("Ana")[0].message.buttons[0][0].text


async def look_around(house: House) -> None:
    """Let both servants ask for every list, in the room and in private."""
    for who in (HOLDER, COLLEAGUE):
        for asked in ("/queue", "/mine", f"/case {_code(house.stage)}", "/find people", "/find hello bye"):
            await house.stage.say(who, asked)
            house.seen.toast(who, await house.stage.happen(ROOM, TextSent(asked), sender=who))


def _code(stage: Stage) -> str:
    return _card(stage).message.plain().split(" · ")[2]


def _card(stage: Stage) -> Said:
    return next(said for said in reversed(stage.channel.newest(ROOM)) if said.message.protected)


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_sees_personal_data_that_was_not_shown_to_them(database: Database, seed: int) -> None:
    """No card, edit, list, preview, button or toast shows any of it, but the one message that the holder asks for."""
    async with a_house(database, seed) as house:
        await tell(house)
        assert len(house.citizens) >= 8
        await look_after(house)
        await look_around(house)
        everything = [*house.citizens, *house.servants]
        for place in (ROOM, COLLEAGUE, "Mia"):
            assert house.seen.leaks(place, everything) == []
        # What Lee wrote, Lee reads as it will go out.
        assert house.seen.leaks(HOLDER, house.citizens) == []
        # It came back to the queue with the no.
        await house.act("Claim")
        await house.act("Show once", who=COLLEAGUE)
        await house.act("Show once")
        shown = "\n".join(house.seen.texts[HOLDER])
        assert [one.raw for one in house.citizens if one.raw not in shown] == []
        for place in (ROOM, COLLEAGUE, "Mia"):
            assert house.seen.leaks(place, everything) == []
        assert any("👁 Lee" in text for text in house.seen.texts[ROOM])


async def test_the_eleventh_look_of_a_day_is_refused(database: Database) -> None:
    """Each look is written down once, the eleventh within a day shows nothing, and the next day there are more."""
    async with a_house(database, seed=1) as house:
        await tell(house)
        await house.act("Show once", who="Mia")
        card = _card(house.stage).message
        for _ in range(11):
            await house.act("Show once", who="Mia")
        texts = house.seen.texts["Mia"]
        assert texts[-1].startswith("You have looked 10 times since yesterday.")
        assert len([text for text in texts if "as it was written" in text]) == 10
        # What was seen cannot be unseen.
        assert "Undo" not in [button.text for row in card.buttons for button in row]
        await house.stage.pass_time(timedelta(days=1, minutes=1))
        await house.act("Show once", who="Mia")
        assert len([text for text in texts if "as it was written" in text]) == 11
