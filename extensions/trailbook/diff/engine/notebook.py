"""The diff of two notebooks in version 4 of the format."""

from typing import Any, NamedTuple

from .budget import Budget
from .cells import Cells
from .entries import Diff
from .moves import Move, Names, moves
from .moves import ids as names_by_id
from .outputs import Outputs
from .similarity import Similarity
from .values import Values

Notebook = dict[str, Any]


class Outcome(NamedTuple):
    """`coarse`: the budget was hit, so that more counts as changed than nbdime would say."""

    diff: Diff
    moves: list[Move]
    coarse: bool


def notebook_diff(
    base: Notebook,
    target: Notebook,
    budget: Budget | None = None,
    *,
    ids: bool = True,
    names: Names | None = None,
) -> Outcome:
    """What leads from one notebook to the other, in nbdime's format.

    Both are as `reading.read` gives them: each part there and of its type, texts as one string.
    Neither notebook is changed; the diff holds parts of the target, not copies. Without `ids` a
    cell that only has another id counts as unchanged. `names` say which cells are the same
    wherever they stand; else their ids do.
    """
    budget = budget or Budget()
    similarity = Similarity(budget)
    values = Values(similarity, budget)
    outputs = Outputs(similarity, values, budget)
    cells = Cells(similarity, values, outputs, budget, ids=ids)
    diff = values.mapping(base, target, {"cells": cells.diff})
    of_cells: Diff = next((entry["diff"] for entry in diff if entry["key"] == "cells"), [])
    both = base["cells"], target["cells"]
    moved = moves(*both, of_cells, names or names_by_id(*both), cells.within)
    return Outcome(diff, moved, coarse=budget.spent)
