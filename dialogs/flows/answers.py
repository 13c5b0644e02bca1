"""Reading an answer out of what somebody typed, for each kind of question."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from dialogs.flows.flow import Ask, Choice, Kind
from dialogs.flows.session import Answer, Value
from dialogs.ids import ServiceId
from dialogs.texts import Text, Voice

_NUMBER = re.compile(r"[-+]?\d{1,12}([.,]\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that does not fit; ``hint`` says in plain words what would."""

    hint: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What the engine knows of the town: the voice it speaks with, all voices, and the services."""

    voice: Voice
    voices: tuple[Voice, ...]
    services: Mapping[ServiceId, Text]


def options(ask: Ask, scene: Scene) -> tuple[tuple[Value, str], ...]:
    """List what can be chosen, as (value, label); empty for a question that is answered in words."""
    voice = scene.voice
    match ask.kind:
        case Kind.CHOICE:
            return tuple((choice.id, voice.of(choice.text)) for choice in ask.choices)
        case Kind.YES_NO:
            return ((True, voice("yes")), (False, voice("no")))
        case Kind.SCALE:
            low, high = ends_of_scale(ask)
            return tuple((float(point), str(point)) for point in range(low, high + 1))
        case Kind.SERVICES:
            return tuple((service, voice.of(name)) for service, name in scene.services.items())
        case _:
            return ()


def ends_of_scale(ask: Ask) -> tuple[int, int]:
    """Give the first and the last point of a scale."""
    return (1 if ask.low is None else int(ask.low)), (5 if ask.high is None else int(ask.high))


def read_answer(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    """Read the answer to ``ask`` from a typed text."""
    match ask.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return _check(ask, Answer(text), scene)
        case Kind.NUMBER:
            return _check(ask, Answer(number), scene) if (number := _number(text)) is not None else _wrong(ask, scene)
        case Kind.YES_NO:
            return _yes_no(text, scene)
        case Kind.CHOICE:
            return _choice(ask, text, scene)
        case Kind.SCALE:
            number = _number(text)
            return _check(ask, Answer(number), scene) if number is not None else _wrong(ask, scene)
        case Kind.SERVICES:
            return _services(ask, text, scene)


def check_value(ask: Ask, answer: Answer, scene: Scene) -> Wrong | None:
    """Tell what is wrong with a stored answer, if anything: submit asks it of every visible one."""
    if answer.value is None:
        return None if ask.optional else _wrong(ask, scene)
    match ask.kind, answer.value:
        case ((Kind.TEXT | Kind.LONG_TEXT), str(text)):
            return _check_length(ask, text, scene)
        case Kind.NUMBER, float(number):
            return None if _within(ask, number) else _wrong(ask, scene)
        case Kind.SCALE, float(number):
            return None if _within(ask, number) and number.is_integer() else _wrong(ask, scene)
        case Kind.YES_NO, bool():
            return None
        case Kind.CHOICE, str(chosen):
            return None if chosen in {choice.id for choice in ask.choices} else _wrong(ask, scene)
        case Kind.SERVICES, tuple(chosen):
            known = bool(chosen) and all(service in scene.services for service in chosen)
            return None if known and len(chosen) <= (ask.high or len(chosen)) else _wrong(ask, scene)
        case _:
            return _wrong(ask, scene)


def show_answer(ask: Ask, answer: Answer, scene: Scene) -> str:
    """Write an answer for people."""
    voice = scene.voice
    match answer.value:
        case None:
            return voice("skipped")
        case bool(value):
            return voice("yes" if value else "no")
        case float(number):
            return f"{number:g}"
        case tuple(services):
            return ", ".join(voice.of(scene.services[ServiceId(s)]) for s in services if s in scene.services)
        case str(chosen) if ask.kind is Kind.CHOICE:
            return answer.note or next((voice.of(c.text) for c in ask.choices if c.id == chosen), chosen)
        case str(text):
            return text


def is_word(text: str, key: str, voices: Iterable[Voice]) -> bool:
    """Tell whether a text is nothing but one of the words listed (with commas) under ``key``, in any language."""
    bare = bare_word(text)
    return any(bare in _listed(voice(key)) for voice in voices)


@cache
def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split(", "))


def bare_word(text: str) -> str:
    """Bring a typed word to the form in which the word lists hold it."""
    return text.strip().lstrip("/¿¡").rstrip(".!?").strip().casefold()


def _check(ask: Ask, answer: Answer, scene: Scene) -> Answer | Wrong:
    return check_value(ask, answer, scene) or answer


def _check_length(ask: Ask, text: str, scene: Scene) -> Wrong | None:
    if len(text) < max(ask.min_length, 1):
        return Wrong(scene.voice("wrong.short", least=max(ask.min_length, 1)))
    if len(text) > ask.max_length:
        return Wrong(scene.voice("wrong.long", length=len(text), most=ask.max_length))
    return None


def _within(ask: Ask, number: float) -> bool:
    return (ask.low is None or number >= ask.low) and (ask.high is None or number <= ask.high)


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text.strip().rstrip(".!"))
    return float(found[0].replace(",", ".")) if found else None


def _yes_no(text: str, scene: Scene) -> Answer | Wrong:
    for key, value in (("word.yes", True), ("word.no", False)):
        if is_word(text, key, scene.voices):
            return Answer(value)
    return Wrong(scene.voice("wrong.yes_no"))


def _choice(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    chosen = _pick(text, ask.choices)
    if chosen is not None:
        # "Something else" waits for the person's own words.
        return Answer(chosen.id, open=chosen.other)
    other = next((choice for choice in ask.choices if choice.other), None)
    if other is None or _number(text) is not None:
        # A number that no choice has is a slip, not somebody's own words.
        return _wrong(ask, scene)
    return Answer(other.id, note=text)


def _pick(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    bare = bare_word(text)
    if (place := _place(bare, len(choices))) is not None:
        return choices[place]
    return next(
        (c for c in choices if bare == c.id or bare in {bare_word(label) for label in c.text.values()}),
        None,
    )


def _services(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    found: list[str] = []
    listed = list(scene.services)
    for part in re.split(r"[,;\n]", text):
        bare = bare_word(part)
        if (place := _place(bare, len(listed))) is not None:
            found.append(listed[place])
            continue
        named = [s for s in listed if bare in {s, *(bare_word(n) for n in scene.services[s].values())}]
        if not named:
            return _wrong(ask, scene)
        found.append(named[0])
    return _check(ask, Answer(tuple(dict.fromkeys(found))), scene)


def _place(bare: str, count: int) -> int | None:
    # Python reads no number of more than 4,300 digits, and nobody means one.
    if not bare.isdecimal() or len(bare) > 4:
        return None
    return int(bare) - 1 if 1 <= int(bare) <= count else None


def _wrong(ask: Ask, scene: Scene) -> Wrong:
    low, high = ask.low, ask.high
    match ask.kind:
        case Kind.NUMBER if low is not None and high is not None:
            return Wrong(scene.voice("wrong.number_between", low=f"{low:g}", high=f"{high:g}"))
        case Kind.NUMBER:
            return Wrong(scene.voice("wrong.number"))
        case Kind.SCALE:
            first, last = ends_of_scale(ask)
            return Wrong(scene.voice("wrong.number_between", low=first, high=last))
        case Kind.YES_NO:
            return Wrong(scene.voice("wrong.yes_no"))
        case Kind.SERVICES if high == 1:
            return Wrong(scene.voice("wrong.one_service"))
        case Kind.SERVICES:
            return Wrong(scene.voice("wrong.services"))
        case _:
            return Wrong(scene.voice("wrong.choice"))
