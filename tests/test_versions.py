"""Versions live in one place, `package.json`; everything else follows it."""

import importlib.metadata
import json
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
VERSION = json.loads((ROOT / "package.json").read_text())["version"]
LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))


def pins(lock: str) -> dict[str, str]:
    """Package -> version, of the lines that hold for this Python."""
    lines = (ROOT / "requirements" / lock).read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    here = [one for one in found if one.marker is None or one.marker.evaluate()]
    return {one.name: str(one.specifier) for one in here}


def test_the_installed_package_has_the_version_of_package_json() -> None:
    assert importlib.metadata.version("trailbook") == VERSION


def test_the_npm_lock_has_the_version_of_package_json() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["version"] == lock["packages"][""]["version"] == VERSION


def test_the_changelog_begins_with_this_version() -> None:
    newest = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == VERSION


def test_no_lock_names_an_index() -> None:
    for lock in [*(f"requirements/{name}" for name in LOCKS), "package-lock.json"]:
        text = (ROOT / lock).read_text()
        assert "--index-url" not in text, lock
        assert "--find-links" not in text, lock
        assert '"resolved"' not in text, lock


def test_what_the_tests_add_changes_nothing_that_the_workspace_uses() -> None:
    run, develop = pins("run.txt"), pins("develop.txt")
    assert {name: develop.get(name) for name in run} == run


def test_the_locked_hubs_are_the_two_that_the_project_promises() -> None:
    assert pins("run.txt")["jupyterhub"] == "==6.1.1"
    assert re.fullmatch(r"==5\.5\.\d+", pins("hub55.txt")["jupyterhub"])


def test_the_diffs_format_is_one_version_on_both_sides() -> None:
    assert pins("run.txt")["nbdime"] == "==4.0.4"
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/nbdime"]["version"].startswith("7.0.")


def test_this_python_is_one_that_the_project_promises() -> None:
    assert sys.version_info >= (3, 10)
