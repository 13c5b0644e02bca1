"""How fast Telegram lets a bot go. Source: ../shared TELEGRAM.md, "Rates", 2026."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from math import ceil

from tests.botapi.world import ApiError, Chat

_WINDOW = timedelta(seconds=60)
# Calling during a penalty lengthens it.
_LENGTHENED = timedelta(seconds=5)


class Limits:
    """The budgets; a 429 names when to come back."""

    def __init__(self) -> None:
        self.per_group: int | None = 20
        # Switched on where a test is about them: messages a second per private chat, and over all chats.
        self.per_private_burst: int | None = None
        self.overall: int | None = None
        self._spent: dict[int, deque[datetime]] = defaultdict(deque)
        self._penalties: dict[int, datetime] = {}

    def charge(self, chat: Chat, now: datetime) -> None:
        """Count one call to a chat. Raises: ApiError 429."""
        if chat.kind != "private" and self.per_group is not None:
            self._spend(chat.id, now, self.per_group, _WINDOW)
        if chat.kind == "private" and self.per_private_burst is not None:
            self._spend(chat.id, now, self.per_private_burst, timedelta(seconds=self.per_private_burst))
        if self.overall is not None:
            self._spend(0, now, self.overall, timedelta(seconds=1))

    def _spend(self, key: int, now: datetime, most: int, window: timedelta) -> None:
        if now < (until := self._penalties.get(key, now)):
            self._penalties[key] = until + _LENGTHENED
            raise _throttled(until + _LENGTHENED - now)
        spent = self._spent[key]
        while spent and spent[0] <= now - window:
            spent.popleft()
        if len(spent) >= most:
            self._penalties[key] = spent[0] + window
            raise _throttled(spent[0] + window - now)
        spent.append(now)


def _throttled(wait: timedelta) -> ApiError:
    seconds = max(1, ceil(wait.total_seconds()))
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
