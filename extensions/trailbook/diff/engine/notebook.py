"""The diff of two notebooks in version 4 of the format."""

from typing import Any, NamedTuple

from .budget import Budget
from .cells import Cells
from .entries import Diff
from .outputs import Outputs
from .similarity import Similarity
from .values import Values

Notebook = dict[str, Any]


class Outcome(NamedTuple):
    """`coarse`: the budget was hit, so that more counts as changed than nbdime would say."""

    diff: Diff
    coarse: bool


def notebook_diff(
    base: Notebook, target: Notebook, budget: Budget | None = None, *, ids: bool = True
) -> Outcome:
    """What leads from one notebook to the other, in nbdime's format.

    Both are as `reading.read` gives them: each part there and of its type, texts as one string.
    Neither notebook is changed; the diff holds parts of the target, not copies. Without `ids` a
    cell that only has another id counts as unchanged.
    """
    budget = budget or Budget()
    similarity = Similarity(budget)
    values = Values(similarity, budget)
    outputs = Outputs(similarity, values, budget)
    cells = Cells(similarity, values, outputs, budget, ids=ids)
    diff = values.mapping(base, target, {"cells": cells.diff})
    return Outcome(diff, coarse=budget.spent)
