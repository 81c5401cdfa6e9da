"""`trailbook git`: what git shows and merges, with a real git."""

import copy
import json
import os
import subprocess

import pytest

from trailbook.diff.reading import read

from .diff.notebooks import full, raw, stream


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Calling it runs git in a repository of somebody without settings."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "a folder"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*words, status=0):
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
        assert done.returncode == status, done
        return done.stdout + done.stderr

    run("init", "-q", "-b", "main")
    run("config", "user.name", "Ada")
    run("config", "user.email", "ada@example.org")
    run.folder = folder
    return run


def trailbook(*words):
    from click.testing import CliRunner

    from trailbook.cli import main

    answer = CliRunner().invoke(main, ["git", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def commit(git, notebook, name="a b.ipynb"):
    (git.folder / name).write_bytes(raw(notebook))
    git("add", "-A")
    git("commit", "-q", "-m", "save")


def with_source(position, source):
    notebook = copy.deepcopy(full())
    notebook["cells"][position]["source"] = source
    return notebook


def test_git_diff_shows_cells(git):
    trailbook("enable")
    commit(git, full())
    commit(git, with_source(1, "import polars\nframe = polars.read_csv('a.csv')"))
    shown = git("diff", "HEAD~1")
    assert "modified /cells/1/source" in shown
    assert "import polars" in shown
    assert '"cell_type"' not in shown
    assert git("diff", "HEAD") == ""


def test_what_is_new_gone_or_no_notebook_is_shown_too(git):
    trailbook("enable")
    commit(git, full())
    commit(git, full(), "gone.ipynb")
    git("rm", "-q", "gone.ipynb")
    (git.folder / "new.ipynb").write_bytes(raw(with_source(1, "import polars")))
    (git.folder / "a b.ipynb").write_text("{", encoding="utf-8")
    (git.folder / "z.txt").write_text("z", encoding="utf-8")
    git("add", "-A")
    shown = git("diff", "HEAD")
    assert "No notebooks to compare: it is not valid JSON." in shown
    assert "import pandas" in shown
    assert "import polars" in shown
    assert "+z" in shown


def branches(git, ours, theirs):
    commit(git, full())
    git("switch", "-q", "-c", "theirs")
    commit(git, theirs)
    git("switch", "-q", "main")
    commit(git, ours)


def test_changes_of_different_cells_are_merged(git):
    trailbook("enable")
    rerun = copy.deepcopy(full())
    rerun["cells"][2]["outputs"] = [stream("drawn again\n")]
    branches(git, with_source(1, "import polars"), rerun)
    git("merge", "-q", "--no-edit", "theirs")
    file = git.folder / "a b.ipynb"
    merged = read(file.read_bytes())
    assert merged["cells"][1]["source"] == "import polars"
    assert merged["cells"][2]["outputs"] == [stream("drawn again\n")]
    assert isinstance(json.loads(file.read_bytes())["cells"][0]["source"], list)  # as Jupyter does
    assert git("status", "--porcelain") == ""


def test_a_conflict_stands_in_its_cell_and_the_file_opens(git):
    trailbook("enable")
    branches(git, with_source(1, "import mine"), with_source(1, "import yours"))
    said = git("merge", "-q", "--no-edit", "theirs", status=1)
    assert "a b.ipynb" in said
    assert "the marks stand in its cells" in said
    source = read((git.folder / "a b.ipynb").read_bytes())["cells"][1]["source"]
    assert "import mine" in source
    assert "import yours" in source
    assert git("status", "--porcelain").startswith("UU")
    assert "Unmerged path a b.ipynb" in git("diff", "--ours")


def test_a_side_that_is_no_notebook_leaves_ours_in_conflict(git):
    trailbook("enable")
    commit(git, full())
    git("switch", "-q", "-c", "theirs")
    (git.folder / "a b.ipynb").write_text("{", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "broken")
    git("switch", "-q", "main")
    commit(git, with_source(1, "import mine"))
    said = git("merge", "-q", "--no-edit", "theirs", status=1)
    assert "not valid JSON" in said
    assert "git show MERGE_HEAD:a b.ipynb" in said
    assert (git.folder / "a b.ipynb").read_bytes() == raw(with_source(1, "import mine"))


def test_disabling_leaves_nothing_and_other_lines_stay(git):
    attributes = git.folder / ".git" / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("*.csv -diff\n", encoding="utf-8")
    before = git("config", "--local", "--list")
    trailbook("enable")
    trailbook("enable")
    assert attributes.read_text(encoding="utf-8").count("trailbook") == 2  # one line
    trailbook("disable")
    trailbook("disable")
    assert attributes.read_text(encoding="utf-8") == "*.csv -diff\n"
    assert git("config", "--local", "--list") == before


def test_all_of_somebodys_repositories(git):
    trailbook("enable", "--global")
    commit(git, full())
    commit(git, with_source(1, "import polars"))
    assert "modified /cells/1/source" in git("diff", "HEAD~1")
    assert not (git.folder / ".gitattributes").exists()
    trailbook("disable", "--global")
    assert '"cell_type"' in git("diff", "-U99", "HEAD~1")


def test_outside_of_a_repository_git_says_so(git, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from trailbook.cli import main

    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["git", "enable"])
    assert answer.exit_code == 6
    assert "git refused" in answer.output
