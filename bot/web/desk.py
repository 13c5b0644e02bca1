"""The staff's side: signing in by a one-time link, the list of queues, and the web room of a queue."""

from dataclasses import replace

from aiohttp import web

from bot.web import guard, incoming, pages
from bot.web.guard import Cookie
from bot.web.parts import PARTS, Parts
from bot.web.replies import answer, wait_for_change, wait_for_reply
from bot.web.stream import Feed, Watcher, count_piles, stream
from bot.web.troubles import Trouble
from bot.web.visitors import FORM_LASTS, SERVANT_LASTS, Member, find_member, need_member, need_room
from dialogs.cases.masking import mask
from dialogs.desk.listing import Look, name_of
from dialogs.desk.seat import Servant
from dialogs.ids import AddressId
from dialogs.message import Line, Message
from dialogs.message import say as message_of
from dialogs.texts import clean, cut
from dialogs.town import Town
from storage import addresses, boards, lines, staff, visits
from storage.codec import pack_message, unpack_message
from storage.database import Connection
from storage.piles import Piles, read_piles

_CARDS = 100
_PILES = ("waiting", "mine")
_OWN = 60
_LONGEST_NAME = 60
# What has a button, and what that says that it does; where words are missing the bot says which. /help names all.
_COMMANDS = (
    *((look, f"command.{name_of(look)}") for look in (Look.QUEUE, Look.MINE, Look.FIND)),
    *((word, f"command.{word}") for word in ("bulk", "duty", "undo")),
    (Look.HELP, f"command.{name_of(Look.HELP)}"),
)


async def show_entrance(request: web.Request) -> web.Response:
    """Ask for a name before a one-time link is used up: programs that preview links use up nothing."""
    return _entrance(request)


async def enter(request: web.Request) -> web.Response:
    """Use up a one-time link and sign the servant in under a fresh token."""
    parts, payload = request.app[PARTS], request.match_info["payload"]
    fields = await incoming.read_fields(request)
    if not guard.from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    subject = guard.read_cookie(request, Cookie.FORM)
    name = cut(" ".join(clean(fields.get("name", "")).split()), _LONGEST_NAME)
    if not pages.made_by_us(request, fields.get("csrf", ""), Cookie.FORM, subject):
        return _entrance(request, problem="web.error.again", name=name, status=403)
    if not name:
        return _entrance(request, problem="web.enter.nameless", status=400)
    member = await find_member(request)
    token, now = guard.new_token(), parts.clock.now()

    def redeem(c: Connection) -> Servant | None:
        account = member.place if member else None
        servant = staff.redeem_invite(c, payload, channel="web", account=account, name=name, now=now)
        own = addresses.find(c, "web", f"staff:{servant.id}") if servant else None
        if servant is None or own is None:
            return None
        if member:
            visits.end(c, member.token)
        visits.begin(c, token, own, staff_id=servant.id, expires_at=now + SERVANT_LASTS)
        return servant

    if await parts.database.write(redeem) is None:
        raise Trouble(410, "web.enter.used")
    response = web.Response(status=303, headers={"Location": "/desk"})
    guard.set_cookie(request, response, Cookie.DESK, token, lasts=SERVANT_LASTS)
    guard.drop_cookie(request, response, Cookie.FORM)
    return response


async def show_desk(request: web.Request) -> web.Response:
    """List the servant's queues, or go to the only one."""
    member = await need_member(request)
    queues = _queues(request, member)
    if not queues:
        raise Trouble(403, "web.error.no_role")
    if len(queues) == 1:
        return web.Response(status=303, headers={"Location": f"/desk/{queues[0][0]}"})
    return pages.render(request, "desk.html", pages.speech_of(request), queues=queues, name=member.servant.name)


async def show_room(request: web.Request) -> web.Response:
    """Show a queue's cards, all of them or a pile, and beside them the servant's own chat with the bot."""
    parts = request.app[PARTS]
    member = await need_member(request)
    queue, room = await need_room(request, member)
    speech = pages.speech_of(request)
    show = next((pile for pile in _PILES if pile == request.query.get("show")), "")
    before = incoming.number(request.query.get("before", ""))

    def read(c: Connection) -> tuple[list[lines.Line], list[lines.Line], list[lines.Line], Piles, str]:
        stamps = f"{lines.top_stamp(c, room)}-{lines.top_stamp(c, member.own)}"
        piles = read_piles(c, room, queue, member.servant.id)
        cards = _pile(c, room, piles, show) if show else lines.newest(c, room, limit=_CARDS, before=before)[::-1]
        return _board(c, room), cards, lines.newest(c, member.own, limit=_OWN), piles, stamps

    board, cards, own, piles, stamps = await parts.database.read(read)
    response = pages.render(
        request,
        "room.html",
        speech,
        queue=queue,
        title=speech.voice.of(parts.installation.queues[queue].name),
        role=_role(parts, member, queue, speech),
        name=member.servant.name,
        queues=_queues(request, member),
        board=[pages.show(line, parts, speech) for line in board],
        # The board stands at the top, wherever it was posted.
        cards=[pages.show(line, parts, speech) for line in cards if line not in board],
        earlier=cards[-1].id if len(cards) == _CARDS and not show else None,
        show=show,
        look=parts.library.town.voice(parts.library.town.language)("draft.look"),
        piles=count_piles(piles),
        own=[pages.show(line, parts, speech) for line in own],
        commands=[(command, speech.voice(meaning)) for command, meaning in _COMMANDS],
        room_form=_form(request, member, queue, "room", cards),
        own_form=_form(request, member, queue, "own", own),
        stamp=stamps,
        word=guard.unseal(request, guard.read_cookie(request, Cookie.WORD)),
    )
    guard.drop_cookie(request, response, Cookie.WORD)
    return response


async def act(request: web.Request) -> web.Response:
    """Take a press on a card, a note to it, or words in the servant's own chat."""
    parts = request.app[PARTS]
    member = await need_member(request)
    queue, room = await need_room(request, member)
    sent = await incoming.read_sent(request)
    incoming.check(request, sent, f"/desk/{queue}", Cookie.DESK, member.token)
    in_room = sent.chat == "room"
    update = incoming.update_of(
        request,
        sent,
        place=f"room:{queue}" if in_room else member.place,
        private=not in_room,
        sender=member.place,
        name=member.servant.name,
        language=pages.speech_of(request).language,
    )

    def beside(c: Connection, address_id: AddressId) -> None:
        if sent.text:
            author = member.servant.name if in_room else "you"
            message = _note(c, address_id, sent, parts.library.town) if in_room else message_of(sent.text)
            lines.add(c, address_id, pack_message(message), author=author, at=parts.clock.now())

    with parts.watchers.watch(room, member.own) as news:
        outcome = await parts.turns.take(update, beside)
        if sent.text:
            parts.watchers.wake(room if in_room else member.own)
        if not pages.wants_json(request):
            await (wait_for_change(parts, news) if in_room else wait_for_reply(parts, member.own))
    # Colleagues see at once who begins or ends to write about a case.
    parts.watchers.wake(room)
    back = f"/desk/{queue}#room-{sent.line}" if in_room and sent.line else f"/desk/{queue}#end"
    return answer(request, outcome.toast, back=back, signed_for=(Cookie.DESK, member.token))


async def send_events(request: web.Request) -> web.StreamResponse:
    """Send the lines of the room and of the servant's own chat for as long as they may see them."""
    if not guard.from_our_pages(request):
        raise Trouble(403, "web.error.foreign")
    member = await need_member(request)
    queue, room = await need_room(request, member)
    feeds = (
        Feed(
            "room",
            room,
            _form(request, member, queue, "room", []),
            noting=True,
            watcher=Watcher(member.servant.id, member.servant.name, queue),
        ),
        Feed("own", member.own, _form(request, member, queue, "own", [])),
    )

    async def allowed() -> bool:
        now = await find_member(request)
        return now is not None and now.servant.role_in(queue) is not None

    return await stream(request, feeds, pages.speech_of(request), allowed=allowed)


def _pile(c: Connection, room: AddressId, piles: Piles, show: str) -> list[lines.Line]:
    return lines.these(c, room, (piles.waiting if show == "waiting" else piles.mine).lines)


def _board(c: Connection, room: AddressId) -> list[lines.Line]:
    number = boards.number_of(c, room) or 0
    return [line for line in lines.newest(c, room, limit=1, before=number + 1) if line.id == number]


def _note(c: Connection, room: AddressId, sent: incoming.Sent, town: Town) -> Message:
    # Under the heading of its card, or nobody could tell which one it is about.
    above = lines.newest(c, room, limit=1, before=(sent.line or 0) + 1)
    heading = unpack_message(above[0].message).plain().partition("\n")[0] if above and above[0].id == sent.line else ""
    # Without the card's state, which comes first and will be another one soon.
    heading = heading.partition(" · ")[2] or heading
    return Message((*(Line(part, strong=True) for part in [heading] if part), Line(mask(sent.text, town).text)))


def _entrance(request: web.Request, *, problem: str = "", name: str = "", status: int = 200) -> web.Response:
    subject = guard.read_cookie(request, Cookie.FORM) or guard.new_token()
    action = f"/desk/enter/{request.match_info['payload']}"
    form = pages.new_form(request, action, Cookie.FORM, subject)
    values = {"form": form, "problem": problem, "name": name}
    response = pages.render(request, "enter.html", pages.speech_of(request), status=status, **values)
    guard.set_cookie(request, response, Cookie.FORM, subject, lasts=FORM_LASTS)
    return response


def _role(parts: Parts, member: Member, queue: str, speech: pages.Speech) -> str:
    role = member.servant.role_in(queue)
    return speech.voice.of(parts.installation.roles[role]) if role else ""


def _queues(request: web.Request, member: Member) -> list[tuple[str, str]]:
    parts, speech = request.app[PARTS], pages.speech_of(request)
    queues = parts.installation.queues.values()
    return [(queue.id, speech.voice.of(queue.name)) for queue in queues if member.servant.role_in(queue.id)]


def _form(request: web.Request, member: Member, queue: str, chat: str, shown: list[lines.Line]) -> pages.Form:
    seen = max((line.id for line in shown), default=0)
    fresh = pages.new_form(request, f"/desk/{queue}", Cookie.DESK, member.token, seen=seen)
    return replace(fresh, chat=chat)
