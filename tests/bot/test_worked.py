"""Whether it worked, as several people say it: whose no still stands keeps a case open, on both databases."""

import sqlalchemy as sa

from dialogs.cases.case import ASK_BACK, State
from dialogs.effects import Telling
from storage import contributors
from storage.case_tables import announcements, asks
from storage.case_tables import cases as table
from storage.case_tables import contributors as parts
from storage.database import Connection, Database
from tests.stage import MORNING, set_stage


async def test_anothers_no_is_seen_in_the_same_round(database: Database) -> None:
    """Ben's no counts for Ana where both were asked in one round, and no longer in the next."""
    async with set_stage(database) as stage:
        for person in ("Ana", "Ben"):
            await stage.propose(person, "A bus on Sunday mornings.")

        def ask_both(c: Connection) -> tuple[bool, bool]:
            rows = c.execute(sa.select(parts.c.id, parts.c.person_id, parts.c.case_id).order_by(parts.c.id)).all()
            case = rows[0].case_id
            c.execute(table.update().where(table.c.id == case).values(state=State.REOPENED.value))
            seen: list[bool] = []
            for version in (1, 2):
                told = {
                    "version": version,
                    "case_id": case,
                    "kind": Telling.ASK_BACK.value,
                    "starts_at": stage.clock.now(),
                }
                c.execute(announcements.insert().values(told | {"snapshot": "{}", "words": ""}))
                mine, other = (
                    contributors.put_ask(c, row.id, case, ASK_BACK, "Did it work?", now=stage.clock.now())
                    for row in rows
                )
                if not seen:
                    contributors.answer_ask(c, other, "no", stage.clock.now())
                found = contributors.find_ask(c, mine, rows[0].person_id)
                assert found is not None
                seen.append(found.others_say_no)
                stage.clock.move_to(MORNING.replace(year=MORNING.year + 1))
            assert c.execute(sa.select(sa.func.count()).select_from(asks)).scalar_one() == 4
            return seen[0], seen[1]

        assert await database.write(ask_both) == (True, False)
