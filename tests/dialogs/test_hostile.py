"""Files that mean no good: each is refused, or read where it is right, at once and without a crash."""

import random
import time
from collections.abc import Callable

import pytest

from dialogs.errors import Mistake
from dialogs.flows.flow import Flow, Part
from dialogs.flows.reader import Around, read_flow, read_part
from dialogs.ids import Language, ServiceId
from dialogs.installation import Installation
from dialogs.installation_reader import Known, read_installation
from dialogs.yaml_tree import MOST_MISTAKES, decode

LONGEST_S = 0.25
EN, PARKS = Language("en"), ServiceId("parks")
HEAD = "flow: x\ncontribution: idea\nservice: parks\ntitle: {en: T}\nsteps:\n"
END = "- {submit: send, text: {en: Bye}}\n"

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 12))

# Ids that all look alike, which makes guessing what was meant expensive.
DICE = random.Random(3)
ALIKE = ["a" + "".join(DICE.choices("abcdefgh_", k=23)) for _ in range(1000)]
QUOTED = "'" + "".join(f"{{{id}}}" for id in ALIKE[900:960]) + "'"


def flow(*steps: str) -> bytes:
    """Make a flow of steps that are written in braces."""
    return (HEAD + "".join(f"- {{{step}}}\n" for step in steps) + END).encode()


def asked(id: str, more: str = "") -> str:
    """Make a question."""
    return f"ask: {id}, kind: number, text: {{en: T}}{more}"


def said(only_if: str) -> str:
    """Make a step with a condition."""
    return f"say: s, text: {{en: T}}, only_if: '{only_if}'"


# What YAML itself offers.
YAML: dict[str, bytes] = {
    "alias bomb": BOMB.encode(),
    "alias to itself": b"a: &a [*a]",
    "ten thousand aliases": b"a: &a x\nb: [" + b"*a, " * 9900 + b"]",
    "merge doubling": b"a: &a {x: 1}\n" + b"".join(b"k%d: {<<: *a}\n" % place for place in range(500)),
    "merge without alias": b"flow: story\n<<: {title: x}",
    "depth of lists": b"[" * 5000,
    "depth of tables": b"{a: " * 5000,
    "depth of blocks": "\n".join(" " * depth + "a:" for depth in range(600)).encode(),
    "depth of dashes": b"- " * 5000,
    "depth of questions": b"? " * 5000,
    "many values": b"- a\n" * 25_000,
    "many keys": b"".join(b"k%d: v\n" % place for place in range(4900)),
    "many wrong steps": b"steps:\n" + b"- {aks: a}\n" * 3300,
    "many wrong keys in a step": b"steps:\n- ask: a\n" + b"".join(b"  optinal%d: v\n" % place for place in range(4900)),
    "many languages": b"title:\n" + b"".join(b"  l%d: '{x}'\n" % place for place in range(4900)),
    "many placeholders": b"title: {en: '" + b"{a}{b} " * 30_000 + b"'}",
    "many braces": b"title: {en: '" + b"{" * 200_000 + b"'}",
    "many services": b"services: [" + b"a, " * 9900 + b"]",
    "ten megabytes": b"a: " + b"x" * 10_000_000,
    "a large condition": b"steps:\n- say: a\n  only_if: '" + b"not " * 50_000 + b"'",
    "python object": b'!!python/object/apply:os.system ["true"]',
    "python name": b"flow: !!python/name:os.system x",
    "a tag of their own": b"flow: !secret x",
    "binary": b"flow: !!binary aGVsbG8=",
    "duplicate keys": b"flow: a\nflow: b",
    "very many duplicate keys": b"flow: a\n" * 9000,
    "a key that is a list": b"[a, b]: c",
    "a key that is a table": b"{a: b}: c",
    "boolean for an id": b"flow: on",
    "time for a table": b"title: 12:30",
    "a date that is none": b"flow: 2026-02-30",
    "byte order mark": "\ufeffflow: story".encode(),
    "UTF-16 with a mark": "flow: story".encode("utf-16"),
    "UTF-16 without one": "flow: story".encode("utf-16-le"),
    "Latin-1": "flow: año".encode("latin-1"),
    "lone surrogate": b"flow: \xed\xa0\x80",
    "NUL": b"flow: st\x00ry",
    "escape sequence": b"flow: \x1b[31mred",
    "two documents": b"flow: a\n---\nflow: b",
    "directive": b"%YAML 1.1\n---\nflow: a",
    "tag directive": b"%TAG ! tag:example.com,2026:\n---\nflow: a",
    "empty": b"",
    "only comments": b"# nothing\n" * 20_000,
    "only line ends": b"\n" * 200_000,
    "a text": b"just a text",
    "a list": b"- flow: story",
    "nothing": b"~",
    "open quote": b'flow: "story',
    "open bracket": b"flow: [story",
    "tabs": b"flow:\n\t- story",
    "quotes in a row": b"{" + b'"a" ' * 50_000,
    "colons in a row": b"{" + b"a:" * 100_000,
    "pipes": b"|" * 200_000,
    "many services of a town": b"queues: {a: {name: {en: A}}}\nservices:\n"
    + b"".join(b"  s%d: {queue: b}\n" % place for place in range(2400)),
    "many queues of a town": b"services: {a: {queue: x}}\nqueues:\n"
    + b"".join(b"  q%d: {}\n" % place for place in range(4900)),
    "many languages of a town": b"organisation: {}\nlanguages: [" + b"en, " * 9900 + b"]",
    "a long key": b"? " + b"a" * 200_000 + b"\n: b",
    "quotes that quote quotes": b"'" * 250_000,
    "double quotes": b'"' * 250_001,
    "anchors in a row": b"&a " * 80_000,
    "stars in a row": b"*a " * 80_000,
    "exclamation marks in a row": b"! " * 100_000,
    "question marks in a row": b"? " * 100_000,
    "commas in a row": b"[" + b"," * 250_000,
    "pairs in lists in lists": b"[a: b, " * 9000,
    "ten thousand tags declared": b"".join(b"%%TAG !a%d! x\n" % place for place in range(15_000)) + b"---\na: b",
    "a tag that grows": b"%TAG !e! " + b"x" * 100_000 + b"\n---\n[" + b"!e!a a, " * 9000 + b"]",
    "unknown directives": b"%FOO a\n" * 30_000 + b"---\na: b",
    "sixty thousand documents": b"---\n" * 60_000,
    "block texts": b"".join(b"k%d: |\n  x\n" % place for place in range(4900)),
    "a folded text": b"flow: >\n" + b" x\n" * 80_000,
    "a text of line ends": b"flow: |+\n" + b"\n" * 250_000,
    "a text on many lines": b"flow: " + b"x\n " * 80_000,
    "tabs in a row": b"a:\t" * 60_000,
    "a NUL that is written out": b'flow: "st\\0ry"',
    "an escape sequence that is written out": b'title: {en: "\\e[31mred"}',
    "half a letter that is written out": b'title: {en: "\\ud800"}',
    "a control character of Unicode": "flow: a\u009b31m".encode(),
    "line ends of Unicode": "flow: a\u2028title: b\u2029c: d\u0085e: f".encode(),
    "nothing but carriage returns": HEAD.replace("\n", "\r").encode(),
    "cut texts before a tab": b"".join(b"k%d: a #\n" % place for place in range(4900)) + b"\tx",
    "long keys": b"".join(b"? %s%d\n: v\n" % (b"k" * 240, place) for place in range(900)),
    "a thousand wrong days": b"working_hours:\n" + b"".join(b"  mom%d: x\n" % place for place in range(4900)),
    "holidays": b"holidays: [" + b"2026-02-30, " * 9800 + b"]",
    "binary data": bytes(range(256)) * 1000,
    "a ZIP file": b"PK\x03\x04" + bytes(1000),
}
# What our own language offers.
OURS: dict[str, bytes] = {
    "a condition of a million characters": flow(said("a" * 1_000_000)),
    "a condition of 200,000 characters": flow(said("a or " * 40_000)),
    "ten thousand brackets": flow(said("(" * 10_000 + "a" + ")" * 10_000)),
    "brackets that fit": flow(said("(" * 149 + "a" + ")" * 149)),
    "lists in lists": flow(said("[" * 149 + "]" * 149)),
    "ten thousand not": flow(said("not " * 10_000 + "a")),
    "not that fits": flow(said("not " * 70 + "a")),
    "minus": flow(said("-" * 298 + "1")),
    "a power": flow(said("9**9**9**9 > 1")),
    "a large number": flow(asked("q"), said("9" * 290 + " > q")),
    "a text that multiplies": flow(said('"a" * 999999999 == "a"')),
    "a number without end": flow(asked("q"), said("1e999 > q")),
    "six hundred brackets": flow(*[said("(" * 149 + "a" + ")" * 149)] * 600),
    "long conditions": flow(asked("q"), *[said("q == 1" + " or q == 1" * 26)] * 700),
    "long lists": flow(asked("q"), *[said(f"q in [{'1,' * 140}]")] * 700),
    "misspelt names": flow(*map(asked, ALIKE[:900]), *map(said, ALIKE[900:960])),
    "names of a sentence": flow(asked("a", ", kind: x"), said("a b " * 60_000)),
    "misspelt placeholders": flow(
        *map(asked, ALIKE[:900]),
        asked("z", "".join(f", {key}: {{en: {QUOTED}}}" for key in ("help", "why")))
        + f", after_wrong: {{hint: {{en: {QUOTED}}}, example: {{en: {QUOTED}}}}}",
    ),
    "many placeholders that are right": flow(
        *map(asked, ALIKE[:900]),
        *(f"say: s{place}, text: {{en: '{''.join(f'{{{id}}}' for id in ALIKE[:130])}'}}" for place in range(60)),
    ),
    "a hundred thousand braces": flow("say: a, text: {en: '" + "{" * 100_000 + "'}"),
    "a hundred thousand placeholders": flow("say: a, text: {en: '" + "{a}" * 80_000 + "'}"),
    "twenty thousand other placeholders": b"title:\n  en: '"
    + b"".join(b"{a%d}" % place for place in range(20_000))
    + b"'\n  es: x\n",
    "a long placeholder": b"title:\n  en: '{" + b"a" * 200_000 + b"}'\n  es: x\n",
    "an id of a million letters": b"flow: " + b"a" * 1_000_000,
    "an id of 200,000 letters": b"flow: " + b"a" * 200_000,
    "a language of 200,000 letters": flow("say: a, text: {? " + "z" * 200_000 + " : x}"),
    "plural forms of a long language": flow("say: a, text: {? " + "z" * 200_000 + " : {one: x}}"),
    "many plural forms": flow(f"say: a, text: {{en: {{{', '.join(f'f{place}: x' for place in range(4900))}}}}}"),
    "plural forms in many languages": flow(f"say: a, text: {{{', '.join(f'f{n}: {{one: x}}' for n in range(2400))}}}"),
    "languages in one text": flow(f"say: a, text: {{{', '.join(f'f{place}: x' for place in range(4900))}}}"),
    "languages times choices": b"languages: ["
    + b",".join(b"aa-a%d" % place for place in range(3000))
    + b"]\n"
    + flow(
        f"ask: a, kind: choice, choices: [{', '.join(f'{{id: c{place}, text: {{en: T}}}}' for place in range(900))}]"
    ),
    "thousands of choices": flow(
        f"ask: a, kind: choice, text: {{en: T}}, choices: [{', '.join(['{id: a, text: {en: T}}'] * 1400)}]"
    ),
    "choices that are misspelt": flow(
        f"ask: a, kind: choice, text: {{en: T}}, choices: [{', '.join(['{di: a, txt: {en: T}}'] * 1400)}]"
    ),
    "choices that quote": flow(
        f"ask: a, kind: choice, text: {{en: T}}, choices: [{', '.join([f'{{id: a, text: {{en: {QUOTED}}}}}'] * 150)}]"
    ),
    "a list of what cannot be sent": flow(f"ask: a, kind: long_text, accept: [{'vdeo, ' * 9800}]"),
    "reminders": f"remind_after: [{'1 day, ' * 9800}]\n".encode() + flow(asked("a")),
    "reminders that are none": f"remind_after: [{'often, ' * 9800}]\n".encode() + flow(asked("a")),
    "splits": f"split: {{{', '.join(f's{place}: [a, b]' for place in range(2400))}}}\n".encode() + flow(asked("a")),
    "ways of a split": f"split: {{a: [{', '.join(f'w{place}' for place in range(9800))}]}}\n".encode()
    + flow(asked("a")),
    "a number of 200,000 digits": flow(asked("a", f", min: {'9' * 200_000}, prefill: {'9' * 40_000}")),
    "numbers of other scripts": flow(asked("a", ", min: ٣, max: ๙, prefill: ௫")),
    "not a number": flow(asked("a", ", min: nan, max: inf, prefill: -.inf")),
    "a date of 200,000 letters": flow(f"ask: a, kind: date, text: {{en: T}}, prefill: '{'2026-' * 40_000}'"),
    "dates that are none": flow("ask: a, kind: date, text: {en: T}, prefill: 2026-02-30, check: {must: a > '0000-00'}"),
    "patterns that are too large": flow(*(f"ask: {id}, kind: text, matches: '\\pL{{900}}'" for id in ALIKE[:600])),
    "patterns that fit": flow(
        *(f"ask: {ALIKE[n]}, kind: text, text: {{en: T}}, matches: '(a|b){n}{{900}}'" for n in range(600))
    ),
    "a pattern that doubles": flow("ask: a, kind: text, text: {en: T}, matches: '((((a{9}){9}){9}){9}){9}'"),
    "a pattern that goes back": flow("ask: a, kind: text, text: {en: T}, matches: '(a+)+b'"),
    "a thousand questions": flow(*map(asked, ALIKE)),
    "the same question a thousand times": flow(*map(asked, ["a"] * 1000)),
    "parts that are not there": flow(*(f"use: {id}" for id in ALIKE)),
    "repeats in repeats": HEAD.encode()
    + "".join(
        f"{'  ' * depth}- repeat: r{depth}\n{'  ' * depth}  max: 3\n{'  ' * depth}  steps:\n" for depth in range(300)
    ).encode(),
    "groups in groups": flow("group: g, steps: [{" * 500),
    "a part that uses itself": b"part: a\nsteps:\n- use: a\n",
    "a number for everything": b"1",
}


def read_as_flow(data: bytes) -> Flow | list[Mistake]:
    """Read a file as a flow, as `read_installation` does."""
    text = decode(data, file="x.yaml")
    around = Around((EN,), (PARKS,), {EN: "Other"})
    return [text] if isinstance(text, Mistake) else read_flow(text, file="x.yaml", around=around, parts={})


def read_as_part(data: bytes) -> Part | list[Mistake]:
    """Read a file as a part of a town that is not known."""
    text = decode(data, file="x.yaml")
    around = Around((), (), {EN: "Other"})
    return [text] if isinstance(text, Mistake) else read_part(text, file="x.yaml", around=around)


def read_as_town(data: bytes) -> Installation | list[Mistake]:
    """Read a file as a town."""
    return read_folder({"yousaid.yaml": data})


def read_folder(files: dict[str, bytes]) -> Installation | list[Mistake]:
    """Read a whole folder."""
    known = Known(languages=(EN,), timezones={"Europe/Madrid"}, other_text={EN: "Other"})
    return read_installation(files, known=known)


def check(read: Callable[[], object]) -> object:
    """Read once, or more often while the neighbours on the processor are loud, and look at what is told."""
    took_s: list[float] = []
    while not took_s or (min(took_s) > LONGEST_S and len(took_s) < 8):
        started = time.thread_time()
        result = read()
        took_s.append(time.thread_time() - started)
    mistakes = result if isinstance(result, list) else []
    assert len(mistakes) <= MOST_MISTAKES
    for mistake in mistakes:
        assert mistake.line >= 1
        assert mistake.column >= 1
        assert 0 < len(mistake.cause) < 1000
        assert 0 < len(mistake.remedy) < 1000
    assert min(took_s) < LONGEST_S
    return result


@pytest.mark.parametrize("door", [read_as_flow, read_as_town])
@pytest.mark.parametrize("name", YAML)
def test_hostile_yaml(name: str, door: Callable[[bytes], object]) -> None:
    """What is not our YAML, or no flow, is refused within 250 ms, as a flow or a town, with its place and a remedy."""
    assert isinstance(check(lambda: door(YAML[name])), list)


@pytest.mark.parametrize("door", [read_as_flow, read_as_part])
@pytest.mark.parametrize("name", OURS)
def test_hostile_words(name: str, door: Callable[[bytes], object]) -> None:
    """What is written to keep our own reader busy is refused, or read where it is right, within 250 ms."""
    assert check(lambda: door(OURS[name])) is not None


GOOD = b"flow: x%d\ncontribution: idea\nservice: parks\ntitle: {en: T}\nsteps: [{use: p}]\n"
PART = b"part: p%d\nsteps: [{use: p%d}]\n"
FOLDERS: dict[str, dict[str, bytes]] = {
    "ten thousand flows": {f"flows/{place}.yaml": GOOD % place for place in range(10_000)},
    "ten thousand parts": {f"parts/{place}.yaml": PART % (place, place) for place in range(10_000)},
    "parts that use each other": {f"parts/{place}.yaml": PART % (place, 199 - place) for place in range(200)},
    "two hundred bombs": {f"flows/{place}.yaml": BOMB.encode() for place in range(200)},
    "two hundred files with many mistakes": {f"flows/{place}.yaml": b"a: b\n" * 9000 for place in range(200)},
    "a flow like the town": {"flows/yousaid.yaml": b"languages: [en]"},
    "a strange name": {"flows/\n\x1b[31m.yaml": b"a", "parts/..": b"a"},
}


@pytest.mark.parametrize("name", FOLDERS)
def test_hostile_folder(name: str) -> None:
    """A folder that is too full, or full of mistakes, is told the first ones within 250 ms."""
    assert isinstance(check(lambda: read_folder({"yousaid.yaml": b"languages: [en]"} | FOLDERS[name])), list)
