"""``yousaid init``: a configuration to begin from."""

import argparse
import sys

from bot.configuration import NotEmpty, init


def run(chosen: argparse.Namespace) -> int:
    """Copy the starter into ``chosen.folder`` and say what comes next."""
    try:
        init(chosen.folder)
    except (NotEmpty, OSError) as failed:
        print(failed, file=sys.stderr)
        return 1
    print(f"Made {chosen.folder}. Change it into your town, run `yousaid check {chosen.folder}`,")
    print(f"then start with YOUSAID_CONFIG={chosen.folder} yousaid serve")
    return 0
