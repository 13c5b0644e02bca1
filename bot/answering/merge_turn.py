"""Merging cases: what a servant presses or types for it, and what the desk has to look up before it can say yes."""

from dataclasses import replace
from datetime import datetime

from bot.answering.gate import tell_writer
from dialogs.cases.case import UNDECIDED, Deed
from dialogs.cases.lifecycle import Act
from dialogs.desk import desk, merging
from dialogs.desk.merging import INTO, JOIN, MOST
from dialogs.desk.seat import Candidate, Desk
from dialogs.desk_effects import DropDraft
from dialogs.effects import Reply, Tell
from dialogs.flows.answers import is_word
from dialogs.fresh import Fresh
from dialogs.ids import CaseId, read_code
from dialogs.message import say
from dialogs.presses import CardPress
from dialogs.said import main_words
from dialogs.town import Town
from storage import cases, merges, search
from storage.database import Connection

# So many similar cases are looked at: some of them are decided, or merged already.
_LOOKED_AT = 30


def is_merging(act: str) -> bool:
    """Tell whether a press on a card is one of these."""
    return act in (Act.MERGE, Deed.UNMERGE) or act.split(".", 1)[0] in (INTO, JOIN)


def look_up(c: Connection, act: str, seen: Desk) -> Desk:
    """Add what such a press depends on."""
    match act.split(".", 1):
        case [Act.MERGE]:
            return replace(seen, candidates=_candidates(c, seen))
        case [merging.INTO | merging.JOIN, code]:
            words, _ = cases.first_words(c, seen.case.id)
            return replace(seen, target=_target(c, code), words=words)
        case _:
            return seen


def typed(c: Connection, text: str, seen: Desk, town: Town, *, now: datetime, fresh: Fresh) -> Reply:
    """Take a text as the number of the case to merge into."""
    if is_word(text, "word.cancel", town.heard) and seen.own_chat is not None:
        return Reply((DropDraft(seen.own_chat), Tell(say(town.voice(town.language)("draft.dropped")))))
    pressed = CardPress(seen.case.code, seen.case.version, f"{INTO}.{read_code(text)}")
    return tell_writer(desk.act(pressed, look_up(c, pressed.act, seen), town, now=now, fresh=fresh))


def _target(c: Connection, code: str) -> Candidate | None:
    found = cases.find_by_code(c, code)
    if found is None:
        return None
    root = merges.in_charge(c, found)
    return Candidate(root, cases.first_words(c, root.id)[0])


def _candidates(c: Connection, seen: Desk) -> tuple[Candidate, ...]:
    """List the open cases of the queue that say something close, those of the same service first."""
    case = seen.case
    words, _ = cases.first_words(c, case.id)
    hits = search.similar(c, main_words(words), queue=case.queue, limit=_LOOKED_AT)
    roots = dict.fromkeys(merges.root_of(c, hit.case) for hit in hits)
    found = [cases.load(c, CaseId(id)) for id in roots if id != case.id]
    close = sorted((one for one in found if one.state in UNDECIDED), key=lambda one: one.service != case.service)
    return tuple(Candidate(one, cases.first_words(c, one.id)[0]) for one in close[:MOST])
