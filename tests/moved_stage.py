"""A stage onto which people move from another platform: servants on Telegram, authors in chats on the web."""

import argparse
import csv
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.command_line import add_tools
from bot.delivery import Delivery
from bot.library import open_library
from bot.pacing import Pace
from bot.timekeeper import Timekeeper
from bot.tools.importing import take_in, understand
from bot.tools.moving_in import Tally
from bot.turns import Turns
from bot.web.outgoing import WebChannel
from bot.web.watchers import Watchers
from dialogs.events import Pressed, TextSent, Update
from dialogs.ids import AddressId
from dialogs.message import Message
from storage import addresses, lines, visits
from storage.codec import unpack_message
from storage.database import Database
from tests.stage import Names, Stage, StageChannel, StageClock, starter_town


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an author's chat."""

    number: int
    message: Message


@dataclass(slots=True)
class MovedStage:
    """A stage, and what its authors see and do."""

    stage: Stage
    codes: Path
    updates: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        return self.stage.database

    async def bring(self, sheet: Path, *chosen: str) -> Tally:
        """Import a sheet with these choices."""
        errand = understand(choose(sheet, "--receipts", str(self.codes), *chosen), starter_town())
        for _ in errand.read(starter_town(), starter_town().today(self.stage.clock.now())):
            pass
        tally = await take_in(errand, self.database, starter_town(), self.stage.clock, told=lambda _: None)
        # Outside of tests another program does it, and this one finds out within a second.
        self.stage.delivery.look_again()
        return tally

    def listed(self) -> dict[str, str]:
        """Give the codes of the list by whose they are."""
        rows = csv.DictReader(self.codes.read_text("utf-8-sig").splitlines())
        return {row["author"] or row["row"]: row["code"] for row in rows}

    async def come(self, author: str) -> AddressId | None:
        """Come with one's code; None where it opens nothing."""
        code = self.listed()[author]
        return await self.database.read(lambda c: visits.address_of_receipt(c, code))

    async def chat(self, address: AddressId) -> list[Line]:
        """Read a chat as its page shows it."""
        found = await self.database.read(lambda c: lines.newest(c, address, limit=200))
        return [Line(line.id, unpack_message(line.message)) for line in found]

    async def answer(self, address: AddressId, *, press: str = "", say: str = "") -> None:
        """Press the newest button with this label in a chat, or write there."""
        shown = await self.chat(address)
        buttons = [button for line in shown for row in line.message.buttons for button in row if button.text == press]
        place = await self.database.read(lambda c: addresses.load(c, address).place)
        update = Update(
            channel="web",
            bot="web",
            key=f"moved {next(self.updates)}",
            place=place,
            private=True,
            sender=place,
            event=Pressed(buttons[-1].data) if press else TextSent(say),
            sent_at=self.stage.clock.now(),
            position=shown[-1].number,
        )
        await self.stage.take(update)


def choose(sheet: Path, *chosen: str) -> argparse.Namespace:
    """Read what is asked for as the command line does."""
    parser = argparse.ArgumentParser()
    add_tools(parser.add_subparsers())
    return parser.parse_args(["import", str(sheet), *chosen])


@asynccontextmanager
async def moved_stage(database: Database, folder: Path) -> AsyncIterator[MovedStage]:
    """Build a house around a database, with both channels."""
    clock, shown = StageClock(), StageChannel()
    library = await database.write(lambda c: open_library(c, starter_town(), now=clock.now()))
    web = WebChannel(database, Watchers(), clock)
    delivery = Delivery(database, library, {"telegram": shown, "web": web}, clock, Pace(per_second=26))
    timekeeper = Timekeeper(database, library, clock, delivery.look_again)
    names = Names()
    turns = Turns(database, library, clock, delivery, names)
    stage = Stage(database, clock, shown, library, turns, delivery, timekeeper, names=names)
    yield MovedStage(stage, folder / "codes.csv")
