"""What the web pages need from the rest of the house, handed over once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.library import Library
from bot.settings import Settings
from bot.web.gate import Gate
from bot.web.shelf import Shelf
from bot.web.throttle import Throttle
from bot.web.watchers import Watchers
from dialogs.events import Update
from dialogs.ids import AddressId, Language
from dialogs.installation import Installation
from dialogs.media import MediaKind
from dialogs.texts import Voice
from storage.database import Connection, Database

# Runs in the transaction of a new update, once its address is known.
Beside = Callable[[Connection, AddressId], None]


class Outcome(Protocol):
    """What came of an update, as far as a page can show it at once."""

    @property
    def toast(self) -> str: ...


class Turns(Protocol):
    """The way in: one update, one turn, one transaction, committed when this returns."""

    async def take(self, update: Update, beside: Beside | None = None) -> Outcome: ...

    async def wants(self, update: Update) -> frozenset[MediaKind]: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages stand on. ``signing_key``: random bytes kept in the database."""

    database: Database
    turns: Turns
    library: Library
    settings: Settings
    clock: Clock
    watchers: Watchers
    signing_key: bytes
    receipt_attempts: Throttle = field(default_factory=Throttle)
    gate: Gate = field(default_factory=Gate)
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def installation(self) -> Installation:
        """Give the configuration as it is now."""
        return self.library.town.installation

    @property
    def voices(self) -> Mapping[Language, Voice]:
        """Give the bot's own words in every language."""
        return self.library.town.voices


PARTS = web.AppKey("parts", Parts)
