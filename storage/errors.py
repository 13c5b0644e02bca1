"""Errors of the store by what the caller should do."""


class StorageError(Exception):
    """Anything the store cannot do."""


class Unwritable(StorageError):
    """Nothing can be written now (disk full, read-only, unreachable): accept nothing, try again later."""


class LostRace(StorageError):
    """Somebody else changed the row first: read again and run the unit of work again."""
