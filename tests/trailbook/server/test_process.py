"""Real server processes: killed, stopped, started again, and what they import."""

import asyncio
import json
import signal
import subprocess

import pytest

from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    NotebookSaved,
    OutputRecorded,
)

from .processes import Process

HEAVY = (
    "sqlalchemy",
    "alembic",
    "nbdime",
    "trailbook.store.sql",
    "trailbook.api",
    "trailbook.diff",
)


@pytest.fixture
def start(tmp_path, service):
    started = []

    def start(**kwargs):
        environment = {"TRAILBOOK_SERVICE_URL": service.url, **kwargs.pop("environment", {})}
        started.append(Process(tmp_path, environment, **kwargs))
        return started[-1]

    yield start
    for process in started:
        process.close()


def test_what_was_answered_before_a_kill_is_in_the_history(start, service):
    service.stop()
    server = start()
    saved = [server.save("a.ipynb", f"version {n}") for n in range(20)]
    server.end(signal.SIGKILL)
    service.start()
    heir = start()
    assert [service.notebook(event) for event in service.wait_for(NotebookSaved, 20)] == saved
    assert len(service.of(NotebookSaved)) == 20
    saved.append(heir.save("a.ipynb", "after"))
    assert service.notebook(service.wait_for(NotebookSaved, 21)[-1]) == saved[-1]


async def test_a_run_that_was_under_way_at_a_kill_keeps_its_output(start, service):
    server = start()
    code = "import time\nfor n in range(100):\n    print(n, flush=True)\n    time.sleep(0.1)"
    socket_ = await server.run(code)
    await asyncio.to_thread(service.wait_for, OutputRecorded, 2)
    server.end(signal.SIGKILL)
    socket_.close()
    start()
    (finished,) = await asyncio.to_thread(service.wait_for, ExecutionFinished)
    (started,) = service.of(ExecutionStarted)
    assert (finished.execution, finished.status) == (started.execution, "unknown")
    (ended,) = await asyncio.to_thread(service.wait_for, KernelEnded)
    assert ended.reason == "unknown"
    assert started.cell_id == "c1"
    assert "".join(map(service.text, service.of(OutputRecorded))).startswith("0\n1\n2\n")


async def test_a_server_that_is_told_to_stop_stops_with_everything_sent(start, service):
    server = start()
    socket_ = await server.run("print('running', flush=True)\nimport time; time.sleep(60)")
    await asyncio.to_thread(service.wait_for, OutputRecorded)
    saved = server.save("b.ipynb", "last words")
    assert await asyncio.to_thread(server.end) < 10
    socket_.close()
    assert service.notebook(service.of(NotebookSaved)[-1]) == saved
    (finished,) = service.of(ExecutionFinished)
    assert finished.status in {"interrupted", "unknown"}
    assert not [path for path in server.spool.iterdir() if path.is_dir()]


def test_a_server_stops_also_when_the_service_hangs(start, service):
    service.delay = 30
    server = start()
    server.save("a.ipynb", "1")
    assert server.end() < 12
    assert [path for path in server.spool.iterdir() if path.is_dir()]


def test_a_spool_on_a_full_disk_fails_no_save(start, service, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    try:
        service.stop()
        server = start(environment={"TRAILBOOK_SPOOL": str(full / "spool")})
        saved = [server.save("a.ipynb", f"{n}" * 50_000) for n in range(5)]
        status = server.ask("GET", "trailbook/status")
        assert "No space" in status["last_error"]
        assert status["pending_events"] == 5
        service.start()
        subprocess.run(["mount", "-o", "remount,size=64m", full], check=True)
        assert [service.notebook(s) for s in service.wait_for(NotebookSaved, 5)] == saved
        server.end()
    finally:
        subprocess.run(["umount", "-l", full], check=True)


def test_behind_a_hub_nothing_heavy_is_imported(start, tmp_path, service):
    probe = tmp_path / "probe"
    probe.mkdir()
    (probe / "sitecustomize.py").write_text(
        "import atexit, json, os, sys\n"
        "@atexit.register\n"
        "def tell():\n"
        "    if 'jupyter_server.serverapp' in sys.modules:\n"
        "        with open(os.environ['PROBE'], 'w') as file:\n"
        "            json.dump(sorted(sys.modules), file)\n"
    )
    told = tmp_path / "modules.json"
    environment = {"PYTHONPATH": str(probe), "PROBE": str(told)}
    server = start(environment=environment, config={"quick_stop": False})
    server.save("a.ipynb", "1")
    service.wait_for(NotebookSaved)
    server.end()
    imported = json.loads(told.read_text())
    assert "trailbook.store.remote" in imported
    heavy = [name for name in imported if name.startswith(HEAVY)]
    assert heavy == []
