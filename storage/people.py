"""What we keep of a person: their language, and words that have not found their place yet."""

from dialogs.ids import Language, PersonId
from storage.database import Connection
from storage.tables import people


def set_language(c: Connection, person: PersonId, language: Language) -> None:
    """Speak this language with a person from now on."""
    c.execute(people.update().where(people.c.id == person).values(language=language))


def keep_loose_words(c: Connection, person: PersonId, words: str | None) -> None:
    """Keep words until the person says what they are for; None: they found their place."""
    c.execute(people.update().where(people.c.id == person).values(loose_words=words))
