"""The pages in a real browser: what the script adds, and that nothing needs it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from dialogs.events import Pressed, TextSent
from dialogs.message import Button, Line, Message
from storage.database import Database
from tests.bot.web_town import Town, sign_in, town
from tests.journeys.browser import IN_A_BROWSER

pytestmark = IN_A_BROWSER


@pytest_asyncio.fixture(loop_scope="session")
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town that answers with a question."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        running.turns.reply = Message((Line("Which one?"),), ((Button("This one", "s:1:1:0"),),))
        yield running
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(request: pytest.FixtureRequest, browser: Browser) -> Page:
    """A page on a phone; its parameter says whether it runs scripts."""
    context = await browser.new_context(
        java_script_enabled=getattr(request, "param", True), viewport={"width": 360, "height": 740}
    )
    return await context.new_page()


@pytest.mark.parametrize("page", [True, False], indirect=True)
async def test_the_talk_goes_on_with_and_without_script(it: Town, page: Page) -> None:
    """A citizen chooses, presses and writes by keyboard and pointer, and sees every answer."""
    await page.goto(str(it.server.make_url("/")))
    await page.get_by_role("button", name="Share an idea").click()
    await page.get_by_role("button", name="This one").press("Enter")
    await expect(page.locator(".line")).to_have_count(4)
    await page.get_by_role("textbox").fill("More shade\nby the north gate")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".line")).to_have_count(6)
    await expect(page.get_by_role("textbox")).to_have_value("")
    assert [update.event for update in it.turns.taken] == [
        Pressed("f:idea"),
        Pressed("s:1:1:0"),
        TextSent("More shade\nby the north gate"),
    ]


async def test_a_lost_answer_makes_no_second_message(it: Town, page: Page) -> None:
    """While the connection drops answers, the words stay in the box; in the end they were taken once."""
    await page.goto(str(it.server.make_url("/")))
    lost = 0

    async def lose_answer(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost > 2:
            await route.continue_()
            return
        await route.fetch()
        await route.abort("connectionreset")

    await page.route("**/say", lose_answer)
    await page.get_by_role("textbox").fill("Only once")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#banner")).to_contain_text("keep trying")
    await expect(page.get_by_role("textbox")).to_have_value("Only once")
    await expect(page.get_by_role("textbox")).to_have_value("", timeout=15_000)
    await expect(page.locator(".line")).to_have_count(2)
    # Once more where the lost answer brought the cookie of the visit, and the form was signed for the one before.
    assert lost in (3, 4)
    assert len(it.turns.taken) == 1


async def test_a_draft_outlives_a_reload(it: Town, page: Page) -> None:
    """What was written and not sent is in the box again; leaving takes it away."""
    await page.goto(str(it.server.make_url("/")))
    await page.get_by_role("textbox").fill("Half a thought")
    await page.reload()
    await expect(page.get_by_role("textbox")).to_have_value("Half a thought")
    await page.get_by_role("button", name="Quick exit").click()
    await expect(page.get_by_role("heading")).to_have_text("All clear")
    await page.goto(str(it.server.make_url("/")))
    await expect(page.get_by_role("textbox")).to_have_value("")


async def test_a_card_changes_under_a_half_written_note(it: Town, page: Page) -> None:
    """A card that is edited keeps the note that somebody is writing, and shows its new words."""
    await sign_in(it)
    number = await it.channel.send("room:outdoors", _card("NEW", "Claim"), key=1)
    jar = {cookie.key: cookie.value for cookie in it.client.session.cookie_jar}
    url = str(it.server.make_url("/"))
    await page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in jar.items()])
    await page.goto(f"{url}desk/outdoors")
    await page.get_by_text("Note", exact=True).click()
    await page.get_by_label("A note for colleagues").fill("Looked at")
    await it.channel.edit("room:outdoors", number, _card("TAKEN", "Release"))
    await expect(page.get_by_role("button", name="Release")).to_be_visible()
    await expect(page.get_by_label("A note for colleagues")).to_have_value("Looked at")
    await page.keyboard.type(" twice")
    await expect(page.get_by_label("A note for colleagues")).to_have_value("Looked at twice")


def _card(state: str, label: str) -> Message:
    return Message((Line(state),), ((Button(label, f"c:{label}"),),), protected=True)
