"""A message as Telegram's HTML and inline keyboard.

Every text is escaped here and nowhere else, so no word of a citizen can become formatting.
"""

from dataclasses import replace
from html import escape

from dialogs.message import Block, Button, Line, Message, Moment, OwnData, Quote, Shown, Tone
from dialogs.texts import LONGEST_OUT, clean, cut, units

Keyboard = dict[str, list[list[dict[str, str]]]]

# Source: Bot API, InlineKeyboardButton and InlineKeyboardMarkup, 2026.
_LONGEST_DATA_BYTES = 64
_MOST_BUTTONS = 100
# Weekday and long date, such as "Friday, May 12, 2026". Source: Bot API, date-time entity formatting, 2026.
_MOMENT_FORMAT = "wD"


def as_html(message: Message) -> str:
    """Render the blocks; where they are too long together, the longest quote is shortened.

    Raises: ValueError for a message without any text.
    """
    blocks = _fitting([block for block in map(_cleaned, message.blocks) if _text(block)])
    if not blocks:
        raise ValueError("a message for Telegram needs a text")
    return "\n".join(_html(block) for block in blocks)


def as_keyboard(message: Message) -> Keyboard | None:
    """Render the buttons as an InlineKeyboardMarkup, in the JSON of the Bot API.

    Raises: ValueError for more buttons or longer data than Telegram takes.
    """
    if sum(map(len, message.buttons)) > _MOST_BUTTONS:
        raise ValueError(f"a message for Telegram has at most {_MOST_BUTTONS} buttons")
    rows = [[_button(button) for button in row] for row in message.buttons if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Button) -> dict[str, str]:
    if not 1 <= len(button.data.encode()) <= _LONGEST_DATA_BYTES:
        raise ValueError(f"the data of a button must have 1 to {_LONGEST_DATA_BYTES} bytes")
    style = {} if button.tone in (Tone.PLAIN, Tone.QUIET) else {"style": button.tone.value}
    return {"text": button.text, "callback_data": button.data, **style}


def _cleaned(block: Block) -> Block:
    match block:
        case Line() | Quote():
            return replace(block, text=clean(block.text))
        case Moment():
            return replace(block, label=clean(block.label), text=clean(block.text))
        case Shown() | OwnData():
            return replace(block, label=clean(block.label))


def _fitting(blocks: list[Block]) -> list[Block]:
    while (over := _length(blocks) - LONGEST_OUT) > 0:
        quotes = [block for block in blocks if isinstance(block, Quote) and len(block.text) > 1]
        lines = [block for block in blocks if isinstance(block, Line) and len(block.text) > 1]
        if not quotes and not lines:
            raise ValueError(f"a message for Telegram has at most {LONGEST_OUT} UTF-16 units")
        longest = max(quotes, key=_size) if quotes else max(lines, key=_size)
        shorter = cut(longest.text, max(1, units(longest.text) - over))
        blocks[blocks.index(longest)] = replace(longest, text=shorter)
    return blocks


def _size(block: Line | Quote) -> int:
    return units(block.text)


def _length(blocks: list[Block]) -> int:
    return sum(units(_text(block)) for block in blocks) + len(blocks) - 1


def _text(block: Block) -> str:
    match block:
        case Line(text) | Quote(text):
            return text
        case Moment(label, _, text):
            return f"{label} {text}".strip()
        case Shown(_, label) | OwnData(label):
            return label


def _html(block: Block) -> str:
    match block:
        case Line(text, strong):
            return f"<b>{_safe(text)}</b>" if strong else _safe(text)
        case Quote(text, folded):
            return f"<blockquote{' expandable' if folded else ''}>{_safe(text)}</blockquote>"
        case Moment(label, at, text):
            clock = f'<tg-time unix="{int(at.timestamp())}" format="{_MOMENT_FORMAT}">{_safe(text)}</tg-time>'
            return f"{_safe(label)} {clock}".strip()
        case Shown(_, label) | OwnData(label):
            return _safe(label)


def _safe(text: str) -> str:
    return escape(text, quote=False)
