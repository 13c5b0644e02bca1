"""``yousaid check``: every mistake in a configuration, and every translation that has become stale."""

import argparse
from pathlib import Path

from bot.configuration import check
from bot.settings import read_settings
from bot.tools.translating import read_folder_lock, read_trees
from dialogs.translating import stale


def run(chosen: argparse.Namespace) -> int:
    """Print the mistakes in ``chosen.folder``; stale translations are told, and are no mistake."""
    folder: Path = chosen.folder or read_settings().config
    mistakes = check(folder)
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        print(f"{len(mistakes)} to put right.")
        return 1
    old = stale(read_trees(folder), read_folder_lock(folder))
    for one in old:
        print(one)
    print(f"{folder}: everything is right." + (f" {len(old)} translations to look at." if old else ""))
    return 0
