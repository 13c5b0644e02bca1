"""What servants look at by a command or a button: only their queues, never a citizen, and never a word too many."""

from datetime import timedelta

import pytest

from dialogs.desk.listing import PAGE
from dialogs.events import Pressed, TextSent
from dialogs.message import Message
from storage.case_tables import cases, journal
from storage.database import Connection, Database
from tests.bot.test_forgetting import contribute, forget
from tests.stage import Stage, set_stage

NOBODYS = ("k:queue:", "k:mine:", "k:case:K7F3-9QWD", "k:find:bench", "k:stats:", "k:help:")
FORGED = (
    *("k:queue:2027-05-17", "k:queue:.", "k:queue:9999-99-99.1", "k:queue:2027-05-17.-1", "k:queue:2027-05-17.٣"),
    *("k:mine:2027-05-17.9999999999999999999", "k:case:", "k:case:'; DROP", 'k:find:"', "k:nothing:1", "k::", "k"),
)


async def a_library(stage: Stage) -> None:
    """Let Lee look after the library's queue, with a room, and Kim after parks."""
    await stage.enrol("Lee", "community", "lead")
    await stage.enrol("Kim", "outdoors", "reviewer")
    await stage.bind("library", "Lee", "community")


def last(stage: Stage, place: str) -> Message:
    """Give the newest message of a chat."""
    return stage.channel.newest(place)[0].message


async def test_a_list_has_pages(database: Database) -> None:
    """Ten cases a page, in order, none twice; the last page leads no further."""
    async with set_stage(database) as stage:
        await a_library(stage)
        for number in range(PAGE + 3):
            await contribute(stage, f"Ana{number}", f"Table number {number}.")
        await stage.say("Lee", "/queue")
        first = last(stage, "Lee")
        await stage.press("Lee", "More →")
        second = last(stage, "Lee")
        listed = [line for page in (first, second) for line in page.plain().splitlines() if line.startswith("“")]
        assert listed == [f"“Table number {number}.”" for number in range(PAGE + 3)]
        assert "More" not in str(second.buttons)
        assert first.protected


async def test_the_web_room_answers_the_same(sqlite_url: str) -> None:
    """In the servant's own chat beside a web room, and under a card in it, the same commands are answered."""
    database = await Database.open(sqlite_url)
    async with set_stage(database, channel="web") as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More tables.")
        for place, sender in (("Lee", None), ("room:community", "Lee")):
            await stage.happen(place, TextSent("/find table"), sender=sender)
            await stage.press(place, "Open 1", sender=sender)
            assert "All that was written first" in last(stage, place).plain()
    await database.close()


async def test_a_case_is_opened_by_its_number_as_people_type_it(database: Database) -> None:
    """Small letters and missing dashes do; a case of another queue is not there, just as one that never was."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More tables.")
        code = await database.read(lambda c: c.execute(cases.select()).one().code)
        await stage.say("Lee", f"/case {code.replace('-', '').lower()}")
        assert "More tables." in last(stage, "Lee").plain()
        await stage.say("Kim", f"/case {code}")
        unseen = last(stage, "Kim").plain()
        await stage.say("Kim", "/case 0000-0000")
        assert unseen.replace(code, "0000-0000") == last(stage, "Kim").plain()
        await stage.happen("Kim", Pressed(f"k:case:{code}"))
        assert last(stage, "Kim").plain() == unseen


async def test_a_long_story_comes_whole(database: Database) -> None:
    """What a card cuts is all there, in as many messages as it takes, and no part is longer than one can be."""
    story = " ".join(f"word{number}" for number in range(1300))
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", story)
        before = len(stage.channel.newest("Lee"))
        await stage.say("Lee", "/queue")
        await stage.press("Lee", "Open 1")
        told = [said.message for said in reversed(stage.channel.newest("Lee"))][before + 1 :]
        assert all(len(message.plain()) <= 4096 and message.protected for message in told)
        # Each begins with the number of the case.
        text = " ".join(message.plain().partition("\n")[2] for message in told[1:]).replace("“", "").replace("”", "")
        assert story in " ".join(text.split())


async def test_a_room_is_about_its_queue(database: Database) -> None:
    """A servant of two queues sees in a room only what is that room's."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await stage.enrol("Lee", "outdoors", "lead")
        await contribute(stage, "Ana", "More tables.")
        await stage.say("Ben", "/start")
        await stage.press("Ben", "Share an idea")
        await stage.press("Ben", "Town buses")
        for text in ("More buses, please.", "done", "skip", "skip", "send"):
            await stage.say("Ben", text)
        await stage.say("Lee", "/find more")
        assert "buses" in last(stage, "Lee").plain()
        assert "tables" in last(stage, "Lee").plain()
        for asked in ("/find more", "/queue"):
            await stage.happen("library", TextSent(asked), sender="Lee")
            assert "buses" not in last(stage, "library").plain()
            assert "tables" in last(stage, "library").plain()


async def test_a_command_is_no_word_to_a_citizen(database: Database) -> None:
    """In the middle of a draft a servant can look around; the draft waits and takes the next words."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More tables.")
        await stage.press("library", "Claim", sender="Lee")
        await stage.press("library", "Ask", sender="Lee")
        await stage.say("Lee", "/mine")
        assert "These cases are yours" in last(stage, "Lee").plain()
        await stage.say("Lee", "How many?")
        await stage.press("Lee", "Send")
        await stage.pass_time(timedelta(minutes=1))
        assert "How many?" in last(stage, "Ana").plain()
        assert "/mine" not in last(stage, "Ana").plain()


@pytest.mark.parametrize("data", NOBODYS)
async def test_strangers_and_removed_servants_get_nothing(database: Database, data: str) -> None:
    """Whoever is not on the list gets a short word where they press, and in a room none where they type."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More tables.")
        await stage.dismiss("Lee")
        shown = len(stage.channel.newest("library"))
        for who in ("Lee", "Eve"):
            typed = f"/{data.split(':')[1]} {data.split(':')[2]}".strip()
            pressed = await stage.happen("library", Pressed(data), sender=who)
            written = await stage.happen("library", TextSent(typed), sender=who)
            assert pressed.toast == "You are not on our list of staff yet. Ask a lead for an invitation link."
            # Only a press can be answered to one person alone.
            assert written.toast == ""
            await stage.say(who, typed)
            await stage.happen(who, Pressed(data))
        assert len(stage.channel.newest("library")) == shown
        chats = [said.message.plain() for who in ("Lee", "Eve") for said in stage.channel.newest(who)]
        assert "tables" not in " ".join(chats)


@pytest.mark.parametrize("data", FORGED)
async def test_what_is_forged_shows_a_first_page_or_nothing(database: Database, data: str) -> None:
    """A press that we never wrote changes nothing and breaks nothing."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More tables.")
        before = await database.read(_journal)
        outcome = await stage.happen("Lee", Pressed(data))
        assert outcome.toast or last(stage, "Lee").plain()
        await stage.happen("library", Pressed(data), sender="Lee")
        assert await database.read(_journal) == before


async def test_what_was_forgotten_is_not_shown(database: Database) -> None:
    """After "forget" no list, no search and no case has a word of it."""
    async with set_stage(database) as stage:
        await a_library(stage)
        await contribute(stage, "Ana", "More canaryofana tables.")
        await stage.say("Lee", "/find canaryofana")
        assert "Open 1" in str(last(stage, "Lee").buttons)
        await forget(stage)
        known = len(stage.channel.newest("Lee"))
        await stage.say("Lee", "/find tables")
        await stage.say("Lee", "/queue")
        await stage.press("Lee", "Open 1")
        told = stage.channel.newest("Lee")[:-known]
        assert len(told) >= 4
        assert "canaryofana" not in " ".join(said.message.plain() for said in told)


def _journal(c: Connection) -> int:
    return len(c.execute(journal.select()).all())
