"""After an outage: cards are drawn again, because what was pressed on them meanwhile is lost.

Telegram keeps a press for 150 s, and the cards in a group may be the last thing that somebody acted on. Only the
newest open ones are drawn, where a room has calls to spare: they are a view, and a look at them costs nothing else.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from dialogs.cases.urgency import Urgency
from storage import alive, outbox, rooms
from storage.database import Connection, Database
from storage.errors import Unwritable

log = logging.getLogger(__name__)

# Source: Telegram's Bot API server, which drops older presses, 2026.
PRESSES_KEPT: Final = timedelta(seconds=150)
_LOOK_EVERY_S = 60.0
# The newest of them are those that people look at.
_IN_EACH_ROOM = 5


class Outages:
    """Notices when the program was not there."""

    def __init__(self, database: Database, clock: Clock, wake_delivery: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake_delivery = wake_delivery

    async def run(self) -> None:
        """Look until cancelled."""
        never = asyncio.Event()
        while True:
            try:
                await self.look()
            except Unwritable as unwritable:
                log.warning("Whether there was an outage is looked at again soon: %s", unwritable)
            await self._clock.wait(never, timeout_s=_LOOK_EVERY_S)

    async def draw_again(self) -> None:
        """Have cards drawn again, because Telegram did not answer for a while."""
        try:
            await self._database.write(lambda c: _draw(c, now=self._clock.now()))
        except Unwritable as unwritable:
            log.warning("Cards are not drawn again after an outage: %s", unwritable)
        self._wake_delivery()

    async def look(self) -> None:
        """Note that we are alive; after an outage have cards drawn again. Raises: Unwritable."""
        now = self._clock.now()
        if await self._database.write(lambda c: _come_back(c, now=now)):
            self._wake_delivery()


def _come_back(c: Connection, *, now: datetime) -> int:
    before = alive.touch(c, now=now)
    return 0 if before is None or now - before <= PRESSES_KEPT else _draw(c, now=now)


def _draw(c: Connection, *, now: datetime) -> int:
    shown = rooms.list_newest_cards(c, "telegram", in_each=_IN_EACH_ROOM)
    for room, case_id in shown:
        outbox.put_card(c, room, case_id, now=now, urgency=Urgency.EDIT)
    return len(shown)
