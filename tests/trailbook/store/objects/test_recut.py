"""Cutting only what changed gives the same as cutting the whole."""

import json
import random
from pathlib import Path

import pytest

from trailbook.store.objects.cut import UNREADABLE, CutNotebook, cut_notebook
from trailbook.store.objects.recut import recut

SAMPLES = sorted((Path(__file__).parents[4] / "tests" / "samples").glob("*.ipynb"))


def notebook(sources: list[str], indent: int | None = 1, **metadata: str) -> bytes:
    cells = [{"cell_type": "code", "id": f"c{n}", "source": s} for n, s in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}, indent=indent).encode()


def again(before: CutNotebook, raw: bytes) -> CutNotebook | None:
    known = dict(zip(before.raws, before.cells, strict=True))
    try:
        return recut(raw, before, known)
    except UNREADABLE:
        return None


@pytest.mark.parametrize("indent", [1, None])
def test_any_edit_is_cut_as_if_it_were_new(indent: int | None) -> None:
    pick = random.Random(2)  # noqa: S311
    sources = [f"x = {n}" for n in range(8)]
    before = cut_notebook(notebook(sources, indent))
    found = 0
    for step in range(300):
        match pick.randrange(5):
            case 0:
                sources.insert(pick.randrange(len(sources) + 1), pick.choice([*sources, "new"]))
            case 1 if len(sources) > 2:
                sources.pop(pick.randrange(len(sources)))
            case 2:
                pick.shuffle(sources)
            case _:
                sources[pick.randrange(len(sources))] = f"y = {step}"
        raw = notebook(sources, indent)
        whole, part = cut_notebook(raw), again(before, raw)
        assert part in (None, whole)
        found += part is not None
        before = whole
    assert found > 250


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_whatever_byte_changes_it_is_the_same_as_cutting_the_whole(sample: Path) -> None:
    raw = sample.read_bytes()
    before = cut_notebook(raw)
    for place in range(0, len(raw), 5):
        for change in (b"", b'"', b"]", b"}", b",", b"\x00", b"\xff", b" ", b'{"source": ""},'):
            changed = raw[:place] + change + raw[place + 1 :]
            try:
                whole = cut_notebook(changed)
            except UNREADABLE:
                whole = None
            part = again(before, changed)
            assert part is None or part == whole, (place, change)


def test_a_comma_that_leads_nowhere_is_no_notebook() -> None:
    before = cut_notebook(notebook(["a", "b"]))
    raw = notebook(["a", "b"])
    gap = before.frame.between[0]
    broken = before.frame.head + before.raws[0] + gap + before.frame.tail
    assert again(before, broken) is None
    assert again(before, raw) == before


def test_with_another_frame_the_cells_are_still_the_same() -> None:
    before = cut_notebook(notebook(["a", "b", "c"]))
    raw = notebook(["a", "new", "c"], kernel="R")
    after = again(before, raw)
    assert after == cut_notebook(raw)
    assert after is not None
    assert after.cells[0] is before.cells[0]
    assert after.cells[2] is before.cells[2]
    assert again(before, b'{"cells": []}') is None
    assert again(before, b'{"worksheets": []}') is None


def run(sources: list[str], counts: list[int]) -> bytes:
    cells = [
        {"cell_type": "code", "execution_count": count, "source": source}
        for source, count in zip(sources, counts, strict=True)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1).encode()


def test_cells_that_only_ran_again_are_the_same_cells_beside_an_edit() -> None:
    sources = [f"value_{n} = {n}" for n in range(9)]
    before = cut_notebook(run(sources, [*range(1, 10)]))
    raw = run(
        ["new", *sources[:3], "edited", *sources[4:6], *sources[7:]], [*range(10, 15), *range(5, 9)]
    )
    after = again(before, raw)
    assert after == cut_notebook(raw)
    assert after is not None
    forms = {id(cell.form): n for n, cell in enumerate(before.cells)}
    found = [forms.get(id(cell.form)) for cell in after.cells]
    assert found == [None, 0, 1, 2, None, 4, 5, 7, 8]
