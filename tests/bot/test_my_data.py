"""Whoever asks gets to see what is kept about them: their cards as reviewers see them, and a copy of everything."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from dialogs.message import OwnData
from storage.database import Database
from tests.bot.test_forgetting import CANARY, contribute, forget, live_a_whole_case
from tests.stage import Stage, set_stage


async def test_the_copy_holds_all_that_can_be_forgotten(database: Database) -> None:
    """Every kind of thing that a whole life of a case leaves is in the copy, in words and as files."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        await contribute(stage, "Ben", "Ben wants a slide.")
        await stage.say("Ana", "my data")
        shown = stage.channel.newest("Ana")
        assert any(isinstance(block, OwnData) for said in shown[:3] for block in said.message.blocks)
        data, files = await unpacked(stage, "Ana")
    full = {name for name, rows in data.items() if isinstance(rows, list) and rows}
    assert full >= {"person", "chats", "conversations", "contributions", "cases", "later_words", "questions"}
    assert full >= {"messages", "files", "receipts", "set_aside"}
    told = {name for name, rows in data.items() if CANARY in json.dumps(rows)}
    assert told >= {"conversations", "contributions", "later_words", "questions", "messages", "set_aside"}
    assert [files[row["file"]] for row in data["files"]] == [CANARY.encode()]
    assert set(data["about"]) == set(data) - {"about", "made_at"}
    assert data["cases"][0]["reason"] == "We will buy three tables."


async def test_the_copy_holds_nothing_of_others(database: Database) -> None:
    """No servant's name, no note, no word of another citizen stands in it, also for a servant's own copy."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Ana", f"The {CANARY} needs more tables.")
        await contribute(stage, "Ben", "Ben wants a slide.")
        await stage.press("library", "Claim", sender="Lee")
        data, _ = await unpacked(stage, "Ana")
        assert "Lee" not in json.dumps(data)
        assert "slide" not in json.dumps(data)
        servants, _ = await unpacked(stage, "Lee")
        assert CANARY not in json.dumps(servants)
        assert servants["messages"] == servants["cases"] == []


async def test_a_decision_that_can_be_taken_back_is_not_told_yet(database: Database) -> None:
    """Neither the card nor the copy says an outcome before its notice goes out."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Ana", "The library needs more tables.")
        await stage.press("library", "Claim", sender="Lee")
        await stage.press("library", "Decide", sender="Lee")
        await stage.press("Lee", "Already exists")
        await stage.say("Lee", "We will buy three tables.")
        # The stage does at once what is due, but for this its clock stands still.
        await stage.press("Lee", "Send")
        await stage.say("Ana", "privacy")
        told = "\n".join(said.message.plain() for said in stage.channel.newest("Ana"))
        data, _ = await unpacked(stage, "Ana")
        assert "three tables" not in told
        assert data["cases"][0]["outcome"] is None


async def test_privacy_shows_the_card_as_reviewers_see_it(database: Database) -> None:
    """Word for word as in the room, with the same words covered, but without buttons, notes and names."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Ana", "More tables, please. Call me: 0171 5550123.")
        card = next(said for said in stage.channel.newest("library") if said.message.protected)
        await stage.press("library", "Claim", sender="Lee")
        await stage.say("Ana", "privacy")
        last, own, first = stage.channel.newest("Ana")[:3]
        assert "Lee" not in own.message.plain()
        assert "5550123" not in own.message.plain()
        assert own.message.buttons == ()
        assert set(own.message.plain().split("\n")[1:-1]) <= set(card.message.plain().split("\n"))
        assert "made-up name" in first.message.plain()
        assert [button.data for row in last.message.buttons for button in row] == ["p:role", "p:mydata", "p:forget"]


async def test_who_is_forgotten_has_an_empty_copy(database: Database) -> None:
    """After "forget" the copy knows a language, a chat and the goodbye, and nothing else."""
    async with set_stage(database) as stage:
        await live_a_whole_case(stage)
        await forget(stage)
        data, files = await unpacked(stage, "Ana")
        assert CANARY not in json.dumps(data)
        assert {name for name, rows in data.items() if isinstance(rows, list) and rows} <= {"person", "chats"}
        assert set(files) == {"data.json"}
        await stage.say("Ana", "privacy")
        assert "made-up name" in stage.channel.newest("Ana")[0].message.plain()


async def unpacked(stage: Stage, person: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Open the copy of a person."""
    packed = await stage.turns.load_own_data("telegram", person)
    assert packed is not None
    with ZipFile(BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files["data.json"]), files
