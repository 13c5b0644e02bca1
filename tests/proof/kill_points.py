"""The loop of one citizen, with a kill at a named point in each of its steps.

A first run without kills counts how often each point is reached in each step. Then runs follow in
which the service dies at one such place a step, and in the life after it dies again while it starts.
A *chain* is the kills of one step, one a life.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.proof.checker import Verdict, check, talk_of
from tests.proof.stage_set import ASK_BACK_AFTER, PROMISE_OVER_AFTER, StageSet, stage_set

Kill = tuple[str, int]
Chains = Mapping[str, list[Kill]]
START = "start"
# These are passed once at each start: they are killed in the life after a kill.
STARTING = ("library", "key", "recover", "sweep-inbox", "sweep-visits", "invite", "getMe", "deleteWebhook")


@dataclass(slots=True)
class Run:
    """One run of the loop. ``reached``: how often each point was, by step; ``missed``: kills that did not happen."""

    reached: dict[str, dict[str, int]] = field(default_factory=dict)
    talk: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict([], 0, 0))
    kills: int = 0
    missed: dict[str, int] = field(default_factory=dict)
    sent_again: int = 0


async def run_loop(url: str, folder: Path, chains: Chains) -> Run:
    """Act the whole loop with these kills, and check what it left."""
    run = Run()
    async with stage_set(url, folder) as stage:
        story = stage.story("otter")
        before: dict[str, int] = {}

        def begin(step: str) -> None:
            before.update(stage.page.reached())
            stage.lives.arm(list(chains.get(step, [])))

        def end(step: str) -> None:
            if left := stage.lives.disarm():
                run.missed[step] = left
            reached = stage.page.reached()
            run.reached[step] = {point: n - before[point] for point, n in reached.items() if n > before[point]}

        story.before, story.after = begin, end
        await _act(stage)
        run.kills = stage.lives.kills
        run.sent_again = len(story.sent_again)
        run.verdict = await check(stage.tables, stage.api, [story], kills=run.kills)
        run.talk = talk_of(story)
    return run


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
    await stage.lives.stop()


def plan(reached: Mapping[str, Mapping[str, int]], *, every: bool) -> list[dict[str, list[Kill]]]:
    """Spread kills over as few runs as will do: each point once, or ``every`` time it was reached.

    A step has one kill, and one more in the start that follows.
    """
    starting = deque(_kills(reached, starting=True, every=every))
    waiting: dict[str, deque[Kill]] = defaultdict(deque)
    for step, kill in _kills(reached, starting=False, every=every):
        waiting[step].append(kill)
    runs: list[dict[str, list[Kill]]] = []
    while any(waiting.values()) or starting:
        run: dict[str, list[Kill]] = {}
        for step in reached:
            chain = [waiting[step].popleft()] if waiting[step] else []
            if starting and (chain or not any(waiting.values())):
                chain = [*(chain or [("turn/after-commit", 1)]), starting.popleft()[1]]
            if chain:
                run[step] = chain
        runs.append(run)
    return runs


def _kills(
    reached: Mapping[str, Mapping[str, int]], *, starting: bool, every: bool
) -> list[tuple[str, Kill]]:
    """List the kills there are; of each point the one in the step with the fewest so far, unless ``every``."""
    found: dict[str, list[tuple[str, Kill]]] = defaultdict(list)
    for step, points in reached.items():
        for point, times in points.items():
            if (point.partition("/")[0] in STARTING) == starting:
                found[point] += [(step, (point, nth)) for nth in range(1, times + 1)]
    if every or starting:
        return [kill for kills in found.values() for kill in kills]
    chosen: dict[str, int] = defaultdict(int)
    kills = []
    for places in sorted(found.values(), key=len):
        best = min(places, key=lambda place: chosen[place[0]])
        chosen[best[0]] += 1
        kills.append(best)
    return kills
