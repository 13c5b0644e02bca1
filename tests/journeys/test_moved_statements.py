"""A few statements of another platform move in, are answered and asked back: what `make proof` does with all 896."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.proof.statements import check, prove_statements
from tests.proof.tables import Tables

# What would be wrong if it were so, and what is said of it then.
WRONGS = {
    "no reason in the chat": "UPDATE lines SET message = '[]' WHERE outbox_id IS NOT NULL",
    "decided and not told": "UPDATE announcements SET kind = 'final' WHERE kind = 'decision'",
    "told to nobody": "UPDATE outbox SET status = 'dead' WHERE dedup LIKE 'tell:%'",
    "a no that went nowhere": "UPDATE journal SET act = 'words' WHERE act = 'contest'",
    "promised": "DELETE FROM outbox WHERE dedup LIKE 'tell:%'",
}


async def test_statements_move_in_and_are_answered(sqlite_url: str, tmp_path: Path) -> None:
    """Each is answered or declared late on its day, no decision is without its reason, every no is back in a queue."""
    count = 8
    told = await prove_statements(sqlite_url, tmp_path, count=count, seed=1)
    assert told.startswith(f"{count} statements by ")
    # And the check would have seen it, had it been otherwise.
    promised = dict.fromkeys(range(1, count + 1), "2027-12-31")
    for complaint, wrong in WRONGS.items():
        spoilt = spoil(Path(sqlite_url.removeprefix("sqlite:///")), wrong)
        found = await check(Tables(f"sqlite:///{spoilt}"), promised, count)
        assert [one for one in found.complaints if complaint in one] != [], complaint


def spoil(path: Path, wrong: str) -> Path:
    """Copy a database and do a wrong to it."""
    spoilt = path.with_name("spoilt.sqlite")
    shutil.copy(path, spoilt)
    with closing(sqlite3.connect(spoilt)) as connection:
        connection.execute(wrong)
        connection.commit()
    return spoilt
