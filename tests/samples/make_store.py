"""Makes `stores/NNNN.sqlite.zst`, a store of the schema as it is now, and the checksums beside it.

    python tests/samples/make_store.py

Run it before a migration is added: what the code of today has made is what tomorrow's must open.
The tests of upgrades take every store that is there.
"""

import hashlib
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import zstandard

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "trailbook" / "store"))

from conftest import Recorder  # noqa: E402
from trailbook.access import Role  # noqa: E402
from trailbook.clock import now_us  # noqa: E402
from trailbook.store.records import (  # noqa: E402
    DataFile,
    DataSeen,
    FilesSaved,
    Gap,
    KernelEnded,
    KernelEnvironment,
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
    SavedFile,
)
from trailbook.store.sql import SqlStore  # noqa: E402
from trailbook.store.views import Charter  # noqa: E402

RUNS = 13  # that are left, two of them not among the fits
SECRET = "hunter2"  # noqa: S105 - what is deleted, and must not be found again


def notebook(*sources: str, named: bool = True) -> bytes:
    """A notebook with these sources."""
    cells = [
        {
            "cell_type": "code",
            **({"id": f"cell-{n}"} if named else {}),
            "execution_count": n,
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for n, source in enumerate(sources)
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 if named else 4}
    return (json.dumps(whole, indent=1) + "\n").encode()


def fill(store: SqlStore) -> None:
    """Two people and a project, and everything that a recorder can tell."""
    ada = _person(store, "ada")
    bob = _person(store, "bob")
    project = store.create_project("churn", "Churn", Charter(goal="Find leavers"), by=ada.person)
    store.set_member(project.id, bob.person, Role.CONTRIBUTOR, by=ada.person)
    own = Recorder(store, ada)
    for sample in sorted(HERE.glob("*.ipynb")):
        own.save(sample.read_bytes(), sample.name)
    shared = Recorder(store, bob, f"projects/{project.slug}")
    for sample in sorted(HERE.glob("*.ipynb")):
        shared.save(sample.read_bytes(), sample.name)
    story(store, shared)
    cells(shared)
    odd(shared)


def _person(store: SqlStore, name: str) -> SimpleNamespace:
    person = store.person(name, "2024-01-01T00:00:00Z", name.title())
    return SimpleNamespace(person=person.id, project=None, name=name)


def story(store: SqlStore, bob: Recorder) -> None:
    """Runs, errors, notes, files, data and displays of one notebook, a step of it deleted."""
    bob.start_kernel("a.ipynb")
    bob.tell(KernelEnvironment, kernel_session=bob.session, environment={"python": "3.11"})
    lines = [f"model_{n} = fit(rows, depth={n})" for n in range(RUNS - 2)]
    for n, line in enumerate(lines):
        held = SavedFile("load.py", 20 + n, now_us(), 0)
        bob.tell(FilesSaved, f"depth = {n}\n".encode(), path="", files=[held])
        run = bob.run(line, cell=f"cell-{n}", printed=f"score {n / 7}\n")
        seen = DataFile("rows.csv", "read", 1000 + n // 5, 1, f"{n // 5:032x}")
        bob.tell(DataSeen, execution=run, moment="start", files=[seen])
        bob.save(notebook(*lines[: n + 1]))
    store.add_note(
        step=run,
        snapshot=None,
        kind="why",
        text="because",
        person=bob.owner.person,
        author="bob",
        author_basis="verified",
    )
    secret = bob.run(f"login({SECRET!r})", cell="secret")
    store.delete_step(secret, by=bob.owner.person)
    shows = bob.run("display(bar, display_id='bar')", cell="bar")
    bob.output(shows, 0, "display_data", text="0 %", display_id="bar")
    wrong = bob.run("bar.update(1 / 0)", cell="update", status="error")
    bob.output(wrong, 0, "update_display_data", text="50 %", display_id="bar")
    bob.output(wrong, 1, "error", text="ZeroDivisionError", name="ZeroDivisionError", value="by 0")
    bob.save(notebook(*lines, "bar.update(1 / 0)"), editors=["bob", None])
    bob.tell(KernelEnded, kernel_session=bob.session, reason="died")
    bob.tell(Gap, reason="paused", since=now_us() - 5, until=now_us(), dropped_events=2)


def cells(bob: Recorder) -> None:
    """Cells that move, split and are copied, with ids and without; a copy, a move, a deletion."""
    load, fit, plot = "rows = load()\nrows.head()", "fit(rows)\nscore(rows)", "plot(rows)"
    for path, named in (("cells.ipynb", True), ("plain.ipynb", False)):
        bob.save(notebook(load, fit, plot, named=named), path)
        bob.save(notebook(load, plot, fit, named=named), path)
        bob.save(notebook(load, plot, "fit(rows)", "score(rows)", named=named), path)
    bob.tell(NotebookCopied, path="cells.ipynb", to_space=bob.space, to_path="copy.ipynb")
    bob.save(notebook(load, plot), "copy.ipynb")
    bob.tell(NotebookMoved, path="plain.ipynb", to_space=bob.space, to_path="moved.ipynb")
    bob.save(notebook(plot), "gone.ipynb")
    bob.tell(NotebookDeleted, path="gone.ipynb")


def odd(bob: Recorder) -> None:
    """Files that are no notebooks, and one that was purged."""
    for raw in (b"", b"{", b'{"cells": 3}', notebook("x = 1").replace(b"\n", b"\r\n")):
        bob.save(raw, "odd.ipynb")
    purged = bob.save(notebook("x = 'a purged canary'"), "purged.ipynb")
    bob.store.purge(purged)


def main() -> None:
    """Write the store and its checksums, named after the schema."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "store.sqlite"
        store = SqlStore.open(file)
        fill(store)
        connection = sqlite3.connect(file)
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        rows = connection.execute("SELECT id FROM snapshot WHERE deleted_at IS NULL").fetchall()
        sums = {id_: hashlib.sha256(store.snapshot_bytes(id_)).hexdigest() for (id_,) in rows}
        store.close()
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        packed = zstandard.ZstdCompressor(level=19).compress(file.read_bytes())
    (HERE / "stores" / f"{schema}.sqlite.zst").write_bytes(packed)
    (HERE / "stores" / f"{schema}.json").write_text(json.dumps(sums, indent=1) + "\n")
    print(f"{schema}: {len(sums)} versions, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
