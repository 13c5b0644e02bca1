"""What is declared and what is real: what people gave, by its level, in one sentence with no small count."""

import pytest

from dialogs.cases.case import QUESTION
from dialogs.engagement import Level, compare, level_of
from dialogs.installation import Approach
from tests.dialogs.matters import riverton


def test_an_answer_counts_by_when_it_was_asked() -> None:
    """A question before the decision engages people in planning, one after it in how it runs."""
    assert level_of(QUESTION, decided=False) is Level.STRATEGIC
    assert level_of(QUESTION, decided=True) is Level.OPERATIONAL
    assert level_of("idea", decided=True) is Level.STRATEGIC
    assert level_of("offer", decided=False) is None


@pytest.mark.parametrize(
    ("strategic", "operational", "told"),
    [
        (17, 83, "declared: shared design; most input was operational (83 %)"),
        (60, 40, "declared: shared design; most input was strategic (60 %)"),
        (20, 20, "declared: shared design; as much input was strategic as operational"),
        (9, 91, "declared: shared design; nearly all input was operational (strategic: <10)"),
        (0, 10, "declared: shared design; nearly all input was operational (strategic: <10)"),
        (9, 9, "declared: shared design; too little input to compare it with"),
    ],
)
def test_what_is_declared_is_held_against_what_is_real(strategic: int, operational: int, told: str) -> None:
    """One sentence, in which nothing under ten can be read."""
    counts = {Level.STRATEGIC: strategic, Level.OPERATIONAL: operational}
    assert compare(Approach.SERVICE_MANAGEMENT, counts, riverton().voice("en")) == told
