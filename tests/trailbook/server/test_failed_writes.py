"""Files that cannot be written to their end: what was there stays, nothing else is left.

The writing really fails: the process may write no more than so many bytes into a file.
"""

import base64
import inspect
import resource
from contextlib import contextmanager

import nbformat.v4
import pytest
from jupyter_server.services.contents.filemanager import (
    AsyncFileContentsManager,
    FileContentsManager,
)
from jupyter_server.services.contents.largefilemanager import (
    AsyncLargeFileManager,
    LargeFileManager,
)
from nbformat.sign import MemorySignatureStore, NotebookNotary
from tornado.web import HTTPError

from trailbook.server.failed_writes import keep_while_reverting, put_back, spare_saves

MANAGERS = [FileContentsManager, LargeFileManager, AsyncFileContentsManager, AsyncLargeFileManager]
ROOM = 100_000
STALE = b'{"from": "an earlier crash"}'


def opened(manager_class, folder):
    """A manager as a server has it, but for the signatures: their file may be beyond the room."""
    notary = NotebookNotary(store_factory=MemorySignatureStore, secret=b"secret")
    made = manager_class(root_dir=str(folder), notary=notary)
    put_back(made)
    spare_saves(made)
    keep_while_reverting(made)
    return made


@pytest.fixture(params=MANAGERS, ids=lambda manager: manager.__name__)
def manager(request, tmp_path):
    return opened(request.param, tmp_path)


@contextmanager
def little_room():
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def save(manager, path, model):
    saved = manager.save(model, path)
    return await saved if inspect.isawaitable(saved) else saved


def notebook(size):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(size * "x")])
    return {"type": "notebook", "content": content}


async def refused(manager, path, model):
    with little_room(), pytest.raises(HTTPError) as error:
        await save(manager, path, model)
    assert error.value.status_code == 500
    assert "File too large" in str(error.value)


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".ipynb_checkpoints")


@pytest.mark.parametrize("size", [ROOM - 150, 2 * ROOM], ids=["by-its-last-bytes", "by-far"])
async def test_a_notebook_that_could_not_be_written_is_as_it_was(manager, tmp_path, size):
    await save(manager, "a.ipynb", notebook(1000))
    file = tmp_path / "a.ipynb"
    before, modified = file.read_bytes(), file.stat().st_mtime_ns
    await refused(manager, "a.ipynb", notebook(size))
    assert file.read_bytes() == before
    assert file.stat().st_mtime_ns == modified  # else JupyterLab would say that it was changed
    assert files(tmp_path) == ["a.ipynb"]
    await save(manager, "a.ipynb", notebook(size))
    assert file.stat().st_size > size


async def test_where_not_even_the_copy_fits_nothing_is_touched(manager, tmp_path):
    await save(manager, "a.ipynb", notebook(2 * ROOM))
    before = (tmp_path / "a.ipynb").read_bytes()
    await refused(manager, "a.ipynb", notebook(10))
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert files(tmp_path) == ["a.ipynb"]


async def test_a_new_file_that_could_not_be_written_is_not_there(manager, tmp_path):
    await refused(manager, "a.ipynb", notebook(2 * ROOM))
    await refused(manager, "b.txt", {"type": "file", "format": "text", "content": 2 * ROOM * "x"})
    assert files(tmp_path) == []


async def test_what_a_link_leads_to_is_as_it_was_and_the_link_is_one(manager, tmp_path):
    (tmp_path / "far").mkdir()
    await save(manager, "far/a.ipynb", notebook(1000))
    before = (tmp_path / "far/a.ipynb").read_bytes()
    (tmp_path / "b.ipynb").symlink_to("far/a.ipynb")
    (tmp_path / "c.ipynb").symlink_to("b.ipynb")
    for name in ("c.ipynb", "b.ipynb"):
        await refused(manager, name, notebook(2 * ROOM))
        assert (tmp_path / "far/a.ipynb").read_bytes() == before
    assert (tmp_path / "b.ipynb").is_symlink()
    assert (tmp_path / "c.ipynb").is_symlink()
    assert files(tmp_path) == ["b.ipynb", "c.ipynb", "far"]
    assert files(tmp_path / "far") == ["a.ipynb"]


async def test_a_copy_that_an_earlier_crash_left_is_never_put_back(manager, tmp_path):
    await save(manager, "a.ipynb", notebook(1000))
    before = (tmp_path / "a.ipynb").read_bytes()
    (tmp_path / ".~a.ipynb").write_bytes(STALE)
    await refused(manager, "a.ipynb", notebook(2 * ROOM))
    assert (tmp_path / "a.ipynb").read_bytes() == before
    (tmp_path / ".~a.ipynb").write_bytes(STALE)
    manager.use_atomic_writing = False
    await refused(manager, "a.ipynb", notebook(2 * ROOM))
    assert (tmp_path / "a.ipynb").stat().st_size  # the beginning of what was to be written
    assert (tmp_path / ".~a.ipynb").read_bytes() == STALE


async def test_an_old_copy_stays_where_none_was_made(manager, tmp_path):
    (tmp_path / ".~a.ipynb").write_bytes(STALE)
    await refused(manager, "a.ipynb", notebook(2 * ROOM))
    assert files(tmp_path) == [".~a.ipynb"]
    assert (tmp_path / ".~a.ipynb").read_bytes() == STALE


async def test_what_is_no_notebook_is_refused_for_its_own_reason(manager, tmp_path):
    await save(manager, "a.ipynb", notebook(1000))
    before = (tmp_path / "a.ipynb").read_bytes()
    wrong = {"type": "notebook", "content": {**notebook(10)["content"], "metadata": {"x": {1, 2}}}}
    for path in ("a.ipynb", "b.ipynb"):
        with pytest.raises(HTTPError, match="not JSON serializable"):
            await save(manager, path, wrong)
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert files(tmp_path) == ["a.ipynb"]


@pytest.mark.parametrize("large", MANAGERS[1::2], ids=lambda manager: manager.__name__)
async def test_an_upload_whose_first_piece_does_not_fit_leaves_what_was_there(large, tmp_path):
    manager = opened(large, tmp_path)
    (tmp_path / "a.ipynb").write_bytes(STALE)
    content = base64.b64encode((ROOM + 100) * b"x").decode()
    piece = {"type": "file", "format": "base64", "content": content, "chunk": 1}
    await refused(manager, "a.ipynb", piece)
    assert (tmp_path / "a.ipynb").read_bytes() == STALE
    assert files(tmp_path) == ["a.ipynb"]


async def test_a_save_succeeds_though_its_checkpoint_cannot_be_made(manager, tmp_path):
    (tmp_path / ".ipynb_checkpoints" / "a-checkpoint.ipynb").mkdir(parents=True)
    saved = await save(manager, "a.ipynb", notebook(10))
    assert saved["path"] == "a.ipynb"
    assert (tmp_path / "a.ipynb").stat().st_size > 10


async def test_a_manager_that_writes_no_files_is_left_alone():
    put_back(object())
    spare_saves(object())
    keep_while_reverting(object())


async def test_reverting_to_a_checkpoint_that_has_no_room_leaves_the_notebook(manager, tmp_path):
    await save(manager, "a.ipynb", notebook(2 * ROOM))  # which makes the checkpoint
    larger = (tmp_path / "a.ipynb").read_bytes()
    await save(manager, "a.ipynb", notebook(1000))
    before = (tmp_path / "a.ipynb").read_bytes()

    async def revert():
        reverted = manager.restore_checkpoint("checkpoint", "a.ipynb")
        return await reverted if inspect.isawaitable(reverted) else reverted

    with little_room(), pytest.raises((HTTPError, OSError)):
        await revert()
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert files(tmp_path) == ["a.ipynb"]
    await revert()
    assert (tmp_path / "a.ipynb").read_bytes() == larger
    assert files(tmp_path) == ["a.ipynb"]
