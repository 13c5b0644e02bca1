"""The starter's lived story in Arabic on a small phone: from the choice of language to the receipt, with a photo."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.bot.media_files import photo
from tests.journeys import steps
from tests.journeys.browser import IN_A_BROWSER, desktop, phone
from tests.journeys.program import Program
from tests.journeys.steps import press

pytestmark = IN_A_BROWSER

STORY = "لم تعد أمي تستطيع الوصول إلى الطبيب، لأن الحافلة لم تعد تتوقف هنا."
# What happened, the service it touched, how it felt, and what would have been better.
STEPS = (
    ("اتصلت بشركة الحافلات.", "حافلات المدينة", "1", "أن يعاود أحد الاتصال بي."),
    ("ذهبنا إلى الطبيب بسيارة أجرة.", "المركز الصحي", "4", ""),
    ("انتظرنا الحافلة للعودة.", "حافلات المدينة", "3", ""),
)

# The direction of the page and its width; quotes that stand on the wrong side, and numbers that a line breaks apart.
_LAYOUT = """() => {
  const all = (which) => [...document.querySelectorAll(which)];
  return [document.dir, document.documentElement.scrollWidth,
    all(".us blockquote").filter((e) => getComputedStyle(e).direction !== "rtl").map((e) => e.innerText),
    all(".whole").filter((e) => e.getClientRects().length !== 1).map((e) => e.innerText)];
}"""


async def tell_story(page: Page, chat: str, file: Path) -> AsyncIterator[str]:
    """Tell the whole story, and stop at each state that the page is in, with its name."""
    await page.goto(chat)
    await page.get_by_role("link", name="العربية").click()
    yield "start"
    await page.get_by_role("button", name="مشاركة تجربة").click()
    await press_at(page, "هل يمكن للفريق", "نعم")
    await see(page, "من أنت في هذه القصة؟")
    yield "choice"
    await press(page, "استخدمت الخدمة")
    await see(page, "أخبرنا بما حدث")
    yield "long text or voice"
    await write(page, STORY)
    await press_at(page, "وصلني ذلك", "✓ تم")
    await press_at(page, "متى كان ذلك؟", "تخطي")
    async for state in tell_steps(page):
        yield state
    await see(page, "هل توجد صورة")
    await page.get_by_label("اختيار صورة").set_input_files(file)
    await page.get_by_role("button", name="إرسال هذا الملف").click()
    await expect(page.locator(".you img")).to_have_js_property("naturalWidth", 400)
    await see(page, "وصلتني صورتك.")
    await expect(page.get_by_role("button", name="✓ تم").last).to_be_in_viewport()
    yield "photo"
    await press(page, "✓ تم")
    await see(page, "هذه قصتك.")
    yield "review"
    await press(page, "إرسال")
    await see(page, "استخدم هذا الرمز")
    yield "receipt"


async def tell_steps(page: Page) -> AsyncIterator[str]:
    """Tell one step after another."""
    for number, (what, service, mood, better) in enumerate(STEPS, 1):
        await see(page, f"الخطوة {number}. ماذا حدث؟")
        await write(page, what)
        await press_at(page, "أي خدمة كانت تلك؟", service)
        await see(page, "كيف كان شعورك؟")
        if number == 1:
            yield "scale"
        await press(page, mood)
        if better:
            await see(page, "ما الذي كان سيجعل")
            yield "better"
            await write(page, better)
        await see(page, "هل كانت هناك خطوة أخرى؟")
        if number == len(STEPS) - 1:
            yield "another step"
        await press(page, "إضافة المزيد" if number < len(STEPS) else "لا، هذا كل شيء")


async def see(page: Page, words: str) -> None:
    """Wait until the newest line says something: it is the bot's own once it has answered."""
    await expect(page.locator(".log[data-chat=own] .line").last).to_contain_text(words)


async def press_at(page: Page, question: str, label: str) -> None:
    """Press a button at a question, once it is put."""
    await see(page, question)
    await press(page, label)


async def write(page: Page, words: str) -> None:
    """Write into the box at the end of the page and send it."""
    composer = page.locator(".composer")
    await composer.get_by_role("textbox").fill(words)
    await composer.get_by_role("button", name="إرسال").click()
    await expect(composer.get_by_role("textbox")).to_have_value("")


async def test_a_story_in_arabic(program: Program, browser: Browser, tmp_path: Path) -> None:
    """Every state of the page reads from right to left and fits the phone; the team sees the story and its photo."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo(width=400, height=300))
    page, lee = await phone(browser), await desktop(browser)
    async for state in tell_story(page, program.chat, file):
        assert await page.evaluate(_LAYOUT) == ["rtl", 360, [], []], state
    await expect(page.locator(".log").get_by_text("شكرًا لثقتك بنا.")).to_have_count(1)
    await steps.sign_in(lee, program.desk)
    card = steps.newest_card(lee)
    for words in (STORY, *(what for what, *_ in STEPS), "المركز الصحي"):
        await expect(card).to_contain_text(words)
    await expect(card.locator("img")).to_have_js_property("naturalWidth", 400)
