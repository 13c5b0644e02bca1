"""What somebody can ask at any time about themselves: status, language, privacy, a pause, and to be forgotten."""

from datetime import datetime

from dialogs import menu
from dialogs.cases import contributor
from dialogs.citizen import Citizen
from dialogs.effects import ForgetPerson, Reply, SaveSession, Tell
from dialogs.flows.prompt import GO_ON, data_of
from dialogs.message import Button, Tone, say
from dialogs.presses import PersonPress, PersonWord, pack
from dialogs.silence import wake_after_pause
from dialogs.texts import Voice
from dialogs.town import Town, write_date


def answer_word(citizen: Citizen, word: PersonWord, town: Town, *, now: datetime) -> Reply:
    """Answer one of the words that mean the same wherever somebody is."""
    voice = town.voice(citizen.language)
    match word:
        case PersonWord.STATUS:
            cases = [(own.case, own.excerpt) for own in citizen.cases]
            return Reply((Tell(say(*contributor.status_lines(cases, town, voice))),))
        case PersonWord.LANGUAGE:
            return Reply((Tell(say(voice("language.which"), buttons=menu.language_buttons(town))),))
        case PersonWord.PRIVACY:
            erase = Button(voice("button.forget"), pack(PersonPress(PersonWord.FORGET)), Tone.QUIET)
            return Reply((Tell(say(voice("privacy.text"), buttons=(*_go_on(citizen, voice), (erase,)))),))
        case PersonWord.PAUSE:
            return _pause(citizen, town, voice, now=now)
        case PersonWord.FORGET:
            sure = Button(voice("button.delete"), pack(PersonPress(PersonWord.FORGET, sure=True)), Tone.DANGER)
            return Reply((Tell(say(voice("forget.sure"), buttons=((sure,), *_go_on(citizen, voice)))),))


def forget(citizen: Citizen, town: Town) -> Reply:
    """Erase all that a person ever told us."""
    voice = town.voice(citizen.language)
    return Reply((ForgetPerson(), Tell(say(voice("forget.done")))))


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
