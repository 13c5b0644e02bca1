"""When something cannot be done: a page (or a word, for the script) that says so kindly.

What the person wrote comes back in a box on the page, because the worst trouble is to lose it.
Nothing here reads the database: it may be the trouble.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.web import guard, pages
from storage.errors import StorageError

log = logging.getLogger(__name__)

_KEYS = {404: "web.error.missing", 405: "web.error.missing", 413: "web.error.huge", 429: "web.error.often"}


@dataclass(eq=False)
class Trouble(Exception):
    """Something a person should hear about: the status and the key of the words."""

    status: int
    key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that is not taken yet, and the form it would go out with."""

    text: str
    form: pages.Form
    # A new cookie for a browser that has lost ours, without which it could never send the form.
    cookie: str = ""


_KEPT = web.RequestKey("kept", Kept)


def keep(request: web.Request, kept: Kept) -> None:
    """Hold what somebody sent until it is taken: should anything go wrong, they get it back."""
    request[_KEPT] = kept


@web.middleware
async def answer_kindly(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn whatever goes wrong into a warm answer."""
    try:
        return await handler(request)
    except Trouble as trouble:
        return _say(request, trouble)
    except StorageError:
        return _say(request, Trouble(503, "web.error.unsaved"))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _say(request, Trouble(error.status, _KEYS.get(error.status, "web.error.odd")))
    except ConnectionResetError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger must never see a stack trace
        # The message of an error can hold a citizen's words; where it happened cannot.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s on %s\n%s", type(error).__name__, _route(request), where)
        return _say(request, Trouble(500, "web.error.ours"))


def _say(request: web.Request, trouble: Trouble) -> web.Response:
    speech = pages.speech_of(request)
    words = speech.voice(trouble.key)
    kept: Kept | None = request.get(_KEPT)
    if pages.wants_json(request):
        csrf = kept.form.csrf if kept else ""
        answer = web.json_response({"problem": words, "csrf": csrf}, status=trouble.status)
    else:
        values = {"words": words, "kept": kept, "home": _home(request, kept)}
        answer = pages.render(request, "error.html", speech, status=trouble.status, **values)
    if kept and kept.cookie:
        guard.set_cookie(request, answer, guard.Cookie.FORM, kept.cookie, lasts=timedelta(days=1))
    if trouble.status in (429, 503):
        answer.headers["Retry-After"] = "30"
    return answer


def _home(request: web.Request, kept: Kept | None) -> str:
    if kept and kept.form.action != "/say":
        return kept.form.action
    # A servant who presses their old sign-in link again is signed in already.
    entering = request.path.startswith("/desk/enter/") and guard.read_cookie(request, guard.Cookie.DESK)
    return "/desk" if entering else "/"


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else 'an unknown page'}"
