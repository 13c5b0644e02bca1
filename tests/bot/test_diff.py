"""``yousaid diff``: what a change asks of the people inside, on the terminal."""

import argparse
import asyncio
from pathlib import Path

import pytest

from bot.configuration import init
from bot.tools import diff
from storage.database import Database
from tests.stage import set_stage

Output = pytest.CaptureFixture[str]
FILE = "flows/idea.yaml"
NOBODY_KNOWS = "There is no database here, so nobody knows how many people are inside.\n"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two copies of the starter, old and new, and a place for data."""
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path))
    monkeypatch.delenv("YOUSAID_DATABASE_URL", raising=False)
    for name in ("old", "new"):
        init(tmp_path / name)
    return tmp_path / "old", tmp_path / "new"


def change(folder: Path, old: str, new: str) -> None:
    """Change the flow of ideas."""
    text = (folder / FILE).read_text("utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), "utf-8")


def run(old: Path, new: Path | None = None) -> int:
    """Run the command."""
    return diff.run(argparse.Namespace(old=old, new=new))


def test_two_folders(folders: tuple[Path, Path], capsys: Output) -> None:
    """Every flow is named, with each difference and its grade."""
    old, new = folders
    assert run(old, new) == 0
    same = "".join(f"{flow}: nothing differs.\n" for flow in ("idea", "lived_story", "offer"))
    assert capsys.readouterr().out == f"{NOBODY_KNOWS}{same}"
    change(new, "min_length: 10", "min_length: 20")
    assert run(old, new) == 0
    said = capsys.readouterr().out
    assert "idea: 1 difference.\n  re-ask     idea: takes 20 characters or more now.\n" in said


def test_two_files(folders: tuple[Path, Path], capsys: Output) -> None:
    """What is forbidden makes the command fail, with the remedy."""
    old, new = folders
    change(new, "ask: who\n    kind: choice", "ask: who\n    kind: choices")
    assert run(old / FILE, new / FILE) == 1
    said = capsys.readouterr()
    assert "  forbidden  who: was of kind `choice` and is of kind `choices` now.\n" in said.out
    assert "new id" in said.err


def test_without_anything_to_compare_with(folders: tuple[Path, Path], capsys: Output) -> None:
    """Without a database there is nothing published, and a file that is not there is named."""
    old, new = folders
    assert run(new) == 1
    assert run(old, new / "nowhere.yaml") == 1
    said = capsys.readouterr().err
    assert "yousaid diff OLD NEW" in said
    assert "nowhere.yaml" in said


def test_with_what_is_published(folders: tuple[Path, Path], migrated_sqlite: Path, capsys: Output) -> None:
    """People inside are counted, and those of them whom the change would ask something again."""
    _, new = folders
    url = f"sqlite:///{new.parent / 'yousaid.sqlite'}"
    (new.parent / "yousaid.sqlite").write_bytes(migrated_sqlite.read_bytes())
    asyncio.run(_talk(url))
    change(new, "min_length: 10", "min_length: 40")
    assert run(new) == 0
    said = capsys.readouterr().out
    assert "idea: 1 difference. People inside: 2. Of them, with something to answer again or anew: 1.\n" in said
    assert "lived_story: nothing differs. People inside: 0.\n" in said
    assert run(new / FILE) == 0
    assert "lived_story" not in capsys.readouterr().out


async def _talk(url: str) -> None:
    database = await Database.open(url)
    async with set_stage(database) as stage:
        for person in ("Ana", "Ben"):
            await stage.say(person, "/start")
            await stage.press(person, "Share an idea")
        await stage.press("Ana", "Parks and playgrounds")
        await stage.say("Ana", "More trees, please.")
        await stage.say("Ana", "done")
    await database.close()
