"""A flow as a drawing in Mermaid, for people who would rather see the way than read the list.

Every step is reached by the loose ends of the steps before it. A condition is a fork with two ends: into its
step, and past it. Names and labels are escaped, because Mermaid takes many characters for its own.
"""

import re
from dataclasses import dataclass, field

from dialogs.flows.flow import Ask, Flow, Group, Repeat, Review, Say, Step, Stop, Submit
from dialogs.ids import Language
from dialogs.texts import one_line, pick

LONGEST_LABEL = 40
LONGEST_CONDITION = 80

_UNSAFE = re.compile(r"""["#&<>`\\\[\]{}|]""")


def draw(flow: Flow, language: Language) -> str:
    """Draw a flow as a Mermaid flowchart, its texts in a language."""
    drawing = _Drawing(language)
    drawing.node("start", drawing.label(pick(flow.title, language)), shape=_ROUND)
    drawing.steps(flow.steps)
    return "\n".join(["flowchart TD", *drawing.nodes, *drawing.edges]) + "\n"


_BOX, _ROUND, _FORK, _ASIDE = ("[", "]"), ("([", "])"), ("{", "}"), ("[/", "/]")


@dataclass(slots=True)
class _Drawing:
    language: Language
    nodes: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    # What the next node is reached from, each with the words on its edge.
    loose: list[tuple[str, str]] = field(default_factory=list)
    # The names of the nodes, in their order.
    names: list[str] = field(default_factory=list)
    depth: int = 1

    def steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.only_if is None:
                self.step(step)
                continue
            fork = f"if_{step.id}"
            self.node(fork, _escape(one_line(step.only_if.source, LONGEST_CONDITION)), shape=_FORK)
            self.loose = [(fork, "yes")]
            self.step(step)
            self.loose.append((fork, "else"))

    def step(self, step: Step) -> None:
        match step:
            case Say(id, text):
                self.node(f"step_{id}", self.named(id, pick(text, self.language)), shape=_ASIDE)
            case Ask(id, kind, text):
                about = f"{kind}, optional" if step.optional else str(kind)
                self.node(f"step_{id}", self.named(f"{id} ({about})", pick(text, self.language)), shape=_BOX)
            case Review(id, text):
                self.node(f"step_{id}", self.named(f"{id} (review)", pick(text or {}, self.language)), shape=_BOX)
            case Group():
                self.open(step.id, step.id)
                self.steps(step.steps)
                self.close()
            case Repeat():
                self.repeat(step)
            case Stop(id, text) | Submit(id, text):
                end = "stop" if isinstance(step, Stop) else "submit"
                self.node(f"step_{id}", self.named(f"{id} ({end})", pick(text, self.language)), shape=_ROUND)
                self.loose = []

    def repeat(self, repeat: Repeat) -> None:
        times = str(repeat.most) if repeat.least == repeat.most else f"{repeat.least} to {repeat.most}"
        self.open(repeat.id, f"{repeat.id} ({times} times)")
        asking = f"more_{repeat.id}"
        place = len(self.names)
        if repeat.least == 0:
            # Even the first one is asked for.
            self.node(asking, self.named("another?", pick(repeat.first or repeat.another, self.language)), shape=_FORK)
            self.loose = [(asking, "yes")]
            self.steps(repeat.steps)
            self.edges_to(asking)
            self.loose = [(asking, "no")]
        else:
            self.steps(repeat.steps)
            self.again(repeat, asking, self.names[place])
        self.close()

    def again(self, repeat: Repeat, asking: str, first: str) -> None:
        if repeat.most == 1 or not self.loose:
            return
        if repeat.least == repeat.most:
            self.edges += [self.edge(name, first, "next one") for name, _ in self.loose]
            return
        self.node(asking, self.named("another?", pick(repeat.another, self.language)), shape=_FORK)
        self.edges.append(self.edge(asking, first, "yes"))
        self.loose = [(asking, "no")]

    def open(self, id: str, label: str) -> None:
        self.write(f'subgraph in_{id}["{_escape(label)}"]')
        self.depth += 1

    def close(self) -> None:
        self.depth -= 1
        self.write("end")

    def node(self, name: str, label: str, *, shape: tuple[str, str]) -> None:
        self.write(f'{name}{shape[0]}"{label}"{shape[1]}')
        self.names.append(name)
        self.edges_to(name)
        self.loose = [(name, "")]

    def edges_to(self, name: str) -> None:
        self.edges += [self.edge(before, name, words) for before, words in self.loose]

    def edge(self, before: str, after: str, words: str) -> str:
        return f'    {before} -->|"{words}"| {after}' if words else f"    {before} --> {after}"

    def write(self, line: str) -> None:
        self.nodes.append("    " * self.depth + line)

    def label(self, text: str) -> str:
        return _escape(one_line(text, LONGEST_LABEL))

    def named(self, name: str, text: str) -> str:
        """Write the machine's name of a step above its text for people."""
        return "<br/>".join(filter(None, (_escape(name), self.label(text))))


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)
