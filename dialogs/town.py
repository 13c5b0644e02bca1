"""The town as the pure part sees it: what the admin configured, and the voices the bot speaks with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date, format_time

from dialogs.flows.answers import Scene
from dialogs.ids import Language, QueueId, ServiceId, TagId
from dialogs.installation import Installation, Role
from dialogs.texts import Voice, locale_of, pick


@dataclass(frozen=True, slots=True)
class Town:
    """One installation with the bot's words in each of its languages."""

    installation: Installation
    voices: Mapping[Language, Voice]
    # What the flow engine needs to know but the day, by language; every turn asks for one.
    scenes: Mapping[Language, Scene] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        services = {service.id: service.name for service in self.installation.services.values()}
        # English words work in every town: they are the commands that Telegram shows.
        heard = dict.fromkeys((*self.installation.languages, Language("en")))
        voices = tuple(self.voices[language] for language in heard)
        scenes = {
            spoken: Scene(self.voices[spoken], voices, services, date.min) for spoken in self.installation.languages
        }
        object.__setattr__(self, "scenes", scenes)

    @property
    def language(self) -> Language:
        """The town's own language: what review rooms are spoken to in."""
        return self.installation.languages[0]

    @property
    def country(self) -> str:
        """Give the country (ISO 3166) in whose time zone the town lies; "" for a zone that belongs to none."""
        zone = self.installation.working_time.timezone
        return str(get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone), ""))

    @property
    def heard(self) -> tuple[Voice, ...]:
        """Give every voice whose words are understood here."""
        return self.scenes[self.language].voices

    def voice(self, language: str) -> Voice:
        """Give the voice of a language, or of the town's own where that is not spoken here."""
        return self.voices.get(Language(language)) or self.voices[self.language]

    def scene(self, language: str, now: datetime) -> Scene:
        """Give what the flow engine needs to know."""
        scene = self.scenes.get(Language(language)) or self.scenes[self.language]
        return replace(scene, today=self.today(now))

    def today(self, now: datetime) -> date:
        """Give the day that it is in the town."""
        return now.astimezone(ZoneInfo(self.installation.working_time.timezone)).date()

    def organisation(self, voice: Voice) -> str:
        """Name the town hall."""
        return voice.of(self.installation.organisation)

    def queue(self, queue: str, voice: Voice) -> str:
        """Name a queue; its id where the admin has taken it away since."""
        known = self.installation.queues.get(QueueId(queue))
        return voice.of(known.name) if known else queue

    def service(self, service: str, voice: Voice) -> str:
        """Name a service; its id where the admin has taken it away since."""
        known = self.installation.services.get(ServiceId(service))
        return voice.of(known.name) if known else service

    def tag(self, tag: TagId, voice: Voice) -> str:
        """Name a tag; its id where the admin has taken it away since."""
        known = self.installation.tags.get(tag)
        return voice.of(known) if known else tag

    def write_moment(self, at: datetime, voice: Voice) -> str:
        """Write a moment for people, by the town's clocks, such as "Monday, May 3, 2027, 1:30 PM"."""
        here = at.astimezone(ZoneInfo(self.installation.working_time.timezone))
        clock = format_time(here, "short", locale=locale_of(voice.language) or "en")
        return f"{write_date(here.date(), voice)}, {clock}"

    def role(self, role: Role, voice: Voice) -> str:
        """Name a role."""
        return pick(self.installation.roles[role], voice.language)


def write_date(day: date, voice: Voice) -> str:
    """Write a day for people, such as "Monday, May 3, 2027"."""
    return str(format_date(day, "full", locale=locale_of(voice.language) or "en"))
