"""What is kept of who delivers: views in place of earlier ones, a choice as long as its line holds, and no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogs.cases.case import Actor, Case, Deed, Entry, Outcome, State
from dialogs.cases.delivery_choice import VIEWS, Choice, Criterion, Option, Score, View
from dialogs.desk_effects import BringBack, CarryTimers, KeepChoice, KeepView, ReviseChoice
from dialogs.effects import ChangeCase, SetTimer, StartTelling, Telling, Timer, UndoAct
from dialogs.ids import StaffId
from storage import cases, contributors, forgetting, retention, rooms, timers, weighings
from storage.addresses import Address
from storage.case_tables import weighings as table
from storage.database import Connection, Database
from storage.recorder import record_case
from tests.storage.rows import NOW, a_case, a_person, a_room, a_servant

LATER = NOW + timedelta(days=200)
It = tuple[Database, Case, Address, StaffId, StaffId]


@pytest.fixture
async def it(database: Database) -> It:
    """A case that its service has said yes to, with its contributor and two servants."""

    def add(c: Connection) -> tuple[Case, Address, StaffId, StaffId]:
        ana = a_person(c)
        case = a_case(c, ana)
        yes = replace(case, version=2, state=State.DECIDED, outcome=Outcome.ACCEPTED)
        record_case(c, ChangeCase(yes, Entry("decide", Actor.SERVANT, NOW)), now=NOW)
        return yes, ana, a_servant(c), a_servant(c, "Kim")

    return database, *await database.write(add)


def trust(rater: int, value: int, word: str = "") -> View:
    """A view of a partner."""
    return View(rater, Option.PARTNER, {Criterion.TRUST: Score(value, word)})


def choose(c: Connection, case: Case, option: Option, by: StaffId) -> Case:
    """Choose who delivers."""
    moved = replace(case, version=case.version + 1)
    entry = Entry(Deed.DELIVERY, Actor.SERVANT, NOW, staff=by, before=case)
    choice = Choice(0, option, "Near.", by, NOW, NOW.date())
    for effect in (ChangeCase(moved, entry), CarryTimers(moved), KeepChoice(moved, choice)):
        record_case(c, effect, now=NOW)
    return moved


async def test_views_of_two_count_and_a_newer_one_takes_the_place_of_an_older(it: It) -> None:
    """Each servant has one view of an option, under their name; the version of the case stays."""
    database, case, _, lee, kim = it

    def play(c: Connection) -> None:
        for view in (trust(lee, 4), trust(kim, 2), trust(lee, 5, "known to us")):
            record_case(c, KeepView(case, view), now=NOW)
        found = weighings.look(c, case, whole=True)
        assert found.views == (trust(kim, 2), trust(lee, 5, "known to us"))
        assert found.names == {lee: "Lee", kim: "Kim"}
        assert weighings.look(c, case, whole=False).views == ()
        assert cases.load(c, case.id).version == case.version

    await database.write(play)


async def test_a_choice_stands_as_long_as_its_line(it: It) -> None:
    """Taken back, the one before stands again; weighed again, only what is thought since then counts."""
    database, case, _, lee, kim = it

    def play(c: Connection) -> None:
        record_case(c, KeepView(case, trust(lee, 4)), now=NOW)
        timers.set_timer(c, SetTimer(Timer.ASK_BACK, case, NOW))
        chosen = choose(c, case, Option.PARTNER, lee)
        first = weighings.choice_of(c, case.id)
        assert first is not None
        assert (first.option, first.reason, first.by) == (Option.PARTNER, "Near.", lee)
        # What waited for the case waits for it still.
        due = timers.take_due(c, now=NOW)
        assert due is not None
        assert due.version == chosen.version
        again = replace(first, again_at=NOW + timedelta(hours=1))
        record_case(c, ReviseChoice(again), now=NOW)
        assert weighings.look(c, chosen, whole=True).views == ()
        record_case(c, KeepView(chosen, trust(kim, 1)), now=LATER)
        second = choose(c, chosen, Option.CONTRACT, kim)
        latest = cases.latest_act(c, second)
        assert latest is not None
        undo = Entry(Deed.UNDO, Actor.SERVANT, NOW, staff=kim)
        record_case(c, UndoAct(replace(second, version=second.version + 1), latest.entry, undo), now=NOW)
        found = weighings.look(c, cases.load(c, case.id), whole=True)
        assert (found.choice, found.views) == (again, (trust(kim, 1),))

    await database.write(play)


async def test_contributors_are_heard_without_a_name_until_they_are_forgotten(it: It) -> None:
    """What they answer is kept with their question and nowhere else."""
    database, case, ana, _, _ = it

    def play(c: Connection) -> None:
        record_case(c, StartTelling(Telling.VIEWS, case, "Who?", NOW), now=NOW)
        (part,) = contributors.contributors_after(c, case.id, 0, limit=9)
        ask = contributors.put_ask(c, part.id, case.id, VIEWS, "Who?", now=NOW)
        assert weighings.look(c, case, whole=True).heard == ()
        contributors.answer_ask(c, ask, "partner: trust 4 canary", None)
        found = weighings.look(c, case, whole=True)
        assert (found.asked_at, found.heard) == (NOW, (trust(ask, 4, "canary"),))
        forgetting.forget_person(c, ana, now=NOW)
        assert weighings.look(c, case, whole=True).heard == ()

    await database.write(play)


async def test_what_servants_thought_is_kept_for_two_years(it: It) -> None:
    """The choice stays; and that it was looked at again keeps nobody's words longer."""
    database, case, _, lee, _ = it

    def play(c: Connection) -> None:
        record_case(c, KeepView(case, trust(lee, 4)), now=NOW)
        chosen = choose(c, case, Option.PARTNER, lee)
        closed = replace(chosen, version=chosen.version + 1, state=State.CONFIRMED)
        record_case(c, ChangeCase(closed, Entry("confirm", Actor.CITIZEN, NOW)), now=NOW)
        then = NOW + retention.AFTER_CLOSING + timedelta(days=1)
        cases.write_entry(c, closed, Entry(Deed.REVISIT, Actor.CLOCK, then - timedelta(days=9)))
        retention.sweep(c, now=then)
        assert c.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
        assert weighings.choice_of(c, case.id) is not None
        assert "bench" not in str(cases.first_words(c, case.id))

    await database.write(play)


async def test_a_card_comes_back_as_a_new_message(it: It) -> None:
    """In every room of its queue it is posted anew, where people look."""
    database, case, _, _, _ = it

    def play(c: Connection) -> None:
        room = a_room(c)
        rooms.set_card(c, room, case.id, 7)
        record_case(c, BringBack(case), now=NOW)
        assert [(seen.room, seen.number) for seen in rooms.rooms_of(c, case.queue, case.id)] == [(room, None)]

    await database.write(play)
