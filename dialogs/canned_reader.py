"""Reading what queues often write to citizens: questions, and reasons by outcome, in every language."""

from collections.abc import Callable, Iterator

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.ids import CannedId, Language, QueueId
from dialogs.installation import Queue
from dialogs.installation_shapes import QueueShape
from dialogs.texts import Text
from dialogs.wording import LONGEST_CANNED, check_wording
from dialogs.yaml_tree import Path, Table, Tree

# What can stand in one: the number of the case, its service, and the day by which news was promised.
NAMES = ("code", "service", "date")
# What fits under one message as buttons, and can be read over at a glance.
_MOST = 12


def check_canned(tree: Tree, queue: str, languages: tuple[Language, ...]) -> Iterator[Mistake]:
    """Check every canned text of a queue. No languages: they are not known."""
    above: Path = ("queues", queue)
    written = tree.at((*above, "reasons"))
    outcomes = list(written.entries) if isinstance(written, Table) else []
    for path in ((*above, "replies"), *((*above, "reasons", outcome) for outcome in outcomes)):
        listed = tree.at(path)
        ids = list(listed.entries) if isinstance(listed, Table) else []
        if len(ids) > _MOST:
            cause = f"`{path[-1]}` has more than {_MOST} texts to choose from."
            yield tree.mistake(path, cause, "Take out those that are chosen least.", at_key=True)
        for id in ids[: _MOST + 1]:
            if words := tree.texts((*path, id)):
                yield from check_wording(
                    tree, (*path, id), words, languages, names=NAMES, refuse=_refuse, longest=LONGEST_CANNED
                )


def read_queue(id: QueueId, shape: QueueShape, text: Callable[[dict[str, str]], Text]) -> Queue:
    """Make a queue of what was checked."""
    return Queue(
        id=id,
        name=text(shape.name),
        replies={CannedId(one): text(words) for one, words in shape.replies.items()},
        reasons={
            outcome: {CannedId(one): text(words) for one, words in listed.items()}
            for outcome, listed in shape.reasons.items()
        },
        second=frozenset(shape.second),
        digest_at=shape.digest,
        fallback=None if shape.fallback is None else QueueId(shape.fallback),
    )


def _refuse(name: str) -> tuple[str, str]:
    return f"`{{{name[:60]}}}` is nothing that a canned text can name.", suggest(name, NAMES)
