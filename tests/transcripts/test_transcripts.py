"""What is really said, read as prose: every transcript in this folder, on both databases."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.stage import set_stage
from tests.transcripts.player import Player

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
async def test_what_was_said_is_what_is_written(path: Path, database: Database, request: pytest.FixtureRequest) -> None:
    """The transcript reads as it was played; ``--rewrite`` puts the new words in."""
    written = path.read_text("utf-8")
    async with set_stage(database) as stage:
        played = await Player(stage).play(written)
    if request.config.getoption("--rewrite"):
        path.write_text(played, "utf-8")
    assert played == written or request.config.getoption("--rewrite")
