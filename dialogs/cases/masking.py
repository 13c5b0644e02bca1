"""Masking: what servants read of people's words, with the personal data in them covered.

A card stands in a group, where it is kept by every phone that is in it. So an e-mail address, a phone, a number
or an account that somebody wrote into their words is replaced by a word for what it is. A link loses its scheme and
all behind its path, and gets blanks around its dots, so that no program makes it one that can be pressed. Who holds
the case can have the words as they were written, once a press, in their own chat (``unmasking.py``).

Every text goes through this on its way to a servant, whoever wrote it: notes and reasons quote, too.
What a citizen reads is never masked: it is theirs.
"""

import re
from dataclasses import dataclass, replace

from dialogs.cases.personal_data import Found, Kind, find
from dialogs.said import Words
from dialogs.texts import Voice
from dialogs.town import Town

# A page of one of these is a person.
_SOCIAL = re.compile(
    r"(?:^|\.)(?:t\.me|telegram\.me|wa\.me|whatsapp\.com|facebook\.com|fb\.com|fb\.me|m\.me|instagram\.com|x\.com|"
    r"twitter\.com|tiktok\.com|linkedin\.com|snapchat\.com|youtube\.com|threads\.net|vk\.com|discord\.gg)$"
)
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"[^/?#]*")
_LONG_NUMBER = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that servants may see, and what is covered in it: places in the text as it was written."""

    text: str
    found: tuple[Found, ...]


def mask(text: str, town: Town) -> Masked:
    """Cover the personal data of a text by words of the town's language."""
    found = find(text, country=town.country)
    if not found:
        return Masked(text, ())
    voice = town.voice(town.language)
    pieces, end = [], 0
    for one in found:
        pieces += [text[end : one.start], _cover(text[one.start : one.end], one.kind, town, voice)]
        end = one.end
    return Masked("".join([*pieces, text[end:]]), found)


def mask_words(words: Words, town: Town) -> tuple[Words, bool]:
    """Mask every answer, and every question, which may repeat one; tell whether there was anything to cover."""
    masked = [(said, mask(said.question, town), mask(said.answer, town)) for said in words]
    covered = any(question.found or answer.found for _, question, answer in masked)
    return tuple(replace(said, question=asked.text, answer=answer.text) for said, asked, answer in masked), covered


def _cover(written: str, kind: Kind, town: Town, voice: Voice) -> str:
    return _harmless(written, town, voice) if kind is Kind.LINK else voice(f"mask.{kind}")


def _harmless(link: str, town: Town, voice: Voice) -> str:
    """Write where a link leads, so that it cannot be pressed; a page that may name a person is left out."""
    rest = _SCHEME.sub("", link)
    authority = _HOST.match(rest)
    assert authority is not None
    # What stands before an @ is a name and perhaps a password.
    host, path = authority[0].rpartition("@")[2], re.split("[?#]", rest[authority.end() :])[0]
    if _SOCIAL.search(host.lower()) or "." not in host:
        return voice(f"mask.{Kind.ACCOUNT}") if "." in host else voice("mask.link")
    if _LONG_NUMBER.search(path) or "@" in path or "%" in path or find(path.replace("/", " "), country=town.country):
        path = "/…"
    return host.replace(".", " . ") + path.replace(".", " . ")
