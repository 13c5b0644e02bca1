"""How fast one may send, as arithmetic: Telegram's limits are never broken, and replies overtake."""

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import PRIVATE_APART_S, ROOM_APART_S, ROOM_CALLS, ROOM_WINDOW_S, SLOTS_AHEAD, Pace
from dialogs.cases.urgency import Urgency
from dialogs.effects import Lane

PER_SECOND = 26
# Sums of floats: a microsecond more or less is no call more or less.
TINY = 1e-6
# (place, lane, how urgent in a room, how long after the one before it was put in)
CALLS = st.lists(
    st.tuples(
        st.sampled_from(["ana", "ben", "-1", "-2"]),
        st.sampled_from(Lane),
        st.sampled_from(Urgency),
        st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.4, 3.0]),
    ),
    max_size=150,
)


def send_all(pace: Pace, calls: list[tuple[str, Lane, Urgency, float]]) -> list[tuple[float, str, Lane]]:
    """Send one after another as soon as each may, and give when each went."""
    now, sent = 1000.0, []
    for place, lane, urgency, later in calls:
        now += later
        is_room = place.startswith("-")
        while (wait_s := pace.wait_s(place, lane, is_room=is_room, now=now, urgency=urgency)) > 0:
            now += wait_s
        pace.take(place, lane, is_room=is_room, now=now, urgency=urgency)
        sent.append((now, place, lane))
    return sent


def most_within(moments: list[float], window_s: float) -> int:
    """Give the greatest number of moments within any half-open window."""
    return max((bisect_left(moments, at + window_s - TINY) - i for i, at in enumerate(moments)), default=0)


@settings(max_examples=60)
@given(CALLS)
def test_no_limit_is_broken(calls: list[tuple[str, Lane, Urgency, float]]) -> None:
    """Never more than 30 in a second over all, 18 in a minute and 1 s apart in a room, an announcement a second."""
    sent = send_all(Pace(per_second=PER_SECOND), calls)
    assert most_within([at for at, _, _ in sent], 1.0) <= 30
    for room in ("-1", "-2"):
        moments = [at for at, place, _ in sent if place == room]
        assert most_within(moments, ROOM_WINDOW_S) <= ROOM_CALLS
        assert all(b - a >= ROOM_APART_S - TINY for a, b in pairwise(moments))
    for person in ("ana", "ben"):
        moments = [at for at, place, lane in sent if place == person and lane is Lane.ANNOUNCEMENT]
        assert all(b - a >= PRIVATE_APART_S - TINY for a, b in pairwise(moments))


def test_a_reply_overtakes_a_running_announcement() -> None:
    """While an announcement runs at full speed, a few replies wait for nothing at all."""
    pace = Pace(per_second=PER_SECOND)
    for number in range(200):
        now = 1000 + number / PER_SECOND
        assert pace.wait_s(f"p{number}", Lane.ANNOUNCEMENT, is_room=False, now=now) < TINY
        pace.take(f"p{number}", Lane.ANNOUNCEMENT, is_room=False, now=now)
    assert pace.wait_s("p0", Lane.ANNOUNCEMENT, is_room=False, now=now) > 0
    for _ in range(SLOTS_AHEAD - 1):
        assert pace.wait_s("ana", Lane.REPLY, is_room=False, now=now) == 0
        pace.take("ana", Lane.REPLY, is_room=False, now=now)


def test_a_held_chat_waits_alone() -> None:
    """A chat that said how long it wants to be left alone is left alone so long, and no other is."""
    pace = Pace(per_second=PER_SECOND)
    pace.hold("ana", until=1030.0)
    assert pace.wait_s("ana", Lane.REPLY, is_room=False, now=1000.0) == 30
    assert pace.wait_s("ana", Lane.REPLY, is_room=False, now=1030.0) == 0
    assert pace.wait_s("ben", Lane.REPLY, is_room=False, now=1000.0) == 0


def test_topics_share_the_budget_of_their_group() -> None:
    """However many topics a group has, they are called as often together as one group may be, and held as one."""
    pace, now, moments = Pace(per_second=PER_SECOND), 1000.0, list[float]()
    while now < 1300:
        place = ("-1/7", "-1/9", "-1")[len(moments) % 3]
        if pace.wait_s(place, Lane.CARD, is_room=True, now=now) == 0:
            pace.take(place, Lane.CARD, is_room=True, now=now)
            moments.append(now)
        now += 0.25
    assert most_within(moments, ROOM_WINDOW_S) == ROOM_CALLS
    assert all(b - a >= ROOM_APART_S - TINY for a, b in pairwise(moments))
    pace.hold("-2/7", until=now + 30)
    held = [pace.wait_s(place, Lane.CARD, is_room=True, now=now) for place in ("-2/7", "-2/9", "-2", "-3/7")]
    assert held == [30, 30, 30, 0]


def test_the_pace_forgets() -> None:
    """What was sent long ago holds up nothing, however many there were."""
    pace = Pace(per_second=1e6)
    for number in range(20_001):
        pace.take(f"p{number}", Lane.ANNOUNCEMENT, is_room=False, now=1000.0 + 2 * number)
    assert pace.wait_s("p0", Lane.ANNOUNCEMENT, is_room=False, now=90_000.0) == 0


def test_what_nobody_waits_for_leaves_calls_free() -> None:
    """However many new cards wait, somebody who presses in a room waits a second at most, ten times a minute."""
    pace, waits = Pace(per_second=PER_SECOND), list[float]()
    for second in range(1200):
        now = 1000.0 + second / 2
        if second % 12 == 0:
            waits.append(pace.wait_s("-1", Lane.CARD, is_room=True, now=now, urgency=Urgency.PRESSED))
            pace.take("-1", Lane.CARD, is_room=True, now=now + waits[-1], urgency=Urgency.PRESSED)
        elif pace.wait_s("-1", Lane.CARD, is_room=True, now=now, urgency=Urgency.NEW) == 0:
            pace.take("-1", Lane.CARD, is_room=True, now=now, urgency=Urgency.NEW)
    assert max(waits) <= ROOM_APART_S


@pytest.mark.parametrize("urgency", [Urgency.NEW, Urgency.BOARD])
def test_what_nobody_waits_for_is_never_shut_out(urgency: Urgency) -> None:
    """While a room is called as often as it may be, new cards and boards still have their turn."""
    turns: list[float] = []
    pace, now = Pace(per_second=PER_SECOND), 1000.0
    while now < 1600:
        # In the order in which they are wanted, what has waited for a minute goes first.
        late = not turns or now - turns[-1] >= ROOM_WINDOW_S
        kind = urgency if late else Urgency.PRESSED
        wait_s = pace.wait_s("-1", Lane.CARD, is_room=True, now=now, urgency=kind)
        if wait_s == 0:
            pace.take("-1", Lane.CARD, is_room=True, now=now, urgency=kind)
            turns += [now] * late
        now += max(wait_s, 0.1)
    assert len(turns) >= 9
