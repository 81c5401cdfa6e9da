"""Two people's changes to one notebook, brought together: nbdime's three-way merge on our diff.

nbdime can leave two cells with one id where both sides moved or changed a cell; here each cell
of the result has its own, and the result is a valid notebook.
"""

import json
from types import SimpleNamespace
from typing import Any, NamedTuple

from .engine import notebook_diff
from .reading import Notebook, shaped

INLINE = "inline"
"""Conflicts stand in the cells, between marks, for people to edit."""

DECIDE = "mergetool"
"""Conflicts stay as in the base, for somebody to decide one by one."""


class Merged(NamedTuple):
    """What came of it; `conflicts` are the decisions that somebody has yet to make or look at."""

    notebook: Notebook
    decisions: list[Any]
    conflicts: int


def merge(base: Notebook, ours: Notebook, theirs: Notebook, strategy: str = INLINE) -> Merged:
    """Bring two changed notebooks together; all three as `reading.read` gives them.

    `decisions` are nbdime's, in its format (`merge_format.schema.json`).
    """
    from nbdime.diff_utils import to_diffentry_dicts
    from nbdime.merging.decisions import apply_decisions
    from nbdime.merging.generic import decide_merge_with_diff
    from nbdime.merging.notebooks import notebook_merge_strategies
    from nbformat import from_dict

    diffs = [to_diffentry_dicts(notebook_diff(base, side).diff) for side in (ours, theirs)]
    nodes = [from_dict(side) for side in (base, ours, theirs)]  # type: ignore[no-untyped-call]
    wanted = SimpleNamespace(
        ignore_transients=True, merge_strategy=strategy, input_strategy=None, output_strategy=None
    )
    decisions = decide_merge_with_diff(*nodes, *diffs, notebook_merge_strategies(wanted))
    merged = json.loads(json.dumps(apply_decisions(nodes[0], decisions)))
    conflicts = sum(1 for decision in decisions if decision.conflict)
    return Merged(shaped(merged), list(decisions), conflicts)


def is_valid(notebook: Notebook) -> bool:
    """Whether it is what the format's schema says."""
    import nbformat

    try:
        nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]
    except nbformat.ValidationError:
        return False
    return True


def file_text(notebook: Notebook) -> str:
    """The notebook as Jupyter writes it into a file."""
    import nbformat

    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]
    return text if text.endswith("\n") else text + "\n"
