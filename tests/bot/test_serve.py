"""Starting and running where something is wrong: settings, configuration, port, token, database, secrets."""

import asyncio
import gc
import json
import logging
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from bot.cli import main
from bot.clock import WallClock
from bot.log import set_up_log
from storage import inbox, staff
from storage.database import Database
from tests.botapi import BotApi, How
from tests.journeys.living import WEBHOOK_SECRET, FastClock, free_port, living, settings_of, town_on_telegram
from tests.journeys.program import hurried_town
from tests.journeys.web_people import visitor

TOKEN = "4242:canary-of-the-token"
PASSWORD = "canary-of-the-password"
WORDS = "canary of a citizen's words"

Variables = pytest.MonkeyPatch
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def as_before(monkeypatch: Variables, tmp_path: Path) -> Iterator[None]:
    """Let the program set up its log and its memory, and put both back."""
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("YOUSAID_LISTEN", "127.0.0.1:0")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in list(root.manager.loggerDict)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    gc.unfreeze()


UNSAFE = {
    "open to the network": ({"LISTEN": "0.0.0.0:8080"}, "or listen on 127.0.0.1"),
    "no port": ({"LISTEN": "localhost"}, "must be host:port, such as 127.0.0.1:8080"),
    "plain http": ({"PUBLIC_URL": "http://riverton.example"}, "set an https address"),
    "no address": ({"PUBLIC_URL": "riverton.example"}, "must begin with https://"),
    "webhook without https": ({"WEBHOOK_SECRET": "x" * 20}, "Set YOUSAID_PUBLIC_URL to an https address"),
    "short secret": (
        {"WEBHOOK_SECRET": "short", "PUBLIC_URL": "https://riverton.example"},
        "Use at least 16 letters and digits",
    ),
    "another database": ({"DATABASE_URL": f"mysql://u:{PASSWORD}@h/d"}, "must begin with postgresql://"),
    "a log of nothing": ({"LOG": "verbose"}, "YOUSAID_LOG"),
}


@pytest.mark.parametrize(("variables", "remedy"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_settings(variables: dict[str, str], remedy: str, monkeypatch: Variables, capsys: Output) -> None:
    """Each is refused with a sentence that says how to put it right, and nothing is started."""
    for name, value in variables.items():
        monkeypatch.setenv(f"YOUSAID_{name}", value)
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert remedy in said
    assert "Traceback" not in said
    assert PASSWORD not in said


MISTAKES = (
    ("languages: [en, es, fr, ar]", "languages: [en, es, fr, ar, xx-not-one-of-ours]"),
    ("timezone: America/New_York", "timezone: America/Riverton"),
    ('mon: "09:00-17:00"', 'mon: "17:00-09:00"'),
    ("holidays: [2026-12-25,", "holidays: [2026-02-30,"),
    ("{working_days: 10}", "{working_days: ten}"),
    ("ask: 1 second", "ask: 1 moment"),
    ("approach: product_dominant\n    queue: outdoors", "approach: product_dominant\n    queue: indoors"),
    ("approach: service_management", "approach: service_managment"),
    ("reviewer: {en: Reviewer", "reviewers: {en: Reviewer"),
    ("lead: {en: Team lead, es: Coordinación del equipo", "lead: {en: Team lead"),
)


def test_ten_mistakes(tmp_path: Path, monkeypatch: Variables, capsys: Output) -> None:
    """A configuration with ten mistakes is not started; each is told with its file, its line and a remedy."""
    config = hurried_town(tmp_path / "config")
    town = config / "yousaid.yaml"
    text = town.read_text("utf-8")
    for right, wrong in MISTAKES[1:]:
        assert right in text
        text = text.replace(right, wrong, 1)
    (config / "flows" / "idea.yaml").write_text("flow: idea\nsteps: [\n", "utf-8")
    town.write_text(text, "utf-8")
    monkeypatch.setenv("YOUSAID_CONFIG", str(config))
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    told = [line for line in said.splitlines() if "yaml:" in line]
    assert len(told) >= len(MISTAKES), said
    assert "Nothing was done." in said
    assert "Traceback" not in said


def test_a_port_in_use(monkeypatch: Variables, capsys: Output) -> None:
    """The sentence names the address and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("YOUSAID_LISTEN", address)
        assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert f"Something listens at {address} already." in said
    assert "YOUSAID_LISTEN" in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: Variables, capsys: Output) -> None:
    """The sentence says which settings to look at."""
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path / "file" / "data"))
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "Look at YOUSAID_DATA or YOUSAID_DATABASE_URL" in said
    assert "Traceback" not in said


def test_a_full_disk_at_the_start(capsys: Output) -> None:
    """Where nothing can be written, the start is refused with a sentence."""
    with _full_disk():
        assert main(["serve"]) == 1
    assert "can this user write there?" in capsys.readouterr().err


def test_a_postgresql_that_is_not_there(monkeypatch: Variables, capsys: Output) -> None:
    """The sentence does not give away the password."""
    monkeypatch.setenv("YOUSAID_DATABASE_URL", f"postgresql://yousaid:{PASSWORD}@127.0.0.1:1/yousaid")
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "the database cannot be opened" in said
    assert PASSWORD not in said


async def test_a_wrong_token(sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, plainly and without the token, and the web chat goes on."""
    async with BotApi() as api:
        settings = settings_of(tmp_path, sqlite_url, api).model_copy(update={"telegram_token": SecretStr(TOKEN)})
        async with living(settings, FastClock()) as house, aiohttp.ClientSession() as browser:
            await _hear("does not know this bot token")
            async with browser.get(house.url) as page:
                assert page.status == 200
    said = [record.getMessage() for record in caplog.records if "token" in record.getMessage()]
    assert len(said) == 1
    assert "Copy the token from @BotFather into YOUSAID_TELEGRAM_TOKEN" in said[0]
    assert "canary" not in caplog.text


async def test_a_token_that_is_taken_back(sqlite_url: str, tmp_path: Path) -> None:
    """Where the token is no good any more while we run, that is said, and the web chat goes on."""
    async with town_on_telegram(tmp_path, sqlite_url) as (house, api, _), aiohttp.ClientSession() as browser:
        ana = api.user("Ana")
        await ana.send("/start")
        await ana.wait_for("Hello!")
        hearing = asyncio.create_task(_hear("does not know this bot token"))
        api.token = "4242:another"
        api.end_polls()
        await hearing
        async with browser.get(house.url) as page:
            assert page.status == 200


async def test_a_database_that_cannot_be_written(database_url: str, tmp_path: Path) -> None:
    """Nothing is acknowledged meanwhile, Telegram is told to come again, and it goes on without a restart."""
    async with town_on_telegram(tmp_path, database_url, webhook=True) as (_, api, _):
        ana = api.user("Ana")
        await ana.send("/start")
        await ana.wait_for("Hello!")
        async with _unwritable(database_url):
            before = len(api.webhook.tries)
            await ana.send("status")
            await api.wait_for(lambda: len(api.webhook.tries) > before + 1)
            assert {status for _, status in api.webhook.tries[before:]} == {503}
            assert len(api.updates.waiting) == 1
        await ana.wait_for("You have not sent us anything yet.")
        await api.wait_for(lambda: not api.updates.waiting)


async def test_words_on_the_web_while_nothing_can_be_written(database_url: str, tmp_path: Path) -> None:
    """A citizen on the web gets their words back, and can send them again later."""
    settings = settings_of(tmp_path, database_url)
    async with living(settings, FastClock(20)) as house, visitor(house.url) as ana:
        async with _unwritable(database_url):
            status, page = await ana.try_to_say("The bench has no shade.")
            assert status == 503
            assert "The bench has no shade." in page
        await ana.open()
        await ana.say("The bench has no shade.")
        await ana.read("I have kept what you wrote", "The bench has no shade.")


async def test_a_webhook_for_telegram_only(sqlite_url: str, tmp_path: Path) -> None:
    """A body that is no update, and a sender who does not know the secret, get a clear word."""
    good = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
    async with town_on_telegram(tmp_path, sqlite_url, webhook=True) as (_, api, _), aiohttp.ClientSession() as sender:
        ana = api.user("Ana")
        await ana.send("/start")
        await ana.wait_for("Hello!")
        for headers, body, status in (
            (good, b"not JSON", 400),
            (good, b"\xff\xfe\x00", 400),
            (good, b"[" * 100_000, 400),
            (good, b'["update_id"]', 400),
            (good, b'{"update_id": "one"}', 400),
            (good, BytesIO(b" " * (2 << 20)), 413),
            ({}, b'{"update_id": 1}', 403),
            ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b'{"update_id": 1}', 403),
        ):
            async with sender.post(api.webhook.reached_at, data=body, headers=headers) as answer:
                assert (answer.status, await answer.text() != "") == (status, True)
        await ana.send("status")
        await ana.wait_for("You have not sent us anything yet.")


async def test_secrets_stay_secret(postgres_url: str, tmp_path: Path, capsys: Output) -> None:
    """With everything logged and everything going wrong, no secret and no word of a citizen is on the terminal."""
    set_up_log("debug")
    clock, port = FastClock(), free_port()
    url = sa.make_url(postgres_url).set(username="postgres", password=PASSWORD)
    async with BotApi(clock=clock, token=TOKEN) as api:
        api.webhook.reached_at = f"http://127.0.0.1:{port}/telegram"
        address = url.render_as_string(hide_password=False)
        settings = settings_of(tmp_path, address, api, webhook=True, port=port)
        for how in How:
            for method in ("getMe", "setWebhook", "sendMessage", "answerCallbackQuery"):
                api.fail_next(method, how, seconds=1)
        async with living(settings, clock) as house:
            ana = api.user("Ana")
            await ana.send(f"/start {WORDS}")
            await ana.press(await ana.wait_for("What would you like to do?", timeout_s=20), "Share an idea")
            await ana.wait_for("What is your idea about?", timeout_s=20)
            await house.database.write(lambda c: c.exec_driver_sql("ALTER TABLE sessions RENAME TO gone"))
            await ana.send(WORDS)
            await api.wait_for(lambda: not api.updates.waiting, timeout_s=20)
            await house.database.write(lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO sessions"))
            assert len(await house.database.read(inbox.list_aside)) == 1
            logging.getLogger("bot").error("the settings are %r", settings)
    output = capsys.readouterr()
    said = output.out + output.err
    assert "An update failed with ProgrammingError" in said
    for secret in (TOKEN.partition(":")[2], PASSWORD, WEBHOOK_SECRET, WORDS):
        assert secret not in said


async def _hear(words: str) -> None:
    """Wait until the log says something."""
    said = asyncio.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if words in record.getMessage():
                said.set()

    ear = Ear()
    logging.getLogger().addHandler(ear)
    try:
        async with asyncio.timeout(5):
            await said.wait()
    finally:
        logging.getLogger().removeHandler(ear)


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let no file grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def _unwritable(url: str) -> AsyncIterator[None]:
    """Fill the disk under SQLite; cut every connection to PostgreSQL and let new ones only read."""
    if url.startswith("sqlite"):
        with _full_disk():
            yield
        return
    database = sa.make_url(url).database
    others = f"datname = '{database}' AND pid <> pg_backend_pid()"
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    engine = create_async_engine(sa.make_url(url).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
            await connection.exec_driver_sql(cut)
            yield
            await connection.exec_driver_sql(f"ALTER DATABASE {database} RESET default_transaction_read_only")
            await connection.exec_driver_sql(cut)
    finally:
        await engine.dispose()


def test_a_servant_is_listed_and_removed(tmp_path: Path, monkeypatch: Variables, capsys: Output) -> None:
    """An admin sees who has rights and takes them away, without writing SQL."""
    monkeypatch.setenv("YOUSAID_DATA", str(tmp_path))
    assert main(["staff", "invite", "--queue", "outdoors", "--role", "lead", "--name", "Lee", "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)["payload"]
    asyncio.run(_redeem(f"sqlite:///{tmp_path / 'yousaid.sqlite'}", payload))
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out == "1  Lee  outdoors lead\n"
    assert main(["staff", "remove", "1"]) == 0
    assert "Removed." in capsys.readouterr().out
    assert main(["staff", "remove", "1"]) == 1
    assert "Nobody with rights has the number 1." in capsys.readouterr().err
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out == ""


async def _redeem(url: str, payload: str) -> None:
    database = await Database.open(url)
    try:
        now = WallClock().now()
        servant = await database.write(
            lambda c: staff.redeem_invite(c, payload, channel="telegram", account="7", name="", now=now)
        )
        assert servant is not None
    finally:
        await database.close()
