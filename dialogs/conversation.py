"""A citizen's own chat: one event answered, whatever they are in the middle of.

Who answers is decided in this order: a press names its prompt; a reply goes to the message it
replies to; a word such as "status" stands alone; otherwise what was asked last gets the answer, be
it the open conversation or a question from a servant. Words that fit nowhere are kept until the
person says what they are for. So nothing that somebody wrote is ever dropped.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs import about_me, contributor, intake, menu, role
from dialogs.cases.case import Ask, OwnCase
from dialogs.citizen import Citizen
from dialogs.effects import Effect, KeepLoose, Reply, SetLanguage, Tell
from dialogs.events import Event, LocationSent, MediaSent, Pressed, Started, TextSent, Unreadable
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import Language
from dialogs.message import say
from dialogs.presses import (
    AskPress,
    CasePress,
    FlowPress,
    LanguagePress,
    OptionPress,
    PersonPress,
    PersonWord,
    RolePress,
    unpack,
)
from dialogs.texts import LONGEST_IN, cut
from dialogs.town import Town

# People answer in several messages: what follows an answer within this time still belongs to it.
_STILL_TALKING = timedelta(minutes=10)
# After these words the open question is shown again.
_SHOWN_BESIDE = (PersonWord.STATUS, PersonWord.ROLE)


def converse(citizen: Citizen, event: Event, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Answer one event of a citizen's own chat."""
    match event:
        case Started():
            return _open(citizen, town, now=now)
        case Pressed(data):
            return _pressed(citizen, event, data, town, now=now, fresh=fresh)
        case TextSent(text):
            return _said(citizen, event, text, town, now=now, fresh=fresh)
        case Unreadable() | MediaSent() | LocationSent():
            if citizen.session is not None:
                return intake.go_on(citizen, event, town, now=now, fresh=fresh)
            return Reply((Tell(say(town.voice(citizen.language)("unreadable"))),))
        case _:
            return Reply()


def _open(citizen: Citizen, town: Town, *, now: datetime) -> Reply:
    """Show what is open, or what can be begun."""
    if citizen.session is not None:
        return intake.resume(citizen, town, now=now)
    return menu.welcome(town, town.voice(citizen.language))


def _pressed(citizen: Citizen, event: Pressed, data: str, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    voice = town.voice(citizen.language)
    match unpack(data):
        case OptionPress() if citizen.session is not None:
            return intake.go_on(citizen, event, town, now=now, fresh=fresh)
        case FlowPress(flow) if flow in town.installation.flows:
            return intake.begin_flow(citizen, town.installation.flows[flow], town, now=now, fresh=fresh)
        case LanguagePress(language) if language in town.installation.languages:
            return _speak(citizen, language, town, now=now)
        case PersonPress(PersonWord.FORGET, sure=True):
            return about_me.forget(citizen, town)
        case PersonPress(word):
            return about_me.answer_word(citizen, word, town, now=now)
        case RolePress(answer):
            return role.choose(answer, voice)
        case AskPress(ask_id, answer):
            asked = next((ask for ask in citizen.asks if ask.id == ask_id), None)
            if asked is not None:
                return contributor.press_answer(citizen.loose_words, asked, answer, town, voice, now=now)
        case CasePress(code) if citizen.loose_words:
            own = next((own for own in citizen.cases if own.case.code == code), None)
            if own is not None:
                return contributor.add_words(own, citizen.loose_words, town, voice, now=now)
        case _:
            pass
    return Reply(toast=voice("old_button"))


def _said(citizen: Citizen, event: TextSent, text: str, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    voice = town.voice(citizen.language)
    match citizen.replied_to:
        case Ask() as asked:
            return contributor.answer(asked, text, town, voice, now=now)
        case OwnCase() as own:
            return contributor.add_words(own, text, town, voice, now=now)
        case None:
            pass
    if (reply := _global_word(citizen, text, town, now=now, fresh=fresh)) is not None:
        return reply
    waiting = [ask for ask in citizen.asks if contributor.is_waiting(ask, now=now)]
    if citizen.session is not None and (_is_for_flow(text, town) or not _asked_since(waiting, citizen.touched_at)):
        return intake.go_on(citizen, event, town, now=now, fresh=fresh)
    if not waiting and (said := role.read_answer(citizen, text, town)) is not None:
        return role.choose(said, voice)
    if len(waiting) == 1:
        return _then_resume(contributor.answer(waiting[0], text, town, voice, now=now), citizen, town, now=now)
    if not waiting and (lately := _answered_lately(citizen, now)) is not None:
        return contributor.answer(lately, text, town, voice, now=now)
    return _what_is_it_for(citizen, waiting, text, town)


def _global_word(citizen: Citizen, text: str, town: Town, *, now: datetime, fresh: Fresh) -> Reply | None:
    """Answer a text that is nothing but a word which means the same everywhere."""
    voices, voice = town.heard, town.voice(citizen.language)
    if is_word(text, "word.forget_all", voices):
        return about_me.forget(citizen, town)
    for word in PersonWord:
        if is_word(text, f"word.{word}", voices):
            reply = about_me.answer_word(citizen, word, town, now=now)
            return _then_resume(reply, citizen, town, now=now) if word in _SHOWN_BESIDE else reply
    spoken = town.installation.languages
    named = next((one for one in spoken if is_word(text, "word.this_language", (town.voice(one),))), None)
    if named is not None:
        return _speak(citizen, named, town, now=now)
    if citizen.session is not None:
        return None
    if is_word(text, "word.start", voices):
        return menu.welcome(town, voice)
    if is_word(text, "word.help", voices):
        return Reply((Tell(say(voice("help.start"), buttons=menu.help_buttons(town, voice))),))
    if is_word(text, "word.cancel", voices) or is_word(text, "word.back", voices):
        welcome = menu.welcome(town, voice)
        return Reply((KeepLoose(None), *welcome.effects))
    called = menu.flow_called(town, text)
    return intake.begin_flow(citizen, called, town, now=now, fresh=fresh) if called else None


def _speak(citizen: Citizen, language: Language, town: Town, *, now: datetime) -> Reply:
    first = Tell(say(town.voice(language)("language.set")))
    rest = _open(replace(citizen, language=language), town, now=now)
    return Reply((SetLanguage(language), first, *rest.effects))


def _is_for_flow(text: str, town: Town) -> bool:
    """Tell whether somebody leaves, looks back or looks for help: no answer to a servant's question reads like that."""
    return any(is_word(text, f"word.{word}", town.heard) for word in ("cancel", "back", "edit", "help"))


def _asked_since(waiting: list[Ask], touched_at: datetime | None) -> bool:
    return bool(waiting) and (touched_at is None or max(ask.asked_at for ask in waiting) > touched_at)


def _answered_lately(citizen: Citizen, now: datetime) -> Ask | None:
    lately = [ask for ask in citizen.asks if ask.answered_at is not None and now - ask.answered_at < _STILL_TALKING]
    return max(lately, key=lambda ask: ask.answered_at or now, default=None)


def _then_resume(reply: Reply, citizen: Citizen, town: Town, *, now: datetime) -> Reply:
    if citizen.session is None:
        return reply
    return Reply((*reply.effects, *intake.resume(citizen, town, now=now).effects), reply.toast)


def _what_is_it_for(citizen: Citizen, waiting: list[Ask], text: str, town: Town) -> Reply:
    """Ask what words are for that fit nowhere, and keep them meanwhile."""
    voice = town.voice(citizen.language)
    words = f"{citizen.loose_words}\n{text}" if citizen.loose_words else text
    kept: Effect = KeepLoose(cut(words, 2 * LONGEST_IN))
    buttons = menu.place_buttons(waiting, [(own.case, own.excerpt) for own in citizen.cases], town, voice)
    lead = voice("loose.kept", words=cut(words, 300))
    return Reply((kept, Tell(say(lead, voice("loose.what_for"), buttons=buttons))))
