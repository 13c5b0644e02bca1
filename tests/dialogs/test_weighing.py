"""Weighing and choosing at the desk: what a press and a text do, in every language, and what a refusal says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.configuration import load_voices
from dialogs.cases import judging
from dialogs.cases.case import Ask, Case, Deed, Outcome, State
from dialogs.cases.delivery_choice import HEARD, VIEWS, Choice, Criterion, Option, Score, View, Weighing
from dialogs.cases.draft import CHOOSING, PREVIEW, WRITING, Desktop
from dialogs.cases.lifecycle import By
from dialogs.desk import choosing, desk, weighing
from dialogs.desk.seat import Desk, Where
from dialogs.desk.weighing_card import WEIGH, draw_choice, draw_option, draw_rows, draw_weighing
from dialogs.desk_effects import (
    BringBack,
    CarryTimers,
    Draft,
    DropDraft,
    KeepChoice,
    KeepView,
    ReviseChoice,
    SaveDraft,
    ShowMenu,
)
from dialogs.effects import (
    AnswerAsk,
    ChangeCase,
    Reply,
    SetTimer,
    StartTelling,
    Tell,
    Telling,
    Timer,
    UndoAct,
    WriteEntry,
)
from dialogs.ids import AddressId, AskId, CaseId, DraftId, StaffId
from dialogs.installation import Approach, Role
from dialogs.presses import CardPress, unpack
from dialogs.town import Town
from tests.dialogs.matters import FRESH, NOW, OUTDOORS, PART, a_case, a_desk, a_latest, a_servant, riverton
from tests.dialogs.test_delivery_choice import whole

LANGUAGES = sorted(load_voices())


def a_town(language: str) -> Town:
    """Riverton, where the desk speaks another language."""
    town = riverton()
    spoken = sorted(town.installation.languages, key=lambda one: one != language)
    return replace(town, installation=replace(town.installation, languages=tuple(spoken)))


def accepted(**changed: object) -> Case:
    """A case of a servant who has said yes to it."""
    case = replace(a_case(State.DECIDED, holder=StaffId(1)), outcome=Outcome.ACCEPTED)
    return replace(case, **changed)  # type: ignore[arg-type]


NOTHING = Weighing()


def seen(weighed: Weighing = NOTHING, *, me: int = 1, case: Case | None = None, where: Where = Where.ROOM) -> Desk:
    """What a servant sees of it."""
    return replace(a_desk(a_servant(me, Role.REVIEWER), case or accepted()), weighing=weighed, where=where)


def press(said: str, at: Desk, town: Town | None = None) -> Reply:
    """Press a button of the weighing."""
    pressed = CardPress(at.case.code, at.case.version, f"{WEIGH}.{said}")
    return desk.act(pressed, at, town or riverton(), now=NOW, fresh=FRESH)


def a_desktop(draft: Draft, *, who: frozenset[By] = frozenset({By.HOLDER})) -> Desktop:
    """A draft of it as it lies on the desk of who has the case."""
    return Desktop(draft, accepted(), "A bench", "en", who, still_staff=True)


def a_draft(act: str, stage: str, **more: str) -> Draft:
    """A draft of servant 1."""
    return Draft(DraftId(5), StaffId(1), AddressId(9), CaseId(1), act, stage, **more)  # type: ignore[arg-type]


def both() -> Weighing:
    """What two have weighed, who do not agree on trust."""
    views = (*whole(1, 3, 3, 3, 5), *whole(2, 4, 3, 3, 1))
    return Weighing(views=views, names={1: "Lee", 2: "Kim"})


BOTH = both()
CHOICE = Choice(4, Option.PARTNER, "Near. Phone 555 0100 7700.", StaffId(1), NOW, NOW.date() + timedelta(days=180))


def test_a_number_is_a_view_of_whoever_presses() -> None:
    """It counts for the one who pressed, whatever version of the card they saw, and says what is still open."""
    at = seen(me=2)
    old = CardPress(at.case.code, 1, "weigh.partner.trust.4")
    reply = desk.act(old, at, riverton(), now=NOW, fresh=FRESH)
    assert reply.effects == (KeepView(at.case, View(StaffId(2), Option.PARTNER, {Criterion.TRUST: Score(4)})),)
    assert reply.toast == "With a partner, trust: 4 (speaks for it). Still open: cost, competition, control."


def test_the_same_number_twice_changes_nothing() -> None:
    """A finger that slips does no harm."""
    weighed = Weighing(views=(View(1, Option.PARTNER, {Criterion.TRUST: Score(4)}),))
    assert press("partner.trust.4", seen(weighed)).effects == ()


def test_the_last_number_is_told_to_colleagues() -> None:
    """With it the journal says that this servant has weighed it, and no number."""
    weighed = Weighing(views=whole(1, 3, 3, 3, 3)[:3])
    kept, line = press("contract.out", seen(weighed)).effects
    assert isinstance(kept, KeepView)
    assert isinstance(line, WriteEntry)
    assert (line.entry.act, line.entry.words) == (Deed.WEIGHED, None)


@pytest.mark.parametrize(
    "said", ["", "partner", "partner.trust", "partner.trust.9", "partner.love.3", "x.out", "show.x"]
)
def test_a_forged_press_is_refused(said: str) -> None:
    """What no button says does nothing."""
    assert press(said, seen()).effects == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_is_typed_and_pressed_in_every_language(language: str) -> None:
    """The name of an option, its numbers with a word, and that it does not come into question are understood."""
    town, at = a_town(language), seen(where=Where.OWN)
    voice = town.voice(town.language)
    asked = draw_option(at.case, Option.PARTNER, voice)
    pressed = [unpack(button.data) for row in asked.buttons for button in row]
    assert len(pressed) == 21
    assert all(isinstance(one, CardPress) and press(one.act.partition(".")[2], at, town).effects for one in pressed)
    desktop = a_desktop(a_draft(WEIGH, WRITING))
    typed = weighing.write(desktop, f"{voice('option.contract')}: 4 3 5 2 ça va", at, town, now=NOW)
    scores = dict(zip(Criterion, (Score(4), Score(3), Score(5), Score(2, "ça va")), strict=True))
    assert typed.effects[0] == KeepView(at.case, View(StaffId(1), Option.CONTRACT, scores))
    out = weighing.write(desktop, voice("button.weigh_out"), at, town, now=NOW)
    assert out.effects[0] == KeepView(at.case, View(StaffId(1), Option.IN_HOUSE, left_out=True))
    left = weighing.write(desktop, voice("word.done").split(", ")[0], at, town, now=NOW)
    assert left.effects[0] == DropDraft(AddressId(9))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_says_where_they_do_not_agree(language: str) -> None:
    """It has the middle, how far they are apart, and by name what they do not agree on."""
    town = a_town(language)
    voice = town.voice(town.language)
    told = draw_weighing("X", accepted(), BOTH, town).plain()
    assert f"{voice('criterion.trust')} 3 (1–5 ⚠)" in told
    assert f"{voice('criterion.cost')} 3½" in told
    assert voice("option.partner") in told
    assert "Lee, Kim" in told


def test_nobody_follows_the_first() -> None:
    """Until two have weighed all, the card has names and no number, however far the second is."""
    for views in (whole(1, 5, 5, 5, 5), (*whole(1, 5, 5, 5, 5), *whole(2, 1, 1, 1, 1)[:3])):
        told = draw_weighing("X", accepted(), Weighing(views=views, names={1: "Lee", 2: "Kim"}), riverton()).plain()
        assert "Lee" in told
        assert "5" not in told


def test_contributors_stand_apart() -> None:
    """Their numbers are under a heading of their own, without a name, and who cannot tell is not of another opinion."""
    case = accepted(approach=Approach.SERVICE_INTEGRATED)
    heard = (View(7, Option.PARTNER, {Criterion.TRUST: Score(5, "call 555 0100 7700"), Criterion.COST: Score(2)}),)
    told = draw_weighing("X", case, replace(BOTH, heard=(*heard, *whole(8))), riverton()).plain()
    servants, _, theirs = told.partition("What the contributors think (answers: 2)")
    assert "trust 5" not in servants
    assert "With a partner: trust 5 · cost 2 · 1 cannot tell" in theirs
    assert "call [phone]" in theirs
    assert "do not agree" not in theirs
    assert "contributors" not in draw_weighing("X", accepted(), BOTH, riverton()).plain()


def test_what_must_come_first_is_said() -> None:
    """A choice is refused with what has to be done before, and by whom."""
    alone = Weighing(views=whole(1, 3, 3, 3, 3), names={1: "Lee"})
    assert press("choose", seen(alone)).toast == "First two of you have to weigh every option. So far: Lee."
    case = accepted(approach=Approach.SERVICE_INTEGRATED)
    assert "Ask the contributors" in press("choose", seen(BOTH, case=case)).toast
    asked = replace(BOTH, asked_at=NOW)
    assert press("choose", seen(asked, case=case)).toast.startswith("The contributors were asked")
    assert press("choose", seen(BOTH, me=2)).toast.startswith("Lee (")
    assert press("choose", seen(BOTH, case=a_case(State.NEW))).toast.startswith("There is nothing to deliver")
    assert press("show", seen(Weighing(CHOICE))).toast.startswith("It is chosen already")


def test_a_menu_in_the_room_and_a_chat_of_ones_own() -> None:
    """In the room it is on the card; in the own chat it is asked there, one option after another."""
    at = seen()
    assert press("show", at).effects == (ShowMenu(at.case, "weigh"),)
    assert press("show.partner", at).effects == (ShowMenu(at.case, "weigh.partner"),)
    for said, where in (("own", Where.ROOM), ("show", Where.OWN)):
        kept, asked = press(said, seen(Weighing(views=whole(1, 3, 3, 3, 3)[:2]), where=where)).effects
        assert isinstance(kept, SaveDraft)
        assert isinstance(asked, Tell)
        assert "With a partner (3 of 4)" in asked.message.plain()


def test_a_choice_goes_out_and_waits_for_its_day() -> None:
    """It moves nothing that waited for the case, goes to every contributor, and is looked at again in half a year."""
    at = seen(BOTH, where=Where.OWN)
    opened, _ = press("choose", seen(BOTH)).effects
    assert isinstance(opened, SaveDraft)
    assert (opened.draft.act, opened.draft.stage) == (Deed.DELIVERY, CHOOSING)
    written = a_draft(Deed.DELIVERY, PREVIEW, outcome="partner", words="Near.")
    effects = choosing.press(a_desktop(written), "send", at, riverton(), now=NOW).effects
    changed, carried, kept, told, timer = effects[:5]
    assert isinstance(changed, ChangeCase)
    assert changed.case == replace(at.case, version=at.case.version + 1)
    assert (changed.entry.act, changed.entry.words) == (Deed.DELIVERY, "With a partner. Near.")
    assert carried == CarryTimers(changed.case)
    assert isinstance(kept, KeepChoice)
    assert isinstance(told, StartTelling)
    assert (told.telling, told.words) == (Telling.DELIVERY, "partner\nNear.")
    assert isinstance(timer, SetTimer)
    assert (timer.timer, timer.due_at.date()) == (Timer.REVISIT, kept.choice.review_on)
    assert kept.choice.review_on.isoformat() == "2027-11-01"


def test_what_all_leave_out_cannot_be_chosen() -> None:
    """It is not offered, and typed or forged it is asked for again."""
    views = tuple(
        view if view.option is not Option.CONTRACT else View(view.rater, view.option, left_out=True)
        for view in BOTH.views
    )
    at = seen(Weighing(views=views), where=Where.OWN)
    for reply in (
        choosing.press(a_desktop(a_draft(Deed.DELIVERY, CHOOSING)), "contract", at, riverton(), now=NOW),
        choosing.write(a_desktop(a_draft(Deed.DELIVERY, CHOOSING)), "A contract", at, riverton(), now=NOW),
    ):
        (asked,) = reply.effects
        assert isinstance(asked, Tell)
        assert "A contract" not in [button.text for row in asked.message.buttons for button in row]


def test_a_choice_is_taken_back_by_the_journal() -> None:
    """Undo gives back the case, what waited for it, and nothing goes out."""
    latest = a_latest(accepted(), Deed.DELIVERY, telling=8)
    at = replace(seen(BOTH), latest=latest)
    undone = desk.act(CardPress(at.case.code, at.case.version, Deed.UNDO), at, riverton(), now=NOW, fresh=FRESH)
    back = replace(at.case, version=at.case.version + 1)
    assert [effect.case for effect in undone.effects if isinstance(effect, UndoAct | CarryTimers)] == [back, back]
    gone = replace(at, latest=replace(latest, gone_out=True))
    told = desk.act(CardPress(at.case.code, at.case.version, Deed.UNDO), gone, riverton(), now=NOW, fresh=FRESH)
    assert told.effects == ()


def test_a_choice_comes_back_on_its_day() -> None:
    """Not before, not twice, not while it is weighed again, and not where nothing is delivered any more."""
    day = NOW + timedelta(days=181)
    for case, choice, now in (
        (accepted(), CHOICE, NOW),
        (accepted(), None, day),
        (accepted(), replace(CHOICE, asked_at=NOW), day),
        (accepted(), replace(CHOICE, again_at=NOW), day),
        (a_case(State.REOPENED), CHOICE, day),
    ):
        assert choosing.revisit(case, choice, riverton(), now=now) == ()
    effects = choosing.revisit(accepted(), CHOICE, riverton(), now=day)
    assert effects[0] == ReviseChoice(replace(CHOICE, asked_at=day))
    assert BringBack(accepted()) in effects


def test_a_choice_is_kept_or_weighed_again() -> None:
    """Kept it is looked at again half a year later; weighed again it stands until there is another one."""
    due = Weighing(replace(CHOICE, asked_at=NOW))
    voice = riverton().voice("en")
    rows = draw_rows(accepted(), due, voice)
    assert [button.text for row in rows for button in row] == ["Still right", "⚖ Weigh again"]
    kept, line, timer = press("keep", seen(due)).effects
    assert isinstance(kept, ReviseChoice)
    assert (kept.choice.asked_at, kept.choice.review_on.isoformat()) == (None, "2027-11-01")
    assert isinstance(timer, SetTimer)
    again, line = press("again", seen(due)).effects
    assert again == ReviseChoice(replace(CHOICE, again_at=NOW))
    assert isinstance(line, WriteEntry)
    assert press("keep", seen(Weighing(CHOICE))).effects == ()
    assert "[phone]" in "".join(block.text for block in draw_choice(due, riverton()) if hasattr(block, "text"))


def an_ask(answer: str | None = None) -> Ask:
    """The question to a contributor."""
    case = accepted(approach=Approach.SERVICE_INTEGRATED, queue=OUTDOORS)
    return Ask(AskId(3), VIEWS, case, "", NOW, "A bench", PART, answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contributor_answers_by_taps_or_typed(language: str) -> None:
    """Two numbers an option, typed or pressed in any language; the last one thanks them, anything else is no answer."""
    town = riverton()
    voice = town.voice(language)
    answer: str | None = None
    for option in Option:
        asked = an_ask(answer)
        blocks, rows = judging.draw_question(asked.id, option, voice)
        assert len(blocks) == 1 + len(HEARD)
        assert [len(row) for row in rows] == [5, 5, 1]
        judging_now = judging.press(asked, f"{option}.trust.4", voice, now=NOW)
        assert judging_now.toast == voice("judging.noted")
        typed = (
            "٤ ٣" if option is Option.PARTNER else voice("ask_back.unsure") if option is Option.CONTRACT else "4 3 ok"
        )
        reply = judging.answer(asked, typed, town, voice, now=NOW)
        assert reply is not None
        kept = reply.effects[0]
        assert isinstance(kept, AnswerAsk)
        answer, done_at = kept.answer, kept.at
        assert (done_at is None) is (option is not Option.CONTRACT)
    assert judging.unpack_views(answer or "")[-1] == View(0, Option.CONTRACT, left_out=True)
    assert judging.answer(an_ask(answer), "Is that all?", town, voice, now=NOW) is None
    assert judging.answer(an_ask(), "Is that all?", town, voice, now=NOW) is None
    for forged in ("", "partner", "partner.monitor.3", "partner.trust.0", "x.trust.3"):
        assert judging.press(an_ask(), forged, voice, now=NOW).effects == ()
