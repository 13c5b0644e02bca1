"""A citizen, as far as the answer to one event of theirs can depend on them."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.cases.case import Ask, OwnCase
from dialogs.cases.participant import Participant
from dialogs.flows.flow import Flow
from dialogs.flows.moving import Newer
from dialogs.flows.session import Session
from dialogs.my_data import About


@dataclass(frozen=True, slots=True)
class Citizen:
    """Everything that the answer to a person's event can depend on.

    ``early``: the event was sent before the newest prompt was shown. ``replied_to``: what the message
    that they replied to was about. ``asks``: questions that wait, or were answered lately, oldest first.
    ``newer``: what they move to, where ``flow`` is no longer the newest version.
    """

    language: str
    session: Session | None = None
    flow: Flow | None = None
    newer: Newer | None = None
    touched_at: datetime | None = None
    early: bool = False
    asks: tuple[Ask, ...] = ()
    cases: tuple[OwnCase, ...] = ()
    replied_to: Ask | OwnCase | None = None
    loose_words: str | None = None
    # Whether they have ever sent anything, and what they said they are.
    contributes: bool = False
    participant: Participant | None = None
    # Whether a code can reopen this chat elsewhere: on channels that keep no account for the person.
    wants_receipt: bool = False
    # Only where they ask what is kept about them.
    about: About | None = None
