"""Damage is named exactly, and the rest stays readable."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from trailbook.errors import StoreDamaged, TrailbookError
from trailbook.ids import new_id
from trailbook.store.records import KernelStarted
from trailbook.store.sql import SqlStore

PLACES = 60  # in the file where a byte is flipped


def damage(store: Any, statement: str, *values: object) -> None:
    """Change a row behind the store's back."""
    connection = sqlite3.connect(store.db.path)
    with connection:
        assert connection.execute(statement, values).rowcount > 0
    connection.close()


def rows(store: Any, statement: str, *values: object) -> list[Any]:
    connection = sqlite3.connect(store.db.path)
    found = connection.execute(statement, values).fetchall()
    connection.close()
    return found


def test_a_sound_store_has_nothing_to_say(store: Any, ada: Any, notebook_bytes: Any) -> None:
    run = ada.run("1", printed="x")
    ada.save(notebook_bytes("1", outputs={0: "x"}))
    ada.save(b"\xff")
    assert store.check() == []
    store.delete_step(run, by=ada.owner.person)
    assert store.check() == []


def test_a_damaged_source_is_named_and_not_shown(store: Any, ada: Any) -> None:
    healthy, damaged = ada.run("healthy"), ada.run("damaged")
    ((row,),) = rows(store, "SELECT source FROM execution WHERE id = ?", damaged)
    damage(store, "UPDATE payload SET data = ? WHERE row = ?", b"d4maged", row)
    assert store.check() == [
        f"The source of run {damaged} of a.ipynb in the notebooks of ada is damaged."
    ]
    with pytest.raises(StoreDamaged):
        store.step_payload(damaged, 0)
    one, two = store.steps(ada.notebook()).steps
    assert (one.id, one.source, one.source_damaged) == (healthy, "healthy", False)
    assert (two.source, two.source_damaged) == ("", True)


def test_a_damaged_output_is_named_and_not_shown(store: Any, ada: Any) -> None:
    run = ada.run("1", printed="z" * 1000)
    damage(store, "UPDATE payload SET data = CAST(x'00' || data AS BLOB) WHERE encoding = 1")
    assert store.check() == [
        f"Output 0 of run {run} of a.ipynb in the notebooks of ada is damaged."
    ]
    (part,) = store.step(run).outputs[0].parts
    assert (part.text, part.damaged) == (None, True)
    with pytest.raises(StoreDamaged):
        store.step_payload(run, part.payload)


def test_a_damaged_version_is_named_and_the_others_are_exact(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    first, second = ada.save(notebook_bytes("a")), ada.save(notebook_bytes("b"), "b.ipynb")
    ((row, manifest),) = rows(
        store,
        "SELECT m.row, m.data FROM manifest m JOIN snapshot s ON s.manifest = m.row WHERE s.id = ?",
        first,
    )
    for changed in (manifest[:-5], b"", b"nonsense"):
        damage(store, "UPDATE manifest SET data = ? WHERE row = ?", changed, row)
        assert store.check() == [f"Version {first} of a.ipynb in the notebooks of ada is damaged."]
        with pytest.raises(StoreDamaged):
            store.snapshot_bytes(first)
    assert store.snapshot_bytes(second) == notebook_bytes("b")


def test_what_was_told_against_something_damaged_is_named_too(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    source = "\n".join(f"value_{n} = {n * n}" for n in range(400))
    first = ada.run(source)
    second = ada.run(source + "\nprint(value_3)")
    ((base,),) = rows(
        store,
        "SELECT p.base FROM execution e JOIN payload p ON p.row = e.source WHERE e.id = ?",
        second,
    )
    ((origin,),) = rows(store, "SELECT source FROM execution WHERE id = ?", first)
    assert base == origin
    damage(store, "UPDATE payload SET data = x'00' WHERE row = ?", origin)
    assert len(store.check()) == 2
    for run in (first, second):
        with pytest.raises(StoreDamaged):
            store.step_payload(run, 0)


def test_swapped_payloads_are_found(store: Any, ada: Any) -> None:
    runs = [ada.run("one"), ada.run("two")]
    swap = "UPDATE payload SET data = CASE data WHEN ? THEN ? ELSE ? END"
    damage(store, swap, b"one", b"two", b"one")
    assert len(store.check()) == 2
    for run in runs:
        with pytest.raises(StoreDamaged):
            store.step_payload(run, 0)


def test_lost_rows_are_found(store: Any, ada: Any, notebook_bytes: Any) -> None:
    ada.run("1", printed="x")
    version = ada.save(notebook_bytes("only here"))
    damage(store, "DELETE FROM payload WHERE data = ?", b"only here")
    assert store.check() == [f"Version {version} of a.ipynb in the notebooks of ada is damaged."]
    with pytest.raises(StoreDamaged):
        store.snapshot_bytes(version)
    damage(store, "DELETE FROM event WHERE kind = 'execution-finished'")
    assert any("were acknowledged" in line for line in store.check())
    damage(store, "DELETE FROM snapshot")
    assert any("in the ledger alone" in line for line in store.check())


def test_any_byte_of_the_file_may_be_damaged(
    store: Any, ada: Any, notebook_bytes: Any, tmp_path: Path
) -> None:
    """Whatever byte is flipped: an error of ours or the right bytes, never wrong ones."""
    raw = notebook_bytes("x = 1" * 200, outputs={0: "printed\n" * 300})
    ada.run("x = 1" * 200, printed="printed\n" * 300)
    version, notebook = ada.save(raw), ada.notebook()
    store.close()
    sound = store.db.path.read_bytes()
    copy = tmp_path / "copy" / "trailbook.sqlite"
    copy.parent.mkdir()
    for place in range(0, len(sound), len(sound) // PLACES):
        copy.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        try:
            damaged = SqlStore.open(copy)
        except TrailbookError:
            continue
        try:
            for read in (lambda s: s.snapshot_bytes(version), lambda s: s.steps(notebook)):
                try:
                    found = read(damaged)
                    assert not isinstance(found, bytes) or found == raw
                except TrailbookError:
                    pass
            damaged.check()
        finally:
            damaged.close()


def test_identical_content_that_comes_again_heals(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    source = "\n".join(f"value_{n} = {n * n}" for n in range(400))
    raw, following = notebook_bytes(source), notebook_bytes(source + "\nprint(value_3)")
    first, second = ada.save(raw), ada.save(following)
    run = ada.run(source)
    damage(store, "UPDATE payload SET data = x'00' WHERE row = (SELECT min(base) FROM payload)")
    store.db.cache.clear()
    assert len(store.check()) == 3
    third = ada.save(raw)
    assert store.check() == []
    for version, bytes_ in ((first, raw), (second, following), (third, raw)):
        assert store.snapshot_bytes(version) == bytes_
    assert store.step(run).source == source


def test_a_damaged_manifest_heals_when_the_file_is_saved_again(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    first = ada.save(notebook_bytes("a"))
    damage(store, "UPDATE manifest SET data = x'0011'")
    store.db.cache.clear()
    assert len(store.check()) == 1
    ada.save(notebook_bytes("b"))
    ada.save(notebook_bytes("a"))
    assert store.check() == []
    assert store.snapshot_bytes(first) == notebook_bytes("a")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payload SET base = row WHERE row = ?",
        "UPDATE payload SET base = row + 1 WHERE row = ?",
        "UPDATE payload SET base = 9999 WHERE row = ?",
        "UPDATE payload SET base = NULL WHERE row = ?",
        "UPDATE payload SET encoding = encoding + 1 WHERE row = ?",
        "UPDATE payload SET encoding = 41 WHERE row = ?",
        "UPDATE payload SET size = size + 1 WHERE row = ?",
        "UPDATE payload SET id_head = id_head + 1 WHERE row = ?",
        "UPDATE payload SET space = 77 WHERE row = ?",
        "UPDATE payload SET data = 'text' WHERE row = ?",
    ],
)
def test_a_broken_chain_is_found(store: Any, ada: Any, change: str) -> None:
    source = "\n".join(f"value_{n} = {n * n}" for n in range(400))
    ada.run(source)
    told = ada.run(source + "\nprint(value_3)")
    ((row,),) = rows(store, "SELECT row FROM payload WHERE base IS NOT NULL")
    damage(store, change, row)
    assert store.check() == [
        f"The source of run {told} of a.ipynb in the notebooks of ada is damaged."
    ]


def test_a_thorough_check_puts_files_together_and_counts_what_nobody_names(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    version = ada.save(notebook_bytes("a"))
    ada.run("b")
    assert store.checked(thorough=True).unnamed == 0
    damage(store, "UPDATE execution SET source = (SELECT min(row) FROM payload)")
    report = store.checked(thorough=True)
    assert (report.damages, report.unnamed, report.versions, report.pieces) == ([], 1, 1, 2)
    damage(store, "UPDATE snapshot SET sha256 = zeroblob(32)")
    assert store.check() == []
    assert store.checked(thorough=True).damages == [
        f"Version {version} of a.ipynb in the notebooks of ada is damaged."
    ]
    damage(store, "UPDATE manifest SET digest = NULL")  # as in a store of an earlier schema
    assert len(store.check()) == 1


def test_lost_packages_are_found(store: Any, ada: Any) -> None:
    ada.session = new_id()
    ada.tell(KernelStarted, b'{"numpy":"2"}', kernel_session=ada.session, packages=0)
    assert store.check() == []
    damage(store, "DELETE FROM payload")
    (first, second) = store.check()
    assert first == f"The packages of kernel session {ada.session} are damaged."
    assert "(kernel-started)" in second


def test_what_was_purged_is_known(store: Any, ada: Any, notebook_bytes: Any) -> None:
    version = ada.save(notebook_bytes("a", "b"))
    store.purge(version, 0)
    report = store.checked(thorough=True)
    assert (report.damages, report.purged) == ([], 1)
    damage(store, "UPDATE payload SET data = x'00' WHERE encoding = -1")
    assert len(store.check()) == 1


def test_a_damaged_page_of_the_file_costs_only_what_is_on_it(store: Any, ada: Any) -> None:
    told = {}
    for n in range(60):
        raw = json.dumps({"cells": [{"source": f"{n} " + os.urandom(900).hex()}]}).encode()
        told[ada.save(raw, f"{n}.ipynb")] = raw
    store.db.compact()
    connection = sqlite3.connect(store.db.path)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'payload'"
    (page,) = connection.execute(query).fetchone()
    connection.close()
    store.close()
    whole = bytearray(store.db.path.read_bytes())
    root = whole[(page - 1) * 4096 : page * 4096]
    assert root[0] == 5, "the table has more than one page"
    cell = int.from_bytes(root[12 + 2 * 3 : 12 + 2 * 3 + 2], "big")
    child = int.from_bytes(root[cell : cell + 4], "big")
    whole[(child - 1) * 4096 : (child - 1) * 4096 + 100] = bytes(100)
    store.db.path.write_bytes(whole)
    damaged = SqlStore.open(store.db.path)
    lost = set()
    for version, raw in told.items():
        try:
            assert damaged.snapshot_bytes(version) == raw
        except TrailbookError:
            lost.add(version)
    found = damaged.check()
    damaged.close()
    assert 0 < len(lost) < 10
    assert {line.split()[1] for line in found if line.startswith("Version")} == lost
    assert any("database file is damaged" in line for line in found)
