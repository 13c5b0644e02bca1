"""The bot's updates: kept until they are acknowledged, messages for a day, presses for 150 s."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from tests.botapi.world import Bell, Json

_PRESS_LIVES = timedelta(seconds=150)
_MESSAGE_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One update. ``queue``: its order is kept against others of the same queue (a chat, or a presser)."""

    id: int
    kind: str
    queue: str
    body: Json
    expires_at: datetime


class Updates:
    """The updates of one bot, in the order of their numbers."""

    def __init__(self, clock: Clock) -> None:
        self.changed = Bell()
        self.waiting: list[Waiting] = []
        self.allowed: frozenset[str] | None = None
        self._clock = clock
        self._past: dict[int, Waiting] = {}
        self._next_id = 700_000_000
        self._held: dict[str, list[tuple[Json, str]]] = {}

    @property
    def everything(self) -> frozenset[int]:
        """The numbers of all updates that there ever were."""
        return frozenset(self._past)

    def put(self, kind: str, part: Json, queue: str) -> int | None:
        """Queue an update and give its number; None where it is held back or was not asked for."""
        if self.allowed is not None and kind not in self.allowed:
            return None
        if kind in self._held:
            self._held[kind].append((part, queue))
            return None
        self._next_id += 1
        lives = _PRESS_LIVES if kind == "callback_query" else _MESSAGE_LIVES
        body = {"update_id": self._next_id, kind: part}
        update = Waiting(self._next_id, kind, f"{kind == 'callback_query'}:{queue}", body, self._clock.now() + lives)
        self._past[update.id] = update
        self.waiting.append(update)
        self.changed.ring()
        return update.id

    def put_raw(self, body: Json) -> int:
        """Queue an update exactly as it is, whatever its shape; its number is set."""
        self._next_id += 1
        update = Waiting(
            self._next_id, "raw", "raw", {**body, "update_id": self._next_id}, self._clock.now() + _MESSAGE_LIVES
        )
        self._past[update.id] = update
        self.waiting.append(update)
        self.changed.ring()
        return update.id

    def hold(self, *kinds: str) -> None:
        """Keep updates of these kinds back until ``release``, as if their queue were slow."""
        for kind in kinds:
            self._held.setdefault(kind, [])

    def release(self) -> None:
        """Let everything go that was held back."""
        held, self._held = self._held, {}
        for kind, parts in held.items():
            for part, queue in parts:
                self.put(kind, part, queue)

    def lose(self) -> None:
        """Let everything that was held back be gone for good."""
        self._held = {}

    def repeat(self, ids: Iterable[int]) -> None:
        """Deliver updates once more, also acknowledged ones, under their old numbers."""
        self.waiting = [self._past[number] for number in ids] + self.waiting
        self.changed.ring()

    def renumber(self, next_id: int) -> None:
        """Go on with another number, as Telegram does after a quiet week."""
        self._next_id = next_id - 1

    def read(self, offset: int | None, limit: int) -> list[Json]:
        """Forget what is below the offset, and give what waits."""
        self.expire()
        if offset is not None and offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset:
            self.waiting = [update for update in self.waiting if update.id >= offset]
        return [update.body for update in self.waiting[:limit]]

    def drop(self, update: Waiting) -> None:
        """Take one update out: it was delivered."""
        self.waiting = [other for other in self.waiting if other is not update]
        self.changed.ring()

    def expire(self) -> None:
        """Forget what is too old."""
        now = self._clock.now()
        self.waiting = [update for update in self.waiting if update.expires_at > now]
