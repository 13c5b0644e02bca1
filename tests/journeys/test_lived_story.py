"""The starter's lived story, told with a voice note and a photo: what its team sees, and what nobody else does."""

import io
import re
from datetime import timedelta
from pathlib import Path

from PIL import Image

from bot.app import invite
from dialogs.ids import QueueId
from dialogs.installation import Role
from dialogs.media import MediaKind
from tests.bot.media_files import CANARY, sound, told_photo
from tests.journeys.acts import enrol, make_room
from tests.journeys.answerers import OnTelegram, Person, web_person
from tests.journeys.living import FastClock, living, settings_of, town_on_telegram
from tests.journeys.web_people import Visitor, sign_in, visitor

STORY = "My mother could not get to the doctor any more, because the bus does not stop there now."
# What happened, the service it touched, how it felt, and what would have been better.
STEPS = (
    ("I called the bus company.", "Town buses", "1", "Somebody who calls back."),
    ("We took a taxi to the doctor.", "Health centre", "4", ""),
    ("We waited for the bus home.", "Town buses", "3", ""),
)
CARD = (
    STORY,
    "🎤 Voice note, 2 seconds",
    "Who are you in this story? I used the service",
    "Step 1. What happened? I called the bus company.",
    "Step 1: Which service was that? Town buses",
    "Step 1: How did it feel? 1 is very bad, 5 is very good. 1",
    "Step 2. What happened? We took a taxi to the doctor.",
    "Step 2: Which service was that? Health centre",
    "Step 2: How did it feel? 1 is very bad, 5 is very good. 4",
    "Step 3. What happened? We waited for the bus home.",
    "Step 3: Which service was that? Town buses",
    "Step 3: How did it feel? 1 is very bad, 5 is very good. 3",
)
# It tells where, when and by whom it was taken.
PHOTO = told_photo("JPEG")
_SHOWN = re.compile(r'<(img|audio) src="(/media/[^"]+)"')


async def tell_story(person: Person) -> str:
    """Tell the whole story and give the number of its case."""
    await person.begin("Share an experience")
    await press_at(person, "May the team that plans our services read your story?", "Yes")
    await press_at(person, "Who are you in this story?", "I used the service")
    await person.read("Tell us what happened")
    await person.send(MediaKind.VOICE, sound(seconds=2, told=True))
    await person.read("I have that.", "🎤 Voice note, 2 seconds")
    await person.say(STORY)
    await press_at(person, STORY, "✓ Done")
    await press_at(person, "When was that?", "Skip")
    for number, (what, service, mood, better) in enumerate(STEPS, 1):
        await person.read(f"Step {number}. What happened?")
        await person.say(what)
        await press_at(person, "Which service was that?", service)
        await press_at(person, "How did it feel?", mood)
        if better:
            await person.read(f"What would have made “{what}” better?")
            await person.say(better)
        more = number < len(STEPS)
        await press_at(person, "Was there another step?", "Add another" if more else "No, that was all")
    await person.read("Is there a photo that shows what you mean?")
    assert CANARY.encode() in PHOTO
    await person.send(MediaKind.PHOTO, PHOTO)
    await press_at(person, "📷 Photo", "✓ Done")
    await press_at(person, "This is your story.", "Send")
    found = re.search(r"The number of your story is (\S+)\.", await person.read("Thank you for trusting us"))
    assert found
    return found[1]


async def press_at(person: Person, question: str, label: str) -> None:
    """Press a button at a question, once it is put."""
    await person.read(question, label)
    await person.press(label)


def check_card(shown: str) -> None:
    """See that a card shows every step with its service, and what came with the story, in that order."""
    lines = [line.strip() for line in shown.splitlines()]
    assert [line for line in lines if line in CARD] == list(CARD), shown


def check_photo(content: bytes) -> None:
    """See that a photo is a picture, and nothing that tells where, when and by whom it was taken."""
    assert CANARY.encode() not in content
    with Image.open(io.BytesIO(content)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (64, 48))
        assert not seen.getexif()


async def test_on_telegram(database_url: str, tmp_path: Path) -> None:
    """Three steps over two services, a voice note and a photo: the team's card has all, and shows it in private."""
    async with town_on_telegram(tmp_path, database_url) as (house, api, _):
        lee = api.user("Lee")
        await enrol(house, lee, "outdoors")
        room = await make_room(api, lee, "outdoors")
        ana = OnTelegram(api.user("Ana"))
        await ana.say("/start")
        code = await tell_story(ana)
        card = await room.wait_for(code)
        check_card(card.text)
        assert card.text.count("📷 Photo") == 1
        assert not card.photo
        assert await (await api.user("Eva").press(card, "📎")).toast() != ""
        assert await (await lee.press(card, "📎")).toast() == "They are in your own chat with me now."
        await api.wait_for_call("sendPhoto")
        await api.wait_for_call("sendVoice")
        assert {call.chat for call in (*api.called("sendPhoto"), *api.called("sendVoice"))} == {lee.id}
        for message in lee.chat.messages:
            assert message.protected or not (message.photo or message.voice)
            if message.voice:
                assert CANARY.encode() not in api.world.files[message.voice]
            if message.photo:
                check_photo(api.world.files[message.photo])


async def test_on_the_web(database_url: str, tmp_path: Path) -> None:
    """The same without a script: the team's page shows photo and voice note in place, and nobody else sees them."""
    clock = FastClock(20)
    async with (
        living(settings_of(tmp_path, database_url), clock) as house,
        web_person(house) as ana,
        visitor(house.url) as lee,
        visitor(house.url) as eva,
    ):
        payload = await invite(
            house.database, clock, queue=QueueId("outdoors"), role=Role.REVIEWER, name="", valid=timedelta(days=1)
        )
        await sign_in(lee, payload, "Lee", "outdoors")
        code = await tell_story(ana)
        check_card(await lee.read(code, "NEW"))
        (heard, seen) = _SHOWN.findall(lee.page)
        assert (heard[0], seen[0]) == ("audio", "img")
        status, content = await look(lee, seen[1])
        assert status == 200
        check_photo(content)
        status, content = await look(lee, heard[1])
        assert (status, content[:4]) == (200, b"OggS")
        assert CANARY.encode() not in content
        assert (await look(ana.visitor, seen[1]))[0] == 200
        await eva.say("Hello")
        assert [(await look(eva, path))[0] for _, path in (heard, seen)] == [404, 404]


async def look(it: Visitor, path: str) -> tuple[int, bytes]:
    """Open a photo or voice note in somebody's browser."""
    async with it.session.get(f"{it.url}{path}") as answer:
        return answer.status, await answer.read()
