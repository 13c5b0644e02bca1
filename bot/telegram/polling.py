"""Long polling: updates are asked for, and acknowledged only when all of a batch are safe.

Asking with an offset is what acknowledges, so the offset moves on after every update of the batch
was committed or set aside, and a kill at any point brings the batch again. After an empty answer
nothing is owed, and the offset is dropped: after a week of silence Telegram goes on with a random
number, perhaps a smaller one.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.clock import Clock
from bot.outages import PRESSES_KEPT
from bot.telegram.connecting import say_wrong_token
from bot.telegram.incoming import WANTED, Raw
from bot.telegram.receiving import Receiver, pause

log = logging.getLogger(__name__)

_LONG_POLL_S = 25
# How much longer than the long poll an answer may take on its way.
_ANSWER_S = 10
_BATCH = 100


async def _nobody_asks() -> None:
    return


async def poll(
    bot: Bot, receiver: Receiver, *, clock: Clock, missed: Callable[[], Awaitable[None]] = _nobody_asks
) -> None:
    """Take updates until cancelled, or until Telegram does not know the token, which is said once.

    ``missed`` is called after a time in which presses were lost, because Telegram did not answer.
    One poller at a time: where there are several machines, the caller holds the lock.
    """
    offset: int | None = None
    troubles, heard_at = 0, clock.now()
    try:
        while True:
            try:
                updates = await _ask(bot, offset)
            except InvalidToken:
                say_wrong_token()
                return
            except TelegramError as failed:
                troubles += 1
                _say(failed, troubles)
                await _hold(clock, failed, troubles)
                continue
            troubles = 0
            now = clock.now()
            if now - heard_at > PRESSES_KEPT:
                await missed()
            heard_at = now
            await _take_all(receiver, updates)
            offset = max(map(_number, updates)) + 1 if updates else None
    finally:
        await receiver.finish()


async def stop_webhook(bot: Bot) -> None:
    """Take a webhook away, if there is one: Telegram gives updates either way, not both.

    Raises: TelegramError.
    """
    await bot.delete_webhook(drop_pending_updates=False)


async def _ask(bot: Bot, offset: int | None) -> list[Raw]:
    # The library's own ``get_updates`` builds objects and keeps nothing of what it cannot read.
    asked = {"timeout": _LONG_POLL_S, "limit": _BATCH, "allowed_updates": json.dumps(WANTED)}
    query = urlencode(asked if offset is None else {"offset": offset, **asked})
    address = f"{bot.base_url}/getUpdates?{query}"
    answer: object = await bot.request.post(address, read_timeout=_LONG_POLL_S + _ANSWER_S)
    return [update for update in answer if isinstance(update, dict)] if isinstance(answer, list) else []


async def _take_all(receiver: Receiver, updates: list[Raw]) -> None:
    # Tasks start in the order of the batch, and a chat's lock is handed on in that order.
    async with asyncio.TaskGroup() as batch:
        for update in updates:
            batch.create_task(receiver.take_surely(update))


def _number(update: Raw) -> int:
    number = update.get("update_id")
    return number if isinstance(number, int) else 0


def _say(failed: TelegramError, troubles: int) -> None:
    if isinstance(failed, Conflict):
        log.warning(
            "Somebody else asks Telegram for this bot's updates, or a webhook is set. "
            "Stop the other program; one bot can feed only one. Trying again."
        )
    elif troubles == 1:
        log.warning("Telegram gives no updates (%s: %s). Trying again.", type(failed).__name__, failed)


async def _hold(clock: Clock, failed: TelegramError, troubles: int) -> None:
    if not isinstance(failed, RetryAfter):
        await pause(clock, troubles)
        return
    wait = failed.retry_after
    await clock.wait(asyncio.Event(), timeout_s=wait if isinstance(wait, int) else wait.total_seconds())
