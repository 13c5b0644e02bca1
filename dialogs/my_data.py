"""What a person can see of all that is kept about them: their cards as reviewers see them, and a copy of everything.

A card is drawn by the same code as in a room, in the language of the team and with the same words covered, but for
three things. Its buttons are left out: they are for those who look after it. Of the lines of its journal only the
person's own stay: notes and hand-overs are words of colleagues among themselves. And no servant is named: whoever has
the case is the team. An outcome that can still be taken back has not been told, so it is not there yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dialogs.cases.case import Actor, Deed, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.card import CardView, draw_card
from dialogs.message import Line, Message, OwnData
from dialogs.texts import Voice
from dialogs.town import Town

# So many cards are shown one after another; the copy has them all.
MOST_CARDS = 10
# Their lines name the number of somebody else's case.
NAMES_ANOTHER = frozenset({Act.MERGE.value, Deed.TOOK_IN.value, Deed.UNMERGE.value, Deed.LET_GO.value})


class Section(StrEnum):
    """A kind of things that are kept about a person, and its name in the file."""

    PERSON = "person"
    CHATS = "chats"
    CONVERSATIONS = "conversations"
    CONTRIBUTIONS = "contributions"
    CASES = "cases"
    LATER_WORDS = "later_words"
    QUESTIONS = "questions"
    MESSAGES = "messages"
    FILES = "files"
    RECEIPTS = "receipts"
    BROWSERS = "browsers"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class About:
    """What was looked up because somebody asked about themselves: how many there are of each kind, or their cards."""

    counts: Mapping[Section, int] = field(default_factory=dict)
    # The newest ones, oldest first; and how many cases there are in all.
    cards: tuple[CardView, ...] = ()
    cases: int = 0


def draw_own_card(view: CardView, town: Town) -> Message:
    """Draw the card of a person's case for the person; of several contributors only they are in ``view``."""
    case = view.case
    if case.state is State.DECIDED and view.undoable:
        case = replace(case, outcome=None, reason=None)
    if case.proposal is not None:
        # What waits for the yes of a colleague is words among themselves; what has gone out before still holds.
        case = replace(case, proposal=None, state=case.proposal.corrects or State.TAKEN)
    own = tuple(one for one in view.entries if one.actor is Actor.CITIZEN and one.act not in NAMES_ANOTHER)
    holder = town.queue(case.queue, town.voice(town.language)) if view.holder else ""
    shown = draw_card(replace(view, case=case, entries=own, holder=holder, wanter="", names={}), town)
    # It is theirs: they may keep it, and pass it on.
    return Message(shown.blocks)


def list_counts(counts: Mapping[Section, int], voice: Voice) -> Message:
    """Say in plain words what a copy holds."""
    lines = [Line(_count(section, counts[section], voice)) for section in Section if counts.get(section)]
    return Message((Line(voice("mydata.lead")), *lines, Line(voice("mydata.next"))))


def _count(section: Section, count: int, voice: Voice) -> str:
    name = f"• {voice(f'mydata.{section}')}"
    # Everybody has one of these.
    return name if section is Section.PERSON else f"{name}: {count}"


def offer_copy(voice: Voice) -> Message:
    """Hand over the copy itself."""
    return Message((OwnData(voice("mydata.file")),))
