"""Everybody can take part: no barrier that axe-core finds, and no step that needs a pointer."""

from playwright.async_api import Browser, expect

from tests.journeys import steps
from tests.journeys.access import Inspection, Keyboard
from tests.journeys.browser import IN_A_BROWSER, desktop
from tests.journeys.program import Program
from tests.journeys.steps import hear, press, press_card, see_card

pytestmark = IN_A_BROWSER


async def test_no_barrier_on_the_citizens_pages(program: Program, browser: Browser) -> None:
    """axe-core finds nothing on any page or state of a citizen's, narrow and wide, light and dark."""
    page, inspection = await desktop(browser), Inspection()
    await page.goto(program.chat)
    await inspection.look(page, "welcome")
    await steps.begin(page, program.chat)
    await inspection.look(page, "choice")
    await steps.tell_idea(page)
    await inspection.look(page, "review")
    await steps.hand_in(page)
    await page.get_by_text("More", exact=True).click()
    await inspection.look(page, "receipt and menu")
    await page.context.set_offline(True)
    await expect(page.locator("#banner")).to_be_visible()
    await inspection.look(page, "offline")
    await page.context.set_offline(False)
    await page.goto(f"{program.chat}said/parks?lang=ar")
    await inspection.look(page, "public board")
    await page.goto(f"{program.chat}reopen")
    await inspection.look(page, "reopen")
    await page.get_by_label("Receipt code").fill("2222-2222-2222")
    await page.get_by_role("button", name="Open").click()
    await inspection.look(page, "wrong code")
    await page.goto(f"{program.chat}nowhere")
    await inspection.look(page, "error")
    await page.goto(program.chat)
    await page.get_by_role("button", name="Quick exit").click()
    await inspection.look(page, "left")
    assert inspection.found == []


async def test_no_barrier_on_the_desk(program: Program, browser: Browser) -> None:
    """axe-core finds nothing on the way into the desk, nor when the loop closes."""
    citizen, servant, inspection = await desktop(browser), await desktop(browser), Inspection()
    await servant.goto(program.desk)
    await inspection.look(servant, "sign in")
    await steps.sign_in(servant, program.desk)
    await inspection.look(servant, "empty room")
    await servant.goto(f"{program.chat}desk")
    await inspection.look(servant, "queues")
    await servant.go_back()
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await steps.hand_in(citizen)
    await press_card(servant, "Claim")
    await steps.draft_decision(servant)
    await press(servant, "Send")
    await hear(citizen, "Did this work for you?")
    await inspection.look(citizen, "ask-back")
    assert inspection.found == []


async def test_the_loop_by_keyboard_alone(program: Program, browser: Browser) -> None:
    """With Tab, Enter and letters alone, both sides come all the way, and always see where they are."""
    citizen, servant = Keyboard(await desktop(browser)), Keyboard(await desktop(browser))
    await citizen.page.goto(program.chat)
    for name in ("Share an idea", "Parks and playgrounds"):
        await citizen.press(name)
    await hear(citizen.page, "Tell us in your own words")
    await citizen.write("Your message", steps.IDEA)
    for name in ("Done", "Skip", "I live here", "Send"):
        await citizen.press(name, on=".line")
    await hear(citizen.page, "on another device")
    await servant.page.goto(program.desk)
    await servant.write("Your name, as colleagues know you", "Lee")
    for name in ("Parks and streets", "Claim", "Decide", "Already exists"):
        await servant.press(name)
    await hear(servant.page, "give the reason")
    await servant.write("Your message", steps.REASON)
    await hear(servant.page, "Shall it go?")
    await servant.press("Send", on=".line")
    await hear(citizen.page, "Did this work for you?")
    await citizen.press("No")
    await hear(citizen.page, "What is still wrong?")
    await citizen.write("Your message", steps.NOT_YET)
    await see_card(servant.page, steps.NOT_YET)
