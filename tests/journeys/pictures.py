"""Draw the pictures of the README anew: ``python -m tests.journeys.pictures``.

They show the real program. Look at them before they are committed; a machine with a font for signs
(such as ``fonts-noto-color-emoji``) draws them as people see them.
"""

import asyncio
import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from storage.database import Database
from tests.journeys import steps
from tests.journeys.browser import desktop, opened_browser, phone
from tests.journeys.program import Program, running_program
from tests.journeys.steps import hear, press, press_card
from tests.journeys.web_stage import LEE, set_web_stage

DOCS = Path(__file__).parents[2] / "docs"
# As many colours as a small file takes; nobody sees that there are no more.
_COLOURS = 256


async def draw() -> None:
    """Play the loop, fill a room, and write the pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "There is no Chromium here. On Debian: apt-get install chromium"
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_program(Path(folder)) as program, opened_browser(chromium) as browser:
            await _draw_chat(program, browser)
            await program.stop()
            await _draw_desk(Path(folder), browser)


async def _draw_chat(program: Program, browser: Browser) -> None:
    citizen, servant = await phone(browser, sharp=2), await desktop(browser)
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await steps.hand_in(citizen)
    await steps.sign_in(servant, program.desk)
    await press_card(servant, "Claim")
    await steps.draft_decision(servant)
    await press(servant, "Send")
    await hear(citizen, "Did this work for you?")
    await _in_both_lights(citizen, "chat")


async def _draw_desk(folder: Path, browser: Browser) -> None:
    database = await Database.open(f"sqlite:///{folder / 'room.sqlite'}")
    async with set_web_stage(database) as room:
        await room.fill()
        await room.do("taken", "take_over")
        await room.draft("taken", "accepted", "The bridge comes first from now on, before seven in the morning.")
        wide, narrow = await desktop(browser), await phone(browser, sharp=2)
        await wide.set_viewport_size({"width": 1280, "height": 900})
        await room.open_room(narrow, LEE, "?show=waiting")
        await _in_both_lights(narrow, "desk-phone")
        await narrow.close()
        await room.open_room(wide, LEE)
        await _in_both_lights(wide, "desk")
    await database.close()


async def _in_both_lights(page: Page, name: str) -> None:
    await _picture(page, name)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await _picture(page, f"{name}-dark")


async def _picture(page: Page, name: str) -> None:
    path = DOCS / f"{name}.png"
    drawn = Image.open(io.BytesIO(await page.screenshot(animations="disabled"))).convert("RGB")
    drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    asyncio.run(draw())
