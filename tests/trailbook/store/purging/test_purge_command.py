"""`trailbook purge`: says what goes, and does it only when told to."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trailbook.cli import main

from .canaries import cell, notebook, places

SECRET = "c4nary-at-the-terminal"  # noqa: S105


@pytest.fixture
def purge(store: Any) -> Any:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["purge", "--store", str(store.db.path), *words])

    return run


def test_it_says_what_would_go_and_what_cannot_be_reached(store: Any, ada: Any, purge: Any) -> None:
    run = ada.run(SECRET)
    ada.save(notebook(cell("cell", SECRET)))
    said = purge(run)
    assert said.exit_code == 0
    assert "Would purge of a.ipynb" in said.stdout
    assert "0 runs and 1 version would stay, without that content" in said.stdout
    assert "backups that were made before" in said.stdout
    assert "Nothing was changed" in said.stdout
    assert store.step(run).source == SECRET


def test_with_yes_it_goes(store: Any, ada: Any, purge: Any, tmp_path: Any) -> None:
    run = ada.run(SECRET)
    version = ada.save(notebook(cell("cell", SECRET)))
    told = json.loads(purge(version, "--part", "0", "--yes", "--json").stdout)
    assert (told["kind"], told["emptied_runs"], told["swept"]) == ("part", 1, True)
    assert places(tmp_path, SECRET) == []
    assert store.step(run).source == ""


def test_a_notebook_is_named_by_its_path(
    store: Any, recorder: Any, owner_of: Any, purge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook.cli.sources.user", lambda: "ada")
    recorder(store, owner_of("ada")).save(notebook(cell("cell", SECRET)), "drafts/a.ipynb")
    assert "Purged of drafts/a.ipynb" in purge("a.ipynb", "--yes").stdout
    assert purge("a.ipynb").exit_code == 3
    assert purge("0" * 32).exit_code == 3
