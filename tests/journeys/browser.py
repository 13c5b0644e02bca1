"""A browser, and one profile in it for each person: their own cookies, their own size of screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

# A browser lives longer than a test, and so does the loop that it is spoken to in.
IN_A_BROWSER = pytest.mark.asyncio(loop_scope="session")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE_MS = 10_000


@asynccontextmanager
async def opened_browser(chromium: str) -> AsyncIterator[Browser]:
    """Start the browser and close it in the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield browser
        await browser.close()


async def phone(browser: Browser, *, script: bool = True, sharp: int = 1) -> Page:
    """Open a page of a citizen's phone, an old and small one."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        java_script_enabled=script,
        device_scale_factor=sharp,
    )
    context.set_default_timeout(_PATIENCE_MS)
    return await context.new_page()


async def desktop(browser: Browser) -> Page:
    """Open a page of a servant's computer."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(_PATIENCE_MS)
    return await context.new_page()
