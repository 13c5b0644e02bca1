"""Every shape that an update of the Bot API can have becomes an event, and none can raise."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import MessageType, UpdateType

from bot.telegram.incoming import place_of, press_of, read_update
from bot.telegram.kinds import CONTENT, SERVICE
from dialogs.events import (
    Blocked,
    Event,
    Ignored,
    Pressed,
    RoomEntered,
    RoomLeft,
    RoomMoved,
    Started,
    TextEdited,
    TextSent,
    Unblocked,
    Unreadable,
    Update,
)
from dialogs.texts import LONGEST_IN

Json = dict[str, Any]

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
ANA: Json = {"id": 77, "is_bot": False, "first_name": "Ana", "last_name": "Lima", "language_code": "es"}
HERS: Json = {"id": 77, "type": "private", "first_name": "Ana"}
PARKS: Json = {"id": -400, "type": "group", "title": "Parks"}
US: Json = {"id": 4242, "is_bot": True, "first_name": "YouSaid"}


def message(chat: Json = HERS, **parts: Any) -> Json:
    return {"message_id": 5, "date": 1_777_885_200, "chat": chat, "from": ANA, **parts}


def member(status: str, **more: Any) -> Json:
    return {"user": US, "status": status, **more}


def change(chat: Json, before: Json, after: Json) -> Json:
    return {"chat": chat, "from": ANA, "date": 1, "old_chat_member": before, "new_chat_member": after}


def press(**parts: Any) -> Json:
    return {"id": "9", "from": ANA, "chat_instance": "1", "message": message(), "data": "c:1", **parts}


def read(raw: Json) -> Update | None:
    return read_update(raw, bot="4242", username="YouSaidBot", received_at=NOW)


SHAPES: list[tuple[str, Json, Event]] = [
    ("message", message(text="hello"), TextSent("hello")),
    ("message", message(text="  \r\n hi\x00 there \ud800"), TextSent("hi there \ufffd")),
    ("message", message(text="\x00 "), Unreadable("empty")),
    ("message", message(text="x" * 100_000), TextSent("x" * LONGEST_IN)),
    ("message", message(text=None), Unreadable("unknown")),
    ("message", message(text=["a"]), Unreadable("unknown")),
    ("message", message(text="/start"), Started()),
    ("message", message(text="/START r_abc"), Started("r_abc")),
    ("message", message(text="/start@yousaidbot  r_abc"), Started("r_abc")),
    ("message", message(text="/start " + "a" * 5000), Started("a" * 64)),
    ("message", message(text="/startle"), TextSent("/startle")),
    ("message", message(PARKS, text="/bind@YouSaidBot parks"), TextSent("/bind parks")),
    ("message", message(PARKS, text="/bind@OtherBot parks"), Ignored("another bot's command")),
    ("message", message(text="/help\nplease"), TextSent("/help\nplease")),
    ("message", message(text="/"), TextSent("/")),
    ("message", message(PARKS, migrate_to_chat_id=-1004), RoomMoved("-1004")),
    ("message", message(PARKS, migrate_from_chat_id=-4), Ignored("service")),
    ("message", message(PARKS, new_chat_members=[US]), Ignored("service")),
    ("message", message(photo=[{}], caption="look"), Unreadable("photo")),
    ("message", message(animation={"a": 1}, document={"a": 1}), Unreadable("animation")),
    ("message", message(something_new={"a": 1}), Unreadable("unknown")),
    ("edited_message", message(text=" hello! ", edit_date=1_777_885_201), TextEdited("hello!", 5)),
    ("edited_message", message(text="/help", edit_date=1_777_885_201), TextEdited("/help", 5)),
    ("edited_message", message(PARKS, text="y" * 100_000), TextEdited("y" * LONGEST_IN, 5)),
    ("edited_message", message(text="\x00 "), Unreadable("edited")),
    ("edited_message", message(text="x", message_id=None), Unreadable("edited")),
    ("edited_message", message(photo=[{}], caption="look!"), Unreadable("edited")),
    ("edited_message", message(location={"latitude": 1}), Ignored("edited")),
    ("channel_post", message({"id": -1009, "type": "channel"}, text="news"), Ignored("channel_post")),
    ("callback_query", press(), Pressed("c:1")),
    ("callback_query", press(data="\ud800" * 900), Pressed("\ufffd" * 64)),
    ("callback_query", press(data=None), Ignored("press")),
    ("callback_query", press(message={"chat": HERS, "message_id": 5, "date": 0}), Pressed("c:1")),
    ("my_chat_member", change(HERS, member("member"), member("kicked")), Blocked()),
    ("my_chat_member", change(HERS, member("kicked"), member("member")), Unblocked()),
    ("my_chat_member", change(PARKS, member("left"), member("member")), RoomEntered()),
    ("my_chat_member", change(PARKS, member("left"), member("administrator")), RoomEntered()),
    ("my_chat_member", change(PARKS, member("kicked"), member("restricted", is_member=True)), RoomEntered()),
    ("my_chat_member", change(PARKS, member("member"), member("restricted", is_member=False)), RoomLeft()),
    ("my_chat_member", change(PARKS, member("member"), member("kicked")), RoomLeft()),
    ("my_chat_member", change(PARKS, member("member"), member("administrator")), Ignored("membership")),
    ("my_chat_member", change(PARKS, member("member"), {}), Ignored("membership")),
    ("message_reaction", {"chat": HERS, "user": ANA}, Ignored("message_reaction")),
    ("of_tomorrow", {"chat": PARKS}, Ignored("of_tomorrow")),
]


@pytest.mark.parametrize(("kind", "part", "event"), SHAPES)
def test_each_shape_has_its_event(kind: str, part: Json, event: Event) -> None:
    """Each update is read as what happened."""
    update = read({"update_id": 1, kind: part})
    assert update is not None
    assert update.event == event


def test_a_message_says_where_when_and_from_whom() -> None:
    """A message names its chat, its number, its time, its language and its sender, and no name."""
    assert read({"update_id": 8, "message": message(text="hello")}) == Update(
        channel="telegram",
        bot="4242",
        key="8",
        place="77",
        private=True,
        sender="77",
        event=TextSent("hello"),
        sent_at=datetime(2026, 5, 4, 9, tzinfo=UTC),
        position=5,
        reply_to=None,
        sender_name="",
        language="es",
    )


def test_a_press_names_its_card_and_no_position() -> None:
    """A press names the pressed message, also an inaccessible one, and counts as sent when it came."""
    inaccessible = {"chat": PARKS, "message_id": 31, "date": 0}
    update = read({"update_id": 8, "callback_query": press(message=inaccessible)})
    assert update is not None
    assert (update.place, update.private, update.reply_to, update.position) == ("-400", False, 31, None)
    assert (update.sender, update.sent_at) == ("77", NOW)


def test_only_who_brings_an_invitation_is_named() -> None:
    """The name of a sender is read where a payload came, for enrolling staff, and nowhere else."""
    with_payload = read({"update_id": 1, "message": message(text="/start r_x")})
    without = read({"update_id": 1, "message": message(text="/start")})
    assert [update and update.sender_name for update in (with_payload, without)] == ["Ana Lima", ""]


@pytest.mark.parametrize(
    "parts",
    [
        {"from": {**ANA, "id": 1087968824}},
        {"from": {**ANA, "id": 777000}},
        {"from": {**ANA, "is_bot": True}},
        {"from": None},
        {"from": {"id": "77"}},
        {"from": {"id": True}},
        {"from": {"id": 2**63}},
        {"sender_chat": PARKS},
        {"via_bot": US},
    ],
)
def test_who_may_be_anybody_is_nobody(parts: Json) -> None:
    """Anonymous admins, channels, other bots and broken senders have no account that could have rights."""
    update = read({"update_id": 1, "message": message(PARKS, text="/bind parks", **parts)})
    assert update is not None
    assert update.sender is None


def test_an_edit_is_an_update_of_its_own() -> None:
    """An edit has the number of its message and a key of its own, and still names the card it replies to."""
    note = message(PARKS, text="note", reply_to_message={"message_id": 3, "from": US})
    sent = read({"update_id": 1, "message": note})
    edited = read({"update_id": 2, "edited_message": {**note, "text": "note!", "edit_date": 1_777_885_290}})
    assert sent
    assert edited
    assert (sent.key, edited.key) == ("1", "2")
    assert (edited.event, edited.position, edited.reply_to) == (TextEdited("note!", 5), 5, 3)
    assert edited.sent_at > sent.sent_at


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"message_thread_id": 7, "is_topic_message": True}, "-400/7"),
        # A thread of replies, as any supergroup has; and General.
        ({"message_thread_id": 7}, "-400"),
        ({"is_topic_message": True}, "-400"),
        ({"message_thread_id": -7, "is_topic_message": True}, "-400"),
        ({"message_thread_id": "7", "is_topic_message": True}, "-400"),
        ({"message_thread_id": 7, "is_topic_message": "yes"}, "-400"),
    ],
)
def test_a_topic_is_a_place_of_its_own(parts: Json, place: str) -> None:
    """A message, an edit and a press in a topic happen there; all else happens in the group."""
    inside = message(PARKS, text="x", **parts)
    for update in ({"message": inside}, {"edited_message": inside}, {"callback_query": press(message=inside)}):
        found = read({"update_id": 1, **update})
        assert found
        assert found.place == place == place_of({"update_id": 1, **update})


def test_a_private_chat_has_no_topics() -> None:
    """Whatever thread a message of a private chat names, the person has one chat with us."""
    found = read({"update_id": 1, "message": message(text="x", message_thread_id=7, is_topic_message=True)})
    assert found
    assert found.place == "77"


@pytest.mark.parametrize(
    ("parts", "anonymous"),
    [
        ({"from": {"id": 1087968824, "is_bot": True}, "sender_chat": PARKS}, True),
        ({"from": {"id": 1087968824, "is_bot": True}, "sender_chat": {"id": -1009, "type": "channel"}}, False),
        ({"from": {"id": 1087968824, "is_bot": True}, "sender_chat": PARKS, "via_bot": US}, False),
        ({"from": {"id": 777000}, "sender_chat": {"id": -1009, "type": "channel"}}, False),
        ({"from": {"id": 136817688, "is_bot": True}, "sender_chat": {"id": -1009, "type": "channel"}}, False),
        ({"from": {**ANA, "is_bot": True}}, False),
        ({"via_bot": US}, False),
    ],
)
def test_who_writes_under_the_name_of_the_group(parts: Json, anonymous: bool) -> None:  # noqa: FBT001
    """An admin under the name of the group is told from channels, bots and what came by way of a bot."""
    found = read({"update_id": 1, "message": message(PARKS, text="/bind parks", **parts)})
    assert found
    assert (found.sender, found.anonymous) == (None, anonymous)


def test_a_press_is_never_anonymous() -> None:
    """A press carries the account of whoever pressed, also on a card under the name of the group."""
    shown = message(PARKS, **{"from": {"id": 1087968824}, "sender_chat": PARKS})
    found = read({"update_id": 1, "callback_query": press(message=shown)})
    assert found
    assert (found.sender, found.anonymous) == ("77", False)


def test_what_is_quoted_comes_with_a_reply() -> None:
    """A reply to a part of a message says which part; nothing that a client makes up for one breaks it."""
    quotes: list[object] = [{"text": "The lamp is broken.", "position": 4}, {"text": 5}, "The lamp", None]
    replies = [
        message(PARKS, text="/split", reply_to_message={"message_id": 3, "from": US}, quote=quote) for quote in quotes
    ]
    updates = [read({"update_id": n, "message": reply}) for n, reply in enumerate(replies, 1)]
    assert [update and update.quote for update in updates] == ["The lamp is broken.", "", "", ""]


def test_a_reply_counts_only_to_our_own_message() -> None:
    """A reply to somebody else's message is no reply to a card, whatever its number."""
    ours = message(PARKS, text="note", reply_to_message={"message_id": 3, "from": US})
    theirs = message(PARKS, text="note", reply_to_message={"message_id": 3, "from": ANA})
    updates = [read({"update_id": 1, "message": reply}) for reply in (ours, theirs)]
    assert [update and update.reply_to for update in updates] == [3, None]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": None, "message": message(text="x")},
        {"update_id": 1},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"text": "x"}},
        {"update_id": 1, "message": message({"id": "77"}, text="x")},
        {"update_id": 1, "message": message({"id": 0}, text="x")},
        {"update_id": 1, "callback_query": {"id": "1", "from": ANA, "inline_message_id": "x", "data": "d"}},
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1, "inline_query": {"id": "1", "from": ANA, "query": ""}},
    ],
)
def test_what_has_no_chat_is_nothing(raw: Json) -> None:
    """An update without a number or a chat has nobody to answer."""
    assert read(raw) is None


def test_every_kind_of_the_library_is_known() -> None:
    """Each kind of message that the library knows is content, service, text, or no content at all."""
    attributes = {"business_connection_id", "effect_id", "sender_boost_count", "sender_business_bot"}
    attributes |= {"reply_to_story", "suggested_post_info", "text", "migrate_to_chat_id"}
    assert {str(kind.value) for kind in MessageType} - set(CONTENT) - SERVICE - attributes == set()


@pytest.mark.parametrize("kind", [kind.value for kind in UpdateType])
def test_every_kind_of_update_can_be_read(kind: str) -> None:
    """Every type of update of the Bot API is read, with a part of any sort."""
    part: Any
    for part in (None, [], "x", 1, {}, {"chat": None}, {"chat": {"id": 77}}, message(text="x")):
        read({"update_id": 1, kind: part})


def mutate(value: Any, draw: st.DrawFn) -> Any:
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, True, 0, -1, 2**70, 1e308, float("nan"), "", "\ud800", [], {}, [None], {"id": {}}]
    )
    if draw(st.integers(0, 9)) == 0:
        return draw(odd)
    if isinstance(value, dict):
        return {key: mutate(part, draw) for key, part in value.items() if draw(st.integers(0, 14))}
    if isinstance(value, list):
        return [mutate(part, draw) for part in value]
    return value


@st.composite
def broken_updates(draw: st.DrawFn) -> Json:
    kind, part, _ = draw(st.sampled_from(SHAPES))
    broken = mutate({"update_id": 1, kind: part}, draw)
    return broken if isinstance(broken, dict) else {}


@given(broken_updates())
def test_no_broken_shape_raises(raw: Json) -> None:
    """With any part missing, null or of another type, reading gives an update that can be stored, or nothing."""
    update = read(raw)
    place_of(raw)
    press_of(raw)
    if update is not None:
        texts = (update.place, update.sender or "", update.sender_name, update.language, str(update.event))
        json.dumps(texts).encode()
        "".join(texts).encode()
