"""What somebody can ask at any time about themselves: status, language, what is kept, a pause, to be forgotten."""

from dataclasses import replace
from datetime import datetime

from dialogs import contributor, menu, my_data, role
from dialogs.citizen import Citizen
from dialogs.effects import ForgetPerson, Reply, SaveSession, Tell
from dialogs.events import Event, Pressed, TextSent
from dialogs.flows.answers import is_word
from dialogs.flows.prompt import GO_ON, data_of
from dialogs.message import Button, Tone, say
from dialogs.presses import PersonPress, PersonWord, pack, unpack
from dialogs.silence import wake_after_pause
from dialogs.texts import Voice
from dialogs.town import Town, write_date

# What can be asked for after reading what is kept.
_KEPT = (PersonWord.ROLE, PersonWord.MYDATA, PersonWord.FORGET)


def answer_word(citizen: Citizen, word: PersonWord, town: Town, *, now: datetime) -> Reply:
    """Answer one of the words that mean the same wherever somebody is."""
    voice = town.voice(citizen.language)
    match word:
        case PersonWord.STATUS:
            return Reply((Tell(say(*contributor.status_lines(citizen.cases, town, voice))),))
        case PersonWord.LANGUAGE:
            return Reply((Tell(say(voice("language.which"), buttons=menu.language_buttons(town))),))
        case PersonWord.PRIVACY:
            return _show_kept(citizen, town, voice)
        case PersonWord.ROLE:
            asked = role.ask_again(citizen, voice)
            return Reply((Tell(replace(asked, buttons=(*asked.buttons, *_go_on(citizen, voice)))),))
        case PersonWord.MYDATA:
            counts = citizen.about.counts if citizen.about else {}
            listed = my_data.list_counts(counts, voice)
            return Reply((Tell(replace(listed, buttons=_go_on(citizen, voice))), Tell(my_data.offer_copy(voice))))
        case PersonWord.PAUSE:
            return _pause(citizen, town, voice, now=now)
        case PersonWord.FORGET:
            sure = Button(voice("button.delete"), pack(PersonPress(PersonWord.FORGET, sure=True)), Tone.DANGER)
            return Reply((Tell(say(voice("forget.sure"), buttons=((sure,), *_go_on(citizen, voice)))),))


def asked_word(event: Event, town: Town) -> PersonWord | None:
    """Tell which of the words that mean the same wherever somebody is an event says."""
    match event:
        case Pressed(data) if isinstance(press := unpack(data), PersonPress):
            return press.word
        case TextSent(text):
            return next((word for word in PersonWord if is_word(text, f"word.{word}", town.heard)), None)
        case _:
            return None


def forget(citizen: Citizen, town: Town) -> Reply:
    """Erase all that a person ever told us."""
    voice = town.voice(citizen.language)
    return Reply((ForgetPerson(), Tell(say(voice("forget.done")))))


def _show_kept(citizen: Citizen, town: Town, voice: Voice) -> Reply:
    """Say what is kept, and show each case as those who look after it see it."""
    words = [Button(voice(f"button.{word}"), pack(PersonPress(word)), Tone.QUIET) for word in _KEPT]
    buttons = (*_go_on(citizen, voice), tuple(words))
    cards = citizen.about.cards if citizen.about else ()
    if not cards:
        own = role.now(citizen, voice)
        return Reply((Tell(say(voice("privacy.text"), voice("privacy.hidden"), own, buttons=buttons)),))
    are_all = citizen.about is not None and citizen.about.cases == len(cards)
    lead = voice("privacy.cards") if are_all else voice("privacy.newest", count=len(cards))
    shown = [Tell(my_data.draw_own_card(card, town)) for card in cards]
    first = Tell(say(voice("privacy.text"), voice("privacy.hidden"), role.now(citizen, voice), lead))
    return Reply((first, *shown, Tell(say(voice("privacy.next"), buttons=buttons))))


def _pause(citizen: Citizen, town: Town, voice: Voice, *, now: datetime) -> Reply:
    if citizen.session is None or citizen.flow is None:
        return menu.welcome(town, voice)
    session, flow = citizen.session, citizen.flow
    kept = voice("paused.open")
    if flow.expire_after is not None:
        kept = voice("paused", day=write_date(town.today(now + flow.expire_after), voice))
    # Who asked for a pause is not reminded, but told before the draft is deleted.
    rest = SaveSession(session, session.turn, wake_after_pause(flow, town.installation, now=now))
    return Reply((rest, Tell(say(kept, buttons=_go_on(citizen, voice)))))


def _go_on(citizen: Citizen, voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer the way back to the open question, where there is one."""
    if citizen.session is None:
        return ()
    return ((Button(voice("button.go_on"), data_of(citizen.session, GO_ON), Tone.PRIMARY),),)
