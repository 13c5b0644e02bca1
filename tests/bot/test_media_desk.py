"""What came with a contribution: on its card a label each, and shown to those who look after it when they ask."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.turns import Outcome
from dialogs.desk import desk
from dialogs.desk.card import ATTACHMENTS
from dialogs.events import MediaSent, Pressed, TextSent, Update
from dialogs.ids import MediaId
from dialogs.installation import Role
from dialogs.media import Attachment, Media, MediaKind
from dialogs.message import Shown
from dialogs.presses import CardPress, pack
from storage import media
from storage.database import Connection, Database
from storage.tables import media as media_table
from tests.bot.photo_town import photo_town
from tests.dialogs.matters import FRESH, NOW, a_case, a_desk, a_servant, riverton
from tests.stage import Stage, set_stage

ROOM = "-1"
CLIP = "📎 Photos and voice notes"


async def send(stage: Stage, letter: str, kind: MediaKind = MediaKind.PHOTO) -> Media:
    """Let Ana send a file."""
    sent = Media(Attachment(MediaId(letter * 22), kind, 9 if kind is MediaKind.VOICE else 0), letter.encode())
    await stage.happen("Ana", MediaSent(sent))
    return sent


async def begin(stage: Stage) -> None:
    """Bind a room, and let Ana begin a report."""
    await stage.enrol("Lee", "outdoors", "lead")
    await stage.bind(ROOM, "Lee", "outdoors")
    await stage.say("Ana", "/start")
    await stage.press("Ana", "Report something")


async def report(stage: Stage) -> list[Attachment]:
    """Let Ana report something with two photos and a voice note."""
    await begin(stage)
    sent = [await send(stage, "a"), await send(stage, "b"), await send(stage, "v", MediaKind.VOICE)]
    for words in ("A hole in the road.", "done", "skip", "send"):
        await stage.say("Ana", words)
    return [one.attachment for one in sent]


async def kept(stage: Stage) -> set[str]:
    """Name the photos and voice notes in the database."""
    return await stage.database.read(lambda c: {row.id for row in c.execute(sa.select(media_table.c.id))})


def card_of(stage: Stage) -> list[str]:
    return stage.channel.newest(ROOM)[0].message.plain().split("\n")


async def test_a_card_names_what_came_with_it(database: Database) -> None:
    """Each photo and voice note is a line on the card, once, and can be shown in place where the channel can."""
    async with set_stage(database, town=photo_town()) as stage:
        sent = await report(stage)
        lines = card_of(stage)
        story = lines.index("“A hole in the road.”")
        assert lines[story + 1 : story + 5] == [
            "🎤 Voice note, 9 seconds",
            "Please show us the place.",
            "📷 Photo",
            "📷 Photo",
        ]
        shown = [b.attachment for b in stage.channel.newest(ROOM)[0].message.blocks if isinstance(b, Shown)]
        assert set(shown) == set(sent)


async def test_a_servant_of_the_queue_sees_them_in_private(database: Database) -> None:
    """A press sends each of them to the servant's own chat, protected; the room shows nothing new."""
    async with set_stage(database, town=photo_town()) as stage:
        sent = await report(stage)
        await stage.enrol("Kim", "outdoors", "reviewer")
        stage.channel.news.clear()
        assert await stage.press(ROOM, CLIP, sender="Kim") == Outcome("They are in your own chat with me now.")
        assert {said.place for said in stage.channel.news} == {"Kim"}
        blocks = [said.message.blocks for said in stage.channel.news]
        assert [[getattr(block, "attachment", None) for block in shown] for shown in blocks] == [[one] for one in sent]
        assert all(said.message.protected for said in stage.channel.news)
        assert all(" · " in said.message.plain() for said in stage.channel.news)


async def test_nobody_else_sees_them(database: Database) -> None:
    """A stranger, a servant of another queue, and the citizen with a forged press get a word and no photo."""
    async with set_stage(database, town=photo_town()) as stage:
        await report(stage)
        await stage.enrol("Sam", "care", "lead")
        data = stage.channel.button(ROOM, CLIP).data
        stage.channel.news.clear()
        for sender in ("Sam", "Zoe", "Ana"):
            assert (await stage.press(ROOM, CLIP, sender=sender)).toast
            assert (await stage.happen(sender, Pressed(data))).toast
        assert [said for said in stage.channel.news if any(isinstance(b, Shown) for b in said.message.blocks)] == []


async def test_only_what_is_still_there_is_shown(database: Database) -> None:
    """What has been deleted since is not shown any more; a card without any such thing says so to a forged press."""
    async with set_stage(database, town=photo_town()) as stage:
        await report(stage)
        await database.write(_delete_photos)
        stage.channel.news.clear()
        await stage.press(ROOM, CLIP, sender="Lee")
        assert [said.message.plain().partition(" · ")[2] for said in stage.channel.news] == ["🎤 Voice note, 9 seconds"]


def _delete_photos(c: Connection) -> None:
    c.execute(media_table.delete().where(media_table.c.kind == "photo"))


async def test_what_was_replaced_does_not_stay(database: Database) -> None:
    """Of photos that were changed before sending only the last ones are kept with the case."""
    async with set_stage(database, town=photo_town()) as stage:
        await begin(stage)
        await send(stage, "a")
        for words in ("done", "A hole in the road.", "done", "skip", "edit 1"):
            await stage.say("Ana", words)
        await send(stage, "b")
        for words in ("done", "send"):
            await stage.say("Ana", words)
        assert await kept(stage) == {"b" * 22}
        assert card_of(stage).count("📷 Photo") == 1


async def test_what_was_cancelled_is_gone(database: Database) -> None:
    """Of a conversation that was cancelled no photo stays behind."""
    async with set_stage(database, town=photo_town()) as stage:
        await begin(stage)
        await send(stage, "a")
        await send(stage, "b")
        assert await kept(stage) == {"a" * 22, "b" * 22}
        for words in ("cancel", "yes"):
            await stage.say("Ana", words)
        assert await kept(stage) == set()


async def test_wants_are_those_of_the_open_question(database: Database) -> None:
    """A photo is wanted where one is asked for, a voice note at the story, and nothing of a stranger."""
    async with set_stage(database, town=photo_town()) as stage:

        async def wants(person: str = "Ana") -> frozenset[MediaKind]:
            now = stage.clock.now()
            update = Update(
                channel="telegram",
                bot="stage",
                key="w",
                place=person,
                private=True,
                sender=person,
                event=TextSent("x"),
                sent_at=now,
            )
            return await stage.turns.wants(update)

        assert await wants("Zoe") == frozenset()
        await begin(stage)
        assert await wants() == {MediaKind.PHOTO}
        await send(stage, "a")
        await send(stage, "b")
        assert await wants() == {MediaKind.VOICE}
        for words in ("A hole.", "done"):
            await stage.say("Ana", words)
        assert await wants() == frozenset()
        assert await wants("Lee") == frozenset()
        assert await stage.turns.load_media(MediaId("a" * 22)) == await database.read(
            lambda c: media.load(c, MediaId("a" * 22))
        )


@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_see_them(role: Role | None) -> None:
    """Every role of the queue may, whatever it does with the case; who has none may not, nor who has no chat."""
    case, town = a_case(), riverton()
    photo = Attachment(MediaId("a" * 22), MediaKind.PHOTO)
    press = CardPress(case.code, 1, ATTACHMENTS)
    seen = replace(a_desk(a_servant(2, role), case), attachments=(photo,))
    reply = desk.act(press, seen, town, now=NOW, fresh=FRESH)
    assert len(reply.effects) == (0 if role is None else 1)
    assert reply.toast
    chatless = desk.act(press, replace(seen, own_chat=None), town, now=NOW, fresh=FRESH)
    empty = desk.act(press, replace(seen, attachments=()), town, now=NOW, fresh=FRESH)
    assert chatless.effects == empty.effects == ()
    assert chatless.toast
    assert empty.toast
    assert len(pack(press).encode()) <= 64
