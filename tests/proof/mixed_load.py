"""Several citizens at once in every queue, and a service that is killed or stopped at random moments."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.proof.checker import Verdict, check
from tests.proof.stage_set import ASK_BACK_AFTER, PROMISE_OVER_AFTER, SERVICES, StageSet, stage_set
from tests.proof.story import Story

# A start passes about twenty points: some lives end there, most while they work, a few while nothing happens.
_POINTS_A_LIFE = (1, 90)
_LONGEST_LIFE_S = 1.0
_LOOK_EVERY_S = 0.002
# Every so many ends is an orderly one.
_STOP_EVERY = 5


@dataclass(slots=True)
class Load:
    """What became of it. ``stops_s``: how long each orderly end took."""

    kills: int = 0
    stops_s: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict([], 0, 0))


async def run_load(
    url: str, folder: Path, *, citizens: int, seed: int, queues: Sequence[str] = tuple(SERVICES)
) -> Load:
    """Let so many citizens a queue go through the whole loop, while the service ends again and again."""
    load = Load()
    async with stage_set(url, folder) as stage:
        invitations = {queue: await stage.invitation(queue) for queue in queues}
        await stage.lives.begin()
        tormenting = asyncio.create_task(_torment(stage, load, Random(seed)))
        try:
            await _act(stage, invitations, citizens)
        finally:
            tormenting.cancel()
            await asyncio.gather(tormenting, return_exceptions=True)
        await stage.lives.begin()
        await stage.stories[0].quiet(everybody=True)
        load.stops_s.append(await stage.lives.stop())
        load.kills = stage.lives.kills
        load.verdict = await check(stage.tables, stage.api, stage.stories, ends=stage.lives.ended_at)
    return load


async def _act(stage: StageSet, invitations: dict[str, str], citizens: int) -> None:
    for queue, payload in invitations.items():
        stories = [stage.story(f"{queue}{number}", queue) for number in range(citizens)]
        await stories[0].join(payload)
    async with asyncio.TaskGroup() as acting:
        for story in stage.stories:
            acting.create_task(_until_decided(story))
    await stage.stories[0].pass_time(ASK_BACK_AFTER)
    async with asyncio.TaskGroup() as acting:
        for story in stage.stories:
            acting.create_task(story.look_back())
    await stage.stories[0].pass_time(PROMISE_OVER_AFTER)
    async with asyncio.TaskGroup() as acting:
        for story in stage.stories:
            acting.create_task(story.be_overdue())


async def _until_decided(story: Story) -> None:
    await story.propose()
    await story.discuss()
    await story.decide()


async def _torment(stage: StageSet, load: Load, dice: Random) -> None:
    ends = 0
    while True:
        await _let_live(stage, dice)
        ends += 1
        if ends % _STOP_EVERY == 0:
            load.stops_s.append(await stage.lives.stop())
            await stage.lives.begin()
        else:
            stage.lives.kill()


async def _let_live(stage: StageSet, dice: Random) -> None:
    """Wait until the service has done so much or so little: on a slow machine, too, it must get somewhere."""
    enough = sum(stage.page.reached().values()) + dice.randint(*_POINTS_A_LIFE)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_LIFE_S):
            while sum(stage.page.reached().values()) < enough:  # noqa: ASYNC110 - another process gets there
                await asyncio.sleep(_LOOK_EVERY_S)
    await asyncio.sleep(dice.uniform(0, 2 * _LOOK_EVERY_S))
