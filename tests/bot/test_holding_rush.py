"""Many servants want the same case at once: one gets it, and every other one is told."""

import asyncio
from datetime import timedelta

import pytest

from bot.turns import Outcome
from dialogs.events import Pressed, Update
from storage import cases
from storage.case_tables import cases as case_table
from storage.database import Database
from tests.stage import Stage, set_stage


async def rush(stage: Stage, names: list[str], label: str) -> list[Outcome]:
    """Have everybody press the same button of the same card at the same moment."""
    button = stage.channel.button("outdoors", label)
    stage.updates += len(names)
    updates = [
        Update(
            channel="telegram",
            bot="stage",
            key=f"{stage.updates}-{name}",
            place="outdoors",
            private=False,
            sender=name,
            event=Pressed(button.data),
            sent_at=stage.clock.now(),
            sender_name=name,
        )
        for name in names
    ]
    outcomes = await asyncio.gather(*(stage.turns.take(update) for update in updates))
    await stage.do_what_is_due()
    return list(outcomes)


@pytest.mark.parametrize("crowd", [2, 5, 20])
async def test_one_of_many_gets_it(crowd: int, database: Database) -> None:
    """Of all who claim one wins, of all who would take over one is heard; the others read why not."""
    async with set_stage(database) as stage:
        names = [f"S{number}" for number in range(crowd + 1)]
        for name in names:
            await stage.enrol(name, "outdoors", "lead" if name == "S0" else "reviewer")
        await stage.bind("outdoors", "S0", "outdoors")
        await stage.propose("Ana", "A bus on Sunday mornings.", service="Town buses")
        claimed = [outcome.toast for outcome in await rush(stage, names, "Claim")]
        assert claimed.count("It is yours.") == 1
        assert len([toast for toast in claimed if "has had it" in toast]) == crowd
        holder = names[claimed.index("It is yours.")]
        await stage.press("outdoors", "More", sender=holder)
        others = [name for name in names if name not in (holder, "S0")]
        wanted = [outcome.toast for outcome in await rush(stage, others, "Take over")]
        assert len([toast for toast in wanted if toast.startswith("Whoever has it was told")]) == 1
        assert all(wanted)
        await stage.pass_time(timedelta(minutes=1))
        case = await database.read(lambda c: cases.load(c, c.execute(case_table.select()).one().id))
        winner = next(name for name, toast in zip(others, wanted, strict=True) if toast.startswith("Whoever"))
        names_of = await database.read(lambda c: cases.newest_entries(c, case.id, limit=1))
        assert names_of[0].act == "take_over"
        assert any("is yours now" in said.message.plain() for said in stage.channel.newest(winner))
        assert any("not yours any more" in said.message.plain() for said in stage.channel.newest(holder))
