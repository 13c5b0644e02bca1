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


class _NoClient(logging.Filter):
    """Says that a request failed, and neither whose it was nor what was in it: aiohttp gives the address and quotes."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        record.msg, record.args = "A request could not be taken (%s).", (kind.__name__ if kind else record.levelname,)
        record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING


def server_log() -> logging.Logger:
    """Give the log for what goes wrong before a request reaches any page."""
    log = logging.getLogger("bot.web.server")
    if not any(isinstance(one, _NoClient) for one in log.filters):
        log.addFilter(_NoClient())
    return log
