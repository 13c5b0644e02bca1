"""Boards, digests and turns on a whole stage: once, in place, in time, and not again after a restart."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.channel import Refused, SendingFailed, Throttled
from dialogs.cases.urgency import Urgency
from dialogs.events import Pressed, TextSent
from storage import boards, duties
from storage.case_tables import journal
from storage.database import Database
from storage.tables import outbox
from tests.dialogs.test_escalation import town_with_fallback
from tests.stage import MORNING, Said, Stage, StageChannel, set_stage
from tests.storage.rows import OUTDOORS
from tests.storage.test_search import put

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def boards_of(stage: Stage, room: str = "outdoors") -> list[Said]:
    """Give the boards that a room shows, of which there should be one."""
    return [said for said in stage.channel.newest(room) if said.message.plain().startswith("📋")]


def drawings(stage: Stage) -> int:
    """Count how often a board was posted or edited since somebody looked."""
    news, stage.channel.news = stage.channel.news, []
    return sum(said.message.plain().startswith("📋") for said in news)


async def a_team(stage: Stage) -> None:
    """Enrol two servants and bind a room."""
    await stage.enrol("Lee", "outdoors", "reviewer")
    await stage.enrol("Zoe", "outdoors", "lead")
    await stage.bind("outdoors", "Zoe", "outdoors")


async def test_a_board_changes_once_a_minute(database: Database) -> None:
    """A burst of new cases costs one edit of the one message; a minute in which nothing changed costs none."""
    async with set_stage(database) as stage:
        await a_team(stage)
        assert drawings(stage) == 1
        assert stage.channel.pinned == {"outdoors": boards_of(stage)[0].number}
        for minute in range(3):
            for number in range(4):
                await database.write(partial(put, text=f"{minute} {number}"))
                await stage.pass_time(timedelta(seconds=10))
            await stage.pass_time(timedelta(seconds=20))
        await stage.pass_time(MINUTE)
        assert drawings(stage) == 3
        await stage.pass_time(20 * MINUTE)
        assert drawings(stage) == 0
        assert [said.message.plain().splitlines()[1] for said in boards_of(stage)] == ["🟢 new: 12"]


async def test_a_restart_repeats_nothing(database: Database) -> None:
    """After a restart no board is posted again, and no digest, turn or step of the ladder comes twice."""
    shown = StageChannel()
    async with set_stage(database, shown=shown) as stage:
        await a_team(stage)
        await stage.say("Lee", "/duty me")
        await stage.say("Zoe", "/duty join")
        await stage.pass_time(DAY + HOUR)
    before, shown.news = len(shown.shown), []
    async with set_stage(database, shown=shown) as again:
        again.clock.move_to(MORNING + DAY + HOUR)
        await again.do_what_is_due()
        assert (len(shown.shown), shown.news) == (before, [])
        await again.pass_time(DAY)
        assert [said.place for said in shown.news if "You are on duty" in said.message.plain()] == ["Lee"]


@pytest.mark.parametrize("failure", [Refused("not enough rights"), Throttled(5.0)])
async def test_a_board_that_cannot_be_pinned_stays(database: Database, failure: SendingFailed) -> None:
    """Without the right to pin, a board is there all the same, and the room is not given up; a 429 is waited for."""

    class Stiff(StageChannel):
        """A channel whose first pin fails."""

        tried = 0

        async def pin(self, place: str, number: int) -> None:
            self.tried += 1
            if self.tried == 1:
                raise failure
            await super().pin(place, number)

    async with set_stage(database, shown=(stiff := Stiff())) as stage:
        await a_team(stage)
        await stage.pass_time(MINUTE)
        assert len(boards_of(stage)) == 1
        assert bool(stiff.pinned) == isinstance(failure, Throttled)
        await stage.happen("outdoors", TextSent("/stats"), sender="Lee")
        assert "how the cases stand" in stage.channel.newest("outdoors")[0].message.plain()


@pytest.mark.parametrize(
    ("thursday", "hours"),
    [
        (datetime(2027, 11, 4, 14, tzinfo=UTC), ["05 13:00", "08 14:00", "09 14:00"]),
        (datetime(2028, 3, 9, 15, tzinfo=UTC), ["10 14:00", "13 13:00", "14 13:00"]),
    ],
)
async def test_a_digest_keeps_to_the_clocks_of_the_town(
    database: Database, thursday: datetime, hours: list[str]
) -> None:
    """Over both ends of daylight saving there is one digest on each working day, when its hours begin."""
    async with set_stage(database) as stage:
        stage.clock.move_to(thursday)
        await a_team(stage)
        for day in range(5):
            await database.write(partial(put, text=f"bench {day}"))
            await stage.pass_time(DAY)
    query = sa.select(outbox.c.created_at).where(outbox.c.urgency == Urgency.DIGEST.value).order_by(outbox.c.id)
    sent = await database.read(lambda c: list(c.execute(query).scalars()))
    # One in the group, and one in the web room.
    assert [at.strftime("%d %H:%M") for at in sent] == sorted(2 * hours)


async def test_the_next_look_is_known(database: Database) -> None:
    """Where nothing has happened and nobody waits, nothing is looked at before the next digest."""
    async with set_stage(database) as stage:
        await a_team(stage)
        moment = await database.read(lambda c: boards.next_of(boards.list_desks(c)))
        assert moment is not None
        assert moment.astimezone(UTC) == datetime(2027, 5, 4, 13, tzinfo=UTC)
        assert OUTDOORS in [desk.queue for desk in await database.read(boards.list_desks)]


async def test_what_nobody_takes_goes_to_another_queue(database: Database) -> None:
    """After sixteen working hours the room of the fallback has the card, once; the citizen hears nothing of it."""
    async with set_stage(database, town=town_with_fallback()) as stage:
        await a_team(stage)
        await stage.enrol("Kim", "care", "lead")
        await stage.bind("care", "Kim", "care")
        await stage.propose("Ana", "A bench in the shade by the gate.")
        heard = len(stage.channel.newest("Ana"))
        await stage.pass_time(4 * DAY)
        assert len(stage.channel.newest("Ana")) == heard
        acts = await database.read(lambda c: c.execute(sa.select(journal.c.act).order_by(journal.c.id)).scalars().all())
        assert acts == ["opened", "free_duty", "free_lead", "forward", "free_duty", "free_lead"]
        assert [said.place for said in stage.channel.shown.values() if said.message.protected] == ["outdoors", "care"]
        card = next(said for said in stage.channel.newest("care") if said.message.protected)
        assert "nobody took it, so it went from Parks and streets to Care and health" in card.message.plain()
        assert [said.place for said in stage.channel.shown.values() if "came to you" in said.message.plain()] == ["Kim"]


async def test_forged_presses_change_no_duty(database: Database) -> None:
    """What a stranger presses, or a servant of another queue, or nobody offered, is answered and changes nothing."""
    async with set_stage(database) as stage:
        await a_team(stage)
        await stage.enrol("Kim", "care", "lead")
        await stage.say("Zoe", "/duty me")
        before = await database.read(lambda c: duties.load(c, OUTDOORS))
        for who, data in (
            *((who, f"y:{act}:outdoors:1") for who in ("Eve", "Kim") for act in ("me", "leave", "add", "hand_over")),
            *(("Lee", data) for data in ("y:add:outdoors:3", "y:me:care:0", "y:me:nowhere:0", "y:x:outdoors:0")),
            *(("Lee", data) for data in ("y:hand_over:outdoors:999", "y:remove:outdoors:2", "y:off:outdoors:2")),
        ):
            pressed = [
                await stage.happen(who, Pressed(data)),
                await stage.happen("outdoors", Pressed(data), sender=who),
            ]
            assert all(outcome.toast for outcome in pressed), (who, data)
        assert await database.read(lambda c: duties.load(c, OUTDOORS)) == before
