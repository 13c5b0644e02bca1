"""What we keep of a person: their language, and words that have not found their place yet."""

from datetime import datetime

import sqlalchemy as sa

from dialogs.ids import Language, PersonId
from storage.database import Connection
from storage.tables import people


def set_language(c: Connection, person: PersonId, language: Language) -> None:
    """Speak this language with a person from now on."""
    c.execute(people.update().where(people.c.id == person).values(language=language))


def language_of(c: Connection, person: PersonId) -> str:
    """Tell which language is spoken with a person."""
    return str(c.execute(sa.select(people.c.language).where(people.c.id == person)).scalar_one())


def keep_loose_words(c: Connection, person: PersonId, words: str | None, *, now: datetime) -> None:
    """Keep words until the person says what they are for; None: they found their place."""
    kept = {"loose_words": words, "loose_at": None if words is None else now}
    c.execute(people.update().where(people.c.id == person).values(kept))


def drop_loose_words(c: Connection, *, before: datetime) -> None:
    """Forget words that came before a moment and never found their place."""
    c.execute(people.update().where(people.c.loose_at < before).values(loose_words=None, loose_at=None))
