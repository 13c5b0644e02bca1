"""Edits as they come in: who may change what they sent, and where an edit reaches nothing."""

from datetime import timedelta

from dialogs.events import TextEdited, TextSent
from storage.case_tables import heard, journal
from storage.database import Connection, Database
from tests.bot.test_forgetting import contribute, forget
from tests.stage import Stage, set_stage


async def edit(stage: Stage, place: str, text: str, *, number: int, sender: str | None = None) -> None:
    """Let somebody edit a message."""
    await stage.happen(place, TextEdited(text, number), sender=sender)


async def send_a_note(stage: Stage) -> int:
    """Let Lee write a note, and give its number."""
    card = next(said.number for said in stage.channel.newest("library") if said.message.protected)
    await stage.happen("library", TextSent("Ask about lamps."), sender="Lee", reply_to=card)
    return stage.texts["library", "Lee"]


async def ask(stage: Stage) -> None:
    """Let Lee ask Ana something."""
    for label in ("Claim", "Ask"):
        await stage.press("library", label, sender="Lee")
    await stage.say("Lee", "How many?")
    await stage.press("Lee", "Send")
    await stage.pass_time(timedelta(seconds=15))


def written(c: Connection) -> list[tuple[str, str | None]]:
    """List what stands in the journal of what people wrote, and of how they changed it."""
    rows = c.execute(journal.select().where(journal.c.act.in_(("note", "answer", "edit"))).order_by(journal.c.id))
    return [(row.act, row.words) for row in rows]


async def test_an_edit_follows_its_message_and_no_other(database: Database) -> None:
    """A note is changed by who wrote it, an answer by who gave it, and after "forget me" by nobody."""
    async with set_stage(database) as stage:
        for name in ("Lee", "Mia"):
            await stage.enrol(name, "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Ana", "More tables.")
        # Ana's last text sent her idea: it is no answer to anybody.
        await edit(stage, "Ana", "Something else.", number=stage.texts["Ana", "Ana"])
        note = await send_a_note(stage)
        await edit(stage, "library", "Not hers.", number=note, sender="Mia")
        await edit(stage, "library", "Their own talk.", number=note + 1000, sender="Lee")
        await edit(stage, "library", "And chairs.", number=note, sender="Lee")
        await ask(stage)
        await stage.say("Ana", "Two.")
        answer = stage.texts["Ana", "Ana"]
        await edit(stage, "Ana", "Three.", number=answer)
        told = [("note", "Ask about lamps."), ("edit", "And chairs."), ("answer", "Two."), ("edit", "Three.")]
        assert await database.read(written) == told
        await forget(stage)
        await edit(stage, "Ana", "Four.", number=answer)
        gone = [(act, None if words in ("Two.", "Three.") else words) for act, words in told]
        assert await database.read(written) == gone
        left = await database.read(lambda c: c.execute(heard.select()).all())
        assert [row.number for row in left] == [note]


async def test_words_that_waited_for_a_place_can_be_changed(database: Database) -> None:
    """An edit follows words to where the person put them; before that, and where they began something, to nothing."""
    async with set_stage(database) as stage:
        await contribute(stage, "Ana", "More tables.")
        await stage.say("Ana", "And lamps, please.")
        lamps = stage.texts["Ana", "Ana"]
        await edit(stage, "Ana", "And lights, please.", number=lamps)
        await stage.press("Ana", "Add to: More tables.")
        await edit(stage, "Ana", "And chairs, please.", number=lamps)
        assert await database.read(written) == [("edit", "And chairs, please.")]
        await stage.say("Ana", "A bus on Sundays.")
        await stage.press("Ana", "Share an idea")
        assert [row.number for row in await database.read(lambda c: c.execute(heard.select()).all())] == [lamps]


async def test_nobody_is_called_to_what_they_wrote_themselves(database: Database) -> None:
    """A servant who answers as a citizen gets no call in the chat in which they have just written."""
    async with set_stage(database) as stage:
        await stage.enrol("Lee", "community", "lead")
        await stage.bind("library", "Lee", "community")
        await contribute(stage, "Lee", "More tables.")
        await ask(stage)
        await stage.say("Lee", "Two.")
        told = "\n".join(said.message.plain() for said in stage.channel.newest("Lee"))
        assert "“Two.”" in told
        assert "an answer came" not in told
        assert await database.read(written) == [("answer", "Two.")]
