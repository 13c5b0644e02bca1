"""How fast one may send to Telegram: pure arithmetic on times given, in seconds of any steady clock.

- Over all chats a slot every 1/26 s: Telegram takes about 30 a second. Replies and cards may run four
  slots ahead, announcements none, so a reply overtakes a running announcement.
- A group: 18 calls in any 60 s and 1 s apart, shared by sends and edits. Telegram's own limit is about
  20, and calling during its penalty lengthens the penalty.
- A private chat: announcements 1.05 s apart. Replies are not held back; 429 is obeyed.

Source: the Bot API's FAQ and experiments with it (2026); the scheme is GCRA, as in ITU-T I.371.
"""

from collections import deque

from dialogs.effects import Lane

ROOM_CALLS, ROOM_WINDOW_S, ROOM_APART_S = 18, 60.0, 1.0
PRIVATE_APART_S = 1.05
SLOTS_AHEAD = 4


class Pace:
    """What was sent lately, and when the next thing may go."""

    def __init__(self, *, per_second: float) -> None:
        self._slot_s = 1 / per_second
        self._next_slot = 0.0
        self._rooms: dict[str, deque[float]] = {}
        self._announced: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def wait_s(self, place: str, lane: Lane, *, is_room: bool, now: float) -> float:
        """Tell how long this one must wait; 0 means now."""
        ahead = 0.0 if lane is Lane.ANNOUNCEMENT else SLOTS_AHEAD * self._slot_s
        free_at = max(self._next_slot - ahead, self._held.get(place, 0.0))
        if is_room:
            free_at = max(free_at, self._room_free_at(place, now))
        elif lane is Lane.ANNOUNCEMENT:
            free_at = max(free_at, self._announced.get(place, 0.0) + PRIVATE_APART_S)
        return max(0.0, free_at - now)

    def take(self, place: str, lane: Lane, *, is_room: bool, now: float) -> None:
        """Note that one is sent now."""
        self._next_slot = max(self._next_slot, now) + self._slot_s
        if is_room:
            self._rooms.setdefault(place, deque(maxlen=ROOM_CALLS)).append(now)
        elif lane is Lane.ANNOUNCEMENT:
            self._announced[place] = now
            if len(self._announced) > 10_000:
                self._announced = {p: at for p, at in self._announced.items() if now - at < PRIVATE_APART_S}

    def hold(self, place: str, *, until: float) -> None:
        """Send nothing to one chat until then, because it said so."""
        self._held[place] = until
        self._held = {held: end for held, end in self._held.items() if end > until - 3600}

    def _room_free_at(self, place: str, now: float) -> float:
        calls = self._rooms.get(place)
        if not calls:
            return now
        full = calls[0] + ROOM_WINDOW_S if len(calls) == ROOM_CALLS else now
        return max(calls[-1] + ROOM_APART_S, full)
