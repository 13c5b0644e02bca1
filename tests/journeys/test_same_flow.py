"""One flow, answered by typing or by buttons alone, on both channels, in every language: the same contribution."""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from dialogs.flows.flow import Ask, Flow, Repeat, Review
from dialogs.ids import FlowId, StepId
from dialogs.said import Words
from dialogs.texts import Voice
from dialogs.town import Town
from storage.case_tables import contributions, contributors
from storage.codec import unpack_words
from storage.database import Connection
from storage.tables import addresses
from tests.journeys.answerers import Person, telegram_person, web_person
from tests.journeys.living import town_on_telegram
from tests.journeys.program import hurried_town

FLOW = Path(__file__).parent / "four_ways" / "day_out.yaml"
ANSWERS = {
    "consent": True,
    "company": "family",
    "people": 2.0,
    "began": "2027-05-02",
    "ended": "2027-05-02",
    "liked": ["shade", "games"],
    "mood": 4.0,
    "places": ["parks", "buses"],
    "wishes": ["1", "2"],
    "wishes.1.wish": "trees",
    "wishes.1.soon": True,
    "wishes.2.wish": "water",
    "wishes.2.soon": False,
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """What people write who write a language."""

    name: str
    yes: str
    agreed: str
    no: str
    two: str
    four: str
    sunday: str
    keep: str
    comma: str
    skip: str
    send: str


TONGUES = {
    "en": Tongue("English", "yes", "OK", "no", "2", "4", "2 May 2027", "keep it", ", ", "skip", "Send."),
    "es": Tongue(
        "castellano", "sí", "Vale", "no", "2", "4", "2 de mayo de 2027", "dejarlo así", ", ", "paso", "enviar"
    ),
    "fr": Tongue("français", "oui", "D’accord", "non", "2", "4", "le 2 mai 2027", "garder", ", ", "passer", "envoyer"),
    "ar": Tongue("العربية", "نعم", "موافق", "لا", "٢", "٤", "٢ مايو ٢٠٢٧", "إبقاء", "، ", "تخطي", "إرسال"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A question, what is typed there, and what is pressed there, one button after another."""

    question: str
    typed: str
    pressed: tuple[str, ...]


class Script:
    """The conversation in one language, as its flow and its town have it."""

    def __init__(self, town: Town, language: str) -> None:
        self.flow: Flow = town.installation.flows[FlowId("day_out")]
        self.voice: Voice = town.voice(language)
        self._town = town
        self._tongue = TONGUES[language]

    def lines(self) -> Iterator[Line]:
        """Give every question in its order."""
        voice, tongue, keep = self.voice, self._tongue, self.voice("button.keep")
        yield self._line("consent", tongue.agreed, voice("yes"))
        yield self._line("company", self._choice("company", 1), self._choice("company", 1))
        yield self._line("people", tongue.two, keep)
        yield self._line("began", tongue.sunday, voice("date.yesterday"))
        yield self._line("ended", tongue.keep, keep)
        yield self._several("liked", [self._choice("liked", 0), self._choice("liked", 2)])
        yield self._line("mood", tongue.four, "4")
        yield self._several("places", [self._town.service(place, voice) for place in ("parks", "buses")])
        yield self._line("wish", self._choice("wish", 0), self._choice("wish", 0), n=1)
        yield self._line("soon", tongue.yes, voice("yes"), n=1)
        yield self._line("wishes", tongue.yes, voice("button.another"))
        yield self._line("wish", self._choice("wish", 1), self._choice("wish", 1), n=2)
        yield self._line("soon", tongue.no, voice("no"), n=2)
        yield self._line("wishes", tongue.no, voice("button.enough"))
        yield self._line("more", tongue.skip, voice("button.skip"))
        yield self._line("everything", tongue.send, voice("button.send"))

    def receipt(self) -> str:
        """Give what is said when all has been sent."""
        return self.voice("receipt.next", queue=self._town.queue("outdoors", self.voice))

    def _line(self, step: str, typed: str, *pressed: str, n: int = 0) -> Line:
        return Line(self._question(step, n), typed, pressed)

    def _several(self, step: str, labels: list[str]) -> Line:
        return Line(self._question(step), self._tongue.comma.join(labels), (*labels, self.voice("button.done")))

    def _question(self, id: str, n: int = 0) -> str:
        step = self.flow.by_id[StepId(id)]
        assert isinstance(step, Ask | Repeat | Review)
        text = step.another if isinstance(step, Repeat) else step.text
        assert text
        return self.voice.fill(self.voice.of(text), {"n": n})

    def _choice(self, id: str, place: int) -> str:
        step = self.flow.by_id[StepId(id)]
        assert isinstance(step, Ask)
        return self.voice.of(step.choices[place].text)


async def type_everything(person: Person, script: Script) -> None:
    """Say in words which language one speaks and what one has come for, and type every answer."""
    await person.say(TONGUES[script.voice.language].name)
    await person.read(script.voice("language.set"))
    await person.say(script.voice.of(script.flow.title))
    for line in script.lines():
        await person.read(line.question)
        await person.say(line.typed)
    await person.read(script.receipt())


async def press_everything(person: Person, script: Script) -> None:
    """Never write a word."""
    await person.begin(script.voice.of(script.flow.title))
    for line in script.lines():
        for label in line.pressed:
            await person.read(line.question)
            await person.press(label)
    await person.read(script.receipt())


@dataclass(frozen=True, slots=True)
class Sent:
    """A contribution as it is kept, and where it came from."""

    channel: str
    language: str
    answers: str
    words: Words


def everything_sent(c: Connection) -> list[Sent]:
    """Read all contributions."""
    whose = sa.join(contributions, contributors, contributors.c.contribution_id == contributions.c.id).join(
        addresses, addresses.c.person_id == contributors.c.person_id
    )
    columns = (addresses.c.channel, contributions.c.language, contributions.c.answers, contributions.c.words)
    rows = c.execute(sa.select(*columns).select_from(whose))
    return [Sent(row.channel, row.language, row.answers, unpack_words(row.words)) for row in rows]


async def test_every_way_gives_the_same(database_url: str, tmp_path: Path) -> None:
    """Typed or pressed, on Telegram or on the web without a script, in four languages: the same answers."""
    shutil.copy(FLOW, hurried_town(tmp_path / "config") / "flows")
    async with town_on_telegram(tmp_path, database_url) as (house, api, _), AsyncExitStack() as browsers:
        talks = []
        for language in TONGUES:
            script = Script(house.library.town, language)
            # Of those who type, neither the page nor the account knows the language.
            for answer, known in ((type_everything, "en"), (press_everything, language)):
                talks.append(answer(await telegram_person(api, known), script))
                talks.append(answer(await browsers.enter_async_context(web_person(house, known)), script))
        await asyncio.gather(*talks)
        sent = await house.database.read(everything_sent)
    ways = Counter((one.channel, one.language) for one in sent)
    assert ways == {(channel, language): 2 for channel in ("telegram", "web") for language in TONGUES}
    assert {one.answers for one in sent} == {sent[0].answers}
    assert json.loads(sent[0].answers) == ANSWERS
    words = {one.language: one.words for one in sent}
    assert [one for one in sent if one.words != words[one.language]] == []
    # The repeat itself is no words of theirs.
    assert {len(said) for said in words.values()} == {len(ANSWERS) - 1}
    assert len({one.question for said in words.values() for one in said}) == len(TONGUES) * (len(ANSWERS) - 1)
