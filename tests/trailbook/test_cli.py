"""The commands, over a store in a file and over the API."""

import io
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trailbook.cli import main
from trailbook.cli.printing import plain
from trailbook.cli.progress import Progress, progress_line
from trailbook.cli.sources import user
from trailbook.store.recording.importing import import_recording
from trailbook.store.sql import SqlStore

from .api.bench import Bench
from .api.world import Recorder, TokenOwner, World, notebook, run, save

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "store.sqlite"


@pytest.fixture(scope="module")
def world(file: Path) -> World:
    store = SqlStore.open(file)
    world = World(store).build()
    me = TokenOwner(person=store.person(user(), "laptop").id, project=None, name=user())
    space = store.personal_space(me.person or "")
    recorder = Recorder(store, me)
    recorder.record(run(space, user(), "work/own.ipynb", "mine()", [{"text/plain": b"42"}]))
    recorder.record(save(space, user(), "work/own.ipynb", notebook("mine()")))
    recorder.record(save(space, user(), "work/own.ipynb", notebook("mine()", "more()")))
    world.name_one("", space, "work/own.ipynb")
    store.close()
    return world


@pytest.fixture
def local(world: World, file: Path) -> Run:
    def run_it(*words: str) -> Result:
        return CliRunner().invoke(main, [words[0], "--store", str(file), *words[1:]])

    return run_it


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Bench]]:
    store = SqlStore.open(tmp_path_factory.mktemp("served") / "trailbook.sqlite")
    world = World(store).build()
    bench = Bench(store, world.actors)
    yield world, bench
    bench.close()
    store.close()


def test_log_lists_notebooks_and_projects(local: Run) -> None:
    result = local("log")
    assert result.exit_code == 0
    assert "work/own.ipynb  (1 run, 0 errors, 2 versions)" in result.output
    assert "churn  Churn  (2 notebooks)" in result.output


@pytest.mark.parametrize("name", ["work/own.ipynb", "own.ipynb", "/somewhere/work/own.ipynb"])
def test_log_lists_the_steps_of_a_notebook(local: Run, world: World, name: str) -> None:
    result = local("log", name)
    assert result.exit_code == 0
    [line] = [line for line in result.output.splitlines() if "mine()" in line]
    assert re.match(
        rf"{world.ids['step']}  \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d +\[1\]  mine\(\)", line
    )


def test_log_lists_what_happened_in_a_project(local: Run) -> None:
    assert "bob" in local("log", "--project", "churn").output
    result = local("log", "--project", "churn", "fit me.ipynb")
    assert "fit()" in result.output
    assert json.loads(local("log", "--project", "churn", "fit me.ipynb", "--json").output)["total"]


def test_show_prints_a_step_with_its_outputs(local: Run, world: World) -> None:
    result = local("show", world.ids["step"])
    assert "    mine()" in result.output
    assert "    42" in result.output
    link = f"https://hub.example.org/services/trailbook/steps/{world.ids['step']}?at=1"
    assert local("show", link).output == result.output
    assert json.loads(local("show", world.ids["step"], "--json").output)["source"] == "mine()"


def test_show_prints_a_version(local: Run, world: World) -> None:
    assert "save, 2 cells" in local("show", world.ids["snapshot"]).output


def test_diff_says_what_changed_and_exits_with_1(local: Run, world: World) -> None:
    result = local("diff", world.ids["first snapshot"], world.ids["snapshot"])
    assert result.exit_code == 1
    assert re.search(r"^\+ +more\(\)$", result.output, re.MULTILINE), result.output
    same = local("diff", world.ids["snapshot"], world.ids["snapshot"])
    assert (same.exit_code, same.output) == (0, "")


def test_diff_compares_with_a_file(local: Run, world: World, tmp_path: Path) -> None:
    now = tmp_path / "own.ipynb"
    now.write_bytes(notebook("mine()", "now()"))
    result = local("diff", world.ids["step"], str(now))
    assert result.exit_code == 1
    assert "now()" in result.output
    answer = json.loads(local("diff", world.ids["step"], str(now), "--json").output)
    assert set(answer) == {"base", "diff", "moves", "coarse"}
    assert local("diff", world.ids["broken snapshot"], str(now)).exit_code == 6


def test_export_writes_the_exact_bytes_and_overwrites_nothing(
    local: Run, world: World, tmp_path: Path
) -> None:
    out = tmp_path / "then.ipynb"
    assert local("export", world.ids["snapshot"], "-o", str(out)).exit_code == 0
    assert out.read_bytes() == notebook("mine()", "more()")
    again = local("export", world.ids["first snapshot"], "-o", str(out))
    assert again.exit_code == 2
    assert "--force" in again.output
    assert local("export", world.ids["first snapshot"], "-o", str(out), "--force").exit_code == 0
    assert out.read_bytes() == notebook("mine()")
    assert local("export", world.ids["snapshot"]).stdout_bytes == notebook("mine()", "more()")


def test_export_writes_a_projects_whole_history(local: Run, tmp_path: Path) -> None:
    out = tmp_path / "churn.tbk"
    result = local("export", "--project", "churn", "-o", str(out), "--json")
    assert json.loads(result.output)["bytes"] == out.stat().st_size
    other = SqlStore.open(tmp_path / "other.sqlite")
    try:
        project = import_recording(other, out)
        assert {view.path for view in other.notebooks(project.space)} == {
            "broken.ipynb",
            "wörk/fit me.ipynb",
        }
    finally:
        other.close()
    for words in (
        ["export"],
        ["export", "f" * 32, "--project", "churn"],
        ["export", "--project", "churn", "--url", "http://x"],
    ):
        assert CliRunner().invoke(main, words).exit_code == 2
    missing = local("export", "--project", "nothing", "-o", str(tmp_path / "x"))
    assert missing.exit_code == 3
    assert sorted(path.name for path in tmp_path.glob("*x*")) == []


def test_check_finds_damage(local: Run, world: World, file: Path, tmp_path: Path) -> None:
    result = local("check")
    assert result.exit_code == 0
    assert result.output.startswith("All is well: ")
    assert "match their hashes" in local("check", "--thorough").output
    damaged = tmp_path / "damaged.sqlite"
    with sqlite3.connect(file) as good, sqlite3.connect(damaged) as copy:
        good.backup(copy)
        copy.execute("UPDATE payload SET data = x'00' WHERE row = (SELECT min(row) FROM payload)")
    good.close()
    copy.close()
    found = CliRunner().invoke(main, ["check", "--store", str(damaged)])
    assert found.exit_code == 1
    assert found.output.strip()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["show", "nonsense"], 2, "is no id"),
        (["show", "f" * 32], 3, "No such"),
        (["log", "nothing.ipynb"], 3, "No such notebook 'nothing.ipynb'"),
        (["log", "--project", "nothing"], 3, "No such project"),
        (["diff", "f" * 32, "missing.ipynb"], 3, "No such"),
        (["diff", "f" * 32], 2, "Missing argument"),
        (["log", "--limit", "0"], 2, "0 is not in the range"),
        (["log", "--url", "http://x"], 2, "not both"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(
    local: Run, file: Path, words: list[str], code: int, says: str
) -> None:
    result = local(*words) if words != ["nonsense"] else CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_missing_or_foreign_store_is_said(tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["log", "--store", str(tmp_path / "no.sqlite")])
    assert missing.exit_code == 3
    assert "There is no history at" in missing.output
    assert not (tmp_path / "no.sqlite").exists()
    (tmp_path / "text").write_text("this is no database, " * 1000)
    foreign = CliRunner().invoke(main, ["log", "--store", str(tmp_path / "text")])
    assert foreign.exit_code == 6
    assert "Traceback" not in foreign.output


def test_a_hub_is_read_with_a_token(
    served: tuple[World, Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, bench = served
    address = f"http://127.0.0.1:{bench.port}"

    def ask(*words: str) -> Result:
        return CliRunner().invoke(main, [words[0], "--url", address, *words[1:]])

    monkeypatch.delenv("TRAILBOOK_TOKEN", raising=False)
    assert ask("log").exit_code == 4
    assert "TRAILBOOK_TOKEN" in ask("log").output
    monkeypatch.setenv("TRAILBOOK_TOKEN", "bob's server")
    assert "churn" in ask("log").output
    assert "fit()" in ask("log", "--project", "churn", "fit me.ipynb").output
    assert "    fit()" in ask("show", world.ids["step"]).output
    assert ask("diff", world.ids["first snapshot"], world.ids["snapshot"]).exit_code == 1
    assert ask("export", world.ids["step"]).stdout_bytes == notebook("fit()")
    assert ask("show", world.ids["private step"]).exit_code == 3
    monkeypatch.setenv("TRAILBOOK_TOKEN", "nobody")
    assert ask("log").exit_code == 4
    gone = CliRunner().invoke(main, ["log", "--url", "http://127.0.0.1:9"])
    assert gone.exit_code == 5
    assert CliRunner().invoke(main, ["log", "--url", "ftp://x"]).exit_code == 6


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two versions of one notebook, by two people."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=C", "-c", "user.email=c", *words], cwd=folder, check=True
        )

    git("init", "-q", "-b", "main")
    for name, sources in (("Bob <bob@x.org>", ["1"]), ("Z\x1b[2J <z@x.org>", ["1", "2"])):
        (folder / "past.ipynb").write_bytes(notebook(*sources))
        git("add", "-A")
        git("commit", "-q", "-m", "x", f"--author={name}", "--date=2020-01-02T03:04:05Z")
    return folder


def test_import_brings_a_repositorys_past_into_ones_own_history(
    repository: Path, tmp_path: Path
) -> None:
    store = ["--store", str(tmp_path / "new" / "store.sqlite")]
    words = ["import", str(repository), *store]
    tried = CliRunner().invoke(main, [*words, "--dry-run"])
    assert "Would import 2 versions of 1 notebook" in tried.output
    assert "past.ipynb  (2 versions)" in tried.output
    assert not (tmp_path / "new").exists()
    done = CliRunner().invoke(main, [*words, "--author", f"bob@x.org={user()}"])
    assert done.exit_code == 0, done.output
    assert "Imported 2 versions of 1 notebook" in done.output
    assert f"by Z (1), {user()} (1)." in done.output
    assert "\x1b" not in done.output
    again = CliRunner().invoke(main, [*words, "--json"])
    assert json.loads(again.output)["imported_before"] == 2
    assert "2 versions" in CliRunner().invoke(main, ["log", *store]).output
    assert "Z (unknown)" in CliRunner().invoke(main, ["log", *store, "past.ipynb"]).output
    assert CliRunner().invoke(main, ["check", *store]).exit_code == 0


def test_import_into_a_project_knows_its_members(
    local: Run, repository: Path, tmp_path: Path
) -> None:
    known = tmp_path / "authors"
    known.write_text("# who is who\nBob <bob@x.org> = bob\n")
    words = [str(repository), "--project", "churn", "--into", "old"]
    done = local("import", *words, "--authors", str(known))
    assert done.exit_code == 0, done.output
    lines = local("log", "--project", "churn", "old/past.ipynb").output
    assert "bob (reported)" in lines
    assert "Z (unknown)" in lines
    wrong = local("import", *words, "--author", "z@x.org=stranger")
    assert wrong.exit_code == 6
    assert "stranger: nobody here. Known here: " in wrong.output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["import", "/nowhere"], 3, "git clone --bare"),
        (["import", "REPOSITORY", "nothing"], 3, "No such notebook under nothing"),
        (["import", "REPOSITORY", "--branch", "nothing"], 3, "No such branch"),
        (["import", "REPOSITORY", "--project", "nothing"], 3, "No such project"),
        (["import", "REPOSITORY", "--author", "nothing"], 6, "An author is given as"),
        (["import", "REPOSITORY", "--since", "nothing"], 2, "does not match"),
    ],
)
def test_what_cannot_be_imported_is_a_sentence_and_a_code(
    local: Run, repository: Path, words: list[str], code: int, says: str
) -> None:
    result = local(*(str(repository) if word == "REPOSITORY" else word for word in words))
    assert result.exit_code == code, result.output
    assert says in result.output
    assert "Traceback" not in result.output


class Terminal(io.StringIO):
    """Standard error where somebody looks."""

    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals() -> None:
    assert progress_line(500, 2000, 5) == "500 of 2,000 versions, 25 %, 100 a second, 0:15 left"
    assert progress_line(1, 36_001, 1) == "1 of 36,001 versions, 0 %, 1 a second, 10:00:00 left"
    assert progress_line(0, 5, 0) == "0 of 5 versions, 0 %"
    assert progress_line(0, 0, 1) == "0 of 0 versions, 0 %"
    seen, unseen = Terminal(), io.StringIO()
    for stream in (seen, unseen):
        progress = Progress(stream)
        progress(2, 2)
        progress.end()
    assert seen.getvalue() == "\r2 of 2 versions, 100 %\x1b[K\r\x1b[K"
    assert unseen.getvalue() == ""


def test_a_hubs_history_is_not_taken_for_ones_own(repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    store = SqlStore.open(file)
    store.person(user(), "2026-01-01T00:00:00Z")
    store.close()
    result = CliRunner().invoke(main, ["import", str(repository), "--store", str(file)])
    assert result.exit_code == 6
    assert "--project" in result.output


def test_what_others_wrote_does_not_steer_the_terminal() -> None:
    hostile = "a\x1b]0;owned\x07b\x1b[2Jc\x1b[31mred\x1b[0m\x08\x9bX\u202edcb\rx\n\ty"
    assert plain(hostile) == "abcredXdcbx\n\ty"


@pytest.mark.parametrize("command", ["log", "show", "diff", "check", "export", "import"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "--store" in result.output


def test_help_comes_without_the_slow_parts() -> None:
    slow = {"sqlalchemy", "nbdime", "nbformat", "jupyterhub", "tornado"}
    code = (
        "import sys; from trailbook.cli import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: assert not {slow} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Exit codes" in done.stdout


def test_check_comes_without_the_slow_parts(world: World, file: Path) -> None:
    slow = {"sqlalchemy", "asyncio", "http.client", "trailbook.store.objects"}
    code = (
        "import sys; from trailbook.cli import main\n"
        f"try: main(['check', '--store', {str(file)!r}])\n"
        f"except SystemExit as end: assert not end.code and not {slow} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "All is well" in done.stdout
