"""The bot's own words: each is there in every language, each that is listened for can be typed, each is safe to say."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from itertools import chain
from pathlib import Path

import pytest

from bot.configuration import load_voices
from dialogs.cases import audience
from dialogs.cases.case import Deed, Outcome, State
from dialogs.cases.delivery_choice import HEARD, LEAST, MOST, Criterion, Missing, Option
from dialogs.cases.lifecycle import Act
from dialogs.cases.participant import Participant
from dialogs.desk.choosing import GOES_OUT
from dialogs.desk.duty import OWN, DutyAct
from dialogs.desk.escalation import Step
from dialogs.desk.sorting import SPANS
from dialogs.effects import Telling
from dialogs.engagement import Level
from dialogs.flows.answers import bare_word
from dialogs.ids import Language
from dialogs.installation import Approach, Turn
from dialogs.results import Result
from dialogs.role import NONE
from dialogs.texts import LONGEST_OUT, Plural, Voice, needed_forms, placeholders, units

VOICES = load_voices()
_KEY = re.compile(r"^[\w.]+(?=:)", re.MULTILINE)
ENGLISH = VOICES[Language("en")]
# What a locked screen shows of a message (DESK).
ON_A_LOCKED_SCREEN = 60
# As long as a case code is.
CODE = "K7F3-9QWD"
VERDICTS = (audience.YES, audience.PARTLY, audience.NO, audience.UNSURE)
# What the engine listens for at every question; the button says a word that can be typed.
SAID_AND_PRESSED = (
    *("back", "cancel", "skip", "done", "keep", "send", "help", "why"),
    *("pause", "language", "status", "privacy", "role", "mydata", "forget", "as_written"),
)
# A button, and the list that its words stand in.
ALSO_PRESSED = {
    "go_on": "continue",
    "edit_one": "edit",
    "cancel_talk": "cancel",
    "skip_this": "skip",
    "join": "join",
    "join_add": "join_add",
    "apart": "apart",
    "apart_after_all": "apart",
    "add_mine": "add_mine",
    **{f"role_{one}": f"role_{one}" for one in (*Participant, NONE)},
}
INSIDE = (Act.CLAIM, Act.RELEASE, Act.TAKE_OVER, Act.HAND_OVER, Act.SNOOZE, Act.WAKE)
SORTING = (Deed.URGENT, Deed.NORMAL, Deed.TAG)
SECOND = (Act.AGREE, Act.SEND_BACK)
OUTWARD = (Act.ASK, Act.DECIDE, Act.FORWARD)
NAMED = (*Act, f"{Act.CONFIRM}_words", f"{Act.CONTEST}_words", f"{Act.WAKE}_itself")


def keys(prefix: str, members: Iterable[str]) -> list[str]:
    """Name the word of each member, as the code does."""
    return [f"{prefix}.{member}" for member in members]


BUILT = [
    *keys("state", State),
    # A merged one stands as the case that it is merged into.
    *keys("status", (state for state in State if state is not State.MERGED)),
    *keys("outcome", Outcome),
    *keys("told", Outcome),
    # An answer to "did it work?" that came in words of its own has a line of its own.
    *keys("trail", (*Act, *Deed, f"{Act.CONFIRM}_words", f"{Act.CONTEST}_words", f"{Act.WAKE}_itself")),
    *keys("trail", (*Step, f"{Act.FORWARD}_itself")),
    *keys("escalation", Step),
    *keys("duty", (f"did_{act}" for act in DutyAct)),
    *keys("duty", (f"after_{turn}" for turn in Turn)),
    *keys("button", (f"duty_{act}" for act in OWN)),
    *keys("command", ("duty", "handover", "undo", "split", "bulk")),
    *keys("notice", Telling),
    *keys("option", Option),
    *keys("option_means", Option),
    *keys("told_delivery", Option),
    *keys("judging", (*Option, *HEARD)),
    *keys("criterion", Criterion),
    *keys("weigh", Criterion),
    *keys("scale", map(str, range(LEAST, MOST + 1))),
    *keys("choose", Missing),
    *keys("act", GOES_OUT),
    *keys("participant", (*Participant, "unsaid", "everybody")),
    *keys("missing", Participant),
    *keys("result", Result),
    *keys("open", Approach),
    *keys("approach", Approach),
    *keys("level", Level),
    f"act.{Deed.APPROACH}",
    *keys("ask_back", VERDICTS),
    *keys("ask_back", (f"thanks_{verdict}" for verdict in VERDICTS)),
    *keys("button", (*INSIDE, *OUTWARD, *SORTING, Deed.UNDO, *(f"snooze_{span}" for span in SPANS))),
    *keys("desk", (f"did_{act}" for act in (*INSIDE, *SORTING, Act.KEEP, Act.WANT))),
    # What undo names, also where it is what stands in the way.
    *keys("button", SECOND),
    *keys("act", (Act.PROPOSE, *SECOND)),
    *keys("desk", (f"did_{act}" for act in SECOND)),
    *keys("act", (*INSIDE, *OUTWARD, *SORTING, *NAMED)),
]


@pytest.fixture(params=list(VOICES.values()), ids=list(VOICES))
def voice(request: pytest.FixtureRequest) -> Voice:
    """Each voice in turn."""
    assert isinstance(request.param, Voice)
    return request.param


def test_what_is_built_from_a_value_is_there(voice: Voice) -> None:
    """There is a word for every state, outcome, act, deed, notice and answer that the code names by its value."""
    assert [key for key in BUILT if not voice.words.get(key)] == []


def test_every_language_is_complete() -> None:
    """Every language has every word of English written in its own files, not one more, and no English behind it."""
    assert {"en", "es", "fr", "ar"} <= set(VOICES)
    folder = resources.files("dialogs").joinpath("words")
    for language in VOICES:
        for part in ("", "web."):
            here, english = (folder.joinpath(f"{part}{one}.yaml").read_text("utf-8") for one in (language, "en"))
            missing = set(_KEY.findall(english)) ^ set(_KEY.findall(here))
            assert missing == set(), (part, language)


def test_the_same_names_in_every_language(voice: Voice) -> None:
    """A text has the placeholders of English, in each of its forms but where a form says the number in words."""
    for key, english in ENGLISH.words.items():
        text = voice.words[key]
        assert placeholders(text) == placeholders(english), key
        forms = text.forms.values() if isinstance(text, Plural) else ()
        by = {text.by} if isinstance(text, Plural) else set()
        assert [form for form in forms if placeholders(form) | by != placeholders(english)] == [], key


def test_every_plural_form_is_there(voice: Voice) -> None:
    """A text with a number has every form that its language needs, and knows which number counts."""
    plurals = {key: text for key, text in voice.words.items() if isinstance(text, Plural)}
    assert len(plurals) >= 7
    for key, text in plurals.items():
        assert tuple(text.forms) == needed_forms(voice.language), key
        assert text.by in placeholders(text), key
        assert text.language == voice.language, key


def test_every_text_fits_a_message(voice: Voice) -> None:
    """Each text, in each of its forms, says something and fits one message."""
    for key, text in voice.words.items():
        for form in text.forms.values() if isinstance(text, Plural) else (text,):
            assert 0 < units(form.strip()) < LONGEST_OUT, key


def test_french_marks_stay_with_their_words() -> None:
    """In French no line can begin with a mark: the space before it is one that does not break."""
    french = VOICES[Language("fr")]
    assert [key for key, text in french.words.items() if re.search(" [?!:;»]|« ", text)] == []


def test_an_arabic_line_begins_in_arabic() -> None:
    """An Arabic text begins with no {name}: phones take the direction of a line from its first letter."""
    arabic = VOICES[Language("ar")]
    latin_first = [
        key
        for key, text in arabic.words.items()
        if re.match(r"[^\w{]*[{a-zA-Z]", text) and not key.startswith(("word.", "desk.noted"))
    ]
    assert latin_first == []


def test_a_locked_screen_shows_no_topic(voice: Voice) -> None:
    """The first line of a notice, which names no topic, is longer than what a locked screen shows."""
    first = {telling: voice(f"notice.{telling}", code=CODE) for telling in Telling}
    assert [telling for telling, line in first.items() if len(line) < ON_A_LOCKED_SCREEN] == []
    # What the admin or the citizen wrote would be a topic.
    assert [telling for telling, line in first.items() if "{" in line] == []
    # What is said unasked while somebody is in the middle of something.
    for key in ("reminder", "expiring"):
        unasked = voice(key)
        assert len(unasked.partition("{")[0]) >= ON_A_LOCKED_SCREEN, key


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
    for button, key in (*((key, key) for key in SAID_AND_PRESSED), *ALSO_PRESSED.items()):
        for voice in VOICES.values():
            typed = bare_word(voice(f"button.{button}").strip("←→✓ ؟"))
            assert typed in voice(f"word.{key}").split(", "), (voice.language, button)
    for key in ("yes", "no", "partly"):
        for voice in VOICES.values():
            assert bare_word(voice(f"ask_back.{key}")) in voice(f"word.{key}").split(", "), (voice.language, key)


def test_words_are_heard_without_accents(voice: Voice) -> None:
    """Whoever types without accents, vowel signs or hamza, or with the other apostrophe, is understood."""
    for key, words in heard(voice):
        assert [word for word in words if plainly(word) not in words] == [], key
        assert [word for word in words if "'" in word and word.replace("'", "’") not in words] == [], key


def test_words_that_are_told_are_heard(voice: Voice) -> None:
    """Every word that a text offers in quotation marks is one that is listened for."""
    known = {word for _, words in heard(voice) for word in words}
    for key in ("help.flow", "help.start", "reminder.how", "expired", "privacy.next", "cancel.done", "status.none"):
        told = re.findall(r'["«]\s*([^"»]+?)\s*["»]', voice(key))
        assert told, key
        assert [word for word in told if bare_word(word) not in known] == [], key


def plainly(word: str) -> str:
    """Write a word as people do in a hurry: no accents, no vowel signs, no hamza on an alif."""
    decomposed = unicodedata.normalize("NFD", re.sub("[ؤئ]", lambda kept: f"\x00{ord(kept[0])}\x00", word))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub("\x00(\\d+)\x00", lambda kept: chr(int(kept[1])), bare)


def heard(voice: Voice) -> list[tuple[str, list[str]]]:
    """List what a voice listens for: a key and its words."""
    return [(key, words.split(", ")) for key, words in voice.words.items() if key.startswith("word.")]


def test_every_word_is_said() -> None:
    """No word is there for nothing: each stands in the code, or begins as the code begins when it builds one."""
    house = Path(__file__).parents[2]
    files = [path for package in ("bot", "dialogs", "storage") for path in (house / package).rglob("*.*")]
    code = "\n".join(path.read_text("utf-8") for path in files if path.suffix in (".py", ".html"))
    built = tuple(re.findall(r"""f["']([a-z_.]+[._])\{""", code) + re.findall(r"say\('([a-z_.]+)' ~", code))
    said = {word for word in VOICES[Language("en")].words if re.search(rf"""["']{re.escape(word)}["']""", code)}
    assert [word for word in VOICES[Language("en")].words if word not in said and not word.startswith(built)] == []
