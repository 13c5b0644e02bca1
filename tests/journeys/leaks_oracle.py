"""Who may read what: a model of the house that is told what people do, and judges all that is shown.

It knows from outside who wrote what and in which words the citizen was told where it belongs. From the tables it
reads, in plain SQL, how the cases stand and which announcements are out, and then says by itself whom they must have
reached: each contributor of the case once, and nobody else.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dialogs.message import Message
from dialogs.town import Town
from storage.database import Connection
from tests.journeys.leaks import Aviary, Canary, Kind, Shown, codes_in, written

_OUTWARD = {"ask": "question", "decide": "decision"}
_TELLINGS = ("question", "decision", "overdue", "ask_back", "forwarded", "split")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its row says."""

    id: int
    code: str
    queue: str
    merged_into: int | None
    split_from: int | None
    public_line: str
    version: int


@dataclass(frozen=True, slots=True)
class View:
    """The tables at one moment."""

    cases: Mapping[int, CaseRow] = field(default_factory=dict)
    # Those that have gone out: kind, case, words.
    told: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)
    # Something is still on its way.
    waits: bool = False

    def by_code(self, code: str) -> CaseRow | None:
        return next((case for case in self.cases.values() if case.code == code), None)

    def root(self, code: str) -> str:
        """Give the number of the case that looks after this one."""
        case = self.by_code(code)
        while case is not None and case.merged_into is not None:
            case = self.cases[case.merged_into]
        return case.code if case is not None else code

    def tree(self, id: int) -> set[str]:
        """List the numbers of a case and of all that points to it."""
        found, new = {id}, {id}
        while new:
            new = {case.id for case in self.cases.values() if case.merged_into in new} - found
            found |= new
        return {self.cases[one].code for one in found}

    def queue(self, code: str) -> str:
        case = self.by_code(code)
        return case.queue if case is not None else ""


def look(c: Connection) -> View:
    """Read the tables."""
    rows: Any = c.execute(
        sa.text("SELECT id, code, queue, merged_into, split_from, public_line, version FROM cases ORDER BY id")
    ).all()
    out: Any = c.execute(sa.text("SELECT id, kind, case_id, words FROM announcements WHERE done_at IS NOT NULL")).all()
    due = c.execute(
        sa.text("SELECT count(*) FROM outbox WHERE status IN ('due', 'sending') AND lane <> 1")
    ).scalar_one()
    return View(
        {row.id: CaseRow(**{**row._mapping, "public_line": row.public_line or ""}) for row in rows},
        {row.id: (row.kind, row.case_id, row.words or "") for row in out},
        waits=due > 0,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A contributor: in which life somebody said something, and the number by which they know it."""

    place: str
    life: int
    code: str
    # Of a part that was split off: the number of the whole.
    whole: str = ""


@dataclass(slots=True)
class Step:
    """What one person did, as far as it says what may change."""

    who: str
    # The numbers that it names, and what servants typed to be split off.
    named: set[str] = field(default_factory=set)
    sentence: str = ""
    forgets: bool = False
    uncovers: bool = False


@dataclass(slots=True)
class Oracle:
    """The judge. ``rights``: the queues of each room and each servant."""

    town: Town
    birds: Aviary
    rights: Mapping[str, set[str]]
    lives: dict[str, int]
    closed: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    view: View = field(default_factory=View)
    expected: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    heard: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    leaks: list[tuple[object, ...]] = field(default_factory=list)
    judged: int = 0
    # The case that each "did it work?" is about, and what was read back to somebody since they last sent something.
    asked: dict[str, str] = field(default_factory=dict)
    recent: dict[str, set[str]] = field(default_factory=dict)
    # In any language, the line with which each notice begins.
    leads: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.leads = [
            (kind, re.compile(re.escape(voice(f"notice.{kind}", code="CODE")).replace("CODE", "([0-9A-Z-]{9})")))
            for kind in _TELLINGS
            for voice in self.town.heard
        ]

    def judge(self, step: Step, seen: list[Shown], after: View) -> None:
        """Look at all that one step brought about."""
        before, self.view = self.view, after
        if step.forgets:
            self.lives[step.who] += 1
        self._learn(step, seen, before)
        self._check_pointers(step, before)
        for id in sorted(after.told.keys() - before.told.keys()):
            self._expect(*after.told[id])
        for shown in seen:
            self.judged += 1
            if shown.place in self.lives:
                self._check_citizen(shown, before)
            else:
                self._check_desk(step, shown, before)
        if self.expected != self.heard and not after.waits:
            more, less = self.heard - self.expected, self.expected - self.heard
            self.leaks.append(("told too often or too seldom", dict(more), dict(less)))
            self.heard = self.expected.copy()

    def owns(self, place: str) -> set[str]:
        """List the numbers of which a citizen was told."""
        return {part.code for part in self.parts if (part.place, part.life) == (place, self.lives[place])}

    def check_copy(self, place: str, text: str) -> None:
        """Judge the copy that somebody gets of all that is kept about them."""
        if strange := codes_in(text) - self.owns(place):
            self.leaks.append(("number in a copy", place, strange))
        for bird in self.birds.heard_in(text):
            own = bird.kind is Kind.PROFILE and bird.owner == place
            if not own and not self._may_citizen(bird, place, self.view):
                self.leaks.append(("copy", place, bird))

    def check_log(self, text: str) -> None:
        """Judge what the program says of itself."""
        if found := self.birds.heard_in(text):
            self.leaks.append(("log", text, found))

    def _learn(self, step: Step, seen: list[Shown], before: View) -> None:
        """Take what citizens are told for true: what they wrote belongs to the number that stands beside it."""
        new = {case.code: case for id, case in self.view.cases.items() if id not in before.cases}
        for code, case in new.items():
            if case.split_from is not None:
                self._learn_part(step, code, self.view.cases[case.split_from].code)
            elif step.who in self.lives:
                self.parts.append(Part(step.who, self.lives[step.who], code))
        for shown in (one for one in seen if one.place in self.lives):
            text = written(shown.message)
            codes = codes_in(shown.message.plain())
            code = next(iter(codes)) if len(codes) == 1 else ""
            asks = {
                button.data.split(":")[1] for row in shown.message.buttons for button in row if button.data[:2] == "a:"
            }
            if len(asks) == 1:
                code = self.asked.setdefault(asks.pop(), code)
            recent = self.recent.setdefault(shown.place, set())
            mine = [bird for bird in self.birds.birds.values() if self._is_fresh(bird, shown.place)]
            if code in new:
                # Words that were kept may have begun it, and gone elsewhere besides.
                for bird in (one for one in mine if not one.homes or one.word in recent):
                    bird.homes |= {code}
                recent.clear()
            elif code:
                for bird in (one for one in mine if one.word in text):
                    bird.homes |= {code, self.view.root(code)}
                    recent.add(bird.word)

    def _is_fresh(self, bird: Canary, place: str) -> bool:
        is_theirs = bird.owner == place and bird.life == self.lives[place]
        return is_theirs and bird.kind in (Kind.WORDS, Kind.COVERED)

    def _learn_part(self, step: Step, code: str, whole: str) -> None:
        said = self.birds.heard_in(step.sentence)
        for bird in said:
            bird.homes |= {code}
        for bird in said[:1]:
            owner = next(part for part in self.parts if (part.place, part.life) == (bird.owner, bird.life))
            known_as = next(iter(bird.homes & {part.code for part in self.parts if part.place == owner.place}), whole)
            self.parts.append(Part(bird.owner, bird.life, code, whole=known_as))

    def _check_pointers(self, step: Step, before: View) -> None:
        """Only who names a case lets it point elsewhere."""
        for id, case in before.cases.items():
            if self.view.cases[id].merged_into == case.merged_into:
                continue
            near = {case.code, *({before.cases[case.split_from].code} if case.split_from else ())}
            if not near & (step.named | (self.owns(step.who) if step.who in self.lives else set())):
                self.leaks.append(("pointer", step, case, self.view.cases[id]))

    def _expect(self, kind: str, case: int, words: str) -> None:
        """Say whom an announcement must reach: each contributor of the case and of what is merged into it, once."""
        codes, told = self.view.tree(case), set[tuple[str, int]]()
        own = self.view.cases[case].code
        for bird in self.birds.heard_in(words) if kind in _OUTWARD.values() else ():
            if not bird.sent or _OUTWARD.get(bird.act) != kind or own not in bird.homes:
                self.leaks.append(("announced", kind, own, bird))
        for part in self.parts:
            is_back = bool(part.whole) and part.whole in codes and part.code != own
            if part.code not in codes or is_back or (part.place, part.life) in told:
                continue
            told.add((part.place, part.life))
            is_there = self.lives[part.place] == part.life and part.place not in self.closed
            if is_there and (kind != "split" or part.code == own):
                self.expected[part.place, kind, part.code] += 1
        for bird in self.birds.heard_in(words):
            bird.readers |= told

    def _check_citizen(self, shown: Shown, before: View) -> None:
        text = written(shown.message)
        for bird in self.birds.heard_in(text):
            if not self._may_citizen(bird, shown.place, before):
                self.leaks.append(("citizen", shown.place, bird, text))
        if strange := codes_in(text) - self.owns(shown.place):
            self.leaks.append(("number", shown.place, strange, text))
        self._count(shown)

    def _count(self, shown: Shown) -> None:
        first = shown.message.plain().split("\n")[0]
        for kind, lead in self.leads:
            if shown.is_new and (found := lead.fullmatch(first)):
                self.heard[shown.place, kind, found[1]] += 1
                return

    def _may_citizen(self, bird: Canary, place: str, before: View) -> bool:
        """Tell whether a citizen may read this: their own words, what was sent to them, a line that is shown."""
        match bird.kind:
            case Kind.WORDS | Kind.COVERED:
                return (bird.owner, bird.life) == (place, self.lives[place])
            case Kind.DRAFT if bird.act == "public_line":
                lines = [case.public_line for view in (before, self.view) for case in view.cases.values()]
                return bird.sent and any(bird.word in line for line in lines)
            case Kind.DRAFT if bird.act in _OUTWARD and bird.readers:
                me = (place, self.lives[place])
                with_me = {view.root(code) for view in (before, self.view) for code in self.owns(place)}
                return me in bird.readers or bool(with_me & bird.homes)
            case _:
                return False

    def _check_desk(self, step: Step, shown: Shown, before: View) -> None:
        text = written(shown.message)
        codes = codes_in(text)
        for bird in self.birds.heard_in(text):
            if bird.kind is not Kind.NAME and not self._may_desk(bird, shown, codes, before, step):
                self.leaks.append(("desk", shown.place, bird, text))
        self._check_names(shown.message)

    def _may_desk(self, bird: Canary, shown: Shown, codes: set[str], before: View, step: Step) -> bool:
        """Tell whether servants may read this here: under a number that it belongs to, of a queue of theirs."""
        if bird.kind in (Kind.PROFILE, Kind.TALK):
            return False
        if bird.owner == shown.place:
            return True
        if bird.kind is Kind.DRAFT and not bird.sent:
            return False
        if bird.kind is Kind.COVERED and not (step.uncovers and shown.place == step.who):
            return False
        if bird.owner in self.lives and bird.life != self.lives[bird.owner]:
            return False
        views = (before, self.view)
        belongs = {*bird.homes, *(view.root(code) for view in views for code in bird.homes)} & codes
        return any(view.queue(code) in self.rights[shown.place] for view in views for code in belongs)

    def _check_names(self, message: Message) -> None:
        """No servant's card names a citizen by anything but a made-up name; that is covered by their profile."""
        assert not any(place in written(message) for place in self.lives)
