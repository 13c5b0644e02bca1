"""What is known at the step of a flow that is read just now: the names, the ids, and the mistakes so far."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from dialogs.errors import Mistake
from dialogs.flows.condition_compiler import compile_condition
from dialogs.flows.conditions import BadCondition, Condition, Named
from dialogs.flows.flow import Part
from dialogs.flows.lint import check_id
from dialogs.ids import Language, ServiceId, StepId
from dialogs.texts import Text
from dialogs.wording import LONGEST_TEXT, check_wording, refuse_every
from dialogs.yaml_tree import Path, Scalar, Table, Tree

# Every condition is a small program to read: ten times as many would keep a processor busy for half a second.
_LONGEST_CONDITIONS = 50_000


@dataclass(slots=True)
class Scope:
    """Steps on their way in: what is known at the step that is read just now."""

    tree: Tree
    languages: tuple[Language, ...]
    services: tuple[ServiceId, ...]
    other_text: Text
    asked: frozenset[str]
    # What can be used; None in a part, which uses no other.
    parts: Mapping[StepId, Part] | None
    # False while a part has mistakes of its own, so that it cannot be among them.
    parts_are_whole: bool = True
    # The services that the flow names itself; empty: any.
    about: tuple[ServiceId, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)
    names: dict[StepId, Named] = field(default_factory=dict)
    # Names that conditions may ask and texts may not quote.
    unquotable: set[str] = field(default_factory=set)
    # Questions whose own mistakes leave open what their answer would be.
    unsure: set[str] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)
    places: dict[StepId, Path] = field(default_factory=dict)
    # Questions that are asked anew in each item, with their repeat.
    inside: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    in_repeat: bool = False
    tells_service: bool = False
    # Whether a part or the splits cannot be read yet: then nobody knows which names there are.
    blurred: bool = False
    conditions_length: int = 0

    def text(
        self,
        path: Path,
        words: dict[str, str],
        *,
        more: tuple[str, ...] = (),
        named: bool = True,
        longest: int = LONGEST_TEXT,
    ) -> Text:
        """Check a text in its languages and bring them in their order, so that what stands first is the source."""
        node = self.tree.at(path)
        if not isinstance(node, Table):
            return {}
        known = () if not _quotes(node) else self._quotable(more, named=named)
        refuse = self._refuse if named else refuse_every
        self.mistakes += check_wording(
            self.tree, path, words, self.languages, names=known, refuse=refuse, longest=longest
        )
        return {language: words[language] for language in self.languages if language in words}

    def text_if_any(self, path: Path, words: dict[str, str] | None) -> Text | None:
        """Check a text that may be left out."""
        return None if words is None else self.text(path, words)

    def condition(self, path: Path, source: str | None, *, own: dict[StepId, Named] | None = None) -> Condition | None:
        """Compile a condition; ``own``: what its question itself is called, where it may be named."""
        if source is None or self.blurred or self.unsure & set(re.findall(r"\w+", source)):
            return None
        self.conditions_length += len(source)
        if self.conditions_length > _LONGEST_CONDITIONS:
            cause = f"The conditions of this file have more than {_LONGEST_CONDITIONS:,} characters together."
            remedy = "Put steps with the same condition into a group, or make two flows."
            # Once is enough.
            if self.conditions_length - len(source) <= _LONGEST_CONDITIONS:
                self.mistakes.append(self.tree.mistake(path, cause, remedy))
            return None
        try:
            return compile_condition(source, self.names | (own or {}), later=self.asked, inside=self.inside)
        except BadCondition as bad:
            node = cast(Scalar, self.tree.at(path))
            shift = bad.offset + (0 if node.plain else 1)
            self.mistakes.append(self.tree.mistake(path, bad.cause, bad.remedy, shift=shift))
            return None

    def note_id(self, path: Path, id: StepId) -> None:
        """Note that an id is taken; one that is taken already is a mistake."""
        self.mistakes += check_id(self.tree, path, id)
        if id in self.lines:
            cause = f"The id `{id[:60]}` is here twice."
            self.mistakes.append(self.tree.mistake(path, cause, f"It is on line {self.lines[id]} already."))
        node = self.tree.at(path)
        self.lines.setdefault(id, node.line if node else 0)

    def _quotable(self, more: tuple[str, ...], *, named: bool) -> Collection[str] | None:
        if self.blurred:
            return None
        names = [*(name for name in self.names if name not in self.unquotable), *self.unsure] if named else []
        return dict.fromkeys([*names, *(("n",) if self.in_repeat else ()), *more])

    def _refuse(self, name: str) -> tuple[str, str] | None:
        shown, repeat = f"`{{{name[:60]}}}`", self.inside.get(name)
        if name == "n":
            return f"{shown} is the place of an item, which only a repeat has.", "Take it out."
        if repeat is not None:
            return f"{shown} is asked anew in each `{repeat}`, so there are several.", "Use it inside of the repeat."
        if name in self.unquotable:
            return f"{shown} is a repeat or a split, which is no text to put here.", "Put in an answer, or take it out."
        if name in self.asked:
            return f"{shown} is not answered yet where this text is shown.", "Ask it before, or take it out."
        if name in ("reference", "promise"):
            return f"{shown} is known only after sending.", "Use it in the text of `submit`."
        return None


def _quotes(words: Table) -> bool:
    """Tell whether anything is quoted in a text, which plural forms always do."""
    return any(
        isinstance(text, Table) or (isinstance(text, Scalar) and "{" in text.text) for _, text in words.entries.values()
    )
