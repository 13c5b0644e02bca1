"""The policy of the desk as a picture: every act, every rank, and both places."""

import pytest

from dialogs.desk.policy import POLICY, Rank, Verdict, judge, rank, refusal_of
from dialogs.desk.seat import Servant, Where
from dialogs.ids import QueueId
from dialogs.installation import Role
from tests.dialogs.matters import a_servant, riverton

OUTDOORS, CARE = QueueId("outdoors"), QueueId("care")
PEOPLE: dict[Rank, Servant | None] = {
    Rank.STRANGER: None,
    Rank.ELSEWHERE: a_servant(1, Role.LEAD, CARE),
    Rank.REVIEWER: a_servant(2, Role.REVIEWER),
    Rank.LEAD: a_servant(3, Role.LEAD),
    Rank.ADMIN: a_servant(4, Role.ADMIN, CARE),
}
# A column a rank, from stranger to admin, before colleagues and in private:
# y yes, s stranger, q of another queue, l for leads only, h not here.
PICTURE = """
agree           sqyyy sqyyy
ask             sqyyy sqyyy
attachments     sqyyy sqyyy
bind            sqlyy sqlhh
bulk            sqyyy sqyyy
case            sqyyy sqyyy
claim           sqyyy sqyyy
decide          sqyyy sqyyy
deliver         sqyyy sqyyy
draft           sqhhh sqyyy
duty            sqyyy sqyyy
duty.add        sqlyy sqlyy
duty.join       sqyyy sqyyy
duty.leave      sqyyy sqyyy
duty.me         sqyyy sqyyy
duty.off        sqyyy sqyyy
duty.remove     sqlyy sqlyy
find            sqyyy sqyyy
fits            sqyyy sqyyy
forward         sqyyy sqyyy
give_up         sqyyy sqyyy
hand_over       sqyyy sqyyy
handover        sqyyy sqyyy
help            sqyyy sqyyy
how_to_note     sqyyy sqyyy
into            sqyyy sqyyy
join            sqyyy sqyyy
keep            sqyyy sqyyy
menu            sqyyy sqyyy
merge           sqyyy sqyyy
mine            sqyyy sqyyy
normal          sqyyy sqyyy
note            sqyyy sqhhh
open            sqyyy sqhhh
plan            sqyyy sqyyy
public_line     sqyyy sqyyy
queue           sqyyy sqyyy
release         sqyyy sqyyy
send_back       sqyyy sqyyy
snooze          sqyyy sqyyy
split           sqyyy sqyyy
start           sqyyy sqyyy
stats           sqyyy sqyyy
tag             sqyyy sqyyy
take_over       sqyyy sqyyy
to              sqyyy sqyyy
undo            sqyyy sqyyy
unmask          sqyyy sqyyy
unmerge         sqyyy sqyyy
urgent          sqyyy sqyyy
wake            sqyyy sqyyy
weigh           sqyyy sqyyy
"""


def draw() -> str:
    """Draw the verdict of every cell."""
    signs = {
        Verdict.YES: "y",
        Verdict.STRANGER: "s",
        Verdict.NOT_THIS_QUEUE: "q",
        Verdict.LEADS_ONLY: "l",
        Verdict.NOT_HERE: "h",
    }
    rows = []
    for doing in POLICY:
        cells = ("".join(signs[judge(doing, one, OUTDOORS, where)] for one in PEOPLE.values()) for where in Where)
        rows.append(f"{doing:<15} {' '.join(cells)}")
    return "\n".join(["", *sorted(rows), ""])


def test_every_cell_is_as_it_was_agreed() -> None:
    """Nothing is allowed to anybody that the picture does not show."""
    assert draw() == PICTURE


@pytest.mark.parametrize("where", Where)
def test_what_is_not_in_the_table_is_refused(where: Where) -> None:
    """An act that nobody has thought of may be done by nobody, and everybody reads a word about it."""
    for doing in ("", "🙂", "CLAIM", "answer", "silence", "claim.1", "duty.all"):
        for one in PEOPLE.values():
            verdict = judge(doing, one, OUTDOORS, where)
            assert verdict is not Verdict.YES
            assert refusal_of(verdict, OUTDOORS, riverton())


def test_a_rank_is_held_in_one_queue() -> None:
    """Who leads one queue is nobody in another; an admin of one is one everywhere."""
    assert {one: rank(servant, OUTDOORS) for one, servant in PEOPLE.items()} == {one: one for one in Rank}
    assert rank(PEOPLE[Rank.LEAD], CARE) is Rank.ELSEWHERE
