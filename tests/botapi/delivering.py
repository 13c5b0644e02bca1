"""The webhook side of the double: updates go to the product, and only a 2xx ends one."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import aiohttp

from bot.clock import Clock
from tests.botapi.updates import Updates, Waiting
from tests.botapi.world import Json

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 60.0


class Webhook:
    """Delivers queue by queue: in a queue one after another, a failing one holds back those behind it.

    ``tries``: (update id, status; 0 for no answer) of each delivery. ``pause_s``: the first pause after a failure.
    ``reached_at``: where an https address is really served, as if a server with a certificate stood in front.
    """

    def __init__(
        self, updates: Updates, clock: Clock, *, tried: Callable[[], None], called: Callable[[str, Json], None]
    ) -> None:
        self.url = ""
        self.secret = ""
        self.reached_at = ""
        self.pause_s = 2.0
        self.tries: list[tuple[int, int]] = []
        self._updates = updates
        self._clock = clock
        self._tried = tried
        self._called = called
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(40)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession() as session:
            try:
                while True:
                    rung = self._updates.changed.next
                    for update in self._updates.waiting if self.url else []:
                        if update.queue not in self._queues:
                            self._queues[update.queue] = asyncio.create_task(self._serve(session, update.queue))
                    await rung.wait()
            finally:
                for task in self._queues.values():
                    task.cancel()
                await asyncio.gather(*self._queues.values(), return_exceptions=True)

    async def _serve(self, session: aiohttp.ClientSession, queue: str) -> None:
        failures = 0
        while self.url and (update := self._first(queue)):
            status, wait_s = await self._deliver(session, update)
            self.tries.append((update.id, status))
            self._tried()
            if 200 <= status < 300:
                failures = 0
                self._updates.drop(update)
                continue
            failures += 1
            await self._wait(max(wait_s, min(_LONGEST_PAUSE_S, self.pause_s * 2 ** (failures - 1))))
        del self._queues[queue]

    def _first(self, queue: str) -> Waiting | None:
        self._updates.expire()
        return next((update for update in self._updates.waiting if update.queue == queue), None)

    async def _deliver(self, session: aiohttp.ClientSession, update: Waiting) -> tuple[int, float]:
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        timeout = aiohttp.ClientTimeout(total=60)
        try:
            async with (
                self._places,
                session.post(
                    self.reached_at or self.url, data=json.dumps(update.body), headers=headers, timeout=timeout
                ) as answer,
            ):
                wait = answer.headers.get("Retry-After", "0")
                if answer.status == HTTPStatus.OK and answer.content_type == "application/json":
                    # The answer to an update may be a call, whose result nobody learns.
                    call: Json = await answer.json()
                    self._called(str(call.pop("method")), call)
                return answer.status, float(wait) if wait.isdigit() else 0
        except (aiohttp.ClientError, TimeoutError):
            return 0, 0

    async def _wait(self, seconds: float) -> None:
        # A woken bell is not the end of the pause, so the time is looked at again.
        until = self._clock.now() + timedelta(seconds=seconds)
        never = asyncio.Event()
        while (left := (until - self._clock.now()).total_seconds()) > 0:
            await self._clock.wait(never, timeout_s=left)
