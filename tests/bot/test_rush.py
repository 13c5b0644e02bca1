"""Two, five and twenty servants do the same at the same moment: one does it, every other reads how it stands now."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import invite
from dialogs.cases.case import Actor, Case, State
from dialogs.cases.draft import PREVIEW
from dialogs.desk_effects import Draft
from dialogs.events import Event, Pressed, Started, TextSent, Update
from dialogs.ids import DraftId, QueueId, StaffId
from dialogs.installation import Role
from dialogs.presses import CardPress, DraftPress, DutyPress, pack
from storage import cases, drafts, staff
from storage.case_tables import cases as case_table
from storage.case_tables import desks, journal
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.tables import addresses, outbox
from tests.bot.full_house import with_second
from tests.stage import Stage, set_stage

OUTDOORS, A_DAY = QueueId("outdoors"), timedelta(days=1)
# What the two contributions say, of which the first is about two matters.
WORDS = "A bus on Sunday mornings would help. And the stop needs a lamp.", "A lamp at the bus stop."
# Who has it, as it is told to others and to themselves; and to who did not see it change.
HELD = r"{holder} \(Team lead\) has had it for 0 min\. State: "
HAS_IT = r"({holder} has it|you have it)"
MOVED_ON = r"has moved on \("


@dataclass(slots=True)
class Rush:
    """A room full of leads, and the two cases that all of them want."""

    stage: Stage
    names: list[str]
    codes: list[str] = field(default_factory=list)
    ids: dict[str, StaffId] = field(default_factory=dict)

    async def load(self, which: int = 0) -> Case:
        """Give a case as it stands."""
        case = await self.stage.database.read(lambda c: cases.find_by_code(c, self.codes[which]))
        assert case is not None
        return case

    async def all_press(self, *acts: str, says: str, which: int = 0) -> None:
        """Have everybody press one of these acts on a card as it stands, some in the room, some in their own chat."""
        version = (await self.load(which)).version
        data = [pack(CardPress(self.codes[which], version, act)) for act in acts]
        await self.all_do(lambda number: Pressed(data[number % len(data)]), says=says, which=which)

    async def all_send(self, act: str, outcome: str | None = None, *, says: str, which: int = 0) -> None:
        """Have everybody press Send under what each of them wrote for a case."""
        case = await self.load(which)
        await self.stage.database.write(lambda c: self._write_drafts(c, case, act, outcome))
        await self.all_do(
            lambda number: Pressed(pack(DraftPress(DraftId(number + 1), "send"))),
            says=says,
            which=which,
            in_private=True,
        )

    async def all_do(
        self, event: Callable[[int], Event], *, says: str, which: int = 0, in_private: bool = False
    ) -> None:
        """Have everybody do something at the same moment: one does it, and every other reads what ``says`` describes.

        In it ``{winner}`` stands for who did it and ``{holder}`` for who has the case now.
        """
        self.stage.clock.move_to(self.stage.clock.now() + timedelta(seconds=1))
        before, read = await self.load(which), self.stage.database.read
        last, said = await read(_newest_line), await read(_newest_said)
        answers = await self.take_all(event, after=said, in_private=in_private)
        lines = await read(lambda c: _lines_after(c, before, last))
        assert [row.version for row in lines] == [before.version + 1], [row.act for row in lines]
        case, names = await self.load(which), {id: name for name, id in self.ids.items()}
        assert case.version == before.version + 1
        winner = names[StaffId(lines[0].staff_id)]
        stands = says.format(winner=winner, holder=names[case.holder] if case.holder else "nobody")
        answers.pop(self.names.index(winner))
        for answer in answers:
            assert re.search(stands, answer), (answer, stands)

    async def take_all(self, event: Callable[[int], Event], *, after: int, in_private: bool = False) -> list[str]:
        """Have everybody do something at the same moment, and give what each of them reads then."""
        updates = [self.update(number, event(number), in_private=in_private) for number in range(len(self.names))]
        outcomes = await asyncio.gather(*(self.stage.turns.take(update) for update in updates))
        told = await self.stage.database.read(lambda c: _said_after(c, after))
        return ["\n".join((one.toast, *told[name])) for one, name in zip(outcomes, self.names, strict=True)]

    def update(self, number: int, event: Event, *, in_private: bool, who: str | None = None) -> Update:
        """Let one of the crowd do something, or somebody else."""
        name = who or self.names[number]
        # Those in the room take turns; those in their own chats really write at the same moment.
        private = in_private or number % 2 == 1
        self.stage.updates += 1
        place, key, now = name if private else "outdoors", f"r{self.stage.updates}", self.stage.clock.now()
        return Update("telegram", "stage", key, place, private, name, event, now, sender_name=name)

    def _write_drafts(self, c: Connection, case: Case, act: str, outcome: str | None) -> None:
        for number, name in enumerate(self.names):
            chat = staff.own_chat(c, self.ids[name], "telegram")
            assert chat is not None
            words = f"The words of {name}."
            draft = Draft(DraftId(number + 1), self.ids[name], chat, case.id, act, PREVIEW, outcome, words)
            drafts.save(c, draft, now=self.stage.clock.now())


@pytest.mark.parametrize("crowd", [2, 5, 20])
async def test_one_wins_and_all_are_told(crowd: int, database: Database) -> None:
    """Whatever act it is, the journal has one line of it, the case is one version on, and everybody is told."""
    async with set_stage(database) as stage:
        stage.library.replace(with_second(stage.library.edition))
        rush = await _gather(stage, crowd)
        await _hold_and_sort(rush)
        await _write_outward(rush)
        await _merge_and_forward(rush)
        await _take_turns(rush)


async def _gather(stage: Stage, crowd: int) -> Rush:
    rush = Rush(stage, [f"S{number}" for number in range(crowd)])
    await stage.enrol("S0", "outdoors", "lead")
    for name in rush.names[1:]:
        payload = await invite(stage.database, stage.clock, queue=OUTDOORS, role=Role.LEAD, name="", valid=A_DAY)
        await stage.turns.take(rush.update(0, Started(payload), in_private=True, who=name))
    await stage.bind("outdoors", "S0", "outdoors")
    for words in WORDS:
        await stage.propose("Ana", words)
    rush.codes = await stage.database.read(
        lambda c: list(c.execute(sa.select(case_table.c.code).order_by(case_table.c.id)).scalars())
    )
    rush.ids = await stage.database.read(lambda c: {name: _id_of(c, name) for name in rush.names})
    return rush


async def _hold_and_sort(rush: Rush) -> None:
    await rush.all_press("claim", says=HELD + "taken")
    holder = (await rush.load()).holder
    others = [f"to.{id}" for id in rush.ids.values() if id != holder]
    await rush.all_press(*others, says=HAS_IT)
    # Who has it may be the first to press.
    await rush.all_press("take_over", says=f"taken, {HAS_IT}|It is yours already")
    await rush.all_press("urgent", says="It is marked as urgent already")
    await rush.all_press("undo", says=f"taken, {HAS_IT}")
    assert not (await rush.load()).urgent
    await rush.all_press("tag.safety", "tag.access", says=f"taken, {HAS_IT}")
    assert len((await rush.load()).tags) == 1
    await rush.all_press("snooze.day", "snooze.week", says=f"snoozed, {HAS_IT}")
    await rush.all_press("wake", says=f"{HELD}taken|taken, you have it")
    await rush.all_press("release", says="State: new")
    code = rush.codes[0]
    await rush.all_do(lambda _: TextSent(f"/undo {code}"), says="{winner} has just taken that back: release")
    assert (await rush.load()).state is State.TAKEN
    split = f"/split {code} And the stop needs a lamp"
    await rush.all_do(lambda _: TextSent(split), says="has a case of its own already", in_private=True)


async def _write_outward(rush: Rush) -> None:
    own, yes, no = "You proposed it yourself", "decided, “Accepted”", "decided, “Declined”"
    await rush.all_send("public_line", says=f"{MOVED_ON}taken, {HAS_IT}")
    await rush.all_send("ask", says=f"{MOVED_ON}asked, {HAS_IT}")
    await rush.all_send("decide", "declined", says=f"{MOVED_ON}proposed, “Declined”")
    assert (await rush.load()).state is State.PROPOSED
    await rush.all_press("send_back", says=f"{own}|{HELD}taken|taken, you have it")
    await rush.all_send("decide", "accepted", says=MOVED_ON + yes)
    # The button and the typed word are about the same act, and neither goes on to the act before.
    code, version = rush.codes[0], (await rush.load()).version
    ways = Pressed(pack(CardPress(code, version, "undo"))), TextSent(f"/undo {code}")
    just = f"{{winner}} has just taken that back: decision|taken, {HAS_IT}"
    await rush.all_do(lambda number: ways[number % 3 > 0], says=just)
    assert (await rush.load()).state is State.TAKEN
    await rush.all_send("decide", "declined", says=f"{MOVED_ON}proposed, “Declined”")
    assert (await rush.load()).proposal is not None
    await rush.all_press("agree", "send_back", says=f"{own}|{HELD}(taken|{no})|{no}|taken, you have it")


async def _merge_and_forward(rush: Rush) -> None:
    one, other = rush.codes[1], await rush.stage.database.read(_newest_code)
    rush.codes.append(other)
    first, second = await rush.load(1), await rush.load(2)
    into = (CardPress(one, first.version, f"join.{other}"), CardPress(other, second.version, f"join.{one}"))
    await rush.stage.do_what_is_due()
    said = await rush.stage.database.read(_newest_said)
    presses = [Pressed(pack(press)) for press in into]
    answers = await rush.take_all(lambda number: presses[number % 2], after=said, in_private=True)
    late = [answer for answer in answers if "Nothing was sent" not in answer]
    assert len(late) == len(answers) - 1
    stands = rf"State: (new|merged into ({one}|{other}))\.|merged into this one already"
    assert all(re.search(stands, answer) for answer in late), late
    after = [await rush.load(1), await rush.load(2)]
    assert [case.version for case in after] == [first.version + 1, second.version + 1]
    assert sorted(case.merged_into is None for case in after) == [False, True]
    merged = 1 if after[0].merged_into is not None else 2
    await rush.all_press("unmerge", which=merged, says="State: new")
    await rush.all_send("forward", "care", which=merged, says="is with Care and health now")
    assert (await rush.load(merged)).queue == "care"


async def _take_turns(rush: Rush) -> None:
    """On a list there is a place for everybody: all are on it once, and one of them has the turn."""
    which = 1 if (await rush.load(1)).queue == "outdoors" else 2
    on_duty = await rush.take_all(lambda _: Pressed(pack(DutyPress("me", "outdoors", 0))), after=0)
    assert all("You are on duty" in answer for answer in on_duty)
    row = await rush.stage.database.read(lambda c: c.execute(sa.select(desks).where(desks.c.queue == "outdoors")).one())
    assert row.on_duty in rush.ids.values()
    to = rush.ids["S1"]
    version = (await rush.load(which)).version
    await rush.stage.happen("S0", Pressed(pack(CardPress(rush.codes[which], version, "claim"))))
    names, rush.names = rush.names, ["S0"] * len(rush.names)
    await rush.all_do(lambda _: Pressed(pack(DutyPress("hand_over", "outdoors", to))), which=which, says="S1 was told")
    rush.names = names
    assert (await rush.load(which)).holder == to


def _id_of(c: Connection, name: str) -> StaffId:
    servant = staff.find(c, "telegram", name)
    assert servant is not None
    return servant.id


def _newest_line(c: Connection) -> int:
    return int(c.execute(sa.select(sa.func.max(journal.c.id))).scalar() or 0)


def _newest_code(c: Connection) -> str:
    return str(c.execute(sa.select(case_table.c.code).order_by(case_table.c.id.desc()).limit(1)).scalar_one())


def _lines_after(c: Connection, case: Case, last: int) -> list[sa.Row[tuple[object, ...]]]:
    mine = (journal.c.case_id == case.id) & (journal.c.id > last) & (journal.c.actor == Actor.SERVANT.value)
    return list(c.execute(sa.select(journal).where(mine).order_by(journal.c.id)).all())


def _newest_said(c: Connection) -> int:
    return int(c.execute(sa.select(sa.func.max(outbox.c.id))).scalar() or 0)


def _said_after(c: Connection, last: int) -> dict[str, list[str]]:
    """Give what is being said to whom; cards are drawn when they are sent."""
    query = sa.select(addresses.c.place, outbox.c.message).join(addresses, addresses.c.id == outbox.c.address_id)
    said = defaultdict(list)
    for row in c.execute(query.where(outbox.c.id > last, outbox.c.message.is_not(None))):
        said[row.place].append(unpack_message(row.message).plain())
    return said


async def test_a_decision_is_not_sent_over_another(sqlite_url: str) -> None:
    """Who writes while a colleague decides is told so, while it can be taken back and after it has gone out."""
    database = await Database.open(sqlite_url)
    async with set_stage(database) as stage:
        rush = await _gather(stage, 2)
        await stage.press("outdoors", "Claim", sender="S0")
        for name in rush.names:
            await stage.press("outdoors", "Decide", sender=name)
            await stage.press(name, "Accepted")
            await stage.say(name, f"{name} says so.")
        stage.clock.move_to(stage.clock.now() + timedelta(seconds=5))
        await stage.press("S0", "Send")
        await stage.say("S1", "S1 says so again.")
        await stage.press("S1", "Send")
        assert "has moved on (decided, “Accepted”)" in stage.channel.newest("S1")[0].message.plain()
        await stage.pass_time(timedelta(minutes=2))
        answers = [said.message.plain() for said in stage.channel.newest("Ana") if "says so" in said.message.plain()]
        assert len(answers) == 1
        # What has gone out is put right by a second message, once it was read over as one.
        await stage.say("S1", "S1 puts it right.")
        await stage.press("S1", "Send")
        await stage.pass_time(timedelta(minutes=2))
        assert "S1 puts it right." in stage.channel.newest("Ana")[0].message.plain()
    await database.close()
