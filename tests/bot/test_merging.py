"""Merging with the whole house: a number that is typed, a circle that cannot be, and what the root's card shows."""

import asyncio

import sqlalchemy as sa

from dialogs.cases.case import State
from dialogs.events import Pressed, Update
from dialogs.presses import CardPress, pack
from storage.case_tables import cases as table
from storage.database import Connection, Database
from tests.stage import Stage, set_stage


def standing(c: Connection) -> list[tuple[str, str, int, int | None]]:
    """List every case with its state, its version and what it points to."""
    rows = c.execute(sa.select(table).order_by(table.c.id)).all()
    return [(row.code, row.state, row.version, row.merged_into) for row in rows]


async def two_of_ana(stage: Stage) -> list[tuple[str, str, int, int | None]]:
    """Let Ana hand in the same idea twice, and Lee and Zoe look."""
    await stage.enrol("Lee", "outdoors", "reviewer")
    await stage.enrol("Zoe", "outdoors", "lead")
    await stage.bind("outdoors", "Zoe", "outdoors")
    for _ in range(2):
        await stage.propose("Ana", "A bus on Sunday mornings.", service="Town buses")
    return await stage.database.read(standing)


async def test_a_number_is_typed(database: Database) -> None:
    """The number of a case can be written as people write numbers; a person in both cases is told of it once."""
    async with set_stage(database) as stage:
        (first, *_), (second, _, version, _) = await two_of_ana(stage)
        await stage.happen("outdoors", Pressed(pack(CardPress(second, version, "merge"))), sender="Lee")
        await stage.say("Lee", "is it this one?")
        assert "I cannot find a case" in stage.channel.newest("Lee")[0].message.plain()
        await stage.say("Lee", first.replace("-", " ").lower())
        assert f"Merge {second} into {first}?" in stage.channel.newest("Lee")[0].message.plain()
        await stage.press("Lee", "Merge")
        assert [state for _, state, _, _ in await database.read(standing)] == [State.NEW, State.MERGED]
        await stage.say("Lee", "/case " + second)
        assert any(first in said.message.plain() for said in stage.channel.newest("Lee")[:3])
        before = len(stage.channel.newest("Ana"))
        await stage.press("outdoors", "Claim", sender="Lee")
        await stage.press("outdoors", "Ask", sender="Lee")
        await stage.say("Lee", "From where to where?")
        await stage.press("Lee", "Send")
        await stage.pass_time(stage.library.town.installation.loop.ask_hold)
        assert len(stage.channel.newest("Ana")) == before + 1


async def test_two_at_once_make_no_circle(database: Database) -> None:
    """Of two servants who merge the same two cases into each other at one moment, one comes too late."""
    async with set_stage(database) as stage:
        (first, _, one, _), (second, _, two, _) = await two_of_ana(stage)
        presses = {"Lee": CardPress(first, one, f"join.{second}"), "Zoe": CardPress(second, two, f"join.{first}")}
        updates = [
            Update(
                channel="telegram",
                bot="stage",
                key=f"rush-{name}",
                place="outdoors",
                private=False,
                sender=name,
                event=Pressed(pack(press)),
                sent_at=stage.clock.now(),
            )
            for name, press in presses.items()
        ]
        outcomes = await asyncio.gather(*(stage.turns.take(update) for update in updates))
        await stage.do_what_is_due()
        assert sum(outcome.toast.startswith("Merged into") for outcome in outcomes) == 1
        assert sorted(state for _, state, _, _ in await database.read(standing)) == [State.MERGED, State.NEW]
