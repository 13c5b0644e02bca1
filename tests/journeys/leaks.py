"""Words that exist once in the world, planted into everything that anybody writes or is: where one turns up tells.

A canary has an owner and, where it reached the desk, the numbers of the cases that it belongs to. Nothing here knows
how the product works; what may be read by whom is in ``leaks_oracle.py``.
"""

import re
import shutil
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bot.configuration import load_voices, read_configuration
from bot.settings import STARTER
from dialogs.town import Town

_FLOW = """
flow: {flow}
contribution: report
service: {service}
languages: [en, es, fr, ar]
title: {{en: Tell {flow}, es: Tell {flow}, fr: Tell {flow}, ar: Tell {flow}}}
steps:
  - ask: story
    kind: text
    text: {{en: What is it?, es: What is it?, fr: What is it?, ar: What is it?}}
  - ask: why
    kind: text
    text: {{en: Why?, es: Why?, fr: Why?, ar: Why?}}
  - submit: end
    text: {{en: "No. {{reference}}.", es: "No. {{reference}}.", fr: "No. {{reference}}.", ar: "No. {{reference}}."}}
"""
_PICTURED = """
flow: pictured
contribution: report
service: parks
languages: [en, es, fr, ar]
title: {en: Show it, es: Show it, fr: Show it, ar: Show it}
steps:
  - ask: picture
    kind: photo
    text: {en: A photo?, es: A photo?, fr: A photo?, ar: A photo?}
  - ask: sound
    kind: voice
    text: {en: A sound?, es: A sound?, fr: A sound?, ar: A sound?}
  - ask: place
    kind: location
    area: 1 km
    text: {en: Where?, es: Where?, fr: Where?, ar: Where?}
  - ask: words
    kind: text
    text: {en: In words?, es: In words?, fr: In words?, ar: In words?}
  - submit: end
    text: {en: "No. {reference}.", es: "No. {reference}.", fr: "No. {reference}.", ar: "No. {reference}."}
"""
_WORD = re.compile(r"zq[a-z]{2,8}")
_CODE = re.compile(r"(?<![0-9A-Z-])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z-])")


class Kind(StrEnum):
    """What carries a canary: a citizen's profile or words, or what a servant typed, and where."""

    PROFILE = "profile"
    WORDS = "words"
    # Within an e-mail address, which is covered on the desk.
    COVERED = "covered"
    NAME = "name"
    NOTE = "note"
    TALK = "talk"
    DRAFT = "draft"


@dataclass(slots=True)
class Canary:
    """One planted word. ``life``: which of the owner's lives, where a citizen may be forgotten and begin anew."""

    word: str
    kind: Kind
    owner: str
    life: int = 0
    # The cases that it belongs to, by their numbers.
    homes: set[str] = field(default_factory=set)
    # Of a draft: for which act, and whether its servant let it go.
    act: str = ""
    sent: bool = False
    # Where an announcement with it went.
    readers: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Aviary:
    """All canaries."""

    chance: Random
    birds: dict[str, Canary] = field(default_factory=dict)

    def hatch(self, kind: Kind, owner: str, life: int = 0, *, act: str = "", homes: set[str] | None = None) -> Canary:
        """Make one."""
        word = "zq" + "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=8))
        self.birds[word] = Canary(word, kind, owner, life, set(homes or ()), act)
        return self.birds[word]

    def heard_in(self, text: str) -> list[Canary]:
        """List the canaries in a text, also those that are cut short."""
        found = []
        for word in dict.fromkeys(_WORD.findall(_CODE.sub("", text).casefold())):
            whole = self.birds.get(word)
            # Short pieces may be of several; only what is nobody's else is held against anybody.
            likely = [whole] if whole else [one for key, one in self.birds.items() if key.startswith(word)]
            found += likely if len(likely) == 1 else []
        return found


def codes_in(text: str) -> set[str]:
    """List the case numbers in a text."""
    return set(_CODE.findall(text))


@cache
def leak_town() -> Town:
    """Read a town with short flows for two queues, in which one outcome needs a second servant."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "town"
        shutil.copytree(STARTER, place)
        for flow, service in (("outside", "parks"), ("inside", "home_care")):
            (place / "flows" / f"{flow}.yaml").write_text(_FLOW.format(flow=flow, service=service), "utf-8")
        (place / "flows" / "pictured.yaml").write_text(_PICTURED, "utf-8")
        page = place / "yousaid.yaml"
        page.write_text(page.read_text("utf-8").replace("second: []", "second: [declined]"), "utf-8")
        return Town(read_configuration(place), load_voices())
