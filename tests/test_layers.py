"""Which part may import which: one direction, from the hub down to the store."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JUPYTER = {"tornado", "jupyter_server", "jupyter_client", "jupyterlab", "jupyterhub", "traitlets"}
HUB = {"jupyterhub", "trailbook_hub"}
CORE = ("store", "diff", "review", "access.py", "facets.py", "steps.py", "errors.py", "ids.py")
NEVER = {f"extensions/trailbook/{name}": JUPYTER | HUB for name in CORE}
NEVER["extensions/trailbook"] = HUB
NEVER["hub/trailbook_hub/service/pages"] = {"sqlalchemy", "alembic"}


def python_files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Each absolute import, wherever in the file, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module


@pytest.mark.parametrize("place", sorted(NEVER))
def test_a_part_imports_nothing_from_above(place: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in python_files(ROOT / place)
        for line, module in imported(path)
        if module.split(".")[0] in NEVER[place]
    ]
    assert not wrong


def test_relative_imports_of_the_core_stay_in_the_core() -> None:
    """`from ..server import x` in the store would pass the test above."""
    above = {"api", "server", "cli"}
    wrong = []
    for name in CORE:
        for path in python_files(ROOT / "extensions/trailbook" / name):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.level:
                    first = (node.module or node.names[0].name).split(".")[0]
                    # One dot more than the file is deep leads to the package's own modules.
                    depth = len(path.relative_to(ROOT / "extensions/trailbook").parts)
                    if node.level == depth and first in above:
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {first}")
    assert not wrong
