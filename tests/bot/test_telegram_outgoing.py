"""Messages go out through the real library, over HTTP, to the double; failures mean what they should."""

import logging
from datetime import UTC, datetime

import pytest

from bot.channel import (
    Closed,
    Gone,
    Moved,
    NotSent,
    Refused,
    SendingFailed,
    Throttled,
    Unknown,
    Unreachable,
)
from bot.telegram.connecting import build_bot, close_bot, introduce
from bot.telegram.outgoing import TelegramChannel
from dialogs.message import Button, Line, Message, Moment, Quote, Tone, say
from dialogs.texts import units
from tests.bot.telegram_port import HurriedClock, Side, our_side
from tests.botapi import BotApi, How, User

HELLO = say("Hello.")


@pytest.fixture
async def ana(api: BotApi) -> User:
    ana = api.user("Ana")
    await ana.send("/start")
    return ana


async def failure(side: Side, place: int, message: Message = HELLO, *, number: int | None = None) -> SendingFailed:
    channel = side.channel
    call = channel.send(str(place), message, key=1) if number is None else channel.edit(str(place), number, message)
    with pytest.raises(SendingFailed) as failed:
        await call
    return failed.value


async def test_a_message_arrives_as_it_was_meant(side: Side, ana: User) -> None:
    """Every block and button arrives, escaped, styled and protected."""
    card = Message(
        (
            Line("NEW & <b>bold</b>", strong=True),
            Quote("No shade & <no> bench.", folded=True),
            Moment("promised by", datetime(2026, 5, 12, 12, tzinfo=UTC), "12 May"),
        ),
        ((Button("Claim", "c:1", Tone.SUCCESS), Button("More", "m:1")),),
        protected=True,
    )
    number = await side.channel.send(str(ana.id), card, key=1)
    shown = await ana.wait_for("NEW")
    assert shown.id == number
    assert shown.text == "NEW & <b>bold</b>\nNo shade & <no> bench.\npromised by 12 May"
    assert [entity["type"] for entity in shown.entities] == ["bold", "expandable_blockquote", "date_time"]
    assert [(b.text, b.data, b.style) for b in shown.buttons[0]] == [("Claim", "c:1", "success"), ("More", "m:1", "")]
    assert shown.protected


async def test_an_edit_replaces_text_and_buttons(side: Side, ana: User) -> None:
    """An edit changes the message; the same edit again is no failure."""
    number = await side.channel.send(str(ana.id), say("One?", buttons=((Button("Yes", "y"),),)), key=1)
    await side.channel.edit(str(ana.id), number, say("Two."))
    await side.channel.edit(str(ana.id), number, say("Two."))
    (shown,) = ana.chat.messages
    assert (shown.text, shown.buttons, shown.edits) == ("Two.", [], ["One?"])


async def test_the_longest_quote_gives_way(side: Side, ana: User) -> None:
    """What is too long together is cut at the longest quote, in UTF-16 units, and the rest stays whole."""
    long = Message((Line("Heading"), Quote("👨‍👩‍👧" * 900), Quote("short & sweet"), Line("End")))
    await side.channel.send(str(ana.id), long, key=1)
    shown = await ana.wait_for("Heading")
    assert units(shown.text) <= 4096
    assert shown.text.startswith("Heading\n👨‍👩‍👧")
    assert shown.text.endswith("…\nshort & sweet\nEnd")


@pytest.mark.parametrize("text", ["x" * 4096, "x" * 4097, "<" * 4096, "😀" * 2049, "\ud800x", "&lt;" * 2000])
async def test_any_text_gets_through(side: Side, ana: User, text: str) -> None:
    """Texts at and over the limit, full of markup or broken, are shown as far as there is room."""
    await side.channel.send(str(ana.id), say(text), key=1)
    shown = await ana.wait_for(lambda _: True)
    assert shown.text.rstrip("…")[:100] == text.replace("\ud800", "\ufffd")[:100]


@pytest.mark.parametrize(
    "message",
    [
        say(""),
        say("x", buttons=((Button("Long", "é" * 33),),)),
        say("x", buttons=((Button("None", ""),),)),
        say("x", buttons=tuple((Button("B", "b"),) for _ in range(101))),
    ],
)
async def test_what_can_never_be_sent_is_refused_early(api: BotApi, side: Side, ana: User, message: Message) -> None:
    """A message that breaks a limit of Telegram's is refused before any call."""
    assert isinstance(await failure(side, ana.id, message), Refused)
    assert api.called("sendMessage") == []


@pytest.mark.parametrize(
    ("how", "of_send", "of_edit"),
    [
        (How.DROPPED, Unknown, NotSent),
        (How.DONE_BUT_DROPPED, Unknown, NotSent),
        (How.DONE_BUT_GARBLED, Unknown, NotSent),
        (How.GATEWAY_ERROR, Unknown, NotSent),
        (How.SERVER_ERROR, NotSent, NotSent),
        (How.FORBIDDEN_PAGE, NotSent, NotSent),
        (How.THROTTLED, Throttled, Throttled),
    ],
)
async def test_each_trouble_says_what_to_do(
    api: BotApi, side: Side, ana: User, how: How, of_send: type[SendingFailed], of_edit: type[SendingFailed]
) -> None:
    """What may have been done is unknown for a send and harmless for an edit; the rest certainly did nothing."""
    number = await side.channel.send(str(ana.id), say("Before."), key=1)
    api.fail_next("*", how, times=2)
    assert type(await failure(side, ana.id)) is of_send
    assert type(await failure(side, ana.id, number=number)) is of_edit


async def test_a_429_names_how_long(api: BotApi, side: Side, ana: User) -> None:
    """A 429 carries the seconds to hold this chat."""
    api.fail_next("sendMessage", How.THROTTLED, seconds=17)
    throttled = await failure(side, ana.id)
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after_s == 17


async def test_a_slow_answer_is_a_lost_one(api: BotApi, ana: User) -> None:
    """When the answer does not come in time, the message may be there."""
    bot = build_bot(api.token, api.url)
    bot.request._read_s = -4.8  # type: ignore[attr-defined]  # 0.2 s with the time to connect
    api.fail_next("sendMessage", How.SLOW, seconds=1)
    with pytest.raises(Unknown):
        await TelegramChannel(bot).send(str(ana.id), HELLO, key=1)
    await close_bot(bot)


async def test_without_a_connection_nothing_was_sent(api: BotApi, ana: User) -> None:
    """A refused connection is certain: nothing was sent."""
    bot = build_bot(api.token, "http://127.0.0.1:1")
    with pytest.raises(NotSent):
        await TelegramChannel(bot).send(str(ana.id), HELLO, key=1)
    await close_bot(bot)


async def test_a_wrong_token_sends_nothing(api: BotApi, ana: User) -> None:
    """With a token that Telegram does not know, messages wait for the right one."""
    async with our_side(api, token="4242:wrong") as side:
        assert isinstance(await failure(side, ana.id), NotSent)


async def test_people_and_groups_that_are_gone(api: BotApi, side: Side, ana: User) -> None:
    """Blocked, put out, never met and unknown are all unreachable."""
    parks = api.group("Parks", [ana])
    parks.add_bot(by=ana)
    parks.kick_bot(by=ana)
    ana.block()
    for place in (ana.id, parks.id, api.user("Stranger").id, -12345):
        assert isinstance(await failure(side, place), Unreachable)


async def test_an_upgraded_group_has_moved(api: BotApi, side: Side, ana: User) -> None:
    """A send to an upgraded group names the new id; an edit of an old card only fails, so it is posted anew."""
    parks = api.group("Parks", [ana])
    parks.add_bot(by=ana)
    number = await side.channel.send(str(parks.id), HELLO, key=1)
    old = parks.id
    parks.upgrade(by=ana)
    moved = await failure(side, old)
    assert isinstance(moved, Moved)
    assert moved.new_place == str(parks.id)
    assert isinstance(await failure(side, old, say("New."), number=number), Gone)


async def test_a_deleted_message_is_gone(api: BotApi, side: Side, ana: User) -> None:
    """An edit of a message that is not there, or not ours, says to post it anew."""
    number = await side.channel.send(str(ana.id), HELLO, key=1)
    await side.bot.delete_message(ana.id, number)
    theirs = await ana.send("mine")
    for gone in (number, 99_999, theirs):
        assert isinstance(await failure(side, ana.id, number=gone), Gone)
    assert [call.description for call in api.called("editMessageText")][-1].endswith("can't be edited")


async def test_a_press_is_answered_at_most_once(side: Side, ana: User) -> None:
    """A toast is cut to what Telegram takes, and a press that is too old is no failure."""
    await side.channel.send(str(ana.id), say("?", buttons=((Button("Yes", "y"),),)), key=1)
    press = await ana.press(ana.chat.messages[0], "Yes")
    await side.channel.answer_press(press.id, "é" * 300)
    await side.channel.answer_press(press.id, "again")
    assert await press.toast() == "é" * 199 + "…"


async def test_leaving_is_quiet(api: BotApi, side: Side, ana: User) -> None:
    """The bot leaves without a message, and leaving twice is no failure."""
    parks = api.group("Parks", [ana])
    parks.add_bot(by=ana)
    await side.channel.leave(str(parks.id))
    await side.channel.leave(str(parks.id))
    assert not parks.chat.chat.bot_in
    assert parks.messages == []


async def test_the_token_and_the_words_stay_out_of_the_log(
    api: BotApi, ana: User, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG, with every failure forced, neither log nor error shows the token or what people are told."""
    caplog.set_level(logging.DEBUG)
    word = "canary-of-a-citizen"
    errors: list[str] = []
    for token, address in ((api.token, api.url), (api.token, "http://127.0.0.1:1"), ("4242:wrong-canary", api.url)):
        bot = build_bot(token, address)
        for how in (*How, *How):
            api.fail_next("sendMessage", how, seconds=0.01)
            try:
                await TelegramChannel(bot).send(str(ana.id), say(word), key=1)
            except SendingFailed as failed:
                cause = failed.__cause__
                errors += map(repr, (failed, cause, cause and cause.__cause__, cause and cause.__context__))
            api.faults.clear()
        await close_bot(bot)
    bot = build_bot("4242:wrong-canary", api.url)
    assert await introduce(bot, clock=HurriedClock()) is None
    await close_bot(bot)
    said = "\n".join([caplog.text, *errors])
    assert [secret for secret in (api.token, "wrong-canary", word) if secret in said] == []
    assert caplog.text.count("does not know this bot token") == 1


async def test_an_introduction_waits_for_telegram(api: BotApi) -> None:
    """While Telegram is away the bot asks again, and then knows its own name."""
    api.fail_next("getMe", How.DROPPED, times=3)
    bot, clock = build_bot(api.token, api.url), HurriedClock()
    assert await introduce(bot, clock=clock) == "YouSaidTestBot"
    assert len(clock.waits) == 3
    await close_bot(bot)


async def test_what_is_for_a_topic_goes_there(side: Side, api: BotApi, ana: User) -> None:
    """A message for a topic is shown in it and edited in it; General is the group itself."""
    forum = api.group("Parks", [ana], supergroup=True)
    forum.add_bot(ana)
    topic = forum.add_topic(ana, "Ideas")
    inside = f"{forum.id}/{topic}"
    number = await side.channel.send(inside, HELLO, key=1)
    await side.channel.edit(inside, number, say("Changed."))
    await side.channel.send(str(forum.id), HELLO, key=2)
    assert [(message.topic, message.text) for message in forum.messages] == [(topic, "Changed."), (0, "Hello.")]
    for gone in (topic, 999, 0):
        if gone in (topic, 0):
            forum.close_topic(gone)
        with pytest.raises(Closed):
            await side.channel.send(f"{forum.id}/{gone}" if gone else str(forum.id), HELLO, key=3)
    await side.channel.leave(inside)
    assert not forum.chat.chat.bot_in


async def test_a_topic_moves_with_its_group(side: Side, api: BotApi, ana: User) -> None:
    """What tells that a group has moved tells where its topic is now."""
    group = api.group("Parks", [ana])
    group.add_bot(ana)
    group.upgrade(ana)
    with pytest.raises(Moved) as moved:
        await side.channel.send(f"{group.old_id}/7", HELLO, key=1)
    assert moved.value.new_place == f"{group.id}/7"


async def test_a_sign_on_a_note(side: Side, api: BotApi, ana: User) -> None:
    """A note gets one reaction; where they are forbidden, or the note is gone, the call says so."""
    group = api.group("Parks", [ana])
    group.add_bot(ana)
    number = group.say(ana, "/note")
    await side.channel.acknowledge(str(group.id), number)
    assert group.chat.chat.messages[number].reactions == ["✍"]
    group.chat.chat.reactions = frozenset("👍")
    for nowhere in (number, 999):
        with pytest.raises(Refused):
            await side.channel.acknowledge(f"{group.id}/7", nowhere)
