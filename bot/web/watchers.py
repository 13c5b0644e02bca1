"""Who waits for news of a chat in this process.

Only a hint to look: the lines are in the database, and whoever waits also looks now and then, so a
hint lost (or given in another process) delays a line and loses none.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from dialogs.ids import AddressId


class Watchers:
    """The events of the open pages, by address."""

    def __init__(self) -> None:
        self._events: dict[AddressId, set[asyncio.Event]] = {}
        self.closed = False

    @contextmanager
    def watch(self, *address_ids: AddressId) -> Iterator[asyncio.Event]:
        """Give an event that is set with every news of the addresses; clear it before looking."""
        event = asyncio.Event()
        for address_id in address_ids:
            self._events.setdefault(address_id, set()).add(event)
        try:
            yield event
        finally:
            for address_id in address_ids:
                self._events[address_id].discard(event)
                if not self._events[address_id]:
                    del self._events[address_id]

    def count(self, address_id: AddressId) -> int:
        """Tell how many wait for this address."""
        return len(self._events.get(address_id, ()))

    def wake(self, address_id: AddressId) -> None:
        """Tell everyone who waits for this address to look."""
        for event in self._events.get(address_id, ()):
            event.set()

    def close(self) -> None:
        """Tell everyone to stop waiting for good."""
        self.closed = True
        for address_id in self._events:
            self.wake(address_id)
