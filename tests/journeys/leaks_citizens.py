"""What citizens do in a play by chance: all that there is to do, each word of theirs a canary."""

from collections.abc import Awaitable, Callable

from dialogs.events import Blocked, LocationSent, MediaSent, Pressed, TextEdited, TextSent
from dialogs.ids import MediaId
from dialogs.media import Attachment, Media, MediaKind
from tests.journeys.leaks import Canary, Kind
from tests.journeys.leaks_scene import TOPICS, Scene, named_in
from tests.journeys.leaks_view import Step

_WORDS = ("yes", "no", "status", "privacy", "my data", "cancel", "join", "keep mine separate", "add mine", "language")


async def act(it: Scene) -> Step:
    """Let a citizen do something."""
    who = it.chance.choice(it.citizens)
    it.oracle.closed.discard(who)
    doing: Callable[[Scene, str], Awaitable[Step]] = it.chance.choices(
        [_tell, _show, _press, _write, _word, _edit, _forget, _block], [4, 0.5, 12, 12, 5, 2, 0.35, 0.3]
    )[0]
    return await doing(it, who)


async def _begin(it: Scene, who: str, flow: str) -> None:
    await it.happen(who, TextSent("cancel"))
    await it.happen(who, TextSent("yes"))
    await it.judge(Step(who))
    await it.happen(who, Pressed(f"f:{flow}"))


async def _tell(it: Scene, who: str) -> Step:
    """Send something from beginning to end."""
    flow = it.chance.choice(["outside", "outside", "inside"])
    topic, like = it.chance.choice(TOPICS), it.chance.random() < 0.5
    await _begin(it, who, flow)
    bird, second = _bird(it, who).word, _bird(it, who)
    await it.happen(who, TextSent(topic if like else f"{bird} and {topic}. Also {second.word} needs paint."))
    await it.judge(Step(who))
    last = _bird(it, who, Kind.COVERED) if it.chance.random() < 0.3 else _bird(it, who)
    covered = last.kind is Kind.COVERED
    await it.happen(who, TextSent(f"mail {last.word}@example.org" if covered else f"as {last.word}"))
    return Step(who)


async def _show(it: Scene, who: str) -> Step:
    """Send a photo, a sound and a place from beginning to end, each with words and a name of its own."""
    await _begin(it, who, "pictured")
    for kind in MediaKind:
        await it.happen(who, _media(it, who, kind))
        await it.judge(Step(who))
    await it.happen(who, LocationSent(38.2527111, -85.7585222, _bird(it, who).word))
    await it.judge(Step(who))
    await it.happen(who, TextSent(f"so {_bird(it, who).word}"))
    return Step(who)


def _media(it: Scene, who: str, kind: MediaKind) -> MediaSent:
    name, content, caption = (_bird(it, who).word for _ in range(3))
    return MediaSent(Media(Attachment(MediaId(name), kind, 3), content.encode()), f"look {caption}")


async def _press(it: Scene, who: str) -> Step:
    data = it.a_button(who, 12)
    if data is None:
        return await _write(it, who)
    await it.happen(who, Pressed(data))
    return Step(who, named_in(data), forgets=data == "p:forget:sure")


async def _write(it: Scene, who: str) -> Step:
    mine = it.channel.newest(who)[:12]
    reply = it.chance.choice(mine).number if mine and it.chance.random() < 0.4 else None
    # A photo in place of words, now and then, asked for or not.
    if it.chance.random() < 0.05:
        await it.happen(who, _media(it, who, it.chance.choice(list(MediaKind))), reply_to=reply)
    else:
        await it.happen(who, TextSent(f"well {_bird(it, who).word} it is"), reply_to=reply)
    return Step(who)


async def _word(it: Scene, who: str) -> Step:
    await it.happen(who, TextSent(it.chance.choice(_WORDS)))
    return Step(who)


async def _edit(it: Scene, who: str) -> Step:
    if (who, who) not in it.wrote:
        return await _write(it, who)
    await it.happen(who, TextEdited(f"rather {_bird(it, who).word} now", it.wrote[who, who][0]))
    return Step(who)


async def _forget(it: Scene, who: str) -> Step:
    await it.happen(who, TextSent("forget everything"))
    return Step(who, forgets=True)


async def _block(it: Scene, who: str) -> Step:
    await it.happen(who, Blocked())
    it.oracle.closed.add(who)
    return Step(who)


def _bird(it: Scene, who: str, kind: Kind = Kind.WORDS) -> Canary:
    return it.a_bird(who, kind)
