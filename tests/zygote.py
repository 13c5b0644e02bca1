"""What every forked program finds done: all is imported, and nothing has begun. Only the fork server imports this.

``tests/forked.py`` names it to ``multiprocessing``. Importing the program takes a second, forking it a hundredth.
"""

import gc
import importlib

# Modules that the program imports only once it serves, or in one of its commands, and what the tests add.
_LATE = (
    "aiosqlite",
    "asyncpg",
    "bot.app",
    "bot.cli",
    "bot.log",
    "bot.telegram.connecting",
    "concurrent.futures.thread",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "storage.leading",
    "tests.proof.life",
    "tzdata",
)

for _name in _LATE:
    importlib.import_module(_name)

# The words of the house are read once a process.
importlib.import_module("bot.configuration").load_voices()

# The program collects garbage when it starts; looking through all this again would copy all its pages.
gc.collect()
gc.freeze()
