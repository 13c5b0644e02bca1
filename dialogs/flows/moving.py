"""A person inside a flow moved to a newer version of it, so that nobody is stuck and nothing they said is lost.

An event is answered in the version that the person saw. Before the next question is put, they move:

- What still fits stays, to the letter.
- What no longer fits is open again, as if the person had gone back to it, with what they said, where that can
  still be shown; and they are told how many answers that are.
- A question that is new and stands before the place where they were is asked, if it must be answered, and they
  are told; if it can be skipped, it counts as skipped and can be answered at the review.
- What stands ahead of them is simply what comes next.
- No change ends a conversation: whoever would find themselves at an end stays in the version they know.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dialogs.flows.answers import Scene, offered_services
from dialogs.flows.change import Place, is_fine_enough, places_of
from dialogs.flows.checking import check_answer, check_value
from dialogs.flows.flow import OTHER, Ask, Flow, Kind, Repeat, Review, Say, Stop, Submit
from dialogs.flows.position import Position, Spot, find_position, items_of
from dialogs.flows.prompt import values_at
from dialogs.flows.session import Answer, Session, key_in, question_of
from dialogs.ids import StepId, VersionId


@dataclass(frozen=True, slots=True)
class Newer:
    """The newest version of a flow, for somebody who is inside of an older one."""

    version: VersionId
    flow: Flow


@dataclass(frozen=True, slots=True)
class Moved:
    """A session in its new version. ``touched``: the answers to look at again; ``new``: the questions to answer."""

    session: Session
    touched: tuple[StepId, ...] = ()
    new: tuple[StepId, ...] = ()


def move(session: Session, old: Flow, newer: Newer, scene: Scene) -> Moved | None:
    """Move somebody to the newest version; None: they would be at an end there, so they stay where they are."""
    was, now = _Ground(old, places_of(old), scene), _Ground(newer.flow, places_of(newer.flow), scene)
    ahead = {spot.key for spot in was.whole(session).before if spot.key not in session.answers}
    moved, touched = _refit(_kept(session, was.places, now.places), now)
    met = now.whole(moved).before
    # The place where they were: the last question that they have answered, or begun to.
    frontier = max((place for place, spot in enumerate(met) if spot.key in session.answers), default=-1)
    moved, new = _pass_by(moved, met[: max(frontier, 0)], known=ahead | touched)
    moved = _count_as_told(moved, now, frontier, was.places)
    if touched or new:
        # They said "send" to what they saw, and what comes in now was not part of it.
        moved = moved.without(now.named(Review))
    next_ = now.next(moved)
    if isinstance(next_.step, Stop | Submit):
        return None
    stays = next_.key == was.next(session).key and next_.key not in touched
    tries, rejected = (session.tries, session.rejected) if stays else (0, "")
    moved = replace(moved, version=newer.version, tries=tries, rejected=rejected)
    return Moved(moved, tuple(spot.key for spot in met if spot.key in touched), new)


def tell_change(moved: Moved, flow: Flow, scene: Scene) -> tuple[str, ...]:
    """Say what has changed for the person in their new version; nothing where nothing has."""
    voice = scene.voice
    new = (voice("changed.new"),) if moved.new else ()
    again = (voice("changed.again", count=len(moved.touched)),) if moved.touched else ()
    if not new and not again:
        return ()
    # What is said last is about the question that follows.
    again_first = find_position(flow, moved.session, scene.today).spot.key in moved.touched
    return (voice("changed.lead"), *new, *again) if again_first else (voice("changed.lead"), *again, *new)


@dataclass(frozen=True, slots=True)
class _Ground:
    """A version as this person walks on it."""

    flow: Flow
    places: Mapping[StepId, Place]
    scene: Scene

    def named(self, *verbs: type) -> frozenset[StepId]:
        return frozenset(name for name, place in self.places.items() if isinstance(place.step, verbs))

    def whole(self, session: Session) -> Position:
        """Look at it as if every question had been answered: all that the person meets, in one walk."""
        return self.at(self.all_answered(session), session)

    def at(self, answers: Mapping[StepId, Answer], session: Session) -> Position:
        return find_position(self.flow, replace(session, answers=answers), self.scene.today)

    def all_answered(self, session: Session) -> dict[StepId, Answer]:
        answers: dict[StepId, Answer] = {}
        for name, place in self.places.items():
            if isinstance(place.step, Submit):
                continue
            for key in _keys(name, place, session):
                known = session.answers.get(key)
                answers[key] = Answer(None) if known is None else replace(known, open=False)
        return answers

    def next(self, session: Session) -> Spot:
        """Find the next step that is not just something told."""
        answers = dict(session.answers)
        while isinstance((spot := self.at(answers, session).spot).step, Say):
            answers[spot.key] = Answer(value=True)
        return spot


def _keys(name: StepId, place: Place, session: Session) -> list[StepId]:
    if place.repeat is None:
        return [name]
    return [key_in(place.repeat.id, item, place.step.id) for item in items_of(place.repeat, session.answers)]


def _kept(session: Session, before: Mapping[StepId, Place], after: Mapping[StepId, Place]) -> Session:
    """Leave out what was answered to questions that are gone, or that mean something else."""
    same = {name for name, place in before.items() if name in after and place.means(after[name])}
    answers = {key: given for key, given in session.answers.items() if question_of(key) in same}
    for name in same:
        was, now = before[name].step, after[name].step
        if isinstance(was, Repeat) and isinstance(now, Repeat):
            begun = _begun(was, answers)
            if len(begun) > len(items_of(now, answers)):
                # They were there because there had to be so many; now they are there because they were told.
                answers[name] = replace(answers.get(name, Answer(None, open=True)), value=begun)
    return replace(session, answers=answers)


def _begun(repeat: Repeat, answers: Mapping[StepId, Answer]) -> tuple[str, ...]:
    items = items_of(repeat, answers)
    while items and not any(key.startswith(key_in(repeat.id, items[-1], StepId(""))) for key in answers):
        items = items[:-1]
    return items


def _refit(session: Session, now: _Ground) -> tuple[Session, frozenset[StepId]]:
    """Open what no longer fits, or take it out where it cannot even be shown; name what was touched."""
    answers: dict[StepId, Answer] = {}
    touched: set[StepId] = set()
    for key, answer in session.answers.items():
        step = now.places[question_of(key)].step
        rest = _rest(step, answer, now.scene) if isinstance(step, Ask) else answer
        if rest is not None:
            answers[key] = rest
        if rest != answer:
            touched.add(key)
    position = now.whole(replace(session, answers=answers))
    for spot in position.before:
        given = answers.get(spot.key)
        if given is not None and not given.open and not _keeps_the_rule(spot, given, position, now.scene):
            answers[spot.key] = _open_again(given)
            touched.add(spot.key)
    return replace(session, answers=answers), frozenset(touched)


def _rest(ask: Ask, answer: Answer, scene: Scene) -> Answer | None:
    """Give what is left of an answer under the rules of today; None: nothing."""
    if answer.value is None:
        return answer if ask.optional or answer.waived or answer.open else None
    if isinstance(answer.value, tuple) and ask.kind in (Kind.CHOICES, Kind.SERVICES):
        left = tuple(one for one in answer.value if one in _offered(ask, scene))
        if left != answer.value:
            note = answer.note if OTHER in left else ""
            return Answer(left, open=True, note=note, taken_up=True) if left else None
    if ask.kind is Kind.CHOICE and answer.value not in _offered(ask, scene):
        return None
    if answer.open or (check_value(ask, answer, scene) is None and is_fine_enough(ask, answer.value)):
        return answer
    return _open_again(answer)


def _offered(ask: Ask, scene: Scene) -> Collection[str]:
    return [choice.id for choice in ask.choices] if ask.choices else list(offered_services(ask, scene))


def _keeps_the_rule(spot: Spot, answer: Answer, position: Position, scene: Scene) -> bool:
    step = spot.step
    if not isinstance(step, Ask) or step.check is None:
        return True
    return check_answer(step, answer, values_at(position, spot), scene) is None


def _open_again(answer: Answer) -> Answer:
    return replace(answer, open=True, taken_up=True)


def _pass_by(
    session: Session, passed: tuple[Spot, ...], *, known: Collection[StepId]
) -> tuple[Session, tuple[StepId, ...]]:
    """Look at the questions before the person's place that they never met: skip what can be, name the others."""
    answers, new = dict(session.answers), []
    for spot in passed:
        answer = answers.get(spot.key)
        if spot.key in known:
            continue
        if isinstance(spot.step, Repeat) and answer is not None and answer.open and not answer.taken_up:
            # It was full, and may take more items now: nobody who went on is asked for another.
            answers[spot.key] = replace(answer, open=False)
        elif answer is None and isinstance(spot.step, Ask) and spot.step.optional:
            answers[spot.key] = Answer(None)
        elif answer is None:
            new.append(spot.key)
    return replace(session, answers=answers), tuple(new)


def _count_as_told(session: Session, now: _Ground, frontier: int, before: Mapping[StepId, Place]) -> Session:
    """Leave unsaid what is new to say before the person's place: there it would be out of its place."""
    answers = now.all_answered(session)
    told = dict(session.answers)
    for name, place in now.places.items():
        for key in _keys(name, place, session) if isinstance(place.step, Say) else ():
            if key not in session.answers:
                del answers[key]
    while isinstance((position := now.at(answers, session)).spot.step, Say) and len(position.before) <= frontier:
        key = position.spot.key
        answers[key] = Answer(value=True)
        if question_of(key) not in before:
            told[key] = answers[key]
    return replace(session, answers=told)
