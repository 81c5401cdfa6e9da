"""R16: an upgrade that is killed at any write resumes or is as before; a newer store is refused."""

import hashlib
import json
import random
import sqlite3
from pathlib import Path

import pytest
import zstandard

from trailbook.errors import StoreTooNew
from trailbook.store.sql import SqlStore

from . import faults

STORES = Path(__file__).parents[1] / "samples" / "stores"
OPEN = """
import sys
from trailbook.store.sql import SqlStore
SqlStore.open(sys.argv[1] + "/old.sqlite").close()
"""
CALLS = "write,sync,truncate,unlink,create"
SHORT = 3


def unpacked(name: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    packed = (STORES / f"{name}.sqlite.zst").read_bytes()
    file = folder / "old.sqlite"
    file.write_bytes(zstandard.ZstdDecompressor().decompress(packed))
    return file


@pytest.mark.parametrize("how", ["kill", "half", 5, 28])
@pytest.mark.parametrize("name", sorted(path.name[:4] for path in STORES.glob("*.sqlite.zst")))
def test_an_upgrade_that_was_stopped_is_done_by_the_next_opening(tmp_path, rounds, name, how):
    versions = json.loads((STORES / f"{name}.json").read_text())
    calls = "write" if how == "half" else CALLS
    counted = unpacked(name, tmp_path / "count" / "x").parent
    every = range(1, faults.count(OPEN, counted, calls) + 1)
    chance = random.Random(str(how))  # noqa: S311
    for at in chance.sample(every, min(len(every), rounds(SHORT))):
        file = unpacked(name, tmp_path / f"{at}")
        faults.run(OPEN, file.parent, calls=calls, at=at, how=how)
        store = SqlStore.open(file)
        found = {id_: hashlib.sha256(store.snapshot_bytes(id_)).hexdigest() for id_ in versions}
        sound = store.check()
        store.close()
        assert (found, sound) == (versions, []), at


def test_a_newer_store_is_refused_and_left_as_it_is(tmp_path):
    file = unpacked("0001", tmp_path / "new")
    SqlStore.open(file).close()
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreTooNew, match="9999"):
            SqlStore.open(file)
    assert file.read_bytes() == before
