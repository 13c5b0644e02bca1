"""What is done with each raw update, however it came: read it, fetch its file, take the turn, answer the press.

Updates of one chat are taken one after another, in the order in which they were handed over;
chats do not wait for each other. What must be durable (the turn) is awaited; what is courtesy
(stopping the waiting sign on a button, leaving a stranger's group) goes on behind it.
"""

import asyncio
import json
import logging
import traceback
from collections.abc import Coroutine
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.telegram.files import find_file
from bot.telegram.incoming import Raw, message_of, place_of, press_of, read_update
from bot.telegram.outgoing import ANSWER_PRESS, TelegramChannel, press_fields
from bot.turns import Outcome
from dialogs.events import Unreadable, Update
from dialogs.ids import MediaId
from dialogs.media import Media, MediaKind
from storage.errors import Unwritable

log = logging.getLogger(__name__)

_TRIES = 3
_LONGEST_PAUSE_S = 30.0
# Well inside the ten seconds in which the service stops.
_COURTESY_S = 3.0


class Intake(Protocol):
    """Where updates go."""

    async def take(self, update: Update) -> Outcome:
        """Answer an update with a turn, and return after the commit.

        Raises: Unwritable when nothing can be written now; anything else: this update failed.
        """
        ...

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        """Tell which photos or voice notes the sender's open question takes. Raises: Unwritable."""
        ...

    async def load_media(self, id: MediaId) -> Media | None:
        """Give a photo or voice note to be shown. Raises: Unwritable."""
        ...

    async def load_own_data(self, channel: str, place: str) -> bytes | None:
        """Pack all that is kept about the person of a chat, as a file. Raises: Unwritable."""
        ...

    async def set_aside(self, *, channel: str, bot: str, key: str, raw: str) -> None:
        """Keep an update that fails again and again, for a person to look at. Raises: Unwritable."""
        ...


class Receiver:
    """Hands the raw updates of one bot to the intake."""

    def __init__(self, intake: Intake, channel: TelegramChannel, *, bot: str, username: str, clock: Clock) -> None:
        self._intake = intake
        self._channel = channel
        self._bot = bot
        self._username = username
        self._clock = clock
        # A lock lives as long as somebody holds or awaits it, so this does not grow with the number of chats.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._courtesies: set[asyncio.Task[None]] = set()

    async def take_once(self, raw: Raw) -> dict[str, str] | None:
        """Take an update; return after the commit with the call that answers its press, if it is one.

        Raises: whatever the intake raised.
        """
        async with self._lock(raw):
            toast = await self._take(raw)
        press = press_of(raw)
        return {"method": ANSWER_PRESS, **press_fields(press, toast)} if press else None

    async def take_surely(self, raw: Raw) -> None:
        """Take an update; return after it was committed or set aside, however long that lasts."""
        failures = pauses = 0
        async with self._lock(raw):
            while True:
                try:
                    if failures < _TRIES:
                        self._answer(raw, await self._take(raw))
                    else:
                        await self.set_aside(raw)
                except Unwritable:
                    log.warning("The database cannot be written now; updates wait.")
                except Exception as failed:  # noqa: BLE001 - one bad update must not stop the others
                    failures += 1
                    log_failure(failed)
                else:
                    return
                pauses += 1
                await pause(self._clock, pauses)

    async def set_aside(self, raw: Raw) -> None:
        """Give up on an update: keep it raw. Raises: Unwritable."""
        await self._intake.set_aside(
            channel="telegram", bot=self._bot, key=str(raw.get("update_id")), raw=json.dumps(raw)
        )
        log.error("An update failed again and again and was set aside.")
        self._answer(raw, "")

    async def finish(self) -> None:
        """Wait a moment for the courtesies that are still under way."""
        if self._courtesies:
            _, late = await asyncio.wait(self._courtesies, timeout=_COURTESY_S)
            for task in late:
                task.cancel()

    async def _take(self, raw: Raw) -> str:
        update = read_update(raw, bot=self._bot, username=self._username, received_at=self._clock.now())
        toast = ""
        if update is not None:
            outcome = await self._intake.take(await self._with_file(raw, update))
            toast = outcome.toast
            if outcome.leave_room:
                self._behind(self._channel.leave(update.place))
        return toast

    async def _with_file(self, raw: Raw, update: Update) -> Update:
        # Before the turn, so that no network is touched in its transaction; a kill meanwhile only means that
        # Telegram delivers again.
        if not update.private or not isinstance(update.event, Unreadable):
            return update
        file = find_file(message_of(raw))
        if file is None or file.kind not in await self._intake.wants(update):
            return update
        return replace(update, event=await self._channel.fetch(file))

    def _answer(self, raw: Raw, toast: str) -> None:
        # Every press is answered, also with nothing: else the button keeps turning.
        if press := press_of(raw):
            self._behind(self._channel.answer_press(press, toast))

    def _behind(self, courtesy: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(courtesy)
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    def _lock(self, raw: Raw) -> asyncio.Lock:
        return self._locks.setdefault(place_of(raw), asyncio.Lock())


async def pause(clock: Clock, times: int) -> None:
    """Wait before trying again: a quarter of a second at first, twice as long each time, at most half a minute."""
    await clock.wait(asyncio.Event(), timeout_s=min(_LONGEST_PAUSE_S, 0.125 * 2 ** min(times, 10)))


def log_failure(failed: Exception) -> None:
    """Log where an update failed: the lines of code, never a value, which may be somebody's words."""
    where = "".join(traceback.format_tb(failed.__traceback__))
    log.error("An update failed with %s at\n%s", type(failed).__name__, where)
