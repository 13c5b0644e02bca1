"""What a new version of a flow changes for the people who are inside of the old one.

An answer stands under the id of its question. So a question may get other words, another place in the
list, other rules, and answers still belong to it, as long as its id means the same: a question of the
same kind, asked as often. This makes three grades.

- *safe*: everything that was answered still counts, and nobody who has passed by is asked anything.
- *re-ask*: somebody inside may have to look at an answer again, or to answer a question that is new.
- *forbidden*: an id means something else now, and what was answered under it would say what nobody said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dialogs.dates import Precision
from dialogs.flows.flow import Ask, Flow, Group, Kind, Repeat, Step, Stop
from dialogs.flows.session import key_in, question_of
from dialogs.ids import StepId

# How fine the coarsest answer may be, in the order of strictness.
_FINENESS = {Precision.ANY: 0, Precision.YEAR: 0, Precision.MONTH: 1, Precision.DAY: 2}


class Grade(StrEnum):
    """What a difference asks of people inside, the mildest first."""

    SAFE = "safe"
    RE_ASK = "re-ask"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, for admins. ``step``: the id of a step, or a key of the flow; ``what`` goes on from there."""

    grade: Grade
    step: StepId
    what: str


@dataclass(frozen=True, slots=True)
class Place:
    """A step where it stands. ``conditions``: its own, and those of the groups and the repeat around it."""

    step: Step
    repeat: Repeat | None
    conditions: tuple[str, ...]

    @property
    def verb(self) -> str:
        """Name what it does."""
        return type(self.step).__name__.lower()

    def means(self, other: "Place") -> bool:
        """Tell whether an answer given at one of them is an answer at the other."""
        kinds = [step.kind for step in (self.step, other.step) if isinstance(step, Ask)]
        return self.verb == other.verb and len(set(kinds)) <= 1 and _id_of(self.repeat) == _id_of(other.repeat)


def compare(old: Flow, new: Flow) -> tuple[Difference, ...]:
    """List what differs between two versions of a flow, in the order of the new one, what is gone at the end."""
    before, after = _by_id(old), _by_id(new)
    found = list(_compare_heads(old, new))
    for id, place in after.items():
        found += _compare_places(before[id], place) if id in before else [_added(place)]
    found += [Difference(Grade.SAFE, id, _gone(place)) for id, place in before.items() if id not in after]
    both = [id for id in after if id in before]
    if both != [id for id in before if id in after]:
        found.append(Difference(Grade.SAFE, StepId("steps"), "stand in another order."))
    return tuple(found)


def grade(differences: Iterable[Difference]) -> Grade:
    """Give the gravest grade; safe where nothing differs."""
    order = list(Grade)
    return max((one.grade for one in differences), key=order.index, default=Grade.SAFE)


def places_of(flow: Flow) -> dict[StepId, Place]:
    """Give every step, in file order, by what its answers are named by: its id, in a repeat ``repeat.id``."""
    return dict(_places(flow.steps, None, ()))


def is_fine_enough(ask: Ask, value: object) -> bool:
    """Tell whether a date is as fine as its question wants; every other answer is."""
    return ask.kind is not Kind.DATE or not isinstance(value, str) or value.count("-") >= _FINENESS[ask.precision]


def _places(
    steps: tuple[Step, ...], repeat: Repeat | None, conditions: tuple[str, ...]
) -> Iterator[tuple[StepId, Place]]:
    for step in steps:
        own = conditions if step.only_if is None else (*conditions, step.only_if.source)
        # As the answers of every item are named: without the item.
        name = step.id if repeat is None else question_of(key_in(repeat.id, "1", step.id))
        yield name, Place(step, repeat, own)
        if isinstance(step, Group):
            yield from _places(step.steps, repeat, own)
        elif isinstance(step, Repeat):
            yield from _places(step.steps, step, own)


def _by_id(flow: Flow) -> dict[StepId, Place]:
    return {place.step.id: place for place in places_of(flow).values()}


def _id_of(step: Step | None) -> StepId | None:
    return None if step is None else step.id


def _compare_heads(old: Flow, new: Flow) -> Iterator[Difference]:
    if old.contribution != new.contribution:
        what = f"was {old.contribution} and is {new.contribution} now."
        yield Difference(Grade.FORBIDDEN, StepId("contribution"), what)
    if dict(old.splits) != dict(new.splits):
        what = "has other ways, so people inside may find themselves on another one."
        yield Difference(Grade.RE_ASK, StepId("split"), what)
    if set(old.languages) - set(new.languages):
        gone = _listed(set(old.languages) - set(new.languages))
        yield Difference(Grade.SAFE, StepId("languages"), f"no longer have {gone}; people are asked in another one.")
    for key in ("title", "services", "remind_after", "expire_after"):
        if getattr(old, key) != getattr(new, key):
            yield Difference(Grade.SAFE, StepId(key), "is another one.")


def _added(place: Place) -> Difference:
    step = place.step
    match step:
        case Ask(optional=False):
            return Difference(Grade.RE_ASK, step.id, "is new and must be answered.")
        case Repeat():
            return Difference(Grade.RE_ASK, step.id, "is new, and people are asked whether there is anything.")
        case Stop():
            return Difference(Grade.RE_ASK, step.id, "is new and may end the conversation of people inside.")
        case _:
            return Difference(Grade.SAFE, step.id, "is new.")


def _gone(place: Place) -> str:
    if isinstance(place.step, Ask | Repeat):
        return "is gone. Answers to it that were not sent yet are dropped."
    return "is gone."


def _compare_places(old: Place, new: Place) -> list[Difference]:
    id = new.step.id
    if not old.means(new):
        return [Difference(Grade.FORBIDDEN, id, _other_meaning(old, new))]
    found = [Difference(step_grade, id, what) for step_grade, what in _changes(old.step, new.step)]
    if old.conditions != new.conditions:
        shows = isinstance(new.step, Repeat | Stop) or (isinstance(new.step, Ask) and not new.step.optional)
        what = "has another condition, so people who passed it may meet it." if shows else "has another condition."
        found.append(Difference(Grade.RE_ASK if shows else Grade.SAFE, id, what))
    if not found and _without_steps(old.step) != _without_steps(new.step):
        found.append(Difference(Grade.SAFE, id, "has other words."))
    return found


def _other_meaning(old: Place, new: Place) -> str:
    if old.verb != new.verb:
        return f"was `{old.verb}` and is `{new.verb}` now."
    if isinstance(old.step, Ask) and isinstance(new.step, Ask) and old.step.kind is not new.step.kind:
        return f"was of kind `{old.step.kind}` and is of kind `{new.step.kind}` now."
    if new.repeat is None:
        return f"was asked in each item of `{_id_of(old.repeat)}` and is asked once now."
    return f"is asked in each item of `{new.repeat.id}` now."


def _without_steps(step: Step) -> object:
    # What is inside is compared by itself, and a condition with all those around it.
    inside = {"steps", "only_if"}
    return type(step), [getattr(step, name) for name in step.__dataclass_fields__ if name not in inside]


Change = tuple[Grade, str]


def _changes(old: Step, new: Step) -> Iterator[Change]:
    match old, new:
        case Ask(), Ask():
            yield from _changed_rules(old, new)
            yield from _changed_choices(old, new)
            yield from _changed_lengths(old, new)
        case Repeat(), Repeat():
            yield from _changed_bounds(old.least, new.least, old.most, new.most, "items")
        case _:
            pass


def _changed_rules(old: Ask, new: Ask) -> Iterator[Change]:
    if old.optional != new.optional:
        what = "can be skipped now." if new.optional else "must be answered now; who skipped it is asked again."
        yield (Grade.SAFE if new.optional else Grade.RE_ASK), what
    if old.matches != new.matches:
        what = "takes whatever is written now." if new.matches is None else "must match another pattern."
        yield (Grade.SAFE if new.matches is None else Grade.RE_ASK), what
    was, now = (ask.check.must.source if ask.check else "" for ask in (old, new))
    if was != now:
        what = f"is checked by `{now}` now." if now else "is no longer checked."
        yield (Grade.RE_ASK if now else Grade.SAFE), what
    if old.precision is not new.precision:
        finer = _FINENESS[new.precision] > _FINENESS[old.precision]
        yield (Grade.RE_ASK if finer else Grade.SAFE), f"takes a date of the precision `{new.precision}` now."
    if old.area_m != new.area_m:
        yield Grade.SAFE, f"is rounded to {new.area_m} metres from now on."


def _changed_choices(old: Ask, new: Ask) -> Iterator[Change]:
    for was, now in (
        ([choice.id for choice in old.choices], [choice.id for choice in new.choices]),
        ([str(service) for service in old.services], [str(service) for service in new.services]),
    ):
        # No services at all are all of the town.
        gone = [one for one in was if one not in now] if now or old.choices else []
        more = [one for one in now if one not in was] if was else []
        if gone:
            yield Grade.RE_ASK, f"no longer offers {_listed(gone)}; who chose it is asked again."
        if more:
            yield Grade.SAFE, f"also offers {_listed(more)}."
        if now and not was:
            yield Grade.RE_ASK, f"offers only {_listed(now)} now."


def _changed_lengths(old: Ask, new: Ask) -> Iterator[Change]:
    yield from _changed_bounds(old.min_length, new.min_length, old.max_length, new.max_length, "characters")
    lows, highs = ([ask.low for ask in (old, new)], [ask.high for ask in (old, new)])
    if new.kind is Kind.SCALE:
        lows, highs = [1 if low is None else low for low in lows], [5 if high is None else high for high in highs]
    yield from _changed_bounds(lows[0], lows[1], highs[0], highs[1], "")


def _changed_bounds(
    low: float | None, new_low: float | None, high: float | None, new_high: float | None, of: str
) -> Iterator[Change]:
    if low != new_low:
        tighter = new_low is not None and (low is None or new_low > low)
        least = f"takes {new_low:g} {of}".strip() + " or more now." if new_low is not None else "has no least any more."
        yield (Grade.RE_ASK if tighter else Grade.SAFE), least
    if high != new_high:
        # Items that are there already are never too many.
        tighter = of != "items" and new_high is not None and (high is None or new_high < high)
        most = f"takes {new_high:g} {of}".strip() + " at most now." if new_high is not None else "has no most any more."
        yield (Grade.RE_ASK if tighter else Grade.SAFE), most


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(f"`{id}`" for id in sorted(ids))
