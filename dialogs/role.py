"""What somebody says they are towards a service: asked once, after their first receipt, and changed whenever they like.

Nothing waits for it, and nobody is asked again: whoever does not answer has not said, and counts as a service user.
It stands with the person, so it holds for all that they sent and will send (``cases/participant.py``).
"""

from dialogs.cases.participant import Participant
from dialogs.citizen import Citizen
from dialogs.effects import KeepParticipant, Reply, Tell
from dialogs.flows.answers import is_word
from dialogs.message import Button, Message, Tone, rows_of, say
from dialogs.presses import RolePress, pack
from dialogs.texts import Voice
from dialogs.town import Town

# What a button carries that takes it back, or says nothing.
NONE = "none"


def buttons(voice: Voice) -> tuple[tuple[Button, ...], ...]:
    """Offer everything that somebody can be, and to say nothing."""
    roles = [Button(voice(f"button.role_{one}"), pack(RolePress(one))) for one in Participant]
    return (*rows_of(roles, width=1), (Button(voice("button.role_none"), pack(RolePress(NONE)), Tone.QUIET),))


def ask_again(citizen: Citizen, voice: Voice) -> Message:
    """Ask somebody who wants to say it or to change it."""
    return say(now(citizen, voice), voice("role.change"), buttons=buttons(voice))


def now(citizen: Citizen, voice: Voice) -> str:
    """Tell somebody what they said they are; "" where they did not."""
    if citizen.participant is None:
        return ""
    return voice("role.now", role=voice(f"participant.{citizen.participant}"))


def choose(answer: str, voice: Voice) -> Reply:
    """Take what somebody says they are, or that they would rather not say."""
    if answer == NONE:
        return Reply((KeepParticipant(None), Tell(say(voice("role.none")))))
    if answer not in set(Participant):
        return Reply(toast=voice("old_button"))
    told = voice("role.set", role=voice(f"participant.{answer}"))
    return Reply((KeepParticipant(Participant(answer)), Tell(say(told))))


def read_answer(citizen: Citizen, text: str, town: Town) -> str | None:
    """Read a typed answer, as a button would carry it; None for any other text."""
    answers: tuple[str, ...] = (*Participant, NONE)
    for one in answers:
        if is_word(text, f"word.role_{one}", town.heard):
            return one
    # Somebody who leaves out a question where nothing else is asked can mean this one alone.
    unsaid = citizen.contributes and citizen.participant is None
    return NONE if unsaid and is_word(text, "word.skip", town.heard) else None
