"""Coming back to a talk with its receipt code, and leaving it behind on a shared device."""

from contextlib import suppress

from aiohttp import web

from bot.web import guard, incoming, pages
from bot.web.guard import Cookie
from bot.web.parts import PARTS
from bot.web.troubles import Trouble
from bot.web.visitors import CITIZEN_LASTS, FORM_LASTS, subject_of
from dialogs.ids import AddressId
from dialogs.texts import cut
from storage import visits
from storage.database import Connection
from storage.errors import StorageError

_LONGEST_CODE = 64


async def show_reopen(request: web.Request) -> web.Response:
    """Ask for the receipt code."""
    return _page(request)


async def reopen(request: web.Request) -> web.Response:
    """Begin a visit to the talk that a code belongs to, under a fresh token."""
    parts = request.app[PARTS]
    holder, subject = subject_of(request)
    fields = await incoming.read_fields(request)
    if not guard.from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    code = cut(fields.get("code", "").strip(), _LONGEST_CODE)
    if not pages.made_by_us(request, fields.get("csrf", ""), holder, subject):
        return _page(request, problem="web.error.again", code=code, status=403)
    client, now = guard.client_of(request), parts.clock.now()
    if not parts.receipt_attempts.allows(client, now=now):
        return _page(request, problem="web.error.often", code=code, status=429)
    token, before = guard.new_token(), guard.read_cookie(request, Cookie.VISIT)

    def begin(c: Connection) -> bool:
        address_id = visits.address_of_receipt(c, code)
        if address_id is not None:
            visits.end(c, before)
            visits.begin(c, token, address_id, expires_at=now + CITIZEN_LASTS)
        return address_id is not None

    if not await parts.database.write(begin):
        parts.receipt_attempts.failed(client, now=now)
        return _page(request, problem="web.reopen.unknown", code=code, status=404)
    response = web.Response(status=303, headers={"Location": "/#end"})
    guard.set_cookie(request, response, Cookie.VISIT, token, lasts=CITIZEN_LASTS)
    guard.drop_cookie(request, response, Cookie.FORM)
    return response


async def leave(request: web.Request) -> web.Response:
    """End the visits of this browser and ask it to forget everything of ours.

    Nothing may stand in the way of somebody in a hurry: no signature that has become too old, and no
    database that cannot be written. Whoever gets another site to press this only signs somebody out.
    """
    if not guard.from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    parts = request.app[PARTS]
    tokens = [guard.read_cookie(request, cookie) for cookie in (Cookie.VISIT, Cookie.DESK)]
    now = parts.clock.now()

    def end(c: Connection) -> list[AddressId]:
        ended = [visits.find(c, token, now=now) for token in tokens]
        for token in tokens:
            visits.end(c, token)
        return [visit.address_id for visit in ended if visit]

    # The device forgets the token in any case; then it is of no use to anybody.
    with suppress(StorageError):
        # Their other tabs look, and find that they may not stay.
        for address_id in await parts.database.write(end) if any(tokens) else []:
            parts.watchers.wake(address_id)
    headers = {"Location": "/left", "Clear-Site-Data": '"cache", "cookies", "storage"'}
    response = web.Response(status=303, headers=headers)
    for ours in Cookie:
        guard.drop_cookie(request, response, ours)
    return response


async def show_left(request: web.Request) -> web.Response:
    """Say, without naming any topic, that this device has forgotten."""
    return pages.render(request, "left.html", pages.speech_of(request))


def _page(request: web.Request, *, problem: str = "", code: str = "", status: int = 200) -> web.Response:
    holder, subject = subject_of(request)
    subject = subject or guard.new_token()
    form = pages.new_form(request, "/reopen", holder, subject)
    values = {"form": form, "problem": problem, "code": code}
    response = pages.render(request, "reopen.html", pages.speech_of(request), status=status, **values)
    if holder is Cookie.FORM:
        guard.set_cookie(request, response, Cookie.FORM, subject, lasts=FORM_LASTS)
    if status == 429:
        response.headers["Retry-After"] = "600"
    return response
