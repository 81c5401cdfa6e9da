"""S6: a notebook that was cut anywhere is saved, given back exactly, and shown or said why not."""

from contextlib import suppress
from pathlib import Path

import pytest

from trailbook.diff.reading import Unreadable, read
from trailbook.store.sql import SqlStore

from .conftest import FACTOR
from .writing import Writer

SAMPLES = Path(__file__).parents[1] / "samples"
SHORT = 60


@pytest.mark.parametrize("sample", ["compact", "version3", "windows"])
def test_a_notebook_that_was_cut_at_any_byte_comes_back_exactly(tmp_path, outside, sample):
    """A part of the places in the short form, and every one of a hundred times as much."""
    raw = (SAMPLES / f"{sample}.ipynb").read_bytes()
    store = SqlStore.open(tmp_path / "store" / "s.sqlite")
    writer = Writer(store, "ada", outside.answer)
    known = {}
    for size in range(0, len(raw) + 1, max(1, len(raw) // (SHORT * FACTOR))):
        known[writer.save(raw[:size])] = raw[:size]
    for id_, cut in known.items():
        assert store.snapshot_bytes(id_) == cut
        with suppress(Unreadable):
            assert isinstance(read(cut)["cells"], list)
    assert store.check() == []
    store.close()
    outside.hold(tmp_path / "store" / "s.sqlite")
