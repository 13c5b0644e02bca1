"""A batch as a room sees it: a line a case, and a button for each that has no card yet."""

from dataclasses import replace
from datetime import date

from dialogs.cases.case import Case, State
from dialogs.desk.batch import OPEN, Listed, draw_batch
from dialogs.desk.card import TAKEN_BACK
from dialogs.ids import CaseId, QueueId, ServiceId
from dialogs.installation import Approach
from dialogs.presses import CardPress, unpack
from dialogs.said import Said, Words
from tests.stage import starter_town
from tests.storage.rows import NOW

CASE = Case(
    CaseId(1),
    "K7F3-9QWD",
    1,
    Approach.PRODUCT_DOMINANT,
    State.NEW,
    "idea",
    ServiceId("parks"),
    QueueId("outdoors"),
    date(2027, 5, 17),
    NOW,
)
WORDS: Words = (Said("What?", "A bench in the shade\nby the north gate, " + "please " * 20),)


def test_a_batch_has_a_line_and_a_button_a_case() -> None:
    """Each line has what one needs to choose, on one line, and each number opens its case."""
    listed = [Listed(replace(CASE, code=f"K7F3-9QW{number}"), WORDS, has_card=False) for number in range(10)]
    message = draw_batch(listed, starter_town())
    title, *lines, how = message.plain().splitlines()
    assert (title, how) == ("📬 New for Parks and streets: 10", "Press a number to open the card of that case here.")
    assert lines[9].startswith(
        "10. 🟢 K7F3-9QW9 · Parks and playgrounds · “A bench in the shade by the north gate, please"
    )
    assert lines[9].endswith("…” · ⏱ Monday, May 17, 2027")
    assert max(map(len, lines)) < 160
    assert [[button.text for button in row] for row in message.buttons] == [list("12345"), [*"6789", "10"]]
    assert unpack(message.buttons[1][4].data) == CardPress("K7F3-9QW9", 1, OPEN)
    assert message.protected


def test_what_has_its_card_has_no_number_to_press() -> None:
    """Once a case has a card of its own, its line stays and its button goes."""
    claimed = Listed(replace(CASE, state=State.TAKEN), WORDS, has_card=True)
    message = draw_batch([claimed, Listed(CASE, WORDS, has_card=False)], starter_town())
    assert [button.text for row in message.buttons for button in row] == ["2"]
    assert "1. ✋ K7F3-9QWD" in message.plain()
    assert draw_batch([claimed], starter_town()).buttons == ()


def test_what_was_taken_back_is_not_quoted() -> None:
    """Of words that were taken back a batch says only that."""
    message = draw_batch([Listed(CASE, TAKEN_BACK, has_card=False)], starter_town())
    assert "words taken back" in message.plain()
    assert "“" not in message.plain()
