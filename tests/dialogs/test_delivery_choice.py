"""The delivery choice as theory: what several think of four options is put together, and what must come first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs.cases.case import NEEDS_DELIVERY, UNDECIDED, Case, Outcome, State
from dialogs.cases.delivery_choice import (
    HEARD,
    Choice,
    Criterion,
    Missing,
    Option,
    Score,
    View,
    Weighing,
    can_weigh,
    compare,
    must_come_first,
    next_open,
    read_scores,
    who_weighed,
    with_view,
    write_median,
)
from dialogs.cases.judging import pack_views, unpack_views
from dialogs.installation import Approach
from tests.dialogs.matters import NOW, a_case

WINDOW = timedelta(days=10)


def a_view(rater: int, option: Option, *values: int, word: str = "") -> View:
    """What somebody thinks of an option, in the order of the criteria; without numbers it is left out."""
    scores = {one: Score(value, word) for one, value in zip(Criterion, values, strict=False)}
    return View(rater, option, scores, left_out=not values)


def whole(rater: int, *values: int) -> tuple[View, ...]:
    """A view of every option, the same of each."""
    return tuple(a_view(rater, option, *values) for option in Option)


def accepted(approach: Approach = Approach.PRODUCT_DOMINANT) -> Case:
    """A case whose service has promised something."""
    return replace(a_case(State.DECIDED), outcome=Outcome.ACCEPTED, approach=approach)


def test_the_middle_and_how_far_they_are_apart() -> None:
    """The median of an even number of servants may be a half; two who are two apart do not agree, one apart do."""
    views = (a_view(1, Option.PARTNER, 4, 3, 5, 1), a_view(2, Option.PARTNER, 3, 3, 3, 5))
    cells = compare(views)[Option.PARTNER].cells
    assert [write_median(cell.median or 0) for cell in cells.values()] == ["3½", "3", "4", "3"]
    assert [cell.spread for cell in cells.values()] == [1, 0, 2, 4]
    assert [one for one, cell in cells.items() if cell.is_apart] == [Criterion.MONITOR, Criterion.TRUST]


def test_who_is_missing_is_named() -> None:
    """Whoever has begun and not weighed this yet is missing; who has left an option out is not."""
    views = (*whole(1, 4, 4, 4, 4), a_view(2, Option.IN_HOUSE, 3, 3), a_view(2, Option.CONTRACT))
    columns = compare(views)
    assert columns[Option.IN_HOUSE].cells[Criterion.COST].missing == ()
    assert columns[Option.IN_HOUSE].cells[Criterion.TRUST].missing == (2,)
    assert columns[Option.PARTNER].cells[Criterion.TRUST].missing == (2,)
    assert columns[Option.CONTRACT].cells[Criterion.TRUST].missing == ()
    assert columns[Option.CONTRACT].left_out == (2,)
    assert columns[Option.CONTRACT].is_apart


def test_nothing_is_known_of_what_nobody_weighed() -> None:
    """Without a view there is no middle, no disagreement and nobody missing."""
    for column in compare(()).values():
        assert not column.is_apart
        assert {(cell.median, cell.spread, cell.is_apart, cell.missing) for cell in column.cells.values()} == {
            (None, 0, False, ())
        }


def test_one_after_another_until_all_are_weighed() -> None:
    """The first option that somebody has not weighed whole comes next; one that is left out is weighed."""
    views: tuple[View, ...] = ()
    for option in Option:
        assert next_open(views, 1) is option
        views = with_view(views, a_view(1, option, 3))
        assert next_open(views, 1) is option
        views = with_view(views, a_view(1, option, *([3, 3, 3, 3] if option is not Option.CONTRACT else [])))
    assert next_open(views, 1) is None
    assert next_open(views, 2) is Option.IN_HOUSE
    assert len(views) == len(Option)


def test_a_second_servant_comes_first() -> None:
    """Nobody chooses before two have weighed every option, and half a view is none."""
    half = (*whole(1, 3, 3, 3, 3), *whole(2, 3, 3, 3, 3)[:3])
    for views in ((), half):
        first = must_come_first(Weighing(views=views), accepted(), now=NOW, window=WINDOW)
        assert first is Missing.SECOND_SERVANT
    assert who_weighed(Weighing(views=half)) == (1,)
    both = Weighing(views=(*half, a_view(2, Option.CONTRACT)))
    assert must_come_first(both, accepted(), now=NOW, window=WINDOW) is None


def test_contributors_come_first_where_users_make_the_value() -> None:
    """Under service_integrated they are asked, and one of them has answered or the time for it is over."""
    case = accepted(Approach.SERVICE_INTEGRATED)
    both = Weighing(views=(*whole(1, 3, 3, 3, 3), *whole(2, 3, 3, 3, 3)))
    asked = replace(both, asked_at=NOW)
    answered = replace(asked, heard=(a_view(7, Option.PARTNER, 4),))
    assert must_come_first(both, case, now=NOW, window=WINDOW) is Missing.CONTRIBUTORS
    assert must_come_first(asked, case, now=NOW, window=WINDOW) is Missing.THEIR_ANSWERS
    assert must_come_first(asked, case, now=NOW + WINDOW, window=WINDOW) is None
    assert must_come_first(answered, case, now=NOW, window=WINDOW) is None
    managed = accepted(Approach.SERVICE_MANAGEMENT)
    assert must_come_first(both, managed, now=NOW, window=WINDOW) is None


def test_only_what_was_promised_is_weighed() -> None:
    """There is something to deliver after a yes, also a part of one, and before it is open again or given up."""
    for outcome in Outcome:
        case = replace(accepted(), outcome=outcome)
        assert can_weigh(case) is (outcome in NEEDS_DELIVERY)
    closed = {*UNDECIDED, State.OFFERED, State.MERGED, State.NOT_DONE}
    assert {state for state in State if not can_weigh(replace(accepted(), state=state))} == closed


def test_a_choice_settles_it_until_it_is_weighed_again() -> None:
    """While a choice stands nothing is weighed, and again once somebody wants it."""
    choice = Choice(1, Option.PARTNER, "Near.", None, NOW, NOW.date())
    assert not Weighing().is_settled
    assert Weighing(choice).is_settled
    assert not Weighing(replace(choice, again_at=NOW)).is_settled


@pytest.mark.parametrize(
    ("typed", "values", "words"),
    [
        ("4 3 5 2", (4, 3, 5, 2), ("", "", "", "")),
        ("4 3 5 2 known to us", (4, 3, 5, 2), ("", "", "", "known to us")),
        ("4 dear, 3 few; 5 (open books) 2", (4, 3, 5, 2), ("dear", "few", "open books", "")),
        ("4 3 5 2 ours since 2019", (4, 3, 5, 2), ("", "", "", "ours since 2019")),
        (" 4,3,5,2.", (4, 3, 5, 2), ("", "", "", "")),
        ("4/3/5/2", (4, 3, 5, 2), ("", "", "", "")),
        ("٤ ٣ ٥ ٢ نعرفهم", (4, 3, 5, 2), ("", "", "", "نعرفهم")),
    ],
)
def test_a_line_of_numbers_is_read(typed: str, values: tuple[int, ...], words: tuple[str, ...]) -> None:
    """The words behind a number are its word, in whatever digits it was typed."""
    scores = read_scores(typed)
    assert scores is not None
    assert tuple(score.value for score in scores.values()) == values
    assert tuple(score.word for score in scores.values()) == words


@pytest.mark.parametrize(
    "typed", ["", "what?", "4 3 5", "4 3 5 2 1", "4 3 5 6", "0 3 5 2", "43 5 2 1", "4352", "x 4 3 5 2"]
)
def test_anything_else_is_no_line_of_numbers(typed: str) -> None:
    """Too few numbers, too many, others than 1 to 5, or words in front are asked for again."""
    assert read_scores(typed) is None


def test_a_long_line_is_read_at_once() -> None:
    """However long a text is, reading it takes no time that grows faster than it does."""
    assert read_scores("4 " * 6000) is None
    scores = read_scores("4 3 5 2 " + "so " * 4000)
    assert scores is not None
    assert len(scores[Criterion.TRUST].word) <= 60


def test_what_contributors_think_is_kept_as_a_text() -> None:
    """It is read back as it was written, word by word, and a comma in a word breaks nothing."""
    scores = {one: Score(4, "yes, they know my mother") for one in HEARD}
    views = (View(0, Option.PARTNER, scores), View(0, Option.CONTRACT, left_out=True))
    bare = {one: Score(4, "yes they know my mother") for one in HEARD}
    assert unpack_views(pack_views(views)) == (View(0, Option.PARTNER, bare), views[1])
    assert unpack_views("") == ()
