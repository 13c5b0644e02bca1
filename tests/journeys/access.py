"""Whether everybody can take part in a page: what axe-core finds, and a person who has a keyboard alone."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal

import pytest
from playwright.async_api import Page

_WIDTHS = (320, 1280)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_LAWS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Between light and dark nothing changes but colours.
_RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_RUN = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
}"""
# A control by the name that its reader knows it by, in a part of the page; some begin with a sign. Where there are
# several it is the last one: the newest.
_AIM = """([name, where]) => {
  const label = (e) => (e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || "").trim();
  const all = [...document.querySelectorAll("a, button, summary, textarea, input, audio, [tabindex='0']")];
  const named = all.filter((e) => e.checkVisibility() && e.closest(where)
    && [label(e), [...label(e)].slice(2).join("")].includes(name));
  return named.at(-1);
}"""
# Whether the one in focus is the one, can be seen to be in focus, and comes after it: then it is quicker backwards.
_LOOK = """(aimed) => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const seen = box.width > 0 && getComputedStyle(at).outlineStyle !== "none";
  const after = aimed.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [at === aimed, at === document.body, seen, !aimed.isConnected, Boolean(after), at.outerHTML.slice(0, 200)];
}"""
_MOST_TABS = 120


@dataclass(slots=True)
class Inspection:
    """What axe-core finds on every page and state that it is shown."""

    axe: str = field(default_factory=lambda: (files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[str] = field(default_factory=list)

    async def look(self, page: Page, state: str) -> None:
        """Look at a page in every width and scheme."""
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(self.axe)
        for width in _WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            # Where a page happens to stand, a bar that stays in sight may cover half a button: look at all of it.
            tall = await page.evaluate("document.documentElement.scrollHeight")
            await page.set_viewport_size({"width": width, "height": tall})
            for scheme in _SCHEMES:
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                rules = _LAWS if scheme == "light" else _RULES_OF_COLOUR
                self.found += [f"{state}, {width} {scheme}: {what}" for what in await page.evaluate(_RUN, rules)]
            wide = await page.evaluate("document.documentElement.scrollWidth")
            self.found += [f"{state}, {width}: scrolls sideways, {wide}"] if wide > width else []


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Somebody at a page who comes everywhere by Tab, and always sees where they are."""

    page: Page
    # Whether they stay on one page: there nothing that happens may take them back to its beginning.
    stays: bool = False

    async def press(self, name: str, *, on: str = "body") -> None:
        """Go to a control, in a part of the page, and press it."""
        await self._walk(name, on)
        await self.page.keyboard.press("Enter")

    async def write(self, label: str, words: str, *, on: str = "body", key: str = "Enter") -> None:
        """Go to a box, write into it, and send it."""
        await self._walk(label, on)
        await self.page.keyboard.type(words)
        await self.page.keyboard.press(key)

    async def _walk(self, name: str, on: str) -> None:
        aimed = await self.page.wait_for_function(_AIM, arg=[name, on])
        for _ in range(_MOST_TABS):
            there, nowhere, seen, gone, after, what = await self.page.evaluate(_LOOK, aimed)
            assert seen or (nowhere and not self.stays), f"on the way to {name} nobody sees what is in focus: {what}"
            if there:
                return
            if gone:
                aimed = await self.page.wait_for_function(_AIM, arg=[name, on])
            else:
                await self.page.keyboard.press("Shift+Tab" if after else "Tab")
        pytest.fail(f"Tab does not lead to {name}")
