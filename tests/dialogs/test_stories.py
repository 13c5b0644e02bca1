"""Story tests: how they are read and written, how they are played, and what they find."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.tools.testing import through_the_codec
from dialogs.errors import Mistake
from dialogs.flows.session import Session
from dialogs.ids import StepId
from dialogs.stories.nasty import Tried, try_story
from dialogs.stories.reader import read_story
from dialogs.stories.story import Story, Told
from dialogs.stories.writing import write_story
from tests.dialogs.story_flow import EVERYTHING, FLOW, FLOWS, THROUGH_IT_ALL, TOWN, flow_read

TODAY = date(2027, 5, 3)


def read(text: str) -> Story | list[Mistake]:
    """Read a story of the flow that has everything."""
    return read_story(text, file="tests/s.yaml", flows=FLOWS, services=TOWN.installation.services)


def story(text: str = THROUGH_IT_ALL) -> Story:
    """Read a story that has no mistakes."""
    read_ = read(text)
    assert isinstance(read_, Story), "\n".join(map(str, read_))
    return read_


def changed(old: str, new: str) -> str:
    """Change the story that goes through everything."""
    assert old in THROUGH_IT_ALL
    return THROUGH_IT_ALL.replace(old, new, 1)


def tried(one: Story, *, through: Callable[[Session], Session] = through_the_codec) -> Tried:
    """Play a story in every manner."""
    return try_story(one, FLOW, TOWN.scenes, today=TODAY, through=through)


def failing(text: str) -> str:
    """Play a story that fails as it is told, and give the sentences of it."""
    found = tried(story(text))
    assert [failure.manner for failure in found.failures] == ["as told"]
    return " ".join(found.failures[0].sentences)


def test_a_story_comes_to_the_same_end_in_every_manner() -> None:
    """A story through every kind of question passes, however people answer."""
    found = tried(story())
    assert found.failures == ()
    assert found.manners == 12


def test_a_story_is_read_as_it_is_written() -> None:
    """What is written down of a story is read back as the same story."""
    one = story()
    again = story(write_story(one, FLOW))
    assert again == one
    sent = [
        told.parts for told in (one.answers[StepId("words")], again.answers[StepId("words")]) if isinstance(told, Told)
    ]
    assert sent[0] == sent[1]


def test_awkward_words_survive_being_written() -> None:
    """Quotes, colons, line ends and rare characters of an answer come back as they were."""
    name = "a: 'b' # \"c\" \\ \n{d} [e] \x85\u2028\ufeff\U0001f600 skip"
    one = replace(story(), answers={**story().answers, StepId("name"): Told(name)})
    assert story(write_story(one, FLOW)).answers[StepId("name")] == Told(name)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("flow: everything", "flow: everythin", "2:7: There is no flow `everythin`. Did you mean `everything`?"),
        ("  agree: yes", "  agre: yes", "7:3: There is no question `agre` here. Did you mean `agree`?"),
        ("again: no", "again: perhaps", "9:10: `again` takes yes or no, not `perhaps`. Write yes or no."),
        ("again: no", "again: skip", "9:10: `again` cannot be skipped. Write an answer."),
        ("again: no", "better: no", "9:3: There is no question `better` here. It is asked in each item of `visits`."),
        ('{other: "Grey, 2"}', "rd", "10:11: `colour` has no choice `rd`. Did you mean `red`?"),
        ("many: [a, i,", "many: [a, hh,", "11:9: `many` has no choice `hh`. Did you mean `h`?"),
        ("points: 10", "points: ten", "13:11: `points` takes a number, not `ten`. Write digits, such as 5 or 2.5."),
        (
            "when: 2026-05-03",
            "when: May",
            "14:9: `when` takes a date, not `May`. Write such as 2026-12-25, 2026-12 or 2026.",
        ),
        ("[parks, waste]", "[parks, buses]", "16:10: `about` has no service `buses`. Known: parks, streets, waste."),
        ("sound: sample", "sound: hello", "17:10: `sound` takes voice, one or a list of them. Write such as"),
        ("mood: 3", "mod: 3", "21:19: There is no question `mod` here. Did you mean `mood`?"),
        ("ends_at: send", "ends_at: sent", "25:12: The flow does not end at `sent`. Did you mean `send`?"),
        ("asked: [agree,", "asked: [agre,", "24:11: There is no question `agre` here. Did you mean `agree`?"),
        ("language: en", "language: es", "3:11: The flow `everything` does not speak `es`. Known: en, ar."),
        ("greeting: long", "greeting: tall", "5:19: The split `greeting` has no way `tall`. Known: short, long."),
        ("expect:", "expects:", "23:1: There is no key `expects` here. Did you mean `expect`?"),
    ],
)
def test_a_mistake_is_told_at_its_place(old: str, new: str, expected: str) -> None:
    """Each mistake of a story comes with line and column, its cause and a remedy."""
    mistakes = read(changed(old, new))
    assert isinstance(mistakes, list)
    assert [str(mistake).startswith(f"tests/s.yaml:{expected}") for mistake in mistakes] == [True], mistakes


def test_all_mistakes_come_at_once() -> None:
    """An author is told every mistake of a story in one go, in the order of the lines."""
    text = changed("points: 10", "points: ten").replace("  again: no", "  again: 5").replace("test: t", "test: T")
    mistakes = read(text)
    assert isinstance(mistakes, list)
    assert [mistake.line for mistake in mistakes] == [1, 9, 13]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  again: no\n", "", "The flow asks `again`, and the story has no answer to it."),
        ("points: 10", "points: 11", "What the story answers at `points` was not taken."),
        ("ends_at: send", "ends_at: not_agreed", "It ended at `send`, not at `not_agreed`."),
        ("asked: [agree, name,", "asked: [name, agree,", "It asked agree, name, again,"),
        ("contribution: {again: no", "contribution: {again: yes", "`again` came to “no”, not to “yes”."),
        ("[{better: A roof}", "[{better: Boots}", "`visits 1, better` came to “A roof”, not to “Boots”."),
        ("mood: 1, better", "mood: 2, better", "These answers were never asked for: visits 1, better."),
        ("A long hello.", "A short hello.", "It never said “A short hello.”."),
        ("mood: 3}\n", "mood: 3}\n    - {what: Hail}\n", "The flow asks `visits 3, mood`, and the story has no answer"),
        ("when: 2026-05-03", "when: 2026-05-05", "What the story answers at `when` was not taken."),
    ],
)
def test_what_was_not_expected_is_a_plain_sentence(old: str, new: str, expected: str) -> None:
    """A story that comes to something else than expected says where, in a sentence."""
    assert expected in failing(changed(old, new))


def test_a_failure_shows_what_was_said() -> None:
    """The transcript of a failure leads up to the step where it went wrong, with the words of the bot."""
    failure = tried(story(changed("points: 10", "points: 11"))).failures[0]
    assert failure.transcript[-2] == "You: 11"
    assert "Please write a number from 0 to 10." in failure.transcript[-1]


def test_an_early_end_is_an_end() -> None:
    """A story can end at a stop, where nothing is contributed."""
    text = "test: s\nflow: everything\nanswers: {agree: no}\nexpect: {asked: [agree], ends_at: not_agreed}\n"
    assert tried(story(text)).failures == ()
    assert "Nothing was contributed." in failing(text.replace("not_agreed", "not_agreed, contribution: {agree: no}"))


def test_what_is_optional_needs_no_answer() -> None:
    """A question that was added and can be skipped leaves old stories right, where they do not list what is asked."""
    text = THROUGH_IT_ALL.replace("  picture: [{photo: sample}, {photo: sample}]\n", "").replace(
        "  asked:", "  # asked:"
    )
    assert tried(story(text)).failures == ()


def test_each_way_of_a_split_can_be_told() -> None:
    """A story names the way that it takes at a split, and the other one is told otherwise."""
    assert "It never said “A long hello.”." in failing(changed("greeting: long", "greeting: short"))


def test_a_house_that_forgets_is_found() -> None:
    """An answer that does not survive a restart fails the story in the manners that restart, and only there."""

    def forgetting(session: Session) -> Session:
        answers = dict(session.answers)
        if (given := answers.get(StepId("words"))) is not None and given.media:
            answers[StepId("words")] = replace(given, media=())
        return replace(session, answers=answers)

    found = tried(story(), through=forgetting)
    assert {failure.manner for failure in found.failures} == {
        "a restart after every input",
        "back and forth, typing, with restarts",
    }
    assert "`words` came to" in found.failures[0].sentences[0]


def test_a_label_that_cannot_be_typed_is_found() -> None:
    """A choice whose label is a word of the engine can be pressed and not typed, and the story says so."""
    flow = flow_read(
        EVERYTHING.replace("{id: red, text: {en: Red, ar: أحمر}}", "{id: red, text: {en: Back, ar: أحمر}}")
    )
    one = story(changed('{other: "Grey, 2"}', "red").replace("says: [A long hello.]", ""))
    found = try_story(one, flow, TOWN.scenes, today=TODAY, through=through_the_codec)
    assert "typing only" in {failure.manner for failure in found.failures}
    assert "in ar, typing" not in {failure.manner for failure in found.failures}
