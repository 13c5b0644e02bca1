"""`yousaid test`: the stories of a folder, one line each, and what it says where one fails."""

import argparse
import shutil
import time
from pathlib import Path

import pytest

from bot.settings import STARTER
from bot.tools import testing

Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the starter and its stories."""
    return Path(shutil.copytree(STARTER, tmp_path / "town"))


def run(folder: Path | None) -> int:
    """Run the command."""
    return testing.run(argparse.Namespace(folder=folder))


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file where it says ``old`` first."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def test_the_stories_that_ship_pass(capsys: Output) -> None:
    """The starter's stories pass in every manner, one line each."""
    assert run(None) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "✓ idea_from_a_visitor (idea, played 16 times)",
        "✓ offer_of_a_room (offer, played 16 times)",
        "✓ relative_with_a_bad_step (lived_story, played 16 times)",
        "✓ story_that_is_not_shared (lived_story, played 16 times)",
        "4 stories: everything is right.",
    ]


def test_the_starter_shows_each_of_its_flows(capsys: Output) -> None:
    """Every flow that ships has a story."""
    run(None)
    said = capsys.readouterr().out
    assert all(f"({path.stem}," in said for path in (STARTER / "flows").glob("*.yaml"))


def test_a_story_that_fails_is_shown(folder: Path, capsys: Output) -> None:
    """A story that the flow no longer fits fails, with the sentence, the words that were said, and status 1."""
    change(folder, "flows/lived_story.yaml", "max: 168", "max: 20")
    assert run(folder) == 1
    said = capsys.readouterr().out
    assert "✗ relative_with_a_bad_step (lived_story): failed 1 of 1 times" in said
    assert "  as told: What the story answers at `hours_per_week` was not taken." in said
    assert "    You: 40\n    Bot: " in said
    assert said.endswith("4 stories, 1 of them failed.\n")


def test_a_reworded_flow_keeps_its_stories(folder: Path, capsys: Output) -> None:
    """Other words and another order of the questions change nothing for a story that does not list them."""
    change(folder, "flows/lived_story.yaml", "en: Who are you in this story?", "en: What are you here?")
    text = (folder / "flows/lived_story.yaml").read_text("utf-8")
    begin, end = text.index("  - ask: photo"), text.index("  - review: check_answers")
    photo = text[begin:end]
    moved = (text[:begin] + text[end:]).replace("  - ask: role", f"{photo}  - ask: role", 1)
    (folder / "flows/lived_story.yaml").write_text(moved, "utf-8")
    change(folder, "tests/relative_with_a_bad_step.yaml", "  asked:", "  # asked:")
    assert run(folder) == 0, capsys.readouterr().out


def test_a_mistake_in_a_story_is_told(folder: Path, capsys: Output) -> None:
    """A story that cannot be read is told with its file, line and column, beside those that can."""
    change(folder, "tests/idea_from_a_visitor.yaml", "service: parks", "service: park")
    (folder / "tests/other.yml").write_text("test: other", "utf-8")
    (folder / "tests/folder.yaml").mkdir()
    assert run(folder) == 1
    said = capsys.readouterr().out
    remedy = "`service` has no service `park`. Did you mean `parks`?"
    assert f"✗ tests/idea_from_a_visitor.yaml\n  tests/idea_from_a_visitor.yaml:7:12: {remedy}\n" in said
    assert "✗ tests/other.yml\n  tests/other.yml:1:1: This file would not be read." in said
    assert "✗ tests/folder.yaml\n  tests/folder.yaml:1:1: This file cannot be read (Is a directory)." in said
    assert "✓ story_that_is_not_shared" in said


def test_a_folder_without_stories_says_how_to_make_one(folder: Path, capsys: Output) -> None:
    """Where there is nothing to test, nothing is right: the command says how to begin."""
    shutil.rmtree(folder / "tests")
    assert run(folder) == 1
    assert "yousaid try FLOW --save NAME" in capsys.readouterr().err


def test_ten_stories_take_a_second(folder: Path, capsys: Output) -> None:
    """Ten long stories are played in all manners within a second."""
    text = (folder / "tests/relative_with_a_bad_step.yaml").read_text("utf-8")
    for number in range(6):
        again = text.replace("test: relative", f"test: again_{number}")
        (folder / f"tests/again_{number}.yaml").write_text(again, "utf-8")
    # How busy the machine is with others is not counted.
    began = time.process_time()
    assert run(folder) == 0
    assert time.process_time() - began < 1
    assert "10 stories: everything is right." in capsys.readouterr().out
