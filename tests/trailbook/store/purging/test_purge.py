"""After a purge no search over bytes finds what was purged, and everything else is as it was."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from trailbook.errors import BadRequest, NotFound
from trailbook.ids import new_id
from trailbook.store.reading.page import line_of_thing
from trailbook.store.tables import manifests, payloads
from trailbook.store.tables.direct import Direct

from .canaries import cell, display, error, notebook, places, reopened, stream

SECRET = "c4nary-Ünique-βeta"  # noqa: S105
IMAGE = b"\x89PNG\r\n" + bytes(range(1, 200)) + b"c4nary-in-an-image" + bytes(range(1, 200))


@pytest.fixture
def folder(store: Any) -> Path:
    return store.db.path.parent


def lines(n: int, *more: str) -> str:
    return "\n".join([*(f"value_{i} = {i * n}" for i in range(60)), *more])


def test_a_purged_step_is_nowhere(store: Any, ada: Any, folder: Path) -> None:
    kept = ada.run(lines(1), cell="other", printed="fine")
    run = ada.run(lines(2, SECRET), cell="one", printed=f"said {SECRET}\n")
    ada.output(run, 1, "error", text=f"Traceback {SECRET}", name=f"E{SECRET}", value=SECRET)
    saved = notebook(
        cell("one", lines(2, SECRET), [stream(f"said {SECRET}\n"), error(f"E{SECRET}", SECRET)]),
        cell("other", lines(1), [stream("fine")]),
    )
    version = ada.save(saved)
    store.add_note(
        step=run, snapshot=None, kind="note", text=SECRET, person=None, author="ada",
        author_basis="verified",
    )  # fmt: skip
    store.cache_diff(b"key", [version, ada.space], SECRET.encode())
    assert places(folder, SECRET)
    told = store.purge(run)
    assert told.swept
    assert (told.kind, told.runs, told.emptied_versions, told.notes) == ("step", 1, 1, 1)
    assert places(folder, SECRET) == []
    assert store.check() == []
    assert [step.id for step in store.steps(ada.notebook()).steps] == [kept]
    assert store.snapshot(version).withheld
    shown = json.loads(store.snapshot_bytes(version))
    assert shown["cells"][0]["source"] in ("", [])
    assert shown["cells"][1] == json.loads(saved)["cells"][1]
    with pytest.raises(NotFound):
        store.step(run)


def test_nothing_is_purged_before_somebody_means_it(store: Any, ada: Any, folder: Path) -> None:
    run = ada.run(SECRET, printed=SECRET)
    before = store.purge_plan(run)
    assert (before.runs, before.pieces, before.swept) == (1, 1, False)
    assert store.step(run).source == SECRET
    with pytest.raises(NotFound):
        store.purge_plan(new_id())
    with pytest.raises(BadRequest):
        store.purge_plan(ada.notebook(), 0)
    with pytest.raises(NotFound):
        store.purge_plan(run, 99)


@pytest.mark.parametrize("kept_bytes", [False, True])
def test_a_purged_part_is_gone_wherever_it_was_shown(
    store: Any, ada: Any, folder: Path, kept_bytes: bool
) -> None:
    """Also where the bytes around it could not be reproduced and stand in the layout."""
    coded = base64.b64encode(IMAGE).decode()
    start = coded[:6].encode()
    versions = []
    for n in range(3):
        outputs = [display(text_html=f"<b>{SECRET}</b>", image_png=coded, text_plain=f"plot {n}")]
        raw = notebook(cell("one", f"plot({n})", outputs), cell("two", lines(n)))
        if kept_bytes:
            raw = raw.replace(b"<b>", b"<\\u0062>")  # what the stock writer never writes
            raw = raw.replace(b'"' + start, b'"\\u%04x' % start[0] + start[1:])
        versions.append((ada.save(raw, f"{n % 2}.ipynb"), raw))
    for version, raw in versions:
        assert store.snapshot_bytes(version) == raw
    kinds = {store.snapshot_payload(versions[0][0], n)[0]: n for n in range(4)}
    for mime in ("text/html", "image/png"):
        told = store.purge(versions[0][0], kinds[mime])
        assert (told.kind, told.pieces, told.emptied_versions) == ("part", 1, 3)
    for canary in (SECRET, "c4nary-in-an-image", IMAGE):
        assert places(folder, canary) == []
    assert store.check() == []
    for n, (version, _) in enumerate(versions):
        view = store.snapshot(version)
        raw = store.snapshot_bytes(version)
        assert view.withheld
        shown = json.loads(raw)["cells"]
        assert shown[0]["source"] == f"plot({n})"
        data = shown[0]["outputs"][0]["data"]
        assert (data["text/html"], data["image/png"]) == ("", "")
        assert shown[1]["source"] == lines(n)
        assert hashlib.sha256(manifest_bytes(store, version)).hexdigest() == view.sha256


def manifest_bytes(store: Any, version: str) -> bytes:
    with store.db.statements() as connection:
        row = connection.exec_driver_sql(
            "SELECT manifest FROM snapshot WHERE id = ?", (version,)
        ).scalar_one()
        return manifests.file_of(connection, manifests.load(connection, row))


def test_a_purged_version_is_gone_and_its_neighbours_are_exact(
    store: Any, ada: Any, folder: Path
) -> None:
    """Each is told against the one before, and the chains go on around the gap."""
    versions = []
    for n in range(12):
        more = (SECRET,) if n == 5 else (f"# {n}",)
        raw = notebook(cell("one", lines(1, *more)), cell("two", lines(2, f"{n}")))
        if n == 5:
            hidden = json.dumps({SECRET: SECRET}).encode()  # in the layout of the cell
            raw = raw.replace(b'"metadata": {}', b'"metadata": ' + hidden, 1)
        versions.append((ada.save(raw), raw))
    purged, _ = versions.pop(5)
    told = store.purge(purged)
    assert (told.versions, told.emptied_versions) == (1, 0)
    assert places(folder, SECRET) == []
    with reopened(store) as other:
        for fresh in (store, other):
            assert [fresh.snapshot_bytes(v) for v, _ in versions] == [raw for _, raw in versions]
            assert fresh.check() == []
    with pytest.raises(NotFound):
        store.snapshot(purged)
    later = notebook(cell("one", lines(1, "later")))
    assert store.snapshot_bytes(ada.save(later)) == later


def test_what_others_say_too_stays_unless_it_is_to_go_everywhere(
    store: Any, ada: Any, folder: Path
) -> None:
    one, two = ada.run(SECRET), ada.run(SECRET)
    told = store.purge(one)
    assert (told.pieces, told.shared) == (0, 1)
    assert store.step(two).source == SECRET
    told = store.purge_plan(two)
    assert (told.pieces, told.shared) == (1, 0)
    three = ada.run(SECRET, "b.ipynb")
    told = store.purge(two, everywhere=True)
    assert (told.pieces, told.emptied_runs, told.notebooks) == (1, 1, ["a.ipynb", "b.ipynb"])
    assert places(folder, SECRET) == []
    assert store.step(three).source == ""
    assert store.check() == []


def test_a_purged_notebook_leaves_nothing_but_its_absence(
    store: Any, ada: Any, folder: Path
) -> None:
    path = f"{SECRET}.ipynb"
    other = ada.save(notebook(cell("one", lines(3))), "other.ipynb")
    ada.run(f"print('{SECRET}')", path, printed=SECRET, cell=SECRET)
    ada.save(notebook(cell(SECRET, SECRET, metadata={"k": SECRET}), cell("b", lines(3))), path)
    ada.save(b"{ not a notebook " + SECRET.encode(), path)
    ada.save(notebook(cell("x", lines(3)), ensure_ascii=False), path)
    told = store.purge(ada.notebook(path))
    assert (told.kind, told.runs, told.versions) == ("notebook", 1, 3)
    assert places(folder, SECRET) == []
    assert store.check() == []
    assert [view.path for view in store.notebooks(ada.space, deleted=True)] == ["other.ipynb"]
    assert store.snapshot_bytes(other) == notebook(cell("one", lines(3)))


def test_other_spaces_keep_the_same_content(
    store: Any, ada: Any, recorder: Any, owner_of: Any
) -> None:
    bob = recorder(store, owner_of("bob"))
    theirs = bob.run(SECRET)
    store.purge(ada.run(SECRET))
    assert store.step(theirs).source == SECRET


def test_what_is_at_hand_is_forgotten_in_every_process(store: Any, ada: Any) -> None:
    version = ada.save(notebook(cell("one", SECRET)))
    with reopened(store) as other:
        assert json.loads(other.snapshot_bytes(version))["cells"][0]["source"] == SECRET
        store.purge(version, 0)
        for each in (store, other):
            assert json.loads(each.snapshot_bytes(version))["cells"][0]["source"] == ""


def test_a_reader_from_before_leaves_nothing_behind(store: Any, ada: Any) -> None:
    run = ada.run(SECRET)
    with store.db.statements() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM event").first()
        store.db.write(lambda c: store._purge(Direct(c), run, 0, False, None))
        source = line_of_thing(connection, run).source
        assert payloads.contents(connection, [source])[source] == SECRET.encode()
    assert store.step(run).source == ""
    assert store.sweep()
