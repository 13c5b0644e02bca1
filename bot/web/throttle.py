"""How often a wrong receipt code may be tried.

Kept in memory: a code holds at least 64 random bits, so the limit only has to make guessing loud
and dull, and a restart that forgets the count gives nobody a real chance. Only wrong codes count,
so that nobody who has the right one is kept out by their own earlier success.
"""

from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
PER_CLIENT = 10
OVERALL = 300


class Throttle:
    """Wrong attempts of the last ten minutes, per client and together."""

    def __init__(self) -> None:
        self._failures: deque[tuple[datetime, str]] = deque(maxlen=OVERALL)

    def allows(self, client: str, *, now: datetime) -> bool:
        """Tell whether this client may try a code now."""
        while self._failures and self._failures[0][0] <= now - WINDOW:
            self._failures.popleft()
        own = sum(failed == client for _, failed in self._failures)
        return own < PER_CLIENT and len(self._failures) < OVERALL

    def failed(self, client: str, *, now: datetime) -> None:
        """Count a wrong code."""
        self._failures.append((now, client))
