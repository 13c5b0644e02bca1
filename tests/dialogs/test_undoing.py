"""Taking back: whose act, until when, what builds on it, and what becomes as it was."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Outcome, State
from dialogs.cases.lifecycle import Act
from dialogs.desk.seat import Desk, Latest, Servant
from dialogs.desk.undoing import Done, Side, press, press_elsewhere, take_back_newest
from dialogs.effects import Reply, UndoAct
from dialogs.ids import StaffId, TagId
from dialogs.installation import Role
from dialogs.presses import CardPress
from tests.dialogs.matters import CARE, NOW, OUTDOORS, a_case, a_desk, a_latest, a_servant, riverton

TOWN = riverton()
VOICE = TOWN.voice("en")
LEE, MIA, ZOE = a_servant(1, Role.REVIEWER), a_servant(2, Role.REVIEWER), a_servant(3, Role.LEAD)
SAFETY = TagId("safety")


class Journal:
    """A case and its journal, as acts are done one after another."""

    def __init__(self) -> None:
        self.case = replace(a_case(), version=1)
        self.lines: list[Done] = []

    def do(self, act: str, by: Servant, *, minutes: int = 0, **changes: object) -> None:
        """Let somebody change the case by an act."""
        before, at = self.case, NOW + timedelta(minutes=minutes)
        self.case = replace(before, version=before.version + 1, **changes)  # type: ignore[arg-type]
        line = Done(len(self.lines), act, Actor.SERVANT, at, self.case.version, by.id, by.name, before)
        self.lines.insert(0, line)

    def write(self, act: str, actor: Actor, *, before: Case | None = None) -> None:
        """Let a line be written that moves nothing."""
        self.lines.insert(0, Done(len(self.lines), act, actor, NOW, self.case.version, before=before))

    def undo(self, by: Servant, *, minutes: float = 0, written_at: datetime | None = None) -> Reply:
        """Write /undo, and let it happen."""
        now = NOW + timedelta(minutes=minutes)
        reply = take_back_newest(a_desk(by, self.case), self.lines, TOWN, now=now, written_at=written_at or now)
        for effect in reply.effects:
            if isinstance(effect, UndoAct):
                self.case = effect.case
                self.lines = [replace(one, undone_at=now) if one.entry == effect.entry else one for one in self.lines]
                line = Done(len(self.lines), Deed.UNDO, Actor.SERVANT, now, self.case.version, by.id, by.name)
                self.lines.insert(0, line)
        return reply


def test_each_side_is_taken_back_apart() -> None:
    """A claim, a mark and a tag change three sides: in whichever order they are taken back, the others stay."""
    for first, second in product((LEE, MIA, ZOE), repeat=2):
        journal = Journal()
        journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
        journal.do(Deed.URGENT, MIA, urgent=True)
        journal.do(Deed.TAG, a_servant(4, Role.REVIEWER), tags=(SAFETY,))
        journal.write(Deed.NOTE, Actor.SERVANT)
        journal.write("free_duty", Actor.CLOCK)
        journal.undo(first)
        journal.undo(second)
        undone = {first.id, second.id}
        # The lead takes back the newest of anybody, and that is the tag, or what is newest after it.
        newest = [4, *([2] if MIA.id not in undone else []), *([1] if LEE.id not in undone else [])]
        undone |= {StaffId(one) for one in newest[: [first, second].count(ZOE)]}
        case = journal.case
        assert (case.state is State.NEW, case.holder is None) == ((1 in undone),) * 2, (first.name, second.name)
        assert (case.urgent, bool(case.tags)) == (2 not in undone, 4 not in undone), (first.name, second.name)


def test_two_who_mean_the_same_take_it_back_once() -> None:
    """A lead who writes while another takes the act back is told so; what stood before it stays for the moment."""
    other = a_servant(5, Role.LEAD)
    for seconds, says in ((0, "undo.just"), (9, "undo.just"), (10, "undo.done")):
        journal = Journal()
        journal.do(Deed.URGENT, MIA, urgent=True)
        journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
        journal.undo(ZOE)
        # However late it is read: what counts is when it was written.
        written_at = NOW + timedelta(seconds=seconds)
        told = journal.undo(other, minutes=60, written_at=written_at).toast
        act = Deed.URGENT if says == "undo.done" else Act.CLAIM
        assert told == VOICE(says, name="S3", act=VOICE(f"act.{act}")), seconds
        assert journal.case.urgent is (says == "undo.just")


def test_who_takes_back_two_of_their_own_is_not_held_up() -> None:
    """Who writes /undo twice takes two acts back; and what a colleague took back meanwhile is no matter of theirs."""
    journal = Journal()
    journal.do(Deed.TAG, LEE, tags=(SAFETY,))
    journal.do(Deed.URGENT, MIA, urgent=True)
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    assert all(journal.undo(by).effects for by in (LEE, MIA, LEE))
    assert (journal.case.state, journal.case.urgent, journal.case.tags) == (State.NEW, False, ())


@pytest.mark.parametrize("act", [*Act, f"{Act.WAKE}_itself"])
def test_what_moves_a_case_builds_on_what_moved_it(act: str) -> None:
    """A claim stays as long as anything later moved the case, and that is named; for the clock by what it did."""
    journal = Journal()
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    journal.do(act, MIA, state=State.SNOOZED)
    reply = journal.undo(LEE)
    later = VOICE("undo.by", act=VOICE(f"act.{act}"), name=MIA.name)
    assert reply == Reply(toast=VOICE("undo.depends", act=VOICE("act.claim"), later=later))


def test_an_answer_is_named_as_the_citizen_s() -> None:
    """What a citizen moved since stands in the way without any name; an answer that moved nothing does not."""
    journal = Journal()
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    before = journal.case
    journal.write(Act.ANSWER, Actor.CITIZEN, before=before)
    journal.lines[0] = replace(journal.lines[0], version=before.version + 1)
    assert VOICE("undo.the_citizen") in journal.undo(LEE).toast
    journal.lines[0] = replace(journal.lines[0], version=before.version)
    assert journal.undo(LEE).effects
    assert journal.case.state is State.NEW


@pytest.mark.parametrize("state", sorted(set(State) - UNDECIDED))
def test_what_is_not_open_is_not_sorted_back(state: State) -> None:
    """A tag from before the decision stays: a new version would end the question whether it worked."""
    journal = Journal()
    journal.do(Deed.TAG, MIA, tags=(SAFETY,))
    journal.do(Act.DECIDE, LEE, state=state, outcome=Outcome.ACCEPTED, reason="Yes.")
    stands = VOICE("standing.outcome", state=VOICE(f"state.{state}"), outcome=VOICE("outcome.accepted"))
    assert journal.undo(MIA) == Reply(toast=VOICE("desk.not_now", state=stands))


def test_what_was_taken_back_does_not_come_again() -> None:
    """A tag that was taken off by undo before the claim is undone stays off, and so does the other way round."""
    journal = Journal()
    journal.do(Deed.TAG, MIA, tags=(SAFETY,))
    journal.do(Act.CLAIM, LEE, minutes=1, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    journal.undo(MIA, minutes=2)
    assert (journal.case.state, journal.case.tags) == (State.TAKEN, ())
    journal.undo(LEE, minutes=3)
    assert (journal.case.state, journal.case.tags) == (State.NEW, ())
    assert journal.undo(ZOE, minutes=4).toast == VOICE("desk.nothing_to_undo")


def test_one_after_another_is_taken_back() -> None:
    """A lead goes back act by act to the beginning; promise and lateness are never set back."""
    journal = Journal()
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    journal.do(Act.SNOOZE, LEE, state=State.SNOOZED)
    journal.do(Act.WAKE, LEE, state=State.TAKEN)
    late = replace(journal.case, overdue=True, promised_on=journal.case.promised_on + timedelta(days=9))
    journal.case = late
    states = []
    while journal.undo(ZOE).effects:
        states.append(journal.case.state)
    assert states == [State.SNOOZED, State.TAKEN, State.NEW]
    assert (journal.case.overdue, journal.case.promised_on) == (True, late.promised_on)


@pytest.mark.parametrize(
    ("servant", "hours", "refused"),
    [
        (LEE, 24, None),
        (LEE, 25, "undo.day_passed"),
        (MIA, 0, "desk.undo_not_yours"),
        (ZOE, 99, None),
        (a_servant(4, Role.ADMIN, CARE), 99, None),
        (a_servant(4, Role.LEAD, CARE), 0, "desk.undo_not_yours"),
    ],
)
def test_whose_and_until_when(servant: Servant, hours: int, refused: str | None) -> None:
    """An act is of who did it for a day, and of a lead of the queue at any time."""
    journal = Journal()
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    reply = journal.undo(servant, minutes=60 * hours)
    assert reply.toast == (VOICE(refused) if refused else VOICE("undo.done", act=VOICE("act.claim")))
    assert bool(reply.effects) == (refused is None)


@pytest.mark.parametrize(("act", "why"), [(Act.ASK, "desk.gone_out"), (Act.FORWARD, "undo.told")])
def test_what_has_gone_out_stays(act: Act, why: str) -> None:
    """What a citizen has read is taken back by nobody, and what to do instead is said."""
    for servant in (LEE, ZOE):
        journal = Journal()
        journal.do(act, LEE, state=State.ASKED)
        journal.lines[0] = replace(journal.lines[0], telling=4, gone_out=True)
        assert journal.undo(servant) == Reply(toast=VOICE(why))


def test_an_answer_since_is_kept() -> None:
    """A case that waited for an answer, and had it since, does not wait again."""
    asked = a_case(State.ASKED, holder=LEE.id)
    released = replace(a_case(), version=4)
    latest = replace(a_latest(released, Act.RELEASE), before=asked)
    for answered, state in ((False, State.ASKED), (True, State.ANSWERED)):
        at = a_desk(LEE, released, latest=replace(latest, answered=answered))
        (undone,) = [
            effect
            for effect in press(CardPress("", 4, Deed.UNDO), at, TOWN, now=NOW).effects
            if isinstance(effect, UndoAct)
        ]
        assert (undone.case.state, undone.case.version) == (state, 5)


def test_taking_back_a_tag_leaves_a_wish_alone() -> None:
    """Whoever wants to take a case over waits on while tags change; a change of who has it ends the wish."""
    for act, wanted_by in ((Deed.TAG, MIA.id), (Act.SNOOZE, None)):
        case = replace(a_case(State.TAKEN, holder=LEE.id), wanted_by=MIA.id)
        at = a_desk(LEE, case, latest=a_latest(case, act))
        (undone,) = [
            effect
            for effect in press(CardPress("", 3, Deed.UNDO), at, TOWN, now=NOW).effects
            if isinstance(effect, UndoAct)
        ]
        assert undone.case.wanted_by == wanted_by


# A case that Lee of outdoors has forwarded to care.
AWAY = replace(a_case(), queue=CARE, version=4)
GONE = Latest(5, Act.FORWARD, LEE.id, NOW, replace(a_case(State.TAKEN, holder=LEE.id), version=3))


def elsewhere(servant: Servant, act: str = Deed.UNDO, *, latest: Latest | None = GONE) -> Reply:
    """Press a button of the line that stayed in the room of outdoors."""
    at: Desk = replace(a_desk(servant, AWAY, latest=latest), been_in=(OUTDOORS,))
    return press_elsewhere(CardPress(AWAY.code, AWAY.version, act), at, TOWN, now=NOW)


def test_only_the_forwarding_is_taken_back_from_afar() -> None:
    """Who forwarded a case brings it back, and a lead of that queue too; a colleague cannot, nor can anybody more."""
    for servant, back in ((LEE, True), (ZOE, True), (MIA, False)):
        undone = [effect for effect in elsewhere(servant).effects if isinstance(effect, UndoAct)]
        assert [(one.case.queue, one.case.holder, one.left) for one in undone] == [(OUTDOORS, LEE.id, CARE)] * back
    assert elsewhere(MIA).toast == VOICE("desk.undo_not_yours")
    word = VOICE("left.word", code=AWAY.code, queue="Care and health")
    others = (*(act for act in (*Act, *Deed, "open", "🙂") if act != Deed.UNDO),)
    assert {elsewhere(ZOE, act) for act in others} == {Reply(toast=word)}
    assert elsewhere(LEE, latest=replace(GONE, act=Act.CLAIM)) == Reply(toast=word)
    assert elsewhere(LEE, latest=None) == Reply(toast=word)
    stranger = a_servant(9, Role.LEAD, OUTDOORS)
    at = a_desk(replace(stranger, roles={}), AWAY, latest=GONE)
    refused = VOICE("desk.not_yours", queue="Care and health")
    assert press_elsewhere(CardPress(AWAY.code, 4, Deed.UNDO), at, TOWN, now=NOW) == Reply(toast=refused)


def test_by_command_too_from_afar_only_the_forwarding() -> None:
    """What else a servant did before the case went away is not theirs to take back any more."""
    journal = Journal()
    journal.do(Deed.TAG, MIA, tags=(SAFETY,))
    journal.do(Act.FORWARD, LEE, queue=CARE)
    journal.do(Deed.URGENT, a_servant(5, Role.REVIEWER, CARE), urgent=True)
    assert journal.undo(MIA).toast == VOICE("desk.undo_not_yours")
    assert journal.undo(LEE).toast == VOICE("undo.done", act=VOICE("act.forward"))
    assert (journal.case.queue, journal.case.urgent, journal.case.tags) == (OUTDOORS, True, (SAFETY,))


def test_every_line_has_a_side_or_none() -> None:
    """What keeps how it was before changed a side; a bare line did only where time or the holder moved the case."""
    before = a_case()
    bare = {act for act in (*Act, *Deed) if Done(1, act, Actor.CLOCK, NOW, 4).side is not None}
    assert bare == {Act.KEEP, Act.ASK_BACK, Act.SILENCE}
    sides = {act: Done(1, act, Actor.SERVANT, NOW, 4, before=before).side for act in (*Act, Deed.URGENT, Deed.TAG)}
    assert {act for act, side in sides.items() if side is Side.STANDING} == set(Act)


def test_a_decision_brought_back_waits_for_its_answers_again() -> None:
    """Taking back a decision by the command is the same as by the button: what was decided is gone."""
    journal = Journal()
    journal.do(Act.CLAIM, LEE, state=State.TAKEN, holder=LEE.id, held_at=NOW)
    journal.do(Act.DECIDE, LEE, state=State.DECIDED, outcome=Outcome.ACCEPTED, reason="Yes.")
    journal.lines[0] = replace(journal.lines[0], telling=4)
    at = a_desk(LEE, journal.case, latest=None)
    by_command = [type(effect) for effect in take_back_newest(at, journal.lines, TOWN, now=NOW, written_at=NOW).effects]
    latest = Latest(1, Act.DECIDE, StaffId(1), NOW, journal.lines[0].before or journal.case, 4)
    pressed = CardPress("", journal.case.version, Deed.UNDO)
    by_button = [type(effect) for effect in press(pressed, replace(at, latest=latest), TOWN, now=NOW).effects]
    assert by_command == by_button
