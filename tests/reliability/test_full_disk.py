"""R5: a person's home is full, by bytes or by files, while they save; then there is room again."""

import os
import random
import shutil
import subprocess
import time
import urllib.error

import nbformat.v4
import pytest

import hubs

from ..trailbook.server.processes import Process

SHORT = 3
KILOBYTES = range(0, 64, 4)
NEARLY_FULL = 100
FILES = range(0, 8)
ENOUGH = {"bytes": 48, "files": 6}
"""From then on a notebook and Jupyter's copy of it fit: it must be saved, whatever history does."""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m,nr_inodes=2000", "tmpfs", folder],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def server(home, tmp_path, service):
    """A server whose notebooks and spool are on the small disk, and whose history is not there."""
    service.start()
    made = Process(home, {"TRAILBOOK_SERVICE_URL": service.url, "JUPYTERHUB_API_TOKEN": "ada"})
    yield made
    made.close()


def fill(home, what, left):
    """Leave only so many kilobytes, or so many files."""
    filler = home / "filler"
    filler.mkdir()
    if what == "bytes":
        free = shutil.disk_usage(home).free - 1024 * left
        with open(filler / "bytes", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, free)
    else:
        for n in range(os.statvfs(home).f_ffree - left):
            (filler / str(n)).touch()


def is_clean(folder):
    return not [path for path in folder.iterdir() if ".~" in path.name]


def drained(server):
    end = time.monotonic() + hubs.patience(60)
    while server.ask("GET", "trailbook/status")["state"] != "recorded":
        assert time.monotonic() < end, server.ask("GET", "trailbook/status")
        time.sleep(0.05)


@pytest.mark.parametrize("what", ["bytes", "files"])
def test_a_save_that_fits_is_saved_and_history_goes_on_by_itself(
    home, server, service, outside, rounds, what
):
    chance = random.Random(what)  # noqa: S311
    every = list(KILOBYTES if what == "bytes" else FILES)
    number = 0
    for left in chance.sample(every, min(len(every), rounds(SHORT))):
        raw = server.save("a.ipynb", f"before {number}")
        outside.saved("a.ipynb", raw)
        drained(server)
        fill(home, what, left)
        failed = 0
        for _ in range(4):
            number += 1
            try:
                raw = server.save("a.ipynb", f"version {number}" + 1000 * "x")
            except urllib.error.HTTPError as error:
                if error.code != 500:
                    raise
                failed += 1
                assert (server.root / "a.ipynb").read_bytes() == raw
            else:
                outside.saved("a.ipynb", raw)
            assert is_clean(server.root)
        assert not failed or left < ENOUGH[what], (left, failed)
        assert (server.root / "a.ipynb").read_bytes() == raw
        status = server.ask("GET", "trailbook/status")
        assert status["state"] == "recorded" or status["last_error"] or status["pending_events"]
        shutil.rmtree(home / "filler")
        drained(server)
        outside.saved("a.ipynb", server.save("a.ipynb", f"after {number}"))
    drained(server)
    assert server.ask("GET", "trailbook/status")["dropped_events"] == 0
    server.end()
    service.stop()
    outside.hold(service.file, server.root)


@pytest.mark.parametrize("size", [101, 104, 400], ids=lambda size: f"{size}kB")
def test_a_save_that_does_not_fit_leaves_the_notebook_as_it_was(
    home, server, service, outside, size
):
    """Jupyter's copy of it fits, and what is saved all but its last bytes, or its beginning."""
    raw = server.save("a.ipynb", 20_000 * "x")
    outside.saved("a.ipynb", raw)
    drained(server)
    fill(home, "bytes", NEARLY_FULL)
    for path in ("a.ipynb", "new.ipynb"):
        for _ in range(2):
            assert "No space left" in server.refused(path, 1024 * size * "y")
            assert (server.root / "a.ipynb").read_bytes() == raw
            assert is_clean(server.root)
            assert not (server.root / "new.ipynb").exists()
    shutil.rmtree(home / "filler")
    outside.saved("a.ipynb", server.save("a.ipynb", 1024 * size * "y"))
    drained(server)
    assert server.ask("GET", "trailbook/status")["dropped_events"] == 0
    server.end()
    service.stop()
    outside.hold(service.file, server.root)


def test_a_save_that_fits_needs_no_room_for_its_first_checkpoint(home, server, service, outside):
    cells = [nbformat.v4.new_code_cell(20_000 * "x")]
    (server.root / "a.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    assert server.ask("GET", "api/contents/a.ipynb")
    drained(server)
    fill(home, "bytes", NEARLY_FULL)
    outside.saved("a.ipynb", server.save("a.ipynb", 90_000 * "y"))
    assert not list(server.root.glob(".ipynb_checkpoints/*"))
    with pytest.raises(urllib.error.HTTPError) as asked_for:
        server.ask("POST", "api/contents/a.ipynb/checkpoints")
    with asked_for.value as answer:
        assert answer.code == 500
    assert not list(server.root.glob(".ipynb_checkpoints/*"))
    shutil.rmtree(home / "filler")
    outside.saved("a.ipynb", server.save("a.ipynb", "after"))
    assert list(server.root.glob(".ipynb_checkpoints/*"))
    drained(server)
    server.end()
    service.stop()
    outside.hold(service.file, server.root)
