"""The configuration's files, looked after while people talk: what is right goes live, what is wrong is told.

A look costs a few calls to the file system. When files have changed and have then stayed the same from one
look to the next (editors write in several steps), they are read and checked in a thread, published in one
transaction, and put into force at once. A configuration with a mistake changes nothing; nor does a flow in
which the people inside could not go on. Admins are told in their own chats, once for each change of the files.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bot.approach_change import follow_approaches
from bot.clock import Clock
from bot.configuration import read_configuration
from bot.library import Edition, Library, publish
from bot.refusals import list_refused
from dialogs.errors import BadConfiguration, Mistake
from dialogs.flows.flow import Flow
from dialogs.flows.moving import move
from dialogs.flows.session import Session
from dialogs.ids import FlowId, SessionId
from dialogs.installation import Installation, Role
from dialogs.message import Message, say
from dialogs.texts import cut
from dialogs.town import Town
from storage import flow_versions, outbox, staff
from storage.database import Connection, Database
from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
# So many mistakes are told in a chat; `yousaid check` tells all.
_MOST_TOLD = 5
_LONGEST_TOLD = 300
_PAGE = 500
_CHANNELS = ("telegram", "web")

# Of each file: its name, when it was written (nanoseconds) and its size.
Stamp = tuple[tuple[str, int, int], ...]


def stamp_of(folder: Path) -> Stamp:
    """Tell the state of a configuration's files without opening any."""
    written = sorted(path for pattern in ("*.y*ml", "*/*.y*ml") for path in folder.glob(pattern))
    return tuple(stamp for path in written if (stamp := _stamp(path, folder)) is not None)


def _stamp(path: Path, folder: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        # Taken away since it was listed, or out of reach: the next look sees the same, or more.
        return None
    return path.relative_to(folder).as_posix(), found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class Inside:
    """How many people are inside of a flow, and how many of them its newest version asks something again."""

    flow: Flow
    count: int
    asked_again: int


class Reloading:
    """Looks after the files. ``stamp``: of what the edition in force was read from."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        library: Library,
        clock: Clock,
        *,
        wake_delivery: Callable[[], None],
        stamp: Stamp,
    ) -> None:
        self._folder = folder
        self._database = database
        self._library = library
        self._clock = clock
        self._wake_delivery = wake_delivery
        self._done = self._seen = stamp
        # Cases may go by another approach than their service declares: since the last run, or since a change.
        self._is_behind = True

    async def run(self) -> None:
        """Look until cancelled."""
        never = asyncio.Event()
        told = False
        while True:
            try:
                if not told:
                    await self._tell_refused(self._library.edition, self._done)
                    told = True
                await self.look()
            except StorageError as failed:
                log.warning("The configuration is looked at again soon: %s", failed)
            await self._clock.wait(never, timeout_s=LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once; take over what has changed since and is the same as at the last look. Raises: StorageError."""
        await self._look_at_files()
        if self._is_behind:
            moved = await follow_approaches(self._database, self._library.town, now=self._clock.now())
            self._is_behind = False
            if moved:
                log.info("Open cases that go by another approach now: %s.", moved)
                self._wake_delivery()

    async def _look_at_files(self) -> None:
        stamp = await asyncio.to_thread(stamp_of, self._folder)
        settled, self._seen = stamp == self._seen, stamp
        if stamp == self._done or not settled:
            return
        read = await asyncio.to_thread(_read, self._folder)
        if await asyncio.to_thread(stamp_of, self._folder) != stamp:
            # Somebody is writing just now.
            return
        if isinstance(read, list):
            await self._tell_mistakes(read, stamp)
        else:
            await self._take_over(read, stamp)
        self._done = stamp

    async def _take_over(self, installation: Installation, stamp: Stamp) -> None:
        before, now = self._library.edition, self._clock.now()
        town = Town(installation, before.town.voices)
        edition = await self._database.write(lambda c: publish(c, town, now=now, before=before))
        self._library.replace(edition)
        self._is_behind = True
        changed = [id for id, version in edition.newest.items() if before.newest.get(id) != version]
        if edition.town.installation != before.town.installation:
            log.info("The new configuration is live; new versions of: %s.", ", ".join(changed) or "no flow")
            inside = [await count_inside(self._database, edition, id, now=now) for id in changed]
            await self._tell(_live(edition.town, inside), f"live:{_hashed(stamp)}")
        await self._tell_refused(edition, stamp)

    async def _tell_mistakes(self, mistakes: Sequence[Mistake], stamp: Stamp) -> None:
        for mistake in mistakes:
            log.error("%s", mistake)
        log.error("The configuration has mistakes: the one before goes on.")
        voice = self._library.town.voice(self._library.town.language)
        await self._tell(_broken(mistakes, voice("admin.broken"), self._library.town), f"broken:{_hashed(stamp)}")

    async def _tell_refused(self, edition: Edition, stamp: Stamp) -> None:
        if not edition.refused:
            return
        mistakes = await asyncio.to_thread(list_refused, edition.refused, self._folder)
        for mistake in mistakes:
            log.error("%s", mistake)
        voice = edition.town.voice(edition.town.language)
        flows = ", ".join(refusal.flow.id for refusal in edition.refused)
        lead = voice("admin.refused", flows=flows)
        await self._tell(_broken(mistakes, lead, edition.town), f"refused:{_hashed(stamp)}")

    async def _tell(self, message: Message, key: str) -> None:
        now = self._clock.now()
        await self._database.write(lambda c: tell_admins(c, message, key=key, now=now))
        self._wake_delivery()


def tell_admins(c: Connection, message: Message, *, key: str, now: datetime) -> None:
    """Put a message into the own chats of all admins; with the same ``key`` nobody gets it twice."""
    for servant in staff.list_servants(c):
        if Role.ADMIN not in servant.roles.values():
            continue
        for channel in _CHANNELS:
            address = staff.own_chat(c, servant.id, channel)
            if address is not None:
                outbox.put(c, address, message, now=now, dedup=f"admin:{key}:{address}")


async def count_inside(database: Database, edition: Edition, flow: FlowId, *, now: datetime) -> Inside:
    """Count the people inside of a flow, a page at a time and beside the turns. Raises: StorageError."""
    count, asked_again, after = 0, 0, SessionId(-1)
    while True:
        page = await database.read(
            lambda c, after=after: flow_versions.list_inside(c, flow, after=after, limit=_PAGE)  # type: ignore[misc]
        )
        count += len(page)
        asked_again += await asyncio.to_thread(_count_asked_again, page, edition, now)
        if len(page) < _PAGE:
            return Inside(edition.flows[edition.newest[flow]], count, asked_again)
        after = page[-1].id


def _read(folder: Path) -> Installation | list[Mistake]:
    try:
        return read_configuration(folder)
    except BadConfiguration as bad:
        return bad.mistakes
    except Exception as failed:
        # Whatever an author wrote must not end the service; it is our fault that nobody foresaw it.
        log.exception("The configuration cannot be read")
        return [Mistake(str(folder), 1, 1, f"It cannot be read ({type(failed).__name__}).", "Take the change back.")]


def _count_asked_again(page: list[Session], edition: Edition, now: datetime) -> int:
    scene = edition.town.scene(edition.town.language, now)
    count = 0
    for session in page:
        newer = edition.newer_than(session.version)
        moved = move(session, edition.flows[session.version], newer, scene) if newer else None
        count += bool(moved and (moved.touched or moved.new))
    return count


def _live(town: Town, inside: Sequence[Inside]) -> Message:
    voice = town.voice(town.language)
    lines = [
        voice("admin.inside", flow=voice.of(one.flow.title), count=one.count, again=one.asked_again) for one in inside
    ]
    return say(voice("admin.live"), *lines)


def _broken(mistakes: Sequence[Mistake], lead: str, town: Town) -> Message:
    voice = town.voice(town.language)
    told = [cut(str(mistake), _LONGEST_TOLD) for mistake in mistakes[:_MOST_TOLD]]
    return say(lead, *told, voice("admin.all", count=len(mistakes)))


def _hashed(stamp: Stamp) -> str:
    return sha256(repr(stamp).encode()).hexdigest()[:16]
