"""What is wrong with an answer, in words that say what would be right."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.dates import write_date_value
from dialogs.flows.answers import AREA, Scene, ends_of_scale, offered_services, show_number
from dialogs.flows.conditions import holds
from dialogs.flows.flow import Ask, Kind
from dialogs.flows.session import Answer, Value
from dialogs.ids import StepId


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that does not fit; ``hint`` says in plain words what would."""

    hint: str


def check_answer(ask: Ask, answer: Answer, given: Mapping[StepId, Value], scene: Scene) -> Wrong | None:
    """Tell what is wrong with an answer, if anything; ``given``: what the rule of the question may look at.

    Submit asks it again of every visible answer.
    """
    if answer.waived:
        return None
    if answer.value is None:
        return None if ask.optional else misfit(ask, scene)
    if (wrong := check_value(ask, answer, scene)) is not None or ask.check is None:
        return wrong
    if holds(ask.check.must, {**given, ask.id: answer.value}, today=scene.today):
        return None
    return Wrong(scene.voice.of(ask.check.otherwise))


def check_value(ask: Ask, answer: Answer, scene: Scene) -> Wrong | None:
    """Tell what is wrong with the answer by itself."""
    match ask.kind, answer.value:
        case ((Kind.TEXT | Kind.LONG_TEXT), str(text)):
            return None if answer.media and not text else _check_text(ask, text, answer, scene)
        case Kind.LOCATION, str(text):
            return None if AREA.fullmatch(text) else _check_text(ask, text, answer, scene)
        case Kind.NUMBER, float(number):
            return None if _within(ask, number) else misfit(ask, scene)
        case Kind.SCALE, float(number):
            return None if _within(ask, number) and number.is_integer() else misfit(ask, scene)
        case Kind.YES_NO, bool():
            return None
        case Kind.DATE, str():
            return None
        case Kind.CHOICE, str(chosen):
            return None if chosen in {choice.id for choice in ask.choices} else misfit(ask, scene)
        case Kind.CHOICES, tuple(chosen):
            return _check_many(ask, chosen, {choice.id for choice in ask.choices}, scene)
        case Kind.SERVICES, tuple(chosen):
            return _check_many(ask, chosen, set(offered_services(ask, scene)), scene)
        case ((Kind.PHOTO | Kind.VOICE), tuple(sent)) if sent:
            return None
        case _:
            return misfit(ask, scene)


def misfit(ask: Ask, scene: Scene) -> Wrong:
    """Say what a question takes."""
    voice, low, high = scene.voice, ask.low, ask.high
    match ask.kind:
        case Kind.NUMBER if low is not None and high is not None:
            return Wrong(voice("wrong.number_between", low=show_number(low), high=show_number(high)))
        case Kind.NUMBER:
            return Wrong(voice("wrong.number"))
        case Kind.SCALE:
            first, last = ends_of_scale(ask)
            return Wrong(voice("wrong.number_between", low=first, high=last))
        case Kind.SERVICES if high == 1:
            return Wrong(voice("wrong.one_service"))
        case Kind.DATE:
            return Wrong(voice("wrong.date", example=write_date_value(scene.today.isoformat(), voice.language)))
        case Kind.TEXT | Kind.LONG_TEXT:
            return Wrong(voice("wrong.short", least=max(ask.min_length, 1)))
        case _:
            return Wrong(voice(f"wrong.{ask.kind}"))


def _check_many(ask: Ask, chosen: tuple[str, ...], known: set[str], scene: Scene) -> Wrong | None:
    if not chosen or not known.issuperset(chosen):
        return misfit(ask, scene)
    if ask.high is not None and len(chosen) > ask.high:
        return Wrong(scene.voice("wrong.too_many", most=int(ask.high)))
    if ask.low is not None and len(chosen) < ask.low:
        return Wrong(scene.voice("wrong.too_few", least=int(ask.low)))
    return None


def _check_text(ask: Ask, text: str, answer: Answer, scene: Scene) -> Wrong | None:
    voice = scene.voice
    least = 1 if answer.media else max(ask.min_length, 1)
    if len(text) < least:
        return Wrong(voice("wrong.short", least=least))
    if len(text) > ask.max_length:
        return Wrong(voice("wrong.long", length=len(text), most=ask.max_length))
    if ask.matches is not None and not ask.matches.fits(text):
        return Wrong(voice(f"wrong.{ask.matches.name or 'pattern'}"))
    return None


def _within(ask: Ask, number: float) -> bool:
    return (ask.low is None or number >= ask.low) and (ask.high is None or number <= ask.high)
