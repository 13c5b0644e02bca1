"""What servants do in a play by chance: what they press, type and ask for, in rooms and in their own chats.

Who was removed goes on as if nothing had been; nothing must come of it.
"""

from collections.abc import Awaitable, Callable

from dialogs.events import Pressed, TextEdited, TextSent
from tests.journeys import leaks_bulk
from tests.journeys.leaks import Canary, Kind, codes_in
from tests.journeys.leaks_channel import written
from tests.journeys.leaks_scene import TOPICS, Draft, Scene, named_in
from tests.journeys.leaks_view import Step

_COMMANDS = ("/queue", "/mine", "/stats", "/help", "/duty", "/duty me", "/duty off", "/duty join", "/handover", "/find")


async def act(it: Scene) -> Step:
    """Let a servant do something."""
    if not it.busy or it.chance.random() < 0.4:
        it.busy = it.chance.choice(it.servants)
    who = it.busy
    place = it.chance.choice([*it.rooms, who, who])
    # What they were told they have read before they do anything.
    await it.catch_up(who)
    doing: Callable[[Scene, str, str], Awaitable[Step]] = it.chance.choices(
        [_pursue, _press_any, _type_any, _reply, _command, _split, _edit, _talk], [20, 8, 3, 3, 3, 1.5, 1, 1]
    )[0]
    step = await doing(it, who, place)
    if who in it.oracle.removed:
        # They may name what they like.
        step.named, step.sentence, step.uncovers = set(), "", False
    return step


async def _press_any(it: Scene, who: str, place: str) -> Step:
    data = it.a_button(place, 8 if place == who else 14)
    return await _command(it, who, place) if data is None else await press(it, who, place, data)


async def press(it: Scene, who: str, place: str, data: str) -> Step:
    """Press a button, and note which draft it opened or let go."""
    kind, *parts = data.split(":")
    if kind == "d" and (named := leaks_bulk.named_by(it, who, parts[0])):
        return await leaks_bulk.press(it, who, data, named)
    _let_go(it, who, kind, parts)
    noticed = len(it.channel.seen)
    await it.happen(place, Pressed(data), sender=who)
    if kind == "c":
        for shown in it.channel.seen[noticed:]:
            drafts = [b.data.split(":")[1] for row in shown.message.buttons for b in row if b.data[:2] == "d:"]
            if shown.place == who and drafts and parts[0] in codes_in(shown.message.plain()):
                it.drafts[who] = Draft(drafts[0], parts[2], parts[0])
    return Step(who, named_in(data), uncovers=kind == "c" and parts[2] == "unmask")


async def _pursue(it: Scene, who: str, place: str) -> Step:
    """Go on with what somebody is about, others being free to act between any two steps of it."""
    plan = it.plans.get(who) or _plan(it, who)
    it.plans[who] = plan[1:]
    if not plan:
        return await _command(it, who, place)
    doing, *what = plan[0].split()
    if doing == "bulk":
        return await leaks_bulk.go_on(it, who, place, *what)
    case = it.oracle.view.by_code(what[0])
    assert case is not None
    match doing:
        case "press":
            return await press(it, who, who, f"c:{case.code}:{case.version}:{what[1]}")
        case "pick" if (data := _button_with(it, who, what[1])) is not None:
            return await press(it, who, who, data)
        case "type" if (draft := it.drafts.get(who)) is not None and draft.code == case.code:
            return await _type(it, who, fixed=" ".join(what[1:]))
        case _:
            it.plans.pop(who)
            return await _command(it, who, place)


def _button_with(it: Scene, who: str, part: str) -> str | None:
    found = [b.data for said in it.channel.newest(who)[:3] for row in said.message.buttons for b in row]
    found = [data for data in found if part in data]
    return it.chance.choice(found) if found else None


def _plan(it: Scene, who: str) -> list[str]:
    """Think of something to do with one of the newest cases."""
    mine = [case for case in it.oracle.view.cases.values() if case.queue in it.oracle.rights[who]]
    if not mine:
        return []
    free = [case for case in mine if case.holder in ("", who) and case.merged_into is None]
    case = it.chance.choice((free or mine)[-8:] if it.chance.random() < 0.8 else mine[-8:])
    other = it.chance.choice(mine[-8:])
    proposed = [one for one in mine if one.state == "proposed"]
    if proposed and it.chance.random() < 0.3:
        answer = it.chance.choice(["agree", "agree", "send_back"])
        return [f"press {it.chance.choice(proposed).code} {answer}"]
    line = [f"press {case.code} public_line", f"type {case.code}", f"type {case.code} send"]
    there = "Care and health" if case.queue == "outdoors" else "Parks and streets"
    outcome = it.chance.choice(["Accepted", "Declined", "Not now"])
    plans = [
        [f"press {case.code} ask", f"type {case.code}", f"type {case.code} send"],
        [f"press {case.code} decide", f"type {case.code} {outcome}", f"type {case.code}", f"type {case.code} send"],
        [f"press {case.code} forward", f"type {case.code} {there}", f"type {case.code}", f"type {case.code} send"],
        line,
        [f"press {case.code} into.{other.code}", f"press {case.code} join.{other.code}"],
        [f"press {case.code} {doing}" for doing in ("unmerge", "unmask", "undo")],
        [f"press {case.code} snooze.{it.chance.choice(['answer', 'week'])}"],
        [f"press {case.code} take_over"],
        [f"press {case.code} ask", f"pick {case.code} :use.", f"type {case.code} send"],
        [f"press {case.code} hand_over", f"pick {case.code} :to."],
        [f"press {case.code} attachments"],
        leaks_bulk.plan(it, mine[-8:]),
    ]
    chosen = it.chance.choices(plans, [6, 5, 2.5, 7, 5, 2, 1.5, 1.5, 1.5, 1.5, 1, 3])[0]
    return [
        f"press {case.code} claim",
        *chosen,
        *([f"press {case.code} undo"] if it.chance.random() < 0.2 else []),
    ]


def _let_go(it: Scene, who: str, kind: str, parts: list[str]) -> None:
    """Note that somebody lets go what they were shown last of what they wrote."""
    draft = it.drafts.get(who)
    if kind != "d" or parts[1] != "send" or draft is None or draft.id != parts[0]:
        return
    for said in it.channel.newest(who):
        mine = [bird for bird in it.birds.heard_in(written(said.message)) if _is_of(bird, who, draft)]
        for bird in mine:
            bird.sent = True
        if mine:
            return


def _is_of(bird: Canary, who: str, draft: Draft) -> bool:
    return (bird.kind, bird.owner, bird.act) == (Kind.DRAFT, who, draft.act) and draft.code in bird.homes


async def _type_any(it: Scene, who: str, _: str) -> Step:
    return await _type(it, who)


async def _type(it: Scene, who: str, *, fixed: str = "") -> Step:
    """Write in one's own chat: mostly a draft waits for it. ``fixed``: words that a button says, too."""
    draft = it.drafts.get(who)
    if draft is not None and draft.act == leaks_bulk.ACT:
        return await leaks_bulk.type_words(it, who)
    if fixed and draft is not None and fixed != "send":
        await it.happen(who, TextSent(fixed))
        return Step(who, {draft.code})
    if draft is not None and draft.newest and (fixed == "send" or (not fixed and it.chance.random() < 0.3)):
        _let_go(it, who, "d", [draft.id, "send"])
        await it.happen(who, TextSent("send"))
        return Step(who, {draft.code})
    kind = Kind.TALK if who in it.oracle.removed else Kind.DRAFT
    bird = it.a_bird(who, kind, act=draft.act if draft else "", homes={draft.code} if draft else None)
    if draft is not None:
        draft.newest = bird.word
    await it.happen(who, TextSent(f"{bird.word} {it.chance.choice(TOPICS)}"))
    it.wrote[who, who] = (it.channel.last, draft.code if draft else "", kind)
    return Step(who, {draft.code} if draft else set())


async def _reply(it: Scene, who: str, place: str) -> Step:
    """Reply to something in a room: to a card it is a note."""
    room = place if place in it.rooms else it.chance.choice(it.rooms)
    said = it.channel.newest(room)[:14]
    if not said:
        return await _talk(it, who, room)
    card = it.chance.choice(said)
    data = {b.data.split(":")[1] for row in card.message.buttons for b in row if b.data.startswith("c:")}
    codes = data if len(data) == 1 else codes_in(written(card.message))
    bird = it.a_bird(who, Kind.NOTE if len(codes) == 1 else Kind.TALK, homes=codes)
    await it.happen(room, TextSent(f"note {bird.word}"), sender=who, reply_to=card.number)
    it.wrote[who, room] = (it.channel.last, "".join(codes) if len(codes) == 1 else "", bird.kind)
    return Step(who)


async def _talk(it: Scene, who: str, place: str) -> Step:
    room = place if place in it.rooms else it.chance.choice(it.rooms)
    bird = it.a_bird(who, Kind.TALK)
    await it.happen(room, TextSent(f"hm {bird.word} {it.chance.choice(TOPICS)}"), sender=who)
    return Step(who)


async def _command(it: Scene, who: str, place: str) -> Step:
    words = it.chance.choice([*_COMMANDS, "/case", "/case", "/undo", "/undo", "/find"])
    code = it.a_code()
    if words in ("/case", "/undo"):
        words = f"{words} {code}"
    elif words == "/find":
        words = f"/find {it.chance.choice(['bench', 'river', 'buses hospital', 'paint'])}"
    await it.happen(place, TextSent(words), sender=who)
    return Step(who, {code} if words.startswith("/undo") else set())


async def _split(it: Scene, who: str, place: str) -> Step:
    """Name a sentence, mostly of that case."""
    code = it.a_code()
    said = [one for one in it.birds.birds.values() if code in one.homes and one.kind is Kind.WORDS]
    if not said or who in it.oracle.removed:
        return await _command(it, who, place)
    sentence = f"Also {it.chance.choice(said).word} needs paint"
    await it.happen(who, TextSent(f"/split {code} {sentence}"), sender=who)
    return Step(who, {code}, sentence=sentence)


async def _edit(it: Scene, who: str, place: str) -> Step:
    number, code, kind = it.wrote.get((who, place), (0, "", Kind.TALK))
    if not number:
        return await _command(it, who, place)
    draft = it.drafts.get(who)
    act_of = draft.act if kind is Kind.DRAFT and draft is not None and draft.code == code else ""
    bird = it.a_bird(who, kind, act=act_of, homes={code} if code else None)
    if act_of and draft is not None:
        draft.newest = bird.word
    await it.happen(place, TextEdited(f"or {bird.word}", number), sender=who)
    return Step(who, {code})
