"""A page of memory that the service and its tormentor share: the clock, the kill that is set, what was reached.

A *point* is a place in the life of the service at which it may die, such as ``turn/before-commit``
(all is written, nothing is committed), ``turn/after-commit`` (it is durable, and nobody was told),
``sendMessage/before-call`` and ``sendMessage/after-call`` (done, and its answer is not read).
"""

import asyncio
import mmap
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Units of work by a word that the code of each uses, and what they are called here.
UNITS = {
    "_turn": "turn",
    "_do": "due",
    "list_due": "look",
    "mark_sending": "claim",
    "_draw": "draw",
    "mark": "mark",
    "list_interrupted": "recover",
    "open_library": "library",
    "signing_key": "key",
    "_forget_old": "sweep",
    "keep": "invite",
    "add": "web-line",
    "change": "web-change",
}
METHODS = (
    "getMe",
    "setMyCommands",
    "deleteWebhook",
    "getUpdates",
    "sendMessage",
    "editMessageText",
    "answerCallbackQuery",
    "pinChatMessage",
)
POINTS = (
    *(f"{unit}/{when}-commit" for unit in (*UNITS.values(), "other-unit") for when in ("before", "after")),
    *(f"{method}/{when}-call" for method in (*METHODS, "other-method") for when in ("before", "after")),
)
_NUMBERS = {point: number for number, point in enumerate(POINTS)}

# A Monday morning in Riverton; a second of ours is twenty of theirs.
MORNING = datetime(2027, 5, 3, 13, 0, tzinfo=UTC)
SPEED = 20.0

_BEGAN_NS, _JUMPED_MS, _ARMED, _COUNTDOWN, _KILLED, _COUNTERS = 0, 1, 2, 3, 4, 8
_NOTHING = -1


class Page:
    """The shared page; both sides open the same file."""

    def __init__(self, path: Path) -> None:
        path.touch()
        if path.stat().st_size == 0:
            path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            self._cells = memoryview(mmap.mmap(file.fileno(), mmap.PAGESIZE)).cast("q")
        if not self._cells[_BEGAN_NS]:
            self._cells[_BEGAN_NS] = time.monotonic_ns()
            self._cells[_ARMED] = _NOTHING

    def now(self) -> datetime:
        """Tell the time of the play."""
        passed_s = (time.monotonic_ns() - self._cells[_BEGAN_NS]) / 1e9 * SPEED
        return MORNING + timedelta(seconds=passed_s, milliseconds=self._cells[_JUMPED_MS])

    def jump(self, how_far: timedelta) -> None:
        """Let time pass at once."""
        self._cells[_JUMPED_MS] += how_far // timedelta(milliseconds=1)

    def arm(self, point: str, nth: int = 1) -> None:
        """Have the service die when it reaches a point for the nth time from now."""
        self._cells[_COUNTDOWN] = nth
        self._cells[_ARMED] = _NUMBERS[point]

    def disarm(self) -> None:
        """Let it live."""
        self._cells[_ARMED] = _NOTHING

    @property
    def killed(self) -> int:
        """How often it died at a point."""
        return self._cells[_KILLED]

    def reached(self) -> dict[str, int]:
        """Count how often each point was reached so far."""
        return {point: self._cells[_COUNTERS + number] for point, number in _NUMBERS.items()}

    def reach(self, point: str) -> None:
        """Be at a point; die if this is the one."""
        number = _NUMBERS[point]
        self._cells[_COUNTERS + number] += 1
        if self._cells[_ARMED] == number:
            self._cells[_COUNTDOWN] -= 1
            if self._cells[_COUNTDOWN] == 0:
                self._cells[_ARMED] = _NOTHING
                self._cells[_KILLED] += 1
                os.kill(os.getpid(), signal.SIGKILL)


class QuickClock:
    """The clock of the play, which the service goes by."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def now(self) -> datetime:
        return self._page.now()

    async def wait(self, happened: asyncio.Event, *, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s / SPEED):
                await happened.wait()
        except TimeoutError:
            return
