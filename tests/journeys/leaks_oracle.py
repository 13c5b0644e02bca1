"""Who may read what: a model of the house that is told what people do, and judges all that is shown.

It knows from outside who wrote what and in which words the citizen was told where it belongs. From the tables it
reads, in plain SQL, how the cases stand and which announcements are out, and then says by itself whom they must have
reached: each contributor of the case once, and nobody else.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from dialogs.message import Message
from tests.journeys.leaks import Aviary, Canary, Kind, codes_in
from tests.journeys.leaks_channel import Shown, written
from tests.journeys.leaks_notices import Notices
from tests.journeys.leaks_view import Part, Step, View

# What a servant writes for citizens, and in which notices it may reach them.
_OUTWARD = {
    "ask": ("question",),
    "decide": ("decision", "final"),
    "plan": ("plan",),
    "start": ("start",),
    "deliver": ("delivered",),
    "give_up": ("not_done",),
    "delivery": ("delivery",),
}
_WORDED = {kind for kinds in _OUTWARD.values() for kind in kinds}


@dataclass(slots=True)
class Oracle:
    """The judge. ``rights``: the queues of each room and each servant.

    ``removed``: the servants who have no rights any more; ``typed``: the numbers that each has typed at any time.
    """

    notices: Notices
    birds: Aviary
    rights: dict[str, set[str]]
    lives: dict[str, int]
    removed: set[str] = field(default_factory=set)
    typed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    closed: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    view: View = field(default_factory=View)
    # How things stood since all that was to be said had been said: a message that comes late shows how they were.
    lately: list[View] = field(default_factory=list)
    leaks: list[tuple[object, ...]] = field(default_factory=list)
    judged: int = 0
    # The case that each "did it work?" is about, and what was read back to somebody since they last sent something.
    asked: dict[str, str] = field(default_factory=dict)
    recent: dict[str, set[str]] = field(default_factory=dict)
    # Who asked to be shown what is covered, and may not have been yet.
    uncovering: set[str] = field(default_factory=set)

    def judge(self, step: Step, seen: list[Shown], after: View) -> None:
        """Look at all that one step brought about."""
        before, self.view = self.view, after
        self.lately.append(after)
        if step.forgets:
            self.lives[step.who] += 1
            self.notices.forget(step.who)
        if step.uncovers:
            self.uncovering.add(step.who)
        self._learn(step, seen, before)
        self._check_pointers(step, before)
        for id in sorted(after.told.keys() - before.told.keys()):
            self._expect(*after.told[id])
        for shown in seen:
            self.judged += 1
            if shown.place in self.lives:
                self._check_citizen(shown)
            else:
                self._check_desk(shown)
        self.notices.look_at(after.listed)
        if not after.waits:
            self._settle(after)

    def _settle(self, after: View) -> None:
        """Nothing is on its way: what should have been said has been."""
        self.lately = [after]
        self.uncovering.clear()
        if (wrong := self.notices.settle()) is not None:
            self.leaks.append(("told too often or too seldom", *wrong))

    def owns(self, place: str) -> set[str]:
        """List the numbers of which a citizen was told."""
        return {part.code for part in self.parts if (part.place, part.life) == (place, self.lives[place])}

    def check_copy(self, place: str, text: str) -> None:
        """Judge the copy that somebody gets of all that is kept about them."""
        if strange := codes_in(text) - self.owns(place):
            self.leaks.append(("number in a copy", place, strange))
        for bird in self.birds.heard_in(text):
            own = bird.kind is Kind.PROFILE and bird.owner == place
            if not own and not self._may_citizen(bird, place):
                self.leaks.append(("copy", place, bird))

    def check_log(self, text: str) -> None:
        """Judge what the program says of itself."""
        if found := self.birds.heard_in(text):
            self.leaks.append(("log", text, found))

    def check_forgotten(self, who: str, text: str) -> None:
        """Judge all that is kept at the moment in which somebody was forgotten."""
        for bird in self.birds.heard_in(text):
            if bird.owner == who and bird.life != self.lives[who] and bird.kind in (Kind.WORDS, Kind.COVERED):
                self.leaks.append(("kept", who, bird))

    def _learn(self, step: Step, seen: list[Shown], before: View) -> None:
        """Take what citizens are told for true: what they wrote belongs to the number that stands beside it."""
        new = {case.code: case for id, case in self.view.cases.items() if id not in before.cases}
        for code in step.named if step.reason else ():
            # To others it was not done.
            if before.queue(code) != self.view.queue(code):
                self.birds.birds[step.reason].homes.add(code)
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
        for bird in self.birds.heard_in(words) if kind in _WORDED else ():
            if not bird.sent or kind not in _OUTWARD.get(bird.act, ()) or own not in bird.homes:
                self.leaks.append(("announced", kind, own, bird))
        for part in self.parts:
            is_back = bool(part.whole) and part.whole in codes and part.code != own
            if part.code not in codes or is_back or (part.place, part.life) in told:
                continue
            told.add((part.place, part.life))
            is_there = self.lives[part.place] == part.life and part.place not in self.closed
            if is_there and (kind != "split" or part.code == own):
                self.notices.expected[part.place, kind, part.code] += 1
        for bird in self.birds.heard_in(words):
            bird.readers |= told

    def _check_citizen(self, shown: Shown) -> None:
        text = written(shown.message)
        for bird in self.birds.heard_in(text):
            if not self._may_citizen(bird, shown.place):
                self.leaks.append(("citizen", shown.place, bird, text))
        if strange := codes_in(text) - self.owns(shown.place):
            self.leaks.append(("number", shown.place, strange, text))
        self.notices.count(shown)

    def _may_citizen(self, bird: Canary, place: str) -> bool:
        """Tell whether a citizen may read this: their own words, what was sent to them, a line that is shown."""
        match bird.kind:
            case Kind.WORDS | Kind.COVERED:
                return (bird.owner, bird.life) == (place, self.lives[place])
            case Kind.DRAFT if bird.act == "public_line":
                lines = [case.public_line for view in self.lately for case in view.cases.values()]
                return bird.sent and any(bird.word in line for line in lines)
            case Kind.DRAFT if bird.act in _OUTWARD and bird.readers:
                me = (place, self.lives[place])
                with_me = {view.root(code) for view in self.lately for code in self.owns(place)}
                return me in bird.readers or bool(with_me & bird.homes)
            case _:
                return False

    def _check_desk(self, shown: Shown) -> None:
        text = written(shown.message)
        codes = codes_in(text)
        for bird in self.birds.heard_in(text):
            # What somebody wrote themselves may be read back to them, as a citizen also.
            if bird.owner != shown.place and not self._may_desk(bird, shown, codes):
                self.leaks.append(("desk", shown.place, bird, text))
        if shown.place in self.removed and codes - self.typed[shown.place]:
            self.leaks.append(("a number for who was removed", shown.place, text))
        self._check_names(shown.message)

    def _may_desk(self, bird: Canary, shown: Shown, codes: set[str]) -> bool:
        """Tell whether servants may read this here: under a number that it belongs to, of a queue of theirs."""
        if bird.kind is Kind.NAME:
            return shown.place not in self.removed
        if bird.kind in (Kind.PROFILE, Kind.TALK) or (bird.kind is Kind.DRAFT and not bird.sent):
            return False
        if bird.kind is Kind.COVERED and shown.place not in self.uncovering:
            return False
        if bird.owner in self.lives and bird.life != self.lives[bird.owner]:
            return False
        belongs = {*bird.homes, *(view.root(code) for view in self.lately for code in bird.homes)} & codes
        return any(view.queue(code) in self.rights[shown.place] for view in self.lately for code in belongs)

    def _check_names(self, message: Message) -> None:
        """No servant's card names a citizen by anything but a made-up name; that is covered by their profile."""
        assert not any(place in written(message) for place in self.lives)
