"""What a contributor does to their case: answering, adding words, saying whether it worked or they support it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dialogs import menu
from dialogs.cases import audience, judging
from dialogs.cases.case import ASK_BACK, DIFFERENCE, REVIEW, SUPPORT, Actor, Ask, Case, Deed, Entry, OwnCase, State
from dialogs.cases.delivery_choice import VIEWS
from dialogs.cases.lifecycle import Act, By, Impossible, advance, owes_delivery, owes_news
from dialogs.cases.participant import Right, may
from dialogs.cases.pointer import ping
from dialogs.cases.promise import end_of_day, promised_day
from dialogs.desk import escalation
from dialogs.desk.holding import watch
from dialogs.effects import (
    AnswerAsk,
    ChangeCase,
    CloseAsks,
    Effect,
    KeepLoose,
    Reply,
    SetTimer,
    StartTelling,
    Tell,
    Telling,
    Timer,
    WriteEntry,
)
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
_NOT_YET = (audience.PARTLY, audience.NO)
_VOICES = {audience.SUPPORTS: Act.SUPPORT, audience.CHALLENGES: Act.CHALLENGE}
# What it takes for these to be more than words (``cases/participant.py``).
_RIGHTS = {
    **dict.fromkeys((Act.CONFIRM, Act.CONTEST, Act.SHRUG), Right.VERDICT),
    Act.SUPPORT: Right.SUPPORT,
    Act.CHALLENGE: Right.CHALLENGE,
}
_READ_BACK = 600
_DIFFERENCE_WAITS = timedelta(days=1)


def answer(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a text as the answer to a question, or to "did this work for you?"."""
    if asked.kind in (ASK_BACK, REVIEW):
        return _answer_ask_back(asked, text, town, voice, now=now)
    if asked.kind == SUPPORT:
        return _answer_offer(asked, text, town, voice, now=now)
    if asked.kind == VIEWS:
        return _judge(asked, text, town, voice, now=now)
    if asked.kind == DIFFERENCE:
        return _say_difference(asked, text, town, voice, now=now)
    entry = Entry(Act.ANSWER, Actor.CITIZEN, now, words=text, before=asked.case, contributor=asked.contributor)
    whole = f"{asked.answer}\n{text}" if asked.answer else text
    moved = advance(asked.case, Act.ANSWER, _CONTRIBUTOR, now=now)
    # Every answer is read; not everybody's means that those whom the service is for were heard.
    is_heard = may(asked.case.approach, asked.participant, Right.DESIGN)
    changed: tuple[Effect, ...] = (WriteEntry(asked.case, entry),)
    if not isinstance(moved, Impossible):
        # The holder's turn begins anew.
        changed = (ChangeCase(replace(moved, heard=asked.case.heard or is_heard), entry), *watch(moved, town, now=now))
    elif owes_news(asked.case) and is_heard and not asked.case.heard:
        # It came late, and they were heard all the same.
        late = replace(asked.case, version=asked.case.version + 1, heard=True)
        changed = (ChangeCase(late, entry), *watch(late, town, now=now))
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
    """Tell whether the next words may be the answer: some things are asked of who wants to say them now."""
    return ask.answered_at is None and (ask.kind not in (DIFFERENCE, VIEWS) or now - ask.asked_at < _DIFFERENCE_WAITS)


def _say_difference(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    whole = f"{asked.answer}\n{text}" if asked.answer else text
    added = add_words(OwnCase(asked.case, asked.excerpt, asked.contributor), text, town, voice, now=now)
    return Reply((AnswerAsk(asked.id, whole, now), *added.effects))


def _judge(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take numbers as a view of who could deliver it, and anything else as words about the case."""
    judged = judging.answer(asked, text, town, voice, now=now)
    return judged or add_words(OwnCase(asked.case, asked.excerpt, asked.contributor), text, town, voice, now=now)


def press_answer(loose: str | None, asked: Ask, pressed: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a press on a question's or an ask-back's button."""
    if pressed == menu.THESE_WORDS and loose:
        reply = answer(asked, loose, town, voice, now=now)
        # Once they are in their place nothing of them waits any more.
        return Reply((*reply.effects, KeepLoose(None)))
    if asked.kind == VIEWS:
        return judging.press(asked, pressed, voice, now=now)
    if pressed not in (_VOICES if asked.kind == SUPPORT else _ACTS if asked.kind in (ASK_BACK, REVIEW) else {}):
        return Reply(toast=voice("old_button"))
    if asked.answer == pressed:
        return Reply(toast=voice("ask_back.same"))
    if asked.kind == SUPPORT:
        return _speak_up(asked, _VOICES[pressed], town, voice, now=now)
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
        promised = case.state is State.DECIDED and owes_delivery(case)
        line = voice("status.promised" if promised else f"status.{case.state}", **values)
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
    if not _has_right(asked, act):
        return _take_as_words(asked, verdict, entry, town, voice)
    moved = advance(asked.case, act, _CONTRIBUTOR, now=now)
    changed: tuple[Effect, ...] = (WriteEntry(asked.case, entry),)
    # Somebody else's no stands until they are heard; one's own can be taken back.
    takes_back = asked.answer in _NOT_YET and not asked.others_say_no
    sweeps = act is Act.CONFIRM and asked.case.state is State.REOPENED and not takes_back
    if not isinstance(moved, Impossible) and not sweeps:
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


def _answer_offer(asked: Ask, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Take a text for support or a challenge, or for the words that say what should be different."""
    for word, act in _VOICES.items():
        if asked.answer is None and is_word(text, f"word.{word}", town.heard):
            return _speak_up(asked, act, town, voice, now=now)
    entry = Entry(Deed.WORDS, Actor.CITIZEN, now, words=text, contributor=asked.contributor)
    said = read_back(asked.case, text, town, voice)
    if asked.answer is None:
        # Words alone stop nothing, so that nobody challenges by mistake.
        ask_again = (*said.blocks, Line(voice("support.which")))
        said = replace(said, blocks=ask_again, buttons=audience.support_buttons(asked.id, asked.case, voice))
    kept = () if asked.answer is None else (AnswerAsk(asked.id, asked.answer, now),)
    calls = ping(asked.case, "ping.words", town)
    return Reply((*kept, WriteEntry(asked.case, entry), *calls, Tell(said, about=asked.case.id)))


def _speak_up(asked: Ask, act: Act, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Support what is offered, or challenge it; what is final, or was challenged by somebody else, moves no more."""
    moved = advance(asked.case, act, _CONTRIBUTOR, now=now)
    values = {"queue": town.queue(asked.case.queue, voice), "code": asked.case.code}
    if isinstance(moved, Impossible):
        return Reply((Tell(say(voice("support.too_late", **values)), about=asked.case.id),))
    entry = Entry(act, Actor.CITIZEN, now, before=asked.case, contributor=asked.contributor)
    answered = AnswerAsk(asked.id, audience.SUPPORTS if act is Act.SUPPORT else audience.CHALLENGES, None)
    if not _has_right(asked, act):
        return _take_as_words(asked, answered.answer, entry, town, voice)
    if act is Act.SUPPORT:
        # It stays at its version: others may be about to answer. The clock looks whether all have.
        entry = replace(entry, before=None)
        done: tuple[Effect, ...] = (WriteEntry(asked.case, entry), SetTimer(Timer.FINISH, asked.case, now))
        thanks = Tell(say(voice("support.thanks", **values)), about=asked.case.id)
        return Reply((replace(answered, at=now), *done, thanks))
    back = _change(moved, entry, town, now=now)
    reopened = next(effect.case for effect in back if isinstance(effect, ChangeCase))
    told = StartTelling(Telling.CHALLENGED, reopened, "", now)
    asks = Tell(say(voice("support.challenged", **values)), about=asked.case.id)
    closed = CloseAsks(reopened.id, SUPPORT, now)
    return Reply((answered, *back, told, closed, *ping(asked.case, "ping.challenge", town), asks))


def _has_right(asked: Ask, act: Act) -> bool:
    """Tell whether what they say moves the case, under its approach and by what they say they are."""
    return may(asked.case.approach, asked.participant, _RIGHTS[act])


def _take_as_words(asked: Ask, answer: str, entry: Entry, town: Town, voice: Voice) -> Reply:
    """Bring to the team what moves nothing."""
    case, noted = asked.case, replace(entry, before=None)
    read = voice("words.added", queue=town.queue(case.queue, voice), code=case.code)
    told = Tell(say(voice("role.counts_as_words"), read), about=case.id)
    kept = AnswerAsk(asked.id, answer, entry.at)
    return Reply((kept, WriteEntry(case, noted), *ping(case, "ping.words", town), told))


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
    key = "words.passed_on" if owes_news(case) else "words.added"
    return Message((Line(voice(lead)), Quote(cut(text, _READ_BACK)), Line(voice(key, **values))))
