"""The text files beside notebooks: each run finds those that were there when it began."""

import asyncio
import os
import time

import pytest

from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    FilesSaved,
    Gap,
    Mount,
)

from .clients import registered, until

KEY = b"k" * 32
A_MOMENT = 0.05
"""Nobody edits a file and runs a cell faster than that; the time of files is not finer."""
WRITE = "import pathlib\npathlib.Path({0!r}).write_text({1!r})"


def files_of(service, event):
    """Path, and content or why there is none."""
    contents = service.contents(event)
    for file in event.files:
        path = f"{event.path}/{file.name}".lstrip("/")
        yield path, file.reason if file.content is None else contents[file.content].decode()


def told(service):
    """Each file that was told, in order."""
    return [file for event in service.of(FilesSaved) for file in files_of(service, event)]


def state(service, run):
    """As the store answers it: the last state of each file that holds for this run."""
    order, found = service.events, {}
    for event in service.of(FilesSaved):
        runs = service.of(ExecutionStarted)
        since = next((one for one in runs if one.execution == event.since_run), event)
        if order.index(since) <= order.index(run):
            found.update(files_of(service, event))
    return {path: content for path, content in found.items() if content != "gone"}


async def until_told(service, path, content=None, timeout=20):
    ends = time.monotonic() + timeout
    while not any(p == path and content in (None, c) for p, c in told(service)):
        assert time.monotonic() < ends, told(service)
        await asyncio.sleep(0.05)


async def test_each_run_finds_the_code_that_was_there_when_it_began(client, service, jp_root_dir):
    (jp_root_dir / "lib").mkdir()
    (jp_root_dir / "lib" / "model.py").write_text("a = 1")
    (jp_root_dir / "query.sql").write_text("SELECT 1")
    await client.open()
    await client.run("1")
    await until_told(service, "lib/model.py")
    (jp_root_dir / "lib" / "model.py").write_text("a = 2")
    await asyncio.sleep(A_MOMENT)
    await client.run("2")
    await until_told(service, "lib/model.py", "a = 2")
    (jp_root_dir / "query.sql").unlink()
    await asyncio.sleep(A_MOMENT)
    await client.run("3")
    await until_told(service, "query.sql", "gone")
    runs = await until(service, ExecutionStarted, 3)
    assert [state(service, run) for run in runs] == [
        {"lib/model.py": "a = 1", "query.sql": "SELECT 1"},
        {"lib/model.py": "a = 2", "query.sql": "SELECT 1"},
        {"lib/model.py": "a = 2"},
    ]


async def test_a_file_that_a_run_writes_is_there_from_the_next_run_on(client, service, jp_root_dir):
    (jp_root_dir / "model.py").write_text("a = 1")
    await client.open()
    await client.run("1")
    await until_told(service, "model.py")
    await client.run(WRITE.format("model.py", "a = 2"))
    await asyncio.sleep(A_MOMENT)
    await client.run("import model")
    await until_told(service, "model.py", "a = 2")
    runs = await until(service, ExecutionStarted, 3)
    assert [state(service, run)["model.py"] for run in runs] == ["a = 1", "a = 1", "a = 2"]


async def test_what_was_edited_while_a_cell_ran_belongs_to_the_next_run(
    client, service, jp_root_dir
):
    (jp_root_dir / "model.py").write_text("a = 1")
    await client.open()
    await client.run("1")
    await until_told(service, "model.py")
    long = client.send("import time; time.sleep(2)")
    await until(service, ExecutionStarted, 2)
    (jp_root_dir / "model.py").write_text("a = 2")
    await client.idle(long)
    await until_told(service, "model.py", "a = 2")
    event = service.of(FilesSaved)[-1]
    _, run = service.of(ExecutionStarted)
    _, finished = await until(service, ExecutionFinished, 2)
    assert run.started_at < event.files[0].changed_at < finished.finished_at
    await client.run("3")
    runs = await until(service, ExecutionStarted, 3)
    assert [state(service, run)["model.py"] for run in runs] == ["a = 1", "a = 1", "a = 2"]


async def test_what_has_not_changed_is_not_told_again(client, service, jp_root_dir):
    (jp_root_dir / "model.py").write_text("a = 1")
    await client.open()
    for n in range(5):
        await client.run(str(n))
        await asyncio.sleep(0.2)
    os.utime(jp_root_dir / "model.py")
    await client.run("touched")
    (jp_root_dir / "end.py").write_text("")
    await client.run("end")
    await until_told(service, "end.py")
    assert [path for path, _ in told(service)] == ["model.py", "end.py"]


LEFT_OUT = [
    ".env",
    ".git/config.py",
    ".hidden/a.py",
    "node_modules/a.js",
    "venv/lib/a.py",
    "__pycache__/a.py",
    "server.pem",
    "secrets.toml",
    "my_credentials.json",
    "data.csv",
    "image.png",
    "b.ipynb",
    "drafts/old.py",
    "notes.txt",
    "sub/out/x.py",
]


async def test_secrets_hidden_files_and_what_is_named_are_left_alone(client, service, jp_root_dir):
    for name in [*LEFT_OUT, "kept.py", "notes/kept.txt", "sub/kept.py", "drafts_kept.py"]:
        (jp_root_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (jp_root_dir / name).write_text(name)
    (jp_root_dir / ".trailbookignore").write_text("# mine\ndrafts/\n/notes.txt\n")
    (jp_root_dir / "sub" / ".trailbookignore").write_text("out/\n")
    os.symlink(jp_root_dir / "server.pem", jp_root_dir / "link.py")
    os.symlink("/etc", jp_root_dir / "etc")
    await client.open()
    await client.run("1")
    await until_told(service, "sub/kept.py")
    assert {path for path, _ in told(service)} == {
        "kept.py", "notes/kept.txt", "sub/kept.py", "drafts_kept.py",
    }  # fmt: skip


async def test_a_file_that_is_named_later_is_no_longer_said_to_be_there(
    client, service, jp_root_dir
):
    (jp_root_dir / "a.py").write_text("1")
    await client.open()
    await client.run("1")
    await until_told(service, "a.py")
    (jp_root_dir / ".trailbookignore").write_text("a.py\n")
    await client.run("2")
    await until_told(service, "a.py", "unwatched")


async def test_a_large_file_is_named_only(client, service, jp_root_dir):
    (jp_root_dir / "big.sql").write_text("x" * 2_000_000)
    (jp_root_dir / "binary.txt").write_bytes(b"\0\1\2")
    await client.open()
    await client.run("1")
    await until_told(service, "big.sql", "too-large")
    assert [path for path, _ in told(service)] == ["big.sql"]


async def test_a_pause_holds_for_files(client, service, trail, jp_root_dir):
    (jp_root_dir / "a.py").write_text("1")
    trail.recorder.pause("a.ipynb", True, "me")
    await client.open()
    await client.run("1")
    await asyncio.sleep(1)
    trail.recorder.pause("a.ipynb", False, "me")
    (jp_root_dir / "a.py").write_text("2")
    await client.run("2")
    await until_told(service, "a.py")
    assert [content for _, content in told(service)] == ["2"]


class TestWithMounts:
    @pytest.fixture
    def mounts(self):
        return [
            Mount(prefix="", space="home", key=KEY),
            Mount(prefix="projects/churn", space="churn", key=KEY, project="churn"),
            Mount(prefix="projects/off", space="off", key=KEY, project="off", recording=False),
        ]

    async def test_a_projects_files_are_in_its_space_and_those_of_the_home_are_not(
        self, client, service, trail, jp_root_dir
    ):
        for name in ("mine.py", "projects/churn/src/model.py", "projects/off/c.py"):
            (jp_root_dir / name).parent.mkdir(parents=True, exist_ok=True)
            (jp_root_dir / name).write_text(name)
        (jp_root_dir / "projects/churn/notebooks").mkdir()
        await registered(trail)
        await client.open("projects/churn/notebooks/a.ipynb")
        await client.run("1")
        await until_told(service, "src/model.py")
        assert [(e.space, e.path) for e in service.of(FilesSaved)] == [("churn", "src")]
        await client.open("b.ipynb")
        await client.run("1")
        await until_told(service, "mine.py")
        assert {e.space for e in service.of(FilesSaved)} == {"churn", "home"}
        assert {path for path, _ in told(service)} == {"src/model.py", "mine.py"}


class TestWithManyFiles:
    @pytest.fixture
    def trailbook_config(self, trailbook_config):
        return {**trailbook_config, "watched_files": 20}

    async def test_of_a_place_with_too_much_only_the_notebooks_folder_is_kept(
        self, client, service, jp_root_dir
    ):
        for folder, count in (("work", 3), ("work/generated", 30)):
            (jp_root_dir / folder).mkdir()
            for n in range(count):
                (jp_root_dir / folder / f"{n}.py").write_text(str(n))
        await client.open("work/a.ipynb")
        await client.run("1")
        await until_told(service, "work/2.py")
        assert {path for path, _ in told(service)} == {"work/0.py", "work/1.py", "work/2.py"}
        (gap,) = await until(service, Gap)
        assert (gap.reason, gap.path) == ("files-too-many", "work/a.ipynb")


class TestSwitchedOff:
    @pytest.fixture
    def trailbook_config(self, trailbook_config):
        return {**trailbook_config, "watched_files": 0}

    async def test_nothing_is_told(self, client, service, jp_root_dir):
        (jp_root_dir / "a.py").write_text("1")
        await client.open()
        await client.run("1")
        await until(service, ExecutionFinished)
        await asyncio.sleep(1)
        assert told(service) == []
