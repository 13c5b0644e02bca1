"""``yousaid graph``: a flow of the configuration as a drawing in Mermaid."""

import argparse

from bot.configuration import read_configuration
from bot.settings import read_settings
from bot.tools.choosing import choose, refuse
from dialogs.flows.drawing import draw


def run(chosen: argparse.Namespace) -> int:
    """Print the flow ``chosen.flow`` in ``chosen.lang``, or in its source language. Raises: BadConfiguration."""
    found = choose(read_configuration(read_settings().config).flows, chosen.flow, chosen.lang)
    if isinstance(found, str):
        return refuse(found)
    print(draw(*found), end="")
    return 0
