"""The law of the store: what was cut is rebuilt to the same bytes, whatever it was."""

import base64
import io
import json
import os
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from trailbook.store.forms import numbered
from trailbook.store.objects import cut, part_content, payload_id, rebuild, seal
from trailbook.store.records import ExecutionStarted, NotebookSaved

ROOT = Path(__file__).parents[4]
SAMPLES = sorted((ROOT / "tests" / "samples").glob("*.ipynb"))
CORPUS = Path(os.environ.get("TRAILBOOK_CORPUS", ROOT.parent / "shared" / "corpus"))
HISTORIES = sorted(CORPUS.glob("*.tar.zst"))
KEY = bytes(range(32))

NASTY = {
    "nothing": b"",
    "half": b'{"cells": [',
    "a byte order mark": b'\xef\xbb\xbf{"cells": []}',
    "utf-16": '{"cells": []}'.encode("utf-16"),
    "a list": b"[]",
    "a number of cells": b'{"cells": 1}',
    "cells that are numbers": b'{"cells": [1]}',
    "a source that is a number": b'{"cells": [{"source": 1}]}',
    "a source of lists": b'{"cells": [{"source": [["a"]]}]}',
    "an id that is a number": b'{"cells": [{"id": 1, "source": ""}]}',
    "outputs that are text": b'{"cells": [{"source": "", "outputs": "x"}]}',
    "half a surrogate pair": b'{"cells": [{"source": "\\ud800"}]}',
    "the same cells twice": b'{"cells": [], "cells": [{"source": "a"}]}',
    "the same source twice": b'{"cells": [{"source": "a", "source": "a"}]}',
    "bytes that are no text": b'{"cells": [{"source": "\xff"}]}',
    "a zero byte": b'{"cells": [{"source": "\x00"}]}',
    "very deep lists": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "very deep metadata": b'{"metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b', "cells": []}',
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "something after the end": b'{"cells": []} x',
    "no worksheets": b'{"worksheets": {}}',
}
ODD = {
    "no cells": b'{"cells":[]}',
    "an empty cell": b'{"cells":[{}]}',
    "the same metadata twice": b'{"metadata":{"a":1,"a":2},"cells":[{"source":"a"}]}',
    "escapes nobody needs": b'{"cells":[{"source":["\\u0061\\/","b\\u00e4"]}]}',
    "a zero character": b'{"cells":[{"source":"a\\u0000b"}]}',
    "lines cut anywhere": b'{"cells":[{"source":["a","b\\n","","c\\nd"]}]}',
    "spaces in odd places": b' {\n\t"cells" :[ { "source" :[ "a\\n" ,"b" ] } ] } \r\n',
    "empty lists": b'{"cells":[{"source":[ ],"outputs":[{"output_type":"stream","text":[]}]}]}',
    "numbers too large": b'{"cells":[{"source":"","outputs":[{"output_type":"display_data",'
    b'"data":{"application/json":{"n":123456789012345678901234567890,"e":1e400}}}]}]}',
    "floats as others write them": b'{"cells":[{"source":"","outputs":[{"output_type":'
    b'"display_data","data":{"application/json":[1e-07,1E5,1.50,-0.0]}}]}]}',
    "parts of other types": b'{"cells":[{"source":"","outputs":[{"output_type":"display_data",'
    b'"data":{"text/plain":{"no":"text"},"image/png":[1],"text/html":null}}]}]}',
    "base64 that is none": b'{"cells":[{"source":"","outputs":[{"output_type":"display_data",'
    b'"data":{"image/png":"!","image/jpeg":"AAAA\\n\\nBBBB","image/gif":""}}]}]}',
    "digits after kept bytes": b'{"cells":[{"source":["\\u0061"]},{"source":"\\u003a"}]}',
}


def versions(archive: Path) -> Iterator[tuple[str, bytes]]:
    with archive.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        with tarfile.open(fileobj=io.BytesIO(stream.read())) as tar:
            for member in tar:
                if (content := tar.extractfile(member)) is not None:
                    yield member.name, content.read()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_cut_and_rebuilt(sample: Path) -> None:
    raw = sample.read_bytes()
    form, contents = cut(raw)
    assert form.readable
    assert rebuild(form, contents) == raw


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_no_payload_of_a_sample_is_kept_twice(sample: Path) -> None:
    form, contents = cut(sample.read_bytes())
    layout = b"".join(cell.text for cell in form.cells)
    for cell in numbered(form.cells):
        if len(contents[cell.source]) > 10:
            assert contents[cell.source].split(b"\n")[0] not in layout


def test_every_real_version_is_cut_and_rebuilt() -> None:
    """Over the histories that are there; the samples stand in where none are."""
    for archive in HISTORIES:
        for name, raw in versions(archive):
            form, contents = cut(raw)
            assert form.readable, f"{archive.name} {name}"
            assert rebuild(form, contents) == raw, f"{archive.name} {name}"


@pytest.mark.parametrize("what", NASTY)
def test_what_is_no_notebook_is_one_opaque_payload(what: str) -> None:
    form, contents = cut(NASTY[what])
    assert not form.readable
    assert contents == [NASTY[what]]
    assert rebuild(form, contents) == NASTY[what]


@pytest.mark.parametrize("cell", [b"{}", b'{"outputs":[' + b",".join([b"{}"] * 900) + b"]}"])
def test_a_notebook_of_a_million_pieces_is_kept_whole(cell: bytes) -> None:
    raw = b'{"cells":[' + b",".join([cell] * (1_000_000 // max(1, cell.count(b"{}")))) + b"]}"
    form, contents = cut(raw)
    assert (form.readable, contents) == (False, [raw])


@pytest.mark.parametrize("what", ODD)
def test_an_odd_notebook_is_read_and_rebuilt(what: str) -> None:
    form, contents = cut(ODD[what])
    assert form.readable
    assert rebuild(form, contents) == ODD[what]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_notebook_cut_off_anywhere_is_kept(sample: Path) -> None:
    raw = sample.read_bytes()
    for length in range(len(raw)):
        part = raw[:length]
        form, contents = cut(part)
        assert rebuild(form, contents) == part


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_notebook_with_one_byte_changed_is_kept(sample: Path) -> None:
    raw = sample.read_bytes()
    for place in range(0, len(raw), 7):
        for byte in b'"[]{}\\\x00\xff':
            changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
            form, contents = cut(changed)
            assert rebuild(form, contents) == changed


@pytest.mark.parametrize("ascii_only", [False, True])
def test_any_text_is_written_as_it_was(ascii_only: bool) -> None:
    """Line ends of every kind, what looks like one, and everything that JSON escapes."""
    pick = random.Random(4)  # noqa: S311
    letters = [
        "a",
        "\n",
        "\\",
        "n",
        '"',
        "\t",
        "\r",
        "\r\n",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        "é",
        "/",
    ]
    for _ in range(2000):
        text = "".join(pick.choices(letters, k=pick.randrange(12)))
        lines = pick.choice((text.splitlines(keepends=True), text.split("\n"), [text]))
        notebook = {"cells": [{"source": lines, "metadata": {}}]}
        indent = pick.choice((None, 1, 4))
        raw = json.dumps(notebook, indent=indent, ensure_ascii=ascii_only).encode()
        form, contents = cut(raw)
        assert rebuild(form, contents) == raw
        assert contents[0] == "".join(lines).encode()


def test_the_manifest_names_what_a_person_sees() -> None:
    form, contents = cut((ROOT / "tests/samples/plots.ipynb").read_bytes())
    by_id = {cell.id: cell for cell in numbered(form.cells)}
    assert [cell.cell.type for cell in form.cells] == ["markdown", *["code"] * 6, "raw"]
    assert contents[by_id["load"].source].startswith(b"import pandas as pd\n")
    (failed,) = by_id["bad"].outputs
    assert (failed.type, failed.name) == ("error", "KeyError")
    assert contents[failed.parts["text/plain"]].endswith(b"KeyError: 'tenure_days'")
    plot = by_id["plot"].outputs[0]
    assert contents[plot.parts["image/png"]].startswith(b"\x89PNG")
    plotly = by_id["widget"].outputs[0].parts["application/vnd.plotly.v1+json"]
    assert json.loads(contents[plotly])["layout"] == {"title": "Größe"}
    attached = by_id["intro"].attachments["a.png"]["image/png"]
    assert contents[attached] == contents[plot.parts["image/png"]]


def test_version_3_is_read_like_version_4() -> None:
    form, contents = cut((ROOT / "tests/samples/version3.ipynb").read_bytes())
    assert [cell.cell.type for cell in form.cells] == ["heading", "markdown", "code", "code"]
    assert all(cell.cell.id is None for cell in form.cells)
    code = numbered(form.cells)[2]
    assert contents[code.source] == b"%pylab inline\nplot([1,2])"
    assert [output.type for output in code.outputs] == [
        "stream",
        "execute_result",
        "display_data",
        "error",
    ]
    assert contents[code.outputs[2].parts["image/png"]].startswith(b"\x89PNG")


def test_a_payload_is_the_same_however_it_is_written() -> None:
    """A saved output and the same output as the kernel sent it are stored once."""
    form, contents = cut((ROOT / "tests/samples/plots.ipynb").read_bytes())
    (saved,) = {
        contents[parts["image/png"]]
        for cell in numbered(form.cells)
        for parts in [*cell.attachments.values(), *[output.parts for output in cell.outputs]]
        if "image/png" in parts
    }
    sent = base64.b64encode(saved).decode()
    assert part_content("image/png", sent) == part_content("image/png", sent + "\n") == saved
    assert part_content("text/plain", ["a\n", "b"]) == part_content("text/plain", "a\nb") == b"a\nb"
    assert part_content("application/json", {"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    assert part_content("image/svg+xml", "<svg/>") == b"<svg/>"


def test_what_a_kernel_sends_never_fails() -> None:
    assert part_content("text/plain", "\ud800") == b"?"
    assert part_content("image/png", "no base64") == b"no base64"
    assert part_content("text/plain", {"a": 1}) == b'{"a":1}'
    assert part_content("application/json", {"a": "\ud800"})


def test_an_id_depends_on_the_space() -> None:
    assert payload_id(b"x", KEY) != payload_id(b"x", bytes(32))
    assert len(payload_id(b"x", KEY)) == 16


def test_sealing_cuts_a_saved_notebook() -> None:
    raw = SAMPLES[0].read_bytes()
    event = NotebookSaved(space="s", at=1, snapshot="v", path="a.ipynb")
    sealed, pieces = seal(7, event, [raw], KEY)
    assert isinstance(sealed.event, NotebookSaved)
    assert sealed.event.form is not None
    assert sealed.event.size == len(raw)
    assert rebuild(sealed.event.form, [pieces[id_] for id_ in sealed.contents]) == raw


def test_sealing_names_other_contents_by_their_ids() -> None:
    event = ExecutionStarted(
        space="s", at=1, execution="e", kernel_session="k", position=0, source=0, started_at=1
    )
    sealed, pieces = seal(1, event, [b"1 + 1"], KEY)
    assert sealed.contents == [payload_id(b"1 + 1", KEY)]
    assert pieces == {sealed.contents[0]: b"1 + 1"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_withheld_payload_leaves_a_readable_notebook(sample: Path) -> None:
    form, contents = cut(sample.read_bytes())
    everything = range(len(contents))
    for withheld in [[n] for n in everything] + [list(everything)]:
        notebook = json.loads(rebuild(form, contents, withheld))
        assert "cells" in notebook or "worksheets" in notebook
