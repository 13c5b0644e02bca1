"""The webhook: Telegram delivers updates to us, and takes any 2xx for good.

So 200 is answered only after the commit. A refusal makes Telegram deliver the same update again
and hold back its whole chat meanwhile, so an update that fails again and again is set aside.
"""

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from telegram import Bot

from bot.telegram.incoming import WANTED, Raw
from bot.telegram.receiving import Receiver, log_failure
from storage.errors import Unwritable

log = logging.getLogger(__name__)

# The greatest update seen is some 20 KB; a body beyond this is nobody's update.
LARGEST_BODY_BYTES = 1 << 20
_BODY_S = 20
_TRIES = 5
_RETRY_AFTER_S = 5
# How many failing updates are counted at a time; Telegram itself delivers at most 100 at once.
_MOST_FAILING = 1000

Answer = Callable[[web.Request], Awaitable[web.Response]]


def webhook_handler(receiver: Receiver, *, secret: str) -> Answer:
    """Make the handler of ``POST /telegram``; ``secret`` is what ``register_webhook`` told Telegram."""
    failures: OrderedDict[int, int] = OrderedDict()

    async def answer(request: web.Request) -> web.Response:
        if not _knows(request, secret):
            return _word(HTTPStatus.FORBIDDEN, "This address is for Telegram only.")
        body = await _read(request)
        if body is None:
            return _word(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {LARGEST_BODY_BYTES} bytes.")
        update = _parsed(body)
        if update is None:
            return _word(HTTPStatus.BAD_REQUEST, "The body must be one update of the Bot API, as a JSON object.")
        return await _taken(receiver, update, failures)

    return answer


async def register_webhook(bot: Bot, url: str, *, secret: str) -> None:
    """Tell Telegram where to deliver. Raises: TelegramError."""
    await bot.set_webhook(url, allowed_updates=WANTED, drop_pending_updates=False, secret_token=secret)


async def _taken(receiver: Receiver, update: Raw, failures: OrderedDict[int, int]) -> web.Response:
    number = update["update_id"]
    assert isinstance(number, int)
    call: dict[str, str] | None = None
    try:
        if failures.get(number, 0) < _TRIES:
            call = await receiver.take_once(update)
        else:
            await receiver.set_aside(update)
    except Unwritable:
        log.warning("The database cannot be written now; Telegram will deliver again.")
        return _later()
    except Exception as failed:  # noqa: BLE001 - Telegram delivers again; the fifth time it is set aside
        log_failure(failed)
        failures[number] = failures.get(number, 0) + 1
        while len(failures) > _MOST_FAILING:
            failures.popitem(last=False)
        # The last time it is set aside at once; where even that fails, it comes again like any other.
        return await _taken(receiver, update, failures) if failures[number] == _TRIES else _later()
    failures.pop(number, None)
    # A press is answered in the answer to its update, which spares a call (Bot API, "Making requests when
    # getting updates", 2026). Nobody learns how it went; nor does it matter.
    return web.json_response(call) if call else web.Response()


def _knows(request: web.Request, secret: str) -> bool:
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


async def _read(request: web.Request) -> bytes | None:
    try:
        async with asyncio.timeout(_BODY_S):
            await request.content.readexactly(LARGEST_BODY_BYTES + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The body did not come in time.") from None
    return None


def _parsed(body: bytes) -> Raw | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and type(update.get("update_id")) is int else None


def _later() -> web.Response:
    return web.Response(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(_RETRY_AFTER_S)},
        text="Not now; please deliver again.",
    )


def _word(status: HTTPStatus, text: str) -> web.Response:
    return web.Response(status=status, text=text)
