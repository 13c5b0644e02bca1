"""Forged presses and payloads change nothing and are answered; ``make proof`` sends 50,000 of them."""

from random import Random

import sqlalchemy as sa

from dialogs.events import Pressed, TextSent
from storage.database import Database
from storage.tables import addresses, rooms, unsigned
from tests.bot.forging import send_forgeries
from tests.bot.full_house import full_house
from tests.stage import set_stage

BUTTON = "Confirm, it was me"
_BOUND = sa.select(rooms.c.queue).join(addresses, addresses.c.id == rooms.c.address_id)
OFFICE = _BOUND.where(addresses.c.place == "office")


async def test_nothing_forged_changes_anything(database: Database) -> None:
    """Whoever sends whatever into a house where everything is going on, no table is another afterwards."""
    async with full_house(database) as house:
        count = await send_forgeries(house, times=200, dice=Random(2027))
    assert count.complaints == []
    assert len(count.sent) == 11


async def test_a_servant_of_another_queue_signs_nothing(sqlite_url: str) -> None:
    """What was written under the name of a group waits for one of its own: no colleague from elsewhere uses it up."""
    database = await Database.open(sqlite_url)
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.enrol("Kim", "care", "lead")
        await stage.bind("outdoors", "Lee", "outdoors")
        await stage.happen("outdoors", TextSent("/stats"), sender="", anonymous=True)
        refused = await stage.press("outdoors", BUTTON, sender="Kim")
        assert "not on the list" in refused.toast
        assert await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(unsigned)).scalar()) == 1
        signed = await stage.press("outdoors", BUTTON, sender="Lee")
        assert signed.toast == "I take it as yours."
    await database.close()


async def test_a_room_is_given_away_by_its_own_lead(sqlite_url: str) -> None:
    """Who leads another queue only cannot make a room of this one theirs; and a press in no room is answered."""
    database = await Database.open(sqlite_url)
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.enrol("Kim", "care", "lead")
        await stage.bind("office", "Lee", "outdoors")
        await stage.happen("office", TextSent("/bind care"), sender="Kim")
        assert await database.read(lambda c: c.execute(OFFICE).scalars().all()) == ["outdoors"]
        await stage.enrol("Lee", "care", "lead")
        await stage.happen("office", TextSent("/bind care"), sender="Lee")
        assert await database.read(lambda c: c.execute(OFFICE).scalars().all()) == ["care"]
        assert (await stage.happen("elsewhere", Pressed("c:K7F3-9QWD:1:claim"), sender="Kim")).toast
    await database.close()
