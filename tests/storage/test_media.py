"""Photos and voice notes live and go with the conversation they were sent in."""

from dataclasses import replace
from pathlib import Path

from dialogs.effects import KeepMedia, OpenSession, PurgeSession
from dialogs.flows.session import Session
from dialogs.ids import FlowId, MediaId, SessionId, VersionId
from dialogs.media import Attachment, Media, MediaKind
from dialogs.said import Said
from storage import media
from storage.database import Connection, Database
from storage.media import Owned
from storage.recorder import Place, record
from tests.storage.rows import NOW, OUTDOORS, a_person, a_version, opening, person_of

CANARY = b"canary-of-ana"
HERS = SessionId(41)
# Of several pages of a database, so that none of them is forgotten.
SEEN = Media(Attachment(MediaId("p" * 22), MediaKind.PHOTO), CANARY * 3000)
HEARD = Media(Attachment(MediaId("v" * 22), MediaKind.VOICE, 12), CANARY * 2000)


def send_both(c: Connection, session: SessionId = HERS, name: str = "Ana") -> Place:
    """Let a person begin a conversation and send two files in that very turn."""
    place = Place(a_person(c, name), a_version(c))
    begun = OpenSession(Session(session, VersionId(0)), FlowId("idea"))
    record(c, (KeepMedia(session, SEEN), begun, KeepMedia(session, HEARD)), place, now=NOW)
    return place


async def test_what_was_sent_comes_back_whole(database: Database) -> None:
    """A photo and a voice note are found by their ids, and so is whose they are; another id is nothing."""

    def work(c: Connection) -> None:
        ana = send_both(c).address
        assert ana is not None
        for sent in (SEEN, HEARD):
            assert media.load(c, sent.attachment.id) == sent
            assert media.is_kept(c, sent.attachment.id)
            assert media.find_owner(c, sent.attachment.id) == Owned(sent.attachment.kind, person_of(ana), None)
        assert media.load(c, MediaId("x" * 22)) is None
        assert media.find_owner(c, MediaId("x" * 22)) is None
        assert not media.is_kept(c, MediaId("x" * 22))

    await database.write(work)


async def test_with_its_case_comes_its_queue(database: Database) -> None:
    """What was sent belongs to the case and its queue; what had been replaced by then is deleted."""

    def work(c: Connection) -> None:
        place = send_both(c)
        said = Said("Show us", "📷 Photo", attachments=(SEEN.attachment,))
        record(c, (replace(opening(HERS), words=(said,)),), place, now=NOW)
        owned = media.find_owner(c, SEEN.attachment.id)
        assert owned is not None
        assert owned.queue == OUTDOORS
        assert media.load(c, HEARD.attachment.id) is None

    await database.write(work)


async def test_a_purge_takes_them_along(database: Database) -> None:
    """With its conversation every photo is gone, and nobody else's."""

    def work(c: Connection) -> None:
        place = send_both(c)
        other = Media(Attachment(MediaId("o" * 22), MediaKind.PHOTO), b"eva's")
        evas = Place(a_person(c, "Eva"), place.newest)
        record(
            c,
            (OpenSession(Session(SessionId(42), VersionId(0)), FlowId("idea")), KeepMedia(SessionId(42), other)),
            evas,
            now=NOW,
        )
        record(c, (PurgeSession(HERS),), place, now=NOW)
        assert [media.is_kept(c, sent.attachment.id) for sent in (SEEN, HEARD, other)] == [False, False, True]

    await database.write(work)


async def test_no_byte_stays_behind(sqlite_url: str) -> None:
    """After a purge the files of the database hold no byte of what was deleted."""
    database = await Database.open(sqlite_url)
    place = await database.write(send_both)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    assert CANARY in _bytes_of(file)
    await database.write(lambda c: record(c, (PurgeSession(HERS),), place, now=NOW))
    await database.close()
    assert CANARY not in _bytes_of(file)


def _bytes_of(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
