"""One budget a room: edits are drawn together, what is pressing goes first, and a rush is told in batches."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.channel import Gone, NotSent
from bot.delivery import Delivery
from bot.library import open_library
from bot.pacing import ROOM_CALLS, Pace
from bot.turns import Turns
from dialogs.cases.case import Actor, Case, Deed, Entry
from dialogs.cases.urgency import Urgency
from dialogs.effects import ForgetPerson, WriteEntry
from dialogs.events import Pressed, Update
from dialogs.ids import AddressId, VersionId
from storage import outbox
from storage.addresses import Address
from storage.batches import gather
from storage.database import Connection, Database
from storage.recorder import Place, draw_cards, record, record_case
from tests.bot.test_delivery import Moody, Post
from tests.stage import StageClock, starter_town
from tests.storage.rows import NOW, a_case, a_person, a_room, a_servant, a_version

ROOM, BATCH = "-1", "📬"


@dataclass(slots=True)
class Desk:
    """A room with its delivery, the turns of a servant, and Zoe, who sends cases in."""

    post: Post
    turns: Turns
    room: AddressId
    zoe: Address
    version: VersionId
    cases: list[Case] = field(default_factory=list)
    presses: int = 0

    async def open(self, count: int) -> list[Case]:
        """Open cases at once."""
        now = self.post.clock.now()

        def work(c: Connection) -> list[Case]:
            codes = [f"{len(self.cases) + number:04}-WORD" for number in range(count)]
            opened = [a_case(c, self.zoe, code=code, version=self.version) for code in codes]
            for case in opened:
                draw_cards(c, case, now=now, urgency=Urgency.NEW)
            return opened

        opened = await self.post.database.write(work)
        self.cases += opened
        self.post.delivery.wake()
        return opened

    async def change(self, case: Case, actor: Actor = Actor.SERVANT) -> None:
        """Write a line into the journal of a case."""
        now = self.post.clock.now()
        act = Deed.NOTE if actor is Actor.SERVANT else Deed.WORDS
        effect = WriteEntry(case, Entry(act, actor, now, words="A line"))
        await self.post.database.write(lambda c: record_case(c, effect, now=now))
        self.post.delivery.wake()

    async def work(self, seconds: float) -> None:
        """Deliver for so long."""
        await self.post.work(timedelta(seconds=seconds))

    async def press(self, label: str, *, sender: str = "Lee") -> str:
        """Press the newest button of the room with this label, and give the toast."""
        self.presses += 1
        update = Update(
            channel="telegram",
            bot="stage",
            key=str(self.presses),
            place=ROOM,
            private=False,
            sender=sender,
            event=Pressed(self.post.channel.button(ROOM, label).data),
            sent_at=self.post.clock.now(),
            position=None,
        )
        return (await self.turns.take(update)).toast

    def sent(self, since: int = 0) -> list[str]:
        """Give what was shown from a call on: of each the code of its case, or the sign of a batch."""
        texts = [text for _, _, text, was_shown in self.post.channel.calls[since:] if was_shown]
        codes = [case.code for case in self.cases]
        return [BATCH if BATCH in text else next(code for code in codes if code in text) for text in texts]


@pytest.fixture
async def desk(database: Database) -> Desk:
    """A desk on each database."""
    clock = StageClock(NOW)
    channel = Moody(clock=clock)
    library = await database.write(lambda c: open_library(c, starter_town(), now=NOW))
    delivery = Delivery(database, library, {"telegram": channel}, clock, Pace(per_second=26))

    def begin(c: Connection) -> tuple[AddressId, Address, VersionId]:
        a_servant(c, "Lee")
        return a_room(c, ROOM), a_person(c, "Zoe"), a_version(c)

    room, zoe, version = await database.write(begin)
    turns = Turns(database, library, clock, delivery)
    return Desk(Post(database, clock, channel, delivery), turns, room, zoe, version)


async def test_ten_changes_cost_one_call(desk: Desk) -> None:
    """What changes within two seconds is drawn once, two seconds after the first change."""
    (case,) = await desk.open(1)
    await desk.work(5)
    start = desk.post.clock.now().timestamp()
    for _ in range(10):
        await desk.change(case)
        await desk.post.delivery.send_due()
        desk.post.clock.move_to(desk.post.clock.now() + timedelta(seconds=0.1))
    await desk.work(5)
    (edit,) = desk.post.channel.calls[1:]
    assert 2 <= edit[0] - start < 2.2


async def test_what_is_pressing_overtakes_what_is_new(desk: Desk) -> None:
    """The answer of a citizen and the card that a servant pressed go before new cards that have waited less long."""
    one, two = await desk.open(2)
    await desk.work(10)
    await desk.change(one)
    await desk.change(two, Actor.CITIZEN)
    desk.post.clock.move_to(desk.post.clock.now() + timedelta(seconds=3))
    new = await desk.open(5)
    await desk.work(60)
    assert desk.sent(2)[:2] == [two.code, one.code]
    assert sorted(desk.sent(2)[2:]) == [case.code for case in new]


async def test_six_new_cards_are_cards_and_seven_a_batch(desk: Desk) -> None:
    """As long as few wait each new case has a card of its own; more of them stand in one message."""
    few = await desk.open(6)
    await desk.work(60)
    assert desk.sent() == [case.code for case in few]
    await desk.open(23)
    await desk.work(120)
    assert desk.sent(6)[:2] == [BATCH, BATCH]
    assert desk.sent(6)[2:] == [case.code for case in desk.cases[-3:]]
    listed = "\n".join(said.message.plain() for said in desk.post.channel.newest(ROOM))
    assert all(listed.count(case.code) == 1 for case in desk.cases)


async def test_a_number_opens_its_card(desk: Desk) -> None:
    """A number of a batch posts the card of its case, once, for a servant of the queue; then the card is acted on."""
    await desk.open(8)
    await desk.work(5)
    assert "not on our list" in await desk.press("3", sender="Stranger")
    assert await desk.press("3") == "Its card comes in a moment."
    await desk.work(2)
    assert desk.sent() == [BATCH, desk.cases[2].code]
    assert await desk.press("3") == "Its card is in this room already."
    assert await desk.press("Claim") == "It is yours."
    await desk.work(60)
    batch = next(said for said in desk.post.channel.newest(ROOM) if BATCH in said.message.plain())
    assert f"3. ✋ {desk.cases[2].code}" in batch.message.plain()
    assert [button.text for row in batch.message.buttons for button in row] == ["1", "2", "4", "5", "6", "7", "8"]


async def test_who_acts_elsewhere_brings_the_card(desk: Desk) -> None:
    """A case that only a batch lists gets its card when something happens to it."""
    await desk.open(7)
    await desk.work(5)
    await desk.change(desk.cases[4])
    await desk.work(5)
    assert desk.sent() == [BATCH, desk.cases[4].code]


async def test_a_batch_forgets(desk: Desk) -> None:
    """Words that were taken back leave the batch within seconds, and no card is posted to say so."""
    await desk.open(7)
    await desk.work(5)
    place, now = Place(desk.zoe, desk.version), desk.post.clock.now()
    await desk.post.database.write(lambda c: record(c, (ForgetPerson(),), place, now=now))
    await desk.work(5)
    (batch,) = desk.post.channel.newest(ROOM)
    assert batch.message.plain().count("words taken back") == 7
    assert "bench" not in batch.message.plain()
    assert desk.sent() == [BATCH, BATCH]


async def test_a_batch_that_fails_is_sent_again_whole(desk: Desk) -> None:
    """Not sent, a batch is tried again as it was; deleted in the room, it is posted anew at the next change."""
    desk.post.channel.moods[ROOM] = [NotSent("off"), NotSent("off")]
    await desk.open(9)
    await desk.work(20)
    assert desk.sent() == [BATCH]
    assert desk.post.channel.newest(ROOM)[0].message.plain().count("WORD") == 9
    desk.post.channel.moods[ROOM] = [Gone("deleted")]
    place, now = Place(desk.zoe, desk.version), desk.post.clock.now()
    await desk.post.database.write(lambda c: record(c, (ForgetPerson(),), place, now=now))
    await desk.work(20)
    assert desk.sent() == [BATCH, BATCH]


async def test_after_a_kill_a_batch_is_whole(desk: Desk) -> None:
    """Killed after its cards became a batch and before that was sent, the room gets the batch, and each case once."""
    await desk.open(12)
    now = desk.post.clock.now()

    def die(c: Connection) -> None:
        due = outbox.list_due(c, now=now, limit=100, channels=["telegram"], passing_over=[])
        assert gather(c, due[0], now=now).draws_batch is not None
        # One that was read before finds that it is gathered already.
        assert not outbox.start_drawing(c, due[1].id)
        assert gather(c, due[1], now=now) == due[1]

    await desk.post.database.write(die)
    await desk.post.delivery.recover()
    await desk.work(60)
    assert desk.sent() == [BATCH, desk.cases[10].code, desk.cases[11].code]


async def test_the_budget_survives_a_restart(desk: Desk) -> None:
    """After a restart the calls of the last minute count, and so does what of them was pressing."""
    for _ in range(20):
        await desk.open(1)
        await desk.work(0.01)
    await desk.work(30)
    spent = len(desk.post.channel.calls)
    library = await desk.post.database.write(lambda c: open_library(c, starter_town(), now=NOW))
    channels = {"telegram": desk.post.channel}
    desk.post.delivery = Delivery(desk.post.database, library, channels, desk.post.clock, Pace(per_second=26))
    await desk.post.delivery.recover()
    await desk.open(30)
    await desk.work(29)
    assert spent < len(desk.post.channel.calls) <= ROOM_CALLS
