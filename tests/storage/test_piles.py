"""What waits in a web room, and what is in the hands of the servant who looks at it."""

from dialogs.cases.case import State
from dialogs.ids import AddressId, BatchId, QueueId
from storage import addresses, lines, piles, rooms
from storage.case_tables import cases as table
from storage.database import Connection, Database
from tests.storage.rows import NOW, OUTDOORS, a_servant
from tests.storage.test_search import put

# What becomes of each case, and who has it: Lee looks, and Kim is a colleague.
_CASES: tuple[tuple[State, str, bool], ...] = (
    (State.NEW, "", False),
    (State.TAKEN, "Lee", False),
    (State.PROPOSED, "Kim", False),
    (State.PROPOSED, "Lee", False),
    (State.REOPENED, "", True),
    (State.DECIDED, "Lee", False),
    (State.TAKEN, "Kim", False),
)


async def test_what_waits_and_what_is_mine(database: Database) -> None:
    """Free cases and what a colleague proposed wait, the urgent first; one's own are the open ones that one holds."""
    found, elsewhere = await database.write(_look)
    assert found.waiting == piles.Pile((105, 101, 103), 3)
    assert found.mine == piles.Pile((102, 104), 2)
    assert elsewhere.waiting.lines == ()


async def test_a_batch_stands_for_its_cases(database: Database) -> None:
    """What only a batch lists is found where the batch is, once; a card that is on its way is counted already."""

    def look(c: Connection) -> tuple[int, piles.Pile]:
        room, lee = _room(c), a_servant(c)
        line = lines.add(c, room, "{}", at=NOW, outbox_id=900)
        for _ in range(2):
            rooms.list_in_batch(c, room, put(c, "a bench").id, BatchId(900))
        put(c, "a tree")
        return line, piles.read_piles(c, room, OUTDOORS, lee).waiting

    line, waiting = await database.write(look)
    assert waiting == piles.Pile((line,), 3)


def _look(c: Connection) -> tuple[piles.Piles, piles.Piles]:
    room, servants = _room(c), {name: a_servant(c, name) for name in ("Lee", "Kim")}
    for number, (state, holder, urgent) in enumerate(_CASES, 101):
        case = put(c, f"bench {number}")
        rooms.set_card(c, room, case.id, number)
        values = {"state": state.value, "holder_id": servants.get(holder), "urgent": urgent}
        c.execute(table.update().where(table.c.id == case.id).values(values))
    lee = servants["Lee"]
    return piles.read_piles(c, room, OUTDOORS, lee), piles.read_piles(c, room, QueueId("care"), lee)


def _room(c: Connection) -> AddressId:
    rooms.ensure_web_rooms(c, [OUTDOORS], now=NOW)
    room = addresses.find(c, "web", f"room:{OUTDOORS}")
    assert room is not None
    return room
