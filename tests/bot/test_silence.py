"""Somebody stops in the middle of a flow, and days pass: what reaches them, and what is left of what they said."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import timekeeper
from bot.channel import Unknown
from bot.configuration import check
from bot.settings import STARTER
from dialogs.effects import SaveSession, StartTelling, Telling
from dialogs.events import Blocked, Pressed
from dialogs.flows.session import Session
from dialogs.ids import SessionId, VersionId
from dialogs.silence import wake_after_pause
from storage import announcements, coming, sessions
from storage.case_tables import every_table
from storage.codec import unpack_session
from storage.database import Connection, Database
from storage.tables import outbox as outbox_table
from storage.tables import sessions as sessions_table
from tests.stage import MORNING, Stage, set_stage
from tests.storage.rows import a_case, a_person

CANARY = "canary-of-ana"
DAY = timedelta(days=1)
REMINDER = "You began to tell us something and have not finished it"
NOTICE = "will be deleted on Wednesday, June 2, 2027"
EXPIRED = "is deleted now"


async def stop_in_the_middle(stage: Stage) -> None:
    """Begin an idea, write a few words, and leave."""
    await stage.say("Ana", "/start")
    await stage.press("Ana", "Share an idea")
    await stage.press("Ana", "Library")
    await stage.say("Ana", f"The {CANARY} needs more tables.")


def told(stage: Stage, part: str) -> list[str]:
    """List what Ana was told that holds these words, oldest first."""
    texts = [said.message.plain() for said in reversed(stage.channel.newest("Ana"))]
    return [text for text in texts if part in text]


def traces(c: Connection) -> set[str]:
    """Name the tables that hold the canary anywhere."""
    # A row by itself writes long texts with a gap in the middle.
    held = {table: [tuple(row) for row in c.execute(table.select())] for table in every_table.sorted_tables}
    return {table.name for table, rows in held.items() if CANARY in str(rows)}


def state_of(c: Connection) -> list[str]:
    """List how each conversation stands."""
    return list(c.execute(sa.select(sessions_table.c.state).order_by(sessions_table.c.opened_at)).scalars())


async def test_silence_to_the_end(database: Database) -> None:
    """Two reminders, a notice and the end, each once; then nothing is left, and the way back is open."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await stage.pass_time(29 * DAY)
        assert (len(told(stage, REMINDER)), len(told(stage, NOTICE)), len(told(stage, EXPIRED))) == (2, 1, 0)
        assert "sessions" in await database.read(traces)
        await stage.pass_time(60 * DAY)
        assert (len(told(stage, REMINDER)), len(told(stage, NOTICE)), len(told(stage, EXPIRED))) == (2, 1, 1)
        assert await database.read(traces) == set()
        assert await database.read(state_of) == [sessions.EXPIRED]
        await stage.say("Ana", "start")
        assert "What would you like to do?" in stage.channel.newest("Ana")[0].message.plain()


async def test_a_reminder_can_be_answered_by_its_buttons_or_by_the_old_ones(database: Database) -> None:
    """Whichever button is pressed, and however often, it is one answer to the one question that is open."""
    async with set_stage(database) as stage:
        for person in ("Ana", "Ben"):
            await stage.say(person, "/start")
            await stage.press(person, "Share an idea")
        old = stage.channel.button("Ben", "Library")
        await stage.pass_time(DAY)
        assert stage.channel.button("Ben", "Library") == old
        assert REMINDER in stage.channel.newest("Ben")[0].message.plain()
        for press in (old, old):
            outcome = await stage.happen("Ben", Pressed(press.data))
        assert "earlier message" in outcome.toast
        await stage.press("Ana", "Library")
        for person in ("Ana", "Ben"):
            assert "What is your idea?" in stage.channel.newest(person)[0].message.plain()


async def test_who_writes_again_begins_a_new_silence(database: Database) -> None:
    """An answer starts the count anew: the next reminder is the first one again."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await stage.pass_time(2 * DAY)
        await stage.say("Ana", "And more light.")
        await stage.pass_time(2 * DAY)
        assert len(told(stage, REMINDER)) == 2
        await stage.pass_time(29 * DAY)
        assert (len(told(stage, REMINDER)), len(told(stage, EXPIRED))) == (3, 1)


async def test_who_asked_for_a_pause_is_not_reminded(database: Database) -> None:
    """A conversation that was put to rest is heard of three days before its end, counted from the pause."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await stage.pass_time(timedelta(hours=2))
        await database.write(lambda c: rest(c, stage))
        await stage.pass_time(27 * DAY)
        assert (len(told(stage, REMINDER)), len(told(stage, NOTICE))) == (0, 1)
        await stage.pass_time(3 * DAY)
        assert len(told(stage, EXPIRED)) == 1


def rest(c: Connection, stage: Stage) -> None:
    """Put Ana's conversation to rest."""
    row = c.execute(sa.select(sessions_table)).one()
    session = unpack_session(row.answers, Session(SessionId(row.id), VersionId(row.version_id), row.turn))
    flow, now = stage.library.edition.flow_of(c, session.version), stage.clock.now()
    wake_at = wake_after_pause(flow, stage.library.town.installation, now=now)
    sessions.save(c, SaveSession(session, session.turn, wake_at), prompt=None, now=now)


@pytest.mark.parametrize(
    ("hours", "cause"),
    [("21 to 8", "cannot be `21 to 8`"), ("24:00-08:00", "cannot be"), ("08:00-08:00", "would be the whole day")],
)
def test_quiet_hours_are_checked(hours: str, cause: str, tmp_path: Path) -> None:
    """Whoever writes them wrongly reads where, why, and how they are written."""
    shutil.copytree(STARTER, tmp_path, dirs_exist_ok=True)
    town = (tmp_path / "yousaid.yaml").read_text("utf-8").replace("21:00-08:00", hours)
    (tmp_path / "yousaid.yaml").write_text(town, "utf-8")
    (mistake,) = check(tmp_path)
    line = town.splitlines()[mistake.line - 1]
    assert line.startswith("quiet_hours")
    assert cause in mistake.cause
    assert "21:00-08:00" in mistake.remedy


async def test_nobody_is_woken_at_night(database: Database) -> None:
    """Who stopped late in the evening hears of it in the morning after the next night."""
    async with set_stage(database) as stage:
        stage.clock.move_to(datetime(2027, 5, 4, 2, 30, tzinfo=UTC))
        await stop_in_the_middle(stage)
        await stage.pass_time(timedelta(hours=33))
        assert told(stage, REMINDER) == []
        await stage.pass_time(timedelta(hours=1))
        assert len(told(stage, REMINDER)) == 1


async def test_who_closed_the_chat_is_left_alone(database: Database) -> None:
    """Nothing is written to a chat that is closed, and the draft is deleted all the same."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await stage.happen("Ana", Blocked())
        before = len(stage.channel.newest("Ana"))
        await stage.pass_time(40 * DAY)
        assert len(stage.channel.newest("Ana")) == before
        assert await database.read(state_of) == [sessions.EXPIRED]
        assert await database.read(traces) == set()


async def test_many_at_the_same_time_wake_somebody_once(database: Database) -> None:
    """However many look at the same moment, a stage of silence is told once."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        later = MORNING + DAY + timedelta(minutes=1)
        woken = await asyncio.gather(
            *(database.write(lambda c: timekeeper.wake_silent(c, stage.library.edition, now=later)) for _ in range(6))
        )
        assert woken.count(True) == 1
        stage.clock.move_to(later)
        await stage.do_what_is_due()
        assert len(told(stage, REMINDER)) == 1


async def test_a_turn_wins_over_the_end(database: Database) -> None:
    """Words that come at the very moment of the end are an answer, or find their place later: they are never lost."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await stage.pass_time(28 * DAY)
        stage.clock.move_to(MORNING + 31 * DAY)
        await asyncio.gather(
            stage.say("Ana", f"One more: {CANARY}."),
            database.write(lambda c: timekeeper.wake_silent(c, stage.library.edition, now=MORNING + 31 * DAY)),
        )
        found = await database.read(traces)
        assert found & {"sessions", "people"}


async def test_a_kill_while_firing_leaves_all_as_it_was(database: Database) -> None:
    """What is done about a silence is one transaction: undone, it is as if nothing had been, and it fires again."""

    def fire_and_fail(c: Connection, stage: Stage) -> None:
        assert timekeeper.wake_silent(c, stage.library.edition, now=MORNING + 40 * DAY)
        raise ConnectionAbortedError

    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        before = await database.read(_rows)
        for _ in range(2):
            killed = database.write(lambda c: fire_and_fail(c, stage))
            assert isinstance((await asyncio.gather(killed, return_exceptions=True))[0], Exception)
        assert await database.read(_rows) == before
        await stage.pass_time(DAY)
        assert len(told(stage, REMINDER)) == 1


async def test_what_cannot_be_done_stops_nothing_else(database: Database) -> None:
    """While a conversation cannot be read, announcements go on, and later its person is reminded after all."""
    done = asyncio.Event()
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        await database.write(tell_ben)
        answers = await database.write(lambda c: change_answers(c, "no JSON"))
        stage.clock.move_to(MORNING + DAY)
        keeper = timekeeper.Timekeeper(database, stage.library, stage.clock, done.set)
        running = asyncio.create_task(keeper.run())
        await done.wait()
        done.clear()
        await database.write(lambda c: change_answers(c, answers))
        await done.wait()
        running.cancel()
        await stage.do_what_is_due()
        assert len(told(stage, REMINDER)) == 1


def change_answers(c: Connection, answers: str) -> str:
    """Put other answers into Ana's conversation, and give those that were there."""
    is_ana = sessions_table.c.state == sessions.OPEN
    before: str = c.execute(sa.select(sessions_table.c.answers).where(is_ana)).scalar_one()
    c.execute(sessions_table.update().where(is_ana).values(answers=answers))
    return before


def tell_ben(c: Connection) -> None:
    """Have something announced to Ben about a case of his."""
    case = a_case(c, a_person(c, "Ben"))
    announcements.start(c, StartTelling(Telling.OVERDUE, case, "", MORNING))


async def test_a_reminder_that_may_have_arrived_is_not_repeated(database: Database) -> None:
    """Where the channel's answer was lost it goes to the list of the unknown, and cancelling empties it there."""
    async with set_stage(database) as stage:
        await stop_in_the_middle(stage)
        stage.channel.failures.append(Unknown("the answer was lost"))
        await stage.pass_time(2 * DAY)
        assert told(stage, REMINDER) == []
        assert await database.read(traces) == {"sessions", "outbox"}
        await stage.say("Ana", "cancel")
        await stage.press("Ana", "Yes, delete it")
        assert await database.read(traces) == set()


async def test_whom_to_wake_is_found_by_an_index(sqlite_url: str) -> None:
    """However many conversations there are, those that are due are found without reading through them."""
    database = await Database.open(sqlite_url)
    plans = await database.read(lambda c: [_plan(c, sessions._DUE)[0], " ".join(_plan(c, coming._NEXT))])
    await database.close()
    assert all("ix_sessions_wake" in plan for plan in plans), plans


def _plan(c: Connection, query: sa.sql.Executable) -> list[str]:
    compiled = query.compile(dialect=c.dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    rows = c.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(1 for _ in compiled.positiontup))
    return [str(row[-1]) for row in rows]


def _rows(c: Connection) -> list[tuple[object, ...]]:
    kept = [*c.execute(sa.select(sessions_table)), *c.execute(sa.select(outbox_table.c.id))]
    return [tuple(row) for row in kept]
