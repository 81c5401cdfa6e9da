"""The differ: its law, its limits, and what a lost worker costs."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from trailbook.diff import Differ, Options
from trailbook.diff.coarse import coarse_diff
from trailbook.diff.differ import WAITING
from trailbook.diff.reading import read
from trailbook.errors import Busy, NotReadable

from .notebooks import CHANGES, OLD, code, full, raw

EVERYTHING = Options(outputs=True, metadata=True, counts=True, ids=True)


@pytest.fixture(scope="module")
def differ() -> Iterator[Differ]:
    differ = Differ(seconds=60)
    yield differ
    differ.close()


def patched(body: bytes) -> object:
    """What the diff makes of its base, by nbdime's own hand."""
    from nbdime import patch_notebook
    from nbdime.diff_utils import to_diffentry_dicts
    from nbformat import from_dict

    answer = json.loads(body)
    return patch_notebook(from_dict(answer["base"]), to_diffentry_dicts(answer["diff"]))


@pytest.mark.parametrize("base", CHANGES)
@pytest.mark.parametrize("target", ["nothing", "reversed", "fixed", "no ids", "empty"])
def test_a_diff_applied_to_its_base_gives_the_target(
    differ: Differ, base: str, target: str
) -> None:
    difference = differ.diff(raw(CHANGES[base]), raw(CHANGES[target]), EVERYTHING)
    assert not difference.coarse
    assert patched(difference.body) == read(raw(CHANGES[target]))


@pytest.mark.parametrize("base", CHANGES)
@pytest.mark.parametrize("target", CHANGES)
def test_the_coarse_diff_obeys_the_same_law(base: str, target: str) -> None:
    before, after = read(raw(CHANGES[base])), read(raw(CHANGES[target]))
    diff = coarse_diff(before, after)
    body = json.dumps({"base": before, "diff": diff}).encode()
    assert patched(body) == after
    assert (diff == []) == (before == after)


def test_a_coarse_diff_of_many_equal_cells_keeps_them() -> None:
    cells = [code(f"c{n}", "pass") for n in range(2000)]
    before = read(raw({**full(), "cells": cells}))
    after = read(raw({**full(), "cells": [code("new", "x"), *cells[:1000], *cells[1001:]]}))
    started = time.monotonic()
    [patch] = coarse_diff(before, after)
    assert time.monotonic() - started < 2
    assert [entry["op"] for entry in patch["diff"]] == ["addrange", "removerange"]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ("counts", Options()),
        ("tags", Options()),
        ("metadata", Options()),
        ("output", Options(outputs=False)),
    ],
)
def test_what_is_left_out_makes_no_difference(
    differ: Differ, change: str, options: Options
) -> None:
    difference = differ.diff(raw(full()), raw(CHANGES[change]), options)
    assert json.loads(difference.body)["diff"] == []
    shown = differ.diff(raw(full()), raw(CHANGES[change]), EVERYTHING)
    assert json.loads(shown.body)["diff"] != []


def test_a_diff_without_metadata_still_says_the_language(differ: Differ) -> None:
    body = differ.diff(raw(full()), raw(CHANGES["source"]), Options()).body
    assert json.loads(body)["base"]["metadata"]["kernelspec"]["name"] == "python3"


def test_a_diff_that_takes_too_long_becomes_coarse_and_the_next_one_is_exact() -> None:
    differ = Differ(seconds=0.5)
    try:
        slow = ["".join(chr(97 + (n * k) % 23) for n in range(2500)) for k in range(3, 60)]
        sources = [[code(f"{half}{n}", "\n".join(slow)) for n in range(20)] for half in "ab"]
        for cell in sources[1]:
            cell["source"] = "\n".join(line[7:] + line[:7] for line in slow)
        base, target = (raw({**full(), "cells": cells}) for cells in sources)
        started = time.monotonic()
        difference = differ.diff(base, target, EVERYTHING)
        assert difference.coarse
        assert time.monotonic() - started < 30
        assert patched(difference.body) == read(target)
        assert json.loads(difference.body)["coarse"] is True
        differ.seconds = 60
        assert not differ.diff(raw(full()), raw(CHANGES["source"]), EVERYTHING).coarse
    finally:
        differ.close()


def test_a_worker_that_died_is_replaced(differ: Differ) -> None:
    differ.notebook(raw(full()))
    process = differ._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert json.loads(differ.notebook(raw(full())))["cells"]


def test_a_closed_differ_starts_no_worker_again() -> None:
    differ = Differ()
    differ.notebook(raw(full()))
    differ.close()
    differ.close()
    with pytest.raises(Busy):
        differ.diff(raw(full()), raw(full()), EVERYTHING)
    assert differ._process is None


def test_more_than_can_wait_are_refused() -> None:
    differ = Differ()
    gate = threading.Event()
    try:
        waiting = [differ.submit(gate.wait, 30) for _ in range(WAITING)]
        with pytest.raises(Busy):
            differ.submit(gate.wait, 30)
        gate.set()
        assert all(future.result() for future in waiting)
        assert differ.submit(gate.wait, 30).result()
    finally:
        gate.set()
        differ.close()


def test_a_worker_holds_none_of_the_servers_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from trailbook.diff.differ import worker_environment

    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("TRAILBOOK_TOKEN", "secret")
    assert "secret" not in worker_environment().values()


def test_an_old_notebook_is_brought_up_to_version_4_the_same_each_time(differ: Differ) -> None:
    notebook = json.loads(differ.notebook(raw(OLD)))
    assert notebook == json.loads(differ.notebook(raw(OLD)))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 4)
    heading, cell = notebook["cells"]
    assert heading["source"] == "## Old"
    assert cell["source"] == "print 1"
    assert cell["outputs"][0] == {"output_type": "stream", "name": "stdout", "text": "1\n"}
    assert "id" not in cell
    assert json.loads(differ.diff(raw(OLD), raw(OLD), EVERYTHING).body)["diff"] == []


UNREADABLE = {
    "no JSON": b"{",
    "nothing": b"",
    "not text": b"\xff\xfe\x00",
    "no object": b"[]",
    "a number": b"1",
    "no version": b"{}",
    "an odd version": b'{"nbformat": "four"}',
    "newer": b'{"nbformat": 99, "cells": []}',
    "older and broken": b'{"nbformat": 3, "worksheets": 5}',
    "deep": b"[" * 100_000,
    "deep inside": b'{"nbformat": 4, "metadata": {"a":' + b"[" * 100_000,
    "no list of cells": b'{"nbformat": 4, "cells": {"a": 1}}',
    "cells of another kind": b'{"nbformat": 4, "cells": [1]}',
    "outputs of another kind": b'{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [1]}]}',
    "an unknown output": (
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [{"output_type": "x"}]}]}'
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_notebook_is_said_in_a_sentence(differ: Differ, name: str) -> None:
    with pytest.raises(NotReadable, match=r"This version cannot be shown as a notebook: .+\."):
        differ.notebook(UNREADABLE[name])
    with pytest.raises(NotReadable):
        differ.diff(raw(full()), UNREADABLE[name], Options())
    assert differ.notebook(raw(full()))


ODD = {
    "nothing in it": b'{"nbformat": 4}',
    "a mark at the start": b"\xef\xbb\xbf" + raw(full()),
    "another encoding": raw(full()).decode().encode("utf-16"),
    "no numbers": b'{"nbformat": 4, "metadata": {"a": NaN, "b": Infinity, "c": 1e400}}',
    "half a character": b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "\\ud800"}]}',
    "parts missing": b'{"nbformat": 4, "cells": [{"cell_type": "code"}, {}]}',
    "wrong types": (
        b'{"nbformat": 4, "nbformat_minor": "x", "cells": [{"cell_type": "code", "id": 5,'
        b' "source": 7, "execution_count": "x", "outputs": [{"output_type": "stream", "text": 1},'
        b' {"output_type": "display_data", "data": {"text/plain": 5, "application/json": 5}},'
        b' {"output_type": "error", "traceback": [1]}]}, {"cell_type": 5, "id": 5}]}'
    ),
    "ids twice": raw({**full(), "cells": [code("a", "x"), code("a", "x"), code("a", "x")]}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_notebook_is_shown_and_compared(differ: Differ, name: str) -> None:
    first = differ.notebook(ODD[name])
    assert first == differ.notebook(ODD[name])
    notebook = json.loads(first, parse_constant=pytest.fail)
    ids = [cell["id"] for cell in notebook["cells"] if "id" in cell]
    assert len(ids) == len(set(ids))
    difference = differ.diff(raw(full()), ODD[name], EVERYTHING)
    assert patched(difference.body) == notebook


def test_a_merge_comes_in_parts(differ: Differ) -> None:
    def of(*sources: str) -> bytes:
        cells = [code(f"c{place}", source) for place, source in enumerate(sources)]
        return raw({**full(), "cells": cells})

    base, ours, theirs = of("a", "b", "c"), of("a1", "b", "c1"), of("a2", "b2", "c")
    answer = json.loads(differ.merge(base, ours, theirs))
    kinds = [part["kind"] for part in answer["parts"]]
    assert (kinds, answer["conflicts"]) == (["conflict", "theirs", "ours"], 1)
    assert [cell["source"] for cell in answer["parts"][0]["theirs"]] == ["a2"]
    assert answer["around"]["cells"] == []


def test_a_decided_merge_gets_ids_and_is_valid(differ: Differ) -> None:
    twice = {**full(), "cells": [code("same", "a"), code("same", "b")]}
    mended = json.loads(differ.mended(raw(twice)))
    assert len({cell["id"] for cell in mended["cells"]}) == 2
    wrong = {**full(), "cells": [{**code("a", "b"), "surprise": 1}]}
    with pytest.raises(NotReadable, match="format does not allow"):
        differ.mended(raw(wrong))


def test_a_merge_that_takes_too_long_says_that_nothing_changed() -> None:
    hurried = Differ(seconds=60, coarse_seconds=0.01)
    try:
        with pytest.raises(Busy, match="None of them was changed"):
            hurried.merge(*[raw(full())] * 3)
    finally:
        hurried.close()
