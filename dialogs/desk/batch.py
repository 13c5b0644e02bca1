"""A batch: many new cases in one message, a line each, where a rush would fill the room with cards.

A view like a card, drawn again when one of its cases changes. The button with the number of a line posts
the card of that case; a line whose case has its card has no button.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dialogs.cases.case import Case
from dialogs.cases.masking import mask_words
from dialogs.desk.card import SIGNS, TAKEN_BACK
from dialogs.ids import QueueId
from dialogs.message import Block, Button, Line, Message
from dialogs.presses import CardPress, pack
from dialogs.said import Words, main_words
from dialogs.texts import Voice, cut
from dialogs.town import Town, write_date

# What the button of a line asks for.
OPEN: Final = "open"
_EXCERPT, _IN_A_ROW = 60, 5


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as a batch shows it. ``has_card``: the room has a card of its own for it by now."""

    case: Case
    # Of its first contribution.
    words: Words
    has_card: bool


def draw_batch(listed: Sequence[Listed], town: Town, *, queue: QueueId | None = None) -> Message:
    """Draw a batch in the town's language; ``queue``: of its room."""
    voice, queue = town.voice(town.language), queue or listed[0].case.queue
    title = voice("batch.title", queue=town.queue(queue, voice), count=len(listed))
    blocks: list[Block] = [Line(title, strong=True)]
    blocks += [Line(_line(number, one, queue, town, voice)) for number, one in enumerate(listed, 1)]
    buttons = [
        Button(str(number), pack(CardPress(one.case.code, one.case.version, OPEN)))
        for number, one in enumerate(listed, 1)
        if not one.has_card and one.case.queue == queue
    ]
    rows = tuple(tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW))
    blocks.append(Line(voice("batch.next" if buttons else "batch.all_open")))
    return Message(tuple(blocks), rows, protected=True)


def _line(number: int, one: Listed, queue: QueueId, town: Town, voice: Voice) -> str:
    case = one.case
    if case.queue != queue:
        # Its words are for the team that has it now.
        return f"{number}. {voice('left.card', queue=town.queue(case.queue, voice), code=case.code)}"
    taken_back = one.words == TAKEN_BACK
    # Before it is cut: half a phone number would not be known for one.
    masked, _ = mask_words(one.words, town)
    words = voice("batch.taken_back") if taken_back else f"“{cut(_on_one_line(masked), _EXCERPT)}”"
    sign, day = SIGNS[case.state], write_date(case.promised_on, voice)
    return " · ".join((f"{number}. {sign} {case.code}", town.service(case.service, voice), words, f"⏱ {day}"))


def _on_one_line(words: Words) -> str:
    return " ".join(main_words(words).split())
