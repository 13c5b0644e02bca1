"""A play by chance of citizens and servants who do all that there is to do, each word of theirs a canary.

Everything comes from one seed. After each step the oracle is shown what was said and how the tables stand. At its end
everything that failed on its way may go through, so that nothing is told too seldom either.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.journeys import leaks_citizens, leaks_servants, leaks_staff
from tests.journeys.leaks_scene import Scene
from tests.journeys.leaks_view import Step

_TIMES = {5: 6, 20: 8, 70: 12, 600: 3, 3 * 3600: 3, 86_400: 1.5, 4 * 86_400: 0.5, 15 * 86_400: 0.7}
_END = timedelta(minutes=20)


async def run(it: Scene, steps: int) -> None:
    """Play so many steps."""
    it.channel.heals = False
    for _ in range(steps):
        doing: Callable[[Scene], Awaitable[Step]] = it.chance.choices(
            [leaks_citizens.act, leaks_servants.act, leaks_staff.act, _let_time_pass, _restart, _copy],
            [40, 50, 1, 6, 1, 2],
        )[0]
        await _judge(it, await doing(it))
    it.channel.heals = True
    await it.wait(_END)
    await _judge(it, Step(""))
    assert not it.oracle.view.waits


async def _judge(it: Scene, step: Step) -> None:
    await it.judge(step)
    assert it.oracle.leaks == [], (it.oracle.leaks[0], it.acts[-30:])


async def _let_time_pass(it: Scene) -> Step:
    await it.wait(timedelta(seconds=it.chance.choices(list(_TIMES), list(_TIMES.values()))[0]))
    return Step("")


async def _restart(it: Scene) -> Step:
    it.build()
    await it.stage.delivery.recover()
    return Step("")


async def _copy(it: Scene) -> Step:
    await it.check_copy(it.chance.choice(it.citizens))
    return Step("")
