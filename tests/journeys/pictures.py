"""Draw the pictures of the README anew: ``python -m tests.journeys.pictures``.

They show the real program. Look at them before they are committed; a machine with a font for signs
(such as ``fonts-noto-color-emoji``) draws them as people see them.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.journeys import steps
from tests.journeys.browser import desktop, opened_browser, phone
from tests.journeys.program import Program, running_program
from tests.journeys.steps import hear, press, press_card, see_card

DOCS = Path(__file__).parents[2] / "docs"
_OTHER = "The crossing at the school has no light, and in winter we cross it in the dark."


async def draw() -> None:
    """Play the loop and write the pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "There is no Chromium here. On Debian: apt-get install chromium"
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_program(Path(folder)) as program, opened_browser(chromium) as browser:
            await _play(program, browser)
            await program.stop()


async def _play(program: Program, browser: Browser) -> None:
    citizen, servant = await phone(browser, sharp=2), await desktop(browser)
    neighbour = await phone(browser)
    await steps.begin(neighbour, program.chat)
    await steps.tell_idea(neighbour, _OTHER, service="Streets and pavements")
    await steps.hand_in(neighbour)
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await steps.hand_in(citizen)
    await steps.sign_in(servant, program.desk)
    await press_card(servant, "Claim")
    await see_card(servant, "Lee has it")
    await steps.draft_decision(servant)
    await servant.mouse.move(0, 0)
    # A little taller than a small screen: both cards whole.
    await servant.set_viewport_size({"width": 1280, "height": 904})
    await _picture(servant, "desk")
    await press(servant, "Send")
    await hear(citizen, "Did this work for you?")
    await _picture(citizen, "chat")
    await citizen.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await _picture(citizen, "chat-dark")


async def _picture(page: Page, name: str) -> None:
    path = DOCS / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    asyncio.run(draw())
