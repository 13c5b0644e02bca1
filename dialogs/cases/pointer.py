"""A word to a servant in private that points to a case: its number, its service, and a button that opens its card.

A phone shows it locked, so nothing of the case itself stands in it, unless what is told are colleagues' words.
"""

from dialogs.cases.case import Case
from dialogs.desk_effects import TellServant
from dialogs.message import Block, Button, Line, Message
from dialogs.presses import LookPress, pack
from dialogs.town import Town

# The command that shows a case (``listing.py``).
_CASE = "case"


def point(case: Case, lead: str, town: Town, *rest: Block) -> Message:
    """Write it; ``rest``: what colleagues said of it."""
    voice = town.voice(town.language)
    opens = Button(voice("button.open_card"), pack(LookPress(_CASE, case.code)))
    return Message((Line(lead), Line(town.service(case.service, voice)), *rest), ((opens,),), protected=bool(rest))


def ping(case: Case, key: str, town: Town) -> tuple[TellServant, ...]:
    """Let the holder of a case know that its citizen wrote, unless they themselves are who wrote."""
    if case.holder is None:
        return ()
    told = point(case, town.voice(town.language)(key, code=case.code), town)
    return (TellServant(case.holder, told, unless_here=True),)
