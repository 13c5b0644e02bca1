"""The service is killed at every point of the whole loop, and at random; nothing is lost, nothing done twice."""

import itertools
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from tests.proof.kill_points import AT_ANY_TIME, Fresh, Run, kill_everywhere
from tests.proof.lost_answers import LossyChannel, decide, propose, prove_lost_answers
from tests.proof.mixed_load import run_load
from tests.proof.redelivery import prove_redelivery
from tests.stage import set_stage

_UNITS = ("turn", "due", "claim", "draw", "mark", "recover", "library")
_METHODS = ("getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery", "getMe")
# Other points may come and go with the product; without these the loop would prove nothing.
_MUST_BE_REACHED = {
    *(f"{unit}/{when}-commit" for unit in _UNITS for when in ("before", "after")),
    *(f"{method}/{when}-call" for method in _METHODS for when in ("before", "after")),
}


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
    reached = {point for points in runs[0].reached.values() for point in points}
    assert reached >= _MUST_BE_REACHED
    assert {point for run in runs for _, (point, _) in run.done} == reached - AT_ANY_TIME


async def test_random_ends_under_load_lose_and_double_nothing(fresh: Fresh) -> None:
    """Killed at random, and stopped within ten seconds, while two citizens write: all of it is there once."""
    load = await run_load(*fresh(), citizens=1, seed=7, queues=("outdoors", "care"))
    assert load.verdict.complaints == []
    assert load.kills >= 10
    assert max(load.stops_s) < 10


async def test_updates_that_come_again_are_taken_once(database_url: str) -> None:
    """Each update comes one to five times, at once or late, under numbers that jump; each is taken once."""
    assert await prove_redelivery(database_url, deliveries=500, seed=1)


async def test_lost_answers_lose_nothing_and_repeat_no_announcement(database_url: str) -> None:
    """One send in ten is done and told to have failed: replies come once more at most, announcements are listed."""
    assert await prove_lost_answers(database_url, sends=500, chance=0.1, seed=1)


async def test_words_after_a_no_find_their_case_though_the_question_is_unknown(database: Database) -> None:
    """Whether the ask-back arrived is not known, but its "no" did: what follows belongs to it."""
    channel = LossyChannel()
    async with set_stage(database, shown=channel) as stage:
        await stage.enrol("lee", "outdoors", "lead")
        await stage.bind("parks", "lee", "outdoors")
        await propose(stage, "ana")
        await decide(stage, "ana")
        channel.chance = 1.0
        await stage.pass_time(timedelta(days=14))
        channel.chance = 0.0
        await stage.press("ana", "No")
        await stage.say("ana", "There are still no trees.")
        cards = [said for said in channel.newest("parks") if said.message.protected]
        assert "There are still no trees." in cards[0].message.plain()
