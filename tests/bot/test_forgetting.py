"""What somebody takes back is nowhere any more: before it was sent by "cancel", and after it by "forget"."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.channel import NotSent, SendingFailed, Unknown, Unreachable
from dialogs.effects import ForgetPerson
from dialogs.events import Pressed, TextSent, Update
from dialogs.ids import AddressId, MediaId, VersionId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Line, Message, Quote, say
from storage import addresses, inbox, lines, media, visits
from storage.case_tables import asks, cases, contributors, every_table, journal
from storage.codec import pack_message
from storage.database import Connection, Database
from storage.outbox import list_ended
from storage.recorder import Place, record
from storage.tables import addresses as addresses_table
from storage.tables import inbox as inbox_table
from storage.tables import media as media_table
from storage.tables import outbox, people, sessions
from tests.stage import MORNING, Stage, StageChannel, set_stage
from tests.storage.rows import bytes_of, files_of

CANARY = "canary-of-ana"


@pytest.mark.parametrize("ending", [("cancel", "yes"), ("cancel", "cancel")])
async def test_what_is_cancelled_is_nowhere(database: Database, ending: tuple[str, str]) -> None:
    """After cancel no table holds a word of what was said, be it answered, still to be said, or shown on the web."""
    async with set_stage(database) as stage:
        await stage.say("Ana", "/start")
        await stage.press("Ana", "Share an idea")
        await stage.press("Ana", "Library")
        await stage.say("Ana", f"The {CANARY} needs more tables.")
        await stage.say("Ana", "done")
        await stage.say("Ana", f"Because {CANARY} told me so.")
        await database.write(_show_on_the_web)
        assert await database.read(where_it_is) >= {"sessions", "lines"}
        for word in ending:
            await stage.say("Ana", word)
        assert await database.read(where_it_is) == set()
        assert "Nothing was kept" in stage.channel.newest("Ana")[0].message.plain()


async def test_what_was_kept_for_later_goes_with_cancel(database: Database) -> None:
    """Words that waited for their place are deleted by cancel, and so is what repeated them."""
    async with set_stage(database) as stage:
        await stage.say("Ana", f"Hello from {CANARY}.")
        assert "people" in await database.read(where_it_is)
        await stage.say("Ana", "cancel")
        assert await database.read(where_it_is) == set()


async def test_what_was_sent_stays_with_its_case_only(database: Database) -> None:
    """A contribution is kept once: neither the conversation nor the outbox holds its words any more."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        assert await database.read(where_it_is) == {"contributions"}


async def test_who_is_forgotten_is_nowhere(database: Database, database_url: str) -> None:
    """After a case, questions, a "no", a photo, a new draft and more, one "forget" leaves not a byte of it."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        found = await database.read(where_it_is)
        assert found >= {"contributions", "asks", "journal", "sessions", "lines", "inbox", "outbox", "media"}
        assert found >= {"people", "contributors"}
        await forget(stage)
        assert await database.read(where_it_is) == set()
        assert await database.read(lambda c: c.execute(sa.select(media_table.c.id)).all()) == []
        assert "Everything is deleted" in stage.channel.newest("Ana")[0].message.plain()
        card = next(said.message.plain() for said in stage.channel.newest("library") if said.message.protected)
        assert CANARY not in card
        # As the house does within the hour, with the database open.
        assert await database.wash()
        assert CANARY.encode() not in files_of(database_url)
        assert "What Citizen" in card
    await database.close()
    assert bytes_of(database_url).count(CANARY.encode()) == 0


async def test_nothing_leads_from_the_case_to_the_chat(database: Database) -> None:
    """The case has a contributor still, but no table ties that person to an address, and no address to the case."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        await forget(stage)
        old = await database.read(lambda c: c.execute(sa.select(contributors.c.person_id)).scalar_one())
        assert await database.read(lambda c: _addresses_of(c, old)) == []
        ana = await database.read(lambda c: addresses.find(c, "telegram", "Ana"))
        tied = sa.select(outbox).where(outbox.c.address_id == ana, outbox.c.case_id.is_not(None))
        assert await database.read(lambda c: c.execute(tied).all()) == []
        asked = sa.select(sessions.c.prompt_id).where(sessions.c.person_id == old, sessions.c.prompt_id.is_not(None))
        assert await database.read(lambda c: c.execute(asked).all()) == []
        assert await database.read(lambda c: visits.address_of_receipt(c, "0123-4567-89AB")) is None
        language = await database.read(lambda c: c.execute(sa.select(people.c.language).order_by(people.c.id)).all())
        assert language[0] == language[-1]


async def test_the_case_goes_on_without_its_person(database: Database) -> None:
    """It can be claimed and decided, its notices reach nobody, and the one who was forgotten hears nothing of it."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        await forget(stage)
        heard = len(stage.channel.newest("Ana"))
        await stage.press("library", "Claim", sender="Lee")
        await stage.press("library", "Decide", sender="Lee")
        await stage.press("Lee", "Already exists")
        await stage.say("Lee", "We will buy three tables.")
        await stage.press("Lee", "Send")
        await stage.pass_time(timedelta(days=60))
        assert await database.read(lambda c: c.execute(sa.select(cases.c.state)).scalars().all()) == ["unconfirmed"]
        assert len(stage.channel.newest("Ana")) == heard
        await stage.say("Ana", "status")
        assert "You have not sent us anything yet" in stage.channel.newest("Ana")[0].message.plain()


async def test_others_keep_what_they_said(database: Database) -> None:
    """Ben, whose update was set aside too and whose number holds Ana's, keeps every word."""
    async with set_stage(database) as stage:
        await contribute(stage, "12", "The library needs a lamp.")
        await contribute(stage, "112", f"The {CANARY} needs more tables.")
        await database.write(lambda c: _set_aside(c, "112"))
        await database.write(lambda c: _set_aside(c, "12"))
        await forget(stage, "12")
        held = sa.select(inbox_table.c.aside).where(inbox_table.c.aside.is_not(None))
        assert await database.read(lambda c: c.execute(held).scalars().all()) == [_raw("112")]
        assert await database.read(where_it_is) == {"contributions", "inbox"}
        await stage.say("112", "status")
        assert CANARY in stage.channel.newest("112")[0].message.plain()


async def test_a_redelivered_update_brings_nothing_back(database: Database) -> None:
    """What was delivered before is known still, also an update that was set aside and is empty now."""
    async with set_stage(database) as stage:
        said = Update(
            channel="telegram",
            bot="stage",
            key="again",
            place="Ana",
            private=True,
            sender="Ana",
            event=TextSent(f"Hello from {CANARY}."),
            sent_at=MORNING,
        )
        await stage.take(said)
        await database.write(lambda c: _set_aside(c, "Ana"))
        await forget(stage)
        await stage.take(said)
        assert await database.read(where_it_is) == set()
        assert await database.read(lambda c: inbox.receive(c, _keyed(said, "aside-Ana"), now=MORNING)) is False


class SlowChannel(StageChannel):
    """A channel whose notices take until a test lets them go."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way, self.let_go = asyncio.Event(), asyncio.Event()

    async def send(self, place: str, message: Message, *, key: int) -> int:
        if CANARY in message.plain() and "promised you news" in message.plain():
            self.under_way.set()
            await self.let_go.wait()
        return await super().send(place, message, key=key)


@pytest.mark.parametrize("outcome", [None, NotSent("no"), Unknown("lost"), Unreachable("blocked")])
async def test_what_was_under_way_does_not_come_back(database: Database, outcome: SendingFailed | None) -> None:
    """However a notice ends that was being sent while its person was forgotten: no row has its words again."""
    slow = SlowChannel()
    async with set_stage(database, shown=slow) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        passing = asyncio.create_task(stage.pass_time(timedelta(days=15)))
        await slow.under_way.wait()
        slow.failures += [outcome] if outcome else []
        assert "outbox" in await database.read(where_it_is)
        await database.write(lambda c: _forget_now(c, stage))
        slow.let_go.set()
        await passing
        assert await database.read(where_it_is) == set()
        heard = [said for said in stage.channel.newest("Ana") if "promised you news" in said.message.plain()]
        assert len(heard) == (1 if outcome is None else 0)


async def test_what_may_have_been_sent_is_no_longer_on_the_list(database: Database) -> None:
    """A notice whose outcome nobody knows is emptied, and nobody can send it again."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        stage.channel.failures.append(Unknown("the answer was lost"))
        await stage.pass_time(timedelta(days=15))
        assert await database.read(where_it_is) == {"contributions", "outbox"}
        assert len(await database.read(list_ended)) == 1
        await forget(stage)
        assert await database.read(where_it_is) == set()
        assert await database.read(list_ended) == []


async def test_who_is_being_told_something_is_forgotten_all_the_same(database: Database) -> None:
    """An announcement, a reminder and "forget" at the same moment leave nothing, in whatever order they come."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        await stage.say("Ana", "start")
        await stage.press("Ana", "Share an idea")
        await stage.press("Ana", "Library")
        await stage.say("Ana", f"And {CANARY} wants lamps.")
        stage.clock.move_to(MORNING + timedelta(days=15))
        forgotten = [database.write(lambda c: _forget_now(c, stage))]
        await asyncio.gather(
            *(stage.timekeeper.work_once() for _ in range(4)), *forgotten, stage.timekeeper.work_once()
        )
        await stage.do_what_is_due()
        assert await database.read(where_it_is) == set()


async def test_a_press_from_before_means_nothing(database: Database) -> None:
    """Old buttons of somebody who was forgotten get a kind word, and touch neither case nor question."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        buttons = [b.data for said in stage.channel.newest("Ana") for row in said.message.buttons for b in row]
        await forget(stage)
        before = await database.read(lambda c: c.execute(sa.select(journal)).all())
        for data in dict.fromkeys(buttons):
            if not data.startswith(("f:", "l:", "w:")):
                await stage.happen("Ana", Pressed(data))
        assert await database.read(lambda c: c.execute(sa.select(journal)).all()) == before
        assert await database.read(lambda c: c.execute(sa.select(asks.c.answer)).scalars().all()) == [None, None]


async def contribute(stage: Stage, person: str, idea: str) -> None:
    """Send an idea for the library."""
    await stage.say(person, "/start")
    await stage.press(person, "Share an idea")
    await stage.press(person, "Library")
    for text in (idea, "done", "skip", "skip", "send"):
        await stage.say(person, text)


async def live_a_whole_case(stage: Stage) -> None:
    """Leave the canary wherever a citizen's words can be."""
    await stage.enrol("Lee", "community", "lead")
    await stage.bind("library", "Lee", "community")
    await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
    await stage.press("library", "Claim", sender="Lee")
    await stage.press("library", "Ask", sender="Lee")
    await stage.say("Lee", "How many tables?")
    await stage.press("Lee", "Send")
    await stage.pass_time(timedelta(minutes=1))
    await stage.say("Ana", f"Three, says {CANARY}.")
    await stage.press("library", "Decide", sender="Lee")
    await stage.press("Lee", "Already exists")
    await stage.say("Lee", "We will buy three tables.")
    await stage.press("Lee", "Send")
    await stage.pass_time(timedelta(days=15))
    await stage.press("Ana", "No")
    await stage.say("Ana", f"There are two only, says {CANARY}.")
    await stage.press("Ana", "Share an idea")
    await stage.press("Ana", "Parks and playgrounds")
    await stage.say("Ana", f"A tree for {CANARY}.")
    await stage.database.write(_leave_traces)


def _leave_traces(c: Connection) -> None:
    """Put what the web, a refused message, an odd update, a photo and a servant's preview would leave behind."""
    _show_on_the_web(c)
    ana = addresses.find_address(c, "telegram", "Ana")
    assert ana is not None
    dead = {"status": "dead", "message": pack_message(say(CANARY)), "lane": 0, "due_at": MORNING, "created_at": MORNING}
    c.execute(outbox.insert().values(address_id=ana.id, **dead))
    c.execute(people.update().where(people.c.id == ana.person).values(loose_words=CANARY, loose_at=MORNING))
    c.execute(contributors.update().where(contributors.c.person_id == ana.person).values(part=CANARY))
    session = c.execute(sa.select(sessions.c.id).order_by(sessions.c.opened_at).limit(1)).scalar_one()
    photo = Media(Attachment(MediaId("a" * 22), MediaKind.PHOTO, 0), CANARY.encode())
    media.keep(c, session, photo, now=MORNING)
    visits.keep_receipt(c, ana.id, "0123-4567-89AB", at=MORNING)
    lee = addresses.find(c, "telegram", "Lee")
    assert lee is not None
    code = c.execute(sa.select(cases.c.code)).scalars().first()
    preview = Message((Line(f"About {code}."), Quote(f"The {CANARY} needs more tables."), Quote("How many tables?")))
    lines.add(c, lee, pack_message(preview), at=MORNING)
    room = addresses.find(c, "telegram", "library")
    assert room is not None
    lines.add(c, room, pack_message(Message((Line(f"All of {code}:"), Quote(CANARY)))), at=MORNING)
    _set_aside(c, "Ana")


def _set_aside(c: Connection, place: str) -> None:
    inbox.set_aside(c, "telegram", "stage", f"aside-{place}", _raw(place), now=MORNING)


def _raw(place: str) -> str:
    return f'{{"message": {{"chat": {{"id": "{place}"}}, "text": "{CANARY}"}}}}'


def _keyed(update: Update, key: str) -> Update:
    return Update(**{name: getattr(update, name) for name in Update.__slots__} | {"key": key})


async def forget(stage: Stage, person: str = "Ana") -> None:
    """Ask to be forgotten, and mean it."""
    await stage.say(person, "forget me")
    await stage.press(person, "Yes, delete it")


def _forget_now(c: Connection, stage: Stage) -> None:
    ana = addresses.find_address(c, "telegram", "Ana")
    record(c, (ForgetPerson(),), Place(ana, VersionId(0)), now=stage.clock.now())


def _show_on_the_web(c: Connection) -> None:
    ana = addresses.find(c, "telegram", "Ana")
    assert ana is not None
    lines.add(c, AddressId(ana), pack_message(say(f"You have {CANARY} so far.")), at=MORNING)


def _addresses_of(c: Connection, person: int) -> list[int]:
    return list(c.execute(sa.select(addresses_table.c.id).where(addresses_table.c.person_id == person)).scalars())


def where_it_is(c: Connection) -> set[str]:
    """Name the tables that hold the canary anywhere."""
    # A row by itself writes long texts with a gap in the middle.
    held = {table.name: [tuple(row) for row in c.execute(sa.select(table))] for table in every_table.sorted_tables}
    return {name for name, rows in held.items() if CANARY in str(rows)}
