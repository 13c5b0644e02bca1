"""What is kept about somebody, looked up because they ask, and packed into the one file that they can take along.

The file is made at the moment in which it is sent or fetched, and is kept nowhere: no table holds a second copy of
what a person may want to be forgotten. It is a zip archive of ``data.json`` and the photos and voice notes. The keys
of ``data.json``: ``made_at``, ``about`` (each section in the person's language) and the sections themselves, each
a list of objects, with times in ISO 8601 (``storage/my_data.py`` has their names).
"""

import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from dialogs.about_me import asked_word
from dialogs.citizen import Citizen
from dialogs.events import Event
from dialogs.ids import Language
from dialogs.media import MediaKind
from dialogs.my_data import Section
from dialogs.presses import PersonWord
from dialogs.town import Town
from storage import my_data, people
from storage.addresses import Address
from storage.database import Connection

FILE_NAME, CONTENT_TYPE = "my-data.zip", "application/zip"
# Telegram takes 50 MB from a bot (Bot API, sendDocument, 2026); the list and the archive itself need some of it.
MOST_BYTES = 45_000_000
_ENDINGS = {MediaKind.PHOTO: "jpg", MediaKind.VOICE: "ogg"}


def look_up(c: Connection, citizen: Citizen, address: Address, event: Event, town: Town) -> Citizen:
    """Add to a citizen what they ask to see of themselves, and nothing where they ask something else."""
    word = asked_word(event, town)
    if word is PersonWord.PRIVACY and address.person is not None:
        return replace(citizen, about=my_data.own_cards(c, address.person))
    return replace(citizen, about=my_data.count_all(c, address)) if word is PersonWord.MYDATA else citizen


def make_copy(
    c: Connection, address: Address, town: Town, *, now: datetime, most_bytes: int | None = None
) -> bytes | None:
    """Pack all that is kept about the person of a chat; None where nobody is behind it.

    ``most_bytes``: of photos and voice notes; those beyond it are in the list, and the list says so.
    """
    if address.person is None:
        return None
    found = my_data.read_all(c, address)
    voice = town.voice(Language(people.language_of(c, address.person)))
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        size = 0
        names = {row["file"]: row for row in found[Section.FILES]}
        for media in my_data.files_of(c, found[Section.FILES]):
            row, size = names[media.attachment.id], size + len(media.content)
            row["file"] = f"{media.attachment.id}.{_ENDINGS[media.attachment.kind]}"
            row["is_here"] = most_bytes is None or size <= most_bytes
            if row["is_here"]:
                # A picture or a sound is as small as it gets.
                _add(archive, row["file"], media.content, now, compression=ZIP_STORED)
        about = {section.value: voice(f"mydata.{section}") for section in Section}
        sections = {section.value: rows for section, rows in found.items()}
        data = {"made_at": now.isoformat(timespec="seconds"), "about": about, **sections}
        listed = json.dumps(data, ensure_ascii=False, indent=2).encode()
        _add(archive, "data.json", listed, now, compression=ZIP_DEFLATED)
    return made.getvalue()


def _add(archive: ZipFile, name: str, content: bytes, now: datetime, *, compression: int) -> None:
    entry = ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = compression
    archive.writestr(entry, content)
