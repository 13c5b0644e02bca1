"""What somebody says they are: asked once, said in words or by a press, changed at will, and what it does."""

from dataclasses import replace

import pytest

from dialogs import contributor
from dialogs.cases.case import ASK_BACK, QUESTION, Ask, State
from dialogs.cases.participant import Participant
from dialogs.citizen import Citizen
from dialogs.conversation import converse
from dialogs.effects import AnswerAsk, ChangeCase, KeepLoose, KeepParticipant, Reply, Tell, WriteEntry
from dialogs.events import Pressed, TextSent
from dialogs.ids import AskId
from dialogs.installation import Approach
from dialogs.presses import PersonPress, PersonWord, RolePress, pack
from tests.dialogs.matters import FRESH, NOW, PART, a_case, riverton

NEW, SENT = Citizen("en"), Citizen("en", contributes=True)


def say(text: str, citizen: Citizen = SENT) -> Reply:
    """Write something in one's own chat."""
    return converse(citizen, TextSent(text), riverton(), now=NOW, fresh=FRESH)


def press(role: str) -> Reply:
    """Press a button of the question."""
    return converse(SENT, Pressed(pack(RolePress(role))), riverton(), now=NOW, fresh=FRESH)


def told(reply: Reply) -> str:
    """Give all that the person reads."""
    return "\n".join(effect.message.plain() for effect in reply.effects if isinstance(effect, Tell))


@pytest.mark.parametrize(
    ("text", "participant"),
    [
        ("Volunteer.", Participant.VOLUNTEER),
        ("i use the service", Participant.SERVICE_USER),
        ("Je suis bénévole", Participant.VOLUNTEER),
        ("por otra persona", Participant.FOR_OTHER),
        ("مقدم خدمة", Participant.SERVICE_PROVIDER),
        ("rather not say", None),
    ],
)
def test_it_can_be_typed(text: str, participant: Participant | None) -> None:
    """Who types what a button says is understood, in every language of the town."""
    assert KeepParticipant(participant) in say(text).effects


@pytest.mark.parametrize("participant", Participant)
def test_it_can_be_pressed(participant: Participant) -> None:
    """Each button keeps what it says, and says what the team sees of it."""
    reply = press(participant)
    assert KeepParticipant(participant) in reply.effects
    assert riverton().voice("en")(f"participant.{participant}") in told(reply)


def test_a_forged_press_keeps_nothing() -> None:
    """What is no participant is an old button."""
    assert press("mayor").effects == ()


def test_the_first_question_can_be_left_out() -> None:
    """A skip after the receipt is no words without a place; of somebody who sent nothing it is."""
    assert say("skip").effects[0] == KeepParticipant(None)
    assert isinstance(say("skip", NEW).effects[0], KeepLoose)
    assert isinstance(say("skip", replace(SENT, participant=Participant.VOLUNTEER)).effects[0], KeepLoose)


@pytest.mark.parametrize("words", ["role", "about me", "/role", "Mi rol"])
def test_it_is_changed_by_a_word(words: str) -> None:
    """At any time a word asks again, and says what was said before."""
    shown = told(say(words.removeprefix("/"), replace(SENT, participant=Participant.VOLUNTEER)))
    assert shown.startswith("You told us who you are in this: volunteer.")


def test_privacy_says_it_and_leads_to_it() -> None:
    """What is kept is said with everything else that is kept, and a button leads to changing it."""
    reply = say("privacy", replace(SENT, participant=Participant.SERVICE_PROVIDER))
    (shown,) = (effect.message for effect in reply.effects if isinstance(effect, Tell))
    assert "service provider" in shown.plain()
    assert pack(PersonPress(PersonWord.ROLE)) in [button.data for row in shown.buttons for button in row]


@pytest.mark.parametrize("verdict", ["yes", "partly", "no", "unsure"])
def test_a_servants_verdict_counts_as_words(verdict: str) -> None:
    """A public servant who took part can say whether it worked; it reaches the team and moves nothing."""
    case = a_case(State.CHECKING)
    asked = Ask(AskId(1), ASK_BACK, case, "Done.", NOW, "A bench", PART, participant=Participant.PUBLIC_SERVANT)
    reply = contributor.press_answer(None, asked, verdict, riverton(), riverton().voice("en"), now=NOW)
    assert not [effect for effect in reply.effects if isinstance(effect, ChangeCase)]
    (written,) = (effect for effect in reply.effects if isinstance(effect, WriteEntry))
    assert written.entry.words
    assert AnswerAsk(AskId(1), verdict, NOW) in reply.effects
    assert "goes to the team" in told(reply)


@pytest.mark.parametrize("participant", [None, *(one for one in Participant if one is not Participant.PUBLIC_SERVANT)])
def test_everybody_elses_verdict_moves_the_case(participant: Participant | None) -> None:
    """Whether it worked is for all others to say, whatever they are, and for those who did not say it."""
    asked = Ask(AskId(1), ASK_BACK, a_case(State.CHECKING), "Done.", NOW, "A bench", PART, participant=participant)
    reply = contributor.press_answer(None, asked, "yes", riverton(), riverton().voice("en"), now=NOW)
    assert [effect.case.state for effect in reply.effects if isinstance(effect, ChangeCase)] == [State.CONFIRMED]


@pytest.mark.parametrize(("participant", "heard"), [(None, True), (Participant.PUBLIC_SERVANT, False)])
def test_whose_answer_means_that_people_were_heard(participant: Participant | None, *, heard: bool) -> None:
    """An answer in design moves the case whoever gives it; a public servant's own does not stand for the users'."""
    case = replace(a_case(State.ASKED), approach=Approach.SERVICE_MANAGEMENT)
    asked = Ask(AskId(1), QUESTION, case, "When?", NOW, "A bench", PART, participant=participant)
    reply = contributor.answer(asked, "On Mondays.", riverton(), riverton().voice("en"), now=NOW)
    (changed,) = (effect.case for effect in reply.effects if isinstance(effect, ChangeCase))
    assert (changed.state, changed.heard) == (State.ANSWERED, heard)
