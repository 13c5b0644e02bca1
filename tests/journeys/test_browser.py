"""The whole loop, once, for real: the program in its own process, people in browsers of their own."""

from playwright.async_api import Browser, Page, Request, expect

from tests.journeys import steps
from tests.journeys.browser import IN_A_BROWSER, desktop, phone
from tests.journeys.program import Program
from tests.journeys.steps import hear, press, press_card, see_card, write

pytestmark = IN_A_BROWSER


async def test_the_whole_loop(program: Program, browser: Browser) -> None:
    """An idea becomes a card, a question, a decision and an outcome; "no" brings it back to the desk."""
    citizen, servant = await phone(browser), await desktop(browser)
    requests = _elsewhere(program, citizen, servant)
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await steps.sign_in(servant, program.desk)
    code = await steps.hand_in(citizen)
    await see_card(servant, steps.IDEA)
    await press_card(servant, "Claim")
    await see_card(servant, "Lee has it")
    await steps.leave_note(servant)
    await see_card(servant, steps.NOTE)

    await steps.draft_question(servant)
    await press(servant, "Send")
    await hear(citizen, steps.QUESTION)
    await write(citizen, steps.ANSWER)
    await see_card(servant, steps.ANSWER)

    await steps.draft_decision(servant)
    await press(servant, "Send")
    await hear(citizen, "says that this already exists.")
    await hear(citizen, "Did this work for you?")
    await press(citizen, "No")
    await hear(citizen, "What is still wrong?")
    await write(citizen, steps.NOT_YET)
    await see_card(servant, "BACK AGAIN")
    await see_card(servant, steps.NOT_YET)

    await _reopen_elsewhere(program, browser, code)
    assert requests == []
    assert steps.NOTE not in await citizen.content()
    assert await program.stop() == 0


def _elsewhere(program: Program, *pages: Page) -> list[str]:
    """Collect every request that leaves for another place than the program."""
    found: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(program.chat):
            found.append(request.url)

    for page in pages:
        page.on("request", look)
    return found


async def _reopen_elsewhere(program: Program, browser: Browser, code: str) -> None:
    other = await phone(browser)
    await other.goto(program.chat)
    await other.get_by_role("link", name="I have a receipt code").click()
    await other.get_by_label("Receipt code").fill("2222-2222-2222")
    await other.get_by_role("button", name="Open").click()
    await expect(other.get_by_role("alert")).to_contain_text("We know no conversation with this code")
    await other.get_by_label("Receipt code").fill(code.lower().replace("-", " "))
    await other.get_by_role("button", name="Open").click()
    await hear(other, steps.NOT_YET)
    await other.get_by_role("button", name="Quick exit").click()
    await expect(other.get_by_role("heading")).to_have_text("All clear")
    await other.go_back()
    await expect(other.get_by_text(steps.NOT_YET)).to_have_count(0)


async def test_the_intake_needs_no_javascript(program: Program, browser: Browser) -> None:
    """With scripts switched off an idea is told, corrected, sent, and asked about, all with forms."""
    citizen = await phone(browser, script=False)
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await press(citizen, "Change 2")
    await hear(citizen, "What you have so far:")
    await write(citizen, "And a tap for water.")
    await press(citizen, "Done")
    await hear(citizen, "And a tap for water.")
    assert await steps.hand_in(citizen)
    await write(citizen, "status")
    await hear(citizen, "waiting for Parks and streets")


async def test_a_long_story_and_an_impatient_finger(program: Program, browser: Browser) -> None:
    """Ten thousand characters are taken, more get a clear word and stay on the page; a double click counts once."""
    citizen = await phone(browser)
    await citizen.goto(program.chat)
    await citizen.get_by_role("button", name="Share an idea").dblclick()
    await hear(citizen, "What is your idea about?")
    await citizen.get_by_role("button", name="Parks and playgrounds").dblclick()
    await hear(citizen, "Tell us in your own words")
    story = ("A bench, some shade and a tap. " * 400)[:10_000].strip()
    await write(citizen, story)
    await hear(citizen, "I have that")
    assert story in await citizen.locator(".line.you").last.inner_text()
    await write(citizen, story)
    await hear(citizen, "this question takes up to 12000")
    await expect(citizen.locator(".line.you")).to_have_count(4)
    await citizen.reload()
    await expect(citizen.locator(".line.you")).to_have_count(4)


async def test_a_dropped_connection_keeps_the_draft(program: Program, browser: Browser) -> None:
    """Without a connection the words stay in the box, also over a reload; with it they go out once."""
    citizen = await phone(browser)
    await steps.begin(citizen, program.chat)
    await press(citizen, "Parks and playgrounds")
    await hear(citizen, "Tell us in your own words")
    await citizen.context.set_offline(True)
    box = citizen.locator(".composer").get_by_role("textbox")
    await box.fill(steps.IDEA)
    await citizen.locator(".composer").get_by_role("button", name="Send").click()
    await expect(citizen.locator("#banner")).to_contain_text("Your words are safe in the box")
    await expect(box).to_have_value(steps.IDEA)
    await citizen.context.set_offline(False)
    await expect(box).to_have_value("")
    await hear(citizen, "I have that.")
    await expect(citizen.locator(".line.you", has_text=steps.IDEA)).to_have_count(1)


async def test_two_tabs_and_the_way_back(program: Program, browser: Browser) -> None:
    """Two tabs show one talk, the browser's Back shows it as it is, and leaving in one tab clears both."""
    first = await phone(browser)
    await steps.begin(first, program.chat)
    second = await first.context.new_page()
    await second.goto(program.chat)
    await second.bring_to_front()
    await press(second, "Parks and playgrounds")
    await hear(first, "Tell us in your own words")
    await first.bring_to_front()
    await write(first, steps.IDEA)
    await hear(second, "I have that.")
    await second.goto(f"{program.chat}reopen")
    await press(first, "Done")
    await hear(first, "Why does it matter")
    await second.go_back()
    await hear(second, "Why does it matter")
    await second.locator(".composer").get_by_role("textbox").fill("Half a thought")
    await first.get_by_role("button", name="Quick exit").click()
    await expect(second.get_by_role("heading", name="What would you like to tell us?")).to_be_visible()
    await expect(second.locator(".composer").get_by_role("textbox")).to_have_value("")


async def test_a_desk_link_works_once(program: Program, browser: Browser) -> None:
    """The same link again leads its servant home; somebody else is told kindly and sees nothing of the desk."""
    servant = await desktop(browser)
    await steps.sign_in(servant, program.desk)
    await servant.goto(program.desk)
    await servant.get_by_label("Your name").fill("Lee")
    await servant.get_by_role("button", name="Sign in").click()
    await servant.get_by_role("link", name="Go to the start page").click()
    await expect(servant.get_by_text("Signed in as Lee")).to_be_visible()
    late = await desktop(browser)
    await late.goto(program.desk)
    await late.get_by_label("Your name").fill("Kim")
    await late.get_by_role("button", name="Sign in").click()
    await expect(late.get_by_role("alert")).to_contain_text("has been used or is too old")
    await late.goto(f"{program.chat}desk")
    await expect(late.get_by_role("alert")).to_contain_text("staff who are signed in")
