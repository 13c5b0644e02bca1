"""The only way out: what each kind of failure does to a message, its chat, and everybody else's."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from bot.channel import Gone, Moved, NotSent, Refused, Throttled, Unknown, Unreachable
from bot.delivery import Delivery
from bot.library import open_library
from bot.pacing import Pace
from dialogs.cases.case import Case
from dialogs.effects import Lane
from dialogs.ids import AddressId
from dialogs.message import Message, say
from storage import addresses, outbox, rooms
from storage.case_tables import journal
from storage.database import Connection, Database
from storage.tables import addresses as address_table
from storage.tables import outbox as outbox_table
from tests.stage import StageChannel, StageClock, starter_town
from tests.storage.rows import NOW, a_case, a_person, a_room


@dataclass(slots=True)
class Moody(StageChannel):
    """A channel whose chats have moods: each place fails with what a test put there, in that order."""

    clock: StageClock = field(default_factory=StageClock)
    moods: dict[str, list[Exception]] = field(default_factory=dict)
    # When what was tried where; True where it was shown.
    calls: list[tuple[float, str, str, bool]] = field(default_factory=list)

    async def send(self, place: str, message: Message, *, key: int) -> int:
        self.meet(place, message)
        # Others get their turn while a call is under way.
        await asyncio.sleep(0)
        return await StageChannel.send(self, place, message, key=key)

    async def edit(self, place: str, number: int, message: Message) -> None:
        self.meet(place, message)
        await StageChannel.edit(self, place, number, message)

    def meet(self, place: str, message: Message) -> None:
        moods = self.moods.get(place)
        self.calls.append((self.clock.now().timestamp(), place, message.plain(), not moods))
        if moods:
            raise moods.pop(0)

    def shown_in(self, place: str) -> list[str]:
        return [text for _, at, text, was_shown in self.calls if at == place and was_shown]


@dataclass(slots=True)
class Post:
    """A delivery with everything around it."""

    database: Database
    clock: StageClock
    channel: Moody
    delivery: Delivery

    async def work(self, how_long: timedelta) -> None:
        """Deliver for a while, a moment at a time."""
        end = self.clock.now() + how_long
        while self.clock.now() <= end:
            wait_s = await self.delivery.send_due()
            await self.delivery.settle()
            self.clock.move_to(self.clock.now() + timedelta(seconds=wait_s))

    async def person(self, name: str) -> AddressId:
        return (await self.database.write(lambda c: a_person(c, name))).id

    async def put(self, address: AddressId, *texts: str, lane: Lane = Lane.REPLY) -> None:
        def work(c: Connection) -> None:
            for text in texts:
                outbox.put(c, address, say(text), now=self.clock.now(), lane=lane)

        await self.database.write(work)
        self.delivery.wake()

    async def card(self) -> tuple[Case, AddressId]:
        """Show the card of a case of Zoe's in the room -1."""

        def work(c: Connection) -> tuple[Case, AddressId]:
            case, room = a_case(c, a_person(c, "Zoe")), a_room(c)
            outbox.put_card(c, room, case.id, now=self.clock.now())
            return case, room

        case, room = await self.database.write(work)
        await self.work(timedelta(seconds=1))
        return case, room

    async def draw(self, case: Case, room: AddressId) -> None:
        await self.database.write(lambda c: outbox.put_card(c, room, case.id, now=self.clock.now()))

    async def ended(self) -> list[str]:
        """List the status of what is dead or unknown."""
        return [status for _, status, _, _ in await self.database.read(outbox.list_ended)]


@pytest.fixture
async def post(database: Database) -> Post:
    """A delivery on each database."""
    clock = StageClock(NOW)
    channel = Moody(clock=clock)
    library = await database.write(lambda c: open_library(c, starter_town(), now=NOW))
    return Post(
        database, clock, channel, Delivery(database, library, {"telegram": channel}, clock, Pace(per_second=26))
    )


async def test_a_held_chat_delays_no_other(post: Post) -> None:
    """429 in one chat holds that chat so long, in order, and everybody else's messages go at once."""
    ana, ben = await post.person("Ana"), await post.person("Ben")
    post.channel.moods["Ana"] = [Throttled(30)]
    await post.put(ana, "one", "two")
    await post.put(ben, "three")
    start = post.clock.now().timestamp()
    await post.work(timedelta(seconds=35))
    held = [at - start for at, place, _, was_shown in post.channel.calls if place == "Ana" and was_shown]
    others = [at - start for at, place, _, _ in post.channel.calls if place == "Ben"]
    assert post.channel.shown_in("Ana") == ["one", "two"]
    assert 30 <= min(held) <= 31
    assert max(others) < 1
    assert len(post.channel.calls) == 4


async def test_a_failing_chat_is_tried_less_and_less(post: Post) -> None:
    """What was certainly not sent is tried again after 1, 2, 4 … seconds, and nothing of its chat overtakes it."""
    ana = await post.person("Ana")
    post.channel.moods["Ana"] = [NotSent("off") for _ in range(5)]
    await post.put(ana, "one", "two")
    await post.work(timedelta(seconds=60))
    tries = [at for at, _, text, _ in post.channel.calls if text == "one"]
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert all(wanted <= gap <= wanted + 1.1 for wanted, gap in zip((1, 2, 4, 8, 16), gaps, strict=True))
    assert post.channel.shown_in("Ana") == ["one", "two"]


async def test_a_lost_answer_is_repeated_once(post: Post) -> None:
    """A reply whose answer was lost is sent once more; lost again, it is on the list, and the next one goes."""
    ana = await post.person("Ana")
    post.channel.moods["Ana"] = [Unknown("lost"), Unknown("lost")]
    await post.put(ana, "one", "two")
    await post.work(timedelta(seconds=10))
    assert [text for _, _, text, _ in post.channel.calls] == ["one", "one", "two"]
    assert await post.ended() == ["unknown"]


async def test_an_announcement_is_never_said_twice(post: Post) -> None:
    """An announcement whose answer was lost goes to the list at once."""
    ana = await post.person("Ana")
    post.channel.moods["Ana"] = [Unknown("lost")]
    await post.put(ana, "news", lane=Lane.ANNOUNCEMENT)
    await post.work(timedelta(seconds=10))
    assert len(post.channel.calls) == 1
    assert await post.ended() == ["unknown"]


@pytest.mark.parametrize("fault", [Refused("bad"), ValueError("a fault of ours")])
async def test_what_can_never_be_sent_is_listed(post: Post, fault: Exception) -> None:
    """A message that is refused, or at which we fail ourselves, is tried once and listed; its chat goes on."""
    ana = await post.person("Ana")
    post.channel.moods["Ana"] = [fault]
    await post.put(ana, "one", "two")
    await post.work(timedelta(seconds=5))
    assert [text for _, _, text, _ in post.channel.calls] == ["one", "two"]
    assert await post.ended() == ["dead"]


async def test_who_cannot_be_reached_is_left_alone(post: Post) -> None:
    """Where somebody blocked us everything that waits is buried, and the desk learns that and no more."""
    case, _ = await post.card()
    query = sa.select(address_table.c.id).where(address_table.c.place == "Zoe")
    zoe = AddressId(await post.database.read(lambda c: c.execute(query).scalar_one()))
    post.channel.moods["Zoe"] = [Unreachable("blocked")]
    await post.database.write(lambda c: outbox.put(c, zoe, say("Decided"), now=NOW, about=case.id))
    await post.put(zoe, "two", "three")
    await post.work(timedelta(seconds=5))
    assert post.channel.shown_in("Zoe") == []
    assert await post.ended() == ["dead"] * 3
    entries = await post.database.read(lambda c: c.execute(sa.select(journal.c.act)).scalars().all())
    assert entries == ["unreachable"]
    card = post.channel.newest("-1")[0].message.plain()
    assert "cannot be reached" in card
    assert "Zoe" not in card


async def test_a_card_that_is_gone_is_posted_anew(post: Post) -> None:
    """Where the message of a card was deleted, the next change posts it again, once."""
    case, room = await post.card()
    post.channel.moods["-1"] = [Gone("deleted")]
    await post.draw(case, room)
    await post.work(timedelta(seconds=5))
    assert len(post.channel.newest("-1")) == 2
    shown = await post.database.read(lambda c: rooms.card_number(c, room, case.id))
    assert shown == post.channel.newest("-1")[0].number


@pytest.mark.parametrize("known", [False, True], ids=["unheard of", "written in before"])
async def test_a_room_that_moved_is_followed(post: Post, known: bool) -> None:  # noqa: FBT001  (pytest gives it)
    """A room that lives elsewhere now gets its open cards there, even where somebody wrote there before we knew."""
    case, room = await post.card()
    if known:
        await post.database.write(lambda c: addresses.add(c, "telegram", "-100", addresses.ROOM))
    post.channel.moods["-1"] = [Moved("-100")]
    await post.draw(case, room)
    await post.work(timedelta(seconds=10))
    assert len([call for call in post.channel.calls if call[1] == "-1"]) == 2
    assert [said.number for said in post.channel.newest("-100")]
    new = await post.database.read(lambda c: addresses.find(c, "telegram", "-100"))
    assert new is not None
    assert await post.database.read(lambda c: rooms.queue_of(c, new)) == "outdoors"
    assert (
        await post.database.read(lambda c: rooms.card_number(c, new, case.id)) == post.channel.newest("-100")[0].number
    )


async def test_replies_overtake_a_running_announcement(post: Post) -> None:
    """While 200 people are told something, whoever writes is answered at once."""

    def announce(c: Connection) -> None:
        for number in range(200):
            outbox.put(c, a_person(c, f"P{number}").id, say("news"), now=NOW, lane=Lane.ANNOUNCEMENT)

    await post.database.write(announce)
    await post.work(timedelta(seconds=2))
    ana = await post.person("Ana")
    asked_at = post.clock.now().timestamp()
    await post.put(ana, "hello")
    await post.work(timedelta(seconds=8))
    (answered_at,) = [at for at, place, _, _ in post.channel.calls if place == "Ana"]
    assert answered_at - asked_at < 0.2
    assert len(post.channel.calls) == 201


async def test_order_holds_in_every_chat(post: Post) -> None:
    """Twelve chats at once, some of them moody: each reads its messages in order, and each message once."""
    people = [await post.person(f"P{number}") for number in range(12)]
    texts = [f"{number}" for number in range(5)]
    for number, person in enumerate(people):
        post.channel.moods[f"P{number}"] = [NotSent("off"), Throttled(2)][: number % 3]  # type: ignore[assignment]
        await post.put(person, *texts)
    await post.work(timedelta(seconds=20))
    assert {tuple(post.channel.shown_in(f"P{number}")) for number in range(12)} == {tuple(texts)}


async def test_after_a_kill_what_was_under_way_is_listed(post: Post) -> None:
    """An announcement that a kill interrupted is on the list after the start, and a reply is sent."""
    ana = await post.person("Ana")
    await post.put(ana, "news", lane=Lane.ANNOUNCEMENT)
    await post.put(ana, "reply")
    mine = sa.select(outbox_table.c.id).where(outbox_table.c.lane == Lane.ANNOUNCEMENT.value)
    await post.database.write(lambda c: outbox.mark_sending(c, list(c.execute(mine).scalars())))
    await post.delivery.recover()
    await post.work(timedelta(seconds=2))
    assert post.channel.shown_in("Ana") == ["reply"]
    assert await post.ended() == ["unknown"]


async def test_a_channel_that_is_not_there_yet_delays_nobody(post: Post) -> None:
    """What is for a channel that is not connected waits, and all else goes."""
    web = await post.database.write(lambda c: addresses.add_citizen(c, "web", "w", "en", now=NOW))
    await post.put(web.id, "later")
    await post.put(await post.person("Ana"), "now")
    await post.work(timedelta(seconds=1))
    assert [text for _, _, text, _ in post.channel.calls] == ["now"]
