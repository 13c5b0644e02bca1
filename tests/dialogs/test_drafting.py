"""What goes outward: an exact preview, a moment to take it back, and nothing where the case has moved away."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from dialogs.cases import audience
from dialogs.cases.case import Case, Outcome, State
from dialogs.cases.draft import CHOOSING, LONGEST, PREVIEW, WRITING, Desktop
from dialogs.cases.lifecycle import Act, By
from dialogs.desk import drafting
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Reply, SetTimer, StartTelling, Tell, Telling, Timer
from dialogs.ids import AddressId, DraftId, StaffId
from dialogs.message import Message
from dialogs.presses import LONGEST_BYTES
from tests.dialogs.matters import FRESH, NOW, a_case, riverton

T = TypeVar("T")
TOWN = riverton()
VOICE = TOWN.voice("en")
SENDS = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED, State.DECIDED)
HELD = a_case(State.TAKEN, holder=StaffId(1))


def at(
    stage: str, act: Act = Act.DECIDE, *, case: Case = HELD, words: str | None = None, still: bool = True
) -> Desktop:
    """A draft of servant 1."""
    outcome = Outcome.ACCEPTED if act is Act.DECIDE and stage != CHOOSING else None
    draft = Draft(DraftId(FRESH.number), StaffId(1), AddressId(9), case.id, act, stage, outcome, words)
    return Desktop(draft, case, "A bench in the shade", "es", frozenset({By.SERVANT, By.HOLDER}), still)


def said(reply: Reply) -> list[Message]:
    """List what is said."""
    return [effect.message for effect in reply.effects if isinstance(effect, Tell)]


def of(reply: Reply, kind: type[T]) -> T:
    """Give the one effect of a kind."""
    (found,) = [effect for effect in reply.effects if isinstance(effect, kind)]
    return found


@pytest.mark.parametrize(("act", "telling"), [(Act.ASK, Telling.QUESTION), (Act.DECIDE, Telling.DECISION)])
def test_the_preview_is_what_goes_out(act: Act, telling: Telling) -> None:
    """What the servant sees is, word for word and in the citizen's language, what the citizen gets."""
    reply = drafting.write(at(WRITING, act), "In May.", TOWN, now=NOW)
    preview, question = said(reply)
    written = of(reply, SaveDraft).draft
    sent = drafting.press(replace(at(PREVIEW, act), draft=written), "send", TOWN, now=NOW)
    told = of(sent, StartTelling)
    assert told.telling is telling
    listener = audience.Listener("es", "A bench in the shade")
    notice = audience.draw_notice(told.telling, told.case, told.words, listener, TOWN)
    assert preview.blocks[1 : 1 + len(notice.blocks)] == notice.blocks
    # Beside it stands what a public page would show of a decision.
    beside = Message(preview.blocks[1 + len(notice.blocks) :])
    assert beside.plain().splitlines() == (["On a public page:", "Accepted", "“In May.”"] if act is Act.DECIDE else [])
    assert [button.text for row in question.buttons for button in row] == ["Send", "Rewrite", "Cancel"]


@pytest.mark.parametrize("act", [Act.ASK, Act.DECIDE])
def test_what_goes_out_waits(act: Act) -> None:
    """The case moves at once, its announcement starts only when the moment to take it back is over."""
    loop = TOWN.installation.loop
    hold = loop.ask_hold if act is Act.ASK else loop.decide_hold
    sent = drafting.press(at(PREVIEW, act, words="In May."), "send", TOWN, now=NOW)
    changed = of(sent, ChangeCase).case
    assert changed.version == HELD.version + 1
    assert of(sent, StartTelling).starts_at == NOW + hold
    if act is Act.DECIDE:
        assert (changed.outcome, changed.reason) == (Outcome.ACCEPTED, "In May.")
        # Something was promised by it, so the next thing is news, and no question yet.
        timers = {effect.timer: effect for effect in sent.effects if isinstance(effect, SetTimer)}
        assert set(timers) == {Timer.PROMISE, Timer.NEAR}
        assert changed.promised_on == date(2027, 6, 1)


@pytest.mark.parametrize("state", sorted({*State} - {*SENDS}))
def test_a_case_that_moved_away_sends_nothing(state: State) -> None:
    """Where the case has moved on meanwhile nothing goes out, and the words stay where they are."""
    reply = drafting.press(at(PREVIEW, case=a_case(state), words="In May."), "send", TOWN, now=NOW)
    assert [type(effect) for effect in reply.effects] == [Tell]
    assert "Your words are still here" in said(reply)[0].plain()


@pytest.mark.parametrize("stage", [CHOOSING, WRITING, PREVIEW])
def test_who_is_no_servant_of_the_queue_any_more_sends_nothing(stage: str) -> None:
    """Whoever lost their role meanwhile sends nothing, typed or pressed, and the draft is gone."""
    gone = at(stage, words="In May.", still=False)
    typed = drafting.write(gone, "send", TOWN, now=NOW)
    for reply in (typed, *(drafting.press(gone, step, TOWN, now=NOW) for step in ("send", "edit", "accepted"))):
        assert {type(effect) for effect in reply.effects} == {DropDraft, Tell}


@pytest.mark.parametrize("stage", [CHOOSING, WRITING, PREVIEW])
@pytest.mark.parametrize("step", ["", "send", "edit", "cancel", "accepted", "ACCEPTED", "maybe", "🙂"])
def test_a_forged_step_does_nothing_new(stage: str, step: str) -> None:
    """A step that this stage does not offer gets a kind word; nothing goes out but from the preview."""
    reply = drafting.press(at(stage, words="In May."), step, TOWN, now=NOW)
    assert reply.effects or reply.toast
    sends = any(isinstance(effect, StartTelling) for effect in reply.effects)
    assert sends == ((stage, step) == (PREVIEW, "send"))


def test_an_outcome_can_be_typed() -> None:
    """The outcome is chosen by its word as well; anything else is asked again."""
    assert of(drafting.write(at(CHOOSING), " not NOW ", TOWN, now=NOW), SaveDraft).draft.outcome is Outcome.NOT_NOW
    again = drafting.write(at(CHOOSING), "perhaps", TOWN, now=NOW)
    assert [type(effect) for effect in again.effects] == [Tell]


def test_long_words_are_sent_back() -> None:
    """More than a citizen can read on a phone is not taken, and nothing of it is kept."""
    reply = drafting.write(at(WRITING), "x" * (LONGEST + 1), TOWN, now=NOW)
    assert said(reply)[0].plain() == VOICE("draft.long", length=LONGEST + 1, most=LONGEST)
    assert [type(effect) for effect in reply.effects] == [Tell]


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        ("Call 555 010 9999", True),
        ("Write to @lee", True),
        ("See www.town.gov", True),
        ("lee at example.org", True),
        ("In May 2027, 24 of 300 seats.", False),
    ],
)
def test_what_may_give_somebody_away_is_asked_about(words: str, warned: bool) -> None:  # noqa: FBT001  (pytest gives it)
    """A phone number, an account or a link in the words raises a warning; a year does not."""
    _, question = said(drafting.write(at(WRITING), words, TOWN, now=NOW))
    assert (VOICE("draft.warning") in question.plain()) == warned


def test_every_button_fits() -> None:
    """Each button of a draft has data that a channel takes, whatever the id."""
    replies = [drafting.begin(act, HELD, StaffId(1), AddressId(9), TOWN, fresh=FRESH) for act in (Act.ASK, Act.DECIDE)]
    replies += [drafting.write(at(WRITING), "In May.", TOWN, now=NOW)]
    replies += [drafting.press(at(PREVIEW, words="x"), "send", TOWN, now=NOW)]
    buttons = [button for reply in replies for message in said(reply) for row in message.buttons for button in row]
    assert len(buttons) > 8
    assert [button for button in buttons if len(button.data.encode()) > LONGEST_BYTES] == []
