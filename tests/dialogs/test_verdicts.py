"""What several contributors say of whether it worked: nobody's yes takes back somebody else's no."""

import pytest

from dialogs import contributor
from dialogs.cases.audience import NO, PARTLY, UNSURE, YES
from dialogs.cases.case import ASK_BACK, Ask, State
from dialogs.effects import ChangeCase, WriteEntry
from dialogs.ids import AskId
from tests.dialogs.matters import NOW, PART, a_case, riverton


@pytest.mark.parametrize("before", [None, YES, UNSURE, NO, PARTLY])
def test_only_ones_own_no_is_taken_back(before: str | None) -> None:
    """A yes to a case that came back is written down; it closes the case where the no was one's own."""
    town, case = riverton(), a_case(State.REOPENED)
    asked = Ask(AskId(1), ASK_BACK, case, "", NOW, "Shade", PART, answer=before)
    reply = contributor.press_answer(None, asked, YES, town, town.voice("en"), now=NOW)
    states = [effect.case.state for effect in reply.effects if isinstance(effect, ChangeCase)]
    noted = [effect for effect in reply.effects if isinstance(effect, WriteEntry)]
    if before == YES:
        assert (states, noted) == ([], [])
    elif before in (NO, PARTLY):
        assert (states, noted) == ([State.CONFIRMED], [])
    else:
        assert (states, len(noted)) == ([], 1)


@pytest.mark.parametrize("before", [NO, PARTLY])
def test_ones_own_no_taken_back_leaves_another_ones(before: str) -> None:
    """Of two who say no, one who changes their mind speaks for themselves alone."""
    town, case = riverton(), a_case(State.REOPENED)
    asked = Ask(AskId(1), ASK_BACK, case, "", NOW, "Shade", PART, answer=before, others_say_no=True)
    reply = contributor.press_answer(None, asked, YES, town, town.voice("en"), now=NOW)
    assert not [effect for effect in reply.effects if isinstance(effect, ChangeCase)]
    assert [effect for effect in reply.effects if isinstance(effect, WriteEntry)]
