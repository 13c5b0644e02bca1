"""What is written as JSON is read back as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.cases.case import Case, Outcome, Proposal, State
from dialogs.flows.session import Answer, Session
from dialogs.ids import CaseId, Language, MediaId, QueueId, ServiceId, SessionId, StaffId, StepId, VersionId
from dialogs.installation import Approach
from dialogs.media import Attachment, MediaKind
from dialogs.message import Block, Button, Line, Message, Moment, Quote, Shown, Tone
from dialogs.said import Said, Words
from storage.codec import (
    pack_answers,
    pack_case,
    pack_message,
    pack_words,
    unpack_case,
    unpack_message,
    unpack_session,
    unpack_words,
)
from storage.columns import from_ms

# Text as it is after `clean`: no lone surrogates.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
# Whole milliseconds, as the databases keep them.
MOMENTS = st.integers(0, 7 * 10**12).map(from_ms)
ATTACHMENTS = st.builds(Attachment, TEXTS.map(MediaId), st.sampled_from(MediaKind), st.integers(0, 600))
MEDIA = st.lists(ATTACHMENTS, max_size=2).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Line, TEXTS, st.booleans()),
    st.builds(Quote, TEXTS, st.booleans()),
    st.builds(Moment, TEXTS, MOMENTS, TEXTS),
    st.builds(Shown, ATTACHMENTS, TEXTS),
)
WANTS = st.lists(st.sampled_from(MediaKind), unique=True).map(tuple)
BUTTONS = st.lists(st.lists(st.builds(Button, TEXTS, TEXTS, st.sampled_from(Tone)), max_size=3).map(tuple), max_size=3)
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXTS, max_size=3).map(tuple),
)
GIVEN = st.builds(Answer, VALUES, st.booleans(), TEXTS, st.booleans(), MEDIA, st.booleans())
ANSWERS = st.dictionaries(TEXTS.map(StepId), GIVEN, max_size=5)
IN_EACH = st.lists(st.tuples(st.sampled_from(["en", "es"]).map(Language), TEXTS), max_size=2).map(tuple)
CASES = st.builds(
    Case,
    id=st.integers(1, 2**62).map(CaseId),
    code=TEXTS,
    version=st.integers(1, 10**6),
    approach=st.sampled_from(Approach),
    state=st.sampled_from(State),
    contribution=TEXTS,
    service=TEXTS.map(ServiceId),
    queue=TEXTS.map(QueueId),
    promised_on=st.dates(date(2020, 1, 1)),
    opened_at=MOMENTS,
    holder=st.none() | st.integers(1, 2**62).map(StaffId),
    held_at=st.none() | MOMENTS,
    outcome=st.none() | st.sampled_from(Outcome),
    reason=st.none() | TEXTS,
    overdue=st.booleans(),
    reason_in=IN_EACH,
    proposal=st.none()
    | st.builds(
        Proposal, st.just(StaffId(1)), st.sampled_from(Outcome), TEXTS, IN_EACH, st.none() | st.sampled_from(State)
    ),
    heard=st.booleans(),
    hear_until=st.none() | MOMENTS,
    did=st.none() | TEXTS,
    did_not=st.none() | TEXTS,
    ended_at=st.none() | MOMENTS,
    reviews=st.integers(0, 9),
)


@given(st.builds(Message, st.lists(BLOCKS, max_size=4).map(tuple), BUTTONS.map(tuple), st.booleans(), WANTS))
def test_a_message_comes_back(message: Message) -> None:
    """Blocks, buttons and protection of a message are as they were."""
    assert unpack_message(pack_message(message)) == message


@given(ANSWERS, st.booleans(), st.integers(0, 9), TEXTS)
def test_answers_come_back(
    answers: dict[StepId, Answer],
    cancelling: bool,  # noqa: FBT001  (Hypothesis gives it)
    tries: int,
    rejected: str,
) -> None:
    """Answers of every kind come back with their kind: a number is no flag, and a skipped one is no empty text."""
    session = Session(SessionId(1), VersionId(1), 3, answers, cancelling, tries, rejected)
    found = unpack_session(pack_answers(session), Session(SessionId(1), VersionId(1), 3))
    assert found == session
    assert [type(one.value) for one in found.answers.values()] == [type(one.value) for one in answers.values()]


@given(CASES)
def test_a_case_comes_back(case: Case) -> None:
    """A case as it stood comes back whole."""
    assert unpack_case(pack_case(case)) == case


@given(st.lists(st.builds(Said, TEXTS, TEXTS, st.booleans(), MEDIA), max_size=4).map(tuple))
def test_words_come_back(words: Words) -> None:
    """Questions and answers come back in their order, with what was sent with them."""
    assert unpack_words(pack_words(words)) == words


def test_a_block_of_a_later_time_is_said() -> None:
    """A message that a newer program wrote is refused with a sentence, not read as something else."""
    with pytest.raises(ValueError, match="kind"):
        unpack_message('[[["v","a song"]],[],0,[]]')
