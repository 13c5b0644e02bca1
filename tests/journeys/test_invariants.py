"""The engine's invariants (FLOWS, I1-I15) in a whole house on a real database, by chance.

Flows by chance, people who do anything, updates that come twice, late, or at the same moment, a house that
falls over and is built again, a channel that fails, and time that passes. After every turn the tables must know
what the pure part makes of the same inputs, and a second pair of eyes must see it. That a broken flow replaces no
working one (I13) is held by ``tests/bot/test_reloading.py``; that no turn touches the network within its
transaction (I3), by what a unit of work is: a plain function, which cannot wait for a channel.
"""

import asyncio
from collections.abc import Sized

from hypothesis import given, settings

from dialogs.events import Event, Pressed, TextSent, Update
from dialogs.ids import FlowId
from dialogs.presses import FlowPress, pack
from storage.database import Database
from tests.journeys.chance_house import Name, wipe
from tests.journeys.chance_play import Play
from tests.journeys.chances import Chance, chances, found_before
from tests.proof.tables import Tables
from tests.stage import Stage, set_stage

# Each is a life of two people with a dozen turns, so a few say much; and chance has another go at every run.
FEW = settings(max_examples=10)
_BEGIN = Pressed(pack(FlowPress(FlowId("idea"))))


def test_whatever_happens_the_invariants_hold(database_url: str) -> None:
    """Whatever people and the world do: no answer is lost, doubled or brought back, and each input is answered."""
    with asyncio.Runner() as runner:
        database, eyes = runner.run(Database.open(database_url)), Tables(database_url)

        @FEW
        @given(chances())
        def play(chance: Chance) -> None:
            runner.run(_play(chance, database, eyes))

        try:
            for known in found_before():
                runner.run(_play(known, database, eyes))
            play()
        finally:
            runner.run(eyes.close())
            runner.run(database.close())


async def _play(chance: Chance, database: Database, eyes: Tables) -> None:
    # A new database for each would take longer than the play.
    await database.write(wipe)
    name: Name = "web" if chance.on_web else "telegram"
    play = Play(chance, database, eyes, name)
    try:
        await play.run()
    finally:
        await play.house.delivery.settle()


async def test_memory_does_not_grow_with_the_people(database: Database) -> None:
    """I15: after many conversations, ended or open, the house holds no more in memory than after a few."""
    async with set_stage(database) as stage:
        await _talk(stage, [f"P{number}" for number in range(5)])
        few = _sizes(stage)
        assert len(few) > 10
        await _talk(stage, [f"P{number}" for number in range(5, 40)])
        assert _sizes(stage) == few


async def _talk(stage: Stage, names: list[str]) -> None:
    """Let all of them begin something at the same time, and every second one stop."""
    for event in (_BEGIN, TextSent("library"), TextSent("cancel")):
        await asyncio.gather(*(stage.turns.take(_update(stage, name, event)) for name in names))
        await stage.do_what_is_due()
    await asyncio.gather(*(stage.turns.take(_update(stage, name, TextSent("yes"))) for name in names[::2]))
    await stage.do_what_is_due()
    # What landed since is forgotten at the next look.
    stage.delivery.look_again()
    await stage.do_what_is_due()


def _update(stage: Stage, name: str, event: Event) -> Update:
    stage.updates += 1
    position = None if isinstance(event, Pressed) else stage.channel.next_number()
    return Update(
        channel="telegram",
        bot="stage",
        key=str(stage.updates),
        place=name,
        private=True,
        sender=name,
        event=event,
        sent_at=stage.clock.now(),
        position=position,
    )


def _sizes(stage: Stage) -> dict[str, int]:
    """Count what is held by everything that lives as long as the house."""
    edition, pace = stage.library.edition, vars(stage.delivery)["_pace"]
    parts = [stage.delivery, stage.turns, stage.timekeeper, pace]
    held = {f"{type(part).__name__}.{name}": value for part in parts for name, value in vars(part).items()}
    held |= {f"Edition.{name}": getattr(edition, name) for name in type(edition).__slots__}
    return {name: len(value) for name, value in held.items() if isinstance(value, Sized)}
