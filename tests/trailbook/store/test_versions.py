"""Saved notebooks in the store: told as changes, stored once, small, and byte-exact."""

import json
import random
import sqlite3
from typing import Any

import msgspec
import pytest

from trailbook.clock import now_us
from trailbook.errors import ContentMissing
from trailbook.ids import new_id
from trailbook.store.objects import Sealer
from trailbook.store.records import Batch, NotebookSaved
from trailbook.store.tables.compression import MOST_STEPS, steps


def rows(store: Any, statement: str) -> list[Any]:
    connection = sqlite3.connect(store.db.path)
    found = connection.execute(statement).fetchall()
    connection.close()
    return found


def notebook(sources: list[str], count: int = 1) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "execution_count": count,
            "id": f"cell-{n}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1).encode()


def lines(n: int, changed: int | None = None) -> str:
    return "\n".join(f"value_{i} = {i * n}{' + 1' if i == changed else ''}" for i in range(60))


class Teller:
    """A recorder that remembers what it has told."""

    def __init__(self, recorder: Any) -> None:
        self.recorder = recorder
        self.sealer = Sealer()
        self.refused: dict[int, str] = {}

    def seal(self, raw: bytes, path: str = "a.ipynb") -> tuple[Any, dict[bytes, bytes]]:
        recorder = self.recorder
        recorder.sequence += 1
        event = NotebookSaved(
            space=recorder.space,
            at=now_us(),
            author=recorder.owner.name,
            snapshot=new_id(),
            path=path,
        )
        return self.sealer.seal(recorder.sequence, event, [raw], recorder.mount.key)

    def send(self, *sealed: tuple[Any, dict[bytes, bytes]]) -> list[str]:
        recorder = self.recorder
        contents = [content for _, pieces in sealed for content in pieces.values()]
        batch = Batch([one for one, _ in sealed], {recorder.space: contents})
        self.refused = recorder.store.ingest(recorder.owner, recorder.writer, batch).refused
        return [one.event.snapshot for one, _ in sealed]

    def save(self, raw: bytes, path: str = "a.ipynb") -> str:
        return self.send(self.seal(raw, path))[0]


@pytest.fixture
def teller(ada: Any) -> Teller:
    return Teller(ada)


def test_a_version_told_as_a_change_comes_back_whole(store: Any, teller: Teller) -> None:
    pick = random.Random(1)  # noqa: S311
    sources = [lines(n) for n in range(12)]
    told: dict[str, bytes] = {}
    for step in range(60):
        match pick.randrange(5):
            case 0:
                sources.insert(pick.randrange(len(sources) + 1), lines(step, step))
            case 1 if len(sources) > 1:
                sources.pop(pick.randrange(len(sources)))
            case 2:
                pick.shuffle(sources)
            case _:
                sources[pick.randrange(len(sources))] += f"\nstep_{step}"
        raw = notebook(sources, step)
        told[teller.save(raw)] = raw
    for cold in (False, True):
        if cold:
            store.db.cache.clear()
        assert {id_: store.snapshot_bytes(id_) for id_ in told} == told
    assert store.check() == []


def test_versions_of_one_batch_are_told_against_each_other(store: Any, teller: Teller) -> None:
    history = [notebook([lines(1), lines(2, n)]) for n in range(4)]
    sealed = [teller.seal(raw) for raw in history]
    assert sealed[3][0].event.form.base == sealed[2][0].event.snapshot
    ids = teller.send(*sealed)
    assert [store.snapshot_bytes(id_) for id_ in ids] == history


def test_the_base_must_be_there(store: Any, teller: Teller) -> None:
    teller.seal(notebook([lines(1)]))
    teller.recorder.sequence -= 1  # the first never arrives
    sealed, pieces = teller.seal(notebook([lines(1), "new"]))
    told = msgspec.structs.replace(
        sealed, event=msgspec.structs.replace(sealed.event, form=sealed.event.form)
    )
    form = msgspec.structs.replace(told.event.form, base=new_id(), plan=[[0, 1], [1]])
    forged = msgspec.structs.replace(told, event=msgspec.structs.replace(told.event, form=form))
    with pytest.raises(ContentMissing):
        teller.send((forged, pieces))


def test_the_base_must_be_in_the_same_space(
    store: Any, teller: Teller, recorder: Any, owner_of: Any
) -> None:
    """Else a form would put another's cells into one's own notebook."""
    secret = teller.save(notebook(["secret = 1"]))
    bob = Teller(recorder(store, owner_of("bob")))
    sealed, _ = bob.seal(notebook(["secret = 1"]))
    form = msgspec.structs.replace(
        sealed.event.form, cells=[], base=secret, plan=[[0, 1]], frame=sealed.event.form.frame
    )
    stolen = msgspec.structs.replace(
        sealed, contents=[], event=msgspec.structs.replace(sealed.event, form=form)
    )
    with pytest.raises(ContentMissing):
        bob.send((stolen, {}))


@pytest.mark.parametrize("plan", [[[0, 9]], [[1, 0]], [[-1, 1]], [[5]], [[]], [[0, 1, 2]]])
def test_a_plan_that_nobody_made_is_refused(
    store: Any, teller: Teller, plan: list[list[int]]
) -> None:
    teller.save(notebook([lines(1), lines(2)]))
    sealed, pieces = teller.seal(notebook([lines(1), lines(3)]))
    form = msgspec.structs.replace(sealed.event.form, plan=plan)
    wrong = msgspec.structs.replace(sealed, event=msgspec.structs.replace(sealed.event, form=form))
    before = len(store.snapshots(teller.recorder.notebook()))
    teller.send((wrong, pieces))
    assert teller.refused == {2: "not-exact"}
    assert len(store.snapshots(teller.recorder.notebook())) == before


def test_identical_files_of_a_space_are_stored_once(store: Any, teller: Teller) -> None:
    raw = notebook([lines(1), lines(2)])
    ids = [teller.save(raw), teller.save(raw, "copy.ipynb"), teller.save(raw, "b/again.ipynb")]
    assert [store.snapshot_bytes(id_) for id_ in ids] == [raw] * 3
    assert rows(store, "SELECT count(*) FROM manifest") == [(1,)]
    assert rows(store, "SELECT count(*) FROM payload") == [(2,)]


def test_spaces_share_nothing(store: Any, teller: Teller, recorder: Any, owner_of: Any) -> None:
    raw = notebook([lines(1)])
    teller.save(raw)
    Teller(recorder(store, owner_of("bob"))).save(raw)
    assert rows(store, "SELECT count(DISTINCT id_head), count(*) FROM payload") == [(2, 2)]
    assert rows(store, "SELECT count(*) FROM manifest") == [(2,)]


def test_a_run_again_costs_no_new_content(store: Any, teller: Teller) -> None:
    teller.save(notebook([lines(1), lines(2)], count=1))
    teller.save(notebook([lines(1), lines(2)], count=2))
    assert rows(store, "SELECT count(*) FROM payload") == [(2,)]


def test_an_edit_costs_little_and_chains_are_bounded(store: Any, teller: Teller) -> None:
    sources = [lines(n) for n in range(20)]
    ids, history = [], []
    for step in range(MOST_STEPS + 10):
        sources[3] = lines(step % 50, step % 60) + f"\nstep = {step}"
        history.append(notebook(sources))
        ids.append(teller.save(history[-1]))
    ((longest, data, size),) = rows(
        store, "SELECT max(encoding % 64), sum(length(data)), sum(size) FROM payload"
    )
    assert 2 < steps(longest) <= MOST_STEPS
    assert data < size / 4
    store.db.cache.clear()
    assert [store.snapshot_bytes(id_) for id_ in ids] == history


def test_a_run_is_told_against_the_run_before_of_its_cell(store: Any, ada: Any) -> None:
    for n in range(3):
        ada.run(lines(7, n), cell="one", printed=lines(9, n))
        ada.run(lines(8, n), cell="two")
    found = rows(store, "SELECT encoding FROM payload ORDER BY row")
    assert [min(encoding, 2) for (encoding,) in found] == [1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert store.check() == []


def test_what_was_refused_leaves_nothing_at_hand(store: Any, teller: Teller) -> None:
    """Rows that were taken back are filled by others, which must not be taken for them."""
    first = teller.seal(notebook(["first"]))
    wrong = msgspec.structs.replace(first[0].event, path="../out.ipynb")
    teller.send((msgspec.structs.replace(first[0], event=wrong), first[1]))
    teller.sealer = Sealer()
    second = teller.save(notebook(["second"]))
    assert store.snapshot_bytes(second) == notebook(["second"])
    assert store.check() == []
