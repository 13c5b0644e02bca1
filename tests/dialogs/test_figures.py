"""The figures of the public board: nobody is singled out, by whatever numbers of it are put together."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cases.participant import Participant
from dialogs.ids import CaseId, ServiceId
from dialogs.public.drawing import WIDTH, draw_bar, draw_share
from dialogs.public.figures import (
    Board,
    Counted,
    Figures,
    Promise,
    Share,
    at_least,
    median_day,
    publish,
    share,
    stand_out,
)
from dialogs.results import FEW, Result, Split, split
from tests.dialogs.test_results import equations, is_made_of, reduced

PARKS, BUSES = ServiceId("parks"), ServiceId("buses")
SERVICES = (PARKS, BUSES)
COUNTS = st.integers(0, 12) | st.integers(0, 60)
People = dict[tuple[Participant | None, Result], int]
PEOPLE = st.dictionaries(st.tuples(st.sampled_from((*Participant, None)), st.sampled_from(Result)), COUNTS)
PROMISES = st.dictionaries(st.tuples(st.sampled_from(SERVICES), st.sampled_from(Promise)), COUNTS)
VERDICTS = st.dictionaries(st.integers(1, 9).map(CaseId), st.tuples(COUNTS, COUNTS), max_size=4)


def numbers(board: Board) -> list[int]:
    """List every number that stands anywhere on a board."""
    found: list[int | None] = [count for said in board.matters.values() for count in said]
    for figures in board.services.values():
        people = figures.people
        found += [*figures.promises.values(), *people.sums, *people.totals, people.everybody]
        found += [count for row in people.cells for count in row]
    return [count for count in found if count is not None]


@given(PEOPLE, PEOPLE, PROMISES, PROMISES, VERDICTS)
def test_no_difference_of_numbers_is_small(
    parks: People,
    buses: People,
    promises: dict[tuple[ServiceId, Promise], int],
    listed: dict[tuple[ServiceId, Promise], int],
    verdicts: dict[CaseId, tuple[int, int]],
) -> None:
    """Every number of every view is ten at least and in tens: sums and differences of any of them are never 1 to 9."""
    whole = {key: promises.get(key, 0) + listed.get(key, 0) for key in {**promises, **listed}}
    counted = Counted({PARKS: parks, BUSES: buses}, whole, listed, {}, {PARKS: verdicts})
    for number in numbers(publish(counted, SERVICES)):
        assert number >= FEW
        assert number % FEW == 0


@given(PROMISES, PROMISES)
def test_what_everybody_can_count_tells_nothing_of_the_others(
    hidden: dict[tuple[ServiceId, Promise], int], listed: dict[tuple[ServiceId, Promise], int]
) -> None:
    """Less the matters that a reader counts on the page, a number is of ten others at least, or of none."""
    whole = {key: hidden.get(key, 0) + listed.get(key, 0) for key in {**hidden, **listed}}
    board = publish(Counted(promises=whole, listed=listed), SERVICES)
    for service in SERVICES:
        for promise in Promise:
            told, known = board.services[service].promises[promise], listed.get((service, promise), 0)
            others = hidden.get((service, promise), 0)
            # Where the others are few, only what the reader knows is told.
            assert told == at_least(known + others if others >= FEW else known)


@given(PEOPLE, VERDICTS)
def test_a_matter_of_its_own_gives_no_other_away(people: People, verdicts: dict[CaseId, tuple[int, int]]) -> None:
    """With the numbers of single matters known too, and exactly, no hidden count of their service can be worked out."""
    for case, (worked, not_worked) in verdicts.items():
        for result, count in ((Result.WORKED, worked), (Result.NOT_WORKED, not_worked)):
            key = list(Participant)[case % 5], result
            people[key] = people.get(key, 0) + count
    exact = split(people)
    for said in stand_out(verdicts, exact).values():
        assert min(said) >= FEW
    for result, total in zip(exact.results, exact.totals, strict=True):
        if total is not None and result in (Result.WORKED, Result.NOT_WORKED):
            told = [said[result is Result.NOT_WORKED] for said in stand_out(verdicts, exact).values()]
            assert not told or total - sum(told) >= FEW
    assert given_away(exact) == []


def given_away(exact: Split) -> list[int]:
    """List the hidden counts of a table that its shown ones give away."""
    if not exact.rows:
        return []
    rows = [[*cells, total] for cells, total in zip(exact.cells, exact.sums, strict=True)]
    shown = [*rows, [*exact.totals, exact.everybody]]
    hidden = [(r, c) for r, line in enumerate(shown) for c, value in enumerate(line) if value is None]
    lines = reduced(equations(shown, hidden))
    alone = ([Fraction(place == other) for other in range(len(hidden))] for place in range(len(hidden)))
    return [place for place, row in enumerate(alone) if is_made_of(row, lines)]


def test_a_share_tells_ten_people_and_more() -> None:
    """Whoever knows the whole and the shares of both parts still has ten numbers to choose a small one from."""
    for whole in range(131):
        told: dict[tuple[Share | None, Share | None], list[int]] = {}
        for part in range(whole + 1):
            told.setdefault((share(part, whole), share(whole - part, whole)), []).append(part)
        assert [parts for parts in told.values() if min(parts) < FEW and len(parts) < min(FEW, whole + 1)] == []


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (5, 19, None),
        (12, 25, Share(0, 2)),
        (89, 100, Share(8, 10)),
        (100, 100, Share(9, 10)),
        (2, 400, Share(0, 10)),
    ],
)
def test_a_share_in_words(part: int, whole: int, told: Share | None) -> None:
    """A share is never told as all, and where there are few, not at all."""
    assert share(part, whole) == told


def test_half_had_their_answer() -> None:
    """The day by which half had an answer is told from ten answers on."""
    assert median_day({0: 4, 3: 5}) is None
    assert median_day({0: 4, 3: 2, 9: 4}) == 3


def test_a_town_that_answers() -> None:
    """What stands on the board of a service that many wrote to, and of one that nobody did."""
    people: People = {(Participant.SERVICE_USER, Result.WORKED): 64, (Participant.VOLUNTEER, Result.WORKED): 31}
    people |= {(Participant.SERVICE_USER, Result.NOT_WORKED): 27, (Participant.VOLUNTEER, Result.NOT_WORKED): 15}
    people |= {(Participant.SERVICE_USER, Result.WAITING): 12, (Participant.VOLUNTEER, Result.WAITING): 3}
    promises = {(PARKS, Promise.KEPT): 95, (PARKS, Promise.TOLD): 14}
    verdicts = {CaseId(1): (40, 12), CaseId(2): (30, 9), CaseId(3): (50, 20)}
    counted = Counted({PARKS: people}, promises, promises, {PARKS: {2: 60, 8: 49}}, {PARKS: verdicts})
    board = publish(counted, SERVICES)
    figures = board.services[PARKS]
    assert (figures.answered, figures.kept) == (Share(9, 10), Share(8, 10))
    assert (figures.worked, figures.not_worked) == (Share(6, 10), Share(3, 10))
    assert figures.promises == {Promise.KEPT: 90, Promise.TOLD: 10, Promise.SILENT: None}
    assert (figures.days, figures.people.everybody) == (2, 150)
    # Two matters together would leave ten people less of those for whom it did not work.
    assert board.matters == {CaseId(3): (50, 20)}
    assert board.services[BUSES] == Figures(split({}), None, None, None, None, dict.fromkeys(Promise), None)


def test_charts_show_what_is_told() -> None:
    """A bar has a part for each number that is told and fills its width; of a share so many boxes are full."""
    bar = draw_bar([("yes", 30), ("no", None), ("worked", 10)])
    assert [(piece.kind, piece.x) for piece in bar] == [("yes", 0), ("worked", 225.5)]
    assert bar[-1].x + bar[-1].width == pytest.approx(WIDTH)
    assert draw_bar([("yes", None)]) == ()
    assert [piece.kind for piece in draw_share(Share(1, 3))] == ["full", "open", "open"]
