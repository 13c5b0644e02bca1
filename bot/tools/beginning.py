"""``yousaid init``: a configuration to begin from."""

import argparse

from bot.configuration import NotEmpty, init
from bot.tools.choosing import refuse


def run(chosen: argparse.Namespace) -> int:
    """Copy the starter into ``chosen.folder`` and say what comes next."""
    try:
        init(chosen.folder)
    except (NotEmpty, OSError) as failed:
        return refuse(str(failed))
    print(f"Made {chosen.folder}. Change it into your town, run `yousaid check {chosen.folder}`,")
    print(f"then start with YOUSAID_CONFIG={chosen.folder} yousaid serve")
    return 0
