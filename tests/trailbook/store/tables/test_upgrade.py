"""A store that an earlier version of the schema made, with data in it, opened by this one."""

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
import zstandard

from trailbook.store.objects import Sealer
from trailbook.store.records import Batch, NotebookSaved, Registration
from trailbook.store.sql import SqlStore

STORES = Path(__file__).parents[3] / "samples" / "stores"


@pytest.fixture(params=sorted(path.name[:4] for path in STORES.glob("*.sqlite.zst")))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """The file, and the checksum of each version in it."""
    packed = (STORES / f"{request.param}.sqlite.zst").read_bytes()
    file = tmp_path / "old.sqlite"
    file.write_bytes(zstandard.ZstdDecompressor().decompress(packed))
    return file, json.loads((STORES / f"{request.param}.json").read_text())


def test_every_version_comes_back_byte_exact(old: tuple[Path, dict[str, str]]) -> None:
    file, versions = old
    store = SqlStore.open(file)
    found = {id_: hashlib.sha256(store.snapshot_bytes(id_)).hexdigest() for id_ in versions}
    sound = store.check()
    store.close()
    assert found == versions
    assert sound == []


def test_the_trail_is_the_same(old: tuple[Path, dict[str, str]]) -> None:
    file, _ = old
    store = SqlStore.open(file)
    project = store.project("churn")
    notebook = store.notebook_at(project.space, "a.ipynb")
    page = store.steps(notebook.id)
    store.close()
    assert [step.status for step in page.steps if step.type == "run"][-1] == "error"
    assert notebook.runs == 13
    assert any(note.text == "because" for step in page.steps for note in step.notes)
    assert not any("hunter2" in (step.source or "") for step in page.steps)


def test_what_follows_is_told_against_what_was_there(old: tuple[Path, dict[str, str]]) -> None:
    """An old version saved again changes nothing, and makes no step of an edit."""
    file, _ = old
    store = SqlStore.open(file)
    bob = store.find_person("bob")
    assert bob is not None

    class Owner:
        person, project, name = bob.id, None, "bob"

    project = store.project("churn")
    notebook = store.notebook_at(project.space, "a.ipynb")
    newest = store.snapshots(notebook.id)[0]
    raw = store.snapshot_bytes(newest.id)
    steps = [step.id for step in store.steps(notebook.id).steps]
    registered = store.register_writer(Owner, Registration())
    mount = next(m for m in registered.mounts if m.space == project.space)
    event = NotebookSaved(
        space=mount.space, at=newest.at + 1, author="bob", snapshot="f" * 32, path="a.ipynb"
    )
    sealed, _ = Sealer().seal(1, event, [raw], mount.key)
    store.ingest(Owner, registered.writer, Batch([sealed]))
    again = store.notebook(notebook.id)
    same = [step.id for step in store.steps(notebook.id).steps]
    store.close()
    assert (same, again.versions) == (steps, notebook.versions)


def test_a_version_that_was_damaged_keeps_its_place(old: tuple[Path, dict[str, str]]) -> None:
    file, versions = old
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE snapshot SET manifest = x'00' WHERE path = 'plots.ipynb'")
    connection.close()
    store = SqlStore.open(file)
    said = store.check()
    sound = [id_ for id_ in versions if not any(id_ in line for line in said)]
    exact = [hashlib.sha256(store.snapshot_bytes(id_)).hexdigest() for id_ in sound]
    store.close()
    assert len(said) == 2
    assert all(" of plots.ipynb in " in line for line in said)
    assert exact == [versions[id_] for id_ in sound]
