"""Making a case of a part of what somebody wrote: who may, which part it is, and how it is taken back in time."""

from dataclasses import replace

import pytest

from dialogs.cases.case import Deed, State
from dialogs.cases.lifecycle import Act
from dialogs.desk import desk, splitting
from dialogs.desk.seat import Desk, SplitOff
from dialogs.desk.splitting import Own
from dialogs.effects import ChangeCase, Reply, SplitCase, StopTelling, Telling, UndoAct
from dialogs.ids import CaseId, ContributorId, StaffId
from dialogs.installation import Role
from dialogs.presses import CardPress
from dialogs.said import Said
from tests.dialogs.matters import FRESH, NOW, a_case, a_desk, a_latest, a_servant, riverton

VOICE = riverton().voice("en")
HELD = (State.TAKEN, State.ASKED, State.ANSWERED, State.SNOOZED)
ANA = Own(ContributorId(4), "K7F3-9QWD", (Said("What?", "A bench, please. The lámp at the corner is broken!"),))
BEN = Own(ContributorId(5), "BENS-CODE", (Said("What?", "Shade."), Said("Why?", "My mother sits there. It is hot.")))
LEE = StaffId(1)


def at_desk(state: State = State.TAKEN, *, role: Role = Role.REVIEWER, me: int = 1) -> Desk:
    """Sit before a case that Lee has."""
    return a_desk(a_servant(me, role), a_case(state, holder=LEE if state in HELD else None))


def split(sentence: str, at: Desk, *, known: tuple[str, ...] = ()) -> Reply:
    """Name a sentence of what two people wrote."""
    return splitting.split(sentence, at, (ANA, BEN), known, riverton(), now=NOW, fresh=FRESH)


def part_of(reply: Reply) -> SplitCase:
    """Give the case that was asked for."""
    (part,) = [one for one in reply.effects if isinstance(one, SplitCase)]
    return part


def test_who_may_split_what() -> None:
    """Its holder or a lead may, while it is open; others claim it first."""
    for state in State:
        open_ = state in (State.NEW, State.REOPENED, *HELD)
        assert bool(split("is broken", at_desk(state, role=Role.LEAD)).effects) is open_, state
        assert bool(split("is broken", at_desk(state)).effects) is (state in HELD)
        assert split("is broken", at_desk(state, me=2)).effects == ()
    assert split("is broken", at_desk(State.NEW)) == Reply(toast=VOICE("desk.claim_first", state="new"))


@pytest.mark.parametrize(
    ("sentence", "own", "part"),
    [
        ("The lámp at the corner is broken!", ANA, "The lámp at the corner is broken!"),
        ("“the LAMP at the corner: is broken”", ANA, "The lámp at the corner is broken!"),
        ("It is hot", BEN, "It is hot."),
    ],
)
def test_a_part_is_kept_as_it_was_written(sentence: str, own: Own, part: str) -> None:
    """Whatever its capitals, accents and marks: the part is the contributor's own words, under their own number."""
    asked = part_of(split(sentence, at_desk()))
    assert (asked.part, asked.contributor, asked.known_as) == (part, own.contributor, own.code)
    assert (asked.parent.id, asked.code) == (a_case().id, FRESH.code)
    assert asked.starts_at == NOW + riverton().installation.loop.ask_hold


@pytest.mark.parametrize(
    ("sentence", "known", "why"),
    [
        ("", (), "how"),
        ("!?", (), "not_there"),
        ("The lamp at the school is broken", (), "not_there"),
        ("bench please the lamp at the corner is broken a", (), "not_there"),
        ("lamp", (), "size"),
        ("the lamp at the corner", ("The lamp, at the corner",), "known"),
        ("A bench, please. The lamp at the corner is broken", (), "all"),
    ],
)
def test_what_cannot_be_split(sentence: str, known: tuple[str, ...], why: str) -> None:
    """What is not there, too little, all of it, or split already is refused with what helps."""
    reply = split(sentence, at_desk(), known=known)
    assert reply == Reply(toast=VOICE(f"splitting.{why}", code="K7F3-9QWD", most=1000))


def test_the_desk_notes_it_covered() -> None:
    """The line in the journal of the whole covers personal data that stands in the part."""
    phone = Own(ContributorId(4), "K7F3-9QWD", (Said("What?", "A bench. My phone is 270-555-1234. Thanks."),))
    reply = splitting.split("My phone is 270-555-1234.", at_desk(), (phone,), (), riverton(), now=NOW, fresh=FRESH)
    (change,) = [one for one in reply.effects if isinstance(one, ChangeCase)]
    assert "270-555" not in (change.entry.words or "")
    assert part_of(reply).part == "My phone is 270-555-1234."


def undo(off: SplitOff | None, *, me: int = 1) -> Reply:
    """Press Undo on the card of the whole."""
    case = a_case(State.TAKEN, holder=LEE)
    at = replace(a_desk(a_servant(me, Role.REVIEWER), case, latest=a_latest(case, Act.SPLIT)), split_off=off)
    return desk.act(CardPress(case.code, case.version, Deed.UNDO), at, riverton(), now=NOW, fresh=FRESH)


def test_it_is_taken_back_in_time() -> None:
    """Before anybody was told, the part points back to the whole and nobody is told; afterwards it is too late."""
    part = replace(a_case(), id=CaseId(2), code="PART-CODE", split_from=a_case().id)
    effects = undo(SplitOff(part, 8)).effects
    assert StopTelling(8) in effects
    (back,) = [one.case for one in effects if isinstance(one, UndoAct)]
    (pointing,) = [one.case for one in effects if isinstance(one, ChangeCase)]
    assert back == replace(a_case(State.TAKEN, holder=LEE), version=4)
    assert (pointing.id, pointing.state, pointing.merged_into) == (2, State.MERGED, back.id)
    assert undo(SplitOff(part, None)) == Reply(toast=VOICE("desk.gone_out"))
    assert undo(None) == Reply(toast=VOICE("desk.gone_out"))
    assert undo(SplitOff(part, 8), me=2) == Reply(toast=VOICE("desk.undo_not_yours"))


def test_a_part_that_comes_apart_again_is_told() -> None:
    """Who unmerges a part that nobody was told of has its contributor told now."""
    told = splitting.tell_of_split(a_case(), "WHOLE-1", riverton(), now=NOW)
    assert (told.telling, told.words) == (Telling.SPLIT, "WHOLE-1")
    assert told.starts_at > NOW
