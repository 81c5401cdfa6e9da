"""R14: whatever is damaged is named, the rest can be read, and wrong bytes are never given."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from trailbook.errors import TrailbookError
from trailbook.store.sql import SqlStore
from trailbook.store.tables.payloads import joined

from .writing import Writer, notebook

SHORT = 40
_IDS = "SELECT row, id_head, id_tail FROM {}"


@pytest.fixture
def sound(tmp_path, outside):
    """A store with a few versions, its bytes, and what each version has to be."""
    file = tmp_path / "sound" / "s.sqlite"
    store = SqlStore.open(file)
    writer = Writer(store, "ada", outside.answer)
    known = {}
    for n in range(8):
        raw = notebook(n) if n % 2 else notebook(n, cells=3)
        known[writer.save(raw, f"{n % 4}.ipynb")] = raw
        writer.run(f"x = {n}")
    store.close()
    return file, known


def looked_at(file, known):
    """Which versions are exact, and what `check` names; None where nothing can be opened."""
    try:
        store = SqlStore.open(file)
    except TrailbookError:
        return None
    exact = set()
    try:
        for id_, raw in known.items():
            try:
                found = store.snapshot_bytes(id_)
            except TrailbookError:
                continue
            assert found == raw, "wrong bytes were given as right ones"
            exact.add(id_)
        return exact, store.check()
    finally:
        store.close()


def copy(file, name):
    folder = file.parent.with_name(name)
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(file, folder / file.name))


def test_a_flipped_byte_gives_no_wrong_bytes_and_no_healthy_version_is_lost_unnamed(sound, rounds):
    file, known = sound
    whole = file.read_bytes()
    for place in random.Random(3).sample(range(len(whole)), rounds(SHORT)):  # noqa: S311
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        here = copy(file, "flipped")
        here.write_bytes(damaged)
        seen = looked_at(here, known)
        if seen is None:
            continue
        exact, said = seen
        for lost in known.keys() - exact:
            named = [line for line in said if lost in line or "file is damaged" in line]
            assert named, (place, lost, said)


def test_a_file_that_was_cut_gives_no_wrong_bytes(sound, rounds):
    file, known = sound
    whole = file.read_bytes()
    for size in random.Random(4).sample(range(len(whole)), rounds(SHORT // 2)):  # noqa: S311
        here = copy(file, "cut")
        here.write_bytes(whole[:size])
        seen = looked_at(here, known)
        if seen is not None and size < len(whole) - 4096:
            assert seen[1], size


def changed(file, name, *statements):
    here = copy(file, name)
    connection = sqlite3.connect(here)
    with connection:
        for statement, *values in statements:
            connection.execute(statement, values)
    connection.close()
    return here


@pytest.mark.parametrize("table", ["payload", "manifest"])
def test_each_lost_or_swapped_row_is_named_exactly(sound, table):
    file, known = sound
    connection = sqlite3.connect(file)
    rows = [row for (row,) in connection.execute(f"SELECT row FROM {table}")]  # noqa: S608
    data = dict(connection.execute(f"SELECT row, data FROM {table}"))  # noqa: S608
    connection.close()
    chance = random.Random(5)  # noqa: S311
    for row in chance.sample(rows, min(len(rows), 8)):
        other = next(r for r in chance.sample(rows, len(rows)) if data[r] != data[row])
        lost = [(f"DELETE FROM {table} WHERE row = ?", row)]  # noqa: S608
        swapped = [
            (f"UPDATE {table} SET data = ? WHERE row = ?", data[to], of)  # noqa: S608
            for of, to in ((row, other), (other, row))
        ]
        for name, statements in (("lost", lost), ("swapped", swapped)):
            exact, said = looked_at(changed(file, name, *statements), known)
            named = {id_ for id_ in known if any(id_ in line for line in said)}
            assert named == known.keys() - exact, (name, row, said)


@pytest.mark.parametrize("table", ["payload", "manifest"])
@pytest.mark.parametrize("content", [b"", b"\x00", None], ids=["empty", "wrong", "another's"])
def test_the_next_save_of_the_same_heals_what_is_damaged(sound, outside, table, content, rounds):
    """A recorder is asked for just what is damaged; what is told against it is whole again."""
    file, known = sound
    connection = sqlite3.connect(file)
    ids = {row: joined(head, tail) for row, head, tail in connection.execute(_IDS.format(table))}
    data = dict(connection.execute(f"SELECT row, data FROM {table}"))  # noqa: S608
    connection.close()
    chance = random.Random(6)  # noqa: S311
    for row in chance.sample(sorted(ids), min(len(ids), rounds(3))):
        other = next(one for one in data.values() if one != data[row])
        wrong = other if content is None else content
        query = f"UPDATE {table} SET data = ? WHERE row = ?"  # noqa: S608
        here = changed(file, "healed", (query, wrong, row))
        store = SqlStore.open(here)
        assert store.check()
        writer = Writer(store, "ada", outside.answer)
        if table == "payload":
            space = writer.mount.space
            assert store.missing(writer.me.writer, space, list(ids.values())) == [ids[row]]
        for n, raw in enumerate(known.values()):
            writer.save(raw, "again.ipynb")
            writer.run(f"x = {n}", "again.ipynb")
        assert store.check() == []
        assert {id_: store.snapshot_bytes(id_) for id_ in known} == known
        store.close()


def test_what_is_saved_again_after_damage_goes_on(sound, outside):
    """A version that would be told against something damaged is told in whole instead."""
    file, _ = sound
    here = changed(file, "on", ("UPDATE payload SET data = x'00' WHERE row = 1",))
    store = SqlStore.open(here)
    writer = Writer(store, "ada", outside.answer)
    kept = {}
    for n in range(100, 104):
        kept[writer.save(notebook(n), "new.ipynb")] = notebook(n)
    for id_, raw in kept.items():
        assert store.snapshot_bytes(id_) == raw
    store.close()


@pytest.mark.parametrize("table", ["payload", "manifest"])
def test_the_number_of_a_lost_row_is_never_given_again(sound, outside, table):
    """Else whatever named the last row would show what is stored next."""
    file, known = sound
    last = f"(SELECT max(row) FROM {table})"  # noqa: S608
    here = changed(file, "last", (f"DELETE FROM {table} WHERE row = {last}",))  # noqa: S608
    store = SqlStore.open(here)
    named = store.check()
    assert named
    writer = Writer(store, "ada", outside.answer)
    run = writer.run("something else")
    saved = writer.save(notebook(99), "other.ipynb")
    assert store.check() == named
    assert store.step_payload(run, 0)[1] == b"something else"
    assert store.snapshot_bytes(saved) == notebook(99)
    store.close()
    exact, _ = looked_at(here, known)
    assert {id_ for id_ in known if any(id_ in line for line in named)} == known.keys() - exact


def test_a_version_that_was_answered_is_exact_though_rows_of_it_were_lost_before(
    sound, outside, rounds
):
    file, known = sound
    connection = sqlite3.connect(file)
    all_rows = [row for (row,) in connection.execute("SELECT row FROM payload")]
    connection.close()
    for row in random.Random(7).sample(all_rows, min(len(all_rows), rounds(4))):  # noqa: S311
        here = changed(file, "gone", ("DELETE FROM payload WHERE row = ?", row))
        store = SqlStore.open(here)
        writer = Writer(store, "ada", outside.answer)
        again = {writer.save(raw, "again.ipynb"): raw for raw in known.values()}
        for id_, raw in (again | known).items():
            assert store.snapshot_bytes(id_) == raw, row
        store.close()
