"""What Telegram and its people can do to the loop: limits, blocks, moves, lost answers, late presses."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot import cli
from bot.app import House
from tests.botapi import BotApi, Group, How, User
from tests.journeys.acts import act, card_of, decide, enrol, make_room, propose
from tests.journeys.living import FastClock, living, settings_of, town_on_telegram

IDEA = "The bench by the north gate has no shade."
REASON = "We will plant two trees there in October."


async def an_idea_on_the_desk(house: House, api: BotApi) -> tuple[User, User, Group, str]:
    """Let Lee have a room, and Ana an idea: give both, the room and the case's code."""
    lee, ana = api.user("Lee"), api.user("Ana")
    await enrol(house, lee, "outdoors")
    room = await make_room(api, lee, "outdoors")
    return lee, ana, room, await propose(ana, IDEA)


async def test_a_held_group_holds_nobody_else(sqlite_url: str, tmp_path: Path) -> None:
    """After a 429 the group is left alone until its time has come; people and other groups are served meanwhile."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana, ben = api.user("Lee"), api.user("Ana"), api.user("Ben")
        await enrol(house, lee, "outdoors", "admin")
        parks, care = await make_room(api, lee, "outdoors"), await make_room(api, lee, "care")
        api.fail_next("sendMessage", How.THROTTLED, chat=parks.id, seconds=120)
        held = await propose(ana, IDEA)
        other = await propose(ben, "A second chair in the waiting room.", service="Health centre")
        await card_of(api, care, other, "NEW")
        assert held not in "".join(message.text for message in parks.messages)
        await card_of(api, parks, held, "NEW")
        refused, after = [call.at for call in api.called("sendMessage", parks.id) if call.code in (429, 200)][-2:]
        assert timedelta(seconds=119) <= after - refused


async def test_a_citizen_who_blocks_the_bot(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is sent to a closed chat, the desk learns that nobody can be reached, and the way back is open."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana, room, code = await an_idea_on_the_desk(house, api)
        await act(api, room, lee, code, "Claim")
        ana.block()
        before = len(api.called("sendMessage", ana.id))
        await decide(api, room, lee, code, "Already exists", REASON)
        await card_of(api, room, code, "cannot be reached")
        assert len(api.called("sendMessage", ana.id)) == before
        ana.unblock()
        await ana.send("status")
        await ana.wait_for(code)


async def test_a_block_that_we_hear_of_by_a_refusal(sqlite_url: str, tmp_path: Path) -> None:
    """What a 403 answered is never tried again, and the desk learns that nobody can be reached."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana, room, code = await an_idea_on_the_desk(house, api)
        await act(api, room, lee, code, "Claim")
        ana.person.blocks = True
        await decide(api, room, lee, code, "Already exists", REASON)
        await card_of(api, room, code, "cannot be reached")
        refused = [call.params["text"] for call in api.called("sendMessage", ana.id) if call.code == 403]
        assert len(refused) == len(set(refused))


async def test_a_group_that_becomes_a_supergroup(sqlite_url: str, tmp_path: Path) -> None:
    """The open card is posted anew in the group's new chat, and works there."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana, room, code = await an_idea_on_the_desk(house, api)
        old = await card_of(api, room, code, "NEW")
        room.upgrade(lee)
        new = await card_of(api, room, code, "NEW")
        assert new.chat_id != old.chat_id
        assert await act(api, room, lee, code, "Claim") == "It is yours."
        await card_of(api, room, code, "TAKEN")
        await propose(ana, "A second bench.")
        await room.wait_for("A second bench.")


async def test_an_upgrade_that_we_hear_of_by_a_refusal(sqlite_url: str, tmp_path: Path) -> None:
    """Where the news of the upgrade is lost, the first refused card tells where the group went."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        api.updates.hold("message")
        room.upgrade(lee)
        api.updates.lose()
        code = await propose(ana, IDEA)
        await card_of(api, room, code, "NEW")


async def test_the_bot_is_put_out_and_comes_back(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is sent to a group that put us out; added and bound again, it has every open card."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        before = await propose(ana, IDEA)
        await card_of(api, room, before, "NEW")
        room.kick_bot(lee)
        calls = len(api.called("sendMessage", room.id))
        meanwhile = await propose(ana, "A second bench.")
        assert len(api.called("sendMessage", room.id)) == calls
        room.add_bot(lee)
        room.say(lee, "/bind outdoors")
        await room.wait_for("This is now the room of")
        await room.wait_for(meanwhile)
        assert await act(api, room, lee, before, "Claim") == "It is yours."


async def test_a_reply_whose_answer_was_lost(sqlite_url: str, tmp_path: Path) -> None:
    """A reply that was done but told no comes once more, and never a third time."""
    async with town_on_telegram(tmp_path, sqlite_url) as (_, api, _):
        ana = api.user("Ana")
        api.fail_next("sendMessage", How.DONE_BUT_DROPPED, chat=ana.id, times=2)
        await ana.send("/start")
        await api.wait_for(lambda: len(ana.chat.messages) == 2)
        await ana.send("help")
        await ana.wait_for("Choose one of the buttons to begin.")
        assert [message.text[:6] for message in ana.chat.messages] == ["Hello!", "Hello!", "Choose"]


async def test_an_announcement_whose_answer_was_lost(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A decision that was done but told no is not repeated; it stands on the list of ``yousaid unsent``."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana, room, code = await an_idea_on_the_desk(house, api)
        await act(api, room, lee, code, "Claim")
        api.fail_next("sendMessage", How.DONE_BUT_DROPPED, chat=ana.id)
        await decide(api, room, lee, code, "Already exists", REASON)
        await ana.wait_for("Did this work for you?")
        assert sum("already exists" in message.text for message in ana.chat.messages) == 1
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path))
    assert await asyncio.to_thread(cli.main, ["unsent"]) == 0
    (listed,) = capsys.readouterr().out.splitlines()
    assert "unknown" in listed
    assert REASON not in listed


async def test_a_press_that_is_too_old(sqlite_url: str, tmp_path: Path) -> None:
    """A press of an outage is gone after 150 s without harm, and the same card can be pressed again."""
    clock = FastClock()
    async with BotApi(clock=clock) as api:
        settings = settings_of(tmp_path, sqlite_url, api)
        async with living(settings, clock) as house:
            lee, ana, room, code = await an_idea_on_the_desk(house, api)
            card = await card_of(api, room, code, "NEW")
        lost = await lee.press(card, "Claim")
        clock.skip(timedelta(seconds=151))
        async with living(settings, clock):
            await ana.send("status")
            await ana.wait_for("waiting for Parks and streets")
            assert lost.answer is None
            assert await act(api, room, lee, code, "Claim") == "It is yours."


async def test_a_press_that_is_answered_too_late(sqlite_url: str, tmp_path: Path) -> None:
    """Where Telegram takes no toast any more, the act is done all the same and the card shows it."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, clock):
        lee, _, room, code = await an_idea_on_the_desk(house, api)
        card = await card_of(api, room, code, "NEW")
        api.updates.hold("callback_query")
        press = await lee.press(card, "Claim")
        press.expires_at = clock.now()
        api.updates.release()
        await card_of(api, room, code, "TAKEN")
        assert press.answer is None


async def test_a_strangers_group(sqlite_url: str, tmp_path: Path) -> None:
    """In a stranger's group the bot posts nothing, whatever is said, and leaves."""
    async with town_on_telegram(tmp_path, sqlite_url) as (_, api, _):
        stranger = api.user("Stranger")
        group = api.group("A party", [stranger])
        group.add_bot(stranger)
        group.say(stranger, "/bind outdoors")
        await api.wait_for(lambda: not group.chat.chat.bot_in)
        assert group.messages == []
        assert api.called("sendMessage", group.id) == []
