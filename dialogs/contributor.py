"""What a contributor does to their case: answering a question, adding words, saying whether it worked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dialogs import menu
from dialogs.cases import audience
from dialogs.cases.case import ASK_BACK, DIFFERENCE, Actor, Ask, Case, Deed, Entry, OwnCase, State
from dialogs.cases.lifecycle import Act, By, Impossible, advance, owes_decision
from dialogs.cases.pointer import ping
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.desk import escalation
from dialogs.desk.holding import watch
from dialogs.effects import AnswerAsk, ChangeCase, Effect, KeepLoose, Reply, SetTimer, Tell, Timer, WriteEntry
from dialogs.flows.answers import is_word
from dialogs.message import Line, Message, Quote, say
from dialogs.texts import Voice, cut, one_line
from dialogs.town import Town, write_date

_CONTRIBUTOR = frozenset({By.CONTRIBUTOR})
_ACTS = {
    audience.YES: Act.CONFIRM,
    audience.PARTLY: Act.CONTEST,
    audience.NO: Act.CONTEST,
    audience.UNSURE: Act.SHRUG,
}
_READ_BACK = 600
_DIFFERENCE_WAITS = timedelta(days=1)


def answer(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a text as the answer to a question, or to "did this work for you?"."""
    if asked.kind == ASK_BACK:
        return _answer_ask_back(asked, text, town, voice, now=now)
    if asked.kind == DIFFERENCE:
        return _say_difference(asked, text, town, voice, now=now)
    entry = Entry(Act.ANSWER, Actor.CITIZEN, now, words=text, before=asked.case, contributor=asked.contributor)
    whole = f"{asked.answer}\n{text}" if asked.answer else text
    moved = advance(asked.case, Act.ANSWER, _CONTRIBUTOR, now=now)
    changed: tuple[Effect, ...] = (WriteEntry(asked.case, entry),)
    if not isinstance(moved, Impossible):
        # The holder's turn begins anew.
        changed = (ChangeCase(moved, entry), *watch(moved, town, now=now))
    # People answer in several messages: the first one calls the holder.
    calls = ping(asked.case, "ping.answer", town) if asked.answered_at is None else ()
    return Reply((AnswerAsk(asked.id, whole, now), *changed, *calls, Tell(read_back(asked.case, text, town, voice))))


def add_words(own: OwnCase, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Add words to a case, whenever they come: the people who look after it see them."""
    case = own.case
    entry = Entry(Deed.WORDS, Actor.CITIZEN, now, words=text, contributor=own.contributor)
    changed: tuple[Effect, ...] = (WriteEntry(case, entry),)
    if case.state is State.SNOOZED:
        awake = advance(case, Act.ANSWER, _CONTRIBUTOR, now=now)
        if not isinstance(awake, Impossible):
            changed = (ChangeCase(awake, entry), *watch(awake, town, now=now))
    told = Tell(read_back(case, text, town, voice))
    return Reply((*changed, *ping(case, "ping.words", town), KeepLoose(None), told))


def is_waiting(ask: Ask, *, now: datetime) -> bool:
    """Tell whether the next words may be the answer: what is different is asked of who wants to say it now."""
    return ask.answered_at is None and (ask.kind != DIFFERENCE or now - ask.asked_at < _DIFFERENCE_WAITS)


def _say_difference(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    whole = f"{asked.answer}\n{text}" if asked.answer else text
    added = add_words(OwnCase(asked.case, asked.excerpt, asked.contributor), text, town, voice, now=now)
    return Reply((AnswerAsk(asked.id, whole, now), *added.effects))


def press_answer(loose: str | None, asked: Ask, pressed: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a press on a question's or an ask-back's button."""
    if pressed == menu.THESE_WORDS and loose:
        reply = answer(asked, loose, town, voice, now=now)
        # Once they are in their place nothing of them waits any more.
        return Reply((*reply.effects, KeepLoose(None)))
    if asked.kind != ASK_BACK or pressed not in _ACTS:
        return Reply(toast=voice("old_button"))
    if asked.answer == pressed:
        return Reply(toast=voice("ask_back.same"))
    return _verdict(asked, pressed, None, town, voice, now=now)


def status_lines(cases: Sequence[OwnCase], town: Town, voice: Voice) -> list[str]:
    """Tell how each of somebody's cases stands."""
    if not cases:
        return [voice("status.none")]
    lines = [voice("status.title")]
    for own in cases[-10:]:
        case = own.case
        values = {
            "code": case.code,
            "words": one_line(own.excerpt, 80),
            "queue": town.queue(case.queue, voice),
            "day": write_date(case.promised_on, voice),
        }
        line = voice(f"status.{case.state}", **values)
        lines.append(f"{line} {voice('status.together')}" if own.together else line)
    return lines


def _answer_ask_back(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    for verdict in (audience.YES, audience.NO, audience.PARTLY, audience.UNSURE):
        if asked.answer is None and is_word(text, f"word.{verdict}", town.heard):
            return _verdict(asked, verdict, None, town, voice, now=now)
    if asked.answer is None:
        # Free words are an answer too. A person has to read them, so they go back to the queue.
        return _verdict(asked, audience.PARTLY, text, town, voice, now=now)
    entry = Entry(Deed.WORDS, Actor.CITIZEN, now, words=text, contributor=asked.contributor)
    words = Tell(read_back(asked.case, text, town, voice))
    return Reply((AnswerAsk(asked.id, asked.answer, now), WriteEntry(asked.case, entry), words))


def _verdict(asked: Ask, verdict: str, words: str | None, town: Town, voice: Voice, *, now: datetime) -> Reply:
    act = _ACTS[verdict]
    deed = f"{act}_words" if words else act
    said_ = words or town.voice(town.language)(f"ask_back.{verdict}")
    entry = Entry(deed, Actor.CITIZEN, now, words=said_, before=asked.case, contributor=asked.contributor)
    moved = advance(asked.case, act, _CONTRIBUTOR, now=now)
    changed: tuple[Effect, ...] = (WriteEntry(asked.case, entry),)
    if not isinstance(moved, Impossible):
        changed = _change(moved, entry, town, now=now)
    # A bare "no" waits for the words that say what is wrong.
    whole = None if act is Act.CONTEST and not words else now
    values = {"queue": town.queue(asked.case.queue, voice), "code": asked.case.code}
    if words:
        said = Message(
            (Line(voice("ask_back.read_back")), Quote(cut(words, _READ_BACK)), Line(voice("ask_back.words", **values))),
            audience.ask_back_buttons(asked.id, voice),
        )
    else:
        said = say(voice(f"ask_back.thanks_{verdict}", **values))
    return Reply((AnswerAsk(asked.id, verdict, whole), *changed, Tell(said, about=asked.case.id)))


def _change(moved: Case, entry: Entry, town: Town, *, now: datetime) -> tuple[Effect, ...]:
    """Write the moved case; one that is back in its queue gets a promise of its own."""
    if moved.state is not State.REOPENED:
        return (ChangeCase(moved, entry),)
    time = town.installation.working_time
    day = promised_day(now, town.installation.loop.promise_days, time)
    back = replace(moved, promised_on=day, overdue=False)
    alarms = (*escalation.watch_promise(back, town, now=now), *escalation.watch_free(back, town, now=now))
    return (ChangeCase(back, entry), SetTimer(Timer.PROMISE, back, end_of_day(day, time)), *alarms)


def read_back(case: Case, text: str, town: Town, voice: Voice, *, lead: str = "words.read_back") -> Message:
    """Read back to a citizen what reached their case, and say who has it."""
    values = {
        "queue": town.queue(case.queue, voice),
        "day": write_date(case.promised_on, voice),
        "code": case.code,
    }
    key = "words.passed_on" if owes_decision(case) else "words.added"
    return Message((Line(voice(lead)), Quote(cut(text, _READ_BACK)), Line(voice(key, **values))))
