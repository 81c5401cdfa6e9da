"""The engine's answer is nbdime's, to the byte, and leads from the base to the target."""

import copy
import json
from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import nbdime
import pytest
from nbdime import diff_notebooks, patch_notebook
from nbdime.diff_utils import to_diffentry_dicts
from nbformat import from_dict

from trailbook.diff.engine import notebook_diff
from trailbook.diff.engine.budget import Budget
from trailbook.diff.engine.patching import patched
from trailbook.diff.reading import Unreadable, read

from ..notebooks import CHANGES, raw
from .generated import Notebook, Writer

OF_NBDIME = Path(nbdime.__file__).parent / "tests" / "files"


def obeys_the_law(base: Notebook, target: Notebook, diff: list[Any]) -> None:
    of_nbdime = patch_notebook(from_dict(base), to_diffentry_dicts(diff))
    assert of_nbdime == target
    assert patched(base, diff) == target


def is_nbdimes_answer(base: Notebook, target: Notebook) -> None:
    before = copy.deepcopy((base, target))
    diff, _, coarse = notebook_diff(base, target)
    assert (base, target) == before
    assert not coarse
    expected = diff_notebooks(from_dict(base), from_dict(target))
    assert json.dumps(diff) == json.dumps(expected)
    obeys_the_law(base, target, diff)


@pytest.mark.parametrize("base", CHANGES)
@pytest.mark.parametrize("target", CHANGES)
def test_each_kind_of_change(base: str, target: str) -> None:
    is_nbdimes_answer(read(raw(CHANGES[base])), read(raw(CHANGES[target])))


@pytest.mark.parametrize("seed", range(60))
def test_a_random_notebook_worked_on(seed: int) -> None:
    writer = Writer(seed)
    before = writer.notebook()
    is_nbdimes_answer(before, writer.worked_on(before))


@pytest.mark.parametrize("seed", range(1000, 1010))
def test_two_notebooks_with_little_in_common(seed: int) -> None:
    writer = Writer(seed)
    is_nbdimes_answer(writer.notebook(), writer.notebook())


def families() -> Iterator[tuple[str, str]]:
    """Notebooks of nbdime's own tests, each with the others of its name."""
    names: dict[str, list[str]] = {}
    for path in sorted(OF_NBDIME.glob("*.ipynb")):
        names.setdefault(path.stem.split("--")[0], []).append(path.name)
    for family in names.values():
        yield from permutations(family, 2)
    yield from pairwise(family[0] for family in names.values())


@pytest.mark.parametrize(("base", "target"), list(families()))
def test_the_notebooks_of_nbdimes_own_tests(base: str, target: str) -> None:
    is_nbdimes_answer(*(read((OF_NBDIME / name).read_bytes()) for name in (base, target)))


def test_nbdimes_own_notebooks_are_there() -> None:
    assert len(list(families())) > 60


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("part", [0, 1, 10, 1000])
def test_without_budget_the_diff_is_coarser_and_obeys_the_law(seed: int, part: int) -> None:
    writer = Writer(seed)
    before = writer.notebook()
    after = writer.worked_on(before)
    diff, _, coarse = notebook_diff(before, after, Budget(part * 100, part))
    obeys_the_law(before, after, diff)
    if not coarse:
        assert json.dumps(diff) == json.dumps(notebook_diff(before, after).diff)


def test_a_budget_that_is_hit_is_told() -> None:
    writer = Writer(1)
    texts = ["\n".join(writer.line() for _ in range(50)) for _ in range(2)]
    before, after = (
        {**writer.notebook(0), "cells": [{"cell_type": "raw", "metadata": {}, "source": text}]}
        for text in texts
    )
    assert notebook_diff(before, after, Budget(100, 100)).coarse
    assert not notebook_diff(before, after).coarse


def test_other_ids_alone_are_no_change_when_ids_are_left_out() -> None:
    before = read(raw(CHANGES["nothing"]))
    after = copy.deepcopy(before)
    after["cells"][1]["id"] = "renamed"
    assert notebook_diff(before, after, ids=False).diff == []
    assert notebook_diff(before, after).diff != []


def test_what_nbdime_cannot_compare_is_compared() -> None:
    writer = Writer(3)
    before = writer.notebook(0)
    shown = {"output_type": "display_data", "metadata": {}, "data": {"application/json": 1}}
    cell = {"cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1}
    before["cells"] = [{**cell, "outputs": [shown]}]
    after = {
        **before,
        "cells": [{**cell, "outputs": [{**shown, "data": {"application/json": {}}}]}],
    }
    diff, _, coarse = notebook_diff(before, after)
    obeys_the_law(before, after, diff)
    assert not coarse


UNUSUAL = {
    "half a character": "\ud800",
    "outside of the first plane": "\U0001d4b3" * 20,
    "letters that ignore case with ASCII ones": "e\u0301\u017f\u212a" * 30,
    "ends of lines": "\x85\u2028\x1c\r\n\x0b" * 9,
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_characters(name: str) -> None:
    writer = Writer(4)
    before = writer.notebook(6)
    after = writer.worked_on(before)
    for notebook in (before, after):
        notebook["cells"] += [writer.cell() for _ in range(3)]
        for cell in notebook["cells"][::2]:
            cell["source"] = writer.edited(UNUSUAL[name]) + cell["source"]
    is_nbdimes_answer(before, after)


def test_unreadable_notebooks_of_nbdimes_tests_are_none() -> None:
    for path in OF_NBDIME.glob("*.ipynb"):
        try:
            read(path.read_bytes())
        except Unreadable as error:
            pytest.fail(f"{path.name}: {error}")
