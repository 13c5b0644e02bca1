"""The citizen's page over real HTTP: forms, cookies, repeats, and what is said when it cannot be done."""

from collections.abc import AsyncIterator

import pytest
from markupsafe import escape

from bot.settings import Settings
from dialogs.events import Pressed, TextSent
from dialogs.message import Button, Line, Message, Quote, Tone
from dialogs.texts import LONGEST_IN
from storage.database import Database
from storage.errors import Unwritable
from tests.bot.web_town import Town, count, field_of, form_of, town


@pytest.fixture
async def it(sqlite_url: str) -> AsyncIterator[Town]:
    """A town with its database in one file."""
    database = await Database.open(sqlite_url)
    async with town(database) as running:
        yield running
    await database.close()


async def test_a_look_leaves_nothing_behind(it: Town) -> None:
    """Opening the page makes no row in the database, and shows one button a flow."""
    before = [await count(it.database, table) for table in ("addresses", "people", "visits", "lines")]
    page = await (await it.client.get("/")).text()
    assert [await count(it.database, table) for table in ("addresses", "people", "visits", "lines")] == before
    assert 'name="data" value="f:idea"' in page
    assert 'name="data" value="f:lived_story"' in page


async def test_the_talk_works_with_forms_alone(it: Town) -> None:
    """Without a script, a text is taken, answered by a redirect, and both lines are on the next page."""
    fields = await form_of(it.client)
    answer = await it.client.post("/say", data={**fields, "text": "More shade, please"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/#end")
    page = await (await it.client.get("/")).text()
    assert page.index("More shade, please") < page.index("We heard you.")
    assert [update.event for update in it.turns.taken] == [TextSent("More shade, please")]


async def test_a_press_reads_like_words(it: Town) -> None:
    """A pressed button comes as its data, and stands in the talk with the words that were on it."""
    await it.client.post("/say", data={**await form_of(it.client), "data": "f:idea"})
    assert [update.event for update in it.turns.taken] == [Pressed("f:idea")]
    page = await (await it.client.get("/")).text()
    assert "Share an idea" in page.split('role="log"')[1]


async def test_a_forged_press_leaves_no_words(it: Town) -> None:
    """Data that was on no button goes to the turn, which answers it, and puts no words in the citizen's mouth."""
    await it.client.post("/say", data={**await form_of(it.client), "data": "<b>forged</b>"})
    assert [update.event for update in it.turns.taken] == [Pressed("<b>forged</b>")]
    assert "forged" not in await (await it.client.get("/")).text()


async def test_the_same_form_twice_counts_once(it: Town) -> None:
    """A form sent again under the same id, also the very first, is one update in one talk."""
    fields = {**await form_of(it.client), "text": "Only once"}
    cookies = {cookie.key: cookie.value for cookie in it.client.session.cookie_jar}
    first = await it.client.post("/say", data=fields, allow_redirects=False)
    it.client.session.cookie_jar.clear()
    # The answer was lost on the way: the browser still has what it had before.
    again = await it.client.post("/say", data=fields, cookies=cookies, allow_redirects=False)
    assert (first.status, again.status) == (303, 303)
    assert len(it.turns.taken) == 1
    assert "Only once" in await (await it.client.get("/")).text()


async def test_other_words_under_the_same_id_are_not_lost(it: Town) -> None:
    """A page from the browser's history that sends something else is heard."""
    fields = await form_of(it.client)
    await it.client.post("/say", data={**fields, "text": "One"})
    fields |= {"csrf": (await form_of(it.client))["csrf"]}
    await it.client.post("/say", data={**fields, "text": "Two"})
    assert [update.event for update in it.turns.taken] == [TextSent("One"), TextSent("Two")]


async def test_the_page_says_what_was_seen(it: Town) -> None:
    """An update carries the id of the newest line on the page, which a later prompt exceeds."""
    await it.client.post("/say", data={**await form_of(it.client), "text": "One"})
    fields = await form_of(it.client)
    later = await it.channel.send(it.turns.taken[0].place, Message((Line("Later"),)), key=5)
    await it.client.post("/say", data={**fields, "text": "Two"})
    position = it.turns.taken[1].position
    assert position is not None
    assert position == int(fields["seen"]) < later


async def test_a_planted_visit_is_not_adopted(it: Town) -> None:
    """A cookie that we never gave is replaced by a fresh token and opens nothing."""
    planted = {"yousaid": "planted-by-somebody-else"}
    page = await it.client.get("/", cookies=planted)
    assert 'id="start"' in await page.text()
    assert page.cookies["yousaid"]["max-age"] == "0"
    answer = await it.client.post("/say", data={**await form_of(it.client), "text": "Hello"}, allow_redirects=False)
    token = answer.cookies["yousaid"].value
    assert len(token) >= 43
    assert "planted" not in token


async def test_a_form_of_another_site_is_refused(it: Town) -> None:
    """Without our signature, or from another origin, nothing is taken."""
    fields = {**await form_of(it.client), "text": "Not mine"}
    for headers, change in (
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
        ({"Origin": "https://evil.example"}, {}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "forgéd"}),
    ):
        answer = await it.client.post("/say", data={**fields, **change}, headers=headers)
        assert answer.status == 403
    assert it.turns.taken == []


async def test_a_stale_page_gives_the_words_back(it: Town) -> None:
    """A form signed for an earlier cookie keeps its text, in a form that works at once."""
    old = await form_of(it.client)
    await it.client.post("/say", data={**old, "text": "One"})
    answer = await it.client.post("/say", data={**old, "text": "A long story"})
    page = await answer.text()
    assert answer.status == 403
    assert "A long story" in page
    again = await it.client.post("/say", data={"csrf": field_of(page, "csrf"), "text": "A long story"})
    assert again.status == 200
    assert it.turns.taken[-1].event == TextSent("A long story")


@pytest.mark.parametrize("as_json", [False, True])
async def test_too_long_a_text_is_kept(it: Town, *, as_json: bool) -> None:
    """12,001 characters get a clear word, and without a script they come back in the box."""
    fields = {**await form_of(it.client), "text": "é" * (LONGEST_IN + 1)}
    if as_json:
        answer = await it.client.post("/say", json=fields, headers={"Accept": "application/json"})
        assert "12,000" in (await answer.json())["problem"]
    else:
        answer = await it.client.post("/say", data=fields)
        page = await answer.text()
        assert "12,000" in page
        assert fields["text"] in page
    assert answer.status == 413
    assert it.turns.taken == []


async def test_the_longest_text_is_taken(it: Town) -> None:
    """12,000 emoji in a form pass whole."""
    await it.client.post("/say", data={**await form_of(it.client), "text": "🌳" * LONGEST_IN})
    assert it.turns.taken[0].event == TextSent("🌳" * LONGEST_IN)


async def test_what_cannot_be_saved_stays_in_the_box(it: Town) -> None:
    """While the database cannot be written, the page says so and gives the text back."""
    it.turns.failure = Unwritable("the disk is full")
    answer = await it.client.post("/say", data={**await form_of(it.client), "text": "My words"})
    page = await answer.text()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "We could not save that just now" in page
    assert "My words</textarea>" in page
    assert "disk" not in page


async def test_our_own_fault_is_no_stack_trace(it: Town, caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected error is a warm page with the words kept; the log has no word of the citizen."""
    it.turns.failure = RuntimeError("canary of a citizen")
    answer = await it.client.post("/say", data={**await form_of(it.client), "text": "My words"})
    page = await answer.text()
    assert answer.status == 500
    assert "My words</textarea>" in page
    assert "Traceback" not in page
    assert "canary" not in page + caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("body", [b"{", b"[1]", b"[" * 5000, b'{"text": {"a": 1}}', b"\xff\xfe", b'"x"'])
async def test_odd_bodies_get_a_clear_word(it: Town, body: bytes) -> None:
    """JSON that is none, or none of ours, is answered with a sentence."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = await it.client.post("/say", data=body, headers=headers)
    assert answer.status in (400, 403)
    assert (await answer.json())["problem"]


async def test_a_huge_body_gets_a_clear_word(it: Town) -> None:
    """A megabyte is refused with a sentence."""
    answer = await it.client.post("/say", data={"text": "x" * 1_000_000})
    assert answer.status == 413
    assert "several shorter messages" in await answer.text()


async def test_no_word_becomes_markup(it: Town) -> None:
    """Canaries in every block, button and text come out as text."""
    canary = "<script>alert('x')</script>\"'"
    it.turns.reply = Message(
        (Line(canary, strong=True), Line(canary), Quote(canary), Quote(canary * 40, folded=True)),
        ((Button(canary, canary[:60], Tone.DANGER),),),
    )
    await it.client.post("/say", data={**await form_of(it.client), "text": canary})
    page = await (await it.client.get("/")).text()
    assert "<script>alert" not in page
    assert str(escape(canary)) in page


async def test_a_toast_is_said_once(it: Town) -> None:
    """Without a script, a toast crosses the redirect and is gone at the next look; a forged one is not shown."""
    it.turns.toast = "That one is answered already."
    page = await (await it.client.post("/say", data={**await form_of(it.client), "data": "x"})).text()
    assert it.turns.toast in page
    assert it.turns.toast not in await (await it.client.get("/")).text()
    assert "Zm9v" not in await (await it.client.get("/", cookies={"yousaid-word": "Zm9v.AAAA"})).text()


async def test_the_language_is_chosen_without_a_row(it: Town) -> None:
    """The browser's wish counts, then the choice on the page."""
    assert 'lang="es"' in await (await it.client.get("/", headers={"Accept-Language": "es-MX,en;q=0.5"})).text()
    await it.client.get("/language/es")
    assert '<html lang="es" dir="ltr">' in await (await it.client.get("/")).text()
    assert (await it.client.get("/language/xx")).status == 404
    assert await count(it.database, "people") == 0


async def test_every_answer_is_guarded(it: Town) -> None:
    """Pages, errors and files carry the headers of safety; personal pages are not stored."""
    for path in ("/", "/reopen", "/left", "/desk", "/desk/enter/r_x", "/desk/outdoors", "/events", "/health", "/none"):
        answer = await it.client.get(path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers
        assert "Python" not in answer.headers.get("Server", "")
    script = await it.client.get("/static/chat.js")
    assert script.status == 200
    assert script.headers["X-Content-Type-Options"] == "nosniff"
    assert (await it.client.get("/static/../site.py")).status == 404
    assert (await it.client.get("/static/%2e%2e/site.py")).status == 404


async def test_cookies_are_ours_alone(sqlite_url: str) -> None:
    """Behind https every cookie is __Host-, Secure, HttpOnly and Lax, and pages ask for https only."""
    database = await Database.open(sqlite_url)
    async with town(database, Settings(public_url="https://talk.example")) as it:
        page = await it.client.get("/")
        fields = {name: field_of(await page.text(), name) for name in ("csrf", "nonce", "seen")}
        jar = {name: cookie.value for name, cookie in page.cookies.items()}
        answer = await it.client.post(
            "/say",
            data={**fields, "text": "Hello"},
            cookies=jar,
            headers={"Origin": "https://talk.example", "Host": "evil.example"},
            allow_redirects=False,
        )
        assert answer.status == 303
        assert answer.headers["Location"] == "/#end"
        assert answer.headers["Strict-Transport-Security"]
        for cookie in (*page.cookies.values(), *answer.cookies.values()):
            assert cookie.key.startswith("__Host-")
            assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
                True,
                True,
                "Lax",
                "/",
            )
            assert not cookie["domain"]
    await database.close()
