"""The 896 statements of Bowling Green move in, are answered and asked back; then plain SQL says what became of each.

Where they do not lie beside the checkout (../shared/data), as many made-up ones do the same.
"""

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from storage.database import Database
from tests.moved_stage import moved_stage
from tests.proof.tables import Row, Tables
from tests.proof.triage import Triage

# A matter by the number of its case in charge, and one of those who wrote about it.
Part = tuple[int, int]

STATEMENTS = Path(__file__).parents[2].parent / "shared" / "data" / "bowling-green" / "statements.csv"
_SERVICES = {
    "buses": "bus|transit|ride",
    "streets": "road|street|traffic|lane|light|park(ing)? lot|sidewalk|bypass",
    "health_centre": "health|doctor|opioid|drug|medic",
    "home_care": "elder|senior|care|homeless|disab",
    "waste": "trash|recycl|litter|garbage",
    "library": "librar|school|educat|teach|book",
    "youth_club": "kid|youth|teen|child",
}
# So much a servant does in a day, and so many days at most until everything is over.
_A_SERVANTS_DAY, _LONGEST = 5, 240


@dataclass(slots=True)
class Found:
    """What the tables say at the end."""

    complaints: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


async def prove_statements(url: str, folder: Path, *, count: int, seed: int) -> str:
    """Move so many statements in and look after all of them. Raises: AssertionError."""
    rows = _read(count)
    database, tables = await Database.open(url), Tables(url)
    try:
        async with moved_stage(database, folder) as it:
            triage = Triage(it, Random(seed))
            await triage.enrol()
            sheet = _write(folder / "statements.csv", rows)
            columns = ("key=id", "author=who", "words=text", "service=about", "moderated=moderated")
            tally = await it.bring(sheet, *(part for one in columns for part in ("--map", one)))
            assert (tally.came.total(), tally.refused) == (len(rows), 0)
            promised = {row["id"]: row["promised_on"] for row in await tables.rows(_PROMISED)}
            days = 0
            while days < _LONGEST and (days < 30 or (await tables.rows(_OPEN))[0]["n"]):
                await triage.live_a_day(_A_SERVANTS_DAY)
                days += 1
            found = await check(tables, promised, len(rows))
    finally:
        await tables.close()
        await database.close()
    assert found.complaints == [], (len(found.complaints), found.complaints[:20], triage.did)
    told = ", ".join(f"{number} {what}" for what, number in found.figures.items())
    return f"{len(rows)} statements by {tally.owners} authors, {days} days, {told}; {dict(triage.did)}"


async def check(tables: Tables, promised: dict[int, str], count: int) -> Found:
    """Look at what became of each, in plain SQL."""
    found = Found()
    cases = {row["id"]: row for row in await tables.rows("SELECT * FROM cases ORDER BY id")}
    if len(cases) != count:
        found.complaints.append(f"{len(cases)} cases of {count} rows")
    await _check_answers(tables, promised, found)
    await _check_reasons(tables, found)
    await _check_contested(tables, found)
    found.figures |= Counter(f"cases {row['state']}" for row in cases.values())
    return found


async def _told(tables: Tables) -> dict[Part, list[Row]]:
    """List what each author was told of each matter: of several cases that became one they hear by one number."""
    kinds = {row["id"]: row["kind"] for row in await tables.rows("SELECT id, kind FROM announcements")}
    parts = {row["id"]: row for row in await tables.rows("SELECT id, case_id, person_id FROM contributors")}
    matters = await _matters(tables)
    told: dict[Part, list[Row]] = defaultdict(list)
    for row in await tables.rows(_TOLD):
        announcement, contributor = map(int, row["dedup"].split(":")[1:])
        part = parts[contributor]
        news = {"kind": kinds[announcement], "day": _day(row["sent_at"])}
        told[matters[part["case_id"]], part["person_id"]].append(news)
    return told


async def _matters(tables: Tables) -> dict[int, int]:
    """Give the case in charge of each."""
    into = {row["id"]: row["merged_into"] for row in await tables.rows("SELECT id, merged_into FROM cases")}
    matters = {}
    for id in into:
        root = id
        while (above := into[root]) is not None:
            root = above
        matters[id] = root
    return matters


async def _check_answers(tables: Tables, promised: dict[int, str], found: Found) -> None:
    """Each was answered by its promised day, or told on that day that the answer is late."""
    told, matters = await _told(tables), await _matters(tables)
    answered = late = 0
    for row in await tables.rows("SELECT case_id, person_id FROM contributors ORDER BY case_id"):
        id = row["case_id"]
        news = told[matters[id], row["person_id"]]
        decided = [one["day"] for one in news if one["kind"] == "decision"]
        overdue = [one["day"] for one in news if one["kind"] == "overdue"]
        if decided and min(decided) <= promised[id]:
            answered += 1
        elif overdue and min(overdue) <= promised[id]:
            late += 1
        else:
            found.complaints.append(f"case {id}: promised {promised[id]}, decided {decided}, overdue {overdue}")
        if not decided:
            found.complaints.append(f"case {id} has no answer")
    found.figures |= {"answered in time": answered, "declared late on their day and answered later": late}


async def _check_reasons(tables: Tables, found: Found) -> None:
    """Each decision has a reason, and it stands in the chat of everybody whom it is for."""
    for query, complaint in (
        (_UNSENT, "not sent"),
        (_UNTOLD, "decided and not told"),
        (_UNHEARD, "told to nobody"),
        (_SILENT, "no reason in the chat"),
    ):
        found.complaints += [f"{complaint}: {row}" for row in await tables.rows(query)]
    decisions = (await tables.rows("SELECT count(*) AS n FROM announcements WHERE kind = 'decision'"))[0]["n"]
    found.figures["decisions, each with its reason in every chat"] = decisions


async def _check_contested(tables: Tables, found: Found) -> None:
    """Each "no" brought its case back into a queue at that moment."""
    missing = await tables.rows(_NOT_BACK)
    found.complaints += [f"a no that went nowhere: {row}" for row in missing]
    found.figures["times no or partly, each back in its queue"] = (await tables.rows(_NOES))[0]["n"]


def _read(count: int) -> list[dict[str, str]]:
    if not STATEMENTS.exists():
        return [
            {"id": str(n), "who": str(n * 7 % 403), "text": f"Wish {n} for the road and the school.", "moderated": "0"}
            for n in range(count)
        ]
    with STATEMENTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:count]
    return [
        {
            "id": row["comment-id"],
            "who": row["author-id"],
            "text": row["comment-body"],
            "moderated": row["moderated"],
        }
        for row in rows
    ]


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "who", "text", "moderated", "about"])
        writer.writeheader()
        writer.writerows({**row, "about": _service_of(row["text"])} for row in rows)
    return path


def _service_of(text: str) -> str:
    return next((service for service, words in _SERVICES.items() if re.search(words, text.lower())), "parks")


def _day(sent_at: int) -> str:
    """Write the day that it was in the town."""
    return datetime.fromtimestamp(sent_at / 1000, ZoneInfo("America/New_York")).date().isoformat()


_OPEN = "SELECT count(*) AS n FROM cases WHERE state NOT IN ('merged', 'confirmed', 'unconfirmed')"
_PROMISED = "SELECT id, promised_on FROM cases"
_TOLD = "SELECT case_id, dedup, sent_at FROM outbox WHERE dedup LIKE 'tell:%' AND status = 'sent'"
_UNSENT = "SELECT id, status, error FROM outbox WHERE lane <> 1 AND status NOT IN ('sent', 'withdrawn')"
# An act of deciding of which nobody was told, a telling that reached nobody, and one without its words in a chat.
_UNTOLD = """
SELECT j.id, j.case_id FROM journal j WHERE j.act = 'decide' AND j.undone_at IS NULL AND NOT EXISTS
(SELECT 1 FROM announcements a WHERE a.case_id = j.case_id AND a.version = j.version AND a.kind = 'decision')
"""
_UNHEARD = """
SELECT a.id, a.case_id FROM announcements a WHERE a.kind = 'decision' AND NOT EXISTS
(SELECT 1 FROM outbox o WHERE o.dedup LIKE 'tell:' || a.id || ':%' AND o.status = 'sent')
"""
_SILENT = """
SELECT a.id, a.case_id FROM announcements a JOIN outbox o ON o.dedup LIKE 'tell:' || a.id || ':%'
LEFT JOIN lines l ON l.outbox_id = o.id
WHERE a.kind = 'decision' AND (a.words = '' OR l.id IS NULL OR l.message NOT LIKE '%' || a.words || '%')
"""
_NOES = "SELECT count(*) AS n FROM asks WHERE kind = 'ask_back' AND answer IN ('no', 'partly')"
# Nobody wrote down that it is back, or nobody has taken it from there though it is not there any more.
_NOT_BACK = """
SELECT a.id, a.case_id, c.state FROM asks a JOIN cases c ON c.id = a.case_id
WHERE a.kind = 'ask_back' AND a.answer IN ('no', 'partly') AND c.state <> 'merged' AND NOT EXISTS
(SELECT 1 FROM journal j WHERE j.case_id = a.case_id AND j.act = 'contest' AND j.at >= a.asked_at
 AND (c.state = 'reopened' OR EXISTS (SELECT 1 FROM journal k WHERE k.case_id = j.case_id AND k.id > j.id
      AND k.act IN ('claim', 'merge', 'took_in'))))
"""
