"""What a command was asked for, and cannot do: the flow and the language that it names."""

import sys
from collections.abc import Mapping

from dialogs.authoring import suggest
from dialogs.flows.flow import Flow
from dialogs.ids import FlowId, Language


def choose(flows: Mapping[FlowId, Flow], named: str, spoken: str | None) -> tuple[Flow, Language] | str:
    """Find a flow, and a language of it (its source where none is named); or say why not."""
    flow = flows.get(FlowId(named))
    if flow is None:
        return f"There is no flow {named}. {suggest(named, flows)}"
    language = Language(spoken or flow.languages[0])
    if language not in flow.languages:
        return f"The flow {flow.id} does not speak {language}. {suggest(language, flow.languages)}"
    return flow, language


def refuse(sentence: str) -> int:
    """Say why nothing was done, and give the exit status for it."""
    print(sentence, file=sys.stderr)
    return 1
