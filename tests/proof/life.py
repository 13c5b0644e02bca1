"""A life of the service, in a process of its own.

The service is the real program; only its two ports to the world are watched, the unit of work that
is committed and the call that is made, and its clock is the one of the play.
"""

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import bot.app
import bot.cli
from bot.telegram.transport import Transport
from storage.database import Database
from tests.proof.page import METHODS, UNITS, Page, QuickClock

# The clock fires and the outbox is looked at all the time, nearly always for nothing: those are no commits.
_OFTEN_NOTHING = ("due", "look")


def unit_of(work: Callable[..., object]) -> str:
    """Name a unit of work by the words of its code."""
    code: CodeType | None = getattr(work, "__code__", None)
    words = (getattr(work, "__name__", ""), *(code.co_names if code else ()))
    return next((UNITS[word] for word in words if word in UNITS), "other-unit")


def watch_commits(page: Page) -> None:
    """Reach a point at the end of each unit of work, and one when it was committed."""
    write = Database.write

    async def watched(database: Database, work: Callable[[Any], Any]) -> Any:
        unit = unit_of(work)

        def inside(connection: Any) -> Any:
            result = work(connection)
            if result or unit not in _OFTEN_NOTHING:
                page.reach(f"{unit}/before-commit")
            return result

        result = await write(database, inside)
        if result or unit not in _OFTEN_NOTHING:
            page.reach(f"{unit}/after-commit")
        return result

    Database.write = watched  # type: ignore[method-assign, assignment]


def watch_calls(page: Page) -> None:
    """Reach a point before each call of the Bot API, and one when its answer is there."""
    do_request = Transport.do_request

    async def watched(transport: Transport, url: str, *args: Any, **options: Any) -> tuple[int, bytes]:
        called = url.partition("?")[0].rpartition("/")[2]
        method = next((known for known in METHODS if known.lower() == called.lower()), "other-method")
        page.reach(f"{method}/before-call")
        answer = await do_request(transport, url, *args, **options)
        page.reach(f"{method}/after-call")
        return answer

    Transport.do_request = watched  # type: ignore[method-assign, assignment]


def live(page_of: Path) -> int:
    """Be the service, until told to stop or killed."""
    page = Page(page_of)
    watch_commits(page)
    watch_calls(page)
    vars(bot.app)["WallClock"] = lambda: QuickClock(page)
    return bot.cli.main(["serve"])
