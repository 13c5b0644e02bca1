"""Two teams want something else with the same case at the same moment: one of them gets it, and the other is told."""

import asyncio

from bot.turns import Outcome
from dialogs.events import Pressed, Update
from storage import cases
from storage.database import Database
from tests.stage import Stage, set_stage


def pressed(stage: Stage, place: str, label: str, *, by: str) -> Update:
    """Have somebody press the newest button with a label, in a room or in their own chat."""
    stage.updates += 1
    return Update(
        channel="telegram",
        bot="stage",
        key=str(stage.updates),
        place=place,
        private=place == by,
        sender=by,
        event=Pressed(stage.channel.button(place, label).data),
        sent_at=stage.clock.now(),
        sender_name=by,
    )


async def at_once(stage: Stage, *updates: Update) -> list[Outcome]:
    """Let all of it happen at the same moment."""
    outcomes = await asyncio.gather(*(stage.turns.take(update) for update in updates))
    await stage.do_what_is_due()
    return list(outcomes)


async def test_one_of_two_forwards_it(database: Database) -> None:
    """Of two who send the case to two teams one does it; then either it is brought back or claimed, and never both."""
    async with set_stage(database) as stage:
        for name, queue in (("Lee", "outdoors"), ("Mia", "outdoors"), ("Tom", "care"), ("Kim", "community")):
            await stage.enrol(name, queue, "lead")
        for name, queue in (("Lee", "outdoors"), ("Tom", "care"), ("Kim", "community")):
            await stage.bind(queue, name, queue)
        await stage.propose("Ana", "A bus on Sunday mornings.", service="Town buses")
        await stage.press("outdoors", "More", sender="Lee")
        for name, team in (("Lee", "Care and health"), ("Mia", "Library and town life")):
            await stage.press("outdoors", "Forward", sender=name)
            await stage.press(name, team)
            await stage.say(name, "It is for them.")
        await at_once(stage, pressed(stage, "Lee", "Send", by="Lee"), pressed(stage, "Mia", "Send", by="Mia"))
        (code,) = {said.message.plain().split(" · ")[-1] for said in stage.channel.newest("outdoors")[:1]}
        case = await database.read(lambda c: cases.find_by_code(c, code))
        assert case is not None
        winner, loser, servant = ("Lee", "Mia", "Tom") if case.queue == "care" else ("Mia", "Lee", "Kim")
        assert "You can take it back until then" in stage.channel.newest(winner)[0].message.plain()
        # Depending on what they still could see: that it is not theirs any more, or that it has moved on.
        told = stage.channel.newest(loser)[0].message.plain()
        assert "From here only the forwarding can be taken back" in told or "has moved on" in told
        back, claimed = await at_once(
            stage,
            pressed(stage, winner, "Take it back", by=winner),
            pressed(stage, case.queue, "Claim", by=servant),
        )
        after = await database.read(lambda c: cases.find_by_code(c, code))
        assert after is not None
        assert after.version == case.version + 1
        if after.queue == "outdoors":
            assert (back.toast, after.holder) == ("Taken back.", None)
            assert "not on the list" in claimed.toast
        else:
            assert (claimed.toast, after.holder is None) == ("It is yours.", False)
            assert "From here only the forwarding can be taken back" in back.toast
