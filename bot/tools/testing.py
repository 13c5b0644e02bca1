"""``yousaid test``: the stories of a configuration, each played with the engine in every nasty manner."""

import argparse
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.clock import WallClock
from bot.configuration import STORIES, load_voices, read_configuration
from bot.settings import read_settings
from dialogs.errors import Mistake
from dialogs.flows.session import Session
from dialogs.stories.nasty import Failure, Tried, try_story
from dialogs.stories.reader import read_story
from dialogs.stories.story import Story
from dialogs.town import Town
from dialogs.yaml_tree import LARGEST_BYTES, decode
from storage.codec import pack_answers, unpack_session

# Of a long conversation only the end says what went wrong.
_MOST_LINES = 40


def run(chosen: argparse.Namespace) -> int:
    """Play the stories in ``chosen.folder``, or in the configuration that is set. Raises: BadConfiguration."""
    folder: Path = chosen.folder or read_settings().config
    town = Town(read_configuration(folder), load_voices())
    paths = sorted(path for path in (folder / STORIES).glob("*") if path.suffix in (".yaml", ".yml"))
    if not paths:
        print(f"There is no story in {folder / STORIES}.", file=sys.stderr)
        print("Play one with `yousaid try FLOW --save NAME`; it is written there.", file=sys.stderr)
        return 1
    today = town.today(WallClock().now())
    passed = [_passes(path, folder, town, today) for path in paths]
    wrong = passed.count(False)
    many = "1 story" if len(passed) == 1 else f"{len(passed)} stories"
    print(f"{many}, {wrong} of them failed." if wrong else f"{many}: everything is right.")
    return 1 if wrong else 0


def load_story(path: Path, folder: Path, town: Town) -> Story | list[Mistake]:
    """Read a story from its file."""
    name = path.relative_to(folder).as_posix()
    if path.suffix == ".yml":
        return [Mistake(name, 1, 1, "This file would not be read.", "Its name must end in .yaml.")]
    try:
        with path.open("rb") as opened:
            text = decode(opened.read(LARGEST_BYTES + 1), file=name)
    except OSError as wrong:
        return [Mistake(name, 1, 1, f"This file cannot be read ({wrong.strerror}).", "Look at its permissions.")]
    if isinstance(text, Mistake):
        return [text]
    return read_story(text, file=name, flows=town.installation.flows, services=town.installation.services)


def through_the_codec(session: Session) -> Session:
    """Write a session out as the database keeps it, and read it back: what a restart does to it."""
    return unpack_session(pack_answers(session), replace(session, answers={}))


def try_in(town: Town, story: Story, today: date) -> Tried:
    """Play a story in every manner."""
    return try_story(story, town.installation.flows[story.flow], town.scenes, today=today, through=through_the_codec)


def _passes(path: Path, folder: Path, town: Town, today: date) -> bool:
    story = load_story(path, folder, town)
    if isinstance(story, list):
        print(f"✗ {path.relative_to(folder).as_posix()}")
        for mistake in story:
            print(f"  {mistake}")
        return False
    tried = try_in(town, story, today)
    if not tried.failures:
        print(f"✓ {story.id} ({story.flow}, played {tried.manners} times)")
        return True
    print(f"✗ {story.id} ({story.flow}): failed {len(tried.failures)} of {tried.manners} times")
    for failure in tried.failures:
        print(_told(failure))
    return False


def _told(failure: Failure) -> str:
    lines = "\n".join(failure.transcript).splitlines()
    shown = lines if len(lines) <= _MOST_LINES else ["…", *lines[-_MOST_LINES:]]
    sentences = " ".join(failure.sentences)
    return "\n".join((f"  {failure.manner}: {sentences}", *(f"    {line}" for line in shown)))
