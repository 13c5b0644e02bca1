"""What people do on the pages: read, write and press, as they would."""

from playwright.async_api import Locator, Page, expect

IDEA = "The bench by the north gate has no shade. Could the new trees be planted on that side?"
QUESTION = "Which bench do you mean, the one at the pond?"
ANSWER = "Yes, the one at the pond."
REASON = "We will plant two of the new trees there in October."
NOT_YET = "There are still no trees."
NOTE = "The trees come in October, I think."


async def hear(page: Page, words: str) -> None:
    """Wait until the person's own chat says something."""
    await expect(page.locator(".log[data-chat=own]").get_by_text(words).last).to_be_visible()


async def press(page: Page, name: str) -> None:
    """Press a button of the newest message that has some."""
    await page.locator(".log[data-chat=own] .buttons").last.get_by_role("button", name=name).click()


async def write(page: Page, words: str) -> None:
    """Write into the box, send it, and see that it was taken."""
    composer = page.locator(".composer")
    await composer.get_by_role("textbox").fill(words)
    await composer.get_by_role("button", name="Send").click()
    await expect(composer.get_by_role("textbox")).to_have_value("")


async def begin(page: Page, chat: str) -> None:
    """Open the chat and begin with an idea."""
    await page.goto(chat)
    await page.get_by_role("button", name="Share an idea").click()
    await hear(page, "What is your idea about?")


async def tell_idea(page: Page, idea: str = IDEA, *, service: str = "Parks and playgrounds") -> None:
    """Answer every question up to the review."""
    await press(page, service)
    await hear(page, "Tell us in your own words")
    await write(page, idea)
    await press(page, "Done")
    await hear(page, "Why does it matter")
    await press(page, "Skip")
    await hear(page, "What is your link")
    await press(page, "I live here")
    await hear(page, "Is everything as you want it?")


async def hand_in(page: Page) -> str:
    """Send what the review shows and give the receipt code."""
    await press(page, "Send")
    receipt = page.locator(".line", has_text="on another device")
    return await receipt.locator(".strong").inner_text()


async def sign_in(page: Page, desk: str, name: str = "Lee") -> None:
    """Use up the one-time link and go to the room of the first queue."""
    await page.goto(desk)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="Parks and streets").click()


def newest_card(page: Page) -> Locator:
    """Give the newest card of a room: it stands first."""
    return page.locator(".log[data-chat=room] .us").first


async def see_card(page: Page, words: str) -> None:
    """Wait until the newest card says something."""
    await expect(newest_card(page)).to_contain_text(words)


async def press_card(page: Page, name: str) -> None:
    """Press a button of the newest card."""
    await newest_card(page).get_by_role("button", name=name).click()


async def leave_note(page: Page, words: str = NOTE) -> None:
    """Reply to the newest card, for colleagues alone."""
    card = newest_card(page)
    await card.get_by_text("Note", exact=True).click()
    await card.get_by_label("A note for colleagues").fill(words)
    await card.get_by_role("button", name="Save note").click()


async def draft_question(page: Page, words: str = QUESTION) -> None:
    """Ask the citizen something, up to the preview."""
    await press_card(page, "Ask")
    await hear(page, "write your question to the citizen")
    await write(page, words)
    await hear(page, "Shall it go?")


async def draft_decision(page: Page, words: str = REASON) -> None:
    """Accept with a reason, up to the preview."""
    await press_card(page, "Decide")
    await press(page, "Already exists")
    await hear(page, "give the reason")
    await write(page, words)
    await expect(page.locator(".log[data-chat=own] blockquote", has_text=words).first).to_be_visible()
    await expect(page.get_by_text("Shall it go?").last).to_be_visible()
