"""Edits: what had reached a case gets its change beside it, and what still waits to go out follows."""

from dataclasses import replace
from typing import TypeVar

import pytest

from dialogs import edits
from dialogs.cases.case import Actor, Case, Deed, State
from dialogs.cases.draft import LONGEST, PREVIEW, SENT, WRITING, Desktop
from dialogs.cases.lifecycle import Act, By
from dialogs.desk.seat import Desk, Latest
from dialogs.desk_effects import Draft, SaveDraft, TellServant
from dialogs.effects import ChangeCase, Reply, StartTelling, StopTelling, Tell, UndoAct, WriteEntry
from dialogs.ids import AddressId, DraftId, StaffId
from dialogs.installation import Role
from tests.dialogs.matters import FRESH, NOW, a_case, a_desk, a_servant, an_own_case, riverton

T = TypeVar("T")
TOWN = riverton()
VOICE = TOWN.voice("en")
LEE = a_servant(1, Role.REVIEWER)
TAKEN = a_case(State.TAKEN, holder=StaffId(1))
ASKED = replace(TAKEN, version=4, state=State.ASKED)


def of(reply: Reply, kind: type[T]) -> list[T]:
    """List the effects of a kind."""
    return [effect for effect in reply.effects if isinstance(effect, kind)]


def seat(*, act: str = Act.ASK, staff: int = 1, gone_out: bool = False, case: Case = ASKED) -> Desk:
    """What Lee sees of a case after its newest act."""
    return a_desk(LEE, case, latest=Latest(5, act, StaffId(staff), NOW, TAKEN, telling=4, gone_out=gone_out))


def change(stage: str, text: str, at: Desk) -> Reply:
    """Edit the message in which Lee wrote a question."""
    draft = Draft(DraftId(1), StaffId(1), AddressId(9), at.case.id, Act.ASK, stage, words="Where?", number=7)
    desktop = Desktop(draft, at.case, "A bench", "en", frozenset({By.SERVANT, By.HOLDER}), still_staff=True)
    return edits.change_draft(desktop, at, text, TOWN, number=7, now=NOW, fresh=FRESH)


@pytest.mark.parametrize("state", State)
def test_a_citizen_changes_their_words(state: State) -> None:
    """The change stands beside what was read, wakes a case that sleeps, calls its holder, and is read back."""
    case = a_case(state, holder=StaffId(1))
    reply = edits.change_words(an_own_case(case), "Three would do.", TOWN, VOICE, now=NOW)
    woken = of(reply, ChangeCase)
    assert bool(woken) is (state is State.SNOOZED)
    (entry,) = [effect.entry for effect in reply.effects if isinstance(effect, ChangeCase | WriteEntry)]
    assert (entry.act, entry.actor, entry.words) == (Deed.EDIT, Actor.CITIZEN, "Three would do.")
    (called,) = of(reply, TellServant)
    assert (called.staff, called.unless_here) == (1, True)
    assert "Three" not in called.message.plain()
    assert "“Three would do.”" in of(reply, Tell)[0].message.plain()


def test_a_note_is_changed_by_who_may_write_one() -> None:
    """The change of a note stands beside it; who has lost their role meanwhile changes nothing."""
    (written,) = of(edits.change_note("And the lamps.", a_desk(LEE, TAKEN), TOWN, now=NOW), WriteEntry)
    assert (written.entry.act, written.entry.staff) == (Deed.EDIT, 1)
    assert edits.change_note("And the lamps.", a_desk(a_servant(1, None), TAKEN), TOWN, now=NOW) == Reply()


@pytest.mark.parametrize("stage", [WRITING, PREVIEW])
@pytest.mark.parametrize("text", ["Where exactly?", "send", "cancel"])
def test_the_preview_follows(stage: str, text: str) -> None:
    """Before it is sent an edit is the new words, whatever it says: nobody sends by correcting a slip."""
    reply = change(stage, text, seat(case=TAKEN))
    (draft,) = [effect.draft for effect in of(reply, SaveDraft)]
    assert (draft.stage, draft.words, draft.number) == (PREVIEW, text, 7)
    assert not of(reply, StartTelling)


def test_what_waits_is_taken_back_and_shown_again() -> None:
    """While it can be taken back an edit takes it back whole, and the new words wait to be sent again."""
    reply = change(SENT, "Where exactly?", seat())
    assert [effect.announcement for effect in of(reply, StopTelling)] == [4]
    assert [effect.case.state for effect in of(reply, UndoAct)] == [State.TAKEN]
    assert [(effect.draft.stage, effect.draft.words) for effect in of(reply, SaveDraft)] == [
        (PREVIEW, "Where exactly?")
    ]
    assert of(reply, Tell)[0].message.plain() == VOICE("draft.taken_back", code=TAKEN.code)


@pytest.mark.parametrize(
    "at",
    [seat(gone_out=True), seat(act=Deed.URGENT), seat(staff=2), a_desk(LEE, ASKED)],
    ids=["gone out", "something else came after", "a colleague's", "nothing to take back"],
)
def test_what_has_gone_out_stays(at: Desk) -> None:
    """Once it is out, or something else was done since, an edit changes nothing and says what helps."""
    reply = change(SENT, "Where exactly?", at)
    assert [type(effect) for effect in reply.effects] == [Tell]
    assert of(reply, Tell)[0].message.plain() == VOICE("draft.too_late", code=TAKEN.code)


def test_an_edit_that_is_too_long_is_sent_back() -> None:
    """More than a citizen can read on a phone is not taken, and what was there stays."""
    assert not of(change(PREVIEW, "x" * (LONGEST + 1), seat(case=TAKEN)), SaveDraft)
