"""Forwarding: who may, what the next team and the citizen read, what stays in the room, and how often it may bounce."""

from dataclasses import replace
from itertools import product
from typing import TypeVar

import pytest

from dialogs.cases import audience
from dialogs.cases.case import UNDECIDED, Actor, Case, Deed, Entry, Outcome, State
from dialogs.cases.draft import CHOOSING, LONGEST, PREVIEW, WRITING, Desktop
from dialogs.cases.lifecycle import Act, By
from dialogs.desk import forwarding
from dialogs.desk.batch import Listed, draw_batch
from dialogs.desk.card import CardView
from dialogs.desk.desk import act
from dialogs.desk.forwarding import Way
from dialogs.desk.left_card import draw_left
from dialogs.desk.seat import Desk
from dialogs.desk_effects import Draft, DropDraft, SaveDraft, TellLeads, TellServant
from dialogs.effects import ChangeCase, Reply, StartTelling, Tell, Telling
from dialogs.ids import AddressId, DraftId, QueueId, StaffId
from dialogs.installation import Role
from dialogs.message import Message
from dialogs.presses import LONGEST_BYTES, CardPress, DraftPress, pack
from dialogs.said import Said
from tests.dialogs.matters import CARE, FRESH, NOW, OUTDOORS, a_case, a_desk, a_servant, riverton

T = TypeVar("T")
TOWN = riverton()
VOICE = TOWN.voice("en")
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
COMMUNITY = QueueId("community")
ROLES = frozenset({By.SERVANT, By.HOLDER, By.FINDER})


def way(
    stage: str,
    *,
    case: Case | None = None,
    path: tuple[QueueId, ...] = (OUTDOORS,),
    who: frozenset[By] = ROLES,
    quiet: bool = False,
    still: bool = True,
) -> Way:
    """A draft of servant 1 that forwards a case to care."""
    case = case or a_case(State.TAKEN, holder=StaffId(1))
    to = None if stage == CHOOSING else CARE
    words = "It is about care. Ask jo@example.org." if stage == PREVIEW else None
    draft = Draft(DraftId(FRESH.number), StaffId(1), AddressId(9), case.id, Act.FORWARD, stage, to, words, quiet=quiet)
    return Way(Desktop(draft, case, "A bench in the shade", "es", who, still), path, "Lee")


def of(reply: Reply, kind: type[T]) -> list[T]:
    """Give the effects of a kind."""
    return [effect for effect in reply.effects if isinstance(effect, kind)]


def said(reply: Reply) -> list[Message]:
    """List what is said to the servant."""
    return [tell.message for tell in of(reply, Tell)]


def begin(at: Desk) -> Reply:
    """Press Forward on a card."""
    return act(CardPress(at.case.code, at.case.version, Act.FORWARD), at, TOWN, now=NOW, fresh=FRESH)


@pytest.mark.parametrize("who", ["holder", "reviewer", "lead", "admin", "elsewhere"])
def test_who_may_forward(who: str) -> None:
    """What is free anybody of its queue may forward, what is held its holder or a lead; what is decided, nobody."""
    servant = {
        "holder": a_servant(1, Role.REVIEWER),
        "reviewer": a_servant(2, Role.REVIEWER),
        "lead": a_servant(2, Role.LEAD),
        "admin": a_servant(2, Role.ADMIN, CARE),
        "elsewhere": a_servant(2, Role.LEAD, CARE),
    }[who]
    for state, holder in product(State, (None, StaffId(1))):
        case = a_case(state, holder=holder)
        free = holder is None and state in (State.NEW, State.REOPENED, State.ANSWERED)
        held = state in HELD and holder is not None
        allowed = who != "elsewhere" and (free or (held and who != "reviewer"))
        if who in ("lead", "admin") and state in HELD:
            allowed = True
        if holder is not None and state in (State.NEW, State.REOPENED):
            continue
        reply = begin(a_desk(servant, case))
        assert len(of(reply, SaveDraft)) == allowed, (who, state, holder)
        assert reply.toast


def test_a_draft_begins_with_the_teams() -> None:
    """Every other queue is offered, in the servant's own chat; without that, or another queue, a word says so."""
    at = a_desk(a_servant(1, Role.REVIEWER), a_case())
    (tell,) = of(begin(at), Tell)
    (drafted,) = of(begin(at), SaveDraft)
    assert (tell.to, drafted.draft.act, drafted.draft.stage) == (9, Act.FORWARD, CHOOSING)
    names = [button.text for row in tell.message.buttons for button in row]
    assert names == ["Care and health", "Library and town life", "Cancel"]
    assert begin(replace(at, own_chat=None)) == Reply(toast=VOICE("desk.no_chat"))
    alone = replace(TOWN.installation, queues={OUTDOORS: TOWN.installation.queues[OUTDOORS]})
    pressed = CardPress(at.case.code, at.case.version, Act.FORWARD)
    told = act(pressed, at, replace(TOWN, installation=alone), now=NOW, fresh=FRESH)
    assert told == Reply(toast=VOICE("forward.nowhere"))


@pytest.mark.parametrize("typed", ["care", "Care and health", " CARE AND HEALTH "])
def test_a_team_is_pressed_or_typed(typed: str) -> None:
    """Its name or id in any case is the same as its button; anything else is asked again."""
    by_name = forwarding.write(way(CHOOSING), typed, TOWN, now=NOW)
    assert by_name == forwarding.press(way(CHOOSING), "to.care", TOWN, now=NOW)
    (chosen,) = of(by_name, SaveDraft)
    assert (chosen.draft.stage, chosen.draft.outcome) == (WRITING, "care")
    for wrong in ("outdoors", "the moon", ""):
        assert of(forwarding.write(way(CHOOSING), wrong, TOWN, now=NOW), SaveDraft) == []
        assert of(forwarding.press(way(CHOOSING), f"to.{wrong}", TOWN, now=NOW), SaveDraft) == []


def test_the_preview_is_what_goes_out() -> None:
    """The citizen gets, word for word in their language, what the servant saw; the reason is covered as on the card."""
    reply = forwarding.write(way(WRITING), "It is about care. Ask jo@example.org.", TOWN, now=NOW)
    shown, asked = said(reply)
    assert "“It is about care. Ask [e-mail].”" in asked.plain()
    sent = forwarding.press(way(PREVIEW), "send", TOWN, now=NOW)
    (told,) = of(sent, StartTelling)
    assert (told.telling, told.starts_at) == (Telling.FORWARDED, NOW + TOWN.installation.loop.decide_hold)
    listener = audience.Listener("es", "A bench in the shade")
    notice = audience.draw_notice(told.telling, told.case, told.words, listener, TOWN)
    assert shown.blocks[1:] == notice.blocks
    assert "Cuidados y salud" in notice.plain()
    assert "17 de mayo de 2027" in notice.plain()
    assert "about care" not in notice.plain()


@pytest.mark.parametrize("state", sorted(UNDECIDED - {State.PROPOSED}))
def test_the_case_begins_anew(state: State) -> None:
    """It is new to the next team, or back again as before; nobody has it, and the promise stays."""
    came_back = state is State.REOPENED
    holder = StaffId(1) if state in HELD else None
    case = replace(a_case(state, holder=holder), outcome=Outcome.ACCEPTED if came_back else None)
    reply = forwarding.press(way(PREVIEW, case=case), "send", TOWN, now=NOW)
    (change,) = of(reply, ChangeCase)
    moved, entry = change.case, change.entry
    assert (moved.state, moved.queue) == (State.REOPENED if came_back else State.NEW, CARE)
    assert (moved.holder, moved.version, moved.promised_on) == (None, case.version + 1, case.promised_on)
    assert (entry.act, entry.before, entry.actor) == (Act.FORWARD, case, Actor.SERVANT)
    words = "from Parks and streets to Care and health: It is about care. Ask jo@example.org."
    assert entry.words == words
    assert len(of(reply, DropDraft)) == 1


def test_the_citizen_need_not_be_told() -> None:
    """The toggle shows both ways what it means, and a quiet forwarding starts no notice."""
    quietly = forwarding.press(way(PREVIEW), "tell", TOWN, now=NOW)
    (kept,) = of(quietly, SaveDraft)
    assert kept.draft.quiet
    (asked,) = said(quietly)
    assert VOICE("forward.untold") in asked.plain()
    assert len(said(forwarding.press(way(PREVIEW, quiet=True), "tell", TOWN, now=NOW))) == 2
    sent = forwarding.press(way(PREVIEW, quiet=True), "send", TOWN, now=NOW)
    assert of(sent, StartTelling) == []
    assert said(sent)[0].plain().startswith(VOICE("forward.sent_quietly", code="K7F3-9QWD", queue="Care and health"))


def test_who_had_it_is_told() -> None:
    """A holder whose lead forwards the case hears of it, and so does who wanted it; never the one who does it."""
    case = replace(a_case(State.TAKEN, holder=StaffId(5)), wanted_by=StaffId(6))
    reply = forwarding.press(way(PREVIEW, case=case), "send", TOWN, now=NOW)
    assert [tell.staff for tell in of(reply, TellServant)] == [5, 6]
    assert of(forwarding.press(way(PREVIEW), "send", TOWN, now=NOW), TellServant) == []


BOUNCED = (OUTDOORS, CARE, OUTDOORS)


def test_the_third_time_the_leads_are_asked() -> None:
    """The third forwarding between two queues, either way, is done, is urgent, and tells the leads of both."""
    for path, is_third in ((BOUNCED, True), ((OUTDOORS, CARE, COMMUNITY, OUTDOORS), False), ((OUTDOORS,), False)):
        (change,) = of(forwarding.press(way(PREVIEW, path=path), "send", TOWN, now=NOW), ChangeCase)
        assert change.case.urgent is is_third
        asked = forwarding.press(way(PREVIEW, path=path), "send", TOWN, now=NOW)
        assert [tell.queue for tell in of(asked, TellLeads)] == ([OUTDOORS, CARE] if is_third else [])
        shown = said(forwarding.write(way(WRITING, path=path), "Why.", TOWN, now=NOW))[-1].plain()
        assert ("third time" in shown) is is_third


def test_after_that_only_a_lead_may() -> None:
    """A reviewer is told to ask their lead, when choosing and when sending; another team, and a lead, stay free."""
    path = (*BOUNCED, CARE, OUTDOORS)
    both = {"code": "K7F3-9QWD", "one": "Parks and streets", "other": "Care and health"}
    for stage, step in ((CHOOSING, "to.care"), (PREVIEW, "send")):
        reply = forwarding.press(way(stage, path=path), step, TOWN, now=NOW)
        assert [message.plain() for message in said(reply)] == [VOICE("forward.only_lead", **both)]
        assert len(reply.effects) == 1
        as_lead = forwarding.press(way(stage, path=path, who=ROLES | {By.LEAD}), step, TOWN, now=NOW)
        assert len(as_lead.effects) > 1
        assert of(as_lead, TellLeads) == []
    assert of(forwarding.press(way(CHOOSING, path=path), "to.community", TOWN, now=NOW), SaveDraft)


def test_nothing_is_forwarded_under_a_draft() -> None:
    """Where the case has moved on, is with that team already, or is not the servant's any more, a word says so."""
    decided = way(PREVIEW, case=a_case(State.DECIDED, holder=StaffId(1)))
    there = way(PREVIEW, case=replace(a_case(), queue=CARE))
    lost = way(PREVIEW, still=False)
    for at, word in ((decided, "moved on"), (there, "already"), (lost, "not on the list")):
        for reply in (
            forwarding.press(at, "send", TOWN, now=NOW),
            forwarding.write(at, "send", TOWN, now=NOW),
        ):
            assert of(reply, ChangeCase) == []
            assert word in said(reply)[0].plain()


def test_a_draft_is_edited_and_dropped() -> None:
    """Rewrite asks for the reason again; Cancel, pressed or typed, forgets the draft; nonsense does nothing."""
    (again,) = of(forwarding.press(way(PREVIEW), "edit", TOWN, now=NOW), SaveDraft)
    assert again.draft.stage == WRITING
    long = forwarding.write(way(WRITING), "x" * (LONGEST + 1), TOWN, now=NOW)
    assert of(long, SaveDraft) == []
    for dropped in (
        forwarding.press(way(PREVIEW), "cancel", TOWN, now=NOW),
        forwarding.write(way(WRITING), "cancel", TOWN, now=NOW),
    ):
        assert of(dropped, DropDraft)
    for stage, step in product((CHOOSING, WRITING, PREVIEW), ("", "to", "TO.care", "accepted", "🙂", "tell.x")):
        assert forwarding.press(way(stage), step, TOWN, now=NOW) == Reply(toast=VOICE("old_button"))


def test_the_buttons_fit() -> None:
    """However large a draft's number and however long the id of a queue is, the data of a button fits."""
    longest = max((len(queue) for queue in TOWN.installation.queues), default=0)
    assert len(pack(DraftPress(2**63 - 1, f"to.{'q' * max(longest, 40)}")).encode()) <= LONGEST_BYTES


def left(*acts: str, undoable: bool = False) -> Message:
    """What the room of outdoors shows of a case that is with care."""
    entries = tuple(Entry(one, Actor.SERVANT, NOW, words="secret") for one in acts)
    case = replace(a_case(), queue=CARE)
    view = CardView(case, (Said("Q?", "secret"),), "Citizen Otter", "", entries, {}, undoable, room=OUTDOORS)
    assert view.has_left
    return draw_left(view, TOWN)


def test_one_line_stays() -> None:
    """The old room keeps one line without a word of anybody, and Undo while it can be undone."""
    assert left(Act.FORWARD, Deed.NOTE).plain() == "➡ Forwarded to Care and health · K7F3-9QWD"
    assert left(Act.FORWARD, Deed.UNDO).plain() == "↩ Taken back by Care and health · K7F3-9QWD"
    assert left(Act.FORWARD).buttons == ()
    ((button,),) = left(Act.FORWARD, undoable=True).buttons
    assert button.text == "Undo"
    assert left(Act.FORWARD).protected


def test_a_batch_says_where_it_went() -> None:
    """Of a case that has left, a batch keeps a line without its words and without a button."""
    here, away = a_case(), replace(a_case(), queue=CARE)
    words = (Said("Q?", "secret"),)
    listed = [Listed(away, words, has_card=False), Listed(here, words, has_card=False)]
    message = draw_batch(listed, TOWN, queue=OUTDOORS)
    title, first, second, _ = message.plain().splitlines()
    assert title.startswith("📬 New for Parks and streets")
    assert first == "1. ➡ Forwarded to Care and health · K7F3-9QWD"
    assert "secret" in second
    assert [button.text for row in message.buttons for button in row] == ["2"]
