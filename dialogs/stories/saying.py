"""How somebody says what they answer: by pressing, by typing, or by sending something."""

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.flows import prompt
from dialogs.flows.answers import Scene, bare_word, options, show_number
from dialogs.flows.flow import Ask, Kind, Review
from dialogs.flows.session import Value
from dialogs.media import MediaKind
from dialogs.stories.story import Place, Told

_SEPARATORS = frozenset(",;،\n")


@dataclass(frozen=True, slots=True)
class Press:
    """Press an option; where there is no such button, type the first of the words under ``word``, or ``typed``."""

    option: str
    word: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Type a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send a photo, a voice note or a place."""

    what: MediaKind | Place


DONE = Press(prompt.DONE, "word.done")


def say_told(ask: Ask, told: Told, scene: Scene, *, typing: bool) -> Iterator[Press | Say | Send]:
    """Say the answer to one question, one thing after another; what is open then is closed by ``DONE``."""
    if told.value is None and told.note:
        # They write what does not fit, until it is offered that a person reads it.
        yield from [Say(told.note)] * prompt.STUCK_AFTER
        yield Press(prompt.AS_WRITTEN, "word.human")
        return
    match told.value:
        case None:
            yield Press(prompt.SKIP, "word.skip")
        case _ if told.parts:
            yield from (_part(part) for part in told.parts)
        case tuple(several) if typing:
            yield Say(", ".join(type_option(ask, one, scene) for one in several))
        case tuple(several):
            for one in several:
                yield _choose(ask, one, scene)
        case value:
            yield _choose(ask, value, scene)
    if told.note:
        yield Say(told.note)


def say_early(step: object, told: Told | None, scene: Scene) -> str:
    """Choose what comes too early: just what would be the answer."""
    if not isinstance(step, Ask) or told is None or told.value is None:
        return scene.voice("word.send" if isinstance(step, Review) else "yes").split(", ")[0]
    for one in say_told(step, told, scene, typing=True):
        match one:
            case Say(text):
                return text
            case Press(_, _, typed):
                return typed
            case Send():
                pass
    return scene.voice("yes")


def type_option(ask: Ask, value: Value, scene: Scene) -> str:
    """Write an answer as people would type it: by its label, where that can be told apart."""
    label = next((label for one, label in options(ask, scene) if one == value), "")
    match ask.kind, value:
        case ((Kind.CHOICE | Kind.CHOICES | Kind.SERVICES), _):
            unclear = not label or bare_word(label).isdecimal() or (ask.kind in prompt.MANY and _SEPARATORS & {*label})
            return str(value) if unclear else label
        case Kind.YES_NO, bool():
            return label
        case _, float(number):
            return show_number(number)
        case _:
            return str(value)


def _choose(ask: Ask, value: Value, scene: Scene) -> Press:
    place = next((place for place, (one, _) in enumerate(options(ask, scene)) if one == value), None)
    # What is no option has no button, and so is typed.
    return Press("" if place is None else str(place), typed=type_option(ask, value, scene))


def _part(part: str | MediaKind | Place) -> Say | Send:
    # A kind of media is a str as well.
    return Send(part) if isinstance(part, MediaKind | Place) else Say(part)
