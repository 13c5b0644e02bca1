"""A citizen's chat as a whole: whatever comes, in whatever situation, is answered, and no word is dropped."""

from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialogs.cases.audience import NO, YES
from dialogs.cases.case import ASK_BACK, QUESTION, Ask, State
from dialogs.citizen import Citizen
from dialogs.conversation import converse
from dialogs.effects import (
    AnswerAsk,
    ChangeCase,
    KeepLoose,
    OpenCase,
    PurgeSession,
    Reply,
    SaveSession,
    Tell,
    WriteEntry,
)
from dialogs.events import Event, Pressed, Started, TextSent, Unreadable
from dialogs.flows import engine
from dialogs.flows.session import Session
from dialogs.ids import AskId, FlowId, Language, SessionId, VersionId
from dialogs.presses import AskPress, CasePress, FlowPress, LanguagePress, OptionPress, pack
from tests.dialogs.matters import FRESH, NOW, PART, a_case, an_own_case, riverton

IDEA = riverton().installation.flows[FlowId("idea")]
SCENE = riverton().scene("en", NOW)
BEGUN = engine.begin(IDEA, Session(SessionId(7), VersionId(1)), SCENE).session
TEXTS = st.sampled_from(
    [
        "yes",
        "no",
        "partly",
        "status",
        "language",
        "español",
        "start",
        "back",
        "cancel",
        "help",
        "hello there",
        "x" * 300,
        "?",
    ]
) | st.text(max_size=20).filter(str.strip)
PRESSES = st.one_of(
    st.builds(OptionPress, st.just(7), st.integers(0, 2), st.sampled_from(["d", "b", "0", "e1"])),
    st.builds(FlowPress, st.sampled_from(["idea", "lived_story", "none"]).map(FlowId)),
    st.builds(LanguagePress, st.sampled_from(["en", "es", "xx"]).map(Language)),
    st.builds(AskPress, st.integers(1, 3).map(AskId), st.sampled_from([YES, NO, "partly", "unsure", "words", "z"])),
    st.builds(CasePress, st.sampled_from(["K7F3-9QWD", "NONE"])),
).map(pack)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(TextSent, TEXTS),
    st.builds(TextSent, TEXTS),
    st.builds(Pressed, PRESSES | st.text(max_size=20)),
    st.just(Started()),
    st.just(Started("junk")),
    st.just(Unreadable("sticker")),
)


# The questions that somebody was asked: (id, kind, answer so far).
ASKED: list[list[tuple[int, str, str | None]]] = [
    [],
    [(1, QUESTION, None)],
    [(2, ASK_BACK, None)],
    [(2, ASK_BACK, NO)],
    [(1, QUESTION, None), (2, ASK_BACK, None)],
]


@st.composite
def citizens(draw: st.DrawFn) -> Citizen:
    """Make a citizen in the middle of anything."""
    # They know their case as the one that it is merged into.
    state = draw(st.sampled_from([state for state in State if state is not State.MERGED]))
    case, answered = (
        a_case(state),
        draw(st.sampled_from([None, NOW - timedelta(minutes=1), NOW - timedelta(minutes=30)])),
    )
    asked: list[tuple[int, str, str | None]] = draw(st.sampled_from(ASKED))
    asks = tuple(
        Ask(AskId(n), kind, case, "Which?", NOW - timedelta(hours=n), "A bench", PART, answer, answered)
        for n, kind, answer in asked
    )
    session = draw(st.sampled_from([None, BEGUN]))
    own = an_own_case(case)
    return Citizen(
        language=draw(st.sampled_from(["en", "es", ""])),
        session=session,
        flow=IDEA if session else None,
        touched_at=NOW - timedelta(minutes=90) if session else None,
        early=draw(st.booleans()),
        asks=asks,
        cases=(own,) if draw(st.booleans()) else (),
        replied_to=draw(st.sampled_from([None, None, own, *asks])),
        loose_words=draw(st.sampled_from([None, "words from before"])),
    )


def answer(citizen: Citizen, event: Event) -> Reply:
    """Answer an event."""
    return converse(citizen, event, riverton(), now=NOW, fresh=FRESH)


@settings(max_examples=300)
@given(citizens(), EVENTS)
def test_whatever_comes_is_answered(citizen: Citizen, event: Event) -> None:
    """In every situation every event is answered by a message or a short word."""
    reply = answer(citizen, event)
    assert reply.toast or any(isinstance(effect, Tell) for effect in reply.effects)
    # I11, I14: an end of a conversation is one of two.
    assert sum(isinstance(effect, OpenCase | PurgeSession) for effect in reply.effects) <= 1


@settings(max_examples=300)
@given(citizens(), st.text("abcdefgh ", min_size=12, max_size=40).map(lambda text: f"Words {text}end"))
def test_no_word_is_dropped(citizen: Citizen, words: str) -> None:
    """Free words become an answer, a line in a journal, or are kept until the person says what they are for."""
    reply = answer(citizen, TextSent(words))
    kept = [
        effect
        for effect in reply.effects
        if (isinstance(effect, AnswerAsk | ChangeCase | WriteEntry | KeepLoose) and words in repr(effect))
        or isinstance(effect, SaveSession)
    ]
    assert kept


@settings(max_examples=150)
@given(citizens(), EVENTS)
def test_kept_words_go_only_where_they_are_put(citizen: Citizen, event: Event) -> None:
    """Words that were kept are forgotten only with their new place in the same turn, or because the person says so."""
    reply = answer(citizen, event)
    if citizen.loose_words is None or KeepLoose(None) not in reply.effects:
        return
    placed = [effect for effect in reply.effects if citizen.loose_words in repr(effect)]
    assert placed or (isinstance(event, TextSent) and citizen.session is None) or citizen.replied_to is not None


@given(citizens(), st.sampled_from(["cancel", "Stop", "go back", "edit", "help", "cancelar"]))
def test_who_wants_to_leave_says_nothing_to_servants(citizen: Citizen, word: str) -> None:
    """A word of the conversation that is open is never taken for the answer to a question that came meanwhile."""
    assume(citizen.session is not None and citizen.replied_to is None)
    sent = (AnswerAsk, ChangeCase, WriteEntry, KeepLoose)
    assert not [effect for effect in answer(citizen, TextSent(word)).effects if isinstance(effect, sent)]
