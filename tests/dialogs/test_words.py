"""The bot's own words: each that the code builds from a value is there, and each is safe to say."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

import pytest

from bot.configuration import load_voices
from dialogs.cases import audience
from dialogs.cases.case import Deed, Outcome, State
from dialogs.cases.lifecycle import Act
from dialogs.effects import Telling
from dialogs.flows.answers import bare_word
from dialogs.texts import Voice

VOICES = load_voices()
# What a locked screen shows of a message (DESK).
ON_A_LOCKED_SCREEN = 60
# As long as a case code is.
CODE = "K7F3-9QWD"
VERDICTS = (audience.YES, audience.PARTLY, audience.NO, audience.UNSURE)
INSIDE = (Act.CLAIM, Act.RELEASE)
OUTWARD = (Act.ASK, Act.DECIDE)


def keys(prefix: str, members: Iterable[str]) -> list[str]:
    """Name the word of each member, as the code does."""
    return [f"{prefix}.{member}" for member in members]


BUILT = [
    *keys("state", State),
    *keys("status", State),
    *keys("outcome", Outcome),
    *keys("told", Outcome),
    # An answer to "did it work?" that came in words of its own has a line of its own.
    *keys("trail", (*Act, *Deed, f"{Act.CONFIRM}_words", f"{Act.CONTEST}_words")),
    *keys("notice", Telling),
    *keys("ask_back", VERDICTS),
    *keys("ask_back", (f"thanks_{verdict}" for verdict in VERDICTS)),
    *keys("button", (*INSIDE, *OUTWARD, Deed.UNDO)),
    *keys("desk", (f"did_{act}" for act in INSIDE)),
    *keys("act", (*INSIDE, *OUTWARD)),
]


@pytest.fixture(params=list(VOICES.values()), ids=list(VOICES))
def voice(request: pytest.FixtureRequest) -> Voice:
    """Each voice in turn."""
    assert isinstance(request.param, Voice)
    return request.param


def test_what_is_built_from_a_value_is_there(voice: Voice) -> None:
    """There is a word for every state, outcome, act, deed, notice and answer that the code names by its value."""
    assert [key for key in BUILT if not voice.words.get(key)] == []


def test_a_locked_screen_shows_no_topic(voice: Voice) -> None:
    """The first line of a notice, which names no topic, is longer than what a locked screen shows."""
    first = {telling: voice(f"notice.{telling}", code=CODE) for telling in Telling}
    assert [telling for telling, line in first.items() if len(line) < ON_A_LOCKED_SCREEN] == []
    # What the admin or the citizen wrote would be a topic.
    assert [telling for telling, line in first.items() if "{" in line] == []


def test_engine_words_can_be_typed(voice: Voice) -> None:
    """Every word that is listened for has the form to which typed words are brought, and stands once in its list."""
    for key, words in heard(voice):
        assert words == [bare_word(word) for word in words], key
        assert max(Counter(words).values()) == 1, key


def test_engine_words_mean_one_thing() -> None:
    """No word that is listened for means two things, whichever languages a town speaks: all are heard at once."""
    meanings: dict[str, set[str]] = {}
    for key, words in chain.from_iterable(map(heard, VOICES.values())):
        for word in words:
            meanings.setdefault(word, set()).add(key)
    assert {word: meant for word, meant in meanings.items() if len(meant) > 1} == {}


def test_words_on_buttons_are_heard() -> None:
    """Whoever types the word of a button, its sign left out, is understood as if they had pressed it."""
    for key in ("back", "cancel", "skip", "done", "keep", "send"):
        for voice in VOICES.values():
            typed = bare_word(voice(f"button.{key}").strip("←✓ "))
            assert typed in voice(f"word.{key}").split(", "), (voice.language, key)
    for key in ("yes", "no", "partly"):
        for voice in VOICES.values():
            assert bare_word(voice(f"ask_back.{key}")) in voice(f"word.{key}").split(", "), (voice.language, key)


def heard(voice: Voice) -> list[tuple[str, list[str]]]:
    """List what a voice listens for: a key and its words."""
    return [(key, words.split(", ")) for key, words in voice.words.items() if key.startswith("word.")]
