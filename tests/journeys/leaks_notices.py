"""The books of what citizens must be told: each notice that went out, to each whom it is for, once.

What was not sent is on a list, and is looked for there: of a notice whose outcome nobody knows it is told neither
twice nor never, but said so.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.effects import Telling
from dialogs.town import Town
from tests.journeys.leaks_channel import Shown

# A question goes the way of a reply: where its answer was lost it is said once more.
_MAY_REPEAT = "question"
# The chat, the kind, and the number by which somebody knows their case.
Notice = tuple[str, str, str]


@dataclass(slots=True)
class Notices:
    """What was to be told, was told, and is on the list. ``keys``: those of all messages that a chat ever showed."""

    town: Town
    keys: set[int]
    expected: Counter[Notice] = field(default_factory=Counter)
    heard: Counter[Notice] = field(default_factory=Counter)
    listed: Counter[Notice] = field(default_factory=Counter)
    looked_at: set[int] = field(default_factory=set)
    # In any language, the line with which each notice begins.
    leads: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.leads = [
            (str(kind), re.compile(re.escape(voice(f"notice.{kind}", code="CODE")).replace("CODE", "([0-9A-Z-]{9})")))
            for kind in Telling
            for voice in self.town.heard
        ]

    def count(self, shown: Shown) -> None:
        """Count a message, if it is a notice."""
        notice = self._read(shown.place, shown.message.plain().split("\n")[0])
        if notice is None or shown.is_edit or (shown.again and notice[1] == _MAY_REPEAT):
            return
        self.heard[notice] += 1

    def look_at(self, listed: Mapping[int, tuple[str, str]]) -> None:
        """Look at the list; what is on it and was shown all the same counts as told."""
        for id in listed.keys() - self.looked_at:
            self.looked_at.add(id)
            notice = self._read(*listed[id])
            if notice is not None and id not in self.keys:
                self.listed[notice] += 1

    def forget(self, place: str) -> None:
        """Expect nothing more for who was there until now."""
        for notice in [one for one in self.expected if one[0] == place]:
            self.expected[notice] = self.heard[notice] + self.listed[notice]

    def settle(self) -> tuple[dict[Notice, int], dict[Notice, int]] | None:
        """Give what was told too often and too seldom; None: all is as it should be."""
        told = self.heard + self.listed
        more, less = told - self.expected, self.expected - told
        return (dict(more), dict(less)) if more or less else None

    def _read(self, place: str, first: str) -> Notice | None:
        found = ((kind, lead.fullmatch(first)) for kind, lead in self.leads)
        return next(((place, kind, said[1]) for kind, said in found if said), None)
