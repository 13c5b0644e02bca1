"""Offers that fit a case: time, skill or a room that somebody offered, found for who looks after a matter.

An offer is a contribution like every other, with its receipt, its day and its answer. To use it for a case, a servant
lets it point to that case (``merging.py``): who offered it then hears what comes of the case, and it can be taken
apart again as every merge can. Here is only what could fit: what is about the same service, has a tag in common, or
says something close. A public servant's own offer is none (``cases/participant.py``).
"""

from collections.abc import Sequence

from dialogs.cases.case import Case
from dialogs.cases.masking import mask
from dialogs.cases.participant import Right, may
from dialogs.cases.terms import likeness, weight
from dialogs.desk.merging import INTO
from dialogs.desk.seat import Desk, Given
from dialogs.effects import Reply, Tell
from dialogs.message import Block, Button, Line, Message, Quote, rows_of
from dialogs.presses import CardPress, pack
from dialogs.said import preview
from dialogs.texts import one_line
from dialogs.town import Town

MOST = 5
_EXCERPT = 200
# Fewer words in common are an accident.
_LEAST_SHARED = 2


def rank(case: Case, terms: frozenset[str], offers: Sequence[Given]) -> tuple[Given, ...]:
    """Choose the offers that fit a case, the best first: by service, then by theme, then by likeness, then by age."""
    seen = [offer.terms for offer in offers]
    known = terms.union(*seen)
    weights = {term: weight(sum(term in one for one in seen), len(seen) + 1) for term in known}

    def fit(offer: Given) -> tuple[bool, int, float, int]:
        same = case.service == offer.case.service or case.service in offer.services
        shared = terms & offer.terms
        alike = likeness(terms, offer.terms, weights) if len(shared) >= _LEAST_SHARED else 0.0
        return same, len({*case.tags} & {*offer.case.tags}), alike, -offer.case.id

    usable = [one for one in offers if one.case.id != case.id and may(one.case.approach, one.by, Right.OFFER)]
    return tuple(sorted((one for one in usable if any(fit(one)[:3])), key=fit, reverse=True)[:MOST])


def show(desk: Desk, town: Town) -> Reply:
    """Show a servant, in their own chat, the open offers that fit a case."""
    voice, case, offers = town.voice(town.language), desk.case, desk.offers
    if desk.own_chat is None:
        return Reply(toast=voice("desk.no_chat"))
    if not offers:
        return Reply(toast=voice("fitting.none", code=case.code))
    blocks: list[Block] = [Line(voice("fitting.title", code=case.code), strong=True)]
    for number, one in enumerate(offers, 1):
        tags = [town.tag(tag, voice) for tag in one.case.tags]
        about = (f"{number}. {one.case.code}", town.service(one.case.service, voice), *tags)
        blocks += [Line(" · ".join(about)), Quote(one_line(mask(preview(one.words), town).text, _EXCERPT))]
    blocks.append(Line(voice("fitting.next", code=case.code)))
    # A press on an offer's own card: all that follows is what merging it is.
    buttons = [
        Button(str(number), pack(CardPress(one.case.code, one.case.version, f"{INTO}.{case.code}")))
        for number, one in enumerate(offers, 1)
    ]
    shown = Message(tuple(blocks), rows_of(buttons, width=3), protected=True)
    return Reply((Tell(shown, to=desk.own_chat),), voice("draft.look"))
