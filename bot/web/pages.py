"""Pages from templates: the language of a page, its forms, and how a line of a chat is shown."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from aiohttp import web
from babel import Locale
from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.media.cleaning import MOST_BYTES
from bot.web.guard import Cookie, new_token, read_cookie, sign, signed
from bot.web.parts import PARTS, Parts
from dialogs.cases.lifecycle import Act
from dialogs.desk.bulk import UNDO
from dialogs.desk.card import ATTACHMENTS
from dialogs.desk.sorting import HOW_TO_NOTE
from dialogs.ids import Language
from dialogs.media import MediaKind
from dialogs.message import Button, Line, Message, Moment, OwnData, Quote
from dialogs.message import Shown as ShownMedia
from dialogs.presses import CardPress, DraftPress, OptionPress, unpack
from dialogs.texts import Voice, cut
from storage import lines
from storage.codec import unpack_message

HERE = Path(__file__).parent
STATIC = HERE / "static"
# How much of a folded quote is shown before it is opened.
_FOLD_AT = 320
# A number such as K7F3-9QWD, which no line should break apart.
_CODE = re.compile(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)\b")

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.tests["strong_line"] = lambda block: isinstance(block, Line) and block.strong
_templates.tests["quote"] = lambda block: isinstance(block, Quote)
_templates.tests["moment"] = lambda block: isinstance(block, Moment)
_templates.tests["photo"] = lambda block: isinstance(block, ShownMedia) and block.attachment.kind is MediaKind.PHOTO
_templates.tests["sound"] = lambda block: isinstance(block, ShownMedia) and block.attachment.kind is MediaKind.VOICE
_templates.tests["own_data"] = lambda block: isinstance(block, OwnData)
# A card says by its buttons that it waits for somebody.
_templates.tests["waiting"] = lambda message: any(
    isinstance(press := unpack(button.data), CardPress) and press.act in (Act.CLAIM, Act.AGREE)
    for row in message.buttons
    for button in row
)
_templates.tests["of_a_step"] = lambda message: (
    bool(message.wants) or any(_is_step(button) for row in message.buttons for button in row)
)
_templates.globals["most_bytes"] = MOST_BYTES
_templates.filters["start"] = lambda text: cut(text, _FOLD_AT)
_templates.filters["around_codes"] = _CODE.split
_templates.tests["lettered"] = lambda text: any(bidirectional(sign) in ("L", "R", "AL") for sign in text)
_templates.tests["long"] = lambda text: len(text) > _FOLD_AT


@dataclass(frozen=True, slots=True)
class Speech:
    """How a page speaks: its voice, its language for the browser, and the direction of its writing."""

    voice: Voice
    language: Language
    direction: str


@dataclass(frozen=True, slots=True)
class Form:
    """What every form of ours carries. ``seen``: the greatest line id on the page; ``chat``: own or room."""

    action: str
    csrf: str
    nonce: str
    seen: int = 0
    chat: str = "own"


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the templates take it. ``who``: us, you or colleague."""

    id: int
    who: str
    name: str
    message: Message
    at: datetime
    time: str


def speech_of(request: web.Request, chosen: str = "") -> Speech:
    """Choose the language of a page: ``chosen`` in the talk, or on the page, the browser's, the town's."""
    parts = request.app[PARTS]
    wishes = [chosen, read_cookie(request, Cookie.LANGUAGE), *_accepted(request)]
    languages = spoken(parts)
    language = next((Language(wish) for wish in wishes if wish in languages), languages[0])
    return Speech(parts.voices[language], language, Locale.parse(language, sep="-").text_direction)


def spoken(parts: Parts) -> list[Language]:
    """List the town's languages in which pages can speak; English where there is none."""
    return [language for language in parts.installation.languages if language in parts.voices] or [Language("en")]


def render(request: web.Request, template: str, speech: Speech, *, status: int = 200, **values: object) -> web.Response:
    """Fill a template with what every page needs and ``values``."""
    parts = request.app[PARTS]
    page = _templates.get_template(template).render(
        say=speech.voice,
        speech=speech,
        organisation=speech.voice.of(parts.installation.organisation),
        asset=_asset,
        **values,
    )
    return web.Response(text=page, content_type="text/html", status=status)


def render_line(shown: Shown, form: Form, speech: Speech, organisation: str, *, noting: bool) -> str:
    """Give one line of a chat as it stands on the page."""
    template = _templates.get_template("one_line.html")
    return template.render(shown=shown, form=form, say=speech.voice, organisation=organisation, noting=noting)


def show(line: lines.Line, parts: Parts, speech: Speech) -> Shown:
    """Make a stored line ready for a page."""
    who = {"": "us", "you": "you"}.get(line.author, "colleague")
    zone = ZoneInfo(parts.installation.working_time.timezone)
    message = _in_place(unpack_message(line.message))
    return Shown(line.id, who, line.author, message, line.at, _time(line.at, speech, zone))


def _is_step(button: Button) -> bool:
    # One flow or draft at a time is open in a chat; what was done at once can be taken back for longer.
    press = unpack(button.data)
    return isinstance(press, OptionPress) or (isinstance(press, DraftPress) and press.step != UNDO)


def _in_place(message: Message) -> Message:
    # On a page the photos and sounds of a card are there already, and so is the box for a note.
    def is_needed(button: Button) -> bool:
        press = unpack(button.data)
        return not (isinstance(press, CardPress) and press.act in (ATTACHMENTS, HOW_TO_NOTE))

    rows = (tuple(filter(is_needed, row)) for row in message.buttons)
    return replace(message, buttons=tuple(row for row in rows if row))


def new_form(request: web.Request, action: str, holder: Cookie, subject: str, *, seen: int = 0) -> Form:
    """Make a form for the browser whose cookie ``holder`` says ``subject``."""
    return Form(action, sign(request, f"form {holder}", subject), new_token()[:22], seen)


def made_by_us(request: web.Request, csrf: str, holder: Cookie, subject: str) -> bool:
    """Tell whether ``new_form`` signed this form for this browser."""
    return bool(subject) and signed(request, f"form {holder}", subject, csrf)


def wants_json(request: web.Request) -> bool:
    """Tell whether our script asks, and not the browser itself."""
    return request.headers.get("Accept", "").startswith("application/json")


def _accepted(request: web.Request) -> list[str]:
    wishes = request.headers.get("Accept-Language", "")[:200]
    return [wish.lower() for wish in re.findall(r"(?:^|,)\s*([A-Za-z]{2,3})", wishes)]


def _time(at: datetime, speech: Speech, zone: tzinfo) -> str:
    return format_datetime(at, "d MMM · HH:mm", tzinfo=zone, locale=Locale.parse(speech.language, sep="-"))


@cache
def _asset(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?{digest[:12]}"
