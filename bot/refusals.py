"""Why a flow was not published, told to its author as every mistake is: file, line, cause and remedy."""

from collections.abc import Sequence
from pathlib import Path

from bot.library import Refusal
from dialogs.errors import Mistake
from dialogs.flows.shapes import VERBS
from dialogs.yaml_tree import Node, Row, Scalar, Table, read_tree

# The one key that is not a step and whose change can be refused.
_HEAD = "contribution"


def list_refused(refused: Sequence[Refusal], folder: Path) -> list[Mistake]:
    """Say why flows were not published, as mistakes in their files."""
    return sorted(mistake for refusal in refused for mistake in _mistakes(refusal, folder))


def _mistakes(refusal: Refusal, folder: Path) -> list[Mistake]:
    flow = refusal.flow
    files = [(_file_of(source, folder) or flow.id, source) for source in (flow.source, *flow.parts.values())]
    mistakes = []
    for difference in refusal.differences:
        file, line, column = next(
            ((file, *place) for file, source in files if (place := _place(source, difference.step)) is not None),
            (files[0][0], 1, 1),
        )
        cause = f"`{difference.step}` {difference.what}"
        what = "the flow" if difference.step == _HEAD else "it"
        remedy = f"What was answered already would mean something else: give {what} a new id."
        mistakes.append(Mistake(file, line, column, cause, remedy))
    return mistakes


def _file_of(source: str, folder: Path) -> str:
    for path in sorted(folder.glob("*/*.yaml")):
        try:
            if path.read_bytes() == source.encode():
                return path.relative_to(folder).as_posix()
        except OSError:
            continue
    return ""


def _place(source: str, step: str) -> tuple[int, int] | None:
    tree, _ = read_tree(source, file="")
    node = _find(tree.root, step) if tree else None
    return (node.line, node.column) if node else None


def _find(node: Node, step: str) -> Scalar | None:
    match node:
        case Table(entries):
            for key, (written, value) in entries.items():
                if isinstance(value, Scalar) and ((key in VERBS and value.text == step) or key == step == _HEAD):
                    return value if key in VERBS else written
            return next((found for _, value in entries.values() if (found := _find(value, step))), None)
        case Row(items):
            return next((found for item in items if (found := _find(item, step))), None)
        case Scalar():
            return None
