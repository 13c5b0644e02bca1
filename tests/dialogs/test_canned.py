"""Canned texts: a press takes one for the words, each citizen reads their own language, and nothing unread goes out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import pytest

from bot.settings import STARTER
from dialogs.authoring import LONGEST_ID
from dialogs.cases import canned
from dialogs.cases.case import Case, Outcome, State
from dialogs.cases.draft import CHOOSING, PREVIEW, SENT, WRITING, Desktop
from dialogs.cases.lifecycle import Act, By
from dialogs.desk import drafting
from dialogs.desk_effects import Draft, DropDraft, SaveDraft
from dialogs.effects import ChangeCase, Reply, StartTelling, Tell
from dialogs.ids import AddressId, CannedId, DraftId, Language, QueueId, StaffId
from dialogs.installation import Queue
from dialogs.presses import LONGEST_BYTES
from dialogs.texts import Text
from dialogs.town import Town
from dialogs.translating import list_wordings
from dialogs.wording import LONGEST_BUTTON, LONGEST_CANNED
from dialogs.yaml_tree import read_tree
from tests.dialogs.matters import FRESH, NOW, OUTDOORS, a_case, riverton

T = TypeVar("T")
TOWN = riverton()
VOICE = TOWN.voice("en")
HELD = a_case(State.TAKEN, holder=StaffId(1))
EN, ES = Language("en"), Language("es")
LONG_ID = CannedId("x" * LONGEST_ID)
WHERE: Mapping[CannedId, Text] = {LONG_ID: {EN: "Where is {code}?", ES: "¿Dónde está {code}?"}}
PLANNED: Mapping[CannedId, Text] = {CannedId("planned"): {EN: "{service} by {date}.", ES: "{service}: {date}."}}


def town_with(**canned_: object) -> Town:
    """Give the town whose queue has these canned texts and no others."""
    bare = Queue(OUTDOORS, TOWN.installation.queues[OUTDOORS].name)
    queues = {**TOWN.installation.queues, OUTDOORS: replace(bare, **canned_)}  # type: ignore[arg-type]
    return replace(TOWN, installation=replace(TOWN.installation, queues=queues))


READY = town_with(replies=WHERE, reasons={Outcome.ACCEPTED: PLANNED})


def at(stage: str, act: Act = Act.ASK, *, case: Case = HELD, language: str = "es", mixed: bool = False) -> Desktop:
    """A draft of servant 1, whose citizen reads Spanish."""
    outcome = Outcome.ACCEPTED if act is Act.DECIDE and stage != CHOOSING else None
    draft = Draft(DraftId(FRESH.number), StaffId(1), AddressId(9), case.id, act, stage, outcome)
    return Desktop(draft, case, "A bench", language, frozenset({By.SERVANT, By.HOLDER}), still_staff=True, mixed=mixed)


def said(reply: Reply) -> str:
    """Give all that is said."""
    return "\n".join(effect.message.plain() for effect in reply.effects if isinstance(effect, Tell))


def of(reply: Reply, kind: type[T]) -> T:
    """Give the one effect of a kind."""
    (found,) = [effect for effect in reply.effects if isinstance(effect, kind)]
    return found


def use(desktop: Desktop, town: Town = READY, id: str = LONG_ID) -> Reply:
    """Press a canned text."""
    return drafting.press(desktop, f"{canned.USE}.{id}", town, now=NOW)


@pytest.mark.parametrize(
    ("act", "case", "offered"),
    [
        (Act.ASK, HELD, ["Where is K7F3-9QWD?"]),
        (Act.DECIDE, HELD, ["Parks and playgrounds by Monday, May 17…"]),
        (Act.ASK, replace(HELD, queue=QueueId("care")), []),
        (Act.ASK, replace(HELD, queue=QueueId("gone")), []),
    ],
)
def test_what_fits_is_offered(act: Act, case: Case, offered: list[str]) -> None:
    """A question is offered the queue's questions, a reason those of its outcome, each by its first words."""
    buttons = [button for row in canned.offer(at(WRITING, act).draft, case, READY) for button in row]
    assert [button.text for button in buttons] == offered
    assert all(len(button.data.encode()) <= LONGEST_BYTES for button in buttons)


def test_each_reads_their_own_language() -> None:
    """A canned text is in the listener's language with their own number; a typed one is as it was typed."""
    found = canned.find(at(WRITING).draft, LONG_ID, HELD, READY)
    assert found is not None
    words, words_in = found
    assert words == "Where is K7F3-9QWD?"
    told = {one: canned.words_for(words, words_in, one, READY, code="AAAA-BBBB") for one in ("en", "es", "xx")}
    assert told == {"en": "Where is AAAA-BBBB?", "es": "¿Dónde está AAAA-BBBB?", "xx": "Where is AAAA-BBBB?"}
    assert canned.words_for("As {code} typed", (), "es", READY, code="AAAA-BBBB") == "As {code} typed"


@pytest.mark.parametrize(("act", "id"), [(Act.ASK, LONG_ID), (Act.DECIDE, "planned")])
def test_a_chosen_text_goes_out_in_every_language(act: Act, id: str) -> None:
    """What was chosen is shown as the citizen reads it, goes out in all languages, and the case keeps them."""
    chosen = use(at(WRITING, act), id=id)
    draft = of(chosen, SaveDraft).draft
    assert (draft.stage, draft.canned, draft.number) == (PREVIEW, id, None)
    spanish = "¿Dónde está K7F3-9QWD?" if act is Act.ASK else "Parques y zonas de juego: lunes, 17 de mayo de 2027."
    assert f"“{spanish}”" in said(chosen)
    assert f"“{draft.words}”" in said(chosen)
    sent = drafting.press(replace(at(PREVIEW, act), draft=draft), "send", READY, now=NOW)
    telling = of(sent, StartTelling)
    assert canned.words_for(telling.words, telling.words_in, "es", READY, code=HELD.code) == spanish
    assert of(sent, ChangeCase).case.reason_in == (telling.words_in if act is Act.DECIDE else ())
    assert of(sent, DropDraft).address == draft.address


def test_what_the_admin_changed_is_read_over_first() -> None:
    """A canned text that was changed or taken out since it was chosen does not go out unread."""
    draft = of(use(at(WRITING)), SaveDraft).draft
    for town in (town_with(), town_with(replies={LONG_ID: {EN: "Which one?", ES: "¿Cuál?"}})):
        again = drafting.press(replace(at(PREVIEW), draft=draft), "send", town, now=NOW)
        kept = of(again, SaveDraft).draft
        assert not [effect for effect in again.effects if isinstance(effect, StartTelling)]
        assert "“Where is K7F3-9QWD?”" in said(again)
        sent = drafting.press(replace(at(PREVIEW), draft=kept), "send", town, now=NOW)
        assert (of(sent, StartTelling).words, of(sent, StartTelling).words_in) == ("Where is K7F3-9QWD?", ())


@pytest.mark.parametrize("stage", [CHOOSING, PREVIEW, SENT])
def test_only_who_writes_can_choose(stage: str) -> None:
    """A canned text is taken while the words are written; forged, or for another outcome, it changes nothing."""
    assert use(at(stage)) == Reply(toast=VOICE("old_button"))
    assert use(at(WRITING), id="planned") == Reply(toast=VOICE("old_button"))


def test_an_edited_text_is_a_typed_one() -> None:
    """Rewriting shows the text to be copied; what is typed then goes out as it is, and stays where it was typed."""
    draft = of(use(at(WRITING)), SaveDraft).draft
    again = drafting.press(replace(at(PREVIEW), draft=draft), "edit", READY, now=NOW)
    assert "“Where is K7F3-9QWD?”" in said(again)
    writing = replace(at(WRITING), draft=of(again, SaveDraft).draft)
    typed = of(drafting.write(writing, "Where exactly?", READY, now=NOW, number=7), SaveDraft).draft
    assert (typed.words, typed.canned, typed.number) == ("Where exactly?", None, 7)
    sent = drafting.press(replace(at(PREVIEW), draft=typed), "send", READY, now=NOW)
    assert of(sent, StartTelling).words_in == ()
    assert of(sent, SaveDraft).draft.stage == SENT


@pytest.mark.parametrize(
    ("language", "mixed", "hinted"), [("es", False, True), ("en", False, False), ("en", True, True)]
)
def test_another_language_is_hinted_at(language: str, mixed: bool, hinted: bool) -> None:  # noqa: FBT001  (pytest gives it)
    """Whoever types is told that somebody reads another language, never which; a canned text needs no such hint."""
    desktop = at(WRITING, language=language, mixed=mixed)
    typed = said(drafting.write(desktop, "Where exactly?", READY, now=NOW))
    assert (VOICE("draft.other_language") in typed) is hinted
    assert VOICE("draft.other_language") not in said(use(desktop))


def test_canned_texts_are_translated_like_all_others() -> None:
    """A sheet for translators holds them, and lets them be as long as a configuration does."""
    tree, _ = read_tree((STARTER / "yousaid.yaml").read_text("utf-8"), file="yousaid.yaml")
    assert tree is not None
    longest = {wording.id: wording.longest for wording in list_wordings([tree])}
    assert longest["queues.outdoors.replies.where"] == LONGEST_CANNED
    assert longest["queues.outdoors.reasons.not_now.money"] == LONGEST_CANNED
    assert longest["queues.outdoors.name"] == LONGEST_BUTTON
