"""Writing the public line of a case: by whom, what is covered, what is warned of, and what it changes."""

from dataclasses import replace

import pytest

from dialogs.cases.case import Case, Deed, State
from dialogs.cases.draft import Desktop
from dialogs.cases.lifecycle import By
from dialogs.desk import public_line
from dialogs.desk.public_line import LONGEST, quotes
from dialogs.desk.seat import Servant
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Reply, Tell
from dialogs.ids import AddressId, CaseId, DraftId, StaffId
from dialogs.installation import Role
from dialogs.said import Said
from tests.dialogs.matters import FRESH, NOW, a_case, a_desk, a_servant, riverton

SAID = (Said("What?", "My mother needs a bench in the shade by the gate"),)
HELD = a_case(State.TAKEN, holder=StaffId(1))
LINE = "Shade for people who sit in the park."


def desktop(case: Case = HELD, *, stage: str = "writing", words: str | None = None, who: By = By.HOLDER) -> Desktop:
    """A servant in front of their draft."""
    draft = Draft(DraftId(1), StaffId(1), AddressId(9), CaseId(1), Deed.PUBLIC_LINE, stage, words=words)
    return Desktop(draft, case, "", "en", frozenset({who}), still_staff=True)


def write(text: str, case: Case = HELD, *, stage: str = "writing", words: str | None = None) -> Reply:
    """Write a text into the draft."""
    return public_line.write(desktop(case, stage=stage, words=words), text, SAID, riverton(), now=NOW)


def told(reply: Reply) -> str:
    """Give all that the servant reads."""
    return "\n".join(effect.message.plain() for effect in reply.effects if isinstance(effect, Tell))


def changed(reply: Reply) -> list[ChangeCase]:
    """Give what becomes of the case."""
    return [effect for effect in reply.effects if isinstance(effect, ChangeCase)]


@pytest.mark.parametrize(
    ("servant", "case", "begins"),
    [
        (a_servant(1, Role.REVIEWER), HELD, True),
        (a_servant(2, Role.LEAD), HELD, True),
        (a_servant(2, Role.REVIEWER), HELD, False),
        (a_servant(1, Role.REVIEWER), a_case(), False),
        (a_servant(1, Role.REVIEWER), a_case(State.DECIDED, holder=StaffId(1)), False),
        (a_servant(1, Role.REVIEWER), a_case(State.MERGED, holder=StaffId(1)), False),
    ],
)
def test_who_has_the_case_writes_it(servant: Servant, case: Case, *, begins: bool) -> None:
    """The holder of an undecided case, or a lead; anybody else hears why not."""
    reply = public_line.begin(a_desk(servant, case), riverton(), now=NOW, fresh=FRESH)
    assert any(isinstance(effect, SaveDraft) for effect in reply.effects) is begins
    assert reply.toast


def test_a_line_is_seen_before_it_is_shown() -> None:
    """What was written changes nothing; the preview has the line as others will read it, and no warning."""
    reply = write(f"  {LINE}\n")
    assert changed(reply) == []
    assert f"“{LINE}”" in told(reply)
    assert "⚠" not in told(reply)


def test_personal_data_is_covered_for_good() -> None:
    """What others would read has it no more, and neither has what is kept."""
    reply = write("A bench, ask ana@example.org")
    [saved] = [effect.draft for effect in reply.effects if isinstance(effect, SaveDraft)]
    assert "ana@example.org" not in told(reply) + (saved.words or "")
    assert "personal data" in told(reply)


def test_whoever_quotes_is_warned() -> None:
    """Five words in a row as the citizen wrote them are theirs, whatever the capitals; fewer are chance."""
    assert "own words" in told(write("A BENCH in the shade, please"))
    assert not quotes("A bench in the park", SAID)
    assert not quotes("shade", SAID)
    assert not quotes("", SAID)


def test_a_line_is_short() -> None:
    """One letter too many is refused with the number; the longest is taken."""
    assert str(LONGEST + 1) in told(write("x" * (LONGEST + 1)))
    assert any(isinstance(effect, SaveDraft) for effect in write("x" * LONGEST).effects)


@pytest.mark.parametrize("by", ["press", "send", "Show to others"])
def test_showing_it_writes_the_case_and_the_journal(by: str) -> None:
    """The case has the line, one version on, and the journal who wrote it and how it was before."""
    seen = desktop(stage="preview", words=LINE)
    reply = public_line.press(seen, "send", riverton(), now=NOW)
    if by != "press":
        reply = write(by, stage="preview", words=LINE)
    [one] = changed(reply)
    assert (one.case.public_line, one.case.version) == (LINE, HELD.version + 1)
    assert (one.entry.act, one.entry.words, one.entry.before) == (Deed.PUBLIC_LINE, LINE, HELD)
    assert any(isinstance(effect, DropDraft) for effect in reply.effects)


def test_it_can_be_taken_away() -> None:
    """Who has shown one is offered to take it away; where there is none, that button is an old one."""
    shown = replace(HELD, public_line=LINE)
    [one] = changed(write("take it away", shown))
    assert (one.case.public_line, one.entry.act) == (None, Deed.NO_PUBLIC_LINE)
    assert public_line.press(desktop(), "off", riverton(), now=NOW).toast
    begun = public_line.begin(a_desk(a_servant(1, Role.REVIEWER), shown), riverton(), now=NOW, fresh=FRESH)
    assert LINE in told(begun)


@pytest.mark.parametrize(
    "seen",
    [
        desktop(a_case(State.DECIDED, holder=StaffId(1)), stage="preview", words=LINE),
        desktop(stage="preview", words=LINE, who=By.SERVANT),
        replace(desktop(stage="preview", words=LINE), still_staff=False),
    ],
)
def test_what_moved_on_is_not_changed(seen: Desktop) -> None:
    """Decided meanwhile, somebody else's, or no servant any more: nothing is shown, and they are told."""
    reply = public_line.press(seen, "send", riverton(), now=NOW)
    assert changed(reply) == []
    assert told(reply)


@pytest.mark.parametrize("step", ["send", "edit", "off", "nothing", ""])
def test_old_buttons_do_nothing(step: str) -> None:
    """A button of another stage changes nothing and is answered."""
    reply = public_line.press(desktop(), step, riverton(), now=NOW)
    assert (reply.effects, bool(reply.toast)) == ((), True)


def test_cancelling_drops_it() -> None:
    """The draft is forgotten, and the case stays as it is."""
    reply = write("cancel")
    assert [type(effect) for effect in reply.effects] == [DropDraft, Tell]
