"""Two sides brought together: nbdime's decisions, and a notebook that is valid."""

import json
from types import SimpleNamespace

import nbformat
import pytest
from nbdime.merging.notebooks import decide_notebook_merge

from trailbook.diff.merging import DECIDE, INLINE, file_text, is_valid, merge
from trailbook.diff.reading import read

from .engine.generated import Notebook, Writer
from .notebooks import code, full, raw


def of(*cells: Notebook) -> Notebook:
    return read(raw({**full(), "cells": list(cells)}))


A, B, C = (code(name, f"step_{name}(data)") for name in "abc")


def sides(seed: int) -> tuple[Notebook, Notebook, Notebook]:
    writer = Writer(seed)
    base = writer.notebook(8)
    return base, writer.worked_on(base, 4), writer.worked_on(base, 4)


@pytest.mark.parametrize("strategy", [INLINE, DECIDE])
@pytest.mark.parametrize("seed", range(25))
def test_the_decisions_are_nbdimes(seed: int, strategy: str) -> None:
    wanted = SimpleNamespace(
        ignore_transients=True,
        merge_strategy=strategy,
        input_strategy=None,
        output_strategy=None,
        log_level="INFO",
    )
    base, ours, theirs = sides(seed)
    found = merge(base, ours, theirs, strategy)
    expected = decide_notebook_merge(*map(nbformat.from_dict, sides(seed)), wanted)
    assert without_ids(found.decisions) == without_ids(list(expected))


def without_ids(decisions: list) -> object:
    """The marks of conflicts are cells, each with an id of its own."""
    parsed = json.loads(json.dumps(decisions))

    def walked(value):
        if isinstance(value, dict):
            return {key: walked(inner) for key, inner in value.items() if key != "id"}
        return [walked(inner) for inner in value] if isinstance(value, list) else value

    return walked(parsed)


@pytest.mark.parametrize("strategy", [INLINE, DECIDE])
@pytest.mark.parametrize("seed", range(100, 120))
def test_the_result_is_a_valid_notebook_with_one_cell_to_an_id(seed: int, strategy: str) -> None:
    merged = merge(*sides(seed), strategy).notebook
    ids = [cell["id"] for cell in merged["cells"] if "id" in cell]
    assert len(ids) == len(set(ids))
    assert is_valid(merged)
    assert read(file_text(merged).encode()) == merged


@pytest.mark.parametrize("seed", range(5))
def test_a_side_that_did_nothing_takes_what_the_other_did(seed: int) -> None:
    base, other, _ = sides(seed)
    for ours, theirs in ((base, other), (other, base), (other, other)):
        merged = merge(base, ours, theirs)
        assert merged.notebook["cells"] == read(raw(other))["cells"]
        assert merged.conflicts == 0


def test_changes_of_different_cells_go_together() -> None:
    ours = of({**A, "source": "step_a(other)"}, B, C)
    theirs = of(A, B, {**C, "source": "step_c(other)"}, code("d", "new()"))
    merged = merge(of(A, B, C), ours, theirs)
    sources = [cell["source"] for cell in merged.notebook["cells"]]
    assert sources == ["step_a(other)", "step_b(data)", "step_c(other)", "new()"]
    assert merged.conflicts == 0


def test_two_changes_of_a_line_are_a_conflict_with_both_in_it() -> None:
    ours, theirs = (of({**A, "source": f"step_a({name})"}, B) for name in ("mine", "yours"))
    merged = merge(of(A, B), ours, theirs)
    assert merged.conflicts == 1
    text = merged.notebook["cells"][0]["source"]
    assert "step_a(mine)" in text
    assert "step_a(yours)" in text
    undecided = merge(of(A, B), ours, theirs, DECIDE)
    assert undecided.conflicts == 1
    assert undecided.notebook["cells"][0]["source"] == "step_a(data)"
