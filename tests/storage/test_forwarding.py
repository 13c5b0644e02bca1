"""A case that goes to another queue: which rooms show it, what they are told, and what undo finds in its journal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs.cases.case import Actor, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.sorting import Menu
from dialogs.effects import ChangeCase, StartTelling, Telling, UndoAct, WriteEntry
from dialogs.ids import AddressId, BatchId, QueueId, StaffId
from storage import addresses, cases, deeds, outbox, rooms
from storage.database import Connection, Database
from storage.desk_view import card_view
from storage.forwarding import path_of
from storage.recorder import draw_cards, record_case
from tests.storage.rows import NOW, OUTDOORS, a_case, a_person, a_room, a_servant

CARE = QueueId("care")
FIRST, SECOND = 7, 8


@pytest.fixture
async def it(database: Database) -> tuple[Database, AddressId, AddressId, StaffId]:
    """A case with a card in the room of outdoors, and a room of care."""

    def add(c: Connection) -> tuple[AddressId, AddressId, StaffId]:
        case, old = a_case(c, a_person(c)), a_room(c)
        new = addresses.add(c, "telegram", "-2", addresses.ROOM)
        rooms.bind(c, new, CARE, now=NOW)
        rooms.set_card(c, old, case.id, FIRST)
        return old, new, a_servant(c)

    return database, *await database.write(add)


def forward(c: Connection, to: QueueId, by: StaffId) -> Case:
    """Forward the only case."""
    case = the_case(c)
    moved = replace(case, queue=to, version=case.version + 1)
    record_case(c, ChangeCase(moved, Entry(Act.FORWARD, Actor.SERVANT, NOW, staff=by, before=case)), now=NOW)
    return moved


def the_case(c: Connection) -> Case:
    """Give the only case."""
    found = cases.find_by_code(c, "K7F3-9QWD")
    assert found is not None
    return found


def shown(c: Connection, queue: QueueId) -> list[tuple[int, int | None, bool]]:
    """Tell which rooms a case is drawn in, under which number, and whether it has left them."""
    return [(seen.room, seen.number, seen.has_left) for seen in rooms.rooms_of(c, queue, the_case(c).id)]


async def test_both_rooms_are_drawn_until_the_old_one_knows(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """The new room gets a card; the old one is drawn until it was told the last of it, and its message stays known."""
    database, old, new, lee = it

    def play(c: Connection) -> None:
        case = forward(c, CARE, lee)
        assert shown(c, CARE) == [(old, FIRST, True), (new, None, False)]
        due = outbox.list_due(c, now=NOW, limit=9, channels=["telegram"], passing_over=[])
        assert [parcel.address for parcel in due] == [old, new]
        assert [card_view(c, case.id, room).undoable for room in (old, new)] == [True, False]
        assert [card_view(c, case.id, room).has_left for room in (old, new)] == [True, False]
        rooms.settle(c, old, case.id)
        assert shown(c, CARE) == [(new, None, False)]
        assert rooms.case_of_card(c, old, FIRST) == case.id

    await database.write(play)


async def test_it_comes_back_where_it_was_seen_last(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """Taken back at once its card is drawn anew; forwarded back, or taken back later, it is posted anew."""
    database, old, new, lee = it

    def play(c: Connection) -> None:
        case = forward(c, CARE, lee)
        rooms.set_card(c, new, case.id, SECOND)
        line = deeds.done_to(c, case)[0]
        back = replace(case, queue=OUTDOORS, version=case.version + 1)
        record_case(c, UndoAct(back, line.entry, Entry(Deed.UNDO, Actor.SERVANT, NOW, staff=lee), CARE), now=NOW)
        assert shown(c, OUTDOORS) == [(old, FIRST, False), (new, SECOND, True)]
        forward(c, CARE, lee)
        assert shown(c, CARE) == [(old, FIRST, True), (new, None, False)]
        rooms.settle(c, old, case.id)
        again = the_case(c)
        back = replace(again, queue=OUTDOORS, version=again.version + 1)
        line = deeds.done_to(c, again)[0]
        record_case(c, UndoAct(back, line.entry, Entry(Deed.UNDO, Actor.SERVANT, NOW, staff=lee), CARE), now=NOW)
        assert (old, None, False) in shown(c, OUTDOORS)

    await database.write(play)


async def test_a_batch_is_told_once(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """Where only a batch lists the case, its line is drawn again, no card is posted, and later acts draw nothing."""
    database, old, _, lee = it

    def play(c: Connection) -> None:
        case = the_case(c)
        rooms.set_card(c, old, case.id, None)
        rooms.list_in_batch(c, old, case.id, BatchId(3))
        forward(c, CARE, lee)
        later = NOW + timedelta(minutes=1)
        due = outbox.list_due(c, now=later, limit=9, channels=["telegram"], passing_over=[])
        assert [(one.draws, one.draws_batch) for one in due if one.address == old] == [(None, BatchId(3))]
        assert all(room != old for room, _, _ in shown(c, CARE))

    await database.write(play)


async def test_the_path_and_the_deeds(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """The queues are listed in order without what was taken back; undo finds who did what, and what has gone out."""
    database, _, _, lee = it

    def play(c: Connection) -> None:
        assert path_of(c, the_case(c)) == (OUTDOORS,)
        for to in (CARE, OUTDOORS):
            case = forward(c, to, lee)
        record_case(c, StartTelling(Telling.FORWARDED, case, "", NOW), now=NOW)
        assert path_of(c, case) == (OUTDOORS, CARE, OUTDOORS)
        record_case(c, WriteEntry(case, Entry(Deed.NOTE, Actor.SERVANT, NOW, staff=lee, words="Hm.")), now=NOW)
        note, second, first, *_ = deeds.done_to(c, case)
        assert [(one.act, one.name) for one in (note, second, first)] == [
            (Deed.NOTE, "Lee"),
            (Act.FORWARD, "Lee"),
            (Act.FORWARD, "Lee"),
        ]
        assert [one.telling is None for one in (note, second, first)] == [True, False, True]
        assert (second.before and second.before.queue, second.gone_out, note.side) == (CARE, False, None)
        cases.mark_undone(c, second.entry, now=NOW)
        assert path_of(c, replace(case, queue=CARE)) == (OUTDOORS, CARE)

    await database.write(play)


async def test_an_answer_since_is_known(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """Whether the citizen answered after a case that waited for it was forwarded is known to undo."""
    database, _, _, lee = it

    def play(c: Connection) -> None:
        waits = replace(the_case(c), state=State.ASKED, version=the_case(c).version + 1)
        record_case(c, ChangeCase(waits, Entry(Act.ASK, Actor.SERVANT, NOW, staff=lee)), now=NOW)
        moved = replace(waits, state=State.NEW, queue=CARE, version=waits.version + 1)
        gone = Entry(Act.FORWARD, Actor.SERVANT, NOW, staff=lee, before=waits)
        record_case(c, ChangeCase(moved, gone), now=NOW)
        latest = cases.latest_act(c, moved)
        assert latest is not None
        assert not latest.answered
        record_case(c, WriteEntry(moved, Entry(Act.ANSWER, Actor.CITIZEN, NOW, words="On Sundays.")), now=NOW)
        latest = cases.latest_act(c, moved)
        assert latest is not None
        assert latest.answered

    await database.write(play)


async def test_a_menu_is_the_room_s(it: tuple[Database, AddressId, AddressId, StaffId]) -> None:
    """A room knows its queue and the menu that is open under a card, as long as the case is at that version."""
    database, old, _, _ = it

    def play(c: Connection) -> None:
        case = the_case(c)
        assert rooms.shown_in(c, old, case) == (OUTDOORS, Menu.PLAIN)
        rooms.show_menu(c, old, case, Menu.MORE)
        assert rooms.shown_in(c, old, case) == (OUTDOORS, Menu.MORE)
        assert rooms.shown_in(c, old, replace(case, version=9)) == (OUTDOORS, Menu.PLAIN)
        assert rooms.shown_in(c, AddressId(99), case) == (None, Menu.PLAIN)
        draw_cards(c, case, now=NOW)

    await database.write(play)
