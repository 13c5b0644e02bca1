"""What the contributors of a case are told: each once, in their language, with their own words.

No notice names a topic in its first 60 characters: those stand on a locked screen (DESK). After them
comes a line with the contributor's own words, so that they know which matter it is.
"""

from dataclasses import dataclass

from dialogs.cases import approach, judging
from dialogs.cases.case import ASK_BACK, QUESTION, REVIEW, SUPPORT, Case, State
from dialogs.cases.delivery_choice import VIEWS
from dialogs.cases.lifecycle import owes_delivery
from dialogs.effects import Telling
from dialogs.ids import AskId
from dialogs.installation import Approach
from dialogs.message import Block, Button, Line, Message, Quote
from dialogs.presses import AskPress, pack
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

_EXCERPT = 160
# The answers to "did this work for you?", in the order of their buttons.
YES, PARTLY, NO, UNSURE = "yes", "partly", "no", "unsure"
# And to what was decided or planned with them.
SUPPORTS, CHALLENGES = "supports", "challenges"


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
        case Telling.DECISION if case.state is State.OFFERED:
            return _draw_offer((*first, *_decided(case, words, queue, voice)), case, listener, town)
        case Telling.QUESTION:
            asks, next_ = Line(voice("notice.question.who", queue=queue)), Line(voice("notice.question.next"))
            return Message((*first, asks, Quote(words), next_))
        case Telling.DECISION | Telling.FINAL:
            next_ = Line(_what_next("decision", case, voice))
            return Message((*first, *_decided(case, words, queue, voice), next_))
        case Telling.PLAN | Telling.START | Telling.DELIVERED | Telling.NOT_DONE:
            return _draw_report(telling, first, case, words, listener, town)
        case Telling.OVERDUE | Telling.CHALLENGED:
            day = write_date(case.promised_on, voice)
            key = "notice.overdue.delivery" if owes_delivery(case) else f"notice.{telling}.who"
            return Message((*first, Line(voice(key, queue=queue, day=day))))
        case Telling.VIEWS | Telling.DELIVERY:
            return judging.draw_notice(telling, first, words, listener.ask, voice, queue=queue)
        case Telling.APPROACH:
            return approach.draw_notice(first, case, voice, queue=queue)
        case Telling.SPLIT:
            day = write_date(case.promised_on, voice)
            return Message((*first, Line(voice("notice.split.who", queue=queue, day=day, whole=words))))
        case Telling.FORWARDED:
            day = write_date(case.promised_on, voice)
            return Message((*first, Line(voice("notice.forwarded.who", queue=queue, day=day))))
        case Telling.ASK_BACK | Telling.REVIEW:
            answered = _answered(telling, case, words, voice)
            question = Line(voice(f"notice.{telling}.question"), strong=True)
            buttons = ask_back_buttons(listener.ask, voice) if listener.ask is not None else ()
            return Message((*first, *answered, question), buttons)


def asks_by(telling: Telling, case: Case) -> str | None:
    """Tell which question a notice asks, if it asks one."""
    match telling:
        case Telling.QUESTION:
            return QUESTION
        case Telling.ASK_BACK:
            return ASK_BACK
        case Telling.REVIEW:
            return REVIEW
        case Telling.VIEWS:
            return VIEWS
        case Telling.DECISION if case.state is State.OFFERED:
            return SUPPORT
        case Telling.PLAN if case.approach is Approach.SERVICE_INTEGRATED:
            return SUPPORT
        case _:
            return None


def support_buttons(ask: AskId, case: Case, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer to support what is decided, or to challenge it; a plan can only be challenged."""
    answers = (SUPPORTS, CHALLENGES) if case.state is State.OFFERED else (CHALLENGES,)
    return tuple((Button(voice(f"support.{answer}"), pack(AskPress(ask, answer))),) for answer in answers)


def _decided(case: Case, words: str, queue: str, voice: Voice) -> tuple[Block, ...]:
    return Line(voice(f"told.{case.outcome}", queue=queue), strong=True), Quote(words)


def _draw_offer(blocks: tuple[Block, ...], case: Case, listener: Listener, town: Town) -> Message:
    """Say that a decision is not final yet, and until when it can be challenged."""
    voice = town.voice(listener.language)
    until = town.write_moment(case.hear_until, voice) if case.hear_until is not None else ""
    buttons = support_buttons(listener.ask, case, voice) if listener.ask is not None else ()
    return Message((*blocks, Line(voice("notice.offer.next", until=until))), buttons)


def _draw_report(
    telling: Telling, first: tuple[Block, ...], case: Case, words: str, listener: Listener, town: Town
) -> Message:
    """Say how far it is with what was promised: under each of the headings what the team wrote."""
    voice = town.voice(listener.language)
    queue = town.queue(case.queue, voice)
    if telling in (Telling.DELIVERED, Telling.NOT_DONE):
        told: tuple[Block, ...] = _done(case, voice)
    else:
        told = (Line(voice(f"notice.{telling}.who", queue=queue), strong=True), Quote(words))
    asks = listener.ask if asks_by(telling, case) == SUPPORT else None
    buttons = support_buttons(asks, case, voice) if asks is not None else ()
    return Message((*first, *told, Line(_what_next(telling, case, voice))), buttons)


def _done(case: Case, voice: Voice) -> tuple[Block, ...]:
    did: tuple[Block, ...] = (Line(voice("notice.did"), strong=True), Quote(case.did)) if case.did else ()
    if not case.did_not:
        return did
    return *did, Line(voice("notice.did_not"), strong=True), Quote(case.did_not)


def _answered(telling: Telling, case: Case, words: str, voice: Voice) -> tuple[Block, ...]:
    """Say what the question is about: what was done, or what was answered."""
    if telling is Telling.REVIEW or case.did or case.did_not:
        return _done(case, voice)
    return Line(voice("notice.ask_back.answer")), Quote(cut(words, 600))


def _what_next(notice: str, case: Case, voice: Voice) -> str:
    if notice in (Telling.PLAN, Telling.START) or owes_delivery(case):
        return voice("notice.news", day=write_date(case.promised_on, voice))
    return voice(f"notice.{notice}.next")


def ask_back_buttons(ask: AskId, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer the four answers to "did this work for you?"."""

    # All four look alike: a coloured one would ask for itself.
    def button(answer: str) -> Button:
        return Button(voice(f"ask_back.{answer}"), pack(AskPress(ask, answer)))

    return ((button(YES), button(PARTLY)), (button(NO), button(UNSURE)))
