"""Random values made at the edge, one set for each event, so that the pure part can use chance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fresh:
    """``number``: below 36**11, for ids. ``code`` and ``receipt``: as ``ids.spell`` writes them."""

    number: int
    code: str
    receipt: str
