"""`yousaid try`: a flow at the terminal, its words and its end, and what it saves."""

import argparse
import io
import shutil
from pathlib import Path

import pytest

from bot.settings import STARTER
from bot.tools import testing, trying

Output = pytest.CaptureFixture[str]
Variables = pytest.MonkeyPatch


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Variables) -> Path:
    """A folder with a copy of the starter's town, which is the one that is set."""
    made = Path(shutil.copytree(STARTER, tmp_path / "town", ignore=shutil.ignore_patterns("tests")))
    monkeypatch.setenv("YOUSAID_CONFIG", str(made))
    return made


class Terminal:
    """Somebody who writes line after line, and reads what comes."""

    def __init__(self, monkeypatch: Variables, capsys: Output) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.out = self.err = ""

    def play(self, *lines: str, flow: str = "idea", lang: str | None = None, save: str | None = None) -> int:
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        status = trying.run(argparse.Namespace(flow=flow, lang=lang, save=save))
        self.out, self.err = self._capsys.readouterr()
        return status


@pytest.fixture
def terminal(folder: Path, monkeypatch: Variables, capsys: Output) -> Terminal:
    """A terminal in front of the town."""
    assert folder.is_dir()
    return Terminal(monkeypatch, capsys)


IDEA = ("1", "A bench in the shade, please.", "done", "skip", "4", "I visit my sister", "send")
STORY = (
    *("1", "[2]", "40", "She came home on a Friday evening.", "/voice", "done", "/back", "keep", "2026-03"),
    *("I called", "5", "1", "A real number", "2", "/photo", "done", "help", "[1]", "1"),
)


def test_an_idea_is_told_to_its_end(terminal: Terminal) -> None:
    """Somebody tells an idea, and sees what the team reads, what happens next, and what they themselves are told."""
    assert terminal.play(*IDEA) == 0
    assert "Bot: Good that you are here." in terminal.out
    assert "     [1] Parks and playgrounds\n     [2] Streets and pavements\n" in terminal.out
    assert "What is your idea?" in terminal.out
    end = terminal.out.partition("--- What the team reads\n")[2]
    assert "\n     A bench in the shade, please.\n" in end
    assert "What is your link to Riverton?\n     I visit my sister\n" in end
    assert "Parks and streets get it as: 💡 idea, Parks and playgrounds, Citizen " in end
    assert "The person is promised news by " in end
    assert "they are asked whether it worked: 14 days later." in end
    assert "Thank you! Your idea is now with the team." in end


def test_what_is_saved_passes_as_a_story(folder: Path, terminal: Terminal, capsys: Output) -> None:
    """The answers are saved by the ids of their questions, with what was asked, and `yousaid test` passes them."""
    assert terminal.play(*STORY, flow="lived_story", save="played_here") == 0
    assert f"Saved as {folder}/tests/played_here.yaml." in terminal.out
    written = (folder / "tests/played_here.yaml").read_text("utf-8").splitlines()
    del written[3]
    assert written == [
        "test: played_here",
        "flow: lived_story",
        "language: en",
        "answers:",
        "  consent: yes",
        "  role: family",
        "  hours_per_week: 40",
        '  story: ["She came home on a Friday evening.", {voice: sample}]',
        "  when: 2026-03",
        "  journey:",
        '    - {what: "I called", touched: home_care, mood: 1, better: "A real number"}',
        "  photo: {photo: sample}",
        "expect:",
        "  asked: [consent, role, hours_per_week, story, when, journey, photo]",
        "  ends_at: send",
        "  unused_answers: none",
    ]
    assert testing.run(argparse.Namespace(folder=folder)) == 0
    assert "✓ played_here (lived_story, played 16 times)" in capsys.readouterr().out


def test_an_early_end_can_be_saved(folder: Path, terminal: Terminal) -> None:
    """Who is told that nothing is kept still leaves a story for the test."""
    assert terminal.play("no", flow="lived_story", save="says_no") == 0
    assert "That is fine. Nothing was kept." in terminal.out
    assert "ends_at: no_consent" in (folder / "tests/says_no.yaml").read_text("utf-8")


def test_the_words_that_work_everywhere_work_here(terminal: Terminal) -> None:
    """Another language, the status and a pause are answered as in the real chat."""
    terminal.play("language", "3", "status", "pause", "/quit")
    assert "Which language shall we speak?" in terminal.out
    assert "     [1] English  [2] Español\n     [3] Français" in terminal.out
    assert "     [7] Bibliothèque\n" in terminal.out
    assert terminal.out.endswith("That is all. Nothing was kept.\n")


def test_a_number_can_be_an_answer(terminal: Terminal) -> None:
    """Where a number is asked for, 2 is the answer, and [2] is the second button."""
    terminal.play("yes", "2", "2", "/quit", flow="lived_story")
    assert "Tell us what happened" in terminal.out
    terminal.play("yes", "2", "[2]", "/quit", flow="lived_story")
    assert "Tell us what happened" not in terminal.out


def test_a_place_is_two_numbers(terminal: Terminal) -> None:
    """A place that is written in another way gets an example."""
    terminal.play("/place somewhere", "/place 40.7 -74.0")
    assert "Write it such as: /place 40.7 -74.0" in terminal.out
    assert "I cannot use that for this question." in terminal.out


@pytest.mark.parametrize("lines", [(), ("/quit",), ("1", "", "A bench")])
def test_it_ends_kindly(terminal: Terminal, lines: tuple[str, ...]) -> None:
    """The end of the input is an end like any other."""
    assert terminal.play(*lines) == 0
    assert terminal.out.endswith("That is all. Nothing was kept.\n")


def test_nothing_is_saved_of_half_a_conversation(folder: Path, terminal: Terminal) -> None:
    """Somebody who stops in the middle, or cancels, is told that there is nothing to save."""
    assert terminal.play("1", "/quit", save="half") == 1
    assert terminal.play("1", "cancel", "yes", save="half") == 1
    assert "There is nothing to save" in terminal.err
    assert not (folder / "tests").exists()


@pytest.mark.parametrize(
    ("flow", "lang", "save", "expected"),
    [
        ("idae", None, None, "There is no flow idae. Did you mean `idea`?"),
        ("idea", "de", None, "The flow idea does not speak de. Known: en, es, fr, ar."),
        ("idea", None, "../out", "A story cannot be called ../out."),
        ("idea", None, "there", "is there already. Choose another name, or take it away."),
    ],
)
def test_what_cannot_be_is_refused(
    folder: Path, terminal: Terminal, flow: str, lang: str | None, save: str | None, expected: str
) -> None:
    """An unknown flow, language or name of a story is refused in a sentence, before anything is asked."""
    (folder / "tests").mkdir()
    (folder / "tests/there.yaml").write_text("test: there", "utf-8")
    assert terminal.play(flow=flow, lang=lang, save=save) == 1
    assert expected in terminal.err
    assert terminal.out == ""
