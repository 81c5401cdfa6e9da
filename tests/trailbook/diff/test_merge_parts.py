"""A merge in parts: each side, put together from its parts, is that side."""

import json
from collections.abc import Callable

import pytest
from nbdime.diff_format import op_removerange
from nbdime.merging.decisions import MergeDecision

from trailbook.diff.merge_parts import (
    BOTH,
    CONFLICT,
    OURS,
    SAME,
    THEIRS,
    Part,
    around,
    grouped,
    parts_of,
)
from trailbook.diff.merging import DECIDE, merge
from trailbook.diff.reading import Notebook, read

from .engine.generated import Writer
from .notebooks import code, full, raw


def of(*cells: Notebook) -> Notebook:
    return read(raw({**full(), "cells": list(cells)}))


def sides(seed: int, changes: int) -> tuple[Notebook, Notebook, Notebook]:
    writer = Writer(seed)
    base = writer.notebook(9)
    return base, writer.worked_on(base, changes), writer.worked_on(base, changes)


def joined(parts: list[Part], side: Callable[[Part], list[Notebook]]) -> list[Notebook]:
    return [cell for part in parts for cell in (part.merged if part.kind == SAME else side(part))]


@pytest.mark.parametrize("changes", [1, 3, 8])
@pytest.mark.parametrize("seed", range(60))
def test_each_side_is_its_parts_one_after_the_other(seed: int, changes: int) -> None:
    base, ours, theirs = sides(seed, changes)
    merged = merge(base, ours, theirs, DECIDE)
    parts = parts_of(base, merged.decisions)
    assert joined(parts, lambda part: part.base) == base["cells"]
    assert without_ids(joined(parts, lambda part: part.ours)) == without_ids(ours["cells"])
    assert without_ids(joined(parts, lambda part: part.theirs)) == without_ids(theirs["cells"])
    assert without_ids(joined(parts, lambda part: part.merged)) == without_ids(
        merged.notebook["cells"]
    )


def without_ids(cells: list[Notebook]) -> list[Notebook]:
    return [{key: value for key, value in cell.items() if key != "id"} for cell in cells]


A, B, C, D = (code(name, f"step_{name}(data)\nshow({name})") for name in "abcd")


def kinds(base: Notebook, ours: Notebook, theirs: Notebook) -> list[tuple[str, int]]:
    parts = parts_of(base, merge(base, ours, theirs, DECIDE).decisions)
    return [(part.kind, len(part.merged)) for part in parts]


def test_parts_say_who_changed_them() -> None:
    base = of(A, B, C, D)
    ours = of({**A, "source": "ours(data)\nshow(a)"}, B, C, D)
    theirs = of(A, B, {**C, "source": "theirs(data)\nshow(c)"}, D)
    assert kinds(base, ours, theirs) == [(OURS, 1), (SAME, 1), (THEIRS, 1), (SAME, 1)]
    assert kinds(base, ours, ours) == [(BOTH, 1), (SAME, 3)]


def test_two_changes_of_one_line_are_one_conflict_with_whole_cells() -> None:
    base = of(A, B)
    ours, theirs = (of({**A, "source": f"step_a({who})\nshow(a)"}, B) for who in ("ours", "theirs"))
    conflict, rest = parts_of(base, merge(base, ours, theirs, DECIDE).decisions)
    assert (conflict.kind, rest.kind) == (CONFLICT, SAME)
    assert [cell["source"] for cell in conflict.base + conflict.ours + conflict.theirs] == [
        "step_a(data)\nshow(a)",
        "step_a(ours)\nshow(a)",
        "step_a(theirs)\nshow(a)",
    ]


def test_a_cell_that_one_removed_and_one_changed_is_a_conflict() -> None:
    base = of(A, B, C)
    changed = of(A, {**B, "source": "step_b(better)\nshow(b)"}, C)
    parts = parts_of(base, merge(base, of(A, C), changed, DECIDE).decisions)
    assert [part.kind for part in parts] == [SAME, CONFLICT, SAME]
    assert (len(parts[1].ours), len(parts[1].theirs)) == (0, 1)


def test_cells_that_one_removed_at_once_and_one_changed_singly_keep_their_places() -> None:
    base = of(A, B, C, D)
    theirs = of(A, B, {**C, "source": "step_c(better)\nshow(c)"}, D)
    parts = parts_of(base, merge(base, of(A, D), theirs, DECIDE).decisions)
    assert joined(parts, lambda part: part.base) == base["cells"]
    assert joined(parts, lambda part: part.ours) == [base["cells"][0], base["cells"][3]]
    assert joined(parts, lambda part: part.theirs) == theirs["cells"]


def test_decisions_that_share_a_cell_are_one_group() -> None:
    """nbdime splits ranges where sides differ; what it does not split must stay together."""

    def removal(start: int, length: int) -> MergeDecision:
        gone = op_removerange(start, length)
        return MergeDecision(common_path=("cells",), local_diff=[gone], remote_diff=[])

    inside = MergeDecision(common_path=("cells", 2, "source"), local_diff=[], remote_diff=[])
    decisions = [inside, removal(4, 1), removal(1, 2)]
    groups = [(group.start, group.stop, len(group.decisions)) for group in grouped(decisions)]
    assert groups == [(1, 3, 2), (4, 5, 1)]


def test_new_cells_in_one_gap_are_decided_at_once() -> None:
    base = of(A, B)
    parts = parts_of(base, merge(base, of(A, C, B), of(A, D, B), DECIDE).decisions)
    assert [part.kind for part in parts][::2] == [SAME, SAME]
    assert [cell["source"] for cell in parts[1].ours + parts[1].theirs] == [
        C["source"],
        D["source"],
    ]


def test_metadata_is_merged_beside_the_cells() -> None:
    base = of(A)
    ours = {**base, "metadata": {**base["metadata"], "ours": 1}}
    theirs = {**base, "metadata": {**base["metadata"], "theirs": 2}}
    made = around(base, merge(base, ours, theirs, DECIDE).decisions)
    assert made["cells"] == []
    assert made["metadata"] == {**base["metadata"], "ours": 1, "theirs": 2}


def test_the_parts_change_nothing_of_what_they_are_made_from() -> None:
    base, ours, theirs = sides(3, 6)
    merged = merge(base, ours, theirs, DECIDE)
    before = json.dumps([base, merged.decisions])
    parts_of(base, merged.decisions)
    assert json.dumps([base, merged.decisions]) == before
