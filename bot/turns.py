"""One update, one turn, one transaction: the only way in.

``take`` returns after the commit, so that a channel acknowledges nothing that could be lost. An
update that was here before does nothing. No network is touched inside the transaction: what is to
be said goes into the outbox, and delivery is woken after the commit.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answering import own_data, private_turn, room_turn
from bot.clock import Clock
from bot.delivery import Delivery
from bot.library import Edition, Library
from dialogs.effects import ForgetPerson, OpenSession, PurgeSession, Reply
from dialogs.events import (
    Blocked,
    Ignored,
    RoomEntered,
    RoomLeft,
    RoomMoved,
    Unblocked,
    Unreadable,
    Update,
)
from dialogs.flows.engine import wanted
from dialogs.fresh import Fresh
from dialogs.ids import AddressId, MediaId, VersionId, spell
from dialogs.media import Media, MediaKind
from dialogs.town import Town
from storage import addresses, inbox, media, outbox
from storage.addresses import Address
from storage.citizens import InTheAir, Knowledge, load_citizen
from storage.database import Connection, Database
from storage.recorder import Place, Written, record

Beside = Callable[[Connection, AddressId], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel should do at once: show a short word to who pressed, or leave a stranger's group.

    ``receipt``: the message that gets a sign in its own time.
    """

    toast: str = ""
    leave_room: bool = False
    receipt: int | None = None


class Turns:
    """Takes updates in, whatever the channel."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        delivery: Delivery,
        chance: Callable[[], Fresh] | None = None,
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._delivery = delivery
        self._chance = chance or make_fresh

    async def take(self, update: Update, beside: Beside | None = None) -> Outcome:
        """Answer an update and return after the commit.

        ``beside`` runs in the same transaction, with the address of the update, if the update is new.
        Raises: Unwritable where nothing can be written now; anything else means that this update failed.
        """
        now, fresh = self._clock.now(), self._chance()
        while True:
            try:
                outcome, written = await self._database.write(
                    lambda c: self._turn(c, update, beside, now=now, fresh=fresh)
                )
            except InTheAir as prompt:
                # Whether the person saw the question decides what their words mean: wait until it landed.
                await self._delivery.landed(prompt.parcel)
            else:
                self._pass_on(update, written)
                if outcome.receipt is not None:
                    self._delivery.acknowledge(update.channel, update.place, outcome.receipt)
                return outcome

    def _pass_on(self, update: Update, written: Written) -> None:
        """Tell delivery what was committed."""
        if written.withdrawn or not update.private or isinstance(update.event, Blocked):
            # What was withdrawn must not fly, and what happens to a room concerns other chats too.
            self._delivery.look_again()
            return
        self._delivery.hand_over(written.here)
        if written.more:
            self._delivery.wake()

    async def wants(self, update: Update) -> frozenset[MediaKind]:
        """Tell which photos or voice notes the sender's open question takes, so that nothing else is fetched.

        Raises: Unwritable where the database cannot be reached.
        """
        now = self._clock.now()
        return await self._database.read(lambda c: self._wants(c, update, now=now))

    async def load_media(self, id: MediaId) -> Media | None:
        """Give a photo or voice note with its content, if it is still there. Raises: Unwritable."""
        return await self._database.read(lambda c: media.load(c, id))

    async def load_own_data(self, channel: str, place: str) -> bytes | None:
        """Pack all that is kept about the person of a chat, if somebody is there. Raises: Unwritable."""
        now, town = self._clock.now(), self._library.town

        def pack(c: Connection) -> bytes | None:
            address = addresses.find_address(c, channel, place)
            if address is None:
                return None
            return own_data.make_copy(c, address, town, now=now, most_bytes=own_data.MOST_BYTES)

        return await self._database.read(pack)

    async def set_aside(self, *, channel: str, bot: str, key: str, raw: str) -> None:
        """Keep an update that failed again and again, so that its chat goes on."""
        now = self._clock.now()
        await self._database.write(lambda c: inbox.set_aside(c, channel, bot, key, raw, now=now))

    def _turn(
        self, c: Connection, update: Update, beside: Beside | None, *, now: datetime, fresh: Fresh
    ) -> tuple[Outcome, Written]:
        if not inbox.receive(c, update, now=now):
            return Outcome(), Written()
        # Taken once: the configuration may be replaced while this runs.
        edition = self._library.edition
        address = addresses.hold_address(c, update.channel, update.place)
        if address is None and not isinstance(update.event, Blocked | Ignored | RoomLeft | RoomMoved):
            address = _add_address(c, update, edition.town, now=now)
        reply = self._answer(c, update, address, edition, now=now, fresh=fresh)
        # What takes words back takes with it what is written beside it: those may be the last of these words.
        takes_back = any(isinstance(effect, PurgeSession | ForgetPerson) for effect in reply.effects)
        if takes_back and beside is not None and address is not None:
            beside(c, address.id)
        written = record(c, reply.effects, Place(address, _newest(reply, edition), update.number), now=now)
        if not takes_back and beside is not None and address is not None:
            beside(c, address.id)
        return Outcome(reply.toast, reply.leave_room, reply.receipt), written

    def _answer(
        self, c: Connection, update: Update, address: Address | None, edition: Edition, *, now: datetime, fresh: Fresh
    ) -> Reply:
        town = edition.town
        match update.event:
            case Ignored():
                return Reply()
            case Blocked() | Unblocked() if address is not None:
                reachable = isinstance(update.event, Unblocked)
                addresses.set_reachable(c, address.id, reachable=reachable, now=now)
                if not reachable:
                    outbox.bury_all(c, address.id, "the person closed the chat")
                return Reply()
            case RoomEntered() | RoomLeft() | RoomMoved() if address is not None:
                return room_turn.membership(c, update, address, now=now)
            case _ if address is not None and not update.private:
                return room_turn.answer(c, update, address, town, now=now, fresh=fresh)
            case _ if address is not None:
                knowledge = self._knowledge(edition)
                return private_turn.answer(c, update, address, town, knowledge, now=now, fresh=fresh)
            case _:
                return Reply()

    def _wants(self, c: Connection, update: Update, *, now: datetime) -> frozenset[MediaKind]:
        address = addresses.find_address(c, update.channel, update.place)
        if address is None or address.person is None:
            return frozenset()
        # Not the words of an update, for which a prompt that is just being sent would have to be waited for.
        unread = replace(update, event=Unreadable(""))
        edition = self._library.edition
        citizen = load_citizen(c, address, unread, self._knowledge(edition), now=now)
        if citizen.session is None or citizen.flow is None:
            return frozenset()
        return wanted(citizen.flow, citizen.session, edition.town.today(now))

    def _knowledge(self, edition: Edition) -> Knowledge:
        return Knowledge(edition.flow_of, edition.newer_than, self._delivery.is_in_the_air)


def _add_address(c: Connection, update: Update, town: Town, *, now: datetime) -> Address:
    if update.private:
        return addresses.add_citizen(c, update.channel, update.place, town.voice(update.language).language, now=now)
    return addresses.load(c, addresses.add(c, update.channel, update.place, addresses.ROOM))


def _newest(reply: Reply, edition: Edition) -> VersionId:
    """Give the version of the flow that a reply opens."""
    opened = next((effect for effect in reply.effects if isinstance(effect, OpenSession)), None)
    return edition.newest[opened.flow] if opened else VersionId(0)


def make_fresh() -> Fresh:
    """Make the random values of one event: an id below 36**11, a case code of 40 bits, a receipt of 60."""
    return Fresh(
        number=secrets.randbelow(36**11),
        code=spell(secrets.randbits(40), 8),
        receipt=spell(secrets.randbits(60), 12),
    )
