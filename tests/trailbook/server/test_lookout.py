"""What a kernel has around it: packages with versions, git's commit, the image; no run waits."""

import asyncio
import json
import subprocess
import sys
import venv

import pytest

from trailbook.server.packages import Interpreter, Packages
from trailbook.store.records import ExecutionStarted, KernelEnvironment, KernelStarted

from .clients import until

INSTALL = """
import pathlib, sysconfig
folder = pathlib.Path({folder!r}) / "brand_new-{version}.dist-info"
folder.mkdir()
(folder / "METADATA").write_text("Name: brand-new\\nVersion: {version}\\n")
"""


def packages(service, event):
    return json.loads(service.contents(event)[event.packages])


def in_force(service, run):
    """The list that held for this run."""
    told = [e for e in service.of(KernelEnvironment) if e.kernel_session == run.kernel_session]
    return packages(service, [e for e in told if e.position <= run.position][-1])


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder on the kernels' path, where something can be installed."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return str(folder)


async def test_each_run_has_the_packages_that_were_there_then(client, service, own_folder):
    await client.open()
    await client.run("1")
    (first,) = await until(service, KernelEnvironment)
    await client.run(INSTALL.format(folder=own_folder, version="1.0"))
    await until(service, KernelEnvironment, 2)
    await client.run("3")
    await client.run(f"import shutil; shutil.rmtree({own_folder!r} + '/brand_new-1.0.dist-info')")
    await until(service, KernelEnvironment, 3)
    await client.run("5")
    runs = await until(service, ExecutionStarted, 5)
    versions = [in_force(service, run).get("brand-new") for run in runs]
    assert versions == [None, None, "1.0", "1.0", None]
    assert "ipykernel" in packages(service, first)
    assert first.environment["interpreter"] == sys.executable
    assert [event.position for event in service.of(KernelEnvironment)] == [0, 2, 4]


async def test_asking_leaves_no_trace_in_the_kernel(client, service):
    await client.open()
    await client.run("1")
    await until(service, KernelEnvironment)
    await client.run("assert get_ipython().execution_count == 2, get_ipython().execution_count")
    assert len(await until(service, ExecutionStarted, 2)) == 2


async def test_the_commit_of_the_notebooks_folder(client, service, jp_root_dir):
    def git(*arguments):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", "-C", str(jp_root_dir), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    (jp_root_dir / "data.csv").write_text("1")
    git("add", "data.csv")
    git("commit", "-qm", "begin")
    await client.open()
    await client.run("1")
    (clean,) = await until(service, KernelEnvironment)
    (jp_root_dir / "data.csv").write_text("2")
    await client.post("restart")
    await client.reconnect()
    await client.run("2")
    _, dirty = await until(service, KernelEnvironment, 2)
    assert clean.environment["git_commit"] == git("rev-parse", "HEAD")
    assert (clean.environment["git_dirty"], dirty.environment["git_dirty"]) == ("no", "yes")


async def test_the_image_and_what_the_spawner_allows(client, service, monkeypatch):
    monkeypatch.setenv("JUPYTER_IMAGE_SPEC", "lab/python:2026.1")
    monkeypatch.setenv("MEM_LIMIT", "2147483648")
    monkeypatch.setenv("TRAILBOOK_SIZE", "small")
    await client.open()
    await client.run("1")
    (kernel,) = await until(service, KernelStarted)
    found = {name: kernel.environment[name] for name in ("image", "memory_limit", "size")}
    assert found == {"image": "lab/python:2026.1", "memory_limit": "2147483648", "size": "small"}


def test_each_interpreter_is_asked_itself_and_only_once(tmp_path, monkeypatch):
    venv.create(tmp_path / "other", with_pip=False)
    other = Interpreter("python", str(tmp_path / "other" / "bin" / "python"))
    known = Packages()
    assert "ipykernel" not in known.of(other).packages
    monkeypatch.setattr("subprocess.run", None)
    assert known.of(other) is known.of(other)


@pytest.mark.parametrize(
    "interpreter",
    [
        Interpreter("python", "/does/not/exist/python3"),
        Interpreter("python", "/bin/false"),
    ],
)
def test_an_interpreter_that_does_not_answer_is_asked_no_more(interpreter, monkeypatch):
    known = Packages()
    assert known.of(interpreter) is None
    monkeypatch.setattr("subprocess.run", None)
    assert known.of(interpreter) is None


@pytest.mark.r
def test_r_is_asked_for_its_packages():
    listing = Packages().of(Interpreter("R", "R"))
    assert listing.packages["base"].count(".") == 2
    assert "IRkernel" in listing.packages
    assert all(folder.startswith("/") for folder, _ in listing.stamp)


def test_what_starts_a_kernel_in_a_way_of_its_own_is_not_asked():
    assert not Interpreter("python", "conda").can_be_asked
    assert not Interpreter("julia", "julia").can_be_asked
    assert Interpreter("python", "/opt/conda/bin/python3.12").can_be_asked


async def test_a_slow_answer_delays_no_run(client, service, monkeypatch):
    monkeypatch.setattr(
        "trailbook.server.packages.PYTHON", "import time\ntime.sleep(60)\nprint('{}')"
    )
    await client.open()
    loop = asyncio.get_running_loop()
    before = loop.time()
    for n in range(5):
        await client.run(str(n))
    await until(service, ExecutionStarted, 5)
    assert loop.time() - before < 30
    assert not service.of(KernelEnvironment)
