"""The history of a repository, as the store tells it afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.errors import Busy, Conflict, NotFound
from trailbook.store.gitimport.authors import authors
from trailbook.store.gitimport.importing import GitImport, Wish, only_one
from trailbook.store.gitimport.owners import of_project
from trailbook.store.gitimport.repository import Repository
from trailbook.store.records import NotebookMoved
from trailbook.store.views import Charter

from .conftest import START, Repo

Bring = Callable[..., Any]
Told = Callable[..., list[Any]]
SECOND = 1_000_000


def test_every_commit_that_changed_a_notebook_is_a_version_byte_for_byte(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    contents = [notebook_bytes(*"abc"[:n]) for n in (1, 2, 3)]
    for content in contents:
        repo.save("work/a.ipynb", content)
        repo.save("notes.txt", content)
    summary = bring()
    assert (summary.versions, summary.notebooks, summary.bytes) == (3, 1, sum(map(len, contents)))
    versions = told("work/a.ipynb")
    assert [store.snapshot_bytes(version.id) for version in versions] == contents
    assert {version.cause for version in versions} == {"imported"}
    assert [version.at for version in versions] == [
        (START + 3600 * hour) * SECOND for hour in (1, 3, 5)
    ]
    assert store.check() == []


def test_each_commit_stays_a_step_although_one_person_made_them_all(
    store: Any, space: str, repo: Repo, bring: Bring, notebook_bytes: Any
) -> None:
    for n in range(1, 4):
        repo.save("a.ipynb", notebook_bytes(*"abc"[:n]))
    bring()
    assert store.steps(store.notebook_at(space, "a.ipynb").id).total == 3


def test_an_author_is_a_name_of_git_until_somebody_says_who_it_is(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("1"), author="Ada L <ada@x.org>")
    repo.save("a.ipynb", notebook_bytes("2"), author="ada <stranger@x.org>")
    repo.save("a.ipynb", notebook_bytes("3"), author="Böb 👋 <bob@x.org>")
    bring(authors=authors(["ada@x.org=ada"]))
    assert [(v.author, v.author_basis) for v in told("a.ipynb")] == [
        ("ada", "reported"),
        ("ada", "unknown"),  # a name of git that happens to be one of ours
        ("Böb 👋", "unknown"),
    ]


def test_a_project_knows_its_members_alone(store: Any, repo: Repo, notebook_bytes: Any) -> None:
    project = store.create_project("churn", "Churn", Charter(), by=None)
    bob = store.person("bob", "2024")
    store.set_member(project.id, bob.id, Role.CONTRIBUTOR, by=None)
    store.person("eve", "2024")
    repo.save("a.ipynb", notebook_bytes("1"), author="Bob <bob@x.org>")
    repo.save("a.ipynb", notebook_bytes("2"), author="Eve <eve@x.org>")
    target = of_project(store, "churn")
    wish = Wish(authors=authors(["bob@x.org=bob", "eve@x.org=eve"]))
    importing = GitImport(store, target, Repository(str(repo.folder)), wish)
    importing.run(lambda done, total: None)
    importing.close()
    versions = store.snapshots(store.notebook_at(project.space, "a.ipynb").id)
    assert [(v.author, v.author_basis) for v in versions] == [
        ("eve", "unknown"),
        ("bob", "reported"),
    ]
    assert store.step_owner(versions[1].id) == bob.id


def test_nothing_is_imported_where_recording_is_off(
    store: Any, repo: Repo, notebook_bytes: Any
) -> None:
    project = store.create_project("churn", "Churn", Charter(), by=None)
    store.update_project(project.id, recording=False)
    repo.save("a.ipynb", notebook_bytes("1"))
    target = of_project(store, "churn")
    importing = GitImport(store, target, Repository(str(repo.folder)), Wish())
    with pytest.raises(Conflict):
        importing.run(lambda done, total: None)
    importing.close()
    assert store.notebooks(project.space) == []


def test_a_rename_keeps_the_notebook_and_a_copy_is_a_new_one_with_an_edge(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    first, second = notebook_bytes(*"abcdefgh"), notebook_bytes(*"abcdefgx")
    repo.save("a.ipynb", first)
    repo.git("mv", "a.ipynb", "b.ipynb")
    repo.write("b.ipynb", second)
    repo.commit()
    repo.write("c.ipynb", second)
    repo.write("b.ipynb", first)
    repo.commit()
    summary = bring()
    assert (summary.moves, summary.copies, summary.versions) == (1, 1, 4)
    assert [view.path for view in store.notebooks(space)] == ["b.ipynb", "c.ipynb"]
    assert [store.snapshot_bytes(v.id) for v in told("b.ipynb")] == [first, second, first]
    assert [store.snapshot_bytes(v.id) for v in told("c.ipynb")] == [second]
    with store.db.statements() as connection:
        edges = connection.exec_driver_sql("SELECT notebook, origin FROM notebook_edge").all()
    assert edges == [
        (store.notebook_at(space, "c.ipynb").id, store.notebook_at(space, "b.ipynb").id)
    ]


def test_a_deleted_file_is_a_deleted_notebook_and_comes_back_as_a_new_one(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("1"))
    repo.git("rm", "-q", "a.ipynb")
    repo.commit()
    repo.save("a.ipynb", notebook_bytes("2"))
    repo.save("b.ipynb", notebook_bytes("3", "4"))
    repo.git("rm", "-q", "b.ipynb")
    repo.commit()
    assert bring().deletions == 2
    assert [view.path for view in store.notebooks(space)] == ["a.ipynb"]
    assert [v.size for v in told("a.ipynb")] == [len(notebook_bytes("2"))]
    assert len(store.notebooks(space, deleted=True)) == 3


def test_what_two_branches_did_is_one_story(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    base, edited = notebook_bytes(*"abcdefgh"), notebook_bytes(*"abcdefgX")
    repo.save("a.ipynb", base)
    repo.git("checkout", "-q", "-b", "side")
    repo.git("mv", "a.ipynb", "z.ipynb")
    repo.commit()
    repo.save("new.ipynb", notebook_bytes("side"))
    repo.git("checkout", "-q", "main")
    repo.save("a.ipynb", edited)
    repo.merge("side")
    summary = bring()
    assert [view.path for view in store.notebooks(space)] == ["new.ipynb", "z.ipynb"]
    assert [store.snapshot_bytes(v.id) for v in told("z.ipynb")] == [base, edited]
    assert (summary.versions, summary.moves, summary.deletions) == (3, 1, 0)


def test_a_merge_that_made_something_of_its_own_is_a_version(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes("base"))
    repo.git("checkout", "-q", "-b", "side")
    repo.save("a.ipynb", notebook_bytes("theirs"))
    repo.git("checkout", "-q", "main")
    repo.save("a.ipynb", notebook_bytes("ours"))
    repo.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    repo.save("a.ipynb", notebook_bytes("both"))
    bring()
    sources = [store.snapshot_bytes(v.id) for v in told("a.ipynb")]
    assert sources == [notebook_bytes(word) for word in ("base", "theirs", "ours", "both")]


def test_what_is_copied_in_a_merge_alone_is_a_version(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    content = notebook_bytes(*"abcdefgh")
    repo.save("a.ipynb", content)
    repo.git("checkout", "-q", "-b", "side")
    repo.save("side.txt", b"x")
    repo.git("checkout", "-q", "main")
    repo.save("main.txt", b"x")
    repo.git("merge", "-q", "--no-commit", "side")
    repo.write("b.ipynb", content)
    repo.save("a.ipynb", notebook_bytes(*"abcdefgX"))
    later = notebook_bytes(*"abcdefgY")
    repo.save("b.ipynb", later)
    bring()
    assert [store.snapshot_bytes(v.id) for v in told("b.ipynb")] == [content, later]


def test_the_ledger_ends_with_the_names_of_the_head(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    """One side deletes or renames what the other works on; the merge decides."""
    kept, named = notebook_bytes(*"abcdefgh"), notebook_bytes(*"stuvwxyz")
    repo.write("kept.ipynb", kept)
    repo.save("named.ipynb", named)
    repo.git("checkout", "-q", "-b", "side")
    repo.git("rm", "-q", "kept.ipynb")
    repo.git("mv", "named.ipynb", "theirs.ipynb")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("mv", "named.ipynb", "ours.ipynb")
    repo.commit()
    repo.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    repo.commit()
    bring()
    assert [view.path for view in store.notebooks(space)] == ["kept.ipynb", "ours.ipynb"]
    assert store.snapshot_bytes(told("kept.ipynb")[-1].id) == kept
    assert len(told("ours.ipynb")) == 1


def test_topology_orders_and_a_wrong_clock_moves_nothing_else(
    store: Any, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    times = [START, START + 10, 4_000_000_000, START + 20, 5, START + 30]
    for n, at in enumerate(times):
        repo.save("a.ipynb", notebook_bytes(str(n)), at=at)
    bring()
    versions = told("a.ipynb")
    assert [store.snapshot_bytes(v.id) for v in versions] == [
        notebook_bytes(str(n)) for n in range(len(times))
    ]
    assert [v.at // SECOND - START for v in versions] == [0, 10, 10, 20, 20, 30]


def test_a_second_import_brings_only_what_is_new(
    store: Any, space: str, repo: Repo, bring: Bring, told: Told, notebook_bytes: Any
) -> None:
    repo.save("a.ipynb", notebook_bytes(*"abcdefgh"))
    repo.git("checkout", "-q", "-b", "side")
    repo.save("side.ipynb", notebook_bytes("an old branch, merged late"))
    repo.git("checkout", "-q", "main")
    repo.git("mv", "a.ipynb", "b.ipynb")
    repo.commit()
    assert bring().versions == 1
    assert bring().versions == 0
    repo.save("b.ipynb", notebook_bytes(*"abcdefgX"))
    repo.merge("side")
    summary = bring()
    assert (summary.versions, summary.moves, summary.imported_before) == (2, 0, 1)
    assert len(told("b.ipynb")) == 2
    assert [view.path for view in store.notebooks(space)] == ["b.ipynb", "side.ipynb"]
    again = bring()
    assert (again.versions, again.imported_before) == (0, 3)
    with store.db.statements() as connection:  # nothing to do leaves nothing behind
        writers = connection.exec_driver_sql("SELECT count(*) FROM writer").scalar_one()
    assert writers == 2


def test_what_is_asked_for_is_what_comes(
    store: Any, space: str, repo: Repo, bring: Bring, notebook_bytes: Any
) -> None:
    repo.save("x/a.ipynb", notebook_bytes("1"))
    repo.save("x/deep/b.ipynb", notebook_bytes("2"))
    repo.save("xy/c.ipynb", notebook_bytes("3"))
    repo.save("x/a.ipynb", notebook_bytes("4"))
    repo.write(".ipynb_checkpoints/a-checkpoint.ipynb", b"{}")
    repo.save("x/.ipynb_checkpoints/a-checkpoint.ipynb", b"{}")
    bring(paths=["x/"], into="/old/")
    assert [v.path for v in store.notebooks(space)] == ["old/x/a.ipynb", "old/x/deep/b.ipynb"]
    bring(paths=["*c.ipynb"], into="other")
    bring(since=(START + 3600 * 4) * SECOND, into="new")
    assert [(v.path, v.versions) for v in store.notebooks(space)] == [
        ("new/x/a.ipynb", 1),
        ("old/x/a.ipynb", 2),
        ("old/x/deep/b.ipynb", 1),
        ("other/xy/c.ipynb", 1),
    ]
    late = bring(into="new")
    assert [(s.path, s.versions) for s in late.skipped] == [("new/x/a.ipynb", 1)]
    with pytest.raises(NotFound):
        bring(paths=["nowhere"])
    repo.git("checkout", "-q", "-b", "side")
    repo.save("side.ipynb", notebook_bytes("5"))
    repo.git("checkout", "-q", "main")
    assert bring(branch="side", into="side").versions == 5


def test_a_notebook_that_was_recorded_here_is_left_as_it_is(
    store: Any, space: str, owner_of: Any, recorder: Any, repo: Repo, bring: Bring, told: Told,
    notebook_bytes: Any,
) -> None:  # fmt: skip
    ada = recorder(store, owner_of("ada", "laptop"))
    ada.save(notebook_bytes("mine"), "mine.ipynb")
    ada.save(notebook_bytes("moved"), "old.ipynb")
    ada.tell(NotebookMoved, path="old.ipynb", to_space=space, to_path="moved.ipynb")
    for path in ("mine.ipynb", "old.ipynb", "free.ipynb"):
        repo.save(path, notebook_bytes(path, *"abcdefgh"))
    repo.git("mv", "free.ipynb", "moved.ipynb")
    repo.commit()
    summary = bring()
    assert {s.path: s.versions for s in summary.skipped} == {"mine.ipynb": 1, "old.ipynb": 1}
    assert len(told("mine.ipynb")) == len(told("moved.ipynb")) == 1
    assert len(told("free.ipynb")) == 1
    ada.save(notebook_bytes("worked on"), "free.ipynb")
    repo.git("mv", "moved.ipynb", "free.ipynb")
    repo.save("free.ipynb", notebook_bytes("and in git"))
    bring()
    assert store.snapshot_bytes(told("free.ipynb")[-1].id) == notebook_bytes("worked on")


def test_two_imports_at_once_are_one_too_many(store: Any) -> None:
    with only_one(store), pytest.raises(Busy), only_one(store):
        pass
    with only_one(store):
        pass


def test_a_bare_clone_and_a_folder_inside_give_the_same(
    store: Any, space: str, tmp_path: Path, repo: Repo, bring: Bring, notebook_bytes: Any
) -> None:
    repo.save("deep/a.ipynb", notebook_bytes("1"))
    repo.save("b.ipynb", notebook_bytes("2"))
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert bring(tmp_path / "bare.git", into="bare").versions == 2
    assert bring(repo.folder / "deep", into="inside").versions == 2
    assert bring(into="bare").versions == 0
