"""One person in one flow: the answers so far, and nothing about where they are.

The position is derived from the answers, never stored. Going back, editing, and a long text that is
still being written are one and the same thing: an answer that is *open*.

Answers stand under the id of their question; in an item of a repeat under ``repeat.item.question``,
where the item's own id stays the same however many come and go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dialogs.ids import SessionId, StepId, VersionId
from dialogs.media import Attachment

Value = str | bool | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. ``value`` None: skipped. ``note``: the person's own words behind "something else".

    ``taken_up``: it was whole, and is open again by going back or by editing; new words replace it.
    ``media``: what was sent with it. ``waived``: it need not fit; a note then holds what was written instead.
    """

    value: Value | None
    open: bool = False
    note: str = ""
    taken_up: bool = False
    media: tuple[Attachment, ...] = ()
    waived: bool = False

    @property
    def is_told(self) -> bool:
        """Tell whether there is an answer at all, be it one that a person has to read."""
        return self.value is not None or bool(self.note)

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
    # How often the open question was answered with what does not fit, and the words of the last time.
    tries: int = 0
    rejected: str = ""
    # The questions in the order in which they were first put, those of a repeat as ``repeat.question``.
    asked: tuple[StepId, ...] = ()

    def answered(self, key: StepId, answer: Answer) -> "Session":
        """Put an answer in."""
        return replace(self, answers={**self.answers, key: answer}, tries=0, rejected="")

    def reopened(self, key: StepId) -> "Session":
        """Take an answer up again, keeping what it says."""
        return self.answered(key, replace(self.answers[key], open=True, taken_up=True))

    def without(self, keys: frozenset[StepId]) -> "Session":
        """Leave answers out."""
        kept = {key: answer for key, answer in self.answers.items() if key not in keys}
        return replace(self, answers=kept, tries=0, rejected="")


def key_in(repeat: StepId, item: str, step: StepId) -> StepId:
    """Name the answer to a question in one item of a repeat."""
    return StepId(f"{repeat}.{item}.{step}")


def question_of(key: StepId) -> StepId:
    """Name the question of an answer, whatever item it belongs to: ``repeat.question``."""
    repeat, _, rest = key.partition(".")
    return StepId(f"{repeat}.{rest.partition('.')[2]}") if rest else key
