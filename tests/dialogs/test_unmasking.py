"""Looking at what is covered: who may, how often, what they get, and what is written down of it."""

from dataclasses import replace

import pytest

from dialogs.cases.case import Actor, Deed, Entry, State
from dialogs.desk import desk
from dialogs.desk.seat import Desk
from dialogs.desk.unmasking import MOST, hidden_in
from dialogs.effects import Reply, Tell, WriteEntry
from dialogs.ids import StaffId
from dialogs.installation import Role
from dialogs.message import Quote
from dialogs.presses import CardPress
from dialogs.said import Said
from tests.dialogs.matters import FRESH, NOW, a_case, a_desk, a_servant, riverton

HIDDEN = ("Write to ana@example.org.",)
VOICE = riverton().voice("en")


def seat(role: Role = Role.REVIEWER, *, id: int = 1, state: State = State.TAKEN, own_chat: int | None = 9) -> Desk:
    """A servant in front of a case that servant 1 may hold, with something covered on its card."""
    holder = None if state is State.NEW else StaffId(1)
    return replace(a_desk(a_servant(id, role), a_case(state, holder=holder), own_chat=own_chat), hidden=HIDDEN)


def look(at: Desk) -> Reply:
    """Press Show once."""
    return desk.act(CardPress(at.case.code, at.case.version, Deed.UNMASK), at, riverton(), now=NOW, fresh=FRESH)


def told(reply: Reply) -> list[str]:
    """Give the words that were sent."""
    messages = [effect.message for effect in reply.effects if isinstance(effect, Tell)]
    return [block.text for message in messages for block in message.blocks if isinstance(block, Quote)]


@pytest.mark.parametrize("state", sorted(set(State) - {State.NEW}))
def test_the_holder_and_leads_may_look(state: State) -> None:
    """Who holds the case sees its words in every state; so do leads and admins, and nobody else does."""
    assert told(look(seat(state=state))) == [*HIDDEN]
    assert told(look(seat(Role.LEAD, id=2, state=state))) == [*HIDDEN]
    assert told(look(seat(Role.ADMIN, id=2, state=state))) == [*HIDDEN]
    refused = look(seat(id=2, state=state))
    assert refused.effects == ()
    assert refused.toast.startswith("Lee (Reviewer) has had it for 5 min.")


def test_who_wants_to_look_claims_first() -> None:
    """Where nobody has the case, a reviewer is told to claim it."""
    assert look(seat(state=State.NEW)) == Reply(toast=VOICE("desk.claim_first", state="new"))


def test_it_goes_to_the_own_chat_alone_and_cannot_be_passed_on() -> None:
    """The words go protected to the servant's own chat; the journal gets who and when, and no word of them."""
    reply = look(seat())
    (tell,) = (effect for effect in reply.effects if isinstance(effect, Tell))
    assert (tell.to, tell.message.protected) == (9, True)
    assert "K7F3-9QWD" in tell.message.plain()
    (written,) = (effect for effect in reply.effects if isinstance(effect, WriteEntry))
    assert written.entry == Entry(Deed.UNMASK, Actor.SERVANT, NOW, staff=StaffId(1))
    assert reply.toast == VOICE("unmask.sent")


def test_without_a_chat_of_their_own_nothing_is_shown() -> None:
    """A servant to whom the bot cannot write in private is asked to begin there."""
    assert look(seat(own_chat=None)) == Reply(toast=VOICE("desk.no_chat"))


def test_where_nothing_is_covered_any_more_the_button_is_old() -> None:
    """After the words were taken back there is nothing to look at."""
    assert look(replace(seat(), hidden=())) == Reply(toast=VOICE("old_button"))


def test_ten_looks_a_day() -> None:
    """The eleventh look within a day is refused, also a lead's."""
    assert told(look(replace(seat(), unmasked=MOST - 1))) == [*HIDDEN]
    for role in (Role.REVIEWER, Role.LEAD):
        assert look(replace(seat(role), unmasked=MOST)) == Reply(toast=VOICE("unmask.enough", number=10))


def test_long_words_are_shown_whole() -> None:
    """Words that do not fit one message come in as many as they need, and nothing is cut off."""
    long = "ana@example.org " * 700
    reply = look(replace(seat(), hidden=(long, *HIDDEN)))
    assert "".join(told(reply)) == long + HIDDEN[0]
    assert all(len(e.message.plain()) < 2048 for e in reply.effects if isinstance(e, Tell))


def test_only_what_has_something_covered_is_shown() -> None:
    """Of all that was said, the texts that hold personal data are listed as they were written, each once."""
    words = (Said("Why?", "Shade."), Said("Who are you?", "270-555-1234"), Said("And at 270-555-1234?", "Nothing."))
    entries = (Entry(Deed.NOTE, Actor.SERVANT, NOW, words="270-555-1234"), Entry(Deed.WORDS, Actor.CITIZEN, NOW))
    assert hidden_in(words, entries, riverton()) == ("270-555-1234", "And at 270-555-1234?")
