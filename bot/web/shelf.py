"""What the public board shows, kept for a minute: however many look, the tables are counted once."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from bot.clock import Clock
from dialogs.ids import ServiceId
from dialogs.public.feed import Published
from dialogs.public.figures import publish
from dialogs.public.matter import Matter, tell_matter
from dialogs.town import Town
from storage import public_figures, public_matters
from storage.database import Connection, Database

_KEPT_FOR = timedelta(minutes=1)
# So many matters of a service are shown, the newest ones; and as many in the view of all services.
MOST = 50


@dataclass(frozen=True, slots=True)
class _Kept:
    town: Town
    until: datetime
    published: Published


class Shelf:
    """The newest look at the tables."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._looking = asyncio.Lock()

    async def take(self, database: Database, town: Town, clock: Clock) -> Published:
        """Give what everybody may read, at most a minute old."""
        async with self._looking:
            kept, now = self._kept, clock.now()
            if kept is None or kept.town is not town or now >= kept.until:
                published = await database.read(lambda c: look(c, town, now=now))
                kept = self._kept = _Kept(town, clock.now() + _KEPT_FOR, published)
            return kept.published


def look(c: Connection, town: Town, *, now: datetime) -> Published:
    """Read all that the board shows: the matters, the newest first, and what may be told in numbers."""
    counted = public_figures.count(c, today=town.today(now))
    services = list(dict.fromkeys((*town.installation.services, *sorted(counted.results))))
    matters = chain.from_iterable(_list(c, service, town) for service in services)
    newest = sorted(matters, key=lambda matter: matter.told_at, reverse=True)
    return Published(tuple(newest), publish(counted, services))


def _list(c: Connection, service: ServiceId, town: Town) -> list[Matter]:
    found = (tell_matter(line, service, told, town) for line, told in public_matters.list_newest(c, service, most=MOST))
    return [matter for matter in found if matter is not None]
