"""Edits: a message that was changed after it had reached a case, or while it still waits to go out.

What was read stays in the journal, and the change stands beside it. What a servant wrote to a citizen follows the
edit as long as it can be taken back; afterwards only a second message puts it right.
"""

from dataclasses import replace
from datetime import datetime

from dialogs.cases.case import Actor, Deed, Entry, OwnCase, State
from dialogs.cases.draft import SENT, Desktop
from dialogs.cases.lifecycle import Act, By, Impossible, advance
from dialogs.cases.pointer import ping
from dialogs.contributor import read_back
from dialogs.desk import desk as desk_acts
from dialogs.desk import drafting
from dialogs.desk.holding import watch
from dialogs.desk.seat import Desk
from dialogs.effects import ChangeCase, Effect, Reply, Tell, UndoAct, WriteEntry
from dialogs.fresh import Fresh
from dialogs.message import say
from dialogs.presses import CardPress
from dialogs.texts import LONGEST_IN, Voice, cut
from dialogs.town import Town

_CONTRIBUTOR = frozenset({By.CONTRIBUTOR})


def change_words(own: OwnCase, text: str, town: Town, voice: Voice, *, now: datetime) -> Reply:
    """Bring a citizen's change to the people who look after their case, and read it back."""
    case = own.case
    entry = Entry(Deed.EDIT, Actor.CITIZEN, now, words=text, contributor=own.contributor)
    changed: tuple[Effect, ...] = (WriteEntry(case, entry),)
    if case.state is State.SNOOZED:
        awake = advance(case, Act.ANSWER, _CONTRIBUTOR, now=now)
        if not isinstance(awake, Impossible):
            changed = (ChangeCase(awake, entry), *watch(awake, town, now=now))
    told = Tell(read_back(case, text, town, voice, lead="words.edited"))
    return Reply((*changed, *ping(case, "ping.edited", town), told))


def change_note(text: str, desk: Desk, town: Town, *, now: datetime) -> Reply:
    """Put the change of a note beside it."""
    if desk.servant.role_in(desk.case.queue) is None:
        return Reply()
    entry = Entry(Deed.EDIT, Actor.SERVANT, now, staff=desk.servant.id, words=cut(text, LONGEST_IN))
    return Reply((WriteEntry(desk.case, entry),), town.voice(town.language)("desk.noted"))


def change_draft(
    desktop: Desktop, desk: Desk, text: str, town: Town, *, number: int, now: datetime, fresh: Fresh
) -> Reply:
    """Show a draft anew whose words were edited, taking it back first where it waits to go out."""
    if desktop.draft.stage != SENT:
        return drafting.reword(desktop, text, town, number=number, now=now)
    voice, latest = town.voice(town.language), desk.latest
    undone = Reply()
    if latest is not None and latest.staff == desk.servant.id and latest.act in (desktop.draft.act, Act.PROPOSE):
        press = CardPress(desk.case.code, desk.case.version, Deed.UNDO)
        undone = desk_acts.act(press, desk, town, now=now, fresh=fresh)
    back = next((effect.case for effect in undone.effects if isinstance(effect, UndoAct)), None)
    if back is None:
        return Reply((Tell(say(voice("draft.too_late", code=desk.case.code))),))
    again = drafting.reword(replace(desktop, case=back), text, town, number=number, now=now)
    inside = (effect for effect in undone.effects if not isinstance(effect, Tell))
    return Reply((*inside, Tell(say(voice("draft.taken_back", code=back.code))), *again.effects))
