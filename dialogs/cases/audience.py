"""What the contributors of a case are told: each once, in their language, with their own words.

No notice names a topic in its first 60 characters: those stand on a locked screen (DESK). After them
comes a line with the contributor's own words, so that they know which matter it is.
"""

from dataclasses import dataclass

from dialogs.cases.case import Case
from dialogs.effects import Telling
from dialogs.ids import AskId
from dialogs.message import Button, Line, Message, Quote
from dialogs.presses import AskPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

_EXCERPT = 160
# The answers to "did this work for you?", in the order of their buttons.
YES, PARTLY, NO, UNSURE = "yes", "partly", "no", "unsure"


@dataclass(frozen=True, slots=True)
class Listener:
    """One contributor as a notice needs them. ``ask``: the question they can answer, for those notices that ask."""

    language: str
    excerpt: str
    ask: AskId | None = None


def draw_notice(telling: Telling, case: Case, words: str, listener: Listener, town: Town) -> Message:
    """Write one notice. ``words``: the question, or the reason of the decision."""
    voice = town.voice(listener.language)
    first = (Line(voice(f"notice.{telling}", code=case.code)), Quote(cut(listener.excerpt, _EXCERPT)))
    queue = town.queue(case.queue, voice)
    match telling:
        case Telling.QUESTION:
            asks, next_ = Line(voice("notice.question.who", queue=queue)), Line(voice("notice.question.next"))
            return Message((*first, asks, Quote(words), next_))
        case Telling.DECISION:
            outcome = Line(voice(f"told.{case.outcome}", queue=queue), strong=True)
            return Message((*first, outcome, Quote(words), Line(voice("notice.decision.next"))))
        case Telling.OVERDUE:
            day = write_date(case.promised_on, voice)
            return Message((*first, Line(voice("notice.overdue.who", queue=queue, day=day))))
        case Telling.SPLIT:
            day = write_date(case.promised_on, voice)
            return Message((*first, Line(voice("notice.split.who", queue=queue, day=day, whole=words))))
        case Telling.FORWARDED:
            day = write_date(case.promised_on, voice)
            return Message((*first, Line(voice("notice.forwarded.who", queue=queue, day=day))))
        case Telling.ASK_BACK:
            answered = (Line(voice("notice.ask_back.answer")), Quote(cut(words, 600)))
            question = Line(voice("notice.ask_back.question"), strong=True)
            buttons = ask_back_buttons(listener.ask, voice) if listener.ask is not None else ()
            return Message((*first, *answered, question), buttons)


def ask_back_buttons(ask: AskId, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer the four answers to "did this work for you?"."""

    # All four look alike: a coloured one would ask for itself.
    def button(answer: str) -> Button:
        return Button(voice(f"ask_back.{answer}"), pack(AskPress(ask, answer)))

    return ((button(YES), button(PARTLY)), (button(NO), button(UNSURE)))
