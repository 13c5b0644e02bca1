"""What the program says of itself on the terminal: a line each, no word of a citizen, no secret."""

import logging

_LIBRARIES = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
    "transitions",
)


def set_up_log(level: str) -> None:
    """Write the log to standard error."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    # Libraries at DEBUG write whole messages and statements with their values.
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
