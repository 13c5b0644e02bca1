"""A flow with every kind of question, and a story through all of it."""

from bot.configuration import load_voices, read_configuration
from bot.settings import STARTER
from dialogs.flows.flow import Flow
from dialogs.flows.reader import Around, read_flow
from dialogs.ids import FlowId
from dialogs.town import Town

TOWN = Town(read_configuration(STARTER), load_voices())

EVERYTHING = """\
flow: everything
contribution: report
services: [parks, streets, waste]
languages: [en, ar]
title: {en: All, ar: كل}
split: {greeting: [short, long]}
steps:
  - say: hello
    only_if: greeting == 'long'
    text: {en: A long hello., ar: مرحبا طويلة.}
  - ask: agree
    kind: yes_no
    text: {en: Do you agree?, ar: هل توافق؟}
  - stop: not_agreed
    only_if: not agree
    text: {en: That is fine., ar: لا بأس.}
  - ask: name
    kind: text
    optional: true
    text: {en: Who are you?, ar: من أنت؟}
  - ask: again
    kind: yes_no
    prefill: agree
    text: {en: "Really, {name}?", ar: "حقا يا {name}؟"}
  - ask: colour
    kind: choice
    text: {en: Which colour?, ar: أي لون؟}
    choices:
      - {id: red, text: {en: Red, ar: أحمر}}
      - {id: two, text: {en: "2", ar: "2"}}
      - {id: blue, text: {en: "Blue, or nearly so", ar: "أزرق، أو يكاد"}}
      - other: true
  - ask: many
    kind: choices
    min: 2
    text: {en: Which ones?, ar: أيها؟}
    choices:
      - {id: a, text: {en: "Ants, bees", ar: "نمل، نحل"}}
      - {id: b, text: {en: Birds, ar: طيور}}
      - {id: c, text: {en: Cats, ar: قطط}}
      - {id: d, text: {en: Dogs, ar: كلاب}}
      - {id: e, text: {en: Eels, ar: أنقليس}}
      - {id: f, text: {en: Fish, ar: سمك}}
      - {id: g, text: {en: Goats, ar: ماعز}}
      - {id: h, text: {en: Hens, ar: دجاج}}
      - {id: i, text: {en: Ibexes, ar: وعول}}
      - other: true
  - ask: number
    kind: number
    text: {en: How many?, ar: كم؟}
    after_wrong: {then: human}
  - ask: points
    kind: scale
    from: 0
    to: 10
    text: {en: How good?, ar: كم هو جيد؟}
  - ask: when
    kind: date
    prefill: today
    text: {en: When?, ar: متى؟}
    check: {must: when <= today(), else: {en: Not yet., ar: ليس بعد.}}
  - ask: where
    kind: location
    text: {en: Where?, ar: أين؟}
  - ask: about
    kind: services
    text: {en: What about?, ar: عن ماذا؟}
  - ask: sound
    kind: voice
    text: {en: Say it., ar: قلها.}
  - ask: picture
    kind: photo
    max: 3
    optional: true
    text: {en: Show it., ar: أرنا.}
  - repeat: visits
    min: 0
    max: 3
    item: {en: "Visit {n}", ar: "زيارة {n}"}
    add_first: {en: Was there any?, ar: هل كانت هناك زيارة؟}
    add_another: {en: Another one?, ar: هل من أخرى؟}
    steps:
      - ask: what
        kind: text
        text: {en: "What, at {n}?", ar: "ماذا في {n}؟"}
      - ask: mood
        kind: scale
        from: 1
        to: 3
        text: {en: How?, ar: كيف؟}
      - ask: better
        kind: text
        only_if: mood == 1
        text: {en: "What was wrong with {what}?", ar: "ما خطب {what}؟"}
  - ask: words
    kind: long_text
    accept: [text, photo, voice]
    min_length: 5
    prefill: So it was.
    text: {en: Tell us., ar: أخبرنا.}
  - review: look
  - submit: send
    text: {en: "Thank you: {reference}.", ar: "شكرا: {reference}."}
"""

THROUGH_IT_ALL = """\
test: through_it_all
flow: everything
language: en
today: 2026-05-04
split: {greeting: long}
answers:
  agree: yes
  name: "Ana\\nof \\"Old\\" Town"
  again: no
  colour: {other: "Grey, 2"}
  many: [a, i, {other: newts}]
  number: {as_written: lots}
  points: 10
  when: 2026-05-03
  where: 40.712 -74.006
  about: [parks, waste]
  sound: sample
  picture: [{photo: sample}, {photo: sample}]
  visits:
    - {what: Rain, mood: 1, better: A roof}
    - {what: Sun, mood: 3}
  words: [First this., {voice: sample}, Then that., {photo: sample}]
expect:
  asked: [agree, name, again, colour, many, number, points, when, where, about, sound, picture, visits, words]
  ends_at: send
  unused_answers: none
  contribution: {again: no, where: "40.713, -74.009", visits: [{better: A roof}, {mood: 3}]}
  says: [A long hello.]
"""


def flow_read(source: str = EVERYTHING) -> Flow:
    """Read a flow."""
    around = Around(
        languages=TOWN.installation.languages,
        services=tuple(TOWN.installation.services),
        other_text={voice.language: voice("choice.other") for voice in TOWN.voices.values()},
    )
    flow = read_flow(source, file="flow.yaml", around=around, parts={})
    assert isinstance(flow, Flow), "\n".join(map(str, flow))
    return flow


FLOW = flow_read()
FLOWS = {FlowId("everything"): FLOW}
