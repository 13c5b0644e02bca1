"""The whole loop, acted by people who wait for what they see: an idea, a question, a decision, and "no".

It is the talk of ``tests/transcripts/whole_loop.txt``, with the promised day let pass at the end, in
steps; between two of them everybody waits until the service has said all that it has to say.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.botapi import BotApi, BotMessage, Group, User
from tests.botapi.people import Talk
from tests.forked import fork, run_command
from tests.proof.page import Page
from tests.proof.tables import Tables

PATIENCE_S = 30.0
_LOOK_EVERY_S = 0.01


async def nothing(_: str) -> None:
    """Do nothing at the border of a step."""


@dataclass(slots=True)
class Team:
    """A queue's servant and their group. ``busy``: one drafts one thing at a time."""

    servant: User
    group: Group
    queue: str
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Script:
    """What a citizen says, each line with a word of their own in it, and the service it is about."""

    service: str
    idea: tuple[str, str]
    question: str
    answer: str
    reason: str
    complaint: str


def script(word: str, service: str = "Parks and playgrounds") -> Script:
    """Write the lines of one citizen."""
    return Script(
        service=service,
        idea=(f"The bench {word} has no shade.", f"Could the trees be planted at {word}?"),
        question=f"Which bench do you mean, {word} at the pond?",
        answer=f"Yes, {word} at the pond.",
        reason=f"We will plant two of them at {word} in October.",
        complaint=f"There are still no trees at {word}.",
    )


@dataclass(slots=True)
class Story:
    """One citizen's matter. ``before`` and ``after`` are told the name of each step."""

    api: BotApi
    page: Page
    tables: Tables
    citizen: User
    team: Team
    script: Script
    environment: dict[str, str]
    log: Path
    before: Callable[[str], Awaitable[None]] = nothing
    after: Callable[[str], Awaitable[None]] = nothing
    # What the operator sent once more, after a look into the chat: rows of the outbox.
    sent_again: list[int] = field(default_factory=list)
    _since: dict[int, int] = field(default_factory=dict)

    async def join(self, payload: str) -> None:
        """Enrol the servant and bind the group."""
        servant, group = self.team.servant, self.team.group
        async with self._step("enrol"):
            await servant.send(f"/start {payload}")
            await self._sees(servant.chat, "You are on the list now")
        async with self._step("add to group"):
            group.add_bot(servant)
        async with self._step("bind"):
            group.say(servant, f"/bind {self.team.queue}")
            await self._sees(group.chat, "This is now the room")

    async def propose(self) -> None:
        """Tell the idea, up to the receipt and the card."""
        for said, seen in (
            ("/start", "What would you like to do?"),
            ("[Share an idea]", "What is your idea about?"),
            (f"[{self.script.service}]", "What is your idea? Tell us"),
            (self.script.idea[0], self.script.idea[0]),
            (self.script.idea[1], self.script.idea[1]),
            ("[Done]", "Why does it matter"),
            ("[Skip]", "What is your link to"),
            ("[I live here]", "Is everything as you want it?"),
        ):
            async with self._step(f"citizen {said}"):
                await self._say_or_press(self.citizen, said)
                await self._sees(self.citizen.chat, seen)
        async with self._step("citizen [Send]"):
            await self._say_or_press(self.citizen, "[Send]")
            await self._sees(self.citizen.chat, "Its number is")
            await self._sees_card("NEW")

    async def discuss(self) -> None:
        """Claim it, note something, ask, and be answered."""
        async with self.team.busy:
            async with self._step("claim"):
                await self._press_card("Claim")
                await self._sees_card("TAKEN")
            async with self._step("note"):
                self.team.group.say(self.team.servant, "In October, I think.", reply_to=self._card())
                await self._sees_card("In October, I think.")
            async with self._step("ask"):
                await self._press_card("Ask")
                await self._sees(self.team.servant.chat, "write your question")
            await self._write_and_send(self.script.question, "question", timedelta(seconds=15))
        async with self._step("question arrives"):
            await self._is_told(self.script.question)
        async with self._step("answer"):
            await self.citizen.send(self.script.answer)
            await self._sees(self.citizen.chat, self.script.answer)
            await self._sees_card("ANSWERED")

    async def decide(self) -> None:
        """Decide, and let the citizen be told."""
        async with self.team.busy:
            async with self._step("decide"):
                await self._press_card("Decide")
                await self._sees(self.team.servant.chat, "what is your decision")
            async with self._step("outcome"):
                await self._say_or_press(self.team.servant, "[Already exists]")
                await self._sees(self.team.servant.chat, "give the reason")
            await self._write_and_send(self.script.reason, "decision", timedelta(seconds=60))
        async with self._step("decision arrives"):
            await self._is_told("Here is the answer")

    async def look_back(self) -> None:
        """Be asked whether it worked, say no, and say why."""
        async with self._step("ask back"):
            await self._is_told("Did this work for you?")
            await self._sees_card("ASKING BACK")
        async with self._step("no"):
            await self._say_or_press(self.citizen, "[No]")
            await self._sees(self.citizen.chat, "What is still wrong?")
            await self._sees_card("BACK AGAIN")
        async with self._step("complaint"):
            await self.citizen.send(self.script.complaint)
            await self._sees(self.citizen.chat, self.script.complaint)
            await self._sees_card(self.script.complaint)

    async def be_overdue(self) -> None:
        """Be told on the promised day that there is no decision."""
        async with self._step("overdue"):
            await self._is_told("We promised you news by today")
            await self._sees_card("the promised day")

    async def pass_time(self, how_long: timedelta) -> None:
        """Let days pass, once nothing is under way: an update lives for a day only."""
        await self.quiet(everybody=True)
        self.page.jump(how_long)

    async def quiet(self, *, everybody: bool = False) -> None:
        """Wait until what people did is taken in and all that there was to say is said."""
        chats = [self.citizen.id, self.team.servant.id, self.team.group.id]
        queues = {f"{press}:{chat}" for press in (False, True) for chat in chats}

        def taken() -> bool:
            return not any(everybody or update.queue in queues for update in self.api.updates.waiting)

        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self.api.wait_for(taken, timeout_s=PATIENCE_S)
                await self.tables.all_sent(None if everybody else chats)
                if taken():
                    return

    async def _write_and_send(self, words: str, what: str, hold: timedelta) -> None:
        servant = self.team.servant
        async with self._step(f"write {what}"):
            await servant.send(words)
            await self._sees(servant.chat, "Shall it go?")
        async with self._step(f"send {what}"):
            await self._say_or_press(servant, "[Send]")
            await self._sees(servant.chat, "You can take it back until then")
        self.page.jump(hold)

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        for talk in (self.citizen.chat, self.team.servant.chat, self.team.group.chat):
            self._since[talk.id] = max((message.stamp for message in talk.messages), default=0)
        await self.before(name)
        yield
        await self.quiet()
        await self.after(name)

    async def _say_or_press(self, user: User, said: str) -> None:
        if said.startswith("["):
            newest = user.chat.messages[-1]
            await user.press(newest, said.strip("[]"))
        else:
            await user.send(said)

    async def _press_card(self, label: str) -> None:
        await self.team.servant.press(self._card(), label)

    def _card(self) -> BotMessage:
        return next(shown for shown in reversed(self.team.group.messages) if self.script.idea[0] in shown.text)

    async def _sees_card(self, words: str) -> None:
        await self.api.wait_for(lambda: words in self._card_text(), timeout_s=PATIENCE_S)

    def _card_text(self) -> str:
        shown = [message for message in self.team.group.messages if self.script.idea[0] in message.text]
        return shown[-1].text if shown else ""

    async def _sees(self, talk: Talk, words: str) -> None:
        try:
            await self.api.wait_for(lambda: self._find(talk, words) is not None, timeout_s=PATIENCE_S)
        except TimeoutError:
            shown = "\n---\n".join(message.text for message in talk.messages[-4:])
            raise AssertionError(f"waited in vain for {words!r}; the chat ends with:\n{shown}") from None

    def _find(self, talk: Talk, words: str) -> BotMessage | None:
        since = self._since[talk.id]
        return next((shown for shown in talk.messages if shown.stamp > since and words in shown.text), None)

    async def _is_told(self, words: str) -> None:
        """Wait for something that is said once; if it is on the list of the unknown and was not shown, say it again.

        It may have come before this step, when somebody else let time pass.
        """

        def shown() -> bool:
            return any(words in message.text for message in self.citizen.chat.messages)

        async with asyncio.timeout(PATIENCE_S):
            while not shown():
                for row in await self.tables.rows(_UNKNOWN.format(place=self.citizen.id)):
                    if words in row["message"] and not shown():
                        self.sent_again.append(row["id"])
                        await self._send_again(row["id"])
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _send_again(self, row: int) -> None:
        again = await fork(run_command("unsent", "--again", str(row)), self.environment, voice=self.log)
        assert await again.end() == 0


_UNKNOWN = (
    "SELECT o.id, o.message FROM outbox o JOIN addresses a ON a.id = o.address_id "
    "WHERE o.status = 'unknown' AND a.place = '{place}' ORDER BY o.id"
)
