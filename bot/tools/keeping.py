"""Keeping what was played at the terminal as a story: played once more, so that its file says what came of it."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.tools.testing import through_the_codec, try_in
from dialogs.stories.playing import Manner, play
from dialogs.stories.reader import read_story
from dialogs.stories.story import Expected, Story
from dialogs.stories.writing import write_story
from dialogs.town import Town


def keep_story(story: Story, path: Path, town: Town, *, today: date) -> int:
    """Write a story to a file of its name, with what it asks and where it ends; say whether it passes."""
    flow = town.installation.flows[story.flow]
    story = replace(story, id=path.stem, today=today)
    played = play(story, flow, town.scenes, Manner("as told", story.language), today=today, through=through_the_codec)
    expected = Expected(asked=played.asked, ends_at=played.ends_at, all_used=True)
    text = write_story(replace(story, expected=expected), flow)
    services = town.installation.services
    read = read_story(text, file=path.name, flows=town.installation.flows, services=services)
    if isinstance(read, list):
        print("This way through the flow cannot be a story:", *read, sep="\n  ", file=sys.stderr)
        return 1
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    print(f"\nSaved as {path}.")
    tried = try_in(town, read, today)
    if not tried.failures:
        print(f"`yousaid test` passes it, played {tried.manners} times.")
        return 0
    print("It does not pass yet:")
    for failure in tried.failures:
        print(f"  {failure.manner}: {' '.join(failure.sentences)}")
    return 1
