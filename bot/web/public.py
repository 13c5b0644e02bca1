"""The public board, "You said, we did": pages for everybody, and the same for programs.

The pages have few views: all services, or one. There is nothing to filter, because what two filters leave over could
be one person (``dialogs/public/figures.py``). They need no script and no cookie.
"""

import csv
import io

from aiohttp import web

from bot.web import guard, pages
from bot.web.parts import PARTS
from bot.web.shelf import MOST
from bot.web.troubles import Trouble
from dialogs.ids import ServiceId
from dialogs.public import drawing, feed
from dialogs.public.feed import Published
from dialogs.public.figures import Figures, Share
from dialogs.public.matter import Matter
from dialogs.texts import Voice
from dialogs.town import write_date

PATH = "/said"
_FEEDS = {
    "rss": "application/rss+xml",
    "json": "application/json",
    "csv": "text/csv",
    "figures.csv": "text/csv",
}


async def show_all(request: web.Request) -> web.Response:
    """Show what was said and done, and how each service does, side by side."""
    return _show(request, await _take(request), None)


async def show_service(request: web.Request) -> web.Response:
    """Show one service: its matters, and its figures by who took part."""
    published = await _take(request)
    service = ServiceId(request.match_info["service"])
    if service not in published.board.services:
        raise Trouble(404, "web.error.missing")
    return _show(request, published, service)


async def send_feed(request: web.Request) -> web.Response:
    """Send it all for programs."""
    form = request.match_info["form"]
    if form not in _FEEDS:
        raise Trouble(404, "web.error.missing")
    parts, published = request.app[PARTS], await _take(request)
    town, speech = parts.library.town, _speech(request)

    def name(matter: Matter) -> str:
        return guard.sign(request, "public matter", str(matter.id))

    match form:
        case "rss":
            link = f"{parts.settings.public_url or ''}{PATH}"
            text = feed.write_rss(published, town, speech.voice, link=link, name=name)
        case "json":
            text = feed.write_json(published, town, speech.voice, name=name)
        case "csv":
            text = _write_sheet(feed.list_matters(published, speech.voice, name=name))
        case _:
            text = _write_sheet(feed.list_figures(published, town, speech.voice))
    return web.Response(text=text, content_type=_FEEDS[form], charset="utf-8")


def _show(request: web.Request, published: Published, service: ServiceId | None) -> web.Response:
    town, speech = request.app[PARTS].library.town, _speech(request)
    board = published.board
    mine = [matter for matter in published.matters if service in (None, matter.service)]
    named = {one: town.service(one, speech.voice) for one in board.services}
    figures = board.services if service is None else {service: board.services[service]}
    return pages.render(
        request,
        "public.html",
        speech,
        service=service,
        services=named,
        figures=figures,
        is_few=not any(map(_says_something, figures.values())),
        matters=mine[:MOST],
        verdicts=board.matters,
        queue=lambda matter: town.queue(matter.queue, speech.voice),
        share_of=lambda share: _write_share(share, speech.voice),
        draw_bar=drawing.draw_bar,
        pairs=zip,
        draw_share=drawing.draw_share,
        day=lambda matter: write_date(town.today(matter.told_at), speech.voice),
        languages=[
            (one, request.app[PARTS].voices[one]("web.language.name"))
            for one in pages.spoken(request.app[PARTS])
            if one != speech.language
        ],
    )


def _write_sheet(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    # Spreadsheets read letters beyond English only where a file begins so.
    return f"\ufeff{out.getvalue()}"


async def _take(request: web.Request) -> Published:
    parts = request.app[PARTS]
    return await parts.shelf.take(parts.database, parts.library.town, parts.clock)


def _speech(request: web.Request) -> pages.Speech:
    return pages.speech_of(request, request.query.get("lang", ""))


def _says_something(figures: Figures) -> bool:
    counts = (*figures.promises.values(), figures.people.everybody, *figures.people.totals)
    return any(counts) or figures.answered is not None or figures.days is not None


def _write_share(share: Share | None, voice: Voice) -> str:
    if share is None:
        return voice("web.public.hidden")
    if share.at_least == 0:
        return voice("web.public.share.less", whole=share.of)
    return voice("web.public.share", part=share.at_least, whole=share.of)
