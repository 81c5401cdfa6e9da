"""Whatever a notebook's file holds, its bytes come back, in bounded time and memory."""

# ruff: noqa: E501 - notebooks as they are sent

import json
import resource
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from trailbook.diff.reading import Unreadable, read
from trailbook.errors import NotFound
from trailbook.store.objects import cut, rebuild

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.ipynb"))
CELL = '{"cell_type": "code", "id": "a", "source": "1", "outputs": [], "metadata": {}%s}'
WHOLE = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [%s]}'
PLAIN = WHOLE % (CELL % "")
WRONG = ["null", "0", "-1.5", '"x"', "[]", "{}", "[[]]", "[null]", "true", '{"a": {"b": []}}']
PLACES = [
    '{"nbformat": 4, "cells": %s}', '{"nbformat": %s, "cells": []}', WHOLE % "%s",
    WHOLE % '{"cell_type": %s}', WHOLE % '{"cell_type": "code", "source": %s}',
    WHOLE % '{"cell_type": "code", "source": [%s]}', WHOLE % '{"cell_type": "code", "outputs": %s}',
    WHOLE % '{"cell_type": "code", "source": "", "outputs": [%s]}',
    WHOLE % '{"cell_type": "code", "source": "", "outputs": [{"output_type": %s}]}',
    WHOLE % '{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": %s}]}',
    WHOLE % '{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": %s}]}',
    WHOLE % ('{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": '
             '{"image/png": %s}}]}'),
    WHOLE % '{"cell_type": "code", "source": "", "outputs": [{"output_type": "error", "traceback": %s}]}',
    WHOLE % '{"cell_type": "markdown", "source": "", "attachments": %s}',
    WHOLE % '{"cell_type": "code", "source": "", "id": %s}',
    WHOLE % '{"cell_type": "code", "source": "", "execution_count": %s}',
    WHOLE % '{"cell_type": "code", "source": "", "metadata": %s}',
    '{"nbformat": 3, "worksheets": %s}', '{"nbformat": 3, "worksheets": [{"cells": %s}]}',
]  # fmt: skip

FILES = {
    "nothing": b"",
    "one byte": b"{",
    "zeros": bytes(10_000),
    "noise": bytes(range(256)) * 50,
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "Latin-1": (WHOLE % CELL % ', "x": "\xe9"').encode("latin-1"),
    "a lone surrogate": (WHOLE % CELL % r', "x": "\ud800"').encode(),
    "a lone surrogate in a source": PLAIN.replace('"1"', r'"\udfff\ud800 x"').encode(),
    "surrogates the wrong way round": PLAIN.replace('"1"', r'["\udc00\ud83d", "\ud83d\ude00"]').encode(),
    "a lone surrogate as bytes": PLAIN.replace('"1"', '"\ud800"').encode("utf-8", "surrogatepass"),
    "NaN": (WHOLE % CELL % ', "x": NaN').encode(),
    "Infinity": (WHOLE % CELL % ', "x": [-Infinity, Infinity]').encode(),
    "1e400": (WHOLE % CELL % ', "x": 1e400, "execution_count": 1e400').encode(),
    "a long number": (WHOLE % CELL % f', "execution_count": {"9" * 5000}').encode(),
    "the same key twice": (WHOLE % CELL % ', "source": "2"').encode(),
    "cells twice": PLAIN.replace('"metadata": {}, "cells"', '"cells": [], "cells"').encode(),
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 100_000 + b"]" * 100_000,
    "a deep cell": (WHOLE % ("[" * 100_000 + "]" * 100_000)).encode(),
    "deep metadata": PLAIN.replace("{}", '{"a":' * 100_000 + "1" + "}" * 100_000).encode(),
    "nbformat 99": PLAIN.replace('"nbformat": 4', '"nbformat": 99').encode(),
    "a line of 50 MB": PLAIN.replace('"1"', '"' + "x" * 50_000_000 + '"').encode(),
    "a million cells": ('{"cells":[' + ",".join(["{}"] * 1_000_000) + "]}").encode(),
    "thirty thousand cells": (WHOLE % ",".join([CELL % ""] * 30_000)).encode(),
    "a million lines": PLAIN.replace('"1"', json.dumps(["x\n"] * 1_000_000)).encode(),
    "control characters": PLAIN.replace('"1"', '"a\x1b[31m\x00\x07"').encode(),
    "JSON with something behind": PLAIN.encode() + b"\n{}",
    "a base64 image that is none": (
        WHOLE % '{"cell_type":"code","source":"","outputs":[{"output_type":"display_data",'
        '"data":{"image/png":"====%%%%"},"metadata":{}}]}'
    ).encode(),
}  # fmt: skip


def hold(raw: bytes) -> None:
    assert rebuild(*cut(raw)) == raw


@pytest.mark.parametrize("name", FILES)
def test_a_malformed_file_is_kept_exactly(store: Any, ada: Any, name: str) -> None:
    raw = FILES[name]
    before, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    snapshot = ada.save(raw)
    assert store.snapshot_bytes(snapshot) == raw
    assert store.snapshots(ada.notebook())[0].id == snapshot
    store.steps(ada.notebook())
    again = ada.save(raw + b" ")
    assert store.snapshot_bytes(again) == raw + b" "
    assert time.monotonic() - before < 30
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory)
    assert grown < 400_000_000 + 20 * len(raw)
    assert store.check() == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_notebook_that_was_cut_anywhere_is_kept_exactly(sample: Path) -> None:
    raw = sample.read_bytes()
    for size in range(0, len(raw), max(1, len(raw) // 1500)):
        hold(raw[:size])
        hold(raw[size:])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_notebook_with_any_byte_flipped_is_kept_exactly(sample: Path) -> None:
    raw = sample.read_bytes()
    for place in range(0, len(raw), max(1, len(raw) // 1500)):
        hold(raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :])


@pytest.mark.parametrize("place", PLACES)
def test_wrong_types_everywhere_are_kept_exactly(store: Any, ada: Any, place: str) -> None:
    for wrong in WRONG:
        raw = (place.replace("%s", wrong)).encode()
        hold(raw)
        snapshot = ada.save(raw)
        assert store.snapshot_bytes(snapshot) == raw
        with suppress(NotFound):  # most have no content of their own
            store.snapshot_payload(snapshot, 0)
    assert store.check() == []


@pytest.mark.parametrize("name", [name for name, raw in FILES.items() if len(raw) < 1_000_000])
def test_what_cannot_be_shown_is_said_in_a_sentence(name: str) -> None:
    with suppress(Unreadable):
        assert isinstance(read(FILES[name])["cells"], list)
