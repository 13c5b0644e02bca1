"""After an outage the newest cards are drawn again, and after a pause too short to lose a press none is."""

from datetime import timedelta

from bot.outages import Outages
from dialogs.cases.urgency import Urgency
from storage import outbox, rooms
from storage.database import Connection, Database
from tests.stage import StageClock
from tests.storage.rows import NOW, a_case, a_person, a_room, a_version


async def test_cards_are_drawn_again_after_an_outage(database: Database) -> None:
    """Of each room the five newest cards wait to be drawn, as any other edit; a second look adds none."""
    clock, woken = StageClock(NOW), list[bool]()
    outages = Outages(database, clock, lambda: woken.append(True))

    def begin(c: Connection) -> None:
        room, zoe, version = a_room(c, "-1"), a_person(c, "Zoe"), a_version(c)
        for number in range(14):
            case = a_case(c, zoe, code=f"{number:04}-WORD", version=version)
            rooms.set_card(c, room, case.id, 100 + number)

    def waiting(c: Connection) -> list[Urgency]:
        later = clock.now() + timedelta(hours=1)
        due = outbox.list_due(c, now=later, limit=100, channels=["telegram"], passing_over=[])
        return [parcel.urgency for parcel in due]

    await database.write(begin)
    await outages.look()
    clock.move_to(clock.now() + timedelta(seconds=150))
    await outages.look()
    assert (woken, await database.read(waiting)) == ([], [])
    clock.move_to(clock.now() + timedelta(seconds=151))
    await outages.look()
    assert (woken, await database.read(waiting)) == ([True], [Urgency.EDIT] * 5)
    await outages.look()
    assert len(await database.read(waiting)) == 5
