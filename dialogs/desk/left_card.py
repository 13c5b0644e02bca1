"""What a room shows of a case that has gone to another queue: one line, and the way back while there is one.

The words of the citizen leave the room with the case: they are for the team that looks after it now.
"""

from dialogs.cases.case import Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk.card import CardView
from dialogs.message import Button, Line, Message
from dialogs.presses import CardPress, pack
from dialogs.town import Town

_WENT = (Act.FORWARD, Deed.UNDO)


def draw_left(view: CardView, town: Town) -> Message:
    """Draw the line in the town's language."""
    voice, case = town.voice(town.language), view.case
    newest = next((entry.act for entry in reversed(view.entries) if entry.act in _WENT), Act.FORWARD)
    key = "left.back" if newest == Deed.UNDO else "left.card"
    line = Line(voice(key, queue=town.queue(case.queue, voice), code=case.code))
    undo = Button(voice("button.undo"), pack(CardPress(case.code, case.version, Deed.UNDO)))
    return Message((line,), ((undo,),) if view.undoable else (), protected=True)
