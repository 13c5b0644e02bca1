"""A place on Telegram: a chat, or a topic of a group, written as ``-100123/45``.

Each topic is a chat of its own for us. But the group is one for Telegram: it counts our calls over all topics,
moves them together and puts us out of all of them. The General topic is the group itself.
"""

_BETWEEN = "/"


def topic(group: str, number: int) -> str:
    """Name a topic of a group."""
    return f"{group}{_BETWEEN}{number}"


def group_of(place: str) -> str:
    """Give the group of a topic; any other place is its own."""
    return place.partition(_BETWEEN)[0]


def topic_of(place: str) -> str:
    """Give the number of a topic; empty for any other place."""
    return place.partition(_BETWEEN)[2]


def moved(place: str, group: str) -> str:
    """Name the same place in the group that its group has become."""
    return f"{group}{place.removeprefix(group_of(place))}"
