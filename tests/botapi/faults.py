"""What can go wrong on the way, on purpose: programmed for the next calls, or by a seeded chance."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class How(StrEnum):
    """How a call goes wrong."""

    DONE_BUT_DROPPED = "done but told no"
    DROPPED = "dropped"
    SERVER_ERROR = "server error"
    GATEWAY_ERROR = "gateway error"
    DONE_BUT_GARBLED = "done but garbled"
    FORBIDDEN_PAGE = "forbidden page"
    THROTTLED = "throttled"
    SLOW = "slow"

    @property
    def done(self) -> bool:
        """Whether the call is performed all the same."""
        return self in (How.DONE_BUT_DROPPED, How.DONE_BUT_GARBLED, How.SLOW)


@dataclass(slots=True)
class Fault:
    """One fault: for ``times`` more calls (None: for ever), each with this chance. ``seconds``: of 429 and slow."""

    method: str
    how: How
    chat: int | None
    times: int | None
    chance: float
    dice: Random
    seconds: float


class Faults:
    """The faults that wait for a call; the first that fits happens."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Program a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._faults.clear()

    def choose(self, method: str, chat: int | None) -> Fault | None:
        """Find the fault that happens to this call, and count it."""
        for fault in self._faults:
            if fault.method not in ("*", method) or fault.chat not in (None, chat):
                continue
            if fault.times == 0 or fault.dice.random() >= fault.chance:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None
