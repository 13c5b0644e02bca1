"""A town in which a report begins with photos and goes on with a voice note."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.configuration import load_voices, read_configuration
from bot.settings import STARTER
from dialogs.town import Town

REPORT = """
flow: report
contribution: report
service: parks
languages: [en]
title: {en: Report something}
steps:
  - ask: seen
    kind: photo
    max: 2
    text: {en: Please show us the place.}
  - ask: story
    kind: long_text
    accept: [text, voice]
    text: {en: What happened there?}
  - ask: again
    kind: text
    optional: true
    text: {en: Anything else?}
  - review: all
  - submit: end
    text: {en: "Thank you. Your reference is {reference}."}
"""


def photo_config(folder: Path) -> Path:
    """Write the configuration into a folder."""
    shutil.copytree(STARTER, folder)
    (folder / "flows" / "report.yaml").write_text(REPORT, "utf-8")
    return folder


@cache
def photo_town() -> Town:
    """Read the town once."""
    with TemporaryDirectory() as folder:
        return Town(read_configuration(photo_config(Path(folder) / "town")), load_voices())
