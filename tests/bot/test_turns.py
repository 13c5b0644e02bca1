"""The only way in, on real databases: repeated, reordered and concurrent updates come to the same."""

import asyncio
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.turns import Outcome
from dialogs.events import Event, Pressed, Started, TextSent, Update
from dialogs.ids import FlowId
from dialogs.presses import CardPress, FlowPress, pack
from storage.case_tables import cases, contributions, journal
from storage.database import Database
from storage.tables import inbox, outbox, people, sessions
from tests.stage import Stage, set_stage


async def counted(stage: Stage, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    """Count rows of a stage's database."""
    query = sa.select(sa.func.count()).select_from(table).where(*where)
    return await stage.database.read(lambda c: c.execute(query).scalar_one())


def update(stage: Stage, place: str, event: Event, *, sender: str | None = None) -> Update:
    """Make an update that has not happened yet."""
    stage.updates += 1
    seen = None if isinstance(event, Pressed) else stage.channel.next_number()
    return Update(
        "telegram", "stage", str(stage.updates), place, sender is None, sender or place, event, stage.clock.now(), seen
    )


async def test_a_repeated_update_is_nothing(database: Database) -> None:
    """The same update five times, one after another and at once, is one update."""
    async with set_stage(database) as stage:
        hello = update(stage, "Ana", Started())
        await asyncio.gather(*(stage.turns.take(hello) for _ in range(5)))
        assert await stage.take(hello) == Outcome()
        assert len(stage.channel.newest("Ana")) == 1
        assert await counted(stage, inbox) == 1


async def test_first_words_at_once_are_one_person(database: Database) -> None:
    """Somebody unknown whose first messages all arrive together is one person, and each message is answered."""
    async with set_stage(database) as stage:
        first = [update(stage, "Ana", Started()) for _ in range(6)]
        await asyncio.gather(*(stage.turns.take(one) for one in first))
        await stage.do_what_is_due()
        assert await counted(stage, people) == 1
        assert len(stage.channel.newest("Ana")) == 6


async def test_two_beginnings_at_once_are_one_conversation(database: Database) -> None:
    """Whoever presses the button of a flow many times at once is in it once."""
    async with set_stage(database) as stage:
        await stage.say("Ana", "/start")
        presses = [update(stage, "Ana", Pressed(pack(FlowPress(FlowId("idea"))))) for _ in range(5)]
        await asyncio.gather(*(stage.turns.take(one) for one in presses))
        assert await counted(stage, sessions) == 1


async def test_many_sends_are_one_contribution(database: Database) -> None:
    """Send, pressed and typed again and again at once, opens one case; every update but one is told so."""
    async with set_stage(database) as stage:
        await stage.come_to_review("Ana", "A bench in the shade by the gate.")
        send = Pressed(stage.channel.button("Ana", "Send").data)
        sent = [update(stage, "Ana", send) for _ in range(6)]
        outcomes = await asyncio.gather(*(stage.turns.take(one) for one in [*sent, *sent]))
        await stage.do_what_is_due()
        # I11
        assert await counted(stage, contributions) == await counted(stage, cases) == 1
        assert sum(bool(outcome.toast) for outcome in outcomes) == 5
        receipts = [said for said in stage.channel.newest("Ana") if "Its number is" in said.message.plain()]
        assert len(receipts) == 1


async def test_every_tap_of_a_turn_at_once_is_one_answer(database: Database) -> None:
    """All buttons of one question pressed at the same moment: one answers it, the others get a kind word."""
    async with set_stage(database) as stage:
        await stage.say("Ana", "/start")
        await stage.press("Ana", "Share an idea")
        prompt = stage.channel.newest("Ana")[0].message
        taps = [update(stage, "Ana", Pressed(button.data)) for row in prompt.buttons for button in row]
        outcomes = await asyncio.gather(*(stage.turns.take(one) for one in taps))
        assert Counter(bool(outcome.toast) for outcome in outcomes) == {True: len(taps) - 1, False: 1}
        turn = await database.read(lambda c: c.execute(sa.select(sessions.c.turn)).scalar_one())
        assert turn == 2


async def test_many_people_at_once_do_not_mix(database: Database) -> None:
    """Ten people who do everything at the same time end with ten cases, each with their own words."""
    async with set_stage(database) as stage:
        names = [f"P{number}" for number in range(10)]
        for event in (Started(), Pressed(pack(FlowPress(FlowId("idea"))))):
            await asyncio.gather(*(stage.turns.take(update(stage, name, event)) for name in names))
            await stage.do_what_is_due()
        for labels in ("Parks and playgrounds", "", "Done", "Skip", "I live here", "Send"):
            doings: list[Event] = [
                Pressed(stage.channel.button(name, labels).data) if labels else TextSent(f"The words of {name} only.")
                for name in names
            ]
            pairs = zip(names, doings, strict=True)
            await asyncio.gather(*(stage.turns.take(update(stage, name, doing)) for name, doing in pairs))
            await stage.do_what_is_due()
        words = await database.read(lambda c: c.execute(sa.select(contributions.c.words)).scalars().all())
        assert sorted(name for name in names for said in words if f"of {name} only" in said) == names
        for name in names:
            shown = " ".join(said.message.plain() for said in stage.channel.newest(name))
            assert not [other for other in names if other != name and f"of {other} only" in shown]


@pytest.mark.parametrize("servants", [2, 5, 20])
async def test_one_servant_wins_a_card(database: Database, servants: int) -> None:
    """Two, five or twenty servants press Claim at once: one has it, and every other is told who."""
    async with set_stage(database) as stage:
        names = [f"S{number}" for number in range(servants)]
        for name in names:
            await stage.enrol(name, "outdoors", "reviewer")
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.bind("-1", "Lee", "outdoors")
        await stage.propose("Ana", "A bench in the shade by the gate.")
        claim = Pressed(stage.channel.button("-1", "Claim").data)
        outcomes = await asyncio.gather(*(stage.turns.take(update(stage, "-1", claim, sender=name)) for name in names))
        winners = [name for name, outcome in zip(names, outcomes, strict=True) if outcome.toast == "It is yours."]
        assert len(winners) == 1
        losers = [outcome.toast for outcome in outcomes if outcome.toast != "It is yours."]
        assert len(losers) == servants - 1
        assert all(toast.startswith(f"{winners[0]} (Reviewer) has had it") for toast in losers)
        assert await counted(stage, journal, journal.c.act == "claim") == 1


async def test_notes_at_once_are_all_kept(database: Database) -> None:
    """Ten notes on one card at once are ten lines in its journal and one drawing in each of its two rooms."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.bind("-1", "Lee", "outdoors")
        await stage.propose("Ana", "A bench in the shade by the gate.")
        card = stage.channel.newest("-1")[0].number
        notes = [replace(update(stage, "-1", TextSent(f"n{n}"), sender="Lee"), reply_to=card) for n in range(10)]
        await asyncio.gather(*(stage.turns.take(note) for note in notes))
        assert await counted(stage, journal, journal.c.act == "note") == 10
        assert await counted(stage, outbox, (outbox.c.status == "due") & outbox.c.draws_case_id.is_not(None)) == 2


async def test_forged_presses_change_nothing(database: Database) -> None:
    """A stranger, a citizen and a removed invitation press on a card: each is answered and nothing moves."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.enrol("Kim", "care", "lead")
        await stage.bind("-1", "Lee", "outdoors")
        await stage.propose("Ana", "A bench in the shade by the gate.")
        code = await database.read(lambda c: c.execute(sa.select(cases.c.code)).scalar_one())
        for name in ("Ana", "Mallory", "Kim", "1087968824", "777000"):
            for act in ("claim", "release", "decide", "ask", "undo"):
                forged = Pressed(pack(CardPress(code, 1, act)))
                for place, sender in (("-1", name), (name, None)):
                    outcome = await stage.happen(place, forged, sender=sender)
                    assert outcome.toast
        assert await counted(stage, cases, cases.c.version != 1) == 0
        assert (await stage.happen("-1", Pressed("c:NONE-CODE:1:claim"), sender="Lee")).toast


async def test_what_was_accepted_is_there(sqlite_url: str) -> None:
    """Each of a thousand accepted inputs is found by a second connection at the moment it was accepted."""
    database = await Database.open(sqlite_url)
    async with set_stage(database) as stage:
        updates = [update(stage, f"P{number % 100}", TextSent(f"text {number}")) for number in range(1000)]
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
        missing = []

        async def take(one: Update) -> None:
            await stage.turns.take(one)
            if other.execute("SELECT 1 FROM inbox WHERE key = ?", (one.key,)).fetchone() is None:
                missing.append(one.key)

        await asyncio.gather(*(take(one) for one in updates))
        assert missing == []
        assert await counted(stage, people) == 100
        other.close()
    await database.close()


async def test_an_update_set_aside_is_not_taken_again(database: Database) -> None:
    """What failed again and again is kept as it came, and its update is done with."""
    async with set_stage(database) as stage:
        poison = update(stage, "Ana", TextSent("poison"))
        await stage.turns.set_aside(channel="telegram", bot="stage", key=poison.key, raw="{}")
        assert await stage.take(poison) == Outcome()
        assert stage.channel.newest("Ana") == []


async def test_an_undone_decision_waits_for_the_answer_again(database: Database) -> None:
    """A question that a decision made idle is open again when the decision is taken back: the answer moves the case."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "outdoors", "lead")
        await stage.bind("-1", "Lee", "outdoors")
        await stage.propose("Ana", "A bench in the shade by the gate.")
        await stage.press("-1", "Claim", sender="Lee")
        await stage.press("-1", "Ask", sender="Lee")
        await stage.say("Lee", "Which bench?")
        await stage.press("Lee", "Send")
        await stage.pass_time(timedelta(hours=2))
        await stage.press("-1", "Decide", sender="Lee")
        await stage.press("Lee", "Accepted")
        await stage.say("Lee", "In May.")
        await stage.press("Lee", "Send")
        await stage.press("Lee", "Take it back")
        await stage.pass_time(timedelta(hours=2))
        await stage.say("Ana", "The one at the pond.")
        assert await database.read(lambda c: c.execute(sa.select(cases.c.state)).scalar_one()) == "answered"
