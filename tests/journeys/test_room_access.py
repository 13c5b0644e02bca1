"""Every act of the desk by keyboard alone, in a web room full of cards, and no barrier that axe-core finds there."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from dialogs.ids import Language
from storage.database import Database
from tests.journeys import steps
from tests.journeys.access import Inspection, Keyboard
from tests.journeys.browser import IN_A_BROWSER, desktop
from tests.journeys.web_stage import LEE, WebStage, set_web_stage

pytestmark = IN_A_BROWSER

_BOX = "Your message"
# The newest line of the servant's own chat.
_OWN = ".own .line:last-child"


@pytest_asyncio.fixture(loop_scope="session")
async def empty_room(sqlite_url: str) -> AsyncIterator[WebStage]:
    """A room without a card."""
    database = await Database.open(sqlite_url)
    async with set_web_stage(database) as it:
        yield it
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def room(empty_room: WebStage) -> WebStage:
    """A room with a case in every state."""
    await empty_room.fill()
    return empty_room


async def test_no_barrier_in_a_full_room(room: WebStage, browser: Browser) -> None:
    """axe-core finds nothing where everything is going on: menus, drafts, previews and a bulk, in Arabic too."""
    lee, inspection = await desktop(browser), Inspection()
    await room.do("taken", "take_over")
    await room.draft("taken", "accepted", steps.REASON)
    await room.do("urgent", "menu.tags")
    await room.open_room(lee, LEE)
    await lee.locator(await room.card("into")).get_by_text("Note", exact=True).click()
    await lee.locator(await room.card("asked")).get_by_role("button", name="More").click()
    await expect(lee.locator(await room.card("asked"))).to_contain_text("Hand over")
    await inspection.look(lee, "a menu, a note and a preview")
    room.speak(Language("ar"))
    for name in ("new", "urgent"):
        await room.do(name, "claim")
    await room.stage.say(LEE, "/bulk")
    lee = await (await browser.new_context(locale="ar")).new_page()
    await room.open_room(lee, LEE, "?show=mine")
    assert await lee.evaluate("document.dir") == "rtl"
    await inspection.look(lee, "one's own cards, and a bulk, in Arabic")
    assert inspection.found == []


async def test_every_act_by_keyboard_alone(room: WebStage, browser: Browser) -> None:
    """Whatever a servant can do they do by Tab, Enter and letters, and no live change takes the focus from them."""
    lee = Keyboard(await desktop(browser), stays=True)
    await room.open_room(lee.page, LEE)
    await lee.page.keyboard.press("Tab")
    await _sort(room, lee)
    await _write_to_citizens(room, lee)
    await _put_together(room, lee)
    await _share_the_work(room, lee)
    await _look_around(lee)


async def test_what_comes_moves_nothing_away(empty_room: WebStage, browser: Browser) -> None:
    """A new card comes first, but not under a finger; what waits is counted, and what is taken stays until one goes."""
    lee, waiting = await desktop(browser), await desktop(browser)
    await empty_room.open_room(lee, LEE)
    await empty_room.open_room(waiting, LEE, "?show=waiting")
    for name in ("first", "second"):
        await empty_room.propose(name, steps.IDEA)
    first, second = lee.locator(await empty_room.card("first")), lee.locator(await empty_room.card("second"))
    await expect(second.locator("+ li")).to_have_attribute("id", (await empty_room.card("first"))[1:])
    await expect(waiting.locator(".cards .waits")).to_have_count(2)
    await first.get_by_role("button", name="Claim").hover()
    before = await first.bounding_box()
    await empty_room.propose("third", steps.IDEA)
    await expect(lee.locator("[data-pile=waiting]")).to_have_text("3")
    assert await first.bounding_box() == pytest.approx(before, abs=1)
    await empty_room.do("first", "claim")
    await expect(waiting.locator("[data-pile=waiting]")).to_have_text("2")
    await expect(waiting.locator(await empty_room.card("first"))).to_contain_text("Lee has it")
    await waiting.reload()
    await expect(waiting.locator(".cards .us")).to_have_count(2)
    await waiting.get_by_role("link", name="Yours").click()
    await expect(waiting.locator(".cards .us")).to_contain_text("Lee has it")


async def _sort(room: WebStage, lee: Keyboard) -> None:
    for name, shown in (
        *(("Claim", "Lee has it"), ("More", "Snooze"), ("Urgent", "urgent"), ("More", "Tag"), ("Tag", "Safety")),
        *(("Safety", "🏷 Safety"), ("Back", "More"), ("More", "Snooze"), ("Snooze", "1 week"), ("1 week", "SNOOZED")),
        *(("Undo", "TAKEN"), ("Release", "nobody has it"), ("Claim", "Lee has it"), ("Note", "A note for colleagues")),
    ):
        await _act(room, lee, "new", name, shown)
    card = await room.card("new")
    await lee.write("A note for colleagues; citizens never see it", steps.NOTE, on=card, key="Tab")
    await _act(room, lee, "new", "Save note", f"📝 Lee: {steps.NOTE}")
    await lee.press("Show once", on=await room.card("asked"))
    await _hear(lee, "+34 612 345 678")


async def _write_to_citizens(room: WebStage, lee: Keyboard) -> None:
    await _act(room, lee, "new", "Ask")
    await _hear(lee, "write your question to the citizen")
    await lee.write(_BOX, steps.QUESTION, on=".own")
    await _send(room, lee, "new", f"❓ Lee asked: {steps.QUESTION}")
    await _act(room, lee, "answered", "Ask")
    await lee.press("Where exactly is it? A street and a hou…", on=_OWN)
    await _send(room, lee, "answered", "❓ Lee asked: Where exactly is it? A street")
    await _act(room, lee, "answered", "Decide")
    await lee.press("Accepted", on=_OWN)
    await lee.write(_BOX, steps.REASON, on=".own")
    await _send(room, lee, "answered", "DECIDED")
    await _act(room, lee, "proposed", "Agree", "DECIDED")
    await _act(room, lee, "into", "More", "Public line")
    await _act(room, lee, "into", "Public line")
    await lee.write(_BOX, "Light where children cross.", on=".own")
    await _hear(lee, "Shall others read it?")
    await lee.press("Show to others", on=_OWN)
    await _see(room, lee, "into", "📣 Light where children cross.")


async def _put_together(room: WebStage, lee: Keyboard) -> None:
    await _act(room, lee, "merged", "Unmerge", "nobody has it")
    await _act(room, lee, "merged", "More", "Merge")
    await _act(room, lee, "merged", "Merge")
    await _hear(lee, "which case is it the same as?")
    await lee.write(_BOX, room.codes["into"], on=".own")
    await lee.press("Merge", on=_OWN)
    await _see(room, lee, "merged", f"merged into {room.codes['into']}")
    await _act(room, lee, "taken", "Note", "A note for colleagues")
    note = "/split The worst place is the bridge."
    await lee.write("A note for colleagues; citizens never see it", note, on=await room.card("taken"), key="Tab")
    await lee.press("Save note", on=await room.card("taken"))
    await steps.see_card(lee.page, "✂ Lee made this of a part of")


async def _share_the_work(room: WebStage, lee: Keyboard) -> None:
    await _act(room, lee, "taken", "More", "Take over")
    await _act(room, lee, "taken", "Take over", "Lee took it over")
    await _act(room, lee, "snoozed", "More", "Hand over")
    await _act(room, lee, "snoozed", "Hand over")
    await lee.press("Kim", on=_OWN)
    await _see(room, lee, "snoozed", "Kim has it")
    await _act(room, lee, "reopened", "More", "Forward")
    await _act(room, lee, "reopened", "Forward")
    await lee.press("Care and health", on=_OWN)
    await lee.write(_BOX, "Shade is a matter of health.", on=".own")
    await _send(room, lee, "reopened", "Forwarded to Care and health")
    await _act(room, lee, "reopened", "Undo", "BACK AGAIN")
    await lee.press("/duty", on=".own")
    await lee.press("I am on duty", on=_OWN)
    await expect(lee.page.locator("#word")).to_contain_text("You are on duty for Parks and streets now.")


async def _look_around(lee: Keyboard) -> None:
    await lee.press("/bulk", on=".own")
    await lee.press("2", on=_OWN)
    await lee.press("🏷 Tag", on=_OWN)
    await lee.press("Access for all", on=_OWN)
    await lee.press("Do it", on=_OWN)
    await _hear(lee, "You can take all of it back within a day.")
    for command, said in (
        *(("/queue", "Open cases, the oldest promise first"), ("/mine", "These cases are yours")),
        *(("/find", "Write /find and some words"), ("/undo", "Reply to a card with /undo")),
        ("/help", "What you can ask me here"),
    ):
        await lee.press(command, on=".own")
        await _hear(lee, said)


async def _act(room: WebStage, lee: Keyboard, name: str, act: str, shown: str = "") -> None:
    await lee.press(act, on=await room.card(name))
    await _see(room, lee, name, shown)


async def _send(room: WebStage, lee: Keyboard, name: str, shown: str) -> None:
    await _hear(lee, "Shall it go?")
    await lee.press("Send", on=_OWN)
    await _see(room, lee, name, shown)


async def _see(room: WebStage, lee: Keyboard, name: str, shown: str) -> None:
    await expect(lee.page.locator(await room.card(name))).to_contain_text(shown)


async def _hear(lee: Keyboard, words: str) -> None:
    await expect(lee.page.locator(_OWN)).to_contain_text(words)
