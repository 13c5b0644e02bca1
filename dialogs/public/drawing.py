"""The charts of the public board as shapes: bars of parts, and shares as boxes; the page writes them as SVG.

They say nothing that does not stand beside them in words: who cannot see them loses nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dialogs.public.figures import Share

WIDTH, HEIGHT, _GAP = 300, 20, 2
_BOX = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A box from ``x`` on, and what it stands for."""

    kind: str
    x: float
    width: float


def draw_bar(parts: Iterable[tuple[str, int | None]]) -> tuple[Piece, ...]:
    """Draw parts in one bar, each as wide as its number; what is not told has no part."""
    told = [(kind, count) for kind, count in parts if count]
    whole = sum(count for _, count in told)
    return tuple(_pieces(told, (WIDTH - _GAP * (len(told) - 1)) / whole)) if told else ()


def draw_share(share: Share) -> tuple[Piece, ...]:
    """Draw a share as boxes in a row, of which so many are full."""
    return tuple(
        Piece("full" if place < share.at_least else "open", place * _BOX, _BOX - 2 * _GAP) for place in range(share.of)
    )


def _pieces(told: list[tuple[str, int]], scale: float) -> Iterator[Piece]:
    x = 0.0
    for kind, count in told:
        yield Piece(kind, round(x, 2), round(count * scale, 2))
        x += count * scale + _GAP
