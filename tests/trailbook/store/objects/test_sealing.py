"""What a recorder tells of a notebook that it has told before."""

import json
from typing import Any

import msgspec

from trailbook.store.forms import SnapshotForm
from trailbook.store.objects import Sealer, rebuild
from trailbook.store.records import NotebookMoved, NotebookSaved, Sealed, wire_encoder

KEY = bytes(range(32))


def notebook(sources: list[str], **metadata: str) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "execution_count": n,
            "id": f"cell-{n}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1).encode()


def saved(snapshot: str, path: str = "a.ipynb") -> NotebookSaved:
    return NotebookSaved(space="s", at=1, snapshot=snapshot, path=path)


def form_of(sealed: Sealed) -> SnapshotForm:
    assert isinstance(sealed.event, NotebookSaved)
    assert sealed.event.form is not None
    return sealed.event.form


class Reader:
    """What a store makes of it: cells of the version that a form is a change of."""

    def __init__(self) -> None:
        self.versions: dict[str, tuple[SnapshotForm, list[list[bytes]]]] = {}

    def take(self, sealed: Sealed, pieces: dict[bytes, bytes]) -> bytes:
        form, start = form_of(sealed), 0
        new = []
        for cell in form.cells:
            ids = sealed.contents[start : start + cell.contents]
            new.append((cell, [pieces[id_] for id_ in ids]))
            start += cell.contents
        before, contents = self.versions[form.base] if form.base else (None, [])
        base = list(zip(before.cells, contents, strict=True)) if before else []
        cells = form.arrange(new, base)
        whole = SnapshotForm(
            cells=[cell for cell, _ in cells],
            counts=form.counts,
            frame=form.frame or (before.frame if before else None),
        )
        assert isinstance(sealed.event, NotebookSaved)
        self.versions[sealed.event.snapshot] = (whole, [its for _, its in cells])
        return rebuild(whole, [content for _, its in cells for content in its])


def test_a_change_names_only_the_cells_that_are_new() -> None:
    sealer = Sealer()
    sources = [f"value_{n} = {n}" * 20 for n in range(50)]
    sealer.seal(1, saved("one"), [notebook(sources)], KEY)
    sources[7] = "changed"
    sealed, pieces = sealer.seal(2, saved("two"), [notebook(sources)], KEY)
    form = form_of(sealed)
    assert (form.base, form.frame) == ("one", None)
    assert form.plan == [[0, 7], [1], [8, 50]]
    assert list(pieces.values()) == [b"changed"]
    assert len(wire_encoder.encode(sealed)) < 0.03 * len(notebook(sources))


def test_every_kind_of_change_can_be_put_together_again() -> None:
    sealer, reader = Sealer(), Reader()
    a, b, c, d = (f"{letter} = 1" for letter in "abcd")
    history = [
        notebook([a, b, c, d]),
        notebook([a, b, c, d]),
        notebook([d, c, b, a]),
        notebook([a, a, a, b]),
        notebook([a, "new", b]),
        notebook([]),
        notebook([b], kernel="python"),
        notebook([b, b, "new", b, "new"], kernel="R"),
        notebook([a, b, c, d]),
    ]
    for sequence, raw in enumerate(history, 1):
        sealed, pieces = sealer.seal(sequence, saved(str(sequence)), [raw], KEY)
        assert reader.take(sealed, pieces) == raw, sequence


def test_a_record_that_is_sealed_again_is_told_against_what_stands_before_it() -> None:
    """What was sealed and never arrived must not be the base of itself or of what is before it."""
    sealer = Sealer()
    first = sealer.seal(1, saved("one"), [notebook(["a"])], KEY)
    second = sealer.seal(2, saved("two"), [notebook(["b"])], KEY)
    assert form_of(first[0]).base is None
    assert form_of(second[0]).base == "one"
    assert form_of(sealer.seal(2, saved("two"), [notebook(["b"])], KEY)[0]).base == "one"
    assert form_of(sealer.seal(1, saved("one"), [notebook(["a"])], KEY)[0]).base is None


def test_a_rename_keeps_what_was_told() -> None:
    sealer = Sealer()
    sealer.seal(1, saved("one"), [notebook(["a"])], KEY)
    moved: dict[str, Any] = {"space": "s", "at": 1, "path": "a.ipynb"}
    sealer.seal(2, NotebookMoved(**moved, to_space="s", to_path="b.ipynb"), [], KEY)
    assert form_of(sealer.seal(3, saved("two", "b.ipynb"), [notebook(["a"])], KEY)[0]).base == "one"
    assert form_of(sealer.seal(4, saved("new"), [notebook(["a"])], KEY)[0]).base is None


def test_what_is_no_notebook_is_told_whole() -> None:
    sealer = Sealer()
    sealer.seal(1, saved("one"), [notebook(["a"])], KEY)
    sealed, pieces = sealer.seal(2, saved("two"), [b"{"], KEY)
    assert (form_of(sealed).readable, list(pieces.values())) == (False, [b"{"])
    again, _ = sealer.seal(3, saved("three"), [notebook(["a"])], KEY)
    assert form_of(again).base is None


def test_a_count_alone_makes_no_new_content() -> None:
    sealer = Sealer()
    raw = notebook(["a", "b"])
    sealer.seal(1, saved("one"), [raw], KEY)
    again = raw.replace(b'"execution_count": 1', b'"execution_count": 99')
    sealed, _ = sealer.seal(2, saved("two"), [again], KEY)
    assert form_of(sealed).counts == [0, 99]
    first, second = (
        form_of(sealer.seal(9, saved("x", p), [r], KEY)[0]) for p, r in (("x", raw), ("y", again))
    )
    assert msgspec.structs.replace(first, counts=[]) == msgspec.structs.replace(second, counts=[])
