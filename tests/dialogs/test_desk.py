"""What a servant may do with a card: every role, act and state; undo; and who is told what."""

from dataclasses import replace
from itertools import product

import pytest

from dialogs.cases.case import Case, Deed, Outcome, Proposal, State
from dialogs.cases.lifecycle import Act
from dialogs.desk import desk
from dialogs.desk.card import CardView, draw_card
from dialogs.desk.seat import Desk, Latest, Merged, Servant
from dialogs.desk_effects import SaveDraft, TellServant
from dialogs.effects import ChangeCase, Effect, ReopenAsks, Reply, SetTimer, StopTelling, Tell, UndoAct, WriteEntry
from dialogs.ids import QueueId, StaffId
from dialogs.installation import Role
from dialogs.presses import LONGEST_BYTES, CardPress, unpack
from dialogs.said import Said
from tests.dialogs.matters import CARE, FRESH, NOW, OUTDOORS, a_case, a_desk, a_latest, a_servant, riverton

VOICE = riverton().voice("en")
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
SENDS = (Act.ASK, Act.DECIDE)
STRANGERS = (a_servant(2, None), a_servant(2, Role.LEAD, CARE), a_servant(2, Role.REVIEWER, CARE))


def press(act: str, at: Desk, *, version: int | None = None) -> Reply:
    """Press a button of the card."""
    pressed = CardPress(at.case.code, at.case.version if version is None else version, act)
    return desk.act(pressed, at, riverton(), now=NOW, fresh=FRESH)


def changes(reply: Reply) -> list[type[Effect]]:
    """Name what a press did, but for what was said and what is waited for."""
    return [type(effect) for effect in reply.effects if not isinstance(effect, Tell | TellServant | SetTimer)]


@pytest.mark.parametrize("who", ["holder", "reviewer", "lead", "admin", "admin elsewhere"])
def test_what_each_role_may_do(who: str) -> None:
    """A free case is claimed by anybody of its queue; a held one is its holder's, a lead's or an admin's."""
    servant = {
        "holder": a_servant(1, Role.REVIEWER),
        "reviewer": a_servant(2, Role.REVIEWER),
        "lead": a_servant(2, Role.LEAD),
        "admin": a_servant(2, Role.ADMIN),
        "admin elsewhere": a_servant(2, Role.ADMIN, CARE),
    }[who]
    for state, act in product(State, (Act.CLAIM, Act.RELEASE, Act.ASK, Act.DECIDE)):
        free = state in (State.NEW, State.REOPENED)
        # Where nothing was promised there is nothing to look after.
        at = a_desk(servant, a_case(state, holder=None if free else StaffId(1)))
        acts_in = (*HELD, State.DECIDED if act is Act.DECIDE else State.IN_DELIVERY) if act in SENDS else HELD
        allowed = free if act is Act.CLAIM else state in acts_in and who != "reviewer"
        reply = press(act, at)
        done = {Act.CLAIM: [ChangeCase], Act.RELEASE: [ChangeCase]}.get(act, [SaveDraft])
        assert changes(reply) == (done if allowed else []), (who, state, act)
        assert reply.toast


@pytest.mark.parametrize("servant", STRANGERS, ids=["no role", "lead elsewhere", "reviewer elsewhere"])
def test_another_queue_may_do_nothing(servant: Servant) -> None:
    """Who has no role in the queue changes nothing by any act, in any state, and is told where to ask."""
    refused = VOICE("desk.not_yours", queue="Parks and streets")
    for state, act in product(State, (*Act, *Deed, "", "🙂")):
        case = a_case(state, holder=servant.id)
        at = a_desk(servant, case, latest=a_latest(case, Act.CLAIM, staff=servant.id))
        assert press(act, at) == Reply(toast=refused)
    assert desk.note("psst", a_desk(servant, a_case()), riverton(), now=NOW) == Reply(toast=refused)


@pytest.mark.parametrize(
    "act",
    [
        *("answer", "want", "expire", "ask_back", "confirm", "contest", "shrug", "silence", "snooze", "tag"),
        *("note", "", "CLAIM", "🙂", ".", "to", "to.", "menu", "menu.all", "tag.", "tag.unknown", "snooze.year"),
    ],
)
def test_no_servant_speaks_for_citizen_or_clock(act: str) -> None:
    """A forged press on an act that is not a servant's changes nothing, whoever sends it."""
    for state in State:
        reply = press(act, a_desk(a_servant(1, Role.ADMIN), a_case(state)))
        assert reply.effects == ()
        assert reply.toast == VOICE("holding.no_colleague" if act.startswith("to.") else "old_button")


def test_the_loser_is_told_who_has_it() -> None:
    """Who comes too late reads who has the case, in which role, since when, and how it stands."""
    late = press(Act.CLAIM, a_desk(a_servant(2, Role.REVIEWER), a_case(State.TAKEN, holder=StaffId(1))), version=2)
    assert late == Reply(toast="Lee (Reviewer) has had it for 5 min. State: taken.")


def test_an_older_card_moves_nothing() -> None:
    """Who presses on what is not so any more is asked to look again, although the act would be possible."""
    assert press(Act.CLAIM, a_desk(a_servant(1, Role.LEAD), a_case()), version=2) == Reply(
        toast=VOICE("desk.changed", state="new")
    )


def test_without_a_chat_of_their_own_nothing_is_drafted() -> None:
    """Who has never written to the bot in private is asked to do that first."""
    at = a_desk(a_servant(1, Role.REVIEWER), a_case(State.TAKEN, holder=StaffId(1)), own_chat=None)
    assert press(Act.DECIDE, at) == Reply(toast=VOICE("desk.no_chat"))


def test_a_decision_that_has_not_gone_out_is_taken_back_first() -> None:
    """A second decision is a second message, so it waits until the first can no longer be taken back."""
    case = a_case(State.DECIDED, holder=StaffId(1))
    latest = a_latest(case, Act.DECIDE, telling=4)
    holder = a_servant(1, Role.REVIEWER)
    assert press(Act.DECIDE, a_desk(holder, case, latest=latest)) == Reply(toast=VOICE("desk.take_back_first"))
    corrected = press(Act.DECIDE, a_desk(holder, case, latest=replace(latest, gone_out=True)))
    assert changes(corrected) == [SaveDraft]


def test_a_note_stays_inside() -> None:
    """A note is a line in the journal and nothing else, cut to what can be kept."""
    (effect,) = desk.note("x" * 20_000, a_desk(a_servant(1, Role.REVIEWER), a_case()), riverton(), now=NOW).effects
    assert isinstance(effect, WriteEntry)
    assert effect.entry.act == Deed.NOTE
    assert len(effect.entry.words or "") <= 12_000


def undo(servant: Servant, latest: Latest | None, case: Case | None = None) -> Reply:
    """Press Undo."""
    return press(Deed.UNDO, a_desk(servant, case or a_case(State.TAKEN, holder=StaffId(1)), latest=latest))


@pytest.mark.parametrize(
    ("servant", "hours_ago", "refused"),
    [
        (a_servant(1, Role.REVIEWER), 0, ""),
        (a_servant(1, Role.REVIEWER), 24, ""),
        (a_servant(1, Role.REVIEWER), 24.1, "undo.day_passed"),
        (a_servant(2, Role.REVIEWER), 0, "desk.undo_not_yours"),
        (a_servant(2, Role.LEAD), 0, ""),
        (a_servant(2, Role.LEAD), 24 * 30, ""),
        (a_servant(2, Role.ADMIN, CARE), 24 * 30, ""),
        (a_servant(1, Role.LEAD), 48, ""),
    ],
)
def test_who_may_undo(servant: Servant, hours_ago: float, refused: str) -> None:
    """An act is taken back by who did it, within a day, or by a lead at any time."""
    case = a_case(State.TAKEN, holder=StaffId(1))
    reply = undo(servant, a_latest(case, Act.CLAIM, hours_ago=hours_ago))
    assert changes(reply) == ([] if refused else [UndoAct])
    assert reply.toast == VOICE(refused or "desk.undone")


@pytest.mark.parametrize("servant", [a_servant(1, Role.REVIEWER), a_servant(2, Role.LEAD)], ids=["actor", "lead"])
def test_what_has_gone_out_stays(servant: Servant) -> None:
    """What a citizen has read is taken back by nobody."""
    case = a_case(State.DECIDED, holder=StaffId(1))
    gone = replace(a_latest(case, Act.DECIDE, telling=4), gone_out=True)
    assert undo(servant, gone, case) == Reply(toast=VOICE("desk.gone_out"))


def test_a_decision_that_waits_is_taken_back_whole() -> None:
    """Undoing a decision stops its announcement, waits for open answers again, and says so to who wrote it."""
    case = a_case(State.DECIDED, holder=StaffId(1))
    reply = undo(a_servant(1, Role.REVIEWER), a_latest(case, Act.DECIDE, telling=4), case)
    assert changes(reply) == [UndoAct, StopTelling, ReopenAsks]
    (undone,) = [effect for effect in reply.effects if isinstance(effect, UndoAct)]
    assert undone.case.version == case.version + 1
    assert undone.case.state is State.NEW


def test_nothing_is_undone_twice_or_late() -> None:
    """Where nothing can be taken back, or the card is older than the case, nothing is."""
    servant = a_servant(1, Role.LEAD)
    assert undo(servant, None).toast == VOICE("desk.nothing_to_undo")
    case = a_case(State.TAKEN, holder=StaffId(1))
    at = a_desk(servant, case, latest=a_latest(case, Act.CLAIM))
    state = VOICE("standing.yours", state="taken")
    assert press(Deed.UNDO, at, version=2) == Reply(toast=VOICE("desk.changed", state=state))


@pytest.mark.parametrize("state", State)
def test_a_card_offers_what_can_be_done(state: State) -> None:
    """Every button of a card fits, names the card's version, and is not refused to its holder."""
    case = a_case(state, holder=StaffId(1) if state in (*HELD, State.PROPOSED, State.DECIDED) else None)
    case = replace(case, version=999_999)
    who = a_servant(1, Role.REVIEWER)
    if state is State.PROPOSED:
        case, who = replace(case, proposal=Proposal(StaffId(1), Outcome.DECLINED, "No.")), a_servant(2, Role.LEAD)
    latest = a_latest(case, Act.CLAIM)
    merged = Merged(6, StaffId(1), a_case(), a_case()) if state is State.MERGED else None
    words = (Said("Q?", "A bench"),)
    card = draw_card(CardView(case, words, "Citizen Otter", "Lee", (), {}, undoable=True), riverton())
    assert card.protected
    for button in (button for row in card.buttons for button in row):
        assert len(button.data.encode()) <= LONGEST_BYTES
        pressed = unpack(button.data)
        assert isinstance(pressed, CardPress)
        at = replace(a_desk(who, case, latest=latest), merged=merged)
        assert changes(press(pressed.act, at, version=pressed.version))


def test_roles_are_of_one_queue() -> None:
    """A role counts in its own queue; an admin's everywhere."""
    both = Servant(StaffId(1), "Lee", {OUTDOORS: Role.LEAD, CARE: Role.REVIEWER})
    assert [both.role_in(queue) for queue in ("outdoors", "care", "community")] == [Role.LEAD, Role.REVIEWER, None]
    admin = Servant(StaffId(1), "Lee", {QueueId("*"): Role.ADMIN})
    assert admin.role_in("community") is Role.ADMIN
