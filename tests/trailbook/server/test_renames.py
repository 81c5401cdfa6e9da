"""A run and a rename at the same moment: the history has them in one order, and it is true."""

import asyncio
import sys
import threading

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from trailbook.server.contents import Contents
from trailbook.server.index import Index
from trailbook.server.recorder import Recorder
from trailbook.server.requests import Requests
from trailbook.server.rooms import Rooms
from trailbook.server.runs import Kernel, KernelLife, Message
from trailbook.server.saves import Saves
from trailbook.server.sessions import Sessions
from trailbook.store.records import ExecutionStarted, KernelStarted, NotebookMoved
from trailbook.store.spool import Spool

RENAMES = 2000


@pytest.fixture
def eager_threads():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def recorder(tmp_path):
    spool = Spool(tmp_path / "spool")
    yield Recorder(spool)
    spool.close()


def test_a_run_is_recorded_under_the_path_that_the_history_knows_then(
    recorder, tmp_path, eager_threads
):
    sessions = Sessions()
    sessions.note("s", path="0.ipynb", kernel_id="k")
    saves = Saves(recorder, Index(tmp_path, str(tmp_path)))
    contents = Contents(AsyncLargeFileManager(root_dir=str(tmp_path)), saves, Rooms())
    recorder.follow(sessions.moved)
    over = threading.Event()

    def run_cells():
        n = 0
        while not over.is_set():
            kernel = Kernel("k", "python3", "python")
            life = KernelLife(recorder, Requests(), kernel, sessions.path_of)
            for kind, content in (("execute_input", {}), ("status", {"execution_state": "idle"})):
                life.handle(Message(type=kind, date="", parent=str(n), content=content))
            n += 1

    async def rename():
        for n in range(RENAMES):
            data = {"action": "rename", "source_path": f"{n}.ipynb", "path": f"{n + 1}.ipynb"}
            await contents.on_event(None, "", data)

    runs = threading.Thread(target=run_cells)
    runs.start()
    asyncio.run(rename())
    over.set()
    runs.join()
    recorder.spool.flush()

    events = [record.event for record in recorder.spool.read(1 << 30, 1 << 40)]
    assert sum(isinstance(event, ExecutionStarted) for event in events) > RENAMES / 100
    assert under_another_path(events, "0.ipynb") == []


def under_another_path(events, path):
    """The runs that name another path than the notebook has at their place in the spool."""
    false = []
    for event in events:
        if isinstance(event, NotebookMoved):
            path = event.to_path
        elif isinstance(event, (ExecutionStarted, KernelStarted)) and event.path != path:
            false.append((event.path, path))
    return false
