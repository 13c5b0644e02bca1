"""What becomes due: timers fire once, announcements reach each contributor once, page by page."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import timekeeper
from dialogs.cases.case import State
from dialogs.effects import SetTimer, StartTelling, Telling, Timer
from storage import announcements, cases, timers
from storage.case_tables import asks, journal
from storage.coming import what_comes
from storage.database import Connection, Database
from storage.tables import outbox as outbox_table
from tests.stage import set_stage, starter_town
from tests.storage.rows import NOW, a_case, a_person, join_case

LATER = NOW + timedelta(days=15)


async def tellings(database: Database) -> list[tuple[int, int]]:
    """List (address, lane) of what is to be said."""
    query = sa.select(outbox_table.c.address_id, outbox_table.c.lane).order_by(outbox_table.c.id)
    return [(row.address_id, row.lane) for row in await database.read(lambda c: c.execute(query).all())]


async def ring_once(database: Database) -> bool:
    """Fire what is due."""
    return await database.write(lambda c: timekeeper.fire_timer(c, starter_town(), now=LATER))


async def tell_once(database: Database) -> bool:
    """Tell the next page."""
    return await database.write(lambda c: timekeeper.tell_page(c, starter_town(), now=LATER))


async def test_a_timer_fires_once(database: Database) -> None:
    """However many look at the same time, a promise that passed is told once, and a new date is set."""

    def begin(c: Connection) -> None:
        case = a_case(c, a_person(c))
        timers.set_timer(c, SetTimer(Timer.PROMISE, case, NOW + timedelta(days=14)))

    await database.write(begin)
    fired = await asyncio.gather(*(ring_once(database) for _ in range(6)))
    assert fired.count(True) == 1
    acts = await database.read(lambda c: c.execute(sa.select(journal.c.act)).scalars().all())
    assert acts == ["overdue"]
    due_at = (await database.read(what_comes)).timer_at
    assert due_at is not None
    assert due_at > LATER


async def test_a_stale_timer_does_nothing(database: Database) -> None:
    """A timer of an older version of the case is taken, and nothing comes of it."""

    def begin(c: Connection) -> None:
        case = a_case(c, a_person(c))
        for timer in (Timer.ASK_BACK, Timer.SILENCE, Timer.PROMISE):
            timers.set_timer(c, SetTimer(timer, case, NOW))
        c.execute(sa.text("UPDATE cases SET version = 7, state = 'confirmed'"))

    await database.write(begin)
    assert [await ring_once(database) for _ in range(4)] == [True, True, True, False]
    assert await tellings(database) == []
    assert await database.read(lambda c: cases.load(c, 1).state) is State.CONFIRMED  # type: ignore[arg-type]


@pytest.mark.parametrize("telling", Telling)
async def test_an_announcement_reaches_everybody_once(
    database: Database, telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven contributors in pages of three, told by several at the same time: each is written to once."""
    monkeypatch.setattr(timekeeper, "PAGE", 3)

    def begin(c: Connection) -> list[int]:
        first = a_person(c, "P0")
        case = a_case(c, first)
        c.execute(sa.text("UPDATE cases SET outcome = 'accepted', reason = 'Yes'"))
        others = [a_person(c, f"P{number}") for number in range(1, 7)]
        for person in others:
            join_case(c, case, person)
        announcements.start(c, StartTelling(telling, cases.load(c, case.id), "Words", NOW))
        return [first.id, *(person.id for person in others)]

    everybody = await database.write(begin)
    for _ in range(4):
        await asyncio.gather(*(tell_once(database) for _ in range(3)))
    assert sorted(address for address, _ in await tellings(database)) == sorted(everybody)
    kept = await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(asks)).scalar_one())
    assert kept == (7 if telling in (Telling.QUESTION, Telling.ASK_BACK, Telling.REVIEW, Telling.VIEWS) else 0)
    assert await tell_once(database) is False


async def test_an_announcement_is_stopped_before_it_starts_or_not_at_all(database: Database) -> None:
    """What has not begun can be taken back and reaches nobody; what has begun goes on to the end."""

    def begin(c: Connection) -> None:
        case = a_case(c, a_person(c))
        announcements.start(c, StartTelling(Telling.OVERDUE, case, "", LATER + timedelta(seconds=1)))

    await database.write(begin)
    assert await tell_once(database) is False
    await database.write(lambda c: announcements.stop(c, 1))
    assert (await database.read(what_comes)).starts_at is None
    await database.write(lambda c: announcements.start(c, StartTelling(Telling.OVERDUE, cases.load(c, 1), "", NOW)))  # type: ignore[arg-type]
    stopped = asyncio.gather(
        tell_once(database),
        *(database.write(lambda c: announcements.stop(c, 2)) for _ in range(2)),
        return_exceptions=True,
    )
    told, *stops = await stopped
    reached = len(await tellings(database))
    assert (told is True) == (reached == 1)
    assert stops.count(None) == 1 - reached


@pytest.mark.parametrize("clock_jumps", [timedelta(days=1), timedelta(days=400)])
async def test_a_clock_that_jumps_loses_no_timer(database: Database, clock_jumps: timedelta) -> None:
    """After a jump ahead every timer still fires, each once."""
    async with set_stage(database) as stage:
        await stage.propose("Ana", "A bench in the shade by the gate.")
        stage.clock.move_to(stage.clock.now() + clock_jumps)
        await stage.do_what_is_due()
        stage.clock.move_to(stage.clock.now() + timedelta(days=30))
        await stage.do_what_is_due()
        acts = await database.read(lambda c: c.execute(sa.select(journal.c.act).order_by(journal.c.id)).scalars().all())
        assert acts[0] == "opened"
        told = [said for said in stage.channel.newest("Ana") if "promised you news" in said.message.plain()]
        assert len(told) == list(acts).count("overdue") >= 1
        assert (acts.count("free_duty"), acts.count("free_lead")) == (1, 1)
