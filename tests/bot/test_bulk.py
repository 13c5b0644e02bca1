"""Several cases at once on a whole house: the pace of its rooms, restarts, who may, and taking all of it back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pacing import ROOM_CALLS
from dialogs.cases.case import Case
from dialogs.desk.bulk import MOST
from dialogs.events import Pressed, TextSent
from dialogs.message import Message
from storage import addresses, cases
from storage.case_tables import bulks, journal
from storage.case_tables import cases as table
from storage.database import Connection, Database
from tests.stage import Stage, StageChannel, StageClock, set_stage
from tests.storage.rows import a_case, a_version

WINDOW = timedelta(seconds=60)
FORGED = (
    "send",
    "undo",
    "to.safety",
    "act.decide",
    "on.0000-0000",
    "off.x",
    "all.x",
    "more.9",
    "tell",
    "edit",
    "",
    ".",
)


@dataclass(slots=True)
class Counting(StageChannel):
    """A channel that notes when which chat was called."""

    clock: StageClock = field(default_factory=StageClock)
    calls: list[tuple[str, datetime]] = field(default_factory=list)

    async def send(self, place: str, message: Message, *, key: int) -> int:
        self.calls.append((place, self.clock.now()))
        return await StageChannel.send(self, place, message, key=key)

    async def edit(self, place: str, number: int, message: Message) -> None:
        self.calls.append((place, self.clock.now()))
        await StageChannel.edit(self, place, number, message)

    def most_in(self, place: str) -> int:
        """Give the most calls of a chat within any minute."""
        at = [moment for where, moment in self.calls if where == place]
        return max(sum(1 for other in at if moment <= other < moment + WINDOW) for moment in at)


async def a_desk(stage: Stage, count: int) -> list[str]:
    """Let Ana have so many open cases with parks, which Lee and Kim look after, Zoe leads, and Tom leads the next."""
    for name, queue, role in (
        *(("Lee", "outdoors", "reviewer"), ("Kim", "outdoors", "reviewer")),
        *(("Zoe", "outdoors", "lead"), ("Tom", "care", "lead")),
    ):
        await stage.enrol(name, queue, role)
    codes = [f"{number:04}-0000" for number in range(count)]

    def work(c: Connection) -> None:
        ana = addresses.add_citizen(c, stage.channel_name, "Ana", "en", now=stage.clock.now())
        version = a_version(c)
        for code in codes:
            a_case(c, ana, code=code, version=version)

    await stage.database.write(work)
    return codes


async def all_cases(database: Database) -> list[Case]:
    """Read every case, the oldest first."""
    return await database.read(
        lambda c: [cases.read_case(row) for row in c.execute(table.select().order_by(table.c.id))]
    )


def last(stage: Stage, place: str) -> str:
    """Give the text of the newest message of a chat."""
    return stage.channel.newest(place)[0].message.plain()


async def test_twenty_keep_to_the_pace_of_the_rooms(sqlite_url: str) -> None:
    """Twenty are chosen over two pages and forwarded: no room is called too often, and each citizen reads each once."""
    database, channel = await Database.open(sqlite_url), Counting()
    async with set_stage(database, shown=channel) as stage:
        channel.clock = stage.clock
        codes = await a_desk(stage, MOST + 1)
        for room, lead in (("outdoors", "Zoe"), ("care", "Tom")):
            await stage.bind(room, lead, room)
        await stage.say("Lee", "/bulk")
        await stage.press("Lee", "All of these")
        await stage.press("Lee", "More →")
        await stage.press("Lee", "All of these")
        await stage.press("Lee", "More →")
        await stage.press("Lee", "1")
        assert "More than 20" in last(stage, "Lee")
        await stage.press("Lee", "Forward")
        await stage.press("Lee", "Care and health")
        await stage.say("Lee", "They are for you.")
        channel.calls.clear()
        await stage.press("Lee", "Send")
        assert f"({MOST}): {', '.join(codes[:MOST])}" in last(stage, "Lee")
        await stage.pass_time(timedelta(minutes=5))
        assert channel.most_in("outdoors") <= ROOM_CALLS
        assert channel.most_in("care") <= ROOM_CALLS
        read = [said.message.plain() for said in channel.newest("Ana")]
        assert sorted(code for code in codes for text in read if code in text) == codes[:MOST]
        assert len(read) == MOST
        assert [case.queue for case in await all_cases(database)] == ["care"] * MOST + ["outdoors"]
    await database.close()


async def test_a_choice_survives_a_restart(database: Database) -> None:
    """What was chosen, and what was done, is there in a house built anew; a draft takes the place of a choice."""
    channel = StageChannel()
    async with set_stage(database, shown=channel) as stage:
        await a_desk(stage, 3)
        await stage.say("Lee", "/bulk")
        await stage.say("Lee", "1 3")
        updates = stage.updates
    async with set_stage(database, shown=channel) as stage:
        stage.updates = updates
        for label in ("Tag", "Safety", "Do it"):
            await stage.press("Lee", label)
        assert [bool(case.tags) for case in await all_cases(database)] == [True, False, True]
        updates = stage.updates
    async with set_stage(database, shown=channel) as stage:
        stage.updates = updates
        # Another choice, which a draft takes the place of, does not touch what was done.
        await stage.say("Lee", "/bulk 0001-0000")
        await stage.happen("Lee", Pressed("c:0001-0000:1:claim"))
        await stage.happen("Lee", Pressed("c:0001-0000:2:ask"))
        assert (await stage.press("Lee", "All of these")).toast.startswith("That button is from an earlier message")
        await stage.press("Lee", "Undo all")
        assert last(stage, "Lee").startswith("Taken back (2): 0000-0000, 0002-0000")
        assert not any(case.tags for case in await all_cases(database))


async def test_a_merge_of_several_is_taken_back(database: Database) -> None:
    """All stand as they did before; what was taken back alone since is named; after a day it is too late."""
    async with set_stage(database) as stage:
        await a_desk(stage, 4)
        before = await all_cases(database)
        await stage.say("Zoe", "/bulk 0000-0000 0001-0000 0002-0000 0003-0000")
        for label in ("Merge", "0000-0000 (the oldest)", "Merge"):
            await stage.press("Zoe", label)
        merged = await all_cases(database)
        assert [case.merged_into for case in merged] == [None, *[before[0].id] * 3]
        await stage.say("Kim", "/undo 0002-0000")
        await stage.say("Zoe", "/undo 0002-0000")
        await stage.press("Zoe", "Undo all")
        assert "Taken back (2): 0001-0000, 0003-0000" in last(stage, "Zoe")
        assert "0002-0000: That was taken back already." in last(stage, "Zoe")
        after = await all_cases(database)
        assert [(one.state, one.merged_into, one.promised_on) for one in after] == [
            (one.state, one.merged_into, one.promised_on) for one in before
        ]
        await stage.say("Zoe", "/bulk 0001-0000")
        for label in ("Tag", "Safety", "Do it"):
            await stage.press("Zoe", label)
        await stage.pass_time(timedelta(hours=25))
        assert (await stage.press("Zoe", "Undo all")).toast.startswith("That button is from an earlier message")
        assert (await all_cases(database))[1].tags == ("safety",)


async def test_nobody_else_and_nothing_forged(database: Database) -> None:
    """A bulk is its servant's, in their own chat, as long as they are on the list; no made-up step does anything."""
    async with set_stage(database) as stage:
        await a_desk(stage, 2)
        await stage.bind("outdoors", "Zoe", "outdoors")
        for who in ("Eve", "Tom"):
            outcome = await stage.happen("outdoors", TextSent("/bulk"), sender=who)
            assert outcome.receipt is None
        await stage.say("Tom", "/bulk 0000-0000")
        assert "Nothing is open here" in last(stage, "Tom")
        await stage.happen("outdoors", TextSent("/bulk 0000-0000"), sender="Lee")
        assert "Chosen (1): 0000-0000" in last(stage, "Lee")
        data = stage.channel.button("Lee", "Tag").data.removesuffix("act.tag")
        known = await database.read(_rows)
        for step in FORGED:
            await stage.happen("Lee", Pressed(f"{data}{step}"))
        for label in ("Tag", "Safety"):
            await stage.press("Lee", label)
        for place, sender in (("Kim", None), ("Eve", None), ("outdoors", "Lee"), ("outdoors", "Kim")):
            outcome = await stage.happen(place, Pressed(f"{data}send"), sender=sender)
            assert "earlier message" in outcome.toast
        await stage.dismiss("Lee")
        assert "not on our list" in (await stage.press("Lee", "Do it")).toast
        assert await database.read(_rows) == known


def _rows(c: Connection) -> tuple[int, int]:
    return len(c.execute(journal.select()).all()), len(c.execute(bulks.select()).all())
