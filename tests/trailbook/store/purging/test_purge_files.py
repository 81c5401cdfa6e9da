"""A text file that runs found is purged like what they said: no search over bytes finds it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trailbook.cli import main
from trailbook.clock import now_us
from trailbook.errors import BadRequest, NotFound
from trailbook.store.records import FilesSaved, SavedFile

from .canaries import places, reopened

SECRET = "c4nary-Ünique-in-a-file"  # noqa: S105
MINUTE = 60_000_000


@pytest.fixture
def folder(store: Any) -> Path:
    return store.db.path.parent


def lines(*more: str) -> str:
    return "\n".join([*(f"value_{i} = {i * i}" for i in range(60)), *more])


def saved(ada: Any, at: int | None = None, folder: str = "lib", **contents: str) -> None:
    """These files have this content now; underscores in names stand for dots."""
    raws = [text.encode() for text in contents.values()]
    files = [
        SavedFile(name.replace("_", "."), len(raw), 1, n)
        for n, (name, raw) in enumerate(zip(contents, raws, strict=True))
    ]
    ada.tell(FilesSaved, *raws, path=folder, files=files, at=at or now_us(), unseen_since=now_us())


def found(store: Any, run: str) -> dict[str, str]:
    return {
        file.path: store.step_file(run, file.path).decode() if file.kept else file.reason
        for file in store.step_files(run)
    }


def test_a_purged_file_is_gone_and_the_states_around_it_are_exact(
    store: Any, ada: Any, folder: Path
) -> None:
    """Each state is told against the one before, and the chain goes on around the gap."""
    runs = []
    for n in range(7):
        saved(ada, keys_py=lines(SECRET if n == 3 else f"# {n}"), model_py=lines("model", f"{n}"))
        runs.append(ada.run(f"use({n})"))
    told = store.purge(runs[3], file="lib/keys.py")
    assert (told.kind, told.path, told.pieces, told.emptied_files) == ("file", "lib/keys.py", 1, 1)
    assert (told.runs, told.versions, told.emptied_runs, told.swept) == (0, 0, 0, True)
    assert places(folder, SECRET) == []
    with reopened(store) as other:
        for fresh in (store, other):
            assert fresh.check() == []
            for n, run in enumerate(runs):
                assert found(fresh, run) == {
                    "lib/keys.py": "purged" if n == 3 else lines(f"# {n}"),
                    "lib/model.py": lines("model", f"{n}"),
                }
    (purged, _) = store.step_files(runs[3])
    assert (purged.path, purged.kept, purged.size) == ("lib/keys.py", False, 0)
    with pytest.raises(NotFound):
        store.step_file(runs[3], "lib/keys.py")
    with pytest.raises(NotFound):
        store.purge(runs[3], file="lib/keys.py")


def test_nothing_in_the_ledger_tells_how_long_it_was(store: Any, ada: Any) -> None:
    saved(ada, keys_py=SECRET, model_py="a = 1")
    run = ada.run("1")
    query = "SELECT hash, body FROM event WHERE kind = 'files-saved'"
    before, _ = store.db.write(lambda c: c.exec_driver_sql(query).one())
    store.purge(run, file="lib/keys.py")
    after, body = store.db.write(lambda c: c.exec_driver_sql(query).one())
    assert before
    assert not after
    assert json.loads(body)["files"] == [
        ["keys.py", 0, 1, None, "purged"],
        ["model.py", 5, 1, 1, ""],
    ]


def test_what_else_holds_the_same_gets_a_hole(store: Any, ada: Any, folder: Path) -> None:
    text = lines(SECRET)
    saved(ada, keys_py=text, copy_py=text)
    run = ada.run("print(open('lib/keys.py').read())", printed=text)
    saved(ada, keys_py=lines())
    following = ada.run(text)
    told = store.purge(run, file="lib/copy.py")
    assert (told.pieces, told.emptied_files, told.emptied_runs) == (1, 2, 2)
    assert places(folder, SECRET) == []
    assert store.check() == []
    assert found(store, run) == {"lib/copy.py": "purged", "lib/keys.py": "purged"}
    assert found(store, following) == {"lib/copy.py": "purged", "lib/keys.py": lines()}
    assert store.step(following).source == ""


def test_a_file_stays_when_a_step_that_says_the_same_goes_unless_everywhere(
    store: Any, ada: Any, folder: Path
) -> None:
    saved(ada, keys_py=SECRET)
    run, kept = ada.run(SECRET), ada.run("1")
    assert store.purge_plan(run).shared == 1
    store.purge(run, everywhere=True)
    assert places(folder, SECRET) == []
    assert found(store, kept) == {"lib/keys.py": "purged"}
    assert store.check() == []


def test_a_late_spool_does_not_bring_it_back_and_a_new_state_is_kept(
    store: Any, ada: Any, recorder: Any, folder: Path
) -> None:
    saved(ada, keys_py=SECRET)
    run = ada.run("1")
    long_ago = now_us() - MINUTE
    store.purge(run, file="lib/keys.py")
    other = recorder(store, ada.owner)
    saved(other, at=long_ago, keys_py=SECRET, model_py="a = 1")
    late = other.run("2")
    assert found(store, late) == {"lib/keys.py": "purged", "lib/model.py": "a = 1"}
    assert places(folder, SECRET) == []
    assert store.check() == []
    saved(other, keys_py=SECRET)
    assert found(store, other.run("3"))["lib/keys.py"] == SECRET


def test_only_a_step_that_found_it_names_a_file(store: Any, ada: Any, notebook_bytes: Any) -> None:
    saved(ada, keys_py=SECRET)
    run, version = ada.run("1"), ada.save(notebook_bytes("1"))
    assert store.purge_plan(run, file="lib/keys.py").pieces == 1
    assert found(store, run) == {"lib/keys.py": SECRET}
    with pytest.raises(NotFound):
        store.purge_plan(run, file="keys.py")
    for thing, part in ((version, None), (ada.notebook(), None), (run, 0)):
        with pytest.raises(BadRequest):
            store.purge_plan(thing, part, file="lib/keys.py")


def test_the_command_names_it_by_step_and_path(store: Any, ada: Any, folder: Path) -> None:
    saved(ada, keys_py=SECRET)
    run = ada.run("1")
    words = ["purge", "--store", str(store.db.path), run, "--file", "lib/keys.py"]
    said = CliRunner().invoke(main, words)
    assert "Would purge of lib/keys.py" in said.stdout
    assert "1 state of text files would stay, without that content." in said.stdout
    assert found(store, run) == {"lib/keys.py": SECRET}
    assert CliRunner().invoke(main, [*words, "--yes"]).exit_code == 0
    assert places(folder, SECRET) == []
