"""The policy of the desk, cell by cell through the house: who may do what and where, on each channel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product

import pytest
import sqlalchemy as sa

from dialogs.cases.case import Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk.holding import TO
from dialogs.desk.listing import Look
from dialogs.desk.merging import INTO, JOIN
from dialogs.desk.policy import BIND, BULK, DRAFT, DUTY, HANDOVER, POLICY, Rank, Verdict, judge, refusal_of
from dialogs.desk.seat import Where
from dialogs.desk.sorting import MENU, SNOOZE, TAG
from dialogs.desk.weighing_card import WEIGH
from dialogs.events import Event, Pressed, TextSent, Update
from dialogs.ids import QueueId
from dialogs.presses import CardPress, DraftPress, DutyPress, LookPress, pack
from storage import cases, rooms, staff
from storage.case_tables import cases as case_table
from storage.case_tables import drafts, journal
from storage.codec import unpack_message
from storage.database import Connection, Database
from storage.tables import outbox as outbox_table
from storage.tables import rooms as room_table
from tests.stage import Stage, set_stage, starter_town

QUEUE, ROOM = QueueId("outdoors"), "parks"
PEOPLE = {Rank.STRANGER: "sam", Rank.ELSEWHERE: "eli", Rank.REVIEWER: "rita", Rank.LEAD: "lee", Rank.ADMIN: "ada"}
# What stands behind the dot of a press that names something.
_NAMED = {TO: "1", INTO: "NONE", JOIN: "NONE", TAG: "safety", MENU: "more", SNOOZE: "day", WEIGH: "show"}
_TYPED = {
    Act.SPLIT: "/split",
    BULK: "/bulk",
    DUTY: "/duty",
    HANDOVER: "/handover",
    BIND: f"/bind {QUEUE}",
    Deed.NOTE: "A note.",
}


@asynccontextmanager
async def team(database: Database, channel: str) -> AsyncIterator[Stage]:
    """Set up a room with somebody of each rank, and a case that nobody has."""
    async with set_stage(database, channel=channel) as stage:
        for rank, role in ((Rank.ADMIN, "admin"), (Rank.LEAD, "lead"), (Rank.REVIEWER, "reviewer")):
            await stage.enrol(PEOPLE[rank], QUEUE if rank is not Rank.ADMIN else "community", role)
        await stage.enrol(PEOPLE[Rank.ELSEWHERE], "care", "lead")
        await stage.bind(ROOM, PEOPLE[Rank.LEAD], QUEUE)
        await stage.propose("ana", "The zebra crossing has no light.")
        yield stage


def standing(c: Connection) -> list[object]:
    """Give all that an act at the desk can change."""
    tables = (case_table, journal, drafts, room_table)
    return [[tuple(row) for row in c.execute(sa.select(table))] for table in tables]


def event_of(doing: str, c: Connection) -> tuple[Event, int | None]:
    """Make what somebody sends who does this, and what it replies to."""
    row = c.execute(sa.select(case_table.c.code, case_table.c.version)).one()
    if doing in _TYPED:
        case = cases.find_by_code(c, row.code)
        shown = rooms.rooms_of(c, QUEUE, case.id if case else None)[0].number
        return TextSent(_TYPED[doing]), shown
    if doing in set(Look):
        return Pressed(pack(LookPress(doing, row.code if doing == Look.CASE else ""))), None
    if doing.startswith(f"{DUTY}."):
        return Pressed(pack(DutyPress(doing.removeprefix(f"{DUTY}."), QUEUE, 1))), None
    if doing == DRAFT:
        drafted = c.execute(sa.select(drafts.c.id).order_by(drafts.c.id)).scalar()
        return Pressed(pack(DraftPress(drafted or 1, "cancel"))), None
    act = f"{doing}.{_NAMED[doing]}" if doing in _NAMED else doing
    return Pressed(pack(CardPress(row.code, row.version, act))), None


async def do(stage: Stage, doing: str, who: str, where: Where, number: int) -> tuple[Verdict, str, bool]:
    """Let somebody do something somewhere; give what the table says, what they read, and whether anything changed."""

    def begin(c: Connection) -> tuple[Verdict, tuple[Event, int | None], list[object], int]:
        newest = c.execute(sa.select(sa.func.max(outbox_table.c.id))).scalar() or 0
        verdict = judge(doing, staff.find(c, stage.channel_name, who), QUEUE, where)
        return verdict, event_of(doing, c), standing(c), newest

    verdict, (event, reply_to), before, newest = await stage.database.write(begin)
    private = where is Where.OWN
    update = Update(
        channel=stage.channel_name,
        bot="stage",
        key=f"policy {number}",
        place=who if private else ROOM,
        private=private,
        sender=who,
        event=event,
        sent_at=stage.clock.now(),
        position=number,
        reply_to=None if private else reply_to,
        sender_name=who,
    )
    outcome = await stage.turns.take(update)

    def end(c: Connection) -> tuple[list[str], list[object]]:
        rows = c.execute(sa.select(outbox_table.c.message).where(outbox_table.c.id > newest))
        told = [unpack_message(row.message).plain() for row in rows if row.message]
        return told, standing(c)

    told, after = await stage.database.write(end)
    return verdict, "\n".join([outcome.toast, *told]), before != after


@pytest.mark.parametrize("channel", ["telegram", "web"])
async def test_every_cell(database: Database, channel: str) -> None:
    """Whoever may not, changes nothing and reads none of it; whoever may, is not refused for who or where they are."""
    refusals = {refusal_of(verdict, QUEUE, starter_town()) for verdict in (Verdict.STRANGER, Verdict.NOT_THIS_QUEUE)}
    # In private a text belongs to the draft there, and is no note.
    cells = [cell for cell in product(POLICY, PEOPLE, Where) if (cell[0], cell[2]) != (Deed.NOTE, Where.OWN)]
    async with team(database, channel) as stage:
        for number, (doing, rank, where) in enumerate(cells):
            verdict, read, changed = await do(stage, doing, PEOPLE[rank], where, number)
            cell = (doing, rank, where, read)
            if verdict is Verdict.YES:
                assert not any(refused in read for refused in refusals), cell
            else:
                assert not changed, cell
                assert "zebra" not in read or rank >= Rank.REVIEWER, cell
