"""The folder of a town: the starter, what is wrong in a folder, and beginning one."""

import time
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest

from bot.configuration import NotEmpty, check, init, load_voices, read_configuration
from bot.settings import STARTER
from dialogs.errors import BadConfiguration
from dialogs.flows.flow import Ask, Kind
from dialogs.ids import FlowId, Language, QueueId, ServiceId, StepId
from dialogs.installation import Approach, Installation, Role
from dialogs.installation_reader import Known, read_installation
from dialogs.texts import LONGEST_OUT, placeholders, units


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the starter."""
    init(tmp_path / "town")
    return tmp_path / "town"


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file where it says ``old`` first."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def test_the_starter_is_clean() -> None:
    """The configuration that ships has no mistake."""
    assert check(STARTER) == []


def test_the_starter_is_a_believable_town() -> None:
    """The starter has six services or more over three queues, each approach once at least, four languages."""
    town = read_configuration(STARTER)
    assert len(town.services) >= 6
    assert len(town.queues) == 3
    assert {service.approach for service in town.services.values()} == set(Approach)
    assert town.languages == ("en", "es", "fr", "ar")
    assert set(town.flows) == {"idea", "lived_story", "offer"}
    assert set(town.roles) == set(Role)


def test_the_starter_arrives_typed() -> None:
    """Times, dates, spans and names of the starter arrive as values."""
    town = read_configuration(STARTER)
    assert town.organisation == {
        "en": "Town of Riverton",
        "es": "Municipio de Riverton",
        "fr": "Ville de Riverton",
        "ar": "مدينة ريفرتون",
    }
    assert town.working_time.hours[0] == (clock_time(9), clock_time(17))
    assert set(town.working_time.hours) == {0, 1, 2, 3, 4}
    assert date(2026, 12, 25) in town.working_time.holidays
    assert (town.loop.promise_days, town.loop.ask_back_after) == (10, timedelta(days=14))
    assert (town.loop.ask_hold, town.loop.decide_hold) == (timedelta(seconds=15), timedelta(seconds=60))
    assert town.services[ServiceId("parks")].queue == QueueId("outdoors")


def test_the_starter_asks_for_one_service() -> None:
    """The idea flow asks which one service it is about, and the story flow offers something else as a role."""
    town = read_configuration(STARTER)
    service = town.flows[FlowId("idea")].by_id[StepId("service")]
    assert isinstance(service, Ask)
    assert (service.kind, service.high) == (Kind.SERVICES, 1)
    role = town.flows[FlowId("lived_story")].by_id[StepId("role")]
    assert isinstance(role, Ask)
    assert role.choices[-1].text[Language("en")] == load_voices()[Language("en")]("choice.other")


def test_holds_may_be_left_out(folder: Path) -> None:
    """Without `holds`, a question waits 15 seconds and a decision 60."""
    change(folder, "yousaid.yaml", "holds: {ask: 15 seconds, decide: 60 seconds}", "")
    assert read_configuration(folder).loop.decide_hold == timedelta(seconds=60)


def test_spans(folder: Path) -> None:
    """A span is a number of seconds, minutes, hours or days."""
    change(folder, "yousaid.yaml", "{after: 14 days, window: 14 days}", "{after: 1 second, window: 2 hours}")
    loop = read_configuration(folder).loop
    assert (loop.ask_back_after, loop.ask_back_window) == (timedelta(seconds=1), timedelta(hours=2))


def test_voices() -> None:
    """Every voice can say every word that English has, and each fits one message."""
    voices = load_voices()
    english = voices[Language("en")]
    assert {"en", "es"} <= set(voices)
    for voice in voices.values():
        assert set(voice.words) >= set(english.words)
        assert all(0 < units(text) < LONGEST_OUT for text in voice.words.values())
        unlike = [key for key in english.words if placeholders(voice.words[key]) != placeholders(english.words[key])]
        assert unlike == []


# What to change in the starter's yousaid.yaml, into what; then what stands at the place told, cause and remedy.
MISTAKES = [
    ("organisation: {en", "organization: {en", "organization", "no key `organization`", "Did you mean `organisation`?"),
    ("organisation: {en", "organization: {en", "organization: {", "`organisation` is missing", "Add"),
    (", es: Municipio de Riverton", "", "{en: Town", "no text in `es`", "Add `es: …`"),
    (
        "languages: [en, es, fr, ar]",
        "languages: [en, es, fr, ar, tlh]",
        "tlh",
        "no words of its own in `tlh`",
        "en, es, fr",
    ),
    ("languages: [en, es, fr, ar]", "languages: [en, es, fr, ar, en]", "en]", "`en` is here twice", "Take one out"),
    ("languages: [en, es, fr, ar]", "languages: [English, es, fr, ar]", "English", "cannot be `English`", "short code"),
    ("languages: [en, es, fr, ar]", "languages: []", "[]", "is empty", "at least one"),
    ("America/New_York", "America/NewYork", "America/NewYork", "no time zone", "`America/New_York`"),
    ("America/New_York", "Middle-earth", "Middle-earth", "no time zone", "Europe/Madrid"),
    ("  mon:", "  monday:", "monday", "cannot be `monday`", "`mon`"),
    ('"09:00-18:30"', '"9-18"', '"9-18"', "`thu` cannot be `9-18`", '"09:00-17:00"'),
    ('"09:00-18:30"', '"18:30-09:00"', '"18:30-09:00"', "ends before it begins", "09:00"),
    ('"09:00-18:30"', "09:00-25:00", "09:00-25:00", "cannot be `09:00-25:00`", "09:00"),
    ("2027-05-31", "2027-05-32", "2027-05-32", "no date `2027-05-32`", "year-month-day"),
    ("2027-05-31", "20270531", "20270531", "no date", "year-month-day"),
    ("{working_days: 10}", "{working_days: soon}", "soon", "cannot be `soon`", "1 to 260"),
    ("{working_days: 10}", "{days: 10}", "days", "no key `days`", "working_days"),
    ("ask: 15 seconds", "ask: 15", "15,", "`ask` cannot be `15`", "15 seconds"),
    ("ask: 15 seconds", "ask: 999999 days", "999999", "cannot be", "a year at most"),
    ("ask_back:", "askback:", "askback", "no key `askback`", "`ask_back`"),
    ("queue: care", "queue: cares", "cares", "no queue `cares`", "Did you mean `care`?"),
    ("approach: service_integrated", "approach: integrated", "integrated", "cannot be", "`service_integrated`"),
    ("    approach: service_integrated\n", "", "name: {en: Care at home", "`approach` is missing", "Add"),
    ("  home_care:", "  Home Care:", "Home Care", "cannot be `Home Care`", "a-z"),
    ("  lead: {en", "  # lead: {en", "reviewer:", "`lead` is missing", "Add"),
    ("  lead: {en", "  boss: {en", "boss", "no key `boss`", "Known"),
    (
        "{en: Library, es: Biblioteca, fr: Bibliothèque, ar: المكتبة}",
        "Library",
        "Library",
        "text in each language",
        "{en: …, es: …}",
    ),
    ("en: Library,", "en: Library #1,", "Library #1", "cut at `#`", "quotes"),
    ("en: Library,", "en: " + "L" * 61 + ",", "LLL", "60 fit", "Shorten"),
    ("en: Library,", "en: 'Library {x}',", "'Library", "cannot stand here", "same words"),
]


@pytest.mark.parametrize(("old", "new", "at", "cause", "remedy"), MISTAKES)
def test_mistake(folder: Path, old: str, new: str, at: str, cause: str, remedy: str) -> None:
    """A mistake in yousaid.yaml is told at its place, with its cause and its remedy."""
    change(folder, "yousaid.yaml", old, new)
    lines = (folder / "yousaid.yaml").read_text("utf-8").splitlines()
    mistakes = check(folder)
    found = [m for m in mistakes if cause in m.cause and remedy in m.remedy and m.file == "yousaid.yaml"]
    assert found, "\n".join(map(str, mistakes))
    assert [m for m in found if lines[m.line - 1][m.column - 1 :].startswith(at)], found[0]


def test_a_queue_without_service(folder: Path) -> None:
    """A queue that no service belongs to is told: nobody would ever see a card there."""
    change(
        folder,
        "yousaid.yaml",
        "queues:\n",
        "queues:\n  spare:\n    name: {en: Spare, es: Libre, fr: Libre, ar: فارغ}\n",
    )
    [mistake] = check(folder)
    assert "No service belongs to the queue `spare`" in mistake.cause


def test_one_mistake_makes_no_others(folder: Path) -> None:
    """A service with a mistake of its own is still a service for the flows that name it."""
    change(folder, "yousaid.yaml", "approach: service_integrated", "approach: integrated")
    change(folder, "flows/idea.yaml", "service: any", "service: home_care")
    assert [mistake.file for mistake in check(folder)] == ["yousaid.yaml"]


def test_mistakes_in_all_files_at_once(folder: Path) -> None:
    """Mistakes of all files come at once, in the order of file and line, and the same by both doors."""
    change(folder, "yousaid.yaml", "queue: care", "queue: cares")
    change(folder, "flows/idea.yaml", "kind: long_text", "kind: longtext")
    change(folder, "flows/idea.yaml", "contribution: idea", "contribution: ideas")
    change(folder, "flows/lived_story.yaml", "only_if: mood <= 2", "only_if: moood <= 2")
    mistakes = check(folder)
    places = [(mistake.file, mistake.line > 1) for mistake in mistakes]
    assert places == [
        ("flows/idea.yaml", True),
        ("flows/idea.yaml", True),
        ("flows/lived_story.yaml", True),
        ("yousaid.yaml", True),
    ], "\n".join(map(str, mistakes))
    with pytest.raises(BadConfiguration) as bad:
        read_configuration(folder)
    assert bad.value.mistakes == mistakes
    assert str(bad.value).count("\n") == 3


@pytest.mark.parametrize("name", ["yousaid.yaml", "flows/idea.yaml", "flows/lived_story.yaml"])
def test_any_line_may_be_lost(name: str) -> None:
    """Whichever line of the starter is lost, the rest is read or refused, and each mistake lies in the file."""
    files = {path.relative_to(STARTER).as_posix(): path.read_bytes() for path in STARTER.rglob("*.yaml")}
    town = read_configuration(STARTER)
    other = dict.fromkeys(town.languages, "Other")
    known = Known(languages=town.languages, timezones={town.working_time.timezone}, other_text=other)
    lines = files[name].split(b"\n")
    for lost in range(len(lines)):
        left = b"\n".join(lines[:lost] + lines[lost + 1 :])
        result = read_installation({**files, name: left}, known=known)
        if not isinstance(result, Installation):
            assert result
            assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in result)


def test_the_same_flow_twice(folder: Path) -> None:
    """Two files with the same flow are told, by the name of the first one."""
    (folder / "flows" / "zweite.yaml").write_bytes((folder / "flows" / "idea.yaml").read_bytes())
    [mistake] = check(folder)
    assert (mistake.file, "twice" in mistake.cause) == ("flows/zweite.yaml", True)
    assert "flows/idea.yaml" in mistake.remedy


def test_files_that_are_not_there(tmp_path: Path, folder: Path) -> None:
    """A folder without yousaid.yaml, or without a flow, is told so."""
    [mistake] = check(tmp_path / "nowhere")
    assert "There is no yousaid.yaml" in mistake.cause
    for flow in (folder / "flows").iterdir():
        flow.unlink()
    [mistake] = check(folder)
    assert "There is no flow" in mistake.cause


def test_files_that_cannot_be_read(folder: Path) -> None:
    """A folder in place of a file, a file with another ending and one that is too large are told."""
    (folder / "flows" / "a.yaml").mkdir()
    (folder / "flows" / "b.yml").write_text("flow: b", "utf-8")
    (folder / "flows" / "c.yaml").write_bytes(b"x" * 10_000_000)
    causes = {mistake.file: mistake.cause for mistake in check(folder)}
    assert "cannot be read" in causes["flows/a.yaml"]
    assert "would not be read" in causes["flows/b.yml"]
    assert "larger than" in causes["flows/c.yaml"]


def test_init_begins_only_in_an_empty_folder(tmp_path: Path) -> None:
    """A folder that holds something, or a file in its place, is left as it is."""
    (tmp_path / "mine").write_text("mine", "utf-8")
    for taken in (tmp_path, tmp_path / "mine"):
        with pytest.raises(NotEmpty, match="not an empty folder"):
            init(taken)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    (tmp_path / "empty").mkdir()
    init(tmp_path / "empty")
    assert read_configuration(tmp_path / "empty") == read_configuration(STARTER)


def test_reading_is_quick() -> None:
    """The starter is read in a fraction of the two seconds that a start may take."""
    started = time.thread_time()
    read_configuration(STARTER)
    assert time.thread_time() - started < 0.5
