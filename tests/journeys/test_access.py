"""Everybody can take part: no barrier that axe-core finds, and no step that needs a pointer."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.browser import IN_A_BROWSER, desktop
from tests.journeys.program import Program
from tests.journeys.steps import hear, press, press_card, see_card

pytestmark = IN_A_BROWSER

_WIDTHS = (320, 1280)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_LAWS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Between light and dark nothing changes but colours.
_RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_RUN = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
}"""
# The element in focus as its reader knows it, and whether they can see where they are.
_FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const label = e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || "";
  const seen = box.width > 0 && getComputedStyle(e).outlineStyle !== "none";
  return [label.trim(), seen || e === document.body];
}"""
_MOST_TABS = 60


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
    """axe-core finds nothing on any page or state of the desk and of the closing of the loop."""
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
    await see_card(servant, "Lee has it")
    await steps.leave_note(servant)
    await servant.locator(".cards .us").last.get_by_text("Note", exact=True).click()
    await steps.draft_decision(servant)
    await inspection.look(servant, "note and preview")
    await press(servant, "Send")
    await hear(citizen, "Did this work for you?")
    await inspection.look(citizen, "ask-back")
    await press(citizen, "No")
    await see_card(servant, "BACK AGAIN")
    await inspection.look(servant, "back again")
    assert inspection.found == []


async def test_the_loop_by_keyboard_alone(program: Program, browser: Browser) -> None:
    """With Tab, Enter and letters alone, both sides come all the way, and always see where they are."""
    citizen, servant = await desktop(browser), await desktop(browser)
    await citizen.goto(program.chat)
    for name in ("Share an idea", "Parks and playgrounds"):
        await _tab_to(citizen, name)
    await hear(citizen, "Tell us in your own words")
    await _type(citizen, "Your message", steps.IDEA)
    for name in ("Done", "Skip", "I live here", "Send"):
        await _tab_to(citizen, name)
    await hear(citizen, "on another device")
    await servant.goto(program.desk)
    await _type(servant, "Your name, as colleagues know you", "Lee")
    for name in ("Parks and streets", "Claim", "Decide", "Accepted"):
        await _tab_to(servant, name)
    await hear(servant, "give the reason")
    await _type(servant, "Your message", steps.REASON)
    await hear(servant, "Shall it go?")
    await _tab_to(servant, "Send", key="Shift+Tab")
    await hear(citizen, "Did this work for you?")
    await _tab_to(citizen, "No")
    await hear(citizen, "What is still wrong?")
    await _type(citizen, "Your message", steps.NOT_YET)
    await see_card(servant, steps.NOT_YET)


async def test_the_desk_by_keyboard_alone(program: Program, browser: Browser) -> None:
    """A servant sorts, notes, and looks around without a pointer; no menu on the way is a barrier."""
    citizen, servant, inspection = await desktop(browser), await desktop(browser), Inspection()
    await steps.begin(citizen, program.chat)
    await steps.tell_idea(citizen)
    await steps.hand_in(citizen)
    await servant.goto(program.desk)
    await _type(servant, "Your name, as colleagues know you", "Lee")
    for name, shown in (
        ("Parks and streets", "NEW"),
        ("Claim", "Lee has it"),
        ("More", "Snooze"),
        ("Urgent", "urgent"),
        ("More", "Tag"),
        ("Tag", "Safety"),
        ("Safety", "🏷 Safety"),
        ("Back", "More"),
        ("More", "Snooze"),
        ("Snooze", "1 week"),
        ("1 week", "SNOOZED"),
        ("Undo", "TAKEN"),
        ("Release", "nobody has it"),
        ("Claim", "Lee has it"),
    ):
        await _tab_to(servant, name)
        await see_card(servant, shown)
    await _tab_to(servant, "More")
    await see_card(servant, "Snooze")
    await inspection.look(servant, "more acts")
    await _walk(servant, "Note")
    await servant.keyboard.press("Enter")
    await _walk(servant, "A note for colleagues; citizens never see it")
    await servant.keyboard.type(steps.NOTE)
    await _tab_to(servant, "Save note")
    await see_card(servant, f"📝 Lee: {steps.NOTE}")
    await _tab_to(servant, "/help")
    await hear(servant, "What you can ask me here")
    assert inspection.found == []


async def _tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Go to a control by Tab and press it by Enter."""
    control = page.locator("button:not(.send):visible, a:visible, summary:visible", has_text=name)
    await expect(control.last).to_be_visible()
    await _walk(page, name, key)
    await page.keyboard.press("Enter")


async def _type(page: Page, label: str, words: str) -> None:
    await _walk(page, label)
    await page.keyboard.type(words)
    await page.keyboard.press("Enter")


async def _walk(page: Page, name: str, key: str = "Tab") -> None:
    for _ in range(_MOST_TABS):
        label, seen = await page.evaluate(_FOCUS)
        assert seen, f"nobody sees that {label!r} is in focus"
        # Some buttons begin with a sign.
        if label == name or label[2:] == name:
            return
        await page.keyboard.press(key)
    pytest.fail(f"Tab does not lead to {name}")
