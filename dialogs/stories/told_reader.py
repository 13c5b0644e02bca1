"""Reading what somebody answers one question with, as the kind of the question takes it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from dialogs.authoring import suggest
from dialogs.dates import is_date
from dialogs.flows.flow import OTHER, Ask, Kind
from dialogs.flows.reading import has_other, read_place
from dialogs.media import MediaKind
from dialogs.stories.story import Place, Told
from dialogs.texts import clean
from dialogs.yaml_tree import CUT, Node, Row, Scalar, Table

SKIP, SAMPLE, AS_WRITTEN = "skip", "sample", "as_written"
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_PLACE = re.compile(r"(-?\d{1,2}(?:\.\d{1,8})?)[, ] ?(-?\d{1,3}(?:\.\d{1,8})?)")
_TO_SEND = {Kind.PHOTO: MediaKind.PHOTO, Kind.VOICE: MediaKind.VOICE}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why something cannot be the answer; ``cause`` goes on after the id of the question."""

    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What stands in the file as an answer."""

    node: Node

    def text(self) -> str | None:
        """Give it where it is one text."""
        return clean(self.node.text) if isinstance(self.node, Scalar) else None

    def parts(self) -> list["Saying"]:
        """Give it as a list; one that stands alone is a list of one."""
        return [Saying(item) for item in self.node.items] if isinstance(self.node, Row) else [self]

    def under(self, key: str) -> str | None:
        """Give the text of its only key."""
        if not isinstance(self.node, Table) or list(self.node.entries) != [key]:
            return None
        value = self.node.get(key)
        return clean(value.text) if isinstance(value, Scalar) else None


def read_told(ask: Ask, saying: Saying, services: Collection[str]) -> Told | Unfit:
    """Read an answer; ``services``: those that the question offers."""
    node = saying.node
    if isinstance(node, Scalar) and node.cut:
        return Unfit(f"is not whole. {CUT[0]}", CUT[1])
    if isinstance(node, Scalar) and node.plain and node.text == SKIP:
        return Told(None) if ask.optional else Unfit("cannot be skipped.", "Write an answer.")
    if (words := saying.under(AS_WRITTEN)) is not None:
        return Told(None, words)
    match ask.kind:
        case Kind.TEXT | Kind.NUMBER | Kind.SCALE | Kind.DATE | Kind.YES_NO | Kind.LOCATION:
            text = saying.text()
            return Unfit("must be one value.", "Write it behind the colon.") if not text else _one(ask, text)
        case Kind.LONG_TEXT | Kind.PHOTO | Kind.VOICE:
            return _sent(ask, saying)
        case Kind.CHOICE:
            return _choice(ask, saying)
        case Kind.CHOICES:
            return _several(ask, saying, [choice.id for choice in ask.choices])
        case Kind.SERVICES:
            return _several(ask, saying, services)


def _one(ask: Ask, text: str) -> Told | Unfit:
    match ask.kind:
        case Kind.NUMBER | Kind.SCALE if not _NUMBER.fullmatch(text):
            return Unfit(f"takes a number, not `{text[:60]}`.", "Write digits, such as 5 or 2.5.")
        case Kind.NUMBER | Kind.SCALE:
            return Told(float(text))
        case Kind.DATE if not is_date(text):
            return Unfit(f"takes a date, not `{text[:60]}`.", "Write such as 2026-12-25, 2026-12 or 2026.")
        case Kind.YES_NO if text not in _FLAGS:
            return Unfit(f"takes yes or no, not `{text[:60]}`.", "Write yes or no.")
        case Kind.YES_NO:
            return Told(_FLAGS[text])
        case Kind.LOCATION if found := _PLACE.fullmatch(text):
            place = Place(float(found[1]), float(found[2]))
            return Told(read_place(ask, place.latitude, place.longitude).value, parts=(place,))
        case _:
            return Told(text)


def _sent(ask: Ask, saying: Saying) -> Told | Unfit:
    parts: list[str | MediaKind] = []
    for one in saying.parts():
        text = one.text()
        kind = _medium(ask, one)
        if kind is not None:
            parts.append(kind)
        elif text and ask.kind is Kind.LONG_TEXT:
            parts.append(text)
        else:
            takes = [*(["texts"] if ask.kind is Kind.LONG_TEXT else []), *_takes(ask)]
            cause = f"takes {' and '.join(takes)}, one or a list of them."
            return Unfit(cause, f"Write such as `{{{_takes(ask)[0]}: {SAMPLE}}}`." if _takes(ask) else "Write a text.")
    media = tuple(part for part in parts if isinstance(part, MediaKind))
    if ask.kind is not Kind.LONG_TEXT:
        return Told(media, parts=media)
    text = "\n".join(part for part in parts if not isinstance(part, MediaKind))
    return Told(text, media=media, parts=tuple(parts))


def _medium(ask: Ask, saying: Saying) -> MediaKind | None:
    if ask.kind in _TO_SEND and saying.text() == SAMPLE:
        return _TO_SEND[ask.kind]
    return next((kind for kind in _takes(ask) if saying.under(kind) == SAMPLE), None)


def _takes(ask: Ask) -> tuple[MediaKind, ...]:
    return (_TO_SEND[ask.kind],) if ask.kind in _TO_SEND else ask.accept


def _choice(ask: Ask, saying: Saying) -> Told | Unfit:
    known = [choice.id for choice in ask.choices]
    if (words := saying.under(OTHER)) is not None and has_other(ask):
        return Told(OTHER, words)
    text = saying.text()
    if text is None:
        return Unfit("takes one choice.", "Write its id.")
    if text == OTHER and has_other(ask):
        return Unfit("takes own words for `other`.", "Write such as `{other: a neighbour}`.")
    return Told(text) if text in known else Unfit(f"has no choice `{text[:60]}`.", suggest(text, known))


def _several(ask: Ask, saying: Saying, known: Collection[str]) -> Told | Unfit:
    chosen: dict[str, None] = {}
    note = ""
    for one in saying.parts():
        if (words := one.under(OTHER)) is not None and has_other(ask):
            note = words
            continue
        text = one.text()
        if text is None or (text == OTHER and has_other(ask)):
            return Unfit("takes a list of ids.", "Write such as [one, two], or `{other: own words}` in the list.")
        if text not in known:
            what = "service" if ask.kind is Kind.SERVICES else "choice"
            return Unfit(f"has no {what} `{text[:60]}`.", suggest(text, known))
        chosen[text] = None
    if not chosen and not note:
        return Unfit("chooses nothing.", "Write such as [one, two].")
    # Own words are asked for last.
    return Told((*chosen, *([OTHER] if note else [])), note)
