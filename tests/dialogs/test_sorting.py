"""Menus under a card, priority, tags and sleep: who may, what comes of it, and that every button fits."""

from dataclasses import replace
from datetime import date

import pytest

from dialogs import contributor
from dialogs.cases.case import UNDECIDED, Case, State
from dialogs.clockwork import ring
from dialogs.desk.card import CardView, draw_card
from dialogs.desk.sorting import SPANS, Menu
from dialogs.desk_effects import ShowMenu
from dialogs.effects import ChangeCase, Effect, Reply, Timer
from dialogs.ids import StaffId, TagId
from dialogs.installation import Role
from dialogs.message import Button
from dialogs.presses import LONGEST_BYTES, CardPress, unpack
from tests.dialogs.matters import NOW, a_case, a_desk, a_servant, an_own_case, riverton
from tests.dialogs.test_holding import LEE, VOICE, press, timers

HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)


def changed(effects: tuple[Effect, ...]) -> ChangeCase | None:
    """Give the change that a press made."""
    return next((effect for effect in effects if isinstance(effect, ChangeCase)), None)


def buttons_of(case: Case, menu: Menu) -> list[Button]:
    """List what a card offers while a menu is open."""
    card = draw_card(CardView(case, (), "Citizen Otter", "Lee", (), {}, undoable=True, menu=menu), riverton())
    assert all(1 <= len(row) <= 3 for row in card.buttons)
    return [button for row in card.buttons for button in row]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("menu", Menu)
def test_menus_offer_what_can_be_done(state: State, menu: Menu) -> None:
    """At most three buttons stand in a row, each fits, has a word and is refused to its holder only with a reason."""
    case = replace(a_case(state, holder=LEE if state in HELD else None), version=999_999)
    for button in buttons_of(case, menu):
        assert len(button.data.encode()) <= LONGEST_BYTES
        assert any(letter.isalpha() for letter in button.text)
        pressed = unpack(button.data)
        assert isinstance(pressed, CardPress)
        at = replace(a_desk(a_servant(1, Role.REVIEWER), case), colleagues=(a_servant(2, Role.REVIEWER),))
        # What is proposed is for a colleague to answer (``test_proposal.py``), and here is no offer that fits.
        if pressed.act not in ("undo", "how_to_note", "take_over", "unmerge", "agree", "send_back", "fits"):
            assert press(pressed.act, at).effects, pressed.act


def test_a_decided_case_has_no_menu() -> None:
    """Where nothing is to be sorted any more, an open menu is not drawn."""
    for state in set(State) - UNDECIDED:
        assert all("menu" not in button.data for button in buttons_of(a_case(state), Menu.MORE))


def test_a_menu_changes_nothing() -> None:
    """To open a menu is no act: the case stays at its version, and an older card opens none."""
    at = a_desk(a_servant(2, Role.REVIEWER), a_case())
    opened = press("menu.more", at)
    assert changed(opened.effects) is None
    assert ShowMenu(at.case, "more") in opened.effects
    assert Timer.MENU_END in timers(opened.effects)
    assert press("menu.", at) == Reply((ShowMenu(at.case, ""),))
    assert press("menu.more", at, version=2) == Reply(toast=VOICE("desk.changed", state="new"))


@pytest.mark.parametrize("what", ["urgent", "tag.safety"])
def test_anybody_of_the_queue_sorts_what_is_open(what: str) -> None:
    """Priority and tags are set by anybody of the queue while a decision is owed, and nothing else moves by it."""
    for state in State:
        case = a_case(state, holder=LEE if state in HELD else None)
        change = changed(press(what, a_desk(a_servant(2, Role.REVIEWER), case)).effects)
        assert (change is not None) is (state in UNDECIDED)
        if change is not None:
            assert replace(change.case, urgent=False, tags=(), version=3) == case
            assert change.entry.before == case
    assert press(what, a_desk(a_servant(2, Role.REVIEWER), a_case()), version=2).effects == ()


def test_priority_is_said_once() -> None:
    """What is so already is told, and not done again."""
    servant = a_servant(2, Role.REVIEWER)
    assert press("normal", a_desk(servant, a_case())) == Reply(toast=VOICE("sorting.normal_already"))
    urgent = replace(a_case(), urgent=True)
    assert press("urgent", a_desk(servant, urgent)) == Reply(toast=VOICE("sorting.urgent_already"))


def test_tags_come_and_go() -> None:
    """A tag is put on and taken off, one that the town has no more only off; the menu stays for the next one."""
    servant, old = a_servant(2, Role.REVIEWER), TagId("old_one")
    on = press("tag.safety", a_desk(servant, replace(a_case(), tags=(old,))))
    change = changed(on.effects)
    assert change is not None
    assert change.case.tags == (old, "safety")
    assert ShowMenu(change.case, "tags") in on.effects
    assert [button.text for button in buttons_of(change.case, Menu.TAGS)] == [
        *("✓ Safety", "Access for all", "Quick win", "✓ old_one", "← Back")
    ]
    off = changed(press("tag.old_one", a_desk(servant, change.case)).effects)
    assert off is not None
    assert off.case.tags == ("safety",)
    assert press("tag.old_one", a_desk(servant, off.case)) == Reply(toast=VOICE("old_button"))


@pytest.mark.parametrize("span", SPANS)
def test_only_who_has_it_lets_it_sleep(span: str) -> None:
    """The holder or a lead lets a case sleep; the promise stands, and a decision is owed all the same."""
    for state, who in ((state, who) for state in State for who in (1, 2)):
        case = a_case(state, holder=LEE if state in HELD else None)
        servant = a_servant(who, Role.REVIEWER)
        change = changed(press(f"snooze.{span}", a_desk(servant, case)).effects)
        assert (change is not None) is (state in HELD and who == 1)
        if change is not None:
            assert change.case.state is State.SNOOZED
            assert change.case.promised_on == case.promised_on
            expected = {"day": date(2027, 5, 4), "week": date(2027, 5, 10), "answer": None}
            assert change.case.snoozed_until == expected[span]


def test_sleep_ends_on_its_day() -> None:
    """A snoozed case wakes when that day's work begins, stays its holder's, and its claim runs again."""
    asleep = changed(press("snooze.day", a_desk(a_servant(1, Role.REVIEWER), a_case(State.ASKED, holder=LEE))).effects)
    assert asleep is not None
    woken = ring(Timer.WAKE, asleep.case, asleep.case.version, riverton(), now=NOW)
    change = changed(woken)
    assert change is not None
    assert (change.case.state, change.case.holder, change.case.snoozed_until) == (State.TAKEN, 1, None)
    assert Timer.STILL_YOURS in timers(woken)


def test_whatever_the_citizen_writes_ends_it() -> None:
    """Words that come while a case sleeps make it an answered one."""
    asleep = replace(a_case(State.SNOOZED, holder=StaffId(1)), snoozed_until=date(2027, 6, 1))
    reply = contributor.add_words(an_own_case(asleep), "It is worse now.", riverton(), VOICE, now=NOW)
    change = changed(reply.effects)
    assert change is not None
    assert (change.case.state, change.case.holder, change.case.snoozed_until) == (State.ANSWERED, 1, None)
    assert changed(contributor.add_words(an_own_case(a_case()), "Still.", riverton(), VOICE, now=NOW).effects) is None
