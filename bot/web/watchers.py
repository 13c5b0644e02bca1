"""Who waits for news of a chat in this process, and which servants have a room open.

Only a hint to look: the lines are in the database, and whoever waits also looks now and then, so a
hint lost (or given in another process) delays a line and loses none. Who is in a room is known of this process
alone, and of nobody longer than their page is open.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from dialogs.ids import AddressId


class Watchers:
    """The events of the open pages, by address."""

    def __init__(self) -> None:
        self._events: dict[AddressId, set[asyncio.Event]] = {}
        self._names: dict[AddressId, Counter[str]] = {}
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

    @contextmanager
    def be_in(self, room: AddressId, name: str) -> Iterator[None]:
        """Let the others in a room know that somebody is there, until their page goes away."""
        names = self._names.setdefault(room, Counter())
        names[name] += 1
        self.wake(room)
        try:
            yield
        finally:
            names[name] -= 1
            if not +names:
                del self._names[room]
            self.wake(room)

    def names_in(self, room: AddressId) -> tuple[str, ...]:
        """Tell who is in a room, in the order of their names."""
        return tuple(sorted(+self._names.get(room, Counter[str]())))

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
