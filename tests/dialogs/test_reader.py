"""Flows as authors write them: what is read, and how every mistake is told."""

import pickle
from dataclasses import replace
from datetime import date

import pytest

from dialogs.errors import Mistake
from dialogs.flows.conditions import holds
from dialogs.flows.flow import Ask, Flow, Group, Kind, Stop
from dialogs.flows.reader import Around, read_flow
from dialogs.ids import Language, ServiceId, StepId

LANGUAGES = (Language("en"), Language("es"))
SERVICES = (ServiceId("parks"), ServiceId("home_care"))
OTHER = {Language("en"): "Something else", Language("es"): "Otra cosa"}

GOOD = """\
flow: story
contribution: story
service: parks      # a comment behind an id is fine
languages: [en, es]
title: {en: Tell, es: Contar}
steps:
  - ask: consent
    kind: yes_no
    text: {en: May we?, es: ¿Podemos?}
    why: {en: We ask first., es: Primero preguntamos.}
  - stop: no_consent
    only_if: not consent
    text: {en: Fine., es: Bien.}
  - ask: role
    kind: choice
    text: {en: Who are you?, es: ¿Quién eres?}
    choices:
      - {id: family, text: {en: Family, es: Familia}}
      - {id: worker, text: {en: Worker, es: Personal}}
      - other: true
  - group: carer
    only_if: role == 'family'
    steps:
      - ask: hours
        kind: number
        min: 0
        max: 168
        optional: yes
        text: {en: Hours?, es: ¿Horas?}
  - ask: mood
    kind: scale
    from: 1
    to: 5
    text: {en: How was it?, es: ¿Cómo fue?}
  - ask: better
    kind: text
    only_if: "mood <= 2"
    min_length: 3
    max_length: 300
    text: {en: "You said {mood}. What would help?", es: "Dijiste {mood}. ¿Qué ayudaría?"}
  - review: check
  - submit: send
    text: {en: "Thanks, {reference}.", es: "Gracias, {reference}."}
"""


def read(source: str) -> Flow | list[Mistake]:
    return read_flow(source, file="flows/story.yaml", around=Around(LANGUAGES, SERVICES, OTHER), parts={})


def good() -> Flow:
    flow = read(GOOD)
    assert isinstance(flow, Flow), flow
    return flow


def ask(id: str) -> Ask:
    step = good().by_id[StepId(id)]
    assert isinstance(step, Ask)
    return step


def test_head() -> None:
    """The head of a flow is read as written, and the source is kept with its hash."""
    flow = good()
    assert (flow.id, flow.contribution, flow.services, flow.languages) == ("story", "story", ("parks",), LANGUAGES)
    assert flow.source == GOOD
    assert len(flow.sha256) == 64


def test_steps() -> None:
    """Steps keep their order, and every one is found by its id, also inside a group."""
    flow = good()
    assert [step.id for step in flow.steps] == [
        "consent", "no_consent", "role", "carer", "mood", "better", "check", "send",
    ]  # fmt: skip
    group = flow.by_id[StepId("carer")]
    assert isinstance(group, Group)
    assert group.steps == (flow.by_id[StepId("hours")],)


def test_questions() -> None:
    """Bounds, lengths, help and choices of a question arrive typed."""
    assert (ask("hours").low, ask("hours").high, ask("hours").optional) == (0, 168, True)
    assert (ask("mood").kind, ask("mood").low, ask("mood").high) == (Kind.SCALE, 1, 5)
    assert (ask("better").min_length, ask("better").max_length) == (3, 300)
    assert ask("consent").why == {"en": "We ask first.", "es": "Primero preguntamos."}
    assert [(choice.id, choice.other) for choice in ask("role").choices] == [
        ("family", False),
        ("worker", False),
        ("other", True),
    ]
    assert ask("role").choices[2].text == OTHER


def test_conditions() -> None:
    """Conditions are compiled over the questions before them."""
    stop = good().by_id[StepId("no_consent")]
    assert isinstance(stop, Stop)
    assert stop.only_if is not None
    assert holds(stop.only_if, {StepId("consent"): False}, today=date(2027, 5, 3))
    assert stop.only_if is not None


def test_survives_pickling() -> None:
    """A flow is a value that can be written out and read back."""
    assert pickle.loads(pickle.dumps(good())) == good()
    assert replace(good(), contribution="idea") != good()


# What to change in the good flow, into what; then line, column, cause and remedy that must be told.
MISTAKES = [
    ("flow: story", "flow: Story", 1, 7, "`flow` cannot be `Story`", "a-z"),
    ("flow: story", "flow: a_story_that_never_comes_to_an_end", 1, 7, "longer than 24", "Shorten"),
    ("flow: story\n", "", 1, 1, "`flow` is missing", "Add `flow:`"),
    ("contribution: story", "contribution: storry", 2, 15, "cannot be `storry`", "Did you mean `story`?"),
    ("contribution:", "contributions:", 2, 1, "no key `contributions`", "Did you mean `contribution`?"),
    ("service: parks", "service: park", 3, 10, "no service `park`", "Did you mean `parks`?"),
    ("service: parks", "services: [parks, homecare]", 3, 19, "no service `homecare`", "`home_care`"),
    ("service: parks", "service: any", 1, 1, "which service", "`services`"),
    ("service: parks", "service:", 3, 9, "`service` has no value", "leave the key out"),
    ("service: parks      # a comment behind an id is fine\n", "", 1, 1, "`service` is missing", "any"),
    ("languages: [en, es]", "languages: [en, fr]", 4, 17, "language `fr`", "en, es"),
    ("languages: [en, es]", "languages: en", 4, 12, "`languages` must be a list", "- "),
    ("languages: [en, es]", "remind_after: [1 dya]", 4, 16, "cannot be `1 dya`", "14 days"),
    ("{en: Tell, es: Contar}", "{en: Tell}", 5, 8, "no text in `es`", "Add `es: …`"),
    ("{en: Tell, es: Contar}", "{en: Tell, es: Contar, fr: Dire}", 5, 31, "`fr` is not one", "Known: en, es"),
    ("{en: Tell, es: Contar}", "Tell", 5, 8, "text in each language", "{en: …, es: …}"),
    ("{en: Tell, es: Contar}", "{en: " + "T" * 61 + ", es: Contar}", 5, 13, "61 characters; 60 fit", "Shorten"),
    ("{en: Tell, es: Contar}", '{en: " ", es: Contar}', 5, 13, "empty text", "Write something"),
    ("ask: consent", "ask: Consent me", 7, 10, "cannot be `Consent me`", "a-z"),
    ("ask: consent", "aks: consent", 7, 5, "has no verb", "Did you mean `ask`?"),
    ("ask: consent", "repeat: consent", 7, 5, "`max` is missing", "Add `max:`"),
    ("    kind: yes_no", "    kind: yesno", 8, 11, "cannot be `yesno`", "Did you mean `yes_no`?"),
    ("    kind: yes_no", "    kind: photo", 12, 18, "not yes or no", "count"),
    ("    kind: yes_no", "    kind: yes_no\n    optinal: true", 9, 5, "no key `optinal`", "`optional`"),
    ("    kind: yes_no", "    kind: yes_no\n    optional: maybe", 9, 15, "not `maybe`", "true or false"),
    ("    kind: yes_no", "    kind: yes_no\n    kind: text", 9, 5, "here twice", "line 8"),
    ("    kind: yes_no", "    kind: yes_no\n    min: 3", 9, 5, "does not fit the kind `yes_no`", "number"),
    ("    kind: yes_no", "    kind: yes_no\n    say: hello", 9, 5, "two verbs", "two steps"),
    ("    kind: yes_no\n", "", 7, 5, "`kind` is missing", "Add `kind:`"),
    ("en: May we?", "en: May we use line #5?", 9, 16, "cut at `#`", "quotes"),
    ("{en: May we?, es: ¿Podemos?}", "\n      en: May we #5?\n      es: ¿?", 10, 11, "cut at `#`", "quotes"),
    ("en: May we?", "en: " + "a" * 3501, 9, 16, "3,501 characters; 3,500 fit", "Shorten"),
    ("en: May we?", 'en: "May {we}?"', 9, 16, "`{we}` cannot be filled: no question", "Take it out"),
    ("only_if: not consent", "only_if: not concent", 12, 18, "no question `concent`", "`consent`"),
    ("only_if: not consent", "only_if: not mood", 12, 18, "does not come before", "Move it up"),
    ("only_if: not consent", "only_if: consent == 3", 12, 25, "never equals", "like with like"),
    ("only_if: not consent", "keep: all", 12, 11, "cannot be `all`", "nothing"),
    ("ask: role", "ask: consent", 14, 10, "id `consent` is here twice", "line 7"),
    ("ask: role", "ask: answered", 14, 10, "a meaning of its own", "the_answered"),
    ("{id: family, text", "{id: worker, text", 19, 9, "choice `worker` is here twice", "line 18"),
    ("{id: family, text", "{id: Family, text", 18, 14, "cannot be `Family`", "a-z"),
    ("{id: family, text", "{id: other, text", 18, 14, "`other` is taken", "other: true"),
    ("{id: family, text", "{text", 18, 9, "no `id`", "Add `id:`"),
    ("es: Familia", "es: Personal", 19, 45, "the same text", "apart"),
    ("- other: true", "- {other: true, id: x}", 20, 9, "stands alone", "Take"),
    ("      - {id: worker, text: {en: Worker, es: Personal}}\n      - other: true\n", "", 18, 7, "2 to 50", "Add"),
    ("only_if: role == 'family'", "only_if: role == 'famly'", 22, 22, "no choice `famly`", "`family`"),
    ("min: 0", "min: 200", 26, 14, "greater than `max`", "Swap"),
    ("min: 0", "min: none", 26, 14, "must be a number, not `none`", "digits"),
    ("    to: 5\n", "", 30, 5, "no `to`", "`to: 5`"),
    ("to: 5", "to: 1", 32, 11, "not less than `to`", "Swap"),
    ("to: 5", "to: 50", 33, 9, "at most 11 points", "`number`"),
    ('only_if: "mood <= 2"', "only_if: \"mood <= '2'\"", 37, 23, "compares numbers", "=="),
    ("min_length: 3\n", "min_length: 301\n", 38, 17, "greater than `max_length`", "Swap"),
    ("min_length: 3\n", "min_length: few\n", 38, 17, "whole number, not `few`", "digits"),
    ("max_length: 300", "accept: [text, voice]", 39, 5, "does not fit the kind `text`", "long_text"),
    ("Dijiste {mood}.", "Dijiste eso.", 40, 57, "do not have the same placeholders", "every language"),
    ("You said {mood}.", "You said {modo}.", 40, 16, "`{modo}` cannot be filled", "Did you mean `mood`?"),
    ("You said {mood}.", "You said {mood.x}.", 40, 16, "is not a placeholder", "earlier question"),
    ("  - review: check\n", "  - review: check\n    label: x\n", 42, 5, "no key `label`", "Known"),
    ("Thanks, {reference}.", "Thanks, {referense}.", 43, 16, "cannot be filled", "`reference`"),
    ("  - submit: send\n", "  - say: send\n", 6, 1, "no `submit`", "end"),
    ("  - submit: send\n", "  - submit: send\n    only_if: consent\n", 42, 5, "can come to the end", "no `only_if`"),
    ("    only_if: not consent\n", "", 13, 5, "Nobody reaches this step", "take it out"),
    ("  - review: check\n", "  - stop: check\n    text: {en: a, es: b}\n", 43, 5, "Nobody reaches", "Move"),
    ("  - review: check\n", "  - just a text\n", 41, 5, "A step must have keys", "- ask:"),
    ("steps:\n", "steps: []\nx:\n", 6, 8, "`steps` is empty", "Add a step"),
    ("{en: Fine., es: Bien.}", "{en: Fine., es: *bien}", 13, 27, "Aliases", "quotes"),
    ("{en: Fine., es: Bien.}", "{en: Fine., es: !bien Bien}", 13, 27, "Tags", "quotes"),
    ("{en: Fine., es: Bien.}", "{en: Fine., es: @bien}", 13, 27, "cannot begin with `@`", "quotes"),
    ("{en: Fine., es: Bien.}", "{en: Fine., es: Bien.", 13, 11, "not closed", "Close it"),
    ("    text: {en: Fine.", "\ttext: {en: Fine.", 13, 1, "a tab", "spaces"),
]


@pytest.mark.parametrize(("old", "new", "line", "column", "cause", "remedy"), MISTAKES)
def test_mistake(old: str, new: str, line: int, column: int, cause: str, remedy: str) -> None:
    """A mistake is told at its line and column, with its cause and its remedy."""
    assert old in GOOD
    mistakes = read(GOOD.replace(old, new, 1))
    assert isinstance(mistakes, list)
    told = [m for m in mistakes if (m.line, m.column) == (line, column) and cause in m.cause and remedy in m.remedy]
    assert told, "\n".join(map(str, mistakes))


TEN = {
    "contribution: story": "contribution: storry",
    "service: parks": "service: park",
    "{en: Tell, es: Contar}": "{en: Tell}",
    "kind: yes_no": "kind: yes_no\n    optinal: true",
    "only_if: not consent": "only_if: not concent",
    "{id: family, text": "{id: Family, text",
    "min: 0": "min: 200",
    "to: 5": "to: 1",
    "Dijiste {mood}.": "Dijiste {humor}.",
    "Thanks, {reference}.": "Thanks, {referense}.",
}


def test_ten_mistakes_at_once() -> None:
    """A file with ten mistakes is told all ten, from top to bottom, and none that only follow from them."""
    source = GOOD
    for old, new in TEN.items():
        source = source.replace(old, new, 1)
    mistakes = read(source)
    assert isinstance(mistakes, list)
    assert mistakes == sorted(mistakes)
    lines = {mistake.line for mistake in mistakes}
    assert lines == {2, 3, 5, 9, 13, 19, 27, 33, 41, 44}, "\n".join(map(str, mistakes))


def test_unknown_town() -> None:
    """While languages and services are not known, because their own file is wrong, they are not checked."""
    flow = read_flow(GOOD, file="x", around=Around((), (), OTHER), parts={})
    assert isinstance(flow, Flow)


def test_norwegian() -> None:
    """The language ``no`` is a language and not a boolean."""
    source = GOOD.replace(" es:", " no:").replace("[en, es]", "[en, no]")
    flow = read_flow(source, file="x", around=Around((Language("en"), Language("no")), SERVICES, OTHER), parts={})
    assert isinstance(flow, Flow)
    assert flow.title == {"en": "Tell", "no": "Contar"}


def test_group_that_always_shows_ends_the_flow() -> None:
    """A submit inside a group without condition is an end for everybody."""
    head, _, tail = GOOD.partition("  - review: check\n")
    nested = "".join(f"    {line}\n" for line in tail.splitlines())
    flow = read(f"{head}  - group: last\n    steps:\n      - review: check\n{nested}")
    assert isinstance(flow, Flow), flow
