"""What people told us is kept as long as they were promised, and not longer."""

from datetime import timedelta

import sqlalchemy as sa

from bot.channel import Unknown
from storage import retention
from storage.case_tables import case_words, cases, contributions
from storage.database import Database
from storage.outbox import list_ended
from storage.tables import media as media_table
from storage.tables import receipts
from tests.bot.test_forgetting import CANARY, contribute, live_a_whole_case, where_it_is
from tests.stage import Stage, set_stage


async def test_a_closed_case_loses_its_words_after_two_years(database: Database) -> None:
    """Not a day sooner; then words, photo, answers and codes are gone, and the case with its outcome stays."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        await stage.press("library", "Claim", sender="Lee")
        await stage.press("library", "Decide", sender="Lee")
        await stage.press("Lee", "Already exists")
        await stage.say("Lee", "We will buy one more.")
        await stage.press("Lee", "Send")
        await stage.pass_time(timedelta(days=60))
        assert await database.read(lambda c: c.execute(sa.select(cases.c.state)).scalars().all()) == ["unconfirmed"]
        await sweep_after(stage, timedelta(days=730) - timedelta(days=60))
        assert "contributions" in await database.read(where_it_is)
        await sweep_after(stage, timedelta(days=61))
        assert await database.read(where_it_is) == set()
        assert await database.read(lambda c: c.execute(sa.select(media_table.c.id)).all()) == []
        assert await database.read(lambda c: c.execute(sa.select(receipts.c.created_at)).all()) == []
        assert await database.read(lambda c: c.execute(sa.select(case_words.c.words)).scalars().all()) == [""]
        card = next(said.message.plain() for said in stage.channel.newest("library") if said.message.protected)
        assert "wrote is deleted" in card
        assert card.count("deleted") == 1
        await stage.say("Ana", "status")
        assert "…" in stage.channel.newest("Ana")[0].message.plain()


async def test_an_open_case_keeps_its_words(database: Database) -> None:
    """As long as the team owes an answer, nothing of it is deleted, and what merely waits is no reason to wait."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        await sweep_after(stage, timedelta(days=2000))
        assert await database.read(where_it_is) >= {"contributions"}
        assert len(await database.read(lambda c: c.execute(sa.select(contributions)).all())) == 1


async def test_what_failed_is_kept_for_a_month(database: Database) -> None:
    """A message that may not have been sent and an update that could not be read are there for somebody to look at."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        await stage.say("Ben", f"Hello from {CANARY}.")
        stage.channel.failures.append(Unknown("the answer was lost"))
        await stage.pass_time(timedelta(days=15))
        await stage.turns.set_aside(channel="telegram", bot="stage", key="aside", raw=CANARY)
        await sweep_after(stage, timedelta(days=14))
        assert await database.read(where_it_is) == {"contributions", "outbox", "inbox", "people"}
        await sweep_after(stage, timedelta(days=14))
        assert await database.read(list_ended)
        await sweep_after(stage, timedelta(days=20))
        assert await database.read(list_ended) == []
        assert await database.read(where_it_is) == {"contributions"}


async def sweep_after(stage: Stage, how_long: timedelta) -> None:
    """Let time pass, forget what is old, and show what came of it."""
    stage.clock.move_to(stage.clock.now() + how_long)
    await stage.database.write(lambda c: retention.sweep(c, now=stage.clock.now()))
    await stage.do_what_is_due()
