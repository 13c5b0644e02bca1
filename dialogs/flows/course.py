"""The course of a flow: every step can be reached, everybody comes to an end, and agrees before anything is kept."""

from collections.abc import Mapping

from dialogs.authoring import suggest
from dialogs.errors import Mistake
from dialogs.flows.conditions import Name, Not
from dialogs.flows.flow import Ask, Kind, Step, Stop, walk
from dialogs.flows.shapes import VERBS
from dialogs.ids import StepId
from dialogs.yaml_tree import Node, Path, Row, Scalar, Table, Tree

# What somebody tells of themselves in answers to these, nobody can know beforehand.
_OWN_WORDS = (Kind.TEXT, Kind.LONG_TEXT, Kind.PHOTO, Kind.VOICE, Kind.LOCATION)
_ENDS = ("stop", "submit", "review")


def verb_of(node: Node | None) -> str | None:
    """Name the verb of a step as written, or None where there is not exactly one."""
    verbs = [verb for verb in VERBS if isinstance(node, Table) and node.get(verb) is not None]
    return verbs[0] if len(verbs) == 1 else None


def check_course(tree: Tree, *, whole: bool = True) -> list[Mistake]:
    """Check that every step can be reached and that everybody comes to an end; a part (not ``whole``) has none."""
    steps = tree.at(("steps",))
    if not isinstance(steps, Row) or not steps.items:
        return []
    mistakes: list[Mistake] = []
    ends = _ends(tree, ("steps",), mistakes)
    verbs = list(_verbs(steps))
    if not whole:
        return mistakes + _check_part(tree, verbs, ends=ends)
    mistakes += _check_ends_inside(tree, ("steps",))
    names = [verb for verb, _ in verbs]
    if "submit" not in names:
        mistakes.append(tree.mistake(("steps",), "This flow has no `submit`.", "Put one at its end.", at_key=True))
    elif not ends:
        last = ("steps", len(steps.items) - 1)
        cause = "Somebody can come to the end of the file without a `submit`."
        mistakes.append(tree.mistake(last, cause, "End with a submit or stop that has no `only_if`."))
    if not {"ask", "use"} & set(names):
        mistakes.append(tree.mistake(("steps",), "This flow asks nothing.", "Add an `ask`.", at_key=True))
    if mistakes or "submit" not in names:
        return mistakes
    last_submit = max(place for place, verb in enumerate(names) if verb == "submit")
    for verb, node in verbs[last_submit:]:
        if verb == "review":
            cause, remedy = "This review comes after the submit.", "Move it before the submit."
            mistakes.append(Mistake(tree.file, node.line, node.column, cause, remedy))
    return mistakes


def check_consent(steps: tuple[Step, ...], places: Mapping[StepId, Path], tree: Tree) -> list[Mistake]:
    """Check that people agree before they are asked for what is their own, in flows where they are asked to agree.

    Agreeing is a yes_no question whose "no" leads to a ``stop``; a flow with a ``sensitive`` question needs one.
    """
    agreed: set[StepId] = set()
    flags = {step.id for step in walk(steps) if isinstance(step, Ask) and step.kind is Kind.YES_NO}
    gates = {gate for step in walk(steps) if (gate := _gate(step)) is not None} & flags
    mistakes = []
    for step in walk(steps):
        if (gate := _gate(step)) is not None and gate in gates:
            agreed.add(gate)
        if not isinstance(step, Ask) or step.id in gates or agreed:
            continue
        if step.sensitive or (gates and step.kind in _OWN_WORDS):
            cause = f"`{step.id}` is asked before the person has agreed that you keep it."
            remedy = "Before it, ask a yes_no question such as `consent`, and add a `stop` with `only_if: not consent`."
            mistakes.append(tree.mistake(places[step.id], cause, remedy))
        elif step.kind is Kind.YES_NO and step.id == "consent":
            cause = "Nothing happens when somebody does not consent."
            remedy = "Add a `stop` with `only_if: not consent` and `keep: nothing`."
            mistakes.append(tree.mistake(places[step.id], cause, remedy))
    return mistakes


def _gate(step: Step) -> StepId | None:
    match step:
        case Stop(only_if=only_if) if only_if is not None:
            inner = only_if.term.term if isinstance(only_if.term, Not) else None
            return inner.id if isinstance(inner, Name) else None
        case _:
            return None


def _ends(tree: Tree, path: Path, mistakes: list[Mistake]) -> bool:
    steps = tree.at(path)
    ended = False
    for place, step in enumerate(steps.items if isinstance(steps, Row) else ()):
        if ended:
            cause, remedy = "Nobody reaches this step: the flow has ended before it.", "Move it up, or take it out."
            mistakes.append(tree.mistake((*path, place), cause, remedy))
            return True
        verb = verb_of(step)
        within = verb == "group" and _ends(tree, (*path, place, "steps"), mistakes)
        always = isinstance(step, Table) and step.get("only_if") is None
        ended = always and (verb in ("stop", "submit") or within)
    return ended


def _verbs(steps: Row) -> list[tuple[str, Node]]:
    found: list[tuple[str, Node]] = []
    for step in steps.items:
        verb = verb_of(step)
        if verb is None:
            continue
        found.append((verb, step))
        inner = step.get("steps") if isinstance(step, Table) else None
        if verb in ("group", "repeat") and isinstance(inner, Row):
            found += _verbs(inner)
    return found


def check_verb(tree: Tree, path: Path) -> list[Mistake]:
    """Tell why a step has not exactly one verb."""
    step = tree.at(path)
    if not isinstance(step, Table) or not step.entries:
        return [tree.mistake(path, "A step must have keys.", "Begin it with a verb, such as `- ask: name`.")]
    verbs = [key for key in step.entries if key in VERBS]
    if len(verbs) > 1:
        two = f"`{verbs[0]}` and `{verbs[1]}`"
        return [tree.mistake((*path, verbs[1]), f"This step has two verbs: {two}.", "Make two steps.", at_key=True)]
    first = next(iter(step.entries))
    return [tree.mistake(path, "This step has no verb.", suggest(first, VERBS))]


def asked(tree: Tree) -> frozenset[str]:
    """Name every question that the file asks, wherever it stands."""
    steps = tree.at(("steps",))
    found = _verbs(steps) if isinstance(steps, Row) else []
    nodes = [node.get("ask") for verb, node in found if verb == "ask" and isinstance(node, Table)]
    return frozenset(node.text for node in nodes if isinstance(node, Scalar))


def _check_part(tree: Tree, verbs: list[tuple[str, Node]], *, ends: bool) -> list[Mistake]:
    mistakes = []
    for verb, node in verbs:
        if verb in ("submit", "review"):
            cause = f"A part has no `{verb}`."
            mistakes.append(
                Mistake(tree.file, node.line, node.column, cause, "Leave it to the flow that uses the part.")
            )
    if ends and not mistakes:
        cause = "Nobody could come past this part."
        mistakes.append(tree.mistake(("steps",), cause, "Give its `stop` an `only_if`.", at_key=True))
    return mistakes


def _check_ends_inside(tree: Tree, path: Path, *, in_repeat: bool = False) -> list[Mistake]:
    """Refuse an end inside of a repeat: it would leave the other items behind."""
    mistakes: list[Mistake] = []
    steps = tree.at(path)
    for place, step in enumerate(steps.items if isinstance(steps, Row) else ()):
        verb, here = verb_of(step), (*path, place)
        if in_repeat and verb in _ENDS:
            cause = f"A repeat has no `{verb}` in it."
            mistakes.append(
                tree.mistake(here, cause, "Put it after the repeat; count() says how many items there are.")
            )
        if verb in ("group", "repeat"):
            inside = in_repeat or verb == "repeat"
            mistakes += _check_ends_inside(tree, (*here, "steps"), in_repeat=inside)
    return mistakes
