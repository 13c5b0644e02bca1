"""Several cases at once: what is chosen, what is offered, and that each act is the single one."""

from dataclasses import replace

import pytest

from dialogs.cases.case import Actor, Case, State
from dialogs.cases.draft import PREVIEW, WRITING
from dialogs.cases.lifecycle import Act
from dialogs.desk import bulk, bulk_acts
from dialogs.desk.bulk import ACTS, CHOOSING, MOST, WAY, Sheet
from dialogs.desk.bulk_acts import Matter
from dialogs.desk.listing import PAGE, Listed
from dialogs.desk.seat import Candidate, Desk
from dialogs.desk.undoing import Done
from dialogs.desk_effects import Bulk, Chosen, DropBulk, SaveBulk, ShowMenu, TellServant
from dialogs.effects import ChangeCase, Reply, Tell, UndoAct
from dialogs.ids import AddressId, CaseId, DraftId, StaffId, TagId
from dialogs.installation import Role
from dialogs.message import Message, say
from dialogs.presses import LONGEST_BYTES, DraftPress, unpack
from dialogs.said import Said
from tests.dialogs.matters import CARE, NOW, OUTDOORS, a_case, a_desk, a_servant, riverton
from tests.dialogs.test_holding import LEE, VOICE, press

LONGEST_ID = DraftId(36**11 - 1)
EMPTY = Bulk(LONGEST_ID, LEE, AddressId(9))
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)


def some(count: int, state: State = State.NEW) -> list[Case]:
    """So many cases, the first one the oldest."""
    return [replace(a_case(state), id=CaseId(number), code=f"0000-{number:04}") for number in range(1, count + 1)]


def chosen(cases: list[Case], act: str, to: str) -> Bulk:
    """A bulk that has been read over."""
    return replace(bulk.put(EMPTY, cases), stage=PREVIEW, act=act, to=to, words="It is for them.")


def shown(reply: Reply) -> Message:
    """Give what a reply says."""
    return next(effect.message for effect in reply.effects if isinstance(effect, Tell))


def kept(reply: Reply) -> Bulk:
    """Give the bulk that a reply keeps."""
    return next(effect.bulk for effect in reply.effects if isinstance(effect, SaveBulk))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1 3", ("0000-0001", "0000-0003")),
        ("1, 1; 2.", ("0000-0001", "0000-0002")),
        ("0 4 99 ٣ ²", ()),
        ("k7f39qwd M2XX-0001", ("K7F3-9QWD", "M2XX-0001")),
        ("a bench by the gate, something", ()),
    ],
)
def test_cases_are_named_by_place_or_number(text: str, codes: tuple[str, ...]) -> None:
    """Places on the page and numbers of cases are read as people type them; anything else names nothing."""
    assert bulk.read_codes(text, [one.code for one in some(3)]) == codes


def test_twenty_are_the_most() -> None:
    """More are not taken in; who is left out makes room, and who is chosen again is taken as it stands now."""
    full = bulk.put(EMPTY, some(MOST + 5))
    assert len(full.chosen) == MOST
    roomy = bulk.leave_out(full, full.chosen[0].code)
    assert len(roomy.chosen) == MOST - 1
    newer = [replace(case, version=9) for case in some(2)]
    assert bulk.put(full, newer).chosen[:2] == tuple(Chosen(case.code, 9) for case in newer)


def test_every_button_fits() -> None:
    """At most three stand in a row, each has a label and data that fits, at every stage; none is about deciding."""
    cases = some(MOST)
    page = tuple(Listed(case, (Said("What?", "Ask ana@example.org about it"),)) for case in cases[: PAGE + 1])
    sheet = Sheet(replace(bulk.put(EMPTY, cases), after="2027-05-17.1"), page, tuple(cases))
    replies = [bulk.show(sheet, riverton())]
    for act in ACTS:
        asked = bulk.press(f"act.{act}", sheet, riverton())
        to = next(button for row in shown(asked).buttons for button in row).data.rpartition(":to.")[2]
        gone = bulk.press(f"to.{to}", replace(sheet, bulk=kept(asked)), riverton())
        replies += [asked, gone]
        if act == Act.FORWARD:
            assert kept(gone).stage == WRITING
            read_over = bulk.write(replace(sheet, bulk=kept(gone)), "It is for them.", riverton())
            assert read_over is not None
            replies.append(read_over)
        assert kept(replies[-1]).stage == PREVIEW
    for message in map(shown, replies):
        assert all(1 <= len(row) <= 3 for row in message.buttons)
        for button in (button for row in message.buttons for button in row):
            assert button.text
            assert len(button.data.encode()) <= LONGEST_BYTES
            assert isinstance(unpack(button.data), DraftPress)
            assert "decide" not in button.data
    assert "[e-mail]" in shown(replies[0]).plain()
    assert "example.org" not in shown(replies[0]).plain()


def test_the_oldest_is_suggested_first() -> None:
    """Of those that are merged the oldest stands first, and one alone cannot be merged."""
    cases = some(3)
    sheet = Sheet(bulk.put(EMPTY, cases), cases=tuple(reversed(cases)))
    first = shown(bulk.press("act.merge", sheet, riverton())).buttons[0][0]
    assert first.text == VOICE("bulk.oldest", code=cases[0].code)
    alone = Sheet(bulk.put(EMPTY, cases[:1]), cases=tuple(cases[:1]))
    assert bulk.press("act.merge", alone, riverton()) == Reply(toast=VOICE("bulk.two"))


@pytest.mark.parametrize("step", ["to.safety", "edit", "tell", "act.decide", "act.claim", "act.", "send", "x", ""])
def test_what_is_not_offered_does_nothing(step: str) -> None:
    """A step that does not fit the stage, or is none, is an old button; nothing is chosen by it."""
    sheet = Sheet(replace(bulk.put(EMPTY, some(2)), stage=CHOOSING), cases=tuple(some(2)))
    assert bulk.press(step, sheet, riverton()) == Reply(toast=VOICE("old_button"))
    forged = replace(sheet, bulk=replace(sheet.bulk, stage=WAY, act="tag"))
    again = bulk.press("to.nothing", forged, riverton())
    assert kept(again).to == ""


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LEAD, None])
@pytest.mark.parametrize(("act", "to"), [("tag", "safety"), ("snooze", "week"), ("forward", "care"), ("merge", "")])
def test_it_is_done_where_one_press_would_do_it(act: str, to: str, role: Role | None) -> None:
    """In every state, for holder and colleague, the bulk does to a case what its card would, or says what it would."""
    target = replace(a_case(), id=CaseId(2), code="0000-0002")
    for state in State:
        for me in (1, 2):
            case = a_case(state, holder=LEE if state in HELD else None)
            desk = a_desk(a_servant(me, role), case)
            one = chosen([case], act, to or target.code)
            matters = [Matter(desk, (OUTDOORS,)), Matter(replace(desk, case=target), (OUTDOORS,))]
            came = bulk_acts.do(one, matters, riverton(), now=NOW)
            single = _press_singly(act, to or target.code, replace(desk, target=Candidate(target, ())))
            assert _is_done(came) is _is_done(single), (state, me)
            if _is_done(came):
                assert [chosen_.code for chosen_ in kept(came).chosen] == [case.code]
                assert not any(isinstance(effect, ShowMenu) for effect in came.effects)
            elif act != "forward":
                assert single.toast in shown(came).plain()


def _press_singly(act: str, to: str, desk: Desk) -> Reply:
    match act:
        case "forward":
            return press("forward", desk)
        case "merge":
            return press(f"join.{to}", desk)
        case _:
            return press(f"{act}.{to}", desk)


def _is_done(reply: Reply) -> bool:
    return any(isinstance(effect, ChangeCase | SaveBulk) or "SaveDraft" in repr(effect) for effect in reply.effects)


def test_what_changed_meanwhile_is_left() -> None:
    """A case at another version than the one that was looked at stays as it is, and is named with the reason."""
    still, moved = some(2)
    one = chosen([still, moved], "tag", "safety")
    matters = [Matter(a_desk(a_servant(2, Role.REVIEWER), case)) for case in (still, replace(moved, version=4))]
    reply = bulk_acts.do(one, matters, riverton(), now=NOW)
    assert kept(reply).chosen == (Chosen(still.code, 4),)
    assert f"{moved.code}: {VOICE('desk.changed', state='new')}" in shown(reply).plain()


def test_where_it_has_gone_is_said() -> None:
    """Of a case that went to another queue it is said where it is; who has no role at all is told that."""
    (gone,) = some(1)
    there = replace(gone, queue=CARE, version=4)
    for role, why in ((Role.LEAD, "0000-0001 is with Care and health already."), (None, "You are not on the list")):
        matter = Matter(a_desk(a_servant(2, role), there), (OUTDOORS, CARE))
        assert why in shown(bulk_acts.do(chosen([gone], "tag", "safety"), [matter], riverton(), now=NOW)).plain()


def test_a_tag_is_never_taken_off() -> None:
    """Whoever has the tag keeps it, and where nothing at all was changed there is nothing to take back."""
    tagged = replace(a_case(), tags=(TagId("safety"),))
    reply = bulk_acts.do(
        chosen([tagged], "tag", "safety"), [Matter(a_desk(a_servant(2, Role.LEAD), tagged))], riverton(), now=NOW
    )
    assert VOICE("bulk.has_tag") in shown(reply).plain()
    assert shown(reply).buttons == ()
    assert DropBulk(LONGEST_ID) in reply.effects


def test_each_of_several_is_merged_into_what_it_has_become() -> None:
    """The case in charge goes one version on with each that it takes in, and holds to the earliest promise."""
    root, *others = some(4)
    others[1] = replace(others[1], promised_on=root.promised_on.replace(day=7))
    desk = a_desk(a_servant(2, Role.LEAD), root)
    matters = [Matter(replace(desk, case=case)) for case in (root, *others)]
    reply = bulk_acts.do(chosen([root, *others], "merge", root.code), matters, riverton(), now=NOW)
    in_charge = [one.case for one in reply.effects if isinstance(one, ChangeCase) and one.case.id == root.id]
    assert [case.version for case in in_charge] == [4, 5, 6]
    assert [case.promised_on.day for case in in_charge] == [17, 7, 7]
    assert len(kept(reply).chosen) == len(others)


def test_a_colleague_is_told_once() -> None:
    """A lead who forwards three cases of a colleague sends one message with three lines."""
    cases = [replace(case, holder=LEE, held_at=NOW) for case in some(3, State.TAKEN)]
    desk = a_desk(a_servant(2, Role.LEAD), cases[0])
    matters = [Matter(replace(desk, case=case), (OUTDOORS,)) for case in cases]
    by_lead = replace(chosen(cases, "forward", CARE), staff=desk.servant.id)
    reply = bulk_acts.do(by_lead, matters, riverton(), now=NOW)
    (told,) = [effect for effect in reply.effects if isinstance(effect, TellServant)]
    assert len(told.message.blocks) == len(cases)
    pressable = TellServant(StaffId(1), replace(say("Look"), buttons=shown(reply).buttons))
    assert bulk_acts.gather((pressable, pressable)) == (pressable, pressable)


def test_all_is_taken_back_as_one_would_be() -> None:
    """Only by who did it, while they are on the list, and where nothing builds on it; the rest is named with why."""
    before = some(3)
    tagged = [replace(case, version=4, tags=(TagId("safety"),)) for case in before]
    lines = [
        Done(number, "tag", Actor.SERVANT, NOW, 4, staff=StaffId(2), before=case)
        for number, case in enumerate(before, 9)
    ]
    later = Done(99, "tag", Actor.SERVANT, NOW, 5, staff=LEE, name="Lee", before=tagged[1])
    undone = replace(lines[2], undone_at=NOW)
    one = replace(EMPTY, chosen=tuple(Chosen(case.code, 4) for case in tagged), done_at=NOW)

    def take_back(role: Role | None) -> Reply:
        desk = a_desk(a_servant(2, role), tagged[0])
        done = ((lines[0],), (later, lines[1]), (undone,))
        matters = [Matter(replace(desk, case=case), (), of) for case, of in zip(tagged, done, strict=True)]
        return bulk_acts.take_back_all(one, matters, riverton(), now=NOW)

    reply = take_back(Role.REVIEWER)
    (back,) = [effect for effect in reply.effects if isinstance(effect, UndoAct)]
    assert (back.case.code, back.case.tags, back.entry) == (before[0].code, (), 9)
    told = shown(reply).plain()
    assert VOICE("bulk.undone", count=1, codes=before[0].code) in told
    assert f"{before[1].code}: This cannot be taken back any more: tags." in told
    assert f"{before[2].code}: {VOICE('bulk.gone')}" in told
    assert DropBulk(LONGEST_ID) in reply.effects
    assert not any(isinstance(effect, UndoAct) for effect in take_back(None).effects)
    assert "You are not on the list for Parks and streets." in shown(take_back(None)).plain()
