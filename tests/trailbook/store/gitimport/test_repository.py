"""What repositories can be like."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trailbook.errors import CannotImport, NoRepository, NotFound
from trailbook.store.gitimport import importing
from trailbook.store.gitimport.repository import Repository

from .conftest import Repo

Bring = Callable[..., Any]
Told = Callable[..., list[Any]]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"


def test_odd_names_are_kept(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    names = ["wörk/ä b.ipynb", "two\nlines.ipynb", '"quoted"\t.ipynb', "-rf.ipynb", ":top.ipynb"]
    for n, name in enumerate(names):
        repo.save(name, notebook_bytes(str(n)))
    repo.write(b"na\xefve.ipynb", notebook_bytes("latin"))
    repo.commit()
    bring()
    found = [view.path for view in store.notebooks(space)]
    assert sorted(found) == sorted([*names, "na\\xefve.ipynb"])
    for n, name in enumerate(names):
        assert store.snapshot_bytes(told(name)[0].id) == notebook_bytes(str(n))


def test_broken_and_empty_files_are_kept_as_they_are(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    contents = [b"", b"{ not json", b"\xff\xfe\x00", b"[]", b'{"cells": 3}', notebook_bytes("1")]
    for content in contents:
        repo.save("a.ipynb", content)
    bring()
    assert [store.snapshot_bytes(v.id) for v in told("a.ipynb")] == contents
    assert store.check() == []


def test_pointers_giants_links_and_submodules_are_listed(
    store: Any, space: str, repo: Repo, tmp_path: Path, bring: Bring, notebook_bytes: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(importing, "LARGEST", 2000)
    other = Repo(tmp_path / "other")
    other.save("inside.ipynb", notebook_bytes("2"))
    repo.save("big.ipynb", notebook_bytes("x" * 3000))
    repo.save("lfs.ipynb", POINTER)
    repo.save("a.ipynb", notebook_bytes("1"))
    (repo.folder / "link.ipynb").symlink_to("a.ipynb")
    repo.commit()
    repo.git("submodule", "add", "-q", str(other.folder), "sub")
    repo.commit()
    repo.save("big.ipynb", notebook_bytes("small by now"))
    (repo.folder / "lfs.ipynb").unlink()
    (repo.folder / "lfs.ipynb").symlink_to("a.ipynb")
    repo.commit()
    summary = bring()
    assert [view.path for view in store.notebooks(space)] == ["a.ipynb", "big.ipynb"]
    assert [(s.path, s.versions) for s in summary.skipped] == [
        ("big.ipynb", 1),
        ("lfs.ipynb", 1),
        ("sub", 0),
    ]
    assert bring().versions == 0


def test_content_that_a_partial_clone_lacks_is_listed(
    repo: Repo, tmp_path: Path, bring: Bring, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("1"))
    repo.save("a.ipynb", notebook_bytes("2"))
    repo.git("config", "uploadpack.allowFilter", "true")
    place = tmp_path / "partial.git"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.folder}", str(place))
    shutil.move(repo.folder, tmp_path / "away")  # nothing to fetch from
    [skipped] = bring(place).skipped
    assert (skipped.versions, skipped.why) == (2, "this clone lacks its content")


def test_a_shallow_clone_is_refused(
    store: Any, space: str, repo: Repo, tmp_path: Path, bring: Bring, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("1"))
    repo.save("a.ipynb", notebook_bytes("2"))
    repo.git("clone", "-q", "--depth=1", f"file://{repo.folder}", str(tmp_path / "shallow"))
    with pytest.raises(CannotImport, match="unshallow"):
        bring(tmp_path / "shallow")
    assert store.notebooks(space) == []


def test_what_is_no_repository_or_an_empty_one_is_said(
    repo: Repo, tmp_path: Path, bring: Bring, monkeypatch: pytest.MonkeyPatch, notebook_bytes: Any
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(CannotImport, match="Nothing is committed"):
        bring()
    with pytest.raises(NotFound):
        bring(branch="nothing")
    with pytest.raises(NotFound):
        bring(branch="--all")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "nowhere"):
        with pytest.raises(NoRepository):
            Repository(str(place))
    with pytest.raises(NoRepository, match="clone"):
        Repository("https://example.org/x.git")


def test_git_itself_may_be_missing(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotImport, match="git is needed"):
        Repository(str(repo.folder))


def test_a_damaged_repository_is_said(repo: Repo, bring: Bring, notebook_bytes: Any) -> None:
    repo.save("a.ipynb", notebook_bytes("1"))
    tree = repo.git("rev-parse", "HEAD^{tree}")
    (repo.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(CannotImport):
        bring()


def test_a_hook_of_git_can_call_us(
    repo: Repo, tmp_path: Path, bring: Bring, notebook_bytes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git tells its hooks which repository it is in; the folder that was named is meant."""
    other = Repo(tmp_path / "other")
    repo.save("a.ipynb", notebook_bytes("1"))
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    assert bring().versions == 1


def test_nothing_is_written_to_the_repository(
    repo: Repo, bring: Bring, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("1"))
    before = {path: os.stat(path).st_mtime_ns for path in repo.folder.rglob("*")}
    bring()
    assert {path: os.stat(path).st_mtime_ns for path in repo.folder.rglob("*")} == before
