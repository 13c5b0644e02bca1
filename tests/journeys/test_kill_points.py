"""The service is killed at every point of the whole loop, and nothing is lost and nothing done twice."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.kill_points import plan, run_loop
from tests.proof.page import POINTS

# Points of units and calls that no telling of this loop passes: nobody leaves a group, nothing is set aside.
_NOT_HERE = ("other-unit", "other-method")


@pytest.fixture
def fresh_url(migrated_sqlite: Path, tmp_path: Path) -> Callable[[str], tuple[str, Path]]:
    """Give a database and a folder of its own for each run."""

    def make(name: str) -> tuple[str, Path]:
        folder = tmp_path / name
        folder.mkdir()
        return f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'yousaid.sqlite')}", folder

    return make


async def test_a_kill_at_every_point_loses_and_doubles_nothing(
    fresh_url: Callable[[str], tuple[str, Path]],
) -> None:
    """Killed before and after every commit and every call, the loop ends as if nothing had happened."""
    calm = await run_loop(*fresh_url("calm"), {})
    assert calm.verdict.complaints == []
    assert calm.verdict.repeated == 0
    reached = {point for points in calm.reached.values() for point in points}
    assert reached == {point for point in POINTS if point.partition("/")[0] not in _NOT_HERE}
    for number, chains in enumerate(plan(calm.reached, every=False)):
        run = await run_loop(*fresh_url(f"killed {number}"), chains)
        assert run.verdict.complaints == []
        assert run.talk == calm.talk
        assert run.missed == {}
        assert run.kills == sum(map(len, chains.values()))
