"""Canned texts: what a queue often asks or answers, chosen by a press and read by each citizen in their own language.

What is chosen is filled at once and in every language, so that a change of the configuration changes nothing that
somebody has read over. Only the number of the case stays open: of several contributors each has their own.
"""

from collections.abc import Mapping

from dialogs.cases.case import Case, InEach
from dialogs.cases.lifecycle import Act
from dialogs.desk_effects import Draft
from dialogs.ids import CannedId, QueueId
from dialogs.message import Button
from dialogs.presses import DraftPress, pack
from dialogs.texts import Text, apart, fill, one_line
from dialogs.town import Town, write_date

# What stands in front of the id in the data of a button.
USE = "use"
_LABEL = 40


def offer(draft: Draft, case: Case, town: Town) -> tuple[tuple[Button, ...], ...]:
    """Offer what fits a draft, each by its first words."""
    return tuple(
        (Button(one_line(_in_town(text, case, town), _LABEL), pack(DraftPress(draft.id, f"{USE}.{id}"))),)
        for id, text in _known(draft, case, town).items()
    )


def find(draft: Draft, id: CannedId, case: Case, town: Town) -> tuple[str, InEach] | None:
    """Give a canned text as the desk reads it, and in every language; None where a draft has no such text."""
    text = _known(draft, case, town).get(id)
    return None if text is None else (_in_town(text, case, town), _in_each(text, case, town))


def words_for(words: str, words_in: InEach, language: str, town: Town, *, code: str) -> str:
    """Give words in the language of a listener; what somebody typed is as they typed it."""
    spoken = town.voice(language).language
    text = dict(words_in).get(spoken)
    return words if text is None else fill(text, {"code": apart(code, spoken)})


def _known(draft: Draft, case: Case, town: Town) -> Mapping[CannedId, Text]:
    queue = town.installation.queues.get(QueueId(case.queue))
    if queue is None:
        return {}
    return queue.replies if draft.act == Act.ASK else queue.reasons.get(draft.outcome or "", {})


def _in_town(text: Text, case: Case, town: Town) -> str:
    return words_for("", _in_each(text, case, town), town.language, town, code=case.code)


def _in_each(text: Text, case: Case, town: Town) -> InEach:
    filled = []
    for language in town.installation.languages:
        voice = town.voice(language)
        values = {"service": town.service(case.service, voice), "date": write_date(case.promised_on, voice)}
        filled.append((language, voice.fill(voice.of(text), values)))
    return tuple(filled)
