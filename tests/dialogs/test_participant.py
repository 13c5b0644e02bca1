"""Who may do what under which approach, as a picture: every approach, every participant, every right."""

import pytest

from dialogs.cases.participant import RIGHTS, Participant, Right, may
from dialogs.installation import Approach

# A column a right: tell, answer, verdict, design, support, challenge, lead, propose, offer. A dot counts as words.
PICTURE = """
product_dominant
  service_user      TAV.....O
  for_other         TAV.....O
  service_provider  TAV.....O
  volunteer         TAV.....O
  public_servant    TA.......
service_management
  service_user      TAVD....O
  for_other         TAVD....O
  service_provider  TAVD....O
  volunteer         TAVD....O
  public_servant    TA.......
service_integrated
  service_user      TAVDSCLPO
  for_other         TAVDSCLPO
  service_provider  TAVD...PO
  volunteer         TAVD...PO
  public_servant    TA.......
"""


def draw() -> str:
    """Draw every cell."""
    rows = [""]
    for approach in Approach:
        rows.append(approach)
        for one in Participant:
            cells = "".join(right[0].upper() if may(approach, one, right) else "." for right in Right)
            rows.append(f"  {one:<17} {cells}")
    return "\n".join([*rows, ""])


def test_every_cell_is_as_it_was_agreed() -> None:
    """Nobody may do anything that the picture does not show."""
    assert draw() == PICTURE


@pytest.mark.parametrize("approach", Approach)
def test_everybody_is_heard(approach: Approach) -> None:
    """Whatever somebody is, they may tell and answer; the table has a row for each of them."""
    assert set(RIGHTS[approach]) == set(Participant)
    assert all(may(approach, one, right) for one in Participant for right in (Right.TELL, Right.ANSWER))


@pytest.mark.parametrize("approach", Approach)
@pytest.mark.parametrize("right", Right)
def test_who_did_not_say_counts_as_a_user(approach: Approach, right: Right) -> None:
    """Nobody has to say what they are to have the rights of those the service is for."""
    assert may(approach, None, right) is may(approach, Participant.SERVICE_USER, right)


@pytest.mark.parametrize("approach", Approach)
def test_who_judges_are_never_the_servants(approach: Approach) -> None:
    """Under no approach a public servant who takes part says whether their service worked, or outvotes a user."""
    judging = (Right.VERDICT, Right.SUPPORT, Right.CHALLENGE, Right.LEAD)
    assert not any(may(approach, Participant.PUBLIC_SERVANT, right) for right in judging)
