"""One person in one flow: the answers so far, and nothing about where they are.

The position is derived from the answers, never stored. Going back, editing, and a long text that is
still being written are one and the same thing: an answer that is *open*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dialogs.ids import SessionId, StepId, VersionId

Value = str | bool | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. ``value`` None: skipped. ``note``: the own words behind the choice "other".

    ``taken_up``: it was whole, and is open again by going back or by editing; new words replace it.
    """

    value: Value | None
    open: bool = False
    note: str = ""
    taken_up: bool = False

    @property
    def is_being_written(self) -> bool:
        """Tell whether words were put in that were never whole yet."""
        return self.open and self.value is not None and not self.taken_up


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation pinned to a flow version. ``turn`` goes up with every turn that changed something."""

    id: SessionId
    version: VersionId
    turn: int = 0
    answers: Mapping[StepId, Answer] = field(default_factory=dict)
    # The person asked to cancel, and has not said yet that they mean it.
    cancelling: bool = False

    def answered(self, step: StepId, answer: Answer) -> "Session":
        """Put an answer in."""
        return replace(self, answers={**self.answers, step: answer})

    def reopened(self, step: StepId) -> "Session":
        """Take an answer up again, keeping what it says."""
        return self.answered(step, replace(self.answers[step], open=True, taken_up=True))
