"""Rooms on Telegram over the wire: topics, several rooms of a queue, anonymous admins, and their commands."""

from datetime import timedelta
from pathlib import Path

from bot.app import House, invite
from dialogs.ids import QueueId
from dialogs.installation import Role
from tests.botapi import BotApi, BotMessage, User
from tests.journeys.acts import enrol, make_room, propose
from tests.journeys.living import town_on_telegram
from tests.journeys.web_people import sign_in, visitor

IDEA = "The bench by the north gate has no shade."


async def card_in(api: BotApi, chat: int, topic: int, *parts: str) -> BotMessage:
    """Wait until a message in a topic of a chat shows all the parts, and give it."""

    def found() -> list[BotMessage]:
        shown = [message for message in api.world.chats[chat].messages.values() if message.topic == topic]
        return [one for one in shown if one.from_bot and not one.deleted and all(part in one.text for part in parts)]

    await api.wait_for(lambda: bool(found()))
    return found()[-1]


async def web_servant(house: House) -> str:
    """Invite a servant of the queue outdoors who comes to the web room."""
    return await invite(
        house.database,
        house.clock,
        queue=QueueId("outdoors"),
        role=Role.REVIEWER,
        name="",
        valid=timedelta(days=1),
    )


async def test_rooms_of_one_queue_side_by_side(sqlite_url: str, tmp_path: Path) -> None:
    """A group, a topic and the web room show the same case; an act in one is seen in all, and the topic may close."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _), visitor(house.url) as kim:
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        await sign_in(kim, await web_servant(house), "Kim", "outdoors")
        office = await make_room(api, lee, "outdoors")
        forum = api.group("All of us", [lee], supergroup=True)
        forum.add_bot(lee)
        topic = forum.add_topic(lee, "Parks")
        forum.say(lee, "/bind outdoors", topic=topic)
        await card_in(api, forum.id, topic, "This is now the room of")
        code = await propose(ana, IDEA)
        await card_in(api, office.id, 0, code, "NEW", IDEA)
        card = await card_in(api, forum.id, topic, code, "NEW", IDEA)
        assert card.protected
        note = forum.say(lee, "The trees come in October.", reply_to=card)
        await api.wait_for(lambda: forum.chat.chat.messages[note].reactions == ["✍"])
        assert await (await lee.press(await card_in(api, forum.id, topic, code), "Claim")).toast() == "It is yours."
        for chat, inside in ((office.id, 0), (forum.id, topic)):
            await card_in(api, chat, inside, code, "TAKEN", "The trees come in October.", "Lee has it")
        await kim.read(code, "TAKEN", "The trees come in October.", "Lee has it")
        forum.delete_topic(topic)
        office.say(lee, "October it is.", reply_to=await card_in(api, office.id, 0, code, "TAKEN"))
        await card_in(api, forum.id, 0, code, "October it is.")
        await lee.wait_for("is closed or gone")
        assert [call.code for call in api.called("setMessageReaction")] == [200, 200]


async def test_an_anonymous_admin(sqlite_url: str, tmp_path: Path) -> None:
    """What an admin writes under the name of the group is done when they press for it, and as the one they are."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        code = await propose(ana, IDEA)
        card = await card_in(api, room.id, 0, code, "NEW")
        note = room.say(lee, "In October.", reply_to=card, anonymous=True)
        asked = await room.wait_for("cannot see who you are")
        assert not room.chat.chat.messages[note].reactions
        stranger = await api.user("Zoe").press(asked, "it was me")
        assert "not on our list" in await stranger.toast()
        assert await (await lee.press(asked, "it was me")).toast() == "Noted for your colleagues."
        await card_in(api, room.id, 0, code, "📝 Lee: In October.")
        await api.wait_for(lambda: room.chat.chat.messages[note].reactions == ["✍"])


async def test_who_sees_which_commands(sqlite_url: str, tmp_path: Path) -> None:
    """A servant and a room have their own list soon, a group that is none has only /bind, and a citizen none of it."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _):
        lee: User = api.user("Lee")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        await api.wait_for(lambda: {(str(lee.id), ""), (str(room.id), "")} <= set(api.methods.commands))
        listed = {
            scope: [command["command"] for command in commands]
            for (scope, code), commands in api.methods.commands.items()
            if not code
        }
        assert listed[str(lee.id)][:3] == listed[str(room.id)][:3] == ["queue", "mine", "case"]
        assert {"status", "forget"} <= set(listed[str(lee.id)])
        assert listed[str(lee.id)].count("help") == 1
        assert (listed["all_group_chats"], "queue" in listed["all_private_chats"]) == (["bind"], False)
        room.kick_bot(lee)
        await api.wait_for(lambda: (str(room.id), "") not in api.methods.commands)
