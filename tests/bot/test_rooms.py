"""Rooms on Telegram: topics that close, groups that move, and who has no rights there."""

from datetime import timedelta

import pytest

from bot.channel import Closed, Throttled
from dialogs.events import Blocked, Pressed, RoomEntered, RoomLeft, TextEdited, TextSent, Update
from dialogs.presses import SignPress, pack
from storage import rooms
from storage.database import Database
from tests.bot.test_delivery import Moody
from tests.stage import MORNING, Stage, set_stage

IDEA = "A bus on Sunday mornings."


async def submit(stage: Stage, person: str = "Ana", idea: str = IDEA) -> None:
    """Hand in an idea for the queue outdoors."""
    await stage.propose(person, idea, service="Town buses")


def texts(stage: Stage, place: str) -> list[str]:
    """Give what a chat shows, the newest first."""
    return [said.message.plain() for said in stage.channel.newest(place)]


async def forum(stage: Stage, **topics: str) -> None:
    """Let Mia lead everything, and make each topic of the forum the room of a queue."""
    for queue in ("outdoors", "care"):
        await stage.enrol("Mia", queue, "lead")
    await stage.happen("forum", RoomEntered(), sender="Mia")
    for topic, queue in topics.items():
        await stage.happen(f"forum/{topic.removeprefix('t')}", TextSent(f"/bind {queue}"), sender="Mia")


async def test_a_closed_topic_goes_on_in_general(database: Database) -> None:
    """The cards of a topic that is closed come in General, the lead is told once, and acts go on there."""
    channel = Moody()
    async with set_stage(database, shown=channel) as stage:
        channel.clock = stage.clock
        await forum(stage, t7="outdoors")
        await submit(stage)
        channel.moods["forum/7"] = [Closed("TOPIC_CLOSED"), Closed("TOPIC_CLOSED")]
        await submit(stage, "Ben", "A bench at the stop.")
        assert [text for text in texts(stage, "forum") if "A bench at the stop." in text]
        assert [text for text in texts(stage, "forum") if IDEA in text]
        told = [text for text in texts(stage, "Mia") if "is closed or gone" in text]
        assert len(told) == 1
        assert "/bind outdoors" in told[0]
        await stage.press("forum", "Claim", sender="Mia")
        assert [text for text in texts(stage, "forum") if "TAKEN" in text]


async def test_general_may_be_the_room_of_another_queue(database: Database) -> None:
    """Where General is another queue's room, no card of a closed topic is shown there, and the lead is told."""
    channel = Moody()
    async with set_stage(database, shown=channel) as stage:
        channel.clock = stage.clock
        await forum(stage, t7="outdoors")
        await stage.happen("forum", TextSent("/bind care"), sender="Mia")
        channel.moods["forum/7"] = [Closed("message thread not found")]
        await submit(stage)
        assert not [text for text in texts(stage, "forum") if IDEA in text]
        assert [text for text in texts(stage, "Mia") if "cards no longer appear there" in text]


async def test_a_closed_general_is_no_room_any_more(database: Database) -> None:
    """A group without topics to go to is left alone, and the lead is told that there is no room there."""
    channel = Moody()
    async with set_stage(database, shown=channel) as stage:
        channel.clock = stage.clock
        await forum(stage)
        await stage.happen("forum", TextSent("/bind outdoors"), sender="Mia")
        channel.moods["forum"] = [Closed("TOPIC_CLOSED")]
        await submit(stage)
        await submit(stage, "Ben")
        assert not [text for text in texts(stage, "forum") if IDEA in text]
        assert len([text for text in texts(stage, "Mia") if "cards no longer appear there" in text]) == 1


async def test_a_throttled_topic_holds_its_group(database: Database) -> None:
    """A 429 in one topic holds all of the group, and no other group."""
    channel = Moody()
    async with set_stage(database, shown=channel) as stage:
        channel.clock = stage.clock
        await forum(stage, t7="outdoors", t9="outdoors")
        await stage.bind("office", "Mia", "outdoors")
        await stage.pass_time(timedelta(minutes=2))
        channel.moods["forum/7"] = [Throttled(30)]
        before, start = len(channel.calls), stage.clock.now().timestamp()
        await submit(stage)
        calls = [(place, at - start) for at, place, _, was_shown in channel.calls[before:] if was_shown]
        waits = {place: at for place, at in calls if place in ("forum/7", "forum/9", "office")}
        assert waits["office"] < 20
        assert min(waits["forum/7"], waits["forum/9"]) > 29


@pytest.mark.parametrize("text", ["/bind outdoors", "/stats", "A note."])
async def test_who_has_no_account_changes_nothing(database: Database, text: str) -> None:
    """Channels, other bots and what came by way of a bot get nothing and change nothing."""
    async with set_stage(database) as stage:
        await forum(stage, t7="outdoors")
        await submit(stage)
        stage.channel.news.clear()
        (card, *_) = stage.channel.newest("forum/7")
        nobody = Update(
            channel="telegram",
            bot="stage",
            key="nobody",
            place="forum/7",
            private=False,
            sender=None,
            event=TextSent(text),
            sent_at=MORNING,
            position=99,
            reply_to=card.number,
        )
        outcome = await stage.take(nobody)
        assert (outcome.toast, outcome.leave_room, outcome.receipt, stage.channel.news) == ("", False, None, [])


async def test_a_strangers_group_is_never_written_to(database: Database) -> None:
    """An anonymous admin of a stranger's group is asked for nothing there: the bot leaves without a word."""
    async with set_stage(database) as stage:
        await forum(stage, t7="outdoors")
        assert (await stage.happen("party", RoomEntered(), sender="Zoe")).leave_room
        for place in ("party", "party/3"):
            assert (await stage.happen(place, TextSent("/bind outdoors"), sender="Zoe", anonymous=True)).leave_room
            assert texts(stage, place) == []
        # And once it is out of a room, that is a stranger's too.
        await stage.happen("forum", RoomLeft(), sender="")
        assert (await stage.happen("forum/7", TextSent("/stats"), sender="Mia", anonymous=True)).leave_room


async def test_a_forged_signature_signs_nothing(database: Database) -> None:
    """The button for an anonymous text works in its own chat only, and only with its own number."""
    async with set_stage(database) as stage:
        await forum(stage, t7="outdoors", t9="care")
        await stage.happen("forum/7", TextSent("/stats"), sender="Mia", anonymous=True)
        data = stage.channel.button("forum/7", "it was me").data
        stage.channel.news.clear()
        for place, forged in (("forum/9", data), ("forum/7", pack(SignPress(5))), ("Mia", data)):
            sender = None if place == "Mia" else "Mia"
            assert (await stage.happen(place, Pressed(forged), sender=sender)).toast
        assert stage.channel.news == []
        await stage.happen("forum/7", Pressed(data), sender="Mia")
        assert "how the cases stand" in texts(stage, "forum/7")[0]


async def test_an_edit_of_side_talk_changes_nothing(database: Database) -> None:
    """What is edited in a room and was no note stays the servants' own talk."""
    async with set_stage(database) as stage:
        await forum(stage, t7="outdoors")
        await submit(stage)
        stage.channel.news.clear()
        await stage.happen("forum/7", TextEdited("Lunch at one?", 12), sender="Mia")
        await stage.happen("forum/7", TextEdited("Lunch at one?", 12), sender="Mia", anonymous=True)
        assert stage.channel.news == []


async def test_a_refusal_can_be_read(database: Database) -> None:
    """A note that is refused is told in private, and without a word of it where there is no private chat."""
    async with set_stage(database) as stage:
        await forum(stage, t7="outdoors")
        await submit(stage)
        await stage.enrol("Kim", "care", "reviewer")
        (card, *_) = stage.channel.newest("forum/7")
        await stage.happen("forum/7", TextSent("A secret word."), sender="Kim", reply_to=card.number)
        assert "was not taken" in texts(stage, "Kim")[0]
        await stage.happen("Kim", Blocked())
        await stage.happen("forum/7", TextSent("A secret word."), sender="Kim", reply_to=card.number)
        assert "Write to me in private" in texts(stage, "forum/7")[0]
        assert not [text for text in texts(stage, "forum/7") if "secret" in text]


async def test_a_web_room_is_given_to_no_other_queue(database: Database) -> None:
    """Who may see a page goes by the queue in its address, so it stays the room of that queue."""
    async with set_stage(database, channel="web") as stage:
        await stage.enrol("Zoe", "outdoors", "lead")
        await stage.enrol("Zoe", "care", "lead")
        await stage.bind("outdoors", "Zoe", "outdoors")
        before = await database.read(lambda c: rooms.rooms_of(c, "outdoors"))
        await stage.happen("outdoors", TextSent("/bind care"), sender="Zoe")
        assert await database.read(lambda c: rooms.rooms_of(c, "outdoors")) == before
