"""Photos and voice notes: what a person sent beside words.

Their content is clean before it gets here: a picture made anew from its pixels, a sound from its
samples, so that nothing else that a phone puts into a file comes along.
"""

from dataclasses import dataclass
from enum import StrEnum

from dialogs.ids import MediaId


class MediaKind(StrEnum):
    """What it is; a photo is a JPEG, a voice note is Opus in Ogg."""

    PHOTO = "photo"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One photo or voice note as an answer names it; ``seconds``: how long it sounds."""

    id: MediaId
    kind: MediaKind
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A photo or voice note with its content."""

    attachment: Attachment
    content: bytes
