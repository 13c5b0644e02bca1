"""What goes first in a room: by kind, and by how long it has waited."""

from datetime import timedelta

from dialogs.cases.case import Actor, Deed, Entry
from dialogs.cases.lifecycle import Act
from dialogs.cases.urgency import Urgency, is_pressing, settling, urgency_of, wanted_by
from tests.storage.rows import NOW


def test_of_one_moment_the_most_urgent_is_wanted_first() -> None:
    """Asked for at once, things are wanted in the order of their urgency."""
    moments = [wanted_by(urgency, NOW) for urgency in Urgency]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(moments)


def test_what_has_waited_goes_before_what_is_more_urgent() -> None:
    """Nothing waits for ever: a digest of five minutes ago is wanted before an answer of now."""
    for urgency in Urgency:
        assert wanted_by(urgency, NOW - timedelta(minutes=6)) < wanted_by(Urgency.ANSWER, NOW)


def test_every_line_of_a_journal_has_its_urgency() -> None:
    """A citizen's answer goes first, then what a servant did; what the clock did can wait, and so can a new case."""
    entries = {
        Urgency.ANSWER: Entry("answer", Actor.CITIZEN, NOW),
        Urgency.PRESSED: Entry(Act.CLAIM, Actor.SERVANT, NOW),
        Urgency.NEW: Entry(Deed.OPENED, Actor.CITIZEN, NOW),
        Urgency.EDIT: Entry(Deed.OVERDUE, Actor.CLOCK, NOW),
    }
    assert {urgency: urgency_of(entry) for urgency, entry in entries.items()} == {key: key for key in entries}
    assert [urgency for urgency in Urgency if is_pressing(urgency)] == [
        Urgency.ANSWER,
        Urgency.PRESSED,
        Urgency.NEW_URGENT,
    ]


def test_an_edit_waits_two_seconds_for_others() -> None:
    """A card that changed is drawn two seconds later, and a list of cases when more will have changed."""
    assert settling(Urgency.PRESSED) == timedelta(seconds=2)
    assert settling(Urgency.BOARD) > settling(Urgency.EDIT)
