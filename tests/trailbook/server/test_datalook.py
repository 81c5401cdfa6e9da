"""The data that runs name: what it was like when they read it, and what they wrote."""

import asyncio
import os
import shutil
import socket
import time

import pytest
from blake3 import blake3

from trailbook.facets import DataName
from trailbook.server.datafiles import DataFiles, is_address, paths_of, without_secrets
from trailbook.store.records import DataSeen, ExecutionFinished, Mount

from .clients import registered, until

KEY = b"k" * 32


def keyed(content):
    return blake3(blake3(content).digest(16), key=KEY).digest(16).hex()


async def seen(client, service, code, count=1):
    """What was told of the data of one run."""
    before = len(service.of(DataSeen))
    await client.run(code)
    return (await until(service, DataSeen, before + count))[before:]


async def test_what_a_run_reads_has_a_fingerprint(client, service, jp_root_dir):
    (jp_root_dir / "data").mkdir()
    (jp_root_dir / "data" / "x.csv").write_text("a,b\n1,2\n")
    os.utime(jp_root_dir / "data" / "x.csv", (5, 5))
    await client.open()
    (event,) = await seen(client, service, "open('data/x.csv').read()")
    (file,) = event.files
    assert (event.moment, file.path, file.role) == ("start", "data/x.csv", "read")
    assert (file.size, file.mtime, file.unknown) == (8, 5_000_000, "")
    assert file.fingerprint == keyed(b"a,b\n1,2\n")
    (again,) = await seen(client, service, "open('data/x.csv')")
    assert again.files == event.files
    (jp_root_dir / "data" / "x.csv").write_text("a,b\n1,3\n")
    (changed,) = await seen(client, service, "open('data/x.csv')")
    assert changed.files[0].fingerprint == keyed(b"a,b\n1,3\n")


async def test_what_a_run_writes_is_seen_at_its_end(client, service, jp_root_dir):
    await client.open()
    (event,) = await seen(client, service, "open('out.txt', 'w').write('result')")
    (file,) = event.files
    assert (event.moment, file.role, file.fingerprint) == ("end", "written", keyed(b"result"))


async def test_what_a_run_makes_and_reads_is_seen_at_its_end(client, service):
    code = "import time; time.sleep(0.5)\nopen('x', 'w').write('new')\nopen('x').read()"
    await client.open()
    start, end = await seen(client, service, code, 2)
    assert [(file.role, file.unknown) for file in start.files] == [("read", "not-there")]
    assert {file.role: file.fingerprint for file in end.files} == {
        "read": keyed(b"new"),
        "written": keyed(b"new"),
    }


async def test_a_file_that_changes_while_a_cell_runs_is_seen_at_both_ends(
    client, service, jp_root_dir
):
    (jp_root_dir / "x.csv").write_text("old")
    await client.open()
    run = client.send("open('x.csv').read(); import time; time.sleep(2)")
    (start,) = await until(service, DataSeen)
    (jp_root_dir / "x.csv").write_text("new")
    await client.idle(run)
    _, end = await until(service, DataSeen, 2)
    prints = [(e.moment, e.files[0].fingerprint) for e in (start, end)]
    assert prints == [("start", keyed(b"old")), ("end", keyed(b"new"))]


async def test_names_are_those_of_the_folder_that_the_kernel_is_in(client, service, jp_root_dir):
    (jp_root_dir / "deep" / "data").mkdir(parents=True)
    (jp_root_dir / "deep" / "data" / "x.csv").write_text("1")
    await client.open("deep/a.ipynb")
    (beside,) = await seen(client, service, "open('data/x.csv')")
    await client.run("import os; os.chdir('data')")
    (moved,) = await seen(client, service, "open('x.csv')")
    assert [e.files[0].path for e in (beside, moved)] == ["deep/data/x.csv"] * 2
    (outside,) = await seen(client, service, "open('/etc/hostname')")
    assert outside.files[0].path == "/etc/hostname"


async def test_the_network_is_never_asked_and_no_secret_is_kept(client, service):
    await client.open()
    code = "def read_csv(url): pass\nread_csv('https://me:hunter2@example.org/x.csv?token=t#f')"
    (event, *_) = await seen(client, service, code)
    (file,) = event.files
    assert (file.path, file.unknown) == ("https://example.org/x.csv", "not-local")


async def test_a_pause_holds_for_data(client, service, trail, jp_root_dir):
    (jp_root_dir / "x.csv").write_text("1")
    trail.recorder.pause("a.ipynb", True, "me")
    await client.open()
    await client.run("open('x.csv')")
    await asyncio.sleep(0.5)
    trail.recorder.pause("a.ipynb", False, "me")
    await client.run("2")
    await until(service, ExecutionFinished)
    await asyncio.sleep(0.5)
    assert service.of(DataSeen) == []


@pytest.fixture
def r_kernel(jp_data_dir):
    """Tests see only the kernels of their own data folder: lend them the system's R."""
    shutil.copytree("/usr/share/jupyter/kernels/ir", jp_data_dir / "kernels" / "ir")


@pytest.mark.r
async def test_data_that_r_reads(r_kernel, client, service, jp_root_dir):
    (jp_root_dir / "x.csv").write_text("a\n1\n")
    await client.open(kernel="ir")
    (event,) = await seen(client, service, 'd <- read.csv("x.csv")')
    assert event.files[0].fingerprint == keyed(b"a\n1\n")


class TestWithMounts:
    @pytest.fixture
    def mounts(self):
        return [
            Mount(prefix="", space="home", key=b"h" * 32),
            Mount(prefix="projects/churn", space="churn", key=KEY, project="churn"),
        ]

    async def test_data_has_its_name_in_the_space_of_the_run(
        self, client, service, trail, jp_root_dir, tmp_path
    ):
        real = tmp_path / "real"
        real.mkdir()
        (real / "x.csv").write_text("1")
        (jp_root_dir / "mine.csv").write_text("2")
        (jp_root_dir / "projects").mkdir()
        (jp_root_dir / "projects" / "churn").symlink_to(real)
        await registered(trail)
        await client.open("projects/churn/a.ipynb")
        code = f"open('x.csv'); open({str(jp_root_dir / 'mine.csv')!r})"
        (event,) = await seen(client, service, code)
        assert event.space == "churn"
        assert [(f.path, f.fingerprint) for f in event.files] == [
            ("x.csv", keyed(b"1")),
            ("~/mine.csv", keyed(b"2")),
        ]


def look(path, whole=1 << 30, seconds=20.0):
    return DataFiles(whole).look(str(path), time.monotonic() + seconds)


def test_devices_pipes_and_sockets_are_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "socket", tmp_path / "link", "/proc/kmsg"):
        assert look(path).unknown in {"no-file", "not-readable"}
    listening.close()


def test_what_cannot_be_known_says_why(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert look(tmp_path / "nothing").unknown == "not-there"
    assert look(tmp_path / "loop").unknown == "failed"
    assert look(tmp_path).unknown == "folder"
    assert look("a\0b").unknown == "failed"
    (tmp_path / "big").write_bytes(b"x" * 50_000_000)
    assert look(tmp_path / "big", seconds=-1).unknown == "too-slow"


def test_of_a_large_file_beginning_end_and_size_count(tmp_path):
    file = tmp_path / "big"
    content = bytearray(os.urandom(5_000_000))
    file.write_bytes(content)
    whole, part = look(file), look(file, whole=1_000_000)
    assert (whole.partial, part.partial) == (False, True)
    assert whole.fingerprint == blake3(content).digest(16).hex()
    content[2_500_000] ^= 1
    file.write_bytes(content)
    assert look(file, whole=1_000_000).fingerprint == part.fingerprint
    content[-1] ^= 1
    file.write_bytes(content)
    assert look(file, whole=1_000_000).fingerprint != part.fingerprint


def test_what_has_not_changed_is_not_read_again(tmp_path, monkeypatch):
    (tmp_path / "x").write_text("1")
    files = DataFiles(1 << 20)
    first = files.look(str(tmp_path / "x"), time.monotonic() + 5)
    monkeypatch.setattr(files, "_read", None)
    assert files.look(str(tmp_path / "x"), time.monotonic() + 5) is first


def test_a_pattern_means_the_files_that_are_there(tmp_path):
    for name in ("a.csv", "b.csv", "c.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "d.csv").mkdir()
    found = paths_of(DataName("*.csv", "read", is_pattern=True), str(tmp_path))
    assert [os.path.basename(path) for path in found] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["s3://b/k", "http://h/x", "//server/share", "\\\\server\\x"])
def test_what_leads_over_the_network(name):
    assert is_address(name)


def test_an_address_without_what_is_for_its_server_alone():
    assert without_secrets("s3://key:secret@bucket/a.csv?x=1") == "s3://bucket/a.csv"
    assert not is_address("data/x.csv")
