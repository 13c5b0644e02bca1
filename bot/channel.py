"""What a channel must be able to do, and how a call to it can fail.

A chat is a chat: a citizen's private talk and a review room are the same two things on every
channel, an address that shows messages with buttons, and events that come from it.
"""

from typing import Protocol

from dialogs.message import Message


class Channel(Protocol):
    """The way out to one channel. ``place`` is the channel's own reference of a chat."""

    async def send(self, place: str, message: Message, *, key: int) -> int:
        """Show a message and return its number in that chat; numbers of a chat go up.

        ``key`` is the same when the same message is sent again: a channel that can, shows it once.
        Raises: any ``SendingFailed``.
        """
        ...

    async def edit(self, place: str, number: int, message: Message) -> None:
        """Show a message in place of an earlier one. Raises: any ``SendingFailed``."""
        ...

    async def pin(self, place: str, number: int) -> None:
        """Keep a message of ours in sight in its room, without a sound. Raises: any ``SendingFailed``."""
        ...

    async def acknowledge(self, place: str, number: int) -> None:
        """Show those in a room that a message of theirs was taken, by a sign on it. Raises: any ``SendingFailed``."""
        ...


class SendingFailed(Exception):
    """A call that did not do what was asked; the subclass says what to do about it."""


class Throttled(SendingFailed):
    """Hold this chat for ``retry_after_s`` and send nothing there meanwhile."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"throttled for {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class NotSent(SendingFailed):
    """The call certainly did nothing and may work later: wait and try again."""


class Unknown(SendingFailed):
    """The answer was lost: the message may be there or not."""


class Refused(SendingFailed):
    """The call can never work as it stands: bury it."""


class Unreachable(SendingFailed):
    """The person blocked us, or the group put us out: stop sending there."""


class Moved(SendingFailed):
    """The chat lives at ``new_place`` now."""

    def __init__(self, new_place: str) -> None:
        super().__init__("the chat has moved")
        self.new_place = new_place


class Closed(SendingFailed):
    """The topic of a group takes nothing any more: go on in its General topic, if it was not that one."""


class Gone(SendingFailed):
    """The message to edit is not there any more: post it anew."""
