"""A town whose one flow asks in every way in which people answer in words of their own."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.configuration import load_voices, read_configuration
from bot.settings import STARTER
from dialogs.town import Town

FLOW = """
flow: tell
contribution: report
service: parks
languages: [en]
title: {en: Tell us}
steps:
  - use: agree
  - ask: name
    kind: text
    text: {en: What do you call the place?}
  - ask: link
    kind: choice
    text: {en: What is your link to it?}
    choices:
      - {id: live, text: {en: I live there}}
      - other: true
  - ask: place
    kind: location
    area: 100 m
    text: {en: "Where is {name}?"}
  - repeat: stops
    min: 1
    max: 2
    item: {en: "Stop {n}"}
    add_another: {en: Another one?}
    steps:
      - ask: seen
        kind: text
        sensitive: true
        text: {en: What did you see there?}
      - ask: better
        kind: text
        text: {en: "What would help with {seen}?"}
  - ask: picture
    kind: photo
    optional: true
    text: {en: Do you have a photo?}
  - ask: story
    kind: long_text
    text: {en: Tell us more.}
  - submit: end
    text: {en: "Thank you. Your number is {reference}."}
"""


@cache
def telling_town() -> Town:
    """Read the town once."""
    with TemporaryDirectory() as folder:
        shutil.copytree(STARTER, Path(folder) / "town")
        (Path(folder) / "town" / "flows" / "tell.yaml").write_text(FLOW, "utf-8")
        return Town(read_configuration(Path(folder) / "town"), load_voices())
