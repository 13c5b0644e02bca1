"""Receipts: a sign on a servant's note, which says without a message that it was taken.

A receipt is courtesy, and the note stands on its card in a moment anyway. So it is kept nowhere: it takes a call
only where its group has one to spare for what nobody waits for, and what found none within seconds is dropped.
"""

import asyncio
import logging
from collections.abc import Mapping

from bot.channel import Channel, SendingFailed, Throttled
from bot.clock import Clock
from bot.pacing import Pace
from dialogs.cases.urgency import Urgency
from dialogs.effects import Lane

log = logging.getLogger(__name__)

# Later than this nobody wonders any more.
_LIVES_S = 20.0
_MOST = 1000

Noted = tuple[str, str, int]


class Receipts:
    """Gives receipts."""

    def __init__(self, channels: Mapping[str, Channel], clock: Clock, pace: Pace) -> None:
        self._channels = channels
        self._clock = clock
        self._pace = pace
        # Until when each is worth a call (s since 1970), oldest first.
        self._until: dict[Noted, float] = {}
        self._giving: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> bool:
        """Tell whether one waits for a call."""
        return bool(self._until)

    @property
    def busy(self) -> bool:
        """Tell whether one is under way."""
        return bool(self._giving)

    def add(self, channel: str, place: str, number: int) -> None:
        """Give one soon."""
        if len(self._until) < _MOST:
            self._until[channel, place, number] = self._clock.now().timestamp() + _LIVES_S

    def give_due(self) -> float:
        """Start what may go now; give when (s since 1970) more may."""
        now_s, soonest = self._clock.now().timestamp(), float("inf")
        for noted, until in list(self._until.items()):
            channel, place, _ = noted
            wait_s = self._pace.wait_s(place, Lane.CARD, is_room=True, now=now_s, urgency=Urgency.EDIT)
            if wait_s and now_s + wait_s <= until:
                soonest = min(soonest, now_s + wait_s)
                continue
            del self._until[noted]
            if not wait_s and channel in self._channels:
                self._pace.take(place, Lane.CARD, is_room=True, now=now_s, urgency=Urgency.EDIT)
                task = asyncio.create_task(self._give(noted))
                self._giving.add(task)
                task.add_done_callback(self._giving.discard)
        return soonest

    async def settle(self) -> None:
        """Wait for those that are under way."""
        while self._giving:
            await asyncio.wait(list(self._giving))

    async def _give(self, noted: Noted) -> None:
        channel, place, number = noted
        try:
            await self._channels[channel].acknowledge(place, number)
        except Throttled as throttled:
            self._pace.hold(place, until=self._clock.now().timestamp() + throttled.retry_after_s)
        except SendingFailed as failed:
            # Many a group allows no reactions, or the note is deleted already.
            log.debug("A note got no receipt: %s", failed)
