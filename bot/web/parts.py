"""What the web pages need from the rest of the house, handed over once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.settings import Settings
from bot.web.throttle import Throttle
from bot.web.watchers import Watchers
from dialogs.events import Update
from dialogs.ids import AddressId, Language
from dialogs.installation import Installation
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


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages stand on. ``signing_key``: random bytes kept in the database."""

    database: Database
    turns: Turns
    installation: Installation
    voices: Mapping[Language, Voice]
    settings: Settings
    clock: Clock
    watchers: Watchers
    signing_key: bytes
    receipt_attempts: Throttle = field(default_factory=Throttle)


PARTS = web.AppKey("parts", Parts)
