"""Weighing on the web as on Telegram: two servants at once on one card, and both count."""

import asyncio
from datetime import timedelta

import pytest

from dialogs.cases.delivery_choice import Criterion, Option
from dialogs.events import Pressed, Update
from storage import cases, weighings
from storage.case_tables import cases as case_table
from storage.database import Connection, Database
from tests.stage import Stage, set_stage

ROOM = "parks"


async def decide(stage: Stage) -> None:
    """Say yes to an idea, and let people know."""
    await stage.enrol("Lee", "outdoors", "lead")
    await stage.enrol("Kim", "outdoors", "reviewer")
    await stage.bind(ROOM, "Lee", "outdoors")
    await stage.propose("Ana", "A bench in the shade.")
    await stage.press(ROOM, "Claim", sender="Kim")
    await stage.press(ROOM, "Decide", sender="Kim")
    await stage.press("Kim", "Accepted")
    await stage.say("Kim", "We will build it in May.")
    await stage.press("Kim", "Send")
    await stage.pass_time(timedelta(minutes=2))


def pressed(stage: Stage, who: str, label: str) -> Update:
    """Let somebody press a button of the room."""
    event = Pressed(stage.channel.button(ROOM, label).data)
    return Update(
        stage.channel_name,
        "stage",
        f"{who} {label}",
        ROOM,
        private=False,
        sender=who,
        event=event,
        sent_at=stage.clock.now(),
    )


@pytest.mark.parametrize("channel", ["telegram", "web"])
async def test_two_at_once_both_count(database: Database, channel: str) -> None:
    """Each press is a view of whoever pressed, on the same card at the same moment, and the case stays as it was."""
    async with set_stage(database, channel=channel) as stage:
        await decide(stage)
        await stage.press(ROOM, "Who delivers it?", sender="Lee")
        await stage.press(ROOM, "With a partner", sender="Lee")
        presses = [pressed(stage, who, label) for who, label in (("Lee", "🤝 4"), ("Kim", "🤝 2"), ("Kim", "💰 5"))]
        outcomes = await asyncio.gather(*(stage.turns.take(press) for press in presses))
        assert all(outcome.toast.startswith("With a partner, ") for outcome in outcomes)

        def look(c: Connection) -> list[tuple[Option, dict[Criterion, int]]]:
            case = cases.find_by_code(c, str(c.execute(case_table.select()).one().code))
            assert case is not None
            views = weighings.look(c, case, whole=True).views
            return [(view.option, {one: score.value for one, score in view.scores.items()}) for view in views]

        found = await database.read(look)
        assert [option for option, _ in found] == [Option.PARTNER, Option.PARTNER]
        assert {Criterion.TRUST: 4} in [scores for _, scores in found]
        assert {Criterion.TRUST: 2, Criterion.COST: 5} in [scores for _, scores in found]
