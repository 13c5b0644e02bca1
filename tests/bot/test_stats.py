"""``yousaid stats``: results by service and by who takes part, small counts hidden, and who is missing."""

import json
from datetime import timedelta

import sqlalchemy as sa

from bot.tools.stats import as_json, as_text, list_splits
from dialogs.cases.case import Actor, Entry
from dialogs.cases.participant import Participant
from dialogs.engagement import Level
from dialogs.ids import ServiceId
from dialogs.results import Result, split
from storage import approaches
from storage.case_tables import contributors
from storage.cases import write_entry
from storage.contributors import answer_ask, put_ask
from storage.database import Connection, Database
from tests.stage import starter_town
from tests.storage.rows import NOW, a_case, a_person

PARKS, BUSES = ServiceId("parks"), ServiceId("buses")


async def test_a_service_that_nobody_wrote_about_is_there(database: Database) -> None:
    """Every service of the town is listed, with everybody missing where nobody was heard."""
    splits = await database.read(lambda c: list_splits(c, starter_town()))
    assert set(splits) == set(starter_town().installation.services)
    assert json.loads(as_json(splits))["parks"]["missing"] == list(Participant)
    assert "No volunteer has been heard yet." in as_text(splits, starter_town())


def test_a_small_count_is_a_sign() -> None:
    """For people a hidden count is written as a sign, for programs as null; approach and service are named."""
    counted = {PARKS: split({(Participant.SERVICE_USER, Result.WORKED): 20, (None, Result.WORKED): 3})}
    text = as_text(counted, starter_town())
    assert text.startswith("Parks and playgrounds (product_dominant)\n")
    assert "<10" in text
    assert " 3" not in text
    assert json.loads(as_json(counted))["parks"]["by"]["unsaid"]["worked"] is None


def test_what_is_declared_stands_beside_what_is_real() -> None:
    """A sentence for people; for programs both counts or none, since one would give away the other."""
    splits, town = {BUSES: split({(None, Result.YES): 100})}, starter_town()
    many, few = {Level.STRATEGIC: 17, Level.OPERATIONAL: 83}, {Level.STRATEGIC: 3, Level.OPERATIONAL: 97}
    text = as_text(splits, town, {BUSES: many})
    assert text.endswith("\n  declared: shared design; most input was operational (83 %)")
    assert json.loads(as_json(splits, {BUSES: many}))["buses"]["input"] == many
    assert set(json.loads(as_json(splits, {BUSES: few}))["buses"]["input"].values()) == {None}


async def test_input_is_counted_by_its_level(database: Database) -> None:
    """An idea and an answer before the decision are strategic; an answer after it, and one to the ask-back, are not."""

    def fill(c: Connection) -> None:
        case = a_case(c, a_person(c))
        mine = c.execute(sa.select(contributors.c.id)).scalar_one()
        later = NOW + timedelta(days=2)
        for kind, at in (("question", NOW), ("question", later), ("ask_back", later)):
            ask = put_ask(c, mine, case.id, kind, "How?", now=at)
            answer_ask(c, ask, "So.", at)
        # Nobody answered this one.
        put_ask(c, mine, case.id, "question", "And?", now=NOW)
        write_entry(c, case, Entry("decide", Actor.SERVANT, NOW + timedelta(days=1)))

    await database.write(fill)
    counts = await database.read(approaches.count_input)
    assert counts == {PARKS: {Level.STRATEGIC: 2, Level.OPERATIONAL: 2}}
