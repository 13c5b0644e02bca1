"""Telegram's HTML, read as strictly as Telegram reads it. Source: TDLib, MessageEntity.cpp, 2026."""

import re
from dataclasses import dataclass
from html import unescape

from tests.botapi.world import ApiError

_ATTRIBUTES = {"a": {"href"}, "blockquote": {"expandable"}, "tg-time": {"unix", "format"}, "code": {"class"}}
_NAMES = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-time": "date_time",
    "tg-spoiler": "spoiler",
}
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s>/]*)(?P<rest>[^>]*)>")
_BEGUN = re.compile(r"<([^\s>/]*)\s")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:=("[^"]*"|'[^']*'|[a-zA-Z0-9.-]+))?""")
_KNOWN_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,8}|#[xX][0-9a-fA-F]{1,6});")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


@dataclass
class _Open:
    name: str
    start: int
    extra: dict[str, object]
    kind: str


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(html: str) -> tuple[str, list[dict[str, object]]]:
    """Split HTML into plain text and entities. Raises: ApiError with Telegram's own words."""
    text, at = "", 0
    stack: list[_Open] = []
    entities: list[dict[str, object]] = []
    while at < len(html):
        if html[at] != "<":
            end = html.find("<", at)
            end = len(html) if end < 0 else end
            text += _KNOWN_CHARACTER.sub(lambda found: unescape(found[0]), html[at:end])
            at = end
            continue
        tag = _TAG.match(html, at)
        offset = len(html[:at].encode())
        if tag is None:
            name = _BEGUN.match(html, at)
            if name and name[1] not in _NAMES:
                raise _wrong(f'Unsupported start tag "{name[1]}" at byte offset {offset}')
            raise _wrong(f"Unclosed start tag at byte offset {offset}")
        if tag["end"]:
            _close(tag["name"], offset, stack, entities, units(text))
        else:
            stack.append(_opened(tag, offset, units(text)))
        at = tag.end()
    if stack:
        raise _wrong(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    return text, entities


def _opened(tag: re.Match[str], offset: int, start: int) -> _Open:
    name = tag["name"].lower()
    if name not in _NAMES:
        raise _wrong(f'Unsupported start tag "{name}" at byte offset {offset}')
    found = {key.lower(): value.strip("\"'") for key, value in _ATTRIBUTE.findall(tag["rest"])}
    if _ATTRIBUTE.sub("", tag["rest"]).strip() or set(found) - _ATTRIBUTES.get(name, set()):
        raise _wrong(f'Unexpected attributes of the tag "{name}" at byte offset {offset}')
    kind, extra = _NAMES[name], {}
    if name == "blockquote" and "expandable" in found:
        kind = "expandable_blockquote"
    if name == "tg-time":
        extra = _time(found, offset)
    if name == "a":
        extra = {"url": unescape(found.get("href", ""))}
    return _Open(name, start, extra, kind)


def _time(found: dict[str, str], offset: int) -> dict[str, object]:
    moment, form = found.get("unix", ""), found.get("format", "")
    if not moment.isdigit() or not _TIME_FORMAT.fullmatch(form):
        raise _wrong(f"Invalid date-time at byte offset {offset}")
    return {"unix_time": int(moment), "date_time_format": form}


def _close(name: str, offset: int, stack: list[_Open], entities: list[dict[str, object]], end: int) -> None:
    if not stack:
        raise _wrong(f"Unexpected end tag at byte offset {offset}")
    opened = stack.pop()
    if name and name.lower() != opened.name:
        raise _wrong(
            f'Unmatched end tag at byte offset {offset}, expected "</{opened.name}>", found "</{name.lower()}>"'
        )
    if end > opened.start:
        entities.append({"type": opened.kind, "offset": opened.start, "length": end - opened.start, **opened.extra})


def _wrong(words: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {words}")
