"""The outbox: in order within a chat and lane, each thing once, cards drawn together."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogs.cases.urgency import Urgency
from dialogs.effects import Lane
from dialogs.ids import AddressId, OutboxId
from dialogs.message import say
from storage import addresses, outbox, tables
from storage.database import Connection, Database
from storage.outbox import DEAD, DUE, SENT, UNKNOWN, Parcel
from tests.storage.rows import HELLO, NOW, a_case, a_person, a_room, a_version

SOON = NOW + timedelta(seconds=2)


def due(c: Connection, *, at: object = None, passing_over: tuple[AddressId, ...] = ()) -> list[Parcel]:
    """List what is due on Telegram."""
    now = NOW if at is None else SOON
    return outbox.list_due(c, now=now, limit=100, channels=["telegram"], passing_over=list(passing_over))


def put(c: Connection, address: AddressId, lane: Lane = Lane.REPLY) -> OutboxId:
    """Put a message in."""
    row = outbox.put(c, address, HELLO, now=NOW, lane=lane)
    assert row is not None
    return row


async def test_replies_go_first_and_each_chat_in_order(database: Database) -> None:
    """What is due comes lane by lane, and within a lane as it was put in."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana").id, a_person(c, "Ben").id
        news, first, second = put(c, ana, Lane.ANNOUNCEMENT), put(c, ana), put(c, ana)
        other = put(c, ben)
        assert [parcel.id for parcel in due(c)] == [first, second, other, news]
        assert [parcel.id for parcel in due(c, passing_over=(ana,))] == [other]

    await database.write(work)


@pytest.mark.parametrize("lane", [Lane.REPLY, Lane.ANNOUNCEMENT])
async def test_nothing_overtakes_what_is_tried_again(database: Database, lane: Lane) -> None:
    """While a message waits for another try, what came after it in its chat waits too, and no other chat does."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana").id, a_person(c, "Ben").id
        first, second, other = put(c, ana, lane), put(c, ana, lane), put(c, ben, lane)
        outbox.mark_later(c, first, NOW + timedelta(seconds=1), attempt=1)
        assert [parcel.id for parcel in due(c)] == [other]
        assert [parcel.id for parcel in due(c, at=SOON)] == [first, second, other]

    await database.write(work)


async def test_a_card_overtakes_a_card_that_is_tried_again(database: Database) -> None:
    """Cards are views, drawn as their case stands when they go: one that fails delays no other."""

    def work(c: Connection) -> None:
        room, ana = a_room(c), a_person(c)
        one = a_case(c, ana)
        outbox.put_card(c, room, one.id, now=NOW)
        (first,) = due(c)
        outbox.mark_later(c, first.id, SOON, attempt=1)
        put(c, room, Lane.CARD)
        assert len(due(c)) == 1

    await database.write(work)


async def test_ten_changes_are_one_drawing(database: Database) -> None:
    """However often a card changes before it is drawn, one drawing waits; a change after that asks for another."""

    def work(c: Connection) -> None:
        room, case = a_room(c), a_case(c, a_person(c))
        for _ in range(10):
            outbox.put_card(c, room, case.id, now=NOW)
        (drawing,) = due(c)
        assert (drawing.draws, drawing.message) == (case.id, None)
        outbox.start_drawing(c, drawing.id)
        outbox.put_card(c, room, case.id, now=NOW)
        outbox.put_card(c, room, case.id, now=NOW)
        assert len(due(c)) == 2

    await database.write(work)


async def test_drawings_asked_for_at_once_are_one(database: Database) -> None:
    """Ten turns that change one card at the same time ask for one drawing, and none of them fails."""

    def begin(c: Connection) -> tuple[AddressId, int]:
        return a_room(c), a_case(c, a_person(c)).id

    room, case_id = await database.write(begin)

    def change(c: Connection) -> None:
        outbox.put_card(c, room, case_id, now=NOW)  # type: ignore[arg-type]

    await asyncio.gather(*(database.write(change) for _ in range(10)))
    assert len(await database.read(due)) == 1


async def test_the_same_thing_is_said_once(database: Database) -> None:
    """A message with a mark of its own is put in once."""

    def work(c: Connection) -> None:
        ana = a_person(c).id
        first = outbox.put(c, ana, HELLO, now=NOW, dedup="tell:1:1")
        assert first is not None
        assert outbox.put(c, ana, say("Again"), now=NOW, dedup="tell:1:1") is None
        outbox.mark_sent(c, first, 5, now=NOW)
        assert outbox.put(c, ana, say("And again"), now=NOW, dedup="tell:1:1") is None

    await database.write(work)


async def test_what_a_kill_interrupted_is_listed(database: Database) -> None:
    """An announcement that was being sent when the process died is listed, and a reply is simply due."""

    def work(c: Connection) -> None:
        ana = a_person(c).id
        news, reply = put(c, ana, Lane.ANNOUNCEMENT), put(c, ana)
        outbox.mark_sending(c, [news])
        assert [parcel.id for parcel in due(c)] == [reply]
        assert outbox.list_interrupted(c) == 1
        assert [(id, status) for id, status, _, _ in outbox.list_ended(c)] == [(news, UNKNOWN)]
        assert outbox.send_again(c, news, now=NOW)
        assert [parcel.id for parcel in due(c)] == [reply, news]
        assert outbox.list_ended(c) == []

    await database.write(work)


async def test_only_what_ended_is_sent_again(database: Database) -> None:
    """Neither what waits nor what was shown can be put out a second time."""

    def work(c: Connection) -> None:
        ana = a_person(c).id
        waiting, shown = put(c, ana), put(c, ana)
        outbox.mark_sent(c, shown, 3, now=NOW)
        assert not outbox.send_again(c, waiting, now=NOW)
        assert not outbox.send_again(c, shown, now=NOW)
        rows = c.execute(sa.select(tables.outbox.c.status, tables.outbox.c.number).order_by(tables.outbox.c.id)).all()
        assert [tuple(row) for row in rows] == [(DUE, None), (SENT, 3)]

    await database.write(work)


async def test_what_waits_for_a_closed_chat_is_buried(database: Database) -> None:
    """Burying ends everything that waits for one chat, frees its marks, and touches no other chat."""

    def work(c: Connection) -> None:
        ana, ben = a_person(c, "Ana").id, a_person(c, "Ben").id
        shown, marked, other = put(c, ana), outbox.put(c, ana, HELLO, now=NOW, dedup="m"), put(c, ben)
        outbox.mark_sent(c, shown, 1, now=NOW)
        outbox.bury_all(c, ana, "closed")
        assert [(id, status) for id, status, _, _ in outbox.list_ended(c)] == [(marked, DEAD)]
        assert [parcel.id for parcel in due(c)] == [other]
        assert outbox.put(c, ana, HELLO, now=NOW, dedup="m") is not None

    await database.write(work)


async def test_other_channels_are_left_alone(database: Database) -> None:
    """What belongs to a channel that is not connected waits."""

    def work(c: Connection) -> None:
        web = addresses.add_citizen(c, "web", "w1", "en", now=NOW).id
        put(c, web)
        assert due(c) == []
        assert outbox.next_due_at(c, after=NOW - timedelta(seconds=1)) == NOW
        assert outbox.next_due_at(c, after=NOW) is None

    await database.write(work)


async def test_no_page_hides_what_is_urgent(database: Database) -> None:
    """However many cards wait, the page begins with what is wanted first; what a room is held back for is left out."""

    def work(c: Connection) -> None:
        room, ana, version = a_room(c), a_person(c), a_version(c)
        cases = [a_case(c, ana, code=f"{number:04}-WORD", version=version) for number in range(30)]
        for case in cases:
            outbox.put_card(c, room, case.id, now=NOW, urgency=Urgency.NEW)
        # It waits already, and becomes as urgent as the most urgent of its changes.
        outbox.put_card(c, room, cases[20].id, now=NOW, urgency=Urgency.PRESSED)
        page = {"now": NOW, "limit": 2, "channels": ["telegram"], "passing_over": []}
        assert [parcel.draws for parcel in outbox.list_due(c, **page)] == [cases[20].id, cases[0].id]  # type: ignore[arg-type]
        held = outbox.list_due(c, **page, holding_back=[(room, Urgency.NEW)])  # type: ignore[arg-type]
        assert [parcel.draws for parcel in held] == [cases[20].id]

    await database.write(work)
