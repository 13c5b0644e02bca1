"""A rush on a room, shorter than that of ``make bench``: the budget holds its promises, and plain sending does not."""

from storage.database import Database
from tests.benchmarks.burst import Plan, percentile, rush

# As many a minute as in the long one.
PLAN = Plan(rush=75, rush_s=150, whole_s=240)
CARD_S, EDIT_S = 40, 5


async def test_a_rush_keeps_to_the_budget(database: Database) -> None:
    """No 429, every case shown, cards within 40 s and edits within 5 s (p95)."""
    figures = await rush(database, PLAN, scheme=True)
    assert (figures.refused, figures.missing) == (0, 0), figures.tell("")
    assert percentile(figures.card_waits, 95) <= CARD_S, figures.tell("")
    assert percentile(figures.edit_lags, 95) <= EDIT_S, figures.tell("")


async def test_first_in_first_out_does_not(sqlite_url: str) -> None:
    """The same rush sent as it comes, with the same limits, has cards and edits wait for minutes."""
    database = await Database.open(sqlite_url)
    figures = await rush(database, PLAN, scheme=False)
    await database.close()
    assert figures.refused == 0
    assert percentile(figures.card_waits, 95) > 2 * CARD_S
    assert percentile(figures.edit_lags, 95) > 5 * EDIT_S
