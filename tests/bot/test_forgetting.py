"""What somebody takes back before it was sent is nowhere any more."""

import pytest
import sqlalchemy as sa

from dialogs.ids import AddressId
from dialogs.message import say
from storage import addresses, lines
from storage.codec import pack_message
from storage.database import Connection, Database
from storage.tables import metadata
from tests.stage import MORNING, Stage, set_stage

CANARY = "canary-of-ana"


@pytest.mark.parametrize("ending", [("cancel", "yes"), ("cancel", "cancel")])
async def test_what_is_cancelled_is_nowhere(database: Database, ending: tuple[str, str]) -> None:
    """After cancel no table holds a word of what was said, be it answered, still to be said, or shown on the web."""
    async with set_stage(database) as stage:
        await stage.say("Ana", "/start")
        await stage.press("Ana", "Share an idea")
        await stage.press("Ana", "Library")
        await stage.say("Ana", f"The {CANARY} needs more tables.")
        await stage.say("Ana", "done")
        await stage.say("Ana", f"Because {CANARY} told me so.")
        await database.write(_show_on_the_web)
        assert await database.read(_where) >= {"sessions", "lines"}
        for word in ending:
            await stage.say("Ana", word)
        assert await database.read(_where) == set()
        assert "Nothing was kept" in stage.channel.newest("Ana")[0].message.plain()


async def test_what_was_kept_for_later_goes_with_cancel(database: Database) -> None:
    """Words that waited for their place are deleted by cancel, and so is what repeated them."""
    async with set_stage(database) as stage:
        await stage.say("Ana", f"Hello from {CANARY}.")
        assert "people" in await database.read(_where)
        await stage.say("Ana", "cancel")
        assert await database.read(_where) == set()


async def test_what_was_sent_stays_with_its_case_only(database: Database) -> None:
    """A contribution is kept once: neither the conversation nor the outbox holds its words any more."""
    async with set_stage(database) as stage:
        await _contribute(stage)
        assert await database.read(_where) == {"contributions"}


async def _contribute(stage: Stage) -> None:
    await stage.say("Ana", "/start")
    await stage.press("Ana", "Share an idea")
    await stage.press("Ana", "Library")
    for text in (f"The {CANARY} needs more tables.", "done", "skip", "skip", "send"):
        await stage.say("Ana", text)


def _show_on_the_web(c: Connection) -> None:
    ana = addresses.find(c, "telegram", "Ana")
    assert ana is not None
    lines.add(c, AddressId(ana), pack_message(say(f"You have {CANARY} so far.")), at=MORNING)


def _where(c: Connection) -> set[str]:
    """Name the tables that hold the canary anywhere."""
    return {
        table.name for table in metadata.sorted_tables if any(CANARY in str(row) for row in c.execute(sa.select(table)))
    }
