"""The service is killed at every point of the whole loop, and at random; nothing is lost, nothing done twice."""

import itertools
import shutil
from pathlib import Path

import pytest

from tests.proof.kill_points import Fresh, Run, kill_everywhere
from tests.proof.lost_answers import prove_lost_answers
from tests.proof.mixed_load import run_load
from tests.proof.page import POINTS
from tests.proof.redelivery import prove_redelivery

# Nobody leaves a group in this loop, and each unit of work in it has a name.
_NOT_HERE = ("other-unit", "other-method")


@pytest.fixture
def fresh(migrated_sqlite: Path, tmp_path: Path) -> Fresh:
    """Give an empty database and a folder of its own for each run."""
    numbers = itertools.count()

    def make() -> tuple[str, Path]:
        folder = tmp_path / f"run {next(numbers)}"
        folder.mkdir()
        return f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'yousaid.sqlite')}", folder

    return make


async def test_a_kill_at_every_point_loses_and_doubles_nothing(fresh: Fresh) -> None:
    """Killed before and after every commit and every call, the loop ends as if nothing had happened."""
    runs: list[Run] = []
    assert await kill_everywhere(fresh, every=False, tell=runs.append) == []
    named = {point for point in POINTS if point.partition("/")[0] not in _NOT_HERE}
    assert {point for points in runs[0].reached.values() for point in points} == named
    assert {point for run in runs for _, (point, _) in run.done} == named


async def test_random_ends_under_load_lose_and_double_nothing(fresh: Fresh) -> None:
    """Killed at random, and stopped within ten seconds, while nine people write: all of it is there once."""
    load = await run_load(*fresh(), citizens=2, seed=7)
    assert load.verdict.complaints == []
    assert load.kills >= 5
    assert max(load.stops_s) < 10


async def test_updates_that_come_again_are_taken_once(database_url: str) -> None:
    """Each update comes one to five times, at once or late, under numbers that jump; each is taken once."""
    assert await prove_redelivery(database_url, deliveries=500, seed=1)


async def test_lost_answers_lose_nothing_and_repeat_no_announcement(database_url: str) -> None:
    """One send in ten is done and told to have failed: replies come once more at most, announcements are listed."""
    assert await prove_lost_answers(database_url, sends=500, chance=0.1, seed=1)
