"""What versions under review hold, who wrote it, and what a purge leaves of quotes."""

from typing import Any

import pytest

from trailbook.errors import NotFound
from trailbook.store.review_views import AnchorView


def test_a_digest_is_the_same_for_the_same_source_and_outputs(
    store: Any, team: Any, notebook_bytes: Any
) -> None:
    save = team.record.save
    one = store.version_cells(save(notebook_bytes("a", "b", outputs={0: "x", 1: "y"})))
    two = store.version_cells(save(notebook_bytes("a", "c", outputs={0: "z", 1: "y"})))
    three = store.version_cells(save(notebook_bytes("a", "b", outputs={0: "x", 1: "y"})))
    assert [cell.number for cell in one] == [cell.place for cell in one] == [0, 1]
    assert one[0].source == two[0].source
    assert one[0].digest != two[0].digest
    assert (one[1].source == two[1].source, one[1].outputs == two[1].outputs) == (False, True)
    assert [cell.digest for cell in one] == [cell.digest for cell in three]
    assert len(one[0].digest) == 16


def test_what_is_no_notebook_has_no_cells(store: Any, team: Any) -> None:
    assert store.version_cells(team.record.save(b"{ no")) == []
    with pytest.raises(NotFound):
        store.version_cells("0" * 32)


def test_sources_are_found_by_version_and_number(
    store: Any, team: Any, notebook_bytes: Any
) -> None:
    one = team.record.save(notebook_bytes("a = 1", "b"))
    two = team.record.save(notebook_bytes("a = 2", "b"))
    gone = team.record.save(notebook_bytes("c", "b"))
    store.delete_step(gone, by=team.ada)
    wanted = [(one, 0), (two, 0), (two, 9), (gone, 0), ("0" * 32, 0)]
    assert store.cell_sources(wanted) == {(one, 0): "a = 1", (two, 0): "a = 2"}
    assert set(store.versions([one, gone])) == {one}


def test_who_changed_sources_wrote_it_and_who_ran_it_did_not(
    store: Any, team: Any, notebook_bytes: Any
) -> None:
    ada, bob = team.record, team.record_bob
    base = ada.save(notebook_bytes("a"))
    one = ada.save(notebook_bytes("b"))
    rerun = bob.save(notebook_bytes("b", outputs={0: "again"}))
    shared = bob.save(notebook_bytes("c"), editors=["carol", "bob"])
    notebook = ada.notebook()

    def wrote(since: str | None, until: str) -> set[str]:
        return store.wrote(notebook, team.space, since, until)

    assert wrote(base, base) == set()
    assert wrote(base, rerun) == {"ada"}
    assert wrote(base, shared) == {"ada", "bob", "carol"}
    assert wrote(rerun, shared) == {"bob", "carol"}
    assert wrote(None, one) == {"ada"}


def test_the_version_before_a_step(store: Any, team: Any, notebook_bytes: Any) -> None:
    first = team.record.run("a")
    one = team.record.save(notebook_bytes("a"))
    second = team.record.run("b")
    assert store.version_before_step(first) is None
    assert store.version_before_step(second) == one
    assert store.version_before_step(one) is None
    with pytest.raises(NotFound):
        store.version_before_step("0" * 32)


@pytest.fixture
def quoted(store: Any, team: Any, begin: Any, notebook_bytes: Any) -> Any:
    """A thread on the secret of a version, and one on what stays."""
    version = team.record.save(notebook_bytes("login('c4nary')", "fine"))
    review = begin()

    def about(cell: int, quote: str) -> str:
        anchor = AnchorView(
            kind="lines",
            notebook=team.record.notebook(),
            snapshot=version,
            cell=cell,
            first_line=1,
            last_line=1,
            quote=quote,
            starts=quote,
        )
        thread, _ = store.open_thread(
            review, anchor, by=team.bob, text="hm", suggestion=quote + "  # x"
        )
        return thread

    return review, version, about(0, "login('c4nary')"), about(1, "fine")


def held(store: Any, review: str) -> dict[str, tuple[str, str | None]]:
    found = store.review(review)
    said = {it.thread: it.suggestion for it in found.comments}
    return {it.id: (it.anchor.quote + it.anchor.starts, said[it.id]) for it in found.threads}


def test_a_purged_part_goes_from_quotes_and_suggestions(store: Any, team: Any, quoted: Any) -> None:
    review, version, secret, fine = quoted
    assert store.purge_plan(version, 0).quotes == 1
    assert store.purge(version, 0).quotes == 1
    assert held(store, review) == {secret: ("", None), fine: ("finefine", "fine  # x")}
    assert b"c4nary" not in store.db.path.read_bytes()
    assert store.check() == []


def test_a_purged_notebook_leaves_a_review_without_content(
    store: Any, team: Any, quoted: Any
) -> None:
    review, *_ = quoted
    notebook = team.record.notebook()
    store.set_viewed(review, team.bob, notebook, 0, b"1" * 16)
    assert store.purge(notebook).quotes == 2
    assert set(held(store, review).values()) == {("", None)}
    found = store.review(review)
    assert found.revisions[0].heads[0].gone
    assert found.revisions[0].heads[0].sources == b""
    assert found.notebooks[0].path == ""
    assert store.viewed(review, team.bob) == {}
    assert b"c4nary" not in store.db.path.read_bytes()


def test_a_purged_step_goes_from_the_quotes_of_its_cell(
    store: Any, team: Any, begin: Any, notebook_bytes: Any
) -> None:
    run = team.record.run("login('c4nary')", cell="cell-0")
    version = team.record.save(notebook_bytes("login('c4nary')", "fine"))
    review = begin()
    for cell, quote in ((0, "login('c4nary')"), (1, "fine")):
        anchor = AnchorView(
            kind="cell", notebook=team.record.notebook(), snapshot=version, cell=cell, starts=quote
        )
        store.open_thread(review, anchor, by=team.bob, text="hm", suggestion=None)
    store.purge(run)
    assert [it.anchor.starts for it in store.review(review).threads] == ["", "fine"]
