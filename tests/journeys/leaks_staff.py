"""Who comes to the desk and who goes: servants lose everything at once, and are enrolled again, perhaps elsewhere."""

from tests.journeys.leaks_scene import Scene
from tests.journeys.leaks_view import Step

_ROLES = ("reviewer", "reviewer", "lead")


async def act(it: Scene) -> Step:
    """Remove a servant, or enrol one in a queue, perhaps as another than they were."""
    gone = sorted(it.oracle.removed)
    if gone and it.chance.random() < 0.8:
        return await _enrol(it, it.chance.choice(gone))
    who = it.chance.choice([one for one in it.servants if one not in it.oracle.removed] or gone)
    return await (_enrol if who in gone or it.chance.random() < 0.2 else _remove)(it, who)


async def _remove(it: Scene, who: str) -> Step:
    it.acts.append(f"{who[:6]} is removed")
    # What was said to them so far they were allowed to read.
    await it.judge(Step(""))
    it.oracle.removed.add(who)
    it.oracle.rights[who] = set()
    it.plans.pop(who, None)
    it.drafts.pop(who, None)
    await it.stage.dismiss(who)
    # The program looks into its tables every second; it is not told.
    it.stage.delivery.look_again()
    await it.stage.do_what_is_due()
    return Step("")


async def _enrol(it: Scene, who: str) -> Step:
    await it.catch_up(who)
    queue = it.chance.choice(["outdoors", "care"])
    it.acts.append(f"{who[:6]} is enrolled in {queue}")
    it.oracle.removed.discard(who)
    it.oracle.rights[who] = it.oracle.rights[who] | {queue}
    await it.stage.enrol(who, queue, it.chance.choice(_ROLES))
    await it.catch_up(who)
    return Step("")
