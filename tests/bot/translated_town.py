"""A town whose French is not all there, and its texts on their way to a spreadsheet and back."""

import csv
import io
from argparse import Namespace
from pathlib import Path

from bot.tools.translating import run_export, run_import
from dialogs.errors import Mistake
from dialogs.translating import LOCK_FILE, read_lock, stale
from dialogs.yaml_tree import Tree, read_tree

TOWN = """\
# Our town.
organisation: {en: Town, fr: Ville}   # short
languages: [en, fr]
timezone: Europe/Paris
working_hours: {mon: "09:00-17:00"}
holidays: [2026-12-25]
promise: {working_days: 10}
ask_back: {after: 14 days, window: 14 days}
queues:
  care:
    name: {en: Care}
services:
  home:
    name: {en: Care at home, fr: Soins}
    approach: product_dominant
    queue: care
roles:
  reviewer: {en: Reviewer, fr: Relecture}
  lead: {en: Lead, fr: Responsable}
  admin: {en: Admin, fr: Administration}
"""
FLOW = """\
# A story, in short.

flow: story
contribution: story
service: home
title: {en: Tell us}

steps:
  - say: welcome
    text:
      en: >-
        Good that you are here. A few short questions, about two minutes, and at the end you see it all
        once more.

  # Who it is.
  - ask: role
    kind: choice
    text:
      en: "Who are you: family, or else?"  # keep it short
    choices:
      - {id: family, text: {en: Family}}
      - {id: worker, text: {en: "=Worker", fr: Personnel}}

  - ask: hours
    kind: number
    text:
      en: How many hours?
      # They say so themselves.

  - say: thanks
    text:
      en:
        one: "{hours} hour, that is a lot."
        other: "{hours} hours, that is a lot."

  - submit: send
    text:
      en: Thank you.
# The end.
"""
FRENCH = {
    "queues.care.name": "Soins",
    "title": "Racontez",
    "welcome.text": "Nous sommes heureux de vous voir. Quelques questions courtes, deux minutes environ : "
    "à la fin, vous pourrez tout relire.",
    "role.text": "Qui êtes-vous # vraiment ?",
    "role.choices.family.text": "Famille",
    "hours.text": "Combien d'heures ?\nÀ peu près.",
    "thanks.text[one]": "{hours} heure, c'est beaucoup.",
    "thanks.text[other]": "{hours} heures, c'est beaucoup.",
    "send.text": "-Merci.",
}

# The flow with it, from the first step on.
TRANSLATED = """\
  - say: welcome
    text:
      en: >-
        Good that you are here. A few short questions, about two minutes, and at the end you see it all
        once more.
      fr: >-
        Nous sommes heureux de vous voir. Quelques questions courtes, deux minutes environ : à la fin, vous
        pourrez tout relire.

  # Who it is.
  - ask: role
    kind: choice
    text:
      en: "Who are you: family, or else?"  # keep it short
      fr: "Qui êtes-vous # vraiment ?"
    choices:
      - {id: family, text: {en: Family, fr: Famille}}
      - {id: worker, text: {en: "=Worker", fr: Personnel}}

  - ask: hours
    kind: number
    text:
      en: How many hours?
      fr: "Combien d'heures ?\\nÀ peu près."
      # They say so themselves.

  - say: thanks
    text:
      en:
        one: "{hours} hour, that is a lot."
        other: "{hours} hours, that is a lot."
      fr: {one: "{hours} heure, c'est beaucoup.", other: "{hours} heures, c'est beaucoup."}

  - submit: send
    text:
      en: Thank you.
      fr: -Merci.
# The end.
"""

Rows = list[list[str]]


def export(folder: Path, *, lang: list[str] | None = None) -> Rows:
    """Export, and read the sheet as a spreadsheet would."""
    out = folder.parent / "texts.csv"
    out.unlink(missing_ok=True)
    assert run_export(Namespace(lang=lang, out=out)) == 0
    return list(csv.reader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline="")))


def take(folder: Path, rows: Rows, *, delimiter: str = ",") -> int:
    """Import a sheet that a spreadsheet saved."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    (folder.parent / "back.csv").write_bytes(("\ufeff" + text.getvalue()).encode())
    return run_import(Namespace(sheet=folder.parent / "back.csv"))


def fill(rows: Rows, texts: dict[str, str]) -> Rows:
    """Fill in the column of French."""
    at = rows[0].index("fr")
    return [[*row[:at], texts.get(row[1], row[at]), *row[at + 1 :]] for row in rows]


def column(rows: Rows, name: str) -> dict[str, str]:
    """Give the cells of a column by the ids of their rows."""
    return {row[1]: row[rows[0].index(name)] for row in rows[1:]}


def trees_of(folder: Path) -> list[Tree]:
    read = [read_tree((folder / name).read_text("utf-8"), file=name) for name in ("yousaid.yaml", "flows/story.yaml")]
    return [tree for tree, _ in read if tree]


def stale_in(folder: Path) -> list[Mistake]:
    lock = read_lock((folder / LOCK_FILE).read_text("utf-8"))
    assert not isinstance(lock, Mistake)
    return stale(trees_of(folder), lock)
