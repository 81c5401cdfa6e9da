"""A batch in several transactions: exactly once, in order, and others in between."""

from typing import Any

import pytest

from trailbook.errors import OutOfSequence
from trailbook.ids import new_id
from trailbook.store.ingest import parts
from trailbook.store.records import Batch, Gap, NotebookSaved, Sealed


def gaps(ada: Any, first: int, count: int) -> list[Sealed]:
    gap = Gap(space=ada.space, at=1, reason="x", since=1)
    return [Sealed(n, gap) for n in range(first, first + count)]


@pytest.fixture
def commits(store: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []
    write = store.db.write

    def counted(job: Any) -> Any:
        made.append(1)
        return write(job)

    monkeypatch.setattr(store.db, "write", counted)
    return made


def test_a_batch_lands_whole_unless_it_may_land_in_parts(
    store: Any, ada: Any, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "SECONDS", 0.0)
    assert store.ingest(ada.owner, ada.writer, Batch(gaps(ada, 1, 20))).acknowledged == 20
    assert len(commits) == 1
    batch = Batch(gaps(ada, 21, 20))
    receipt = store.ingest(ada.owner, ada.writer, batch, in_parts=True)
    assert receipt.acknowledged == 40
    assert len(commits) > 10
    assert store.ingest(ada.owner, ada.writer, batch, in_parts=True) == receipt
    assert store.check() == []


def test_what_has_landed_is_told_where_the_rest_cannot(store: Any, ada: Any) -> None:
    hole = [*gaps(ada, 1, 8), *gaps(ada, 10, 1)]
    assert store.ingest(ada.owner, ada.writer, Batch(hole), in_parts=True).acknowledged == 8
    with pytest.raises(OutOfSequence):
        store.ingest(ada.owner, ada.writer, Batch(gaps(ada, 10, 1)), in_parts=True)
    assert store.ingest(ada.owner, ada.writer, Batch(hole[:8]), in_parts=True).acknowledged == 8


def test_wrong_events_of_all_parts_are_named(store: Any, ada: Any) -> None:
    saved = [
        Sealed(
            n,
            NotebookSaved(space=ada.space, at=1, snapshot=new_id(), path="a.ipynb", sha256="0"),
        )
        for n in range(1, 21)
    ]
    receipt = store.ingest(ada.owner, ada.writer, Batch(saved), in_parts=True)
    assert (receipt.acknowledged, sorted(receipt.refused)) == (20, [*range(1, 21)])
