"""The web site: which path does what, and what holds for all of them."""

from aiohttp import web

from bot.web import chat, desk, media, my_data, public, reopen
from bot.web.guard import add_headers
from bot.web.incoming import LARGEST_BODY_BYTES
from bot.web.pages import STATIC
from bot.web.parts import PARTS, Parts
from bot.web.troubles import answer_kindly
from storage import visits
from storage.database import Connection


def build_site(parts: Parts) -> web.Application:
    """Make the application; open pages are let go when it shuts down."""
    site = web.Application(middlewares=[answer_kindly], client_max_size=LARGEST_BODY_BYTES)
    site[PARTS] = parts
    site.on_response_prepare.append(add_headers)
    site.on_shutdown.append(_let_go)
    site.add_routes(
        [
            web.get("/", chat.show_chat),
            web.get("/language/{language}", chat.choose_language),
            web.post("/say", chat.take_words),
            web.get("/events", chat.send_events),
            web.get(media.PATH, media.show_media),
            web.get(my_data.PATH, my_data.give_copy),
            web.get(public.PATH, public.show_all),
            web.get(f"{public.PATH}/{{service}}", public.show_service),
            web.get(f"{public.PATH}.{{form}}", public.send_feed),
            web.get("/reopen", reopen.show_reopen),
            web.post("/reopen", reopen.reopen),
            web.post("/leave", reopen.leave),
            web.get("/left", reopen.show_left),
            web.get("/desk", desk.show_desk),
            web.get("/desk/enter/{payload}", desk.show_entrance),
            web.post("/desk/enter/{payload}", desk.enter),
            web.post("/desk/leave", reopen.leave),
            web.get("/desk/{queue}", desk.show_room),
            web.post("/desk/{queue}", desk.act),
            web.get("/desk/{queue}/events", desk.send_events),
            web.get("/health", tell_health),
            web.static("/static", STATIC),
        ]
    )
    return site


async def tell_health(request: web.Request) -> web.Response:
    """Say ok if the database answers."""
    parts = request.app[PARTS]

    def look(c: Connection) -> None:
        visits.find(c, "", now=parts.clock.now())

    await parts.database.read(look)
    return web.Response(text="ok\n")


async def _let_go(site: web.Application) -> None:
    site[PARTS].watchers.close()
