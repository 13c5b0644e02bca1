"""What the bot says, whatever the channel: blocks of plain text, and rows of buttons.

No block carries markup. Each channel renders the blocks and escapes the text itself, so that
no word of a citizen can ever become formatting.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialogs.media import Attachment, MediaKind


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of our own words; ``strong`` is for headings."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words; ``folded`` ones open on a tap where the channel can do that."""

    text: str
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (aware) after a label, shown by the reader's own clock where possible.

    ``text`` is the same moment already written out, for channels without a clock.
    """

    label: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo or voice note, for channels that can show it in place; ``label`` stands for it elsewhere."""

    attachment: Attachment
    label: str


@dataclass(frozen=True, slots=True)
class OwnData:
    """A file with all that is kept about the reader, made at the moment in which they get it; ``label`` names it."""

    label: str


Block = Line | Quote | Moment | Shown | OwnData


class Tone(StrEnum):
    """What a button does to the world, so that a channel may colour it."""

    PLAIN = "plain"
    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"
    # A way round the question (back, skip), which should not look like an answer to it.
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Button:
    """A worded button; ``data`` comes back in a press: at most 64 bytes (Bot API, 2026)."""

    text: str
    data: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks from top to bottom, then rows of at most three buttons."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    # Cards hold citizens' words: where the channel can, they may not be forwarded or saved.
    protected: bool = False
    # What the question can be answered with beside words, so that a channel can offer to choose a file.
    wants: tuple[MediaKind, ...] = ()

    def plain(self) -> str:
        """Give the text alone, a paragraph a block."""
        return "\n".join(_plain(block) for block in self.blocks)


def say(*texts: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Message:
    """Make a message of plain paragraphs; empty ones are left out."""
    return Message(tuple(Line(text) for text in texts if text), buttons)


def rows_of(buttons: list[Button] | tuple[Button, ...], *, width: int) -> tuple[tuple[Button, ...], ...]:
    """Lay buttons out in rows of ``width``."""
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def _plain(block: Block) -> str:
    match block:
        case Line(text):
            return text
        case Quote(text):
            return f"“{text}”"
        case Moment(label, _, text):
            return f"{label} {text}"
        case Shown(_, label) | OwnData(label):
            return label
