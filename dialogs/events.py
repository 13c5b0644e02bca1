"""What happened on a channel, in words that no channel owns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.media import Media


@dataclass(frozen=True, slots=True)
class TextSent:
    """Somebody wrote a text, at most ``texts.LONGEST_IN`` characters of it kept."""

    text: str


@dataclass(frozen=True, slots=True)
class TextEdited:
    """Somebody changed a text that they had sent, which is message ``number``; ``text``: as it reads now."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button, or forged a press: ``data`` is whatever they sent."""

    data: str


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody opened the chat, perhaps through a link with a payload."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class MediaSent:
    """Somebody sent a photo or a voice note; ``caption`` are the words that came with it."""

    media: Media
    caption: str = ""


@dataclass(frozen=True, slots=True)
class LocationSent:
    """Somebody sent a place, in degrees; ``name`` is what the channel calls it, if anything."""

    latitude: float
    longitude: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Somebody sent what we cannot read, such as a sticker; ``kind`` is the channel's word for it.

    Of a file that was wanted: ``failed`` where it could not be opened, ``too_large``, ``too_long``.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person closed the chat to us; nothing more can reach them there."""


@dataclass(frozen=True, slots=True)
class Unblocked:
    """The person opened the chat to us again."""


@dataclass(frozen=True, slots=True)
class RoomEntered:
    """The bot was added to a group."""


@dataclass(frozen=True, slots=True)
class RoomLeft:
    """The bot was put out of a group, or the group is gone."""


@dataclass(frozen=True, slots=True)
class RoomMoved:
    """The group has a new address on its channel, and the old one is dead."""

    new_ref: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that is ours to acknowledge and not to answer; ``kind`` says what."""

    kind: str


# What a person can answer a question with.
Answering = TextSent | Pressed | MediaSent | LocationSent | Unreadable
Event = Answering | TextEdited | Started | Blocked | Unblocked | RoomEntered | RoomLeft | RoomMoved | Ignored


@dataclass(frozen=True, slots=True)
class Update:
    """One event with where, when and from whom it came.

    ``channel``: ``telegram`` or ``web``. ``bot``: which bot of that channel.
    ``key``: unique per (channel, bot): the same key twice is the same update delivered twice.
    ``place``: the channel's reference of the chat; ``private`` is false in rooms.
    ``sender``: the channel's reference of the account that acted, or None where nobody can be
    trusted to have acted (anonymous admins, channel posts, other bots).
    ``anonymous``: one of the group's admins wrote under the name of the group; a press shows who.
    ``sender_name``: for enrolling staff only; never stored for a citizen.
    ``position``: the newest message number of this chat that the sender can have seen; a prompt
    with a greater number was not there yet when they acted (the burst rule).
    ``reply_to``: the number of our message that this one replies to; ``quote``: what of it they marked.
    """

    channel: Literal["telegram", "web"]
    bot: str
    key: str
    place: str
    private: bool
    sender: str | None
    event: Event
    sent_at: datetime
    position: int | None = None
    reply_to: int | None = None
    sender_name: str = ""
    language: str = ""
    anonymous: bool = False
    quote: str = ""

    @property
    def number(self) -> int | None:
        """The number of the text that was sent, where the channel lets people edit theirs."""
        return self.position if self.channel == "telegram" and isinstance(self.event, TextSent) else None
