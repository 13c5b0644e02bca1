"""What somebody said in a contribution: each question with their answer, in file order."""

from dataclasses import dataclass

from dialogs.media import Attachment

Words = tuple["Said", ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One question and its answer, in the person's language.

    ``sensitive``: not in previews, such as notices on a locked screen. ``attachments``: what belongs to the answer.
    """

    question: str
    answer: str
    sensitive: bool = False
    attachments: tuple[Attachment, ...] = ()


def main_words(words: Words) -> str:
    """Choose what somebody really said: the longest of their answers."""
    return max((said.answer for said in words), key=len, default="")


def preview(words: Words) -> str:
    """Choose what may stand where others could see it: the longest answer that is not sensitive."""
    return main_words(tuple(said for said in words if not said.sensitive)) or "…"


def attachments(words: Words) -> tuple[Attachment, ...]:
    """List every photo and voice note."""
    return tuple(attachment for said in words for attachment in said.attachments)
