"""A channel of which everything is noted as it is shown, and which fails by chance in every way that one can fail.

What it did itself it keeps apart from what it told: of a message that is there although the answer was lost only it
knows. In the chats that somebody acts in, a message comes late but comes, as their next act depends on it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from bot.channel import Gone, NotSent, Refused, SendingFailed, Throttled, Unknown
from dialogs.message import Message
from dialogs.message import Shown as Attached
from tests.stage import StageChannel

# How often a call fails.
_SELDOM = 0.02
_LATE = ("not sent", "throttled", "lost")


def written(message: Message) -> str:
    """Give all that is to be read of a message, its buttons and what names its photos and sounds included."""
    attached = [block.attachment.id for block in message.blocks if isinstance(block, Attached)]
    return "\n".join([message.plain(), *(button.text for row in message.buttons for button in row), *attached])


@dataclass(frozen=True, slots=True)
class Shown:
    """A message at the moment in which it is shown; ``again``: it was before, and the answer was lost."""

    place: str
    message: Message
    is_edit: bool = False
    again: bool = False


@dataclass(slots=True)
class WatchedChannel(StageChannel):
    """The channel. ``acting``: the chats of people; ``notices``: how a message begins that nobody there waits for.

    ``heals``: nothing fails any more.
    """

    chance: Random = field(default_factory=Random)
    acting: set[str] = field(default_factory=set)
    notices: Sequence[re.Pattern[str]] = ()
    seen: list[Shown] = field(default_factory=list)
    # The chats of people in which something failed, and will be tried again.
    behind: set[str] = field(default_factory=set)
    # The keys of all that was ever shown, and of that of which nobody was told so.
    keys: set[int] = field(default_factory=set)
    doubted: set[int] = field(default_factory=set)
    failed: int = 0
    heals: bool = True

    async def send(self, place: str, message: Message, *, key: int) -> int:
        """Show a message, or fail, or both."""
        failure = self._failure(place, message)
        if failure is not None and not isinstance(failure, Unknown):
            raise failure
        swallowed = failure is not None and not self._is_awaited(place, message) and self.chance.random() < 0.5
        number = 0
        if not swallowed:
            # Not super(): a slotted dataclass is another class than the one its methods were written in.
            number = await StageChannel.send(self, place, message, key=key)
            self.seen.append(Shown(place, message, again=key in self.keys & self.doubted))
            self.keys.add(key)
        if failure is not None:
            self.doubted.add(key)
            raise failure
        return number

    async def edit(self, place: str, number: int, message: Message) -> None:
        """Change a message, or fail, or both."""
        failure = self._failure(place, message, is_edit=True)
        if isinstance(failure, Gone):
            self.shown.pop((place, number), None)
        if (place, number) not in self.shown:
            raise failure or Gone("it is not there")
        if failure is None or isinstance(failure, Unknown):
            await StageChannel.edit(self, place, number, message)
            self.seen.append(Shown(place, message, is_edit=True))
        if failure is not None:
            raise failure

    def _failure(self, place: str, message: Message, *, is_edit: bool = False) -> Exception | None:
        if self.heals or self.chance.random() > _SELDOM:
            return None
        self.failed += 1
        if place in self.acting:
            self.behind.add(place)
        ways = _LATE if self._is_awaited(place, message) else (*_LATE, "refused", "fault")
        return _failure_of(self.chance.choice((*ways, "gone") if is_edit else ways), message)

    def _is_awaited(self, place: str, message: Message) -> bool:
        """Tell whether somebody goes by this message in what they do next."""
        first = message.plain().split("\n")[0]
        return place in self.acting and not any(one.fullmatch(first) for one in self.notices)


def _failure_of(name: str, message: Message) -> Exception:
    failures: dict[str, SendingFailed] = {
        "not sent": NotSent("no"),
        "throttled": Throttled(3),
        "lost": Unknown("the answer was lost"),
        "refused": Refused("no"),
        "gone": Gone("it is not there"),
    }
    # A fault of ours, which says all that it knows.
    return failures.get(name) or LookupError(written(message))
