"""What a contributor does to their case: answering a question, adding words, saying whether it worked."""

from dataclasses import replace
from datetime import datetime

from dialogs import menu
from dialogs.cases import audience
from dialogs.cases.case import ASK_BACK, Actor, Ask, Case, Deed, Entry, State
from dialogs.cases.holding import watch
from dialogs.cases.lifecycle import Act, By, Impossible, advance, owes_decision
from dialogs.cases.promise import end_of_day, promised_day
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


def answer(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a text as the answer to a question, or to "did this work for you?"."""
    if asked.kind == ASK_BACK:
        return _answer_ask_back(asked, text, town, voice, now=now)
    entry = Entry(Act.ANSWER, Actor.CITIZEN, now, words=text, before=asked.case)
    whole = f"{asked.answer}\n{text}" if asked.answer else text
    moved = advance(asked.case, Act.ANSWER, _CONTRIBUTOR, now=now)
    changed: tuple[Effect, ...] = (WriteEntry(asked.case, entry),)
    if not isinstance(moved, Impossible):
        # The holder's turn begins anew.
        changed = (ChangeCase(moved, entry), *watch(moved, town, now=now))
    return Reply((AnswerAsk(asked.id, whole, now), *changed, Tell(_read_back(asked.case, text, town, voice))))


def add_words(case: Case, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Add words to a case, whenever they come: the people who look after it see them."""
    entry = Entry(Deed.WORDS, Actor.CITIZEN, now, words=text)
    changed: tuple[Effect, ...] = (WriteEntry(case, entry),)
    if case.state is State.SNOOZED:
        awake = advance(case, Act.ANSWER, _CONTRIBUTOR, now=now)
        if not isinstance(awake, Impossible):
            changed = (ChangeCase(awake, entry), *watch(awake, town, now=now))
    return Reply((*changed, KeepLoose(None), Tell(_read_back(case, text, town, voice))))


def press_answer(loose: str | None, asked: Ask, pressed: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a press on a question's or an ask-back's button."""
    if pressed == menu.THESE_WORDS and loose:
        reply = answer(asked, loose, town, voice, now=now)
        return Reply((KeepLoose(None), *reply.effects))
    if asked.kind != ASK_BACK or pressed not in _ACTS:
        return Reply(toast=voice("old_button"))
    if asked.answer == pressed:
        return Reply(toast=voice("ask_back.same"))
    return _verdict(asked, pressed, None, town, voice, now=now)


def status_lines(cases: list[tuple[Case, str]], town: Town, voice: Voice) -> list[str]:
    """Tell how each of somebody's cases stands."""
    if not cases:
        return [voice("status.none")]
    lines = [voice("status.title")]
    for case, excerpt in cases[-10:]:
        values = {
            "code": case.code,
            "words": one_line(excerpt, 80),
            "queue": town.queue(case.queue, voice),
            "day": write_date(case.promised_on, voice),
        }
        lines.append(voice(f"status.{case.state}", **values))
    return lines


def _answer_ask_back(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    for verdict in (audience.YES, audience.NO, audience.PARTLY, audience.UNSURE):
        if asked.answer is None and is_word(text, f"word.{verdict}", town.heard):
            return _verdict(asked, verdict, None, town, voice, now=now)
    if asked.answer is None:
        # Free words are an answer too. A person has to read them, so they go back to the queue.
        return _verdict(asked, audience.PARTLY, text, town, voice, now=now)
    entry = Entry(Deed.WORDS, Actor.CITIZEN, now, words=text)
    words = Tell(_read_back(asked.case, text, town, voice))
    return Reply((AnswerAsk(asked.id, asked.answer, now), WriteEntry(asked.case, entry), words))


def _verdict(asked: Ask, verdict: str, words: str | None, town: Town, voice: Voice, *, now: datetime) -> Reply:
    act = _ACTS[verdict]
    deed = f"{act}_words" if words else act
    entry = Entry(
        deed, Actor.CITIZEN, now, words=words or town.voice(town.language)(f"ask_back.{verdict}"), before=asked.case
    )
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
    return (ChangeCase(back, entry), SetTimer(Timer.PROMISE, back, end_of_day(day, time)))


def _read_back(case: Case, text: str, town: Town, voice: Voice) -> Message:
    values = {
        "queue": town.queue(case.queue, voice),
        "day": write_date(case.promised_on, voice),
        "code": case.code,
    }
    key = "words.passed_on" if owes_decision(case) else "words.added"
    return Message((Line(voice("words.read_back")), Quote(cut(text, _READ_BACK)), Line(voice(key, **values))))
