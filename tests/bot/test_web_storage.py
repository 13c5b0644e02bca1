"""The lines of web chats, on both databases: numbers and stamps that only go up."""

from datetime import UTC, datetime

import pytest

from dialogs.ids import AddressId
from dialogs.message import Button, Line, Message, Moment, Quote, Tone
from storage import addresses, lines
from storage.codec import pack_message, unpack_message
from storage.database import Connection, Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def chats(database: Database) -> tuple[AddressId, AddressId]:
    """Two chats."""

    def make(c: Connection) -> tuple[AddressId, AddressId]:
        return addresses.add(c, "web", "a", "private"), addresses.add(c, "web", "b", "private")

    return await database.write(make)


async def test_an_edit_counts_as_news_and_not_as_seen(database: Database, chats: tuple[AddressId, AddressId]) -> None:
    """Changing a line raises its stamp above all of its chat, and leaves its number below a later line's."""
    mine, other = chats

    def work(c: Connection) -> None:
        first = lines.add(c, mine, "1", at=NOW)
        lines.add(c, other, "x", at=NOW)
        for _ in range(5):
            assert lines.change(c, mine, first, "1 changed")
        second = lines.add(c, mine, "2", at=NOW)
        assert first < second
        assert [line.message for line in lines.newest(c, mine, limit=9)] == ["1 changed", "2"]
        assert [line.stamp for line in lines.since(c, mine, 0, limit=9)] == [6, 7]
        assert [line.id for line in lines.since(c, mine, 6, limit=9)] == [second]
        assert lines.top_stamp(c, mine) == 7
        assert [line.id for line in lines.newest(c, mine, limit=9, before=second)] == [first]

    await database.write(work)


async def test_only_lines_of_the_chat_change(database: Database, chats: tuple[AddressId, AddressId]) -> None:
    """A number of another chat changes nothing and says so."""
    mine, other = chats

    def work(c: Connection) -> None:
        theirs = lines.add(c, other, "theirs", at=NOW)
        assert not lines.change(c, mine, theirs, "mine")
        assert lines.newest(c, other, limit=1)[0].message == "theirs"

    await database.write(work)


async def test_the_same_outbox_row_is_one_line(database: Database, chats: tuple[AddressId, AddressId]) -> None:
    """Sent again after a kill, a message keeps its number."""

    def work(c: Connection) -> None:
        row = {"at": NOW, "outbox_id": 4}
        assert lines.add(c, chats[0], "1", **row) == lines.add(c, chats[0], "1", **row)  # type: ignore[arg-type]

    await database.write(work)


def test_a_message_survives_its_packing() -> None:
    """Every block and tone comes back as it was."""
    buttons = tuple((Button("A “word”", "s:1:2:x", tone),) for tone in Tone)
    blocks = (Line("a", strong=True), Line("b"), Quote("c\n🌳", folded=True), Moment("by", NOW, "23 November"))
    message = Message(blocks, buttons, protected=True)
    assert unpack_message(pack_message(message)) == message
