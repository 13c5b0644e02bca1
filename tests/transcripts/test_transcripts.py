"""What is really said, read as prose: every transcript in this folder, on both databases."""

from pathlib import Path

import pytest

from storage.database import Database
from tests.stage import set_stage
from tests.transcripts.player import Player

TRANSCRIPTS = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.txt"))}

# Stands in a transcript whose people write and press on web pages.
ON_THE_WEB = "* all of this is on the web\n"


@pytest.fixture(params=TRANSCRIPTS)
def transcript(request: pytest.FixtureRequest) -> str:
    """The text of each transcript in turn."""
    return TRANSCRIPTS[request.param].read_text("utf-8")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> Path | None:
    """The file to write the new words into, where ``--rewrite`` was asked for."""
    return TRANSCRIPTS[request.node.callspec.params["transcript"]] if request.config.getoption("--rewrite") else None


async def test_what_was_said_is_what_is_written(transcript: str, database: Database, rewrite: Path | None) -> None:
    """The transcript reads as it was played; ``--rewrite`` puts the new words in."""
    channel = "web" if ON_THE_WEB in transcript else "telegram"
    async with set_stage(database, channel=channel) as stage:
        played = await Player(stage).play(transcript)
    if rewrite is not None:
        rewrite.write_text(played, "utf-8")  # noqa: ASYNC240 - nothing else runs meanwhile
        return
    assert played == transcript
