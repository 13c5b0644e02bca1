"""What came of what people sent, and at what level they were heard, by service: small counts hidden.

Who is missing is told, and what a service declares is held against what people were really engaged in.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from dialogs.cases.participant import Participant
from dialogs.engagement import Level, compare
from dialogs.ids import Language, ServiceId
from dialogs.results import FEW, HIDDEN, Split, split, tell_missing
from dialogs.texts import Voice
from dialogs.town import Town
from storage import approaches, participants
from storage.database import Connection, Database

Inputs = Mapping[ServiceId, Mapping[Level, int]]
_NONE: Inputs = MappingProxyType({})


def run(chosen: argparse.Namespace) -> int:
    """Print the results of every service; ``chosen.json``: for programs."""
    from bot.app import database_url
    from bot.configuration import load_voices, read_configuration
    from bot.settings import read_settings

    settings = read_settings()
    town = Town(read_configuration(settings.config), load_voices())

    async def look() -> tuple[dict[ServiceId, Split], Inputs]:
        database = await Database.open(database_url(settings))
        try:
            return await database.read(lambda c: (list_splits(c, town), approaches.count_input(c)))
        finally:
            await database.close()

    splits, inputs = asyncio.run(look())
    print(as_json(splits, inputs) if chosen.json else as_text(splits, town, inputs))
    return 0


def list_splits(c: Connection, town: Town) -> dict[ServiceId, Split]:
    """Split the results of every service that the town has or had.

    Nothing is added up over services: a sum would give away what is hidden in one of them.
    """
    counts = participants.count_results(c)
    return {
        service: split(counts.get(service, {})) for service in dict.fromkeys((*town.installation.services, *counts))
    }


def as_json(splits: Mapping[ServiceId, Split], inputs: Inputs = _NONE) -> str:
    """Write the results for programs; a hidden count is null."""
    return json.dumps(
        {service: {**_plain(one), "input": _levels(inputs.get(service, {}))} for service, one in splits.items()},
        indent=2,
    )


def as_text(splits: Mapping[ServiceId, Split], town: Town, inputs: Inputs = _NONE) -> str:
    """Write the results for people."""
    voice = town.voice(Language("en"))
    each = (
        (*_lines(service, one, town, voice), *_real(service, town, inputs, voice)) for service, one in splits.items()
    )
    return "\n\n".join(map("\n".join, each))


def _real(service: ServiceId, town: Town, inputs: Inputs, voice: Voice) -> Iterator[str]:
    known = town.installation.services.get(service)
    if known is not None:
        yield f"  {compare(known.approach, inputs.get(service, {}), voice)}"


def _levels(counts: Mapping[Level, int]) -> dict[str, int | None]:
    # Both or none: with the people above as their sum, one alone could give the other away.
    shown = all(counts.get(level, 0) >= FEW for level in Level)
    return {level.value: counts[level] if shown else None for level in Level}


def _plain(one: Split) -> dict[str, object]:
    heads = (*one.results, "everybody")
    rows = {
        row or "unsaid": dict(zip(heads, (*cells, total), strict=True))
        for row, cells, total in zip(one.rows, one.cells, one.sums, strict=True)
    }
    totals = dict(zip(heads, (*one.totals, one.everybody), strict=True))
    return {"by": rows, "all": totals, "missing": list(one.missing)}


def _lines(service: ServiceId, one: Split, town: Town, voice: Voice) -> Iterator[str]:
    known = town.installation.services.get(service)
    yield f"{town.service(service, voice)}{f' ({known.approach})' if known else ''}"
    if one.rows:
        heads = [*(voice(f"result.{result}") for result in one.results), voice("participant.everybody")]
        yield _line("", heads, heads)
        for row, cells, total in zip(one.rows, one.cells, one.sums, strict=True):
            yield _line(_who(row, voice), [*map(_number, (*cells, total))], heads)
        yield _line(voice("participant.everybody"), [*map(_number, (*one.totals, one.everybody))], heads)
    yield from (f"  {line}" for line in tell_missing(one, voice))


def _line(name: str, cells: Sequence[str], heads: Sequence[str]) -> str:
    padded = (f"{cell:>{max(len(head), len(HIDDEN))}}" for cell, head in zip(cells, heads, strict=True))
    return f"  {name:<26}{'  '.join(padded)}"


def _who(row: Participant | None, voice: Voice) -> str:
    return voice(f"participant.{row or 'unsaid'}")


def _number(count: int | None) -> str:
    return HIDDEN if count is None else str(count)
