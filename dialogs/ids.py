"""Identifiers, each of a type of its own, so that one is never taken for another."""

from typing import NewType

PersonId = NewType("PersonId", int)
AddressId = NewType("AddressId", int)
SessionId = NewType("SessionId", int)
VersionId = NewType("VersionId", int)
CaseId = NewType("CaseId", int)
BatchId = NewType("BatchId", int)
AskId = NewType("AskId", int)
ContributorId = NewType("ContributorId", int)
StaffId = NewType("StaffId", int)
DraftId = NewType("DraftId", int)
OutboxId = NewType("OutboxId", int)

FlowId = NewType("FlowId", str)
StepId = NewType("StepId", str)
MediaId = NewType("MediaId", str)
ServiceId = NewType("ServiceId", str)
QueueId = NewType("QueueId", str)
TagId = NewType("TagId", str)
CannedId = NewType("CannedId", str)
Language = NewType("Language", str)

# Crockford's base 32: no I, L, O, U, so a code survives being read aloud and copied by hand.
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Longer than the number of any case: where there is none of that number, it is repeated to who typed it.
_LONGEST_READ = 20


def spell(number: int, letters: int) -> str:
    """Write a random number as a code in groups of four, such as ``K7F3-9QWD`` (5 bits a letter)."""
    code = "".join(CODE_LETTERS[number >> 5 * place & 31] for place in range(letters))
    return "-".join(code[start : start + 4] for start in range(0, letters, 4))


def unspell(text: str) -> str:
    """Bring a code as somebody typed it to the form in which ``spell`` wrote it."""
    letters = text.upper().translate(str.maketrans("OILU", "011V"))
    kept = "".join(letter for letter in letters if letter in CODE_LETTERS)
    return "-".join(kept[start : start + 4] for start in range(0, len(kept), 4))


def read_code(text: str) -> str:
    """Read what somebody typed as the number of a case; "" where it can be none."""
    return unspell(text)[:_LONGEST_READ]
