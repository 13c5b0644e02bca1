"""The way out to the web: a message becomes a line of its chat, and open pages are told to look."""

from typing import TypeVar

from bot.channel import Gone, NotSent, Refused
from bot.clock import Clock
from bot.web.watchers import Watchers
from dialogs.ids import AddressId
from dialogs.message import Message
from storage import addresses, lines
from storage.codec import pack_message
from storage.database import Connection, Database, Work
from storage.errors import StorageError

T = TypeVar("T")


class WebChannel:
    """The channel of web chats and web rooms; a line is shown once whatever happens, by its key."""

    def __init__(self, database: Database, watchers: Watchers, clock: Clock) -> None:
        self._database = database
        self._watchers = watchers
        self._clock = clock

    async def send(self, place: str, message: Message, *, key: int) -> int:
        """Add a line and return its id, the message's number. Raises: NotSent, Refused."""
        packed, at = pack_message(message), self._clock.now()

        def add(c: Connection) -> tuple[AddressId, int]:
            address_id = _address(c, place)
            return address_id, lines.add(c, address_id, packed, at=at, outbox_id=key)

        address_id, number = await self._write(add)
        self._watchers.wake(address_id)
        return number

    async def edit(self, place: str, number: int, message: Message) -> None:
        """Change a line. Raises: NotSent, Refused, Gone."""
        packed = pack_message(message)

        def change(c: Connection) -> tuple[AddressId, bool]:
            address_id = _address(c, place)
            return address_id, lines.change(c, address_id, number, packed)

        address_id, changed = await self._write(change)
        if not changed:
            raise Gone("the line is not there any more")
        self._watchers.wake(address_id)

    async def pin(self, place: str, number: int) -> None:
        """Do nothing: a board stands at the top of its page anyway."""

    async def acknowledge(self, place: str, number: int) -> None:
        """Do nothing: a note stands in its room as a line of its own."""

    async def _write(self, work: Work[tuple[AddressId, T]]) -> tuple[AddressId, T]:
        try:
            return await self._database.write(work)
        except StorageError as error:
            raise NotSent("the line could not be saved") from error


def _address(c: Connection, place: str) -> AddressId:
    address_id = addresses.find(c, "web", place)
    if address_id is None:
        raise Refused("there is no such chat on the web")
    return address_id
