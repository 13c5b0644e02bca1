"""The loop of one citizen, with a kill at a named point in each of its steps.

A first run without kills counts how often each point is reached in each step. Then runs follow in
which the service dies at one such place a step, here and there once more while it starts again.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.proof.checker import Verdict, check, talk_of
from tests.proof.lives import Kill
from tests.proof.stage_set import ASK_BACK_AFTER, PROMISE_OVER_AFTER, StageSet, stage_set

Reached = Mapping[str, Mapping[str, int]]
# A kill, and the step in which it is to happen.
Aim = tuple[str, Kill]
# The kills of each step, one a life.
Chains = Mapping[str, list[Kill]]
# Gives the address of an empty database and a folder, new each time.
Fresh = Callable[[], tuple[str, Path]]
# These are passed once at each start: they are killed in the life after a kill.
_MOST_TRIES = 3
# Nothing was sent yet when it dies here, so the start that follows may die as well, and nobody reads it thrice.
_BEFORE_STARTING: Kill = ("turn/after-commit", 1)
STARTING = ("library", "key", "recover", "sweep", "invite", "getMe", "setMyCommands", "deleteWebhook")


@dataclass(slots=True)
class Run:
    """One run of the loop. ``reached``: how often each point was, by step; ``done``: the kills, by step."""

    reached: dict[str, dict[str, int]] = field(default_factory=dict)
    talk: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict([], 0, 0))
    kills: int = 0
    done: list[Aim] = field(default_factory=list)
    sent_again: int = 0


async def run_loop(url: str, folder: Path, chains: Chains) -> Run:
    """Act the whole loop with these kills, and check what it left."""
    run = Run()
    async with stage_set(url, folder) as stage:
        story = stage.story("otter")
        before: dict[str, int] = {}

        async def begin(step: str) -> None:
            before.update(stage.page.reached())
            stage.lives.arm(chains.get(step, []))

        async def end(step: str) -> None:
            await stage.lives.disarm()
            run.done += [(step, kill) for kill in stage.lives.done[len(run.done) :]]
            reached = stage.page.reached()
            run.reached[step] = {point: n - before[point] for point, n in reached.items() if n > before[point]}

        story.before, story.after = begin, end
        await _act(stage)
        run.kills = stage.lives.kills
        run.sent_again = len(story.sent_again)
        run.verdict = await check(stage.tables, stage.api, [story], ends=stage.lives.ended_at)
        run.talk = talk_of(story)
    return run


# Reading what is due changes nothing, and how often it is read is a matter of time. So is when a board is pinned,
# which waits for the room's budget; to pin it again changes nothing either. Kills at random meet them.
AT_ANY_TIME = frozenset(
    {"look/before-commit", "look/after-commit", "pinChatMessage/before-call", "pinChatMessage/after-call"}
)


async def kill_everywhere(fresh: Fresh, *, every: bool, tell: Callable[[Run], None] = lambda _: None) -> list[Aim]:
    """Run the loop until each kill has happened, and give those that never did.

    Raises: AssertionError with what was lost or doubled.
    """
    calm = await run_loop(*await asyncio.to_thread(fresh), {})
    tell(calm)
    assert calm.verdict == Verdict([], 0, 0), calm.verdict
    aims = aims_in(calm.reached, every=every)
    tries: Counter[Aim] = Counter()
    while aims:
        chains = choose(aims, calm.reached)
        run = await run_loop(*await asyncio.to_thread(fresh), chains)
        tell(run)
        assert run.verdict.complaints == []
        assert run.talk == calm.talk
        aims = leave_out(aims, run.done)
        tries.update((step, kill) for step, chain in chains.items() for kill in chain)
        late = [aim for aim in aims if tries[aim] >= _MOST_TRIES]
        if late == aims:
            # Where once is enough: what was due in one step may be due in another one this time.
            others = {} if every else {aim: _elsewhere(aim, calm.reached, tries) for aim in late}
            missed = [aim for aim in late if others.get(aim) is None]
            if missed:
                return missed
            late, aims = [other for other in others.values() if other is not None], []
        aims = [aim for aim in aims if aim not in late] + late
    return []


async def _act(stage: StageSet) -> None:
    story = stage.stories[0]
    payload = await stage.invitation("outdoors")
    await stage.lives.begin()
    await story.join(payload)
    await story.propose()
    await story.discuss()
    await story.decide()
    await story.pass_time(ASK_BACK_AFTER)
    await story.look_back()
    await story.pass_time(PROMISE_OVER_AFTER)
    await story.be_overdue()
    await story.quiet(everybody=True)
    await stage.lives.stop()


def aims_in(reached: Reached, *, every: bool) -> list[Aim]:
    """List the kills to be done: each point once, in the step with the fewest so far, or ``every`` time."""
    places: dict[str, list[Aim]] = defaultdict(list)
    for step, points in reached.items():
        for point, times in points.items():
            if point in AT_ANY_TIME:
                continue
            places[point] += [(step, (point, nth)) for nth in range(1, times + 1)]
    if every:
        return [aim for aims in places.values() for aim in aims]
    taken: Counter[str] = Counter()
    chosen = []
    for aims in sorted(places.values(), key=len):
        best = min(aims, key=lambda aim: taken[aim[0]])
        taken[best[0]] += not _is_starting(best)
        chosen.append(best)
    return chosen


def choose(aims: list[Aim], reached: Reached) -> Chains:
    """Choose the kills of one run: in each step one, or one that is followed by a kill in the next start."""
    starting = [kill for step, kill in aims if _is_starting((step, kill))]
    chains: dict[str, list[Kill]] = {}
    for step, points in reached.items():
        here = [kill for at, kill in aims if at == step and not _is_starting((at, kill))][:1]
        if starting and (here == [_BEFORE_STARTING] or (not here and _BEFORE_STARTING[0] in points)):
            here = [_BEFORE_STARTING, starting.pop(0)]
        if here:
            chains[step] = here
    return chains


def leave_out(aims: list[Aim], done: list[Aim]) -> list[Aim]:
    """Give the kills that are still to be done."""
    starts = {kill for step, kill in done if _is_starting((step, kill))}
    return [aim for aim in aims if aim not in done and not (_is_starting(aim) and aim[1] in starts)]


def _elsewhere(aim: Aim, reached: Reached, tries: Counter[Aim]) -> Aim | None:
    """Give another step in which a point was reached, and where nothing has been tried yet."""
    point = aim[1][0]
    places: list[Aim] = [(step, (point, 1)) for step, points in reached.items() if point in points]
    return next((place for place in places if not tries[place]), None)


def _is_starting(aim: Aim) -> bool:
    return aim[1][0].partition("/")[0] in STARTING
