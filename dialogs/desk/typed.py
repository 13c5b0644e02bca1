"""What a servant types to have something done: a command after a slash, and the words after it.

Each command means the same in their own chat and in a room, and is read the same way wherever it is answered.
"""

from typing import TypeVar

from dialogs.events import Event, TextSent

C = TypeVar("C", bound=str)


def read_command(event: Event, *commands: C) -> tuple[C, str] | None:
    """Read one of some commands, perhaps with our name after an @, and the words after it; None for anything else."""
    if not isinstance(event, TextSent):
        return None
    word, *rest = event.text.split(maxsplit=1) or [""]
    name = word.partition("@")[0].lower()
    return next(((one, "".join(rest).strip()) for one in commands if name == f"/{one}"), None)
