"""Two open questions: which one words are for is asked, also where they are about one case or about merged ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs.cases.case import QUESTION, Ask, Case, State
from dialogs.citizen import Citizen
from dialogs.conversation import converse
from dialogs.effects import AnswerAsk, ChangeCase, KeepLoose, Reply, Tell
from dialogs.events import Event, Pressed, TextSent
from dialogs.ids import AskId, CaseId, ContributorId, StaffId
from dialogs.message import Button
from tests.dialogs.matters import FRESH, NOW, a_case, an_own_case, riverton

BENCH = a_case(State.ASKED, holder=StaffId(1))
# Another case of theirs, and one that is looked after together with the first: known by its own number.
BUS = replace(BENCH, id=CaseId(2), code="BBBB-BBBB")
MERGED = replace(BENCH, code="BBBB-BBBB")


def asked(number: int, case: Case, text: str, excerpt: str) -> Ask:
    """A question that waits."""
    at = NOW - timedelta(hours=number)
    return Ask(AskId(number), QUESTION, case, text, at, excerpt, ContributorId(number))


TWO = {
    "two cases": (asked(1, BENCH, "Where?", "A bench"), asked(2, BUS, "When?", "A bus")),
    "merged cases": (asked(1, BENCH, "Where?", "A bench"), asked(2, MERGED, "When?", "A shady seat")),
    "one case": (asked(1, BENCH, "Where?", "A bench"), asked(2, BENCH, "When?", "A bench")),
}
NAMES = {
    "two cases": ("A bench", "A bus"),
    "merged cases": ("A bench", "A shady seat"),
    "one case": ("Where?", "When?"),
}


def answer(asks: tuple[Ask, ...], event: Event, *, loose: str | None = None) -> Reply:
    """Let somebody with these questions do something."""
    cases = tuple(an_own_case(ask.case) for ask in asks)
    citizen = Citizen("en", None, None, asks=asks, cases=cases, loose_words=loose)
    return converse(citizen, event, riverton(), now=NOW, fresh=FRESH)


def buttons(reply: Reply) -> list[Button]:
    """List the buttons of what is said."""
    told = [effect.message for effect in reply.effects if isinstance(effect, Tell)]
    return [button for message in told for row in message.buttons for button in row]


@pytest.mark.parametrize("matter", TWO)
def test_words_wait_until_it_is_clear(matter: str) -> None:
    """The words are kept, nothing reaches a case, and each question has a button that says which one it is."""
    reply = answer(TWO[matter], TextSent("By the north gate."))
    assert KeepLoose("By the north gate.") in reply.effects
    assert not [effect for effect in reply.effects if isinstance(effect, AnswerAsk | ChangeCase)]
    offered = [button.text for button in buttons(reply)[:2]]
    assert [name in text for name, text in zip(NAMES[matter], offered, strict=True)] == [True, True]


@pytest.mark.parametrize("matter", TWO)
@pytest.mark.parametrize("place", [0, 1])
def test_the_press_says_which(matter: str, place: int) -> None:
    """The words answer the question that was pressed and no other, as who was asked it."""
    asks = TWO[matter]
    pressed = Pressed(buttons(answer(asks, TextSent("By the north gate.")))[place].data)
    # A press names its question, so that one alone is loaded.
    reply = answer((asks[place],), pressed, loose="By the north gate.")
    (kept,) = [effect for effect in reply.effects if isinstance(effect, AnswerAsk)]
    (changed,) = [effect for effect in reply.effects if isinstance(effect, ChangeCase)]
    assert (kept.ask, kept.answer) == (asks[place].id, "By the north gate.")
    assert (changed.entry.contributor, changed.entry.words) == (place + 1, "By the north gate.")
    assert KeepLoose(None) in reply.effects
