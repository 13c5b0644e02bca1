"""What a button carries: short, checked on the server at every press, and never trusted.

Clients may send any data, on any message. Reading gives a value or None; whether the sender may do
it, and whether it still makes sense, is decided by what the value meets.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dialogs.ids import AskId, FlowId, Language

# Bot API, InlineKeyboardButton.callback_data, 2026.
LONGEST_BYTES: Final = 64
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class OptionPress:
    """An option of a question: ``session`` and ``turn`` name the prompt it was shown with."""

    session: int
    turn: int
    option: str


@dataclass(frozen=True, slots=True)
class FlowPress:
    """Begin a flow."""

    flow: FlowId


@dataclass(frozen=True, slots=True)
class LanguagePress:
    """Speak this language."""

    language: Language


@dataclass(frozen=True, slots=True)
class AskPress:
    """Answer an ask-back, or say that the loose words belong to this ask. ``answer``: a short word."""

    ask: AskId
    answer: str


@dataclass(frozen=True, slots=True)
class CasePress:
    """The loose words belong to this case."""

    code: str


@dataclass(frozen=True, slots=True)
class CardPress:
    """An act on a card as it stood at ``version``."""

    code: str
    version: int
    act: str


@dataclass(frozen=True, slots=True)
class DraftPress:
    """A step of the draft with this id."""

    draft: int
    step: str


@dataclass(frozen=True, slots=True)
class LookPress:
    """Show a servant more: a case by its code, or a list after the case where the page before ended."""

    look: str
    after: str


@dataclass(frozen=True, slots=True)
class SignPress:
    """What was written under the name of a group is mine."""

    unsigned: int


@dataclass(frozen=True, slots=True)
class DutyPress:
    """Something to be done to the duty list of a queue; ``staff`` 0: to the place of whoever presses."""

    act: str
    queue: str
    staff: int


@dataclass(frozen=True, slots=True)
class JoinPress:
    """What is to become of the case with this code, whose contributor was offered others: ``answer``, a short word."""

    code: str
    answer: str


@dataclass(frozen=True, slots=True)
class RolePress:
    """What somebody says they are towards a service: a participant, or that they would rather not say."""

    role: str


class PersonWord(StrEnum):
    """A word that means the same wherever somebody is."""

    PAUSE = "pause"
    STATUS = "status"
    LANGUAGE = "language"
    PRIVACY = "privacy"
    ROLE = "role"
    MYDATA = "mydata"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class PersonPress:
    """One of the words that mean the same everywhere, as a button; ``sure`` where it was asked whether it is meant."""

    word: PersonWord
    sure: bool = False


Press = (
    PersonPress
    | OptionPress
    | FlowPress
    | LanguagePress
    | AskPress
    | CasePress
    | CardPress
    | DraftPress
    | LookPress
    | DutyPress
    | SignPress
    | JoinPress
    | RolePress
)


def pack(press: Press) -> str:
    """Write a press as the data of a button."""
    match press:
        case OptionPress(session, turn, option):
            return f"s:{_base36(session)}:{turn}:{option}"
        case FlowPress(flow):
            return f"f:{flow}"
        case PersonPress(word, sure):
            return f"p:{word}:sure" if sure else f"p:{word}"
        case LanguagePress(language):
            return f"l:{language}"
        case RolePress(role):
            return f"r:{role}"
        case AskPress(ask, answer):
            return f"a:{ask}:{answer}"
        case CasePress(code):
            return f"w:{code}"
        case JoinPress(code, answer):
            return f"j:{code}:{answer}"
        case CardPress() | DraftPress() | LookPress() | DutyPress() | SignPress():
            return _pack_of_desk(press)


def _pack_of_desk(press: CardPress | DraftPress | LookPress | DutyPress | SignPress) -> str:
    match press:
        case CardPress(code, version, act):
            return f"c:{code}:{version}:{act}"
        case DraftPress(draft, step):
            return f"d:{_base36(draft)}:{step}"
        case LookPress(look, after):
            return f"k:{look}:{after}"
        case DutyPress(act, queue, staff):
            return f"y:{act}:{queue}:{staff}"
        case SignPress(unsigned):
            return f"u:{_base36(unsigned)}"


def unpack(data: str) -> Press | None:
    """Read a press from the data of a button; None for anything that we never write."""
    if len(data) > LONGEST_BYTES:
        return None
    match data.split(":"):
        case ["s", session, turn, option] if _is_base36(session) and _is_count(turn):
            return OptionPress(int(session, 36), int(turn), option)
        case ["p", word, *sure] if word in _WORDS and sure in ([], ["sure"]):
            return PersonPress(PersonWord(word), bool(sure))
        case ["f", flow]:
            return FlowPress(FlowId(flow))
        case ["l", language]:
            return LanguagePress(Language(language))
        case ["a", ask, answer] if _is_count(ask):
            return AskPress(AskId(int(ask)), answer)
        case ["w", code]:
            return CasePress(code)
        case ["j", code, answer]:
            return JoinPress(code, answer)
        case ["r", role]:
            return RolePress(role)
        case parts:
            return _unpack_of_desk(parts)


def _unpack_of_desk(parts: list[str]) -> Press | None:
    match parts:
        case ["c", code, version, act] if _is_count(version):
            return CardPress(code, int(version), act)
        case ["d", draft, step] if _is_base36(draft):
            return DraftPress(int(draft, 36), step)
        case ["k", look, after]:
            return LookPress(look, after)
        case ["y", act, queue, staff] if _is_count(staff):
            return DutyPress(act, queue, int(staff))
        case ["u", unsigned] if _is_base36(unsigned):
            return SignPress(int(unsigned, 36))
        case _:
            return None


_WORDS = frozenset(PersonWord)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def _is_base36(text: str) -> bool:
    # Twelve digits stay below 2**63, the largest id that the databases take.
    return 0 < len(text) <= 12 and all(letter in _DIGITS for letter in text)


def _is_count(text: str) -> bool:
    return 0 < len(text) <= 15 and text.isascii() and text.isdecimal()
