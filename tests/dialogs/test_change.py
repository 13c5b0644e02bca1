"""New versions of flows: how each difference is graded."""

import pytest

from dialogs.flows.change import Grade, compare, grade
from dialogs.flows.flow import Flow
from tests.dialogs.flow_changes import DIFFERENCES, FLOW


@pytest.mark.parametrize(("new", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_each_difference_has_its_grade(new: Flow, expected: Grade) -> None:
    """What a change asks of people inside is told, with a sentence; what is the same makes no difference."""
    found = compare(FLOW, new)
    assert grade(found) is expected
    assert bool(found) is (new != FLOW)
    assert all(one.what.endswith(".") for one in found)
