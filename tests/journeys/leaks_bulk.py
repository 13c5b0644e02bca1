"""What servants do to several cases at once in a play by chance, a press at a time, and how they take it back.

What a press on a bulk is about is what its newest message names; the words of a forwarding belong to those of these
cases that left by it.
"""

from dialogs.events import Pressed, TextSent
from dialogs.message import Message
from tests.journeys.leaks import Canary, Kind, codes_in
from tests.journeys.leaks_channel import written
from tests.journeys.leaks_scene import TOPICS, Draft, Scene, named_in
from tests.journeys.leaks_view import CaseRow, Step

# Of a draft: that it is a bulk; of its words: what for.
ACT, _WHAT_FOR = "bulk", "forward"


def plan(it: Scene, newest: list[CaseRow]) -> list[str]:
    """Think of some cases and of what to do with them."""
    codes = {it.chance.choice(newest).code for _ in range(4)}
    doing = it.chance.choice(["tag", "snooze", "forward", "forward", "merge", "merge"])
    words = ["bulk words"] if doing == "forward" else []
    back = ["bulk undo"] if it.chance.random() < 0.4 else []
    chosen = f"bulk begin {' '.join(sorted(codes))}" if it.chance.random() < 0.7 else "bulk begin"
    return [chosen, "bulk all", f"bulk act.{doing}", "bulk to.", *words, "bulk send", *back]


async def go_on(it: Scene, who: str, place: str, step: str, *codes: str) -> Step:
    """Do the next thing of a plan."""
    if step == "begin":
        return await _begin(it, who, place, codes)
    if step == "words":
        return await type_words(it, who)
    draft = it.drafts.get(who)
    message = _newest(it, who, draft.id) if draft is not None and draft.act == ACT else None
    found = [b.data for row in message.buttons for b in row if b.data.split(":")[2].startswith(step)] if message else []
    if draft is None or not found:
        return Step(who)
    return await press(it, who, it.chance.choice(found), named_by(it, who, draft.id))


async def _begin(it: Scene, who: str, place: str, codes: tuple[str, ...]) -> Step:
    noticed = len(it.channel.seen)
    await it.happen(place, TextSent(" ".join(("/bulk", *codes))), sender=who)
    for shown in it.channel.seen[noticed:]:
        ids = [b.data.split(":")[1] for row in shown.message.buttons for b in row if b.data[:2] == "d:"]
        if shown.place == who and ids:
            it.drafts[who] = Draft(ids[0], ACT, "")
    return Step(who)


def named_by(it: Scene, who: str, id: str) -> set[str]:
    """List the cases that the newest message of a bulk names; none where it is no bulk."""
    message = _newest(it, who, id)
    steps = {b.data.split(":")[2] for row in message.buttons for b in row} if message else set()
    mine = any(step in ("undo", "back") or step[:3] in ("on.", "off", "act", "all") for step in steps)
    return codes_in(written(message)) if message and mine else set()


def _newest(it: Scene, who: str, id: str) -> Message | None:
    for said in it.channel.newest(who)[:40]:
        if any(b.data.startswith(f"d:{id}:") for row in said.message.buttons for b in row):
            return said.message
    return None


async def press(it: Scene, who: str, data: str, named: set[str]) -> Step:
    """Press a button of a bulk."""
    reason = _let_go(it, who, data.split(":")[1]) if data.endswith(":send") else ""
    await it.happen(who, Pressed(data))
    return Step(who, named | named_in(data), reason=reason)


async def type_words(it: Scene, who: str) -> Step:
    """Write what a bulk may wait for: a reason, or the word of its button."""
    draft = it.drafts.get(who)
    if draft is None or draft.act != ACT:
        return Step(who)
    named = named_by(it, who, draft.id)
    if draft.newest and it.chance.random() < 0.3:
        reason = _let_go(it, who, draft.id)
        await it.happen(who, TextSent("send"))
        return Step(who, named, reason=reason)
    bird = it.a_bird(who, Kind.DRAFT, act=_WHAT_FOR)
    draft.newest = bird.word
    await it.happen(who, TextSent(f"{bird.word} {it.chance.choice(TOPICS)}"))
    return Step(who, named)


def _let_go(it: Scene, who: str, id: str) -> str:
    """Note that somebody lets go the words that the newest message of a bulk shows; give them."""
    message = _newest(it, who, id)
    mine = [bird for bird in it.birds.heard_in(message.plain()) if _is_reason(bird, who)] if message else []
    for bird in mine:
        bird.sent = True
    return mine[0].word if mine else ""


def _is_reason(bird: Canary, who: str) -> bool:
    return (bird.kind, bird.owner, bird.act) == (Kind.DRAFT, who, _WHAT_FOR) and not bird.homes
