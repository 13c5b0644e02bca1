"""How long what people told us is kept, where they do not ask us to forget it sooner.

- A conversation that was not sent: as its flow says (``expire_after``).
- A contribution, with its answers, photos and search words, what the web chat showed until then, and codes that reopen
  the chat: two years after the last thing that happened to its case, once that is closed.
- What a servant thought of who could deliver something: two years.
- Words that never found their place, a message that could not be sent, an update that could not be read: thirty days.
- The number by which an update is known again: a week (``inbox.py``). Who a browser is: until its cookie ends.

What stays is the case without anybody's words: its service, its outcome and when it happened, so that a town can count.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from dialogs.cases.case import Actor, Deed, State
from dialogs.ids import CaseId
from storage import forgetting, merges, outbox, people, weighings
from storage.case_tables import cases, contributions, contributors, journal
from storage.cases import load
from storage.database import Connection
from storage.recorder import note_forgotten
from storage.tables import inbox
from storage.tables import outbox as outbox_table

AFTER_CLOSING, AFTER_FAILING = timedelta(days=730), timedelta(days=30)
# A sweep holds up everybody who writes, so the rest waits for the next one.
AT_ONCE = 50
_CLOSED = (State.CONFIRMED, State.UNCONFIRMED)

# That servants look every half year at who delivers it is no reason to keep what people said.
_LOOKS = (Deed.WEIGHED, Deed.WEIGH_AGAIN, Deed.KEEP_DELIVERY, Deed.REVISIT)
_HAPPENED = journal.c.act.not_in([look.value for look in _LOOKS])
_IS_QUIET = ~sa.exists().where(journal.c.case_id == cases.c.id, journal.c.at >= sa.bindparam("before"), _HAPPENED)
_IS_CLOSED = cases.c.state.in_([state.value for state in _CLOSED])
# What is merged is as open as the case that it is looked after as, which is asked for afterwards.
_STILL_NEEDED = (
    sa.select(contributors.c.id)
    .join(cases, cases.c.id == contributors.c.case_id)
    .where(
        contributors.c.contribution_id == contributions.c.id,
        ~(_IS_QUIET & (_IS_CLOSED | cases.c.merged_into.is_not(None))),
    )
)
_OLD = (
    sa.select(contributions.c.id)
    .where(
        contributions.c.submitted_at < sa.bindparam("before"),
        contributions.c.words != sa.bindparam("taken_back"),
        ~_STILL_NEEDED.exists(),
    )
    .order_by(contributions.c.id)
)
_CASES_OF = sa.select(contributors.c.case_id).where(contributors.c.contribution_id == sa.bindparam("contribution"))


def sweep(c: Connection, *, now: datetime) -> None:
    """Forget what has been kept for long enough, a part of it at a time."""
    failed = now - AFTER_FAILING
    blank = forgetting.BLANK | {"status": outbox.WITHDRAWN}
    c.execute(outbox_table.update().where(outbox.IS_ENDED, outbox_table.c.created_at < failed).values(blank))
    c.execute(inbox.delete().where(inbox.c.received_at < failed))
    people.drop_loose_words(c, before=failed)
    before = now - AFTER_CLOSING
    weighings.forget(c, before=before)
    done = 0
    for row in c.execute(_OLD, {"before": before, "taken_back": forgetting.NO_WORDS}).all():
        if done == AT_ONCE:
            return
        if _is_over(c, row.id, before=before):
            note_forgotten(c, forgetting.forget_contribution(c, row.id, before=before, now=now), Actor.CLOCK, now=now)
            done += 1


def _is_over(c: Connection, contribution: int, *, before: datetime) -> bool:
    """Tell whether nothing has happened for long enough to all that a contribution is looked after as."""
    own = c.execute(_CASES_OF, {"contribution": contribution}).scalars().all()
    roots = {merges.root_of(c, CaseId(case_id)) for case_id in own}
    lately = sa.select(journal.c.id).where(journal.c.case_id.in_(roots), journal.c.at >= before, _HAPPENED).limit(1)
    is_closed = all(load(c, root).state in _CLOSED for root in roots)
    return is_closed and c.execute(lately).scalar() is None
