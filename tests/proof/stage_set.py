"""Everything a play needs: an empty town in a hurry, the Bot API, the lives of the service, and its people."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.app import invite
from dialogs.ids import QueueId
from dialogs.installation import Role
from storage.database import Database
from tests.botapi import BotApi
from tests.journeys.program import hurried_town
from tests.proof.lives import Lives, lives_of
from tests.proof.page import Page, QuickClock
from tests.proof.story import Story, Team, script
from tests.proof.tables import Tables

# Sooner than the inbox forgets an update (7 days): the play is over within that time.
_HURRY = (
    ("promise: {working_days: 10}", "promise: {working_days: 2}"),
    ("ask_back: {after: 14 days, window: 14 days}", "ask_back: {after: 1 day, window: 14 days}"),
    # One way for all of them: something is decided without a design step.
    ("approach: service_management\n    queue: care", "approach: product_dominant\n    queue: care"),
)
ASK_BACK_AFTER = timedelta(days=1)
PROMISE_OVER_AFTER = timedelta(days=3)
SERVICES = {"outdoors": "Parks and playgrounds", "care": "Health centre", "community": "Library"}


@dataclass(slots=True)
class StageSet:
    """A town on a database, with its service and its people."""

    api: BotApi
    page: Page
    lives: Lives
    tables: Tables
    environment: dict[str, str]
    log: Path
    teams: dict[str, Team] = field(default_factory=dict)
    stories: list[Story] = field(default_factory=list)

    def team(self, queue: str) -> Team:
        """Give the team of a queue, made when first asked for."""
        if queue not in self.teams:
            servant = self.api.user(f"Lee of {queue}")
            self.teams[queue] = Team(servant, self.api.group(queue, [servant]), queue)
        return self.teams[queue]

    def story(self, word: str, queue: str = "outdoors") -> Story:
        """Give a citizen their matter."""
        citizen = self.api.user(f"Ana {word}")
        lines = script(word, SERVICES[queue])
        story = Story(self.api, self.page, self.tables, citizen, self.team(queue), lines, self.environment, self.log)
        self.stories.append(story)
        return story

    async def invitation(self, queue: str) -> str:
        """Invite a lead, as the command line does."""
        database = await Database.open(self.tables.url)
        try:
            clock = QuickClock(self.page)
            valid = timedelta(days=7)
            return await invite(database, clock, queue=QueueId(queue), role=Role.LEAD, name="", valid=valid)
        finally:
            await database.close()


@asynccontextmanager
async def stage_set(url: str, folder: Path) -> AsyncIterator[StageSet]:
    """Prepare everything around a migrated database; the service does not live yet."""
    log = folder / "log"
    log.touch()
    tables = Tables(url)
    # Its clock is the true one: a press lives for 150 s, however quickly the service's days go by.
    async with BotApi() as api:
        api.limits.per_group = None
        environment = _environment(api, url, hurried_town(folder / "town", _HURRY))
        async with lives_of(environment, folder) as lives:
            try:
                yield StageSet(api, lives.page, lives, tables, environment, log)
            except (Exception, asyncio.CancelledError) as failed:
                failed.add_note("The service's log ends with:\n" + log.read_text("utf-8")[-2000:])
                raise
            finally:
                await tables.close()


def _environment(api: BotApi, url: str, town: Path) -> dict[str, str]:
    where = {"YOUSAID_DATABASE_URL": url}
    if url.startswith("sqlite:"):
        where = {"YOUSAID_DATA": str(Path(url.removeprefix("sqlite:///")).parent)}
    own = {name: value for name, value in os.environ.items() if not name.startswith("YOUSAID_")} | where
    return own | {
        "YOUSAID_CONFIG": str(town),
        "YOUSAID_LISTEN": "127.0.0.1:0",
        "YOUSAID_TELEGRAM_TOKEN": api.token,
        "YOUSAID_TELEGRAM_API": api.url,
    }
