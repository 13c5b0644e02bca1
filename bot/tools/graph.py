"""``yousaid graph``: a flow of the configuration as a drawing in Mermaid."""

import argparse
import sys

from bot.configuration import read_configuration
from bot.settings import read_settings
from dialogs.authoring import suggest
from dialogs.flows.drawing import draw
from dialogs.ids import FlowId, Language


def run(chosen: argparse.Namespace) -> int:
    """Print the flow ``chosen.flow`` in ``chosen.lang``, or in its source language. Raises: BadConfiguration."""
    flows = read_configuration(read_settings().config).flows
    flow = flows.get(FlowId(chosen.flow))
    if flow is None:
        return _refuse(f"There is no flow {chosen.flow}. {suggest(chosen.flow, flows)}")
    language = Language(chosen.lang or flow.languages[0])
    if language not in flow.languages:
        return _refuse(f"The flow {flow.id} does not speak {language}. {suggest(language, flow.languages)}")
    print(draw(flow, language), end="")
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
