"""Flows as drawings: each kind of step, every fork, and labels that Mermaid cannot misread."""

import re

import pytest

from dialogs.flows.drawing import draw
from dialogs.flows.flow import Flow, Part
from dialogs.flows.reader import Around, read_flow, read_part
from dialogs.ids import Language, ServiceId, StepId

EN, FR = Language("en"), Language("fr")
AROUND = Around((EN, FR), (ServiceId("home"),), {EN: "Something else", FR: "Autre chose"})
HEAD = """\
flow: story
contribution: story
service: home
title: {en: Tell us, fr: Racontez}
steps:
"""
SUBMIT = "  - submit: send\n    text: {en: Thank you., fr: Merci.}\n"
START = ["flowchart TD", '    start(["Tell us"])']
ASK = "  - ask: name\n    kind: text\n    text: {en: Name?, fr: Nom ?}\n"
SENT = '    step_send(["send (submit)<br/>Thank you."])'


def read(steps: str, parts: dict[StepId, Part] | None = None) -> Flow:
    """Read a flow of some steps and a submit."""
    asked = "" if "ask:" in steps or parts else ASK
    flow = read_flow(HEAD + asked + steps + SUBMIT, file="story.yaml", around=AROUND, parts=parts or {})
    assert isinstance(flow, Flow), flow
    return flow


def drawn(steps: str) -> list[str]:
    return draw(read(steps), EN).splitlines()


def test_steps_follow_each_other() -> None:
    """What is said, asked and looked over is a node each, in the order of the chat."""
    steps = """\
  - say: hello
    text: {en: Hello., fr: Bonjour.}
  - ask: name
    kind: text
    optional: true
    text: {en: What is it called?, fr: Comment ?}
  - review: look
"""
    assert drawn(steps) == [
        *START,
        '    step_hello[/"hello<br/>Hello."/]',
        '    step_name["name (text, optional)<br/>What is it called?"]',
        '    step_look["look (review)"]',
        SENT,
        "    start --> step_hello",
        "    step_hello --> step_name",
        "    step_name --> step_look",
        "    step_look --> step_send",
    ]


def test_a_condition_is_a_fork_around_its_step() -> None:
    """A step with a condition is reached by yes and passed by else; a stop leads nowhere."""
    steps = """\
  - ask: consent
    kind: yes_no
    text: {en: May we?, fr: Pouvons-nous ?}
  - stop: no_consent
    only_if: not consent
    text: {en: Fine., fr: Bien.}
"""
    assert drawn(steps) == [
        *START,
        '    step_consent["consent (yes_no)<br/>May we?"]',
        '    if_no_consent{"not consent"}',
        '    step_no_consent(["no_consent (stop)<br/>Fine."])',
        SENT,
        "    start --> step_consent",
        "    step_consent --> if_no_consent",
        '    if_no_consent -->|"yes"| step_no_consent',
        '    if_no_consent -->|"else"| step_send',
    ]


def test_a_group_is_a_frame_that_its_condition_goes_around() -> None:
    """A group stands in a frame; from the end of it and from past it the way leads on, through conditions in a row."""
    steps = """\
  - ask: age
    kind: number
    text: {en: Age?, fr: Âge ?}
  - group: old
    only_if: age >= 65
    steps:
      - ask: pension
        kind: yes_no
        only_if: age > 70
        text: {en: Pension?, fr: Retraite ?}
"""
    assert drawn(steps)[3:] == [
        '    if_old{"age #62;= 65"}',
        '    subgraph in_old["old"]',
        '        if_pension{"age #62; 70"}',
        '        step_pension["pension (yes_no)<br/>Pension?"]',
        "    end",
        SENT,
        "    start --> step_age",
        "    step_age --> if_old",
        '    if_old -->|"yes"| if_pension',
        '    if_pension -->|"yes"| step_pension',
        "    step_pension --> step_send",
        '    if_pension -->|"else"| step_send',
        '    if_old -->|"else"| step_send',
    ]


REPEAT = """\
  - repeat: journey
    min: {least}
    max: {most}
    item: {{en: "Step {{n}}", fr: "Étape {{n}}"}}
    add_another: {{en: Was there another step?, fr: Une autre ?}}{first}
    steps:
      - ask: what
        kind: text
        text: {{en: What happened?, fr: Quoi ?}}
"""
FIRST = "\n    add_first: {en: Was there a step?, fr: Une étape ?}"


def test_a_repeat_asks_for_another_and_goes_round() -> None:
    """After the steps of an item comes the question for another: yes leads back, no leads on."""
    assert drawn(REPEAT.format(least=1, most=8, first=""))[2:] == [
        '    subgraph in_journey["journey (1 to 8 times)"]',
        '        step_what["what (text)<br/>What happened?"]',
        '        more_journey{"another?<br/>Was there another step?"}',
        "    end",
        SENT,
        "    start --> step_what",
        "    step_what --> more_journey",
        '    more_journey -->|"yes"| step_what',
        '    more_journey -->|"no"| step_send',
    ]


def test_a_repeat_that_may_be_empty_asks_first() -> None:
    """Where there need not be any item, the question stands before the steps."""
    lines = drawn(REPEAT.format(least=0, most=3, first=FIRST))
    assert [line.strip() for line in lines if "-->" in line] == [
        "start --> more_journey",
        'more_journey -->|"yes"| step_what',
        "step_what --> more_journey",
        'more_journey -->|"no"| step_send',
    ]


@pytest.mark.parametrize(("times", "back"), [(1, []), (3, ['step_what -->|"next one"| step_what'])])
def test_a_repeat_of_a_fixed_number_asks_nothing(times: int, back: list[str]) -> None:
    """With as many items as there must be, nobody asks for another."""
    lines = drawn(REPEAT.format(least=times, most=times, first=""))
    edges = [line.strip() for line in lines if "-->" in line]
    assert edges == ["start --> step_what", *back, "step_what --> step_send"]


def test_a_part_is_drawn_where_it_is_used() -> None:
    """The steps of a part stand in a frame of their own."""
    part = read_part(
        "part: about_you\nsteps:\n  - ask: age\n    kind: number\n    text: {en: Age?, fr: Âge ?}\n",
        file="parts/about_you.yaml",
        around=AROUND,
    )
    assert isinstance(part, Part), part
    lines = draw(read("  - use: about_you\n", {part.id: part}), EN).splitlines()
    assert lines[2:5] == [
        '    subgraph in_about_you["about_you"]',
        '        step_age["age (number)<br/>Age?"]',
        "    end",
    ]


def test_a_label_is_short_safe_and_in_the_language() -> None:
    """A long text is cut to 40, what Mermaid would read is escaped, and the language is the one that was asked for."""
    nasty = 'He said: "end]" #1 <b>`{x}|</b> & so on and on and on'
    steps = f"  - say: end\n    text:\n      en: '{nasty}'\n      fr: Fin.\n".replace("{x}", "(x)")
    label = next(line for line in drawn(steps) if "step_end" in line and "-->" not in line)
    assert label == (
        '    step_end[/"end<br/>He said: #34;end#93;#34; #35;1 #60;b#62;#96;(x)#124;#60;/b#62; #38; so on…"/]'
    )
    assert re.fullmatch(r'    step_end\[/"[^"]*"/\]', label)
    assert "Fin." in draw(read(steps), FR)


def test_the_same_flow_is_drawn_the_same() -> None:
    """Nothing in a drawing is left to chance."""
    steps = REPEAT.format(least=1, most=8, first="")
    assert draw(read(steps), EN) == draw(read(steps), EN)
