"""Photos, voice notes and places on Telegram: fetched where somebody asked for them, and shown again."""

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.channel import Refused, Unknown, Unreachable
from bot.media.cleaning import MOST_BYTES
from bot.telegram.files import find_file
from bot.telegram.incoming import Raw, read_update
from bot.telegram.rendering import as_html
from dialogs.events import Event, LocationSent, MediaSent, Unreadable
from dialogs.ids import MediaId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Line, Message, Shown
from tests.bot.media_files import CANARY, photo, sound, told_photo
from tests.bot.photo_town import photo_config
from tests.bot.telegram_port import START, Side
from tests.botapi import BotApi, How, User
from tests.journeys.acts import enrol, make_room
from tests.journeys.living import town_on_telegram

PHOTO, VOICE = MediaKind.PHOTO, MediaKind.VOICE
BOTH = frozenset(MediaKind)


@pytest.fixture
async def side(side: Side) -> Side:
    side.intake.wanted = BOTH
    return side


@pytest.fixture
async def ana(api: BotApi) -> User:
    return api.user("Ana")


async def taken(api: BotApi, side: Side) -> Event:
    """What the newest update came to."""
    await side.receiver.take_surely(api.updates.waiting[-1].body)
    return side.intake.taken[-1].event


async def test_a_photo_that_was_asked_for_is_fetched_and_cleaned(api: BotApi, side: Side, ana: User) -> None:
    """A photo comes with its caption, as a picture and nothing else."""
    await ana.send_photo(told_photo("JPEG"), caption="The crossing\x00 at night")
    event = await taken(api, side)
    assert isinstance(event, MediaSent)
    assert event.caption == "The crossing at night"
    assert event.media.attachment.kind is PHOTO
    assert CANARY.encode() not in event.media.content
    with Image.open(io.BytesIO(event.media.content)) as seen:
        assert seen.size == (64, 48)


async def test_a_voice_note_that_was_asked_for_is_fetched_and_cleaned(api: BotApi, side: Side, ana: User) -> None:
    """A voice note comes with its length, as a sound and nothing else."""
    await ana.send_voice(sound(seconds=2, told=True))
    event = await taken(api, side)
    assert isinstance(event, MediaSent)
    assert (event.media.attachment.kind, event.media.attachment.seconds) == (VOICE, 2)
    assert CANARY.encode() not in event.media.content


@pytest.mark.parametrize(("mime_type", "content"), [("image/png", photo("PNG")), ("audio/mp4", sound("mp4", "aac"))])
async def test_a_file_can_be_a_photo_or_a_sound(
    api: BotApi, side: Side, ana: User, mime_type: str, content: bytes
) -> None:
    """What was sent "as a file" is taken for what it says it is."""
    document = {"file_id": api.world.keep_file(content), "mime_type": mime_type, "file_name": CANARY}
    await ana.send_content({"document": document})
    event = await taken(api, side)
    assert isinstance(event, MediaSent)
    assert event.media.attachment.kind is (PHOTO if mime_type.startswith("image") else VOICE)


async def test_an_album_is_several_photos(api: BotApi, side: Side, ana: User) -> None:
    """Each photo of an album is taken, in its order, also where the next one is handed over before."""
    for width in (30, 40, 50):
        await ana.send_photo(photo(width=width))
    for update in api.updates.waiting:
        await side.receiver.take_surely(update.body)
    widths = [
        Image.open(io.BytesIO(update.event.media.content)).width
        for update in side.intake.taken
        if isinstance(update.event, MediaSent)
    ]
    assert widths == [30, 40, 50]


async def test_nothing_is_fetched_that_nobody_asked_for(api: BotApi, side: Side, ana: User) -> None:
    """Where the question takes no photo, or in a group, the file stays where it is."""
    group = api.group("Parks", [ana])
    group.add_bot(by=ana)
    photo_id = api.world.keep_file(photo())
    api.post(ana, group.chat.chat, {"photo": [{"file_id": photo_id}], "text": "/x"})
    side.intake.wanted = frozenset({VOICE})
    await ana.send_photo(photo())
    assert await taken(api, side) == Unreadable("photo")
    side.intake.wanted = BOTH
    raw = {"update_id": 1, "message": {"chat": {"id": -7, "type": "group"}, "photo": [{"file_id": photo_id}]}}
    await side.receiver.take_surely(raw)
    assert side.intake.taken[-1].event == Unreadable("photo")
    await ana.send_content({"video_note": {"file_id": photo_id}})
    assert await taken(api, side) == Unreadable("video_note")
    assert api.called("getFile") == []


async def test_what_is_too_large_is_not_fetched(api: BotApi, side: Side, ana: User) -> None:
    """Of the sizes of a photo the largest that we take is fetched; where none is left, that is said."""
    small, large = api.world.keep_file(photo(width=90)), api.world.keep_file(photo(width=200))
    sizes = [
        {"file_id": small, "width": 90, "height": 90, "file_size": 500},
        {"file_id": large, "width": 9000, "height": 9000, "file_size": MOST_BYTES[PHOTO] + 1},
    ]
    await ana.send_content({"photo": sizes})
    event = await taken(api, side)
    assert isinstance(event, MediaSent)
    assert [call.params["file_id"] for call in api.called("getFile")] == [small]
    await ana.send_content({"photo": sizes[1:]})
    assert await taken(api, side) == Unreadable("too_large")
    await ana.send_content({"voice": {"file_id": api.world.keep_file(bytes(MOST_BYTES[VOICE] + 1))}})
    assert await taken(api, side) == Unreadable("too_large")
    # Telegram said that it is small, and it is not.
    await ana.send_content({"photo": [{"file_id": api.world.keep_file(bytes(MOST_BYTES[PHOTO] + 1))}]})
    assert await taken(api, side) == Unreadable("too_large")


@pytest.mark.parametrize("method", ["getFile", "file"])
@pytest.mark.parametrize("how", [How.DROPPED, How.SERVER_ERROR, How.GATEWAY_ERROR, How.FORBIDDEN_PAGE])
async def test_a_photo_that_cannot_be_fetched_is_said(
    api: BotApi, side: Side, ana: User, caplog: pytest.LogCaptureFixture, *, method: str, how: How
) -> None:
    """A file is tried once more; then the person hears of it, and no log holds the bot's token."""
    caplog.set_level(logging.DEBUG)
    await ana.send_photo(photo())
    api.fail_next(method, how)
    assert isinstance(await taken(api, side), MediaSent)
    # The library itself asks again where a connection was cut.
    api.fail_next(method, how, times=4)
    assert await taken(api, side) == Unreadable("failed")
    assert api.token.partition(":")[2] not in caplog.text


async def test_what_is_no_photo_after_all(api: BotApi, side: Side, ana: User) -> None:
    """A file that lies about itself, or that Telegram has no more, is one that could not be opened."""
    await ana.send_photo(b"\xff\xd8\xff" + b"<script>" * 50)
    assert await taken(api, side) == Unreadable("failed")
    await ana.send_content({"photo": [{"file_id": "gone"}]})
    assert await taken(api, side) == Unreadable("failed")


SOMEWHERE: dict[str, Any] = {"latitude": 41.5, "longitude": -8}


@pytest.mark.parametrize(
    ("content", "event"),
    [
        ({"location": SOMEWHERE}, LocationSent(41.5, -8.0)),
        ({"location": SOMEWHERE | {"live_period": 60}}, LocationSent(41.5, -8.0)),
        ({"location": SOMEWHERE, "venue": {"location": SOMEWHERE, "title": "Pond"}}, LocationSent(41.5, -8.0, "Pond")),
        ({"venue": {"location": SOMEWHERE, "title": None}}, LocationSent(41.5, -8.0)),
        ({"location": {"latitude": 91, "longitude": 0}}, Unreadable("location")),
        ({"location": {"latitude": True, "longitude": 0}}, Unreadable("location")),
        ({"location": {"latitude": float("nan"), "longitude": 0}}, Unreadable("location")),
        ({"location": {"latitude": "41"}}, Unreadable("location")),
        ({"location": None, "sticker": {"a": 1}}, Unreadable("sticker")),
    ],
)
def test_a_place_is_read(content: dict[str, Any], event: Event) -> None:
    """A place comes in degrees, with its name if it has one; what is no place on Earth is none."""
    message = {"message_id": 5, "chat": {"id": 77, "type": "private"}, "from": {"id": 77}, **content}
    update = read_update({"update_id": 1, "message": message}, bot="4242", username="", received_at=START)
    assert update is not None
    assert update.event == event


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["image/png", "audio/ogg", "/"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["photo", "voice", "audio", "document", "file_id", "file_size", "mime_type", "width", "height"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["photo", "voice", "audio", "document", "caption"]), JSON))
def test_no_shape_of_a_file_can_raise(message: Raw) -> None:
    """Whatever stands where a file should stand, it is a file or none."""
    found = find_file(message)
    assert found is None or isinstance(found.id, str)


def kept(side: Side, kind: MediaKind, content: bytes) -> Message:
    """A message that shows one photo or voice note."""
    attachment = Attachment(MediaId(f"the-{kind}"), kind, 1)
    side.intake.media[attachment.id] = Media(attachment, content)
    return Message((Shown(attachment, f"K7F3-9QWD · {kind}"),), protected=True)


async def test_a_photo_and_a_voice_note_are_shown(api: BotApi, side: Side, ana: User) -> None:
    """Alone in a message each is shown as what it is, with its label, and cannot be passed on."""
    await ana.send("/start")
    seen, heard = photo(), sound()
    await side.channel.send(str(ana.id), kept(side, PHOTO, seen), key=1)
    await side.channel.send(str(ana.id), kept(side, VOICE, heard), key=2)
    first, second = ana.chat.messages
    assert (api.world.files[first.photo], api.world.files[second.voice]) == (seen, heard)
    assert [first.text, second.text] == ["K7F3-9QWD · photo", "K7F3-9QWD · voice"]
    assert first.protected
    assert second.protected
    assert [call.method for call in api.calls] == ["sendPhoto", "sendVoice"]


async def test_each_trouble_with_a_photo_says_what_to_do(api: BotApi, side: Side, ana: User) -> None:
    """A photo that is gone is refused; a lost answer and a closed chat are what they are for words."""
    await ana.send("/start")
    message = kept(side, PHOTO, photo())
    api.fail_next("sendPhoto", How.DONE_BUT_DROPPED)
    with pytest.raises(Unknown):
        await side.channel.send(str(ana.id), message, key=1)
    ana.block()
    with pytest.raises(Unreachable):
        await side.channel.send(str(ana.id), message, key=1)
    side.intake.media.clear()
    with pytest.raises(Refused):
        await side.channel.send(str(ana.id), message, key=1)


def test_among_words_a_label_stands_for_it() -> None:
    """On a card a photo is a line of words."""
    shown = Shown(Attachment(MediaId("x"), PHOTO), "📷 <Photo>")
    assert as_html(Message((Line("A card"), shown))) == "A card\n📷 &lt;Photo&gt;"


async def test_a_photo_on_its_whole_way(database_url: str, tmp_path: Path) -> None:
    """A citizen's photo becomes a line on a card, and a servant who asks sees the picture and nothing else."""
    photo_config(tmp_path / "config")
    async with town_on_telegram(tmp_path, database_url) as (house, api, _):
        lee, ana = api.user("Lee"), api.user("Ana")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        await ana.send("/start")
        await ana.press(await ana.wait_for("What would you like to do?"), "Report something")
        await ana.wait_for("Please show us the place.")
        await ana.send_photo(told_photo("JPEG"), caption="Here")
        await ana.press(await ana.wait_for("📷 Photo"), "Done")
        await ana.wait_for("What happened there?")
        await ana.send_voice(sound(seconds=2, told=True))
        await ana.press(await ana.wait_for("Voice note, 2 seconds"), "Done")
        await ana.press(await ana.wait_for("Anything else?"), "Skip")
        await ana.press(await ana.wait_for("Is everything right?"), "Send")
        await ana.wait_for("Your reference is")
        card = await room.wait_for("📷 Photo")
        press = await lee.press(card, "📎")
        assert await press.toast() == "They are in your own chat with me now."
        await api.wait_for_call("sendVoice")
        first, second = [message for message in lee.chat.messages if message.photo or message.voice]
        assert first.protected
        assert second.protected
        shown = api.world.files[first.photo]
        assert CANARY.encode() not in shown + api.world.files[second.voice]
        with Image.open(io.BytesIO(shown)) as seen:
            assert (seen.format, seen.size) == ("JPEG", (64, 48))
