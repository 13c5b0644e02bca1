"""The commands that servants type."""

import pytest

from dialogs.desk.listing import Look
from dialogs.desk.policy import DUTY, HANDOVER
from dialogs.desk.typed import read_command
from dialogs.events import TextEdited, TextSent


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/duty", (DUTY, "")),
        ("  /DUTY  add Mia ", (DUTY, "add Mia")),
        ("/handover\nThe lamp.\nIs broken", (HANDOVER, "The lamp.\nIs broken")),
        ("/duty@YouSaidBot\tme", (DUTY, "me")),
        *((other, None) for other in ("", "  ", "/", "@", "duty", "//duty", "/dutyfree", "/ duty", "on /duty")),
    ],
)
def test_only_the_commands_are_read(text: str, read: tuple[str, str] | None) -> None:
    """A command stands at the beginning, in any capitals; what is after it is kept as it was typed."""
    assert read_command(TextSent(text), DUTY, HANDOVER) == read


def test_only_what_is_sent_is_a_command() -> None:
    """A message that becomes a command when it is edited does nothing."""
    assert read_command(TextSent("/Find a lamp"), *Look) == (Look.FIND, "a lamp")
    assert read_command(TextEdited("/find a lamp", 1), *Look) is None
