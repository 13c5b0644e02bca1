"""How fast one may send to Telegram: pure arithmetic on times given, in seconds of any steady clock.

- Over all chats a slot every 1/26 s: Telegram takes about 30 a second. Replies and cards may run four
  slots ahead, announcements none, so a reply overtakes a running announcement.
- A group: 18 calls in any 60 s and 1 s apart, shared by sends, edits and reactions, and by all its topics.
  Telegram's own limit is about 20, and calling during its penalty lengthens the penalty.
- What nobody waits for in a group (``dialogs/cases/urgency.py``) leaves 8 of these calls free, and as many
  more as pressing ones were made in the last minute, but may always make 5. It is spread over the minute:
  calls made in one heap fall out of the window in one heap, and the next heap would wait for that. With n
  of them in the window and m allowed, the next one goes 60·n/m² s after the last, so the first few go at
  once, and the m-th and all after it 60/m s apart. Boards and batches that only change go where this
  leaves room: three times as long after the last.
- A private chat: announcements 1.05 s apart. Replies are not held back; 429 is obeyed.

Source: the Bot API's FAQ and experiments with it (2026); over all chats the scheme is GCRA, as in ITU-T I.371.
"""

from collections import deque

from dialogs.cases.urgency import Urgency, is_pressing
from dialogs.effects import Lane
from dialogs.place import group_of

ROOM_CALLS, ROOM_WINDOW_S, ROOM_APART_S = 18, 60.0, 1.0
ROOM_SPARE, ROOM_LEAST = 8, 5
LEISURE = 3
PRIVATE_APART_S = 1.05
SLOTS_AHEAD = 4


class Pace:
    """What was sent lately, and when the next thing may go."""

    def __init__(self, *, per_second: float) -> None:
        self._slot_s = 1 / per_second
        self._next_slot = 0.0
        # When each room was called lately, and whether that was pressing.
        self._rooms: dict[str, deque[tuple[float, bool]]] = {}
        self._announced: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def wait_s(self, place: str, lane: Lane, *, is_room: bool, now: float, urgency: Urgency = Urgency.ANSWER) -> float:
        """Tell how long this one must wait; 0 means now. How urgent it is matters in rooms."""
        place = group_of(place)
        ahead = 0.0 if lane is Lane.ANNOUNCEMENT else SLOTS_AHEAD * self._slot_s
        free_at = max(self._next_slot - ahead, self._held.get(place, 0.0))
        if is_room:
            free_at = max(free_at, self._room_free_at(place, urgency, now=now))
        elif lane is Lane.ANNOUNCEMENT:
            free_at = max(free_at, self._announced.get(place, 0.0) + PRIVATE_APART_S)
        return max(0.0, free_at - now)

    def take(self, place: str, lane: Lane, *, is_room: bool, now: float, urgency: Urgency = Urgency.ANSWER) -> None:
        """Note that one is sent now."""
        place = group_of(place)
        self._next_slot = max(self._next_slot, now) + self._slot_s
        if is_room:
            self._rooms.setdefault(place, deque(maxlen=ROOM_CALLS)).append((now, is_pressing(urgency)))
        elif lane is Lane.ANNOUNCEMENT:
            self._announced[place] = now
            if len(self._announced) > 10_000:
                self._announced = {p: at for p, at in self._announced.items() if now - at < PRIVATE_APART_S}

    def hold(self, place: str, *, until: float) -> None:
        """Send nothing to one chat (of a topic: to its group) until then, because it said so."""
        self._held[group_of(place)] = until
        self._held = {held: end for held, end in self._held.items() if end > until - 3600}

    def _room_free_at(self, place: str, urgency: Urgency, *, now: float) -> float:
        calls = self._rooms.get(place)
        if not calls:
            return now
        full = calls[0][0] + ROOM_WINDOW_S if len(calls) == ROOM_CALLS else now
        free_at = max(calls[-1][0] + ROOM_APART_S, full)
        if is_pressing(urgency):
            return free_at
        return max(free_at, _spread(calls, now, leisure=LEISURE if urgency >= Urgency.BOARD else 1))


def _spread(calls: deque[tuple[float, bool]], now: float, *, leisure: int) -> float:
    """Tell when the next call may be made that is not pressing."""
    lately = [(at, pressing) for at, pressing in calls if at > now - ROOM_WINDOW_S]
    others = [at for at, pressing in lately if not pressing]
    if not others:
        return now
    allowed = max(ROOM_LEAST, ROOM_CALLS - ROOM_SPARE - (len(lately) - len(others)))
    return others[-1] + min(leisure * ROOM_WINDOW_S * len(others) / allowed**2, ROOM_WINDOW_S)
