"""What somebody is offered who sends something close to what others said, and what their choice does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs import contributor, joining
from dialogs.cases.case import DIFFERENCE, QUESTION, Actor, Ask, Case, Deed, Entry, State
from dialogs.cases.lifecycle import Act
from dialogs.cases.offer import Offered
from dialogs.cases.terms import likeness, terms
from dialogs.desk import merging
from dialogs.desk.seat import Merged
from dialogs.desk_effects import TellServant
from dialogs.effects import (
    AnswerAsk,
    AwaitWords,
    ChangeCase,
    CloseAsks,
    Effect,
    KeepOffers,
    Reply,
    Tell,
    UndoAct,
    WriteEntry,
)
from dialogs.ids import AskId, CaseId, ContributorId, Language, SessionId, StaffId
from dialogs.installation import Role
from dialogs.joining import Joining
from dialogs.presses import JoinPress, unpack
from dialogs.texts import Voice
from tests.dialogs.matters import NOW, a_case, a_desk, a_servant, riverton
from tests.storage.rows import opening

ANA = ContributorId(4)
LINE = "Shade for people who sit by the north gate."
LEE = StaffId(1)
ON_A_LOCKED_SCREEN = 60


def another(number: int, *, state: State = State.NEW, line: str | None = LINE) -> Case:
    """A case of somebody else, which has a public line."""
    return replace(a_case(state), id=CaseId(number), code=f"THEIRS-{number}", public_line=line)


def mine(*offered: Offered, merged: Merged | None = None) -> Joining:
    """A case that was just sent, with what was offered for it."""
    own = replace(a_case(), merged_into=merged.root.id if merged else None)
    return Joining(
        replace(own, state=State.MERGED) if merged else own, ANA, offered or (Offered(another(2), 3),), merged
    )


def choose(choice: Joining, answer: str) -> Reply:
    """Choose in English."""
    return joining.choose(choice, answer, riverton(), english(), now=NOW)


def english() -> Voice:
    """The voice of a citizen who reads English."""
    return riverton().voice("en")


def told(reply: Reply) -> str:
    """Give all that the citizen reads."""
    return "\n".join(effect.message.plain() for effect in reply.effects if isinstance(effect, Tell))


def changes(reply: Reply) -> list[ChangeCase]:
    """Give what becomes of cases."""
    return [effect for effect in reply.effects if isinstance(effect, ChangeCase)]


def test_nothing_close_is_no_offer() -> None:
    """Where nothing is close nothing is said."""
    assert joining.offer(opening(SessionId(1)), (), english()) == ()


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
@pytest.mark.parametrize("people", [1, 2, 3, 11])
def test_an_offer_tells_a_line_and_a_number_and_nothing_else(language: str, people: int) -> None:
    """It names no number of theirs and none of their words, and no topic where a locked screen would show it."""
    voice = riverton().voice(Language(language))
    kept, tell = joining.offer(opening(SessionId(1), "MINE-0001"), (Offered(another(2), people),), voice)
    assert kept == KeepOffers("MINE-0001", (CaseId(2),))
    assert isinstance(tell, Tell)
    text = tell.message.plain()
    assert text.index(LINE) >= ON_A_LOCKED_SCREEN
    assert "THEIRS" not in text
    assert "{" not in text
    data = [button.data for row in tell.message.buttons for button in row]
    assert [unpack(one) for one in data] == [JoinPress("MINE-0001", answer) for answer in ("1", "1+", "apart")]


def test_several_are_numbered() -> None:
    """Each has its line, how many people it is from, and a button with its number."""
    close = tuple(Offered(another(number, line=f"Line {number}"), number) for number in (2, 3, 4))
    _, tell = joining.offer(opening(SessionId(1)), close, english())
    assert isinstance(tell, Tell)
    assert all(f"“Line {number}”" in tell.message.plain() for number in (2, 3, 4))
    labels = [button.text for row in tell.message.buttons for button in row]
    assert labels == ["Join 1", "Join 2", "Join 3", "Keep mine separate"]
    joined = choose(mine(*close), "2")
    assert changes(joined)[0].case.merged_into == CaseId(3)


def test_joining_is_a_merge_by_choice() -> None:
    """Their case points to the other, keeps its number, and the journal says that a citizen did it."""
    reply = choose(mine(), "1")
    own, theirs = changes(reply)
    assert (own.case.merged_into, own.case.state, own.case.code) == (CaseId(2), State.MERGED, "K7F3-9QWD")
    assert own.entry == Entry(Act.MERGE, Actor.CITIZEN, NOW, words="THEIRS-2", before=a_case(), contributor=ANA)
    assert (theirs.case.id, theirs.entry.act, theirs.entry.actor) == (CaseId(2), Deed.TOOK_IN, Actor.CITIZEN)
    assert "K7F3-9QWD" in told(reply)
    assert "THEIRS" not in told(reply)


def test_joining_with_words_waits_for_them() -> None:
    """Whoever wants to say what is different is asked, at once or later."""
    for reply in (choose(mine(), "1+"), choose(mine(), "add")):
        [asked] = [effect for effect in reply.effects if isinstance(effect, AwaitWords)]
        assert (asked.case, asked.contributor, asked.kind) == (CaseId(1), ANA, DIFFERENCE)
        assert asked.text in told(reply)
    assert len(changes(choose(mine(), "1+"))) == 2


@pytest.mark.parametrize(
    "gone",
    [
        another(2, state=State.DECIDED),
        replace(another(2, state=State.MERGED), merged_into=CaseId(9)),
        another(2, line=None),
    ],
)
def test_what_is_gone_cannot_be_joined(gone: Case) -> None:
    """Decided, merged or taken back meanwhile: theirs stays separate, and they are told so kindly."""
    reply = choose(mine(Offered(gone, 3)), "1")
    assert changes(reply) == []
    assert "stays separate" in told(reply)


def test_what_nobody_is_left_in_cannot_be_joined() -> None:
    """Where everybody took their words back there is nobody to join."""
    assert changes(choose(mine(Offered(another(2), 0)), "1")) == []


def test_a_case_that_went_further_joins_nobody() -> None:
    """Once their own is decided there is nothing to join, and nothing changes."""
    decided = replace(mine(), own=a_case(State.DECIDED))
    assert changes(choose(decided, "1")) == []
    assert "K7F3-9QWD" in told(choose(decided, "1"))


def test_keeping_it_separate_changes_nothing() -> None:
    """Nothing is written, and they read their number and day once more."""
    [effect] = choose(mine(), "apart").effects
    assert isinstance(effect, Tell)
    assert "Monday, May 17, 2027" in effect.message.plain()


def a_merge(*, by: StaffId | None = None, state: State = State.NEW) -> Merged:
    """The merge of the case, by a citizen unless somebody is named."""
    return Merged(7, by, a_case(), another(2, state=state), another(2).promised_on)


def test_it_can_be_taken_back() -> None:
    """The case is again what it was, and waits for no more words of theirs."""
    reply = choose(mine(merged=a_merge()), "apart")
    [undone] = [effect for effect in reply.effects if isinstance(effect, UndoAct)]
    assert (undone.entry, undone.case.merged_into, undone.case.state) == (7, None, State.NEW)
    assert (undone.undo.actor, undone.undo.contributor) == (Actor.CITIZEN, ANA)
    assert any(isinstance(effect, CloseAsks) for effect in reply.effects)


@pytest.mark.parametrize("merged", [a_merge(by=LEE), a_merge(state=State.DECIDED)])
def test_what_the_team_did_stays(merged: Merged) -> None:
    """A merge of the team is the team's to take back, and what was decided was decided for all of them."""
    reply = choose(mine(merged=merged), "apart")
    assert [type(effect) for effect in reply.effects] == [Tell]
    assert [type(effect) for effect in choose(mine(merged=merged), "1").effects] == [Tell]


def test_the_team_can_part_what_a_citizen_joined() -> None:
    """A servant of the queue takes it apart as they take any merge apart, and it is what it was."""
    pointing = mine(merged=a_merge()).own
    seen = replace(a_desk(a_servant(2, Role.REVIEWER), pointing), merged=a_merge())
    reply = merging.unmerge(seen, riverton(), now=NOW)
    [undone] = [effect for effect in reply.effects if isinstance(effect, UndoAct)]
    assert (undone.entry, undone.case.merged_into, undone.undo.staff) == (7, None, StaffId(2))


def test_whoever_had_it_is_told() -> None:
    """A servant who had claimed the case in the meantime hears where it went."""
    claimed = replace(mine(), own=a_case(State.TAKEN, holder=LEE))
    effects: tuple[Effect, ...] = choose(claimed, "1").effects
    assert [effect.staff for effect in effects if isinstance(effect, TellServant)] == [LEE]


@pytest.mark.parametrize("answer", ["9", "0", "", "+", "1++", "-1", "١", "2", "x" * 40])
def test_forged_answers_change_nothing(answer: str) -> None:
    """Whatever a press carries, only what was offered can be joined."""
    both = mine(Offered(another(2), 1), Offered(another(3), 1)) if answer == "+" else mine()
    assert changes(choose(both, answer)) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Join them", "which"),
        ("join and add mine!", "+"),
        ("Keep mine separate", "apart"),
        ("Join 2", "2"),
        ("unirme", "which"),
        ("Garder à part", "apart"),
        ("أنضم إليهم", "which"),
        ("I join them often", None),
    ],
)
def test_buttons_can_be_typed(typed: str, answer: str | None) -> None:
    """What stands on a button is understood as a text, in every language of the town."""
    assert joining.read_answer(typed, riverton()) == answer


def test_joining_by_word_asks_which_where_there_are_several() -> None:
    """The word alone chooses the only one; of several it shows the offer once more."""
    assert len(changes(choose(mine(), "which"))) == 2
    several = choose(mine(Offered(another(2), 1), Offered(another(3), 1)), "which")
    assert changes(several) == []
    assert "1. from one person" in told(several)


def an_ask(*, hours_ago: int = 0) -> Ask:
    """What is asked of who joined others and wants to say what is different."""
    asked_at = NOW - timedelta(hours=hours_ago)
    return Ask(AskId(3), DIFFERENCE, a_case(State.DECIDED), "What?", asked_at, "A bench", ANA, "")


def test_what_is_different_is_added_to_the_case() -> None:
    """The words stand in the journal as theirs, move nothing, and are read back."""
    reply = contributor.answer(an_ask(), "I use a wheelchair", riverton(), english(), now=NOW)
    [entry] = [effect.entry for effect in reply.effects if isinstance(effect, WriteEntry)]
    assert entry == Entry(Deed.WORDS, Actor.CITIZEN, NOW, words="I use a wheelchair", contributor=ANA)
    assert AnswerAsk(AskId(3), "I use a wheelchair", NOW) in reply.effects
    assert "“I use a wheelchair”" in told(reply)


def test_what_is_different_is_waited_for_a_day() -> None:
    """What comes later was not meant for it: then it is asked what it is for."""
    assert contributor.is_waiting(an_ask(hours_ago=23), now=NOW)
    assert not contributor.is_waiting(an_ask(hours_ago=24), now=NOW)
    assert contributor.is_waiting(replace(an_ask(hours_ago=900), kind=QUESTION), now=NOW)


def test_likeness_is_a_share() -> None:
    """The same words are alike, other words are not, and a heavy word counts more than a light one."""
    weights = {"shade": 3.0, "gate": 2.0, "the": 0.1}
    one, other = frozenset(terms("The gate")), frozenset(terms("the shade"))
    assert likeness(one, one, weights) == pytest.approx(1)
    assert likeness(frozenset(), frozenset(), weights) == 0
    assert likeness(one, other, weights) < 0.1
