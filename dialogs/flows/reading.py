"""Reading an answer out of what somebody typed or sent, for each kind of question."""

import re
from math import cos, radians

from dialogs.dates import read_date
from dialogs.flows.answers import Scene, bare_word, is_word, offered_services
from dialogs.flows.checking import Wrong, misfit
from dialogs.flows.flow import OTHER, Ask, Choice, Kind
from dialogs.flows.session import Answer
from dialogs.media import Attachment

_NUMBER = re.compile(r"[-+]?\d{1,12}([.,٫]\d{1,6})?")
_PARTS = re.compile(r"[,;،؛\n]")
# Metres in one degree of latitude, everywhere, and of longitude at the equator.
_DEGREE_M = 111_320


def read_answer(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    """Read the answer to ``ask`` from a typed text; whether its rules allow it is not looked at here."""
    match ask.kind:
        case Kind.TEXT | Kind.LONG_TEXT | Kind.LOCATION:
            return Answer(text)
        case Kind.NUMBER | Kind.SCALE:
            number = _number(text)
            return misfit(ask, scene) if number is None else Answer(number)
        case Kind.YES_NO:
            return _yes_no(ask, text, scene)
        case Kind.CHOICE:
            return _choice(ask, text, scene)
        case Kind.CHOICES:
            return _choices(ask, text, scene)
        case Kind.SERVICES:
            return _services(ask, text, scene)
        case Kind.DATE:
            spoken = [voice.language for voice in (scene.voice, *scene.voices)]
            day = read_date(text, spoken, scene.today, precision=ask.precision)
            return misfit(ask, scene) if day is None else Answer(day)
        case Kind.PHOTO | Kind.VOICE:
            return misfit(ask, scene)


def read_place(ask: Ask, latitude: float, longitude: float) -> Answer:
    """Round a place (in degrees) to the square that the question asks for: where exactly it was is not kept."""
    step = ask.area_m / _DEGREE_M
    north = _middle(latitude, step, limit=90)
    # Towards the poles a degree of longitude is shorter.
    east = _middle(longitude, step / max(0.01, cos(radians(north))), limit=180)
    return Answer(f"geo:{north:.4f},{east:.4f};u={ask.area_m // 2}")


def read_media(ask: Ask, pending: Answer | None, sent: Attachment, caption: str) -> Answer:
    """Add what was sent to what is there already; one that was taken up again is replaced."""
    before = pending if pending is not None and not pending.taken_up and pending.open else None
    media = (*(before.media if before else ()), sent)
    if ask.kind is Kind.LONG_TEXT:
        said = before.value if before and isinstance(before.value, str) else ""
        return Answer("\n".join(filter(None, (said, caption))), open=True, media=media)
    note = "\n".join(filter(None, (before.note if before else "", caption)))
    most = most_media(ask)
    return Answer(tuple(one.id for one in media), open=most > 1 and len(media) < most, note=note, media=media)


def most_media(ask: Ask) -> int:
    """Tell how many photos or voice notes one question takes."""
    return 10 if ask.kind is Kind.LONG_TEXT else int(ask.high or 1)


def _middle(degrees: float, step: float, *, limit: float) -> float:
    return max(-limit, min(limit, (degrees // step + 0.5) * step))


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text.strip().rstrip(".!"))
    return float(found[0].replace(",", ".").replace("٫", ".")) if found else None


def _yes_no(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    for key, value in (("word.yes", True), ("word.no", False)):
        if is_word(text, key, scene.voices):
            return Answer(value)
    return misfit(ask, scene)


def _choice(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    chosen = _pick(text, ask.choices)
    if chosen is not None:
        # "Something else" waits for the person's own words.
        return Answer(chosen.id, open=chosen.other)
    if not has_other(ask) or _number(text) is not None:
        # A number that no choice has is a slip, not somebody's own words.
        return misfit(ask, scene)
    return Answer(OTHER, note=text)


def has_other(ask: Ask) -> bool:
    """Tell whether a question takes own words beside its choices."""
    return any(choice.other for choice in ask.choices)


def _choices(ask: Ask, text: str, scene: Scene) -> Answer | Wrong:
    whole = _pick(text, ask.choices)
    found = [whole] if whole else [_pick(part, ask.choices) for part in _PARTS.split(text)]
    if all(found):
        picked = dict.fromkeys(choice.id for choice in found if choice is not None)
        return Answer(tuple(picked), open=OTHER in picked)
    if has_other(ask) and not any(found) and _number(text) is None:
        return Answer((OTHER,), note=text)
    return misfit(ask, scene)


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
    offered = offered_services(ask, scene)
    listed = list(offered)
    for part in _PARTS.split(text):
        bare = bare_word(part)
        if (place := _place(bare, len(listed))) is not None:
            found.append(listed[place])
            continue
        named = [s for s in listed if bare in {s, *(bare_word(name) for name in offered[s].values())}]
        if not named:
            return misfit(ask, scene)
        found.append(named[0])
    return Answer(tuple(dict.fromkeys(found)))


def _place(bare: str, count: int) -> int | None:
    # Python reads no number of more than 4,300 digits, and nobody means one.
    if not bare.isdecimal() or len(bare) > 4:
        return None
    return int(bare) - 1 if 1 <= int(bare) <= count else None
