"""A play by chance of citizens and servants who do all that there is to do, each word of theirs a canary.

Everything comes from one seed. After each step the oracle is shown what was said and how the tables stand.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from bot.delivery import Delivery
from bot.pacing import Pace
from bot.timekeeper import Timekeeper
from bot.turns import Turns
from dialogs.events import Blocked, Event, Pressed, TextEdited, TextSent, Update
from tests.journeys.leaks import Aviary, Canary, Kind, WatchedChannel, codes_in, written
from tests.journeys.leaks_oracle import Oracle, Step, look
from tests.stage import Stage

_TOPICS = (
    "the bench beside the north gate has no shade at noon and old people cannot rest there in summer",
    "buses to the hospital come only twice an hour on sunday so visitors wait long in the cold wind",
    "lamps along the river path are broken since winter and children walk home from school in darkness",
)
_TIMES = {5: 6, 20: 8, 70: 12, 600: 3, 3 * 3600: 3, 86_400: 1.5, 4 * 86_400: 0.5, 15 * 86_400: 0.7}
_WRITES = ("ask", "decide", "forward", "public_line", "merge")
_COMMANDS = ("/queue", "/mine", "/stats", "/help", "/duty", "/duty me", "/duty off", "/duty join", "/handover", "/find")
_WORDS = ("yes", "no", "status", "privacy", "my data", "cancel", "join", "keep mine separate", "add mine", "language")
# What is pressed more often than its share of the buttons, because much hangs on it.
_LIKED = (
    *(":claim", ":ask", ":decide", ":send", ":merge", "join.", "into.", ":unmerge", ":undo", ":forward", ":to."),
    *("j:", ":public_line", "f:", ":agree", ":unmask", "accepted", "declined"),
)


@dataclass(slots=True)
class Draft:
    """What a servant is writing, as their chat says."""

    id: str
    act: str
    code: str
    newest: str = ""


@dataclass(slots=True)
class Play:
    """One house, its people and its judge."""

    stage: Stage
    chance: Random
    birds: Aviary
    oracle: Oracle
    channel: WatchedChannel
    citizens: list[str]
    servants: list[str]
    rooms: list[str]
    log: list[str] = field(default_factory=list)
    # What servants are about, step by step.
    plans: dict[str, list[str]] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    # What everybody wrote last, which they can edit: its number, and the number it is about.
    wrote: dict[tuple[str, str], tuple[int, str, Kind]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)

    async def run(self, steps: int) -> None:
        """Play so many steps."""
        for _ in range(steps):
            doing = self.chance.choices(
                [self._citizen, self._servant, self._time, self._restart, self._copy], [40, 51, 6, 1, 2]
            )[0]
            step = await doing()
            await self._judge(step)
            assert self.oracle.leaks == [], (self.oracle.leaks[0], self.acts[-30:])

    async def _judge(self, step: Step) -> None:
        seen, self.channel.seen = self.channel.seen, []
        self.oracle.judge(step, seen, await self.stage.database.read(look))
        for line in self.log:
            self.oracle.check_log(line)
        self.log.clear()

    # Citizens.

    async def _citizen(self) -> Step:
        who = self.chance.choice(self.citizens)
        self.oracle.closed.discard(who)
        act: Callable[[str], object] = self.chance.choices(
            [self._tell, self._press_own, self._write, self._word, self._edit_own, self._forget, self._block],
            [4, 12, 12, 5, 2, 0.35, 0.3],
        )[0]
        step = await act(who)  # type: ignore[misc]
        assert isinstance(step, Step)
        return step

    async def _tell(self, who: str) -> Step:
        """Send something from beginning to end."""
        await self._happen(who, TextSent("cancel"))
        await self._happen(who, TextSent("yes"))
        await self._judge(Step(who))
        flow = self.chance.choice(["outside", "outside", "inside"])
        bird = self._bird(who).word
        topic, like = self.chance.choice(_TOPICS), self.chance.random() < 0.5
        await self._happen(who, Pressed(f"f:{flow}"))
        second = self._bird(who)
        await self._happen(who, TextSent(topic if like else f"{bird} and {topic}. Also {second.word} needs paint."))
        await self._judge(Step(who))
        last = self._bird(who, Kind.COVERED) if self.chance.random() < 0.3 else self._bird(who)
        await self._happen(
            who, TextSent(f"mail {last.word}@example.org" if last.kind is Kind.COVERED else f"as {last.word}")
        )
        return Step(who)

    async def _press_own(self, who: str) -> Step:
        data = self._a_button(who, 12)
        if data is None:
            return await self._write(who)
        await self._happen(who, Pressed(data))
        forgets = data == "p:forget:sure"
        return Step(who, self._named(data), forgets=forgets)

    async def _write(self, who: str) -> Step:
        bird = self._bird(who)
        mine = self.channel.newest(who)[:12]
        reply = self.chance.choice(mine).number if mine and self.chance.random() < 0.4 else None
        await self._happen(who, TextSent(f"well {bird.word} it is"), reply_to=reply)
        return Step(who)

    async def _word(self, who: str) -> Step:
        await self._happen(who, TextSent(self.chance.choice(_WORDS)))
        return Step(who)

    async def _edit_own(self, who: str) -> Step:
        if (who, who) not in self.wrote:
            return await self._write(who)
        bird = self._bird(who)
        await self._happen(who, TextEdited(f"rather {bird.word} now", self.wrote[who, who][0]))
        return Step(who)

    async def _forget(self, who: str) -> Step:
        await self._happen(who, TextSent("forget everything"))
        return Step(who, forgets=True)

    async def _block(self, who: str) -> Step:
        await self._happen(who, Blocked())
        self.oracle.closed.add(who)
        return Step(who)

    def _bird(self, who: str, kind: Kind = Kind.WORDS) -> Canary:
        return self.birds.hatch(kind, who, self.oracle.lives[who])

    # Servants.

    async def _servant(self) -> Step:
        who = self.chance.choice(self.servants)
        place = self.chance.choice([*self.rooms, who, who])
        act = self.chance.choices(
            [
                self._pursue,
                self._press_desk,
                self._type,
                self._reply,
                self._command,
                self._split,
                self._edit_desk,
                self._talk,
            ],
            [20, 8, 3, 3, 3, 1.5, 1, 1],
        )[0]
        return await act(who, place)

    async def _press_desk(self, who: str, place: str) -> Step:
        data = self._a_button(place, 8 if place == who else 14)
        return await self._command(who, place) if data is None else await self._press(who, place, data)

    async def _press(self, who: str, place: str, data: str) -> Step:
        kind, *parts = data.split(":")
        self._let_go(who, kind, parts)
        noticed = len(self.channel.seen)
        await self._happen(place, Pressed(data), sender=who)
        if kind == "c" and parts[2] in _WRITES:
            for shown in self.channel.seen[noticed:]:
                drafts = [b.data.split(":")[1] for row in shown.message.buttons for b in row if b.data[:2] == "d:"]
                if shown.place == who and drafts and parts[0] in codes_in(shown.message.plain()):
                    self.drafts[who] = Draft(drafts[0], parts[2], parts[0])
        return Step(who, self._named(data), uncovers=kind == "c" and parts[2] == "unmask")

    async def _pursue(self, who: str, place: str) -> Step:
        """Go on with what somebody is about, others being free to act between any two steps of it."""
        plan = self.plans.get(who) or self._plan(who)
        self.plans[who] = plan[1:]
        if not plan:
            return await self._command(who, place)
        doing, *what = plan[0].split()
        case = self.oracle.view.by_code(what[0])
        assert case is not None
        match doing:
            case "press":
                return await self._press(who, who, f"c:{case.code}:{case.version}:{what[1]}")
            case "type" if (draft := self.drafts.get(who)) is not None and draft.code == case.code:
                return await self._type(who, place, fixed=" ".join(what[1:]))
            case _:
                self.plans.pop(who)
                return await self._command(who, place)

    def _plan(self, who: str) -> list[str]:
        """Think of something to do with one of the newest cases."""
        mine = [case for case in self.oracle.view.cases.values() if case.queue in self.oracle.rights[who]]
        if not mine:
            return []
        case, other = self.chance.choice(mine[-8:]), self.chance.choice(mine[-8:])
        line = [f"press {case.code} public_line", f"type {case.code}", f"type {case.code} send"]
        there = "Care and health" if case.queue == "outdoors" else "Parks and streets"
        outcome = self.chance.choice(["Accepted", "Declined", "Not now"])
        plans = [
            [f"press {case.code} ask", f"type {case.code}", f"type {case.code} send"],
            [f"press {case.code} decide", f"type {case.code} {outcome}", f"type {case.code}", f"type {case.code} send"],
            [f"press {case.code} forward", f"type {case.code} {there}", f"type {case.code}", f"type {case.code} send"],
            line,
            [f"press {case.code} into.{other.code}", f"press {case.code} join.{other.code}"],
            [f"press {case.code} {act}" for act in ("unmerge", "unmask", "undo")],
            [f"press {case.code} snooze.answer"],
            [f"press {case.code} take_over"],
        ]
        chosen = self.chance.choices(plans, [5, 3, 1.5, 7, 5, 2, 1, 1])[0]
        return [
            f"press {case.code} claim",
            *chosen,
            *([f"press {case.code} undo"] if self.chance.random() < 0.2 else []),
        ]

    def _let_go(self, who: str, kind: str, parts: list[str]) -> None:
        """Note that somebody lets go what they were shown last of what they wrote."""
        draft = self.drafts.get(who)
        if kind != "d" or parts[1] != "send" or draft is None or draft.id != parts[0]:
            return
        for said in self.channel.newest(who):
            mine = [bird for bird in self.birds.heard_in(written(said.message)) if self._is_of(bird, who, draft)]
            for bird in mine:
                bird.sent = True
            if mine:
                return

    def _is_of(self, bird: Canary, who: str, draft: Draft) -> bool:
        return (bird.kind, bird.owner, bird.act) == (Kind.DRAFT, who, draft.act) and draft.code in bird.homes

    async def _type(self, who: str, place: str, *, fixed: str = "") -> Step:
        """Write in one's own chat: mostly a draft waits for it. ``fixed``: words that a button says, too."""
        draft = self.drafts.get(who)
        if fixed and draft is not None and fixed != "send":
            await self._happen(who, TextSent(fixed))
            return Step(who, {draft.code})
        if draft is not None and draft.newest and (fixed == "send" or (not fixed and self.chance.random() < 0.3)):
            self._let_go(who, "d", [draft.id, "send"])
            await self._happen(who, TextSent("send"))
            return Step(who, {draft.code})
        act = draft.act if draft is not None else ""
        bird = self.birds.hatch(Kind.DRAFT, who, act=act, homes={draft.code} if draft else None)
        if draft is not None:
            draft.newest = bird.word
        words = f"{bird.word} {self.chance.choice(_TOPICS)}"
        await self._happen(who, TextSent(words))
        self.wrote[who, who] = (self.channel.last, draft.code if draft else "", Kind.DRAFT)
        return Step(who, {draft.code} if draft else set())

    async def _reply(self, who: str, place: str) -> Step:
        """Reply to something in a room: to a card it is a note."""
        room = place if place in self.rooms else self.chance.choice(self.rooms)
        said = self.channel.newest(room)[:14]
        if not said:
            return await self._talk(who, room)
        card = self.chance.choice(said)
        data = {b.data.split(":")[1] for row in card.message.buttons for b in row if b.data.startswith("c:")}
        codes = data if len(data) == 1 else codes_in(written(card.message))
        bird = self.birds.hatch(Kind.NOTE if len(codes) == 1 else Kind.TALK, who, homes=codes)
        await self._happen(room, TextSent(f"note {bird.word}"), sender=who, reply_to=card.number)
        self.wrote[who, room] = (self.channel.last, "".join(codes) if len(codes) == 1 else "", bird.kind)
        return Step(who)

    async def _talk(self, who: str, place: str) -> Step:
        room = place if place in self.rooms else self.chance.choice(self.rooms)
        bird = self.birds.hatch(Kind.TALK, who)
        await self._happen(room, TextSent(f"hm {bird.word} {self.chance.choice(_TOPICS)}"), sender=who)
        return Step(who)

    async def _command(self, who: str, place: str) -> Step:
        words = self.chance.choice([*_COMMANDS, "/case", "/case", "/undo", "/undo", "/find"])
        code = self._a_code()
        if words in ("/case", "/undo"):
            words = f"{words} {code}"
        elif words == "/find":
            words = f"/find {self.chance.choice(['bench', 'river', 'buses hospital', 'paint'])}"
        await self._happen(place, TextSent(words), sender=who)
        return Step(who, {code} if words.startswith("/undo") else set())

    async def _split(self, who: str, place: str) -> Step:
        """Name a sentence, mostly of that case."""
        code = self._a_code()
        said = [one for one in self.birds.birds.values() if code in one.homes and one.kind is Kind.WORDS]
        if not said:
            return await self._command(who, place)
        sentence = f"Also {self.chance.choice(said).word} needs paint"
        await self._happen(who, TextSent(f"/split {code} {sentence}"), sender=who)
        return Step(who, {code}, sentence=sentence)

    async def _edit_desk(self, who: str, place: str) -> Step:
        number, code, kind = self.wrote.get((who, place), (0, "", Kind.TALK))
        if not number:
            return await self._command(who, place)
        draft = self.drafts.get(who)
        act = draft.act if kind is Kind.DRAFT and draft is not None and draft.code == code else ""
        bird = self.birds.hatch(kind, who, act=act, homes={code} if code else None)
        if act and draft is not None:
            draft.newest = bird.word
        await self._happen(place, TextEdited(f"or {bird.word}", number), sender=who)
        return Step(who, {code})

    def _a_code(self) -> str:
        codes = [case.code for case in self.oracle.view.cases.values()]
        return self.chance.choice(codes[-12:]) if codes else "AAAA-AAAA"

    # Beside them.

    async def _time(self) -> Step:
        seconds = self.chance.choices(list(_TIMES), list(_TIMES.values()))[0]
        await self.stage.pass_time(timedelta(seconds=seconds))
        return Step("")

    async def _restart(self) -> Step:
        """Build the house again around its database: nothing in memory survives."""
        stage = self.stage
        stage.delivery = Delivery(
            stage.database, stage.library, {stage.channel_name: self.channel}, stage.clock, Pace(per_second=26)
        )
        stage.timekeeper = Timekeeper(stage.database, stage.library, stage.clock, stage.delivery.look_again)
        stage.turns = Turns(stage.database, stage.library, stage.clock, stage.delivery, stage.names)
        await stage.delivery.recover()
        return Step("")

    async def _copy(self) -> Step:
        who = self.chance.choice(self.citizens)
        packed = await self.stage.turns.load_own_data(self.stage.channel_name, who)
        if packed is not None:
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                self.oracle.check_copy(who, archive.read("data.json").decode())
        return Step("")

    def _a_button(self, place: str, many: int) -> str | None:
        buttons = [b.data for said in self.channel.newest(place)[:many] for row in said.message.buttons for b in row]
        if place in self.servants:
            # A servant can be a citizen too; here they are not, so that nothing of theirs is a contribution.
            buttons = [data for data in buttons if data.split(":")[0] in "cdkyu"]
        if not buttons:
            return None
        liked = [data for data in buttons if any(part in data for part in _LIKED)]
        return self.chance.choice(liked if liked and self.chance.random() < 0.7 else buttons)

    def _named(self, data: str) -> set[str]:
        return codes_in(data.replace(":", " ").replace(".", " "))

    async def _happen(
        self, place: str, event: Event, *, sender: str | None = None, reply_to: int | None = None
    ) -> None:
        """Let an update arrive whose every field that says who somebody is has a canary."""
        self.stage.updates += 1
        private = sender is None or sender == place
        who = place if private or sender is None else sender
        number = None if isinstance(event, Pressed) else self.channel.next_number()
        if isinstance(event, TextEdited):
            number = event.number
        elif number is not None and private:
            self.wrote[who, who] = (number, self.wrote.get((who, who), (0, "", Kind.DRAFT))[1], Kind.DRAFT)
        update = Update(
            channel=self.stage.channel_name,
            bot="stage",
            key=str(self.stage.updates),
            place=place,
            private=private,
            sender=who,
            event=event,
            sent_at=self.stage.clock.now(),
            position=number,
            reply_to=reply_to,
            sender_name=who,
            language=who,
        )
        self.acts.append(f"{who[:6]} in {place[:8]}: {event}")
        self.stage.names.of(place)
        outcome = await self.stage.turns.take(update)
        self._check_toast(who, outcome.toast)
        await self.stage.do_what_is_due()

    def _check_toast(self, who: str, toast: str) -> None:
        for bird in self.birds.heard_in(toast):
            if who in self.oracle.lives or bird.kind is not Kind.NAME:
                self.oracle.leaks.append(("toast", who, bird, toast))
