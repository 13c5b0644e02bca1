"""The citizen's chat page: it works with forms alone, and a script makes it live."""

from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from bot.web import guard, incoming, pages
from bot.web.guard import Cookie
from bot.web.parts import PARTS, Parts
from bot.web.replies import answer, wait_for_reply
from bot.web.stream import Feed, stream
from bot.web.troubles import Trouble
from bot.web.uploads import open_upload
from bot.web.visitors import CITIZEN_LASTS, FORM_LASTS, find_visit, subject_of
from dialogs.events import MediaSent, Update
from dialogs.flows.answers import label_of
from dialogs.ids import AddressId, FlowId, Language
from dialogs.media import MediaKind
from dialogs.message import Message, Shown
from dialogs.message import say as message_of
from dialogs.presses import FlowPress, LanguagePress, pack, unpack
from storage import addresses, lines, media, visits
from storage.codec import pack_message, unpack_message
from storage.database import Connection

_SHOWN = 200
_LANGUAGE_LASTS = timedelta(days=180)


async def show_chat(request: web.Request) -> web.Response:
    """Show the talk, or the friendly start where there is none. Writes nothing to the database."""
    parts = request.app[PARTS]
    visit = await find_visit(request)
    speech = pages.speech_of(request, visit.language if visit else "")
    holder, subject = subject_of(request) if visit else (Cookie.FORM, guard.read_cookie(request, Cookie.FORM))
    subject = subject or guard.new_token()
    before = incoming.number(request.query.get("before", ""))
    found, stamp = await _read_lines(parts, visit.address_id, before) if visit else ([], 0)
    shown = [pages.show(line, parts, speech) for line in found]
    form = pages.new_form(request, "/say", holder, subject, seen=shown[-1].id if shown else 0)
    response = pages.render(
        request,
        "chat.html",
        speech,
        begun=visit is not None,
        shown=shown,
        earlier=shown[0].id if len(shown) == _SHOWN else None,
        form=form,
        stamp=stamp,
        word=guard.unseal(request, guard.read_cookie(request, Cookie.WORD)),
        flows=_flow_buttons(parts, speech),
        languages=_languages(parts, speech),
    )
    if visit is None:
        guard.set_cookie(request, response, Cookie.FORM, subject, lasts=FORM_LASTS)
        if guard.read_cookie(request, Cookie.VISIT):
            guard.drop_cookie(request, response, Cookie.VISIT)
    guard.drop_cookie(request, response, Cookie.WORD)
    return response


async def choose_language(request: web.Request) -> web.Response:
    """Remember the language of the pages in the browser, and only there."""
    language = Language(request.match_info["language"])
    if language not in pages.spoken(request.app[PARTS]):
        raise Trouble(404, "web.error.missing")
    response = web.Response(status=303, headers={"Location": "/"})
    guard.set_cookie(request, response, Cookie.LANGUAGE, language, lasts=_LANGUAGE_LASTS)
    return response


async def take_words(request: web.Request) -> web.Response:
    """Take what a citizen wrote or pressed; the first time, that begins their visit."""
    parts = request.app[PARTS]
    sent = await incoming.read_sent(request)
    holder, subject = subject_of(request)
    incoming.check(request, sent, "/say", holder, subject)
    visit = await find_visit(request)
    place = visit.place if visit else _new_place(request, subject, sent.nonce)
    speech = pages.speech_of(request, visit.language if visit else "")
    update = incoming.update_of(
        request, sent, place=place, private=True, sender=place, name="", language=speech.language
    )
    if sent.upload is not None and sent.upload.kind in await parts.turns.wants(update):
        update = replace(update, event=await open_upload(sent.upload))
    token = "" if visit else guard.new_token()
    begun: list[str] = []

    def beside(c: Connection, address_id: AddressId) -> None:
        message = _own_message(c, address_id, sent, update, parts, speech)
        if message.blocks:
            lines.add(c, address_id, pack_message(message), author="you", at=parts.clock.now())
        if token:
            _begin(c, token, address_id, parts)
            begun.append(token)

    outcome = await parts.turns.take(update, beside)
    address_id = visit.address_id if visit else await _address_of(parts, place, token, begun=bool(begun))
    parts.watchers.wake(address_id)
    if not pages.wants_json(request):
        await wait_for_reply(parts, address_id)
    response = answer(request, outcome.toast, back="/#end", signed_for=(Cookie.VISIT, token or subject))
    if token:
        guard.set_cookie(request, response, Cookie.VISIT, token, lasts=CITIZEN_LASTS)
        guard.drop_cookie(request, response, Cookie.FORM)
    return response


async def send_events(request: web.Request) -> web.StreamResponse:
    """Send the lines of the citizen's talk as they come."""
    visit = await find_visit(request)
    if not guard.from_our_pages(request) or visit is None:
        raise Trouble(403, "web.error.foreign")
    holder, subject = subject_of(request)
    speech = pages.speech_of(request, visit.language)
    feed = Feed("own", visit.address_id, pages.new_form(request, "/say", holder, subject))

    async def allowed() -> bool:
        return await find_visit(request) is not None

    return await stream(request, (feed,), speech, allowed=allowed)


async def _read_lines(parts: Parts, address_id: AddressId, before: int | None) -> tuple[list[lines.Line], int]:
    def read(c: Connection) -> tuple[list[lines.Line], int]:
        stamp = lines.top_stamp(c, address_id)
        return lines.newest(c, address_id, limit=_SHOWN, before=before), stamp

    return await parts.database.read(read)


def _new_place(request: web.Request, subject: str, nonce: str) -> str:
    # The same first form sent twice (a double click, an answer lost on the way) is one talk. Both
    # the cookie and the nonce are unguessable, and the signature keeps the place from both.
    return guard.sign(request, "place", f"{subject}\0{nonce}")


async def _address_of(parts: Parts, place: str, token: str, *, begun: bool) -> AddressId:
    def find(c: Connection) -> AddressId:
        address_id = addresses.find(c, "web", place)
        if address_id is None:
            raise LookupError("a turn was taken, but its address is not there")
        if not begun:
            # The form came twice: this browser did not get the first visit's cookie.
            _begin(c, token, address_id, parts)
        return address_id

    return await parts.database.write(find)


def _begin(c: Connection, token: str, address_id: AddressId, parts: Parts) -> None:
    now = parts.clock.now()
    visits.sweep(c, now=now)
    visits.begin(c, token, address_id, expires_at=now + CITIZEN_LASTS)


def _own_message(
    c: Connection, address_id: AddressId, sent: incoming.Sent, update: Update, parts: Parts, speech: pages.Speech
) -> Message:
    if isinstance(update.event, MediaSent):
        attachment = update.event.media.attachment
        label = label_of(attachment, speech.voice)
        # What the turn did not keep cannot be shown; it was sent all the same.
        return Message((Shown(attachment, label),)) if media.is_kept(c, attachment.id) else message_of(label)
    if sent.upload is not None:
        return message_of(speech.voice("web.picture" if sent.upload.kind is MediaKind.PHOTO else "web.sound"))
    return message_of(sent.text or _label(c, address_id, sent.data, parts, speech))


def _label(c: Connection, address_id: AddressId, data: str, parts: Parts, speech: pages.Speech) -> str:
    # In the talk a press reads like words: what stood on the button, if we ever showed it.
    for line in reversed(lines.newest(c, address_id, limit=_SHOWN)):
        for row in unpack_message(line.message).buttons:
            for button in row:
                if button.data == data:
                    return button.text
    match unpack(data):
        case FlowPress(flow) if flow in parts.installation.flows:
            return speech.voice.of(parts.installation.flows[flow].title)
    return ""


def _flow_buttons(parts: Parts, speech: pages.Speech) -> list[tuple[str, str]]:
    return [
        (pack(FlowPress(FlowId(flow.id))), speech.voice.of(flow.title)) for flow in parts.installation.flows.values()
    ]


def _languages(parts: Parts, speech: pages.Speech) -> list[tuple[Language, str, str]]:
    others = [language for language in pages.spoken(parts) if language != speech.language]
    return [
        (language, pack(LanguagePress(language)), parts.voices[language]("web.language.name")) for language in others
    ]
