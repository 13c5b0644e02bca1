"""What the README shows of the configuration is what the program reads: every example is run."""

import re
import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.configuration import read_configuration
from bot.settings import STARTER
from bot.tools.schema import reference
from dialogs.flows.ask_reader import SHAPES
from dialogs.flows.condition_compiler import compile_condition
from dialogs.flows.conditions import Named
from dialogs.flows.flow import Ask, Kind, walk
from dialogs.ids import FlowId

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
FOLDERS = {"flow": "flows", "part": "parts", "test": "tests"}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The starter with every example of the README put where the README says."""
    folder = tmp_path / "town"
    shutil.copytree(STARTER, folder)
    for example in EXAMPLES:
        kind, name = re.findall(r"^(\w+): (\w+)", example)[0]
        (folder / FOLDERS[kind] / f"{name}.yaml").write_text(example, "utf-8")
    return folder


def test_the_examples_are_right(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A town made of the examples has no mistake in it."""
    assert {re.split(r":", example)[0] for example in EXAMPLES} == set(FOLDERS)
    assert main(["check", str(town)]) == 0, capsys.readouterr().out


def test_the_story_is_played(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The story of the README comes to its end in every manner."""
    assert main(["test", str(town)]) == 0, capsys.readouterr().out


def test_the_reference_is_what_is_read() -> None:
    """Every verb, kind and key stands in the README as the reader knows it."""
    assert reference().strip() in README


def test_the_conditions_are_conditions(town: Path) -> None:
    """Each condition of the README compiles over the questions of its flow."""
    (block,) = re.findall(r"^### Conditions.*?^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    flow = read_configuration(town).flows[FlowId("bus_stop")]
    names = {
        step.id: Named(SHAPES[step.kind], tuple(choice.id for choice in step.choices))
        for step in walk(flow.steps)
        if isinstance(step, Ask) and step.kind is not Kind.PHOTO
    }
    for condition in block.splitlines():
        compile_condition(condition, names)
