"""How a case stands, as it is told to who came too late."""

from dataclasses import replace

import pytest

from dialogs.cases.case import UNDECIDED, Case, Outcome, Proposal, State
from dialogs.desk.standing import tell_state
from dialogs.ids import StaffId
from tests.dialogs.matters import a_case, riverton

VOICE = riverton().voice("en")
LEE, DECLINED = StaffId(1), Outcome.DECLINED


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (a_case(), "new"),
        (a_case(State.TAKEN, holder=LEE), "taken, Lee has it"),
        (a_case(State.SNOOZED, holder=LEE), "snoozed, Lee has it"),
        (replace(a_case(State.PROPOSED, holder=LEE), proposal=Proposal(LEE, DECLINED, "No.")), "proposed, “Declined”"),
        (replace(a_case(State.DECIDED, holder=LEE), outcome=DECLINED), "decided, “Declined”"),
        (replace(a_case(State.CONFIRMED), outcome=DECLINED), "confirmed, “Declined”"),
        # What was decided before it came back does not stand any more.
        (replace(a_case(State.REOPENED), outcome=DECLINED), "back again"),
        (a_case(State.MERGED), "merged"),
    ],
)
def test_the_state_is_told_with_what_makes_it_plain(case: Case, said: str) -> None:
    """Who has an open case is named, and of another one what was decided or proposed."""
    assert tell_state(case, VOICE, holder="Lee") == said


def test_the_reader_and_the_case_in_charge_are_named() -> None:
    """Who has it reads so; of a merged case the number is told under which it goes on; a name not known is left out."""
    for state in UNDECIDED - {State.PROPOSED}:
        case = a_case(state, holder=LEE)
        assert tell_state(case, VOICE, mine=True) == f"{VOICE(f'state.{state}')}, you have it"
        assert tell_state(case, VOICE) == VOICE(f"state.{state}")
    assert tell_state(a_case(State.MERGED), VOICE, into="K7F3-9QWD") == "merged into K7F3-9QWD"
