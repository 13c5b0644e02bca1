"""An answer as people see it: what can be chosen, and how it is written down."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dialogs.dates import write_date_value
from dialogs.flows.flow import Ask, Kind, Repeat
from dialogs.flows.session import Answer, Value
from dialogs.ids import ServiceId
from dialogs.media import Attachment, MediaKind
from dialogs.texts import Text, Voice

# A place as it is kept: the middle of its square, and how far that may be off (RFC 5870).
AREA = re.compile(r"geo:(?P<latitude>-?\d{1,2}\.\d{1,4}),(?P<longitude>-?\d{1,3}\.\d{1,4});u=\d{1,6}")


# What people put around a word that stands alone.
_BEFORE, _AFTER = '/¿¡«“"', '.!?؟،»”"'


@dataclass(frozen=True, slots=True)
class Scene:
    """What the engine knows of the town: the voice it speaks with, all voices, the services, and the day."""

    voice: Voice
    voices: tuple[Voice, ...]
    services: Mapping[ServiceId, Text]
    today: date


def options(ask: Ask, scene: Scene) -> tuple[tuple[Value, str], ...]:
    """List what can be chosen, as (value, label); empty for a question that is answered in words."""
    voice = scene.voice
    match ask.kind:
        case Kind.CHOICE | Kind.CHOICES:
            return tuple((choice.id, voice.of(choice.text)) for choice in ask.choices)
        case Kind.YES_NO:
            return ((True, voice("yes")), (False, voice("no")))
        case Kind.SCALE:
            low, high = ends_of_scale(ask)
            return tuple((float(point), str(point)) for point in range(low, high + 1))
        case Kind.SERVICES:
            return tuple((service, voice.of(name)) for service, name in offered_services(ask, scene).items())
        case Kind.DATE:
            yesterday = scene.today - timedelta(days=1)
            return ((scene.today.isoformat(), voice("date.today")), (yesterday.isoformat(), voice("date.yesterday")))
        case _:
            return ()


def offered_services(ask: Ask, scene: Scene) -> Mapping[ServiceId, Text]:
    """Give the services that a question is about: those of its flow, or all of the town."""
    mine = {service: scene.services[service] for service in ask.services if service in scene.services}
    return mine or scene.services


def ends_of_scale(ask: Ask) -> tuple[int, int]:
    """Give the first and the last point of a scale."""
    return (1 if ask.low is None else int(ask.low)), (5 if ask.high is None else int(ask.high))


def show_answer(step: Ask | Repeat, answer: Answer, scene: Scene) -> str:
    """Write an answer for people."""
    voice = scene.voice
    if isinstance(step, Repeat):
        # What was asked is whether there is another one, and it is closed: there is none.
        return voice("no")
    if answer.waived and answer.note:
        return voice("as_written", words=answer.note)
    match answer.value:
        case None:
            return voice("skipped")
        case bool(value):
            return voice("yes" if value else "no")
        case float(number):
            return show_number(number)
        case tuple(several):
            return _several(step, several, answer, scene)
        case str(text):
            return _text(step, text, answer, scene)


def show_number(number: float) -> str:
    """Write a number without an exponent or a bare point."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def label_of(attachment: Attachment, voice: Voice) -> str:
    """Name a photo or voice note."""
    match attachment.kind:
        case MediaKind.PHOTO:
            return voice("media.photo")
        case MediaKind.VOICE:
            return voice("media.voice", seconds=attachment.seconds)


def is_word(text: str, key: str, voices: Iterable[Voice]) -> bool:
    """Tell whether a text is nothing but one of the words listed (with commas) under ``key``, in any language."""
    bare = bare_word(text)
    return any(bare in _listed(voice(key)) for voice in voices)


@cache
def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split(", "))


def bare_word(text: str) -> str:
    """Bring a typed word to the form in which the word lists hold it."""
    return text.strip().lstrip(_BEFORE).rstrip(_AFTER).strip().casefold()


def _several(ask: Ask, several: tuple[str, ...], answer: Answer, scene: Scene) -> str:
    voice = scene.voice
    match ask.kind:
        case Kind.SERVICES:
            return ", ".join(voice.of(scene.services[ServiceId(s)]) for s in several if s in scene.services)
        case Kind.CHOICES:
            labels = {
                choice.id: answer.note if choice.other and answer.note else voice.of(choice.text)
                for choice in ask.choices
            }
            return ", ".join(labels.get(one, one) for one in several)
        case _:
            return _with_media(answer.note, answer, voice)


def _text(ask: Ask, text: str, answer: Answer, scene: Scene) -> str:
    voice = scene.voice
    match ask.kind:
        case Kind.CHOICE:
            return answer.note or next((voice.of(c.text) for c in ask.choices if c.id == text), text)
        case Kind.DATE:
            return write_date_value(text, voice.language)
        case Kind.LOCATION if place := AREA.fullmatch(text):
            return voice("location.area", **place.groupdict())
        case _:
            return _with_media(text, answer, voice)


def _with_media(text: str, answer: Answer, voice: Voice) -> str:
    labels = [label_of(attachment, voice) for attachment in answer.media]
    return "\n".join(filter(None, (text, *labels)))
