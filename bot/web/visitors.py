"""Who is in front of the page: a citizen with a visit, or a servant with theirs."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.web.guard import Cookie, read_cookie
from bot.web.parts import PARTS
from bot.web.troubles import Trouble
from dialogs.desk.seat import Servant
from dialogs.ids import AddressId, QueueId
from storage import addresses, staff, visits
from storage.database import Connection

CITIZEN_LASTS = timedelta(days=60)
SERVANT_LASTS = timedelta(days=7)
FORM_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Member:
    """A servant who is signed in, with their own chat and cookie."""

    servant: Servant
    token: str
    own: AddressId
    place: str


def subject_of(request: web.Request) -> tuple[Cookie, str]:
    """Name the cookie that a citizen's forms are signed for; empty where the browser has none yet.

    The database is not asked: a cookie that we never gave helps nobody, because nobody else can sign.
    """
    for cookie in (Cookie.VISIT, Cookie.FORM):
        if value := read_cookie(request, cookie):
            return cookie, value
    return Cookie.FORM, ""


async def find_visit(request: web.Request) -> visits.Visit | None:
    """Find the visit of a citizen's cookie."""
    parts, token = request.app[PARTS], read_cookie(request, Cookie.VISIT)
    if not token:
        return None
    visit = await parts.database.read(lambda c: visits.find(c, token, now=parts.clock.now()))
    return visit if visit and visit.staff_id is None else None


async def find_member(request: web.Request) -> Member | None:
    """Find the servant of a desk cookie; None where there is none or they were removed."""
    parts, token = request.app[PARTS], read_cookie(request, Cookie.DESK)

    def find(c: Connection) -> Member | None:
        visit = visits.find(c, token, now=parts.clock.now())
        servant = staff.servant_of(c, visit.staff_id) if visit and visit.staff_id is not None else None
        return Member(servant, token, visit.address_id, visit.place) if visit and servant else None

    return await parts.database.read(find) if token else None


async def need_member(request: web.Request) -> Member:
    """Give the servant in front of the page. Raises: Trouble."""
    member = await find_member(request)
    if member is None:
        raise Trouble(403, "web.error.no_servant")
    return member


async def need_room(request: web.Request, member: Member) -> tuple[QueueId, AddressId]:
    """Give the queue that the path names and its room. Raises: Trouble unless the servant has a role there."""
    queue = QueueId(request.match_info["queue"])
    if queue not in request.app[PARTS].installation.queues or member.servant.role_in(queue) is None:
        raise Trouble(403, "web.error.no_role")
    room = await request.app[PARTS].database.read(lambda c: addresses.find(c, "web", f"room:{queue}"))
    if room is None:
        raise Trouble(404, "web.error.missing")
    return queue, room
