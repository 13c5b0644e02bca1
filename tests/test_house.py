"""The rules of the house that no other tool checks: lengths, hosts, and that the README tells the truth.

What the README has to hold for this:

- a map: a fenced block whose entries name every folder and module of `bot`, `dialogs` and `storage`;
- a table of settings, one row each: ``| `YOUSAID_X` | default | description |``;
- every direct dependency by name (as on its registry), in a sentence.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import STARTER, Settings
from dialogs.cases.lifecycle import draw_lifecycle
from dialogs.installation import Approach

HOUSE = Path(__file__).parents[1]
PACKAGES = ("bot", "dialogs", "storage")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Spelled apart, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    r"pypi\.(org|python)|python"
    r"hosted\.org|registry\.npm"
    r"js|deb\.debian"
    r"\.org|proxy\.golang"
    r"\.org"
    r"|crates"
    r"\.io|--(extra-)?index"
    r"-url|--find"
    r"-links|--trusted"
    r"-host"
)


def source_files() -> list[Path]:
    """List every Python file of ours."""
    return sorted(path for folder in (*PACKAGES, "tests") for path in (HOUSE / folder).rglob("*.py"))


def test_no_file_is_long() -> None:
    """No file has more than 400 lines."""
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in source_files()}
    assert {str(path.relative_to(HOUSE)): count for path, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    """No function has more than 40 lines, its signature counted and its docstring not."""
    lengths = {f"{place} {function.name}": lines_of(function) for place, function in functions()}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def functions() -> Iterator[tuple[str, Function]]:
    """Give every function of ours with its file and line."""
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(HOUSE)}:{node.lineno}", node


def lines_of(function: Function) -> int:
    """Count the lines from ``def`` to the end, without the docstring: words should not be saved on."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_each_test_says_what_it_tries() -> None:
    """Every test has one sentence as its docstring."""
    tests = [(place, test) for place, test in functions() if re.search(r"/test_\w+\.py:", place)]
    assert [
        f"{at} {test.name}" for at, test in tests if test.name.startswith("test_") and not ast.get_docstring(test)
    ] == []


def test_no_registry_is_named() -> None:
    """No file of the repository names a package registry's host or leads to one."""
    found = [
        f"{path}: {match.group()}" for path, text in tracked_texts() for match in [REGISTRIES.search(text)] if match
    ]
    assert found == []


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Give the text of every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=HOUSE, capture_output=True, check=False, text=True)
    if listed.returncode:
        pytest.skip("This is no git checkout, so nothing says which files are the repository's.")
    for name in filter(None, listed.stdout.split("\0")):
        try:
            # `make lock` has to say what it leaves out.
            text = (HOUSE / name).read_text("utf-8").replace("--no-emit-", "")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        yield name, text


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_installed_is_pinned_and_hashed(name: str) -> None:
    """Every requirement has one version and its hashes, and comes from no particular place."""
    text = (HOUSE / name).read_text("utf-8").replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in requirements if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []
    assert "://" not in text


def test_the_lock_has_every_direct_dependency() -> None:
    """What ``pyproject.toml`` asks for is pinned; ``make lock`` brings it up to date."""
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (HOUSE / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE))
    assert set(direct_dependencies(dev=True)) - pinned == set()


def direct_dependencies(*, dev: bool) -> list[str]:
    """List the names of what ``pyproject.toml`` asks for."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return [re.split(r"[\[<>=~! ]", line)[0] for line in wanted]


@pytest.fixture(scope="module")
def readme() -> str:
    """The README's text."""
    return (HOUSE / "README.md").read_text("utf-8")


def test_the_map_shows_the_house(readme: str) -> None:
    """The README's map names every module and every folder that there is."""
    words = set(re.findall(r"[\w.-]+", "\n".join(re.findall(r"^```\w*\n(.*?)^```", readme, re.DOTALL | re.MULTILINE))))
    # A folder stands for the generated or the uniform files in it.
    modules = {
        path for package in PACKAGES for path in (HOUSE / package).rglob("*.py") if "migrations" not in path.parts
    }
    places = {path.name for path in modules if path.name != "__init__.py"} | {path.parent.name for path in modules}
    assert sorted(places - words) == []


def test_the_settings_are_told_as_they_are(readme: str) -> None:
    """Each setting has a row in the README with its default and its description, and no other row is there."""
    rows = {row[0]: row[1:] for row in table_rows(readme) if row[0].startswith("`YOUSAID_")}
    expected = {}
    for name, field in Settings.model_fields.items():
        expected[f"`YOUSAID_{name.upper()}`"] = [spelled(field.default), field.description]
    assert rows == expected


def table_rows(text: str) -> list[list[str]]:
    """Give the cells of every row of every table."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]


def spelled(default: object) -> str:
    """Spell a default as the README does."""
    if default == STARTER:
        return "the starter"
    text = default.get_secret_value() if hasattr(default, "get_secret_value") else str(default)
    return f"`{text}`" if text else ""


@pytest.mark.parametrize("approach", Approach)
def test_the_life_of_a_case_is_drawn_as_it_is(readme: str, approach: Approach) -> None:
    """The README's picture of each approach is the table that its machine runs."""
    assert f"```mermaid\n{draw_lifecycle(approach)}\n```" in readme


COMMANDS = (
    *("serve", "check", "init", "try", "test", "diff", "drop-off", "graph", "schema", "unsent", "stats", "import"),
    *("translate export", "translate import", "translate confirm"),
    *("staff invite", "staff list", "staff remove"),
)


def test_the_commands_are_told(readme: str) -> None:
    """Every command has its row in the README."""
    told = [row[0] for row in table_rows(readme)]
    for command in COMMANDS:
        assert main_knows(command)
        assert any(row.startswith(f"`yousaid {command}") for row in told), command


def main_knows(command: str) -> bool:
    """Ask the program itself whether it has a command."""
    with pytest.raises(SystemExit) as left:
        main([*command.split(), "--help"])
    return left.value.code == 0


@pytest.mark.parametrize("name", direct_dependencies(dev=True))
def test_each_dependency_has_its_sentence(readme: str, name: str) -> None:
    """The README says what each direct dependency is for."""
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", readme, re.IGNORECASE), f"README.md does not name {name}"


def test_what_the_theory_is_shown_by_is_there() -> None:
    """Every test that the page about the theory names exists."""
    page = (HOUSE / "docs" / "primer.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", page)
    assert len(named) > 20
    for path, test in named:
        assert not test or f"def {test}(" in (HOUSE / path).read_text("utf-8"), (path, test)
        assert (HOUSE / path).exists(), path
