"""Autosaves are no revisions; what somebody has looked at stays."""

import threading
from typing import Any

import pytest

from trailbook.errors import BadRequest
from trailbook.store.records import NotebookDeleted, NotebookMoved


@pytest.fixture(autouse=True)
def first(team: Any, notebook_bytes: Any) -> str:
    return team.record.save(notebook_bytes("a"))


def heads(store: Any, review: str) -> list[list[str]]:
    return [[it.snapshot for it in one.heads] for one in store.review(review).revisions]


def look(store: Any, review: str, person: str) -> None:
    found = store.review(review)
    store.look(review, person, len(found.revisions), seen=found.changes)


def test_heads_move_until_somebody_else_has_looked(
    store: Any, team: Any, begin: Any, notebook_bytes: Any, first: str
) -> None:
    review = begin()
    assert not store.roll(review)
    second = team.record.save(notebook_bytes("a", "b"))
    assert heads(store, review) == [[first]]
    assert store.roll(review)
    assert not store.roll(review)
    look(store, review, team.ada)
    third = team.record.save(notebook_bytes("a", "c"))
    store.roll(review)
    assert heads(store, review) == [[third]]
    look(store, review, team.bob)
    fourth = team.record.save(notebook_bytes("a", "d"))
    fifth = team.record.save(notebook_bytes("a", "e"))
    store.roll(review)
    assert heads(store, review) == [[third], [fifth]]
    assert second != fourth


def test_a_verdict_and_a_comment_keep_a_revision_too(
    store: Any, team: Any, begin: Any, submit: Any, notebook_bytes: Any, first: str
) -> None:
    review = begin()
    submit(review, team.ada, text="by its author")
    second = team.record.save(notebook_bytes("b"))
    store.roll(review)
    assert heads(store, review) == [[second]]
    submit(review, team.carol, text="by somebody else")
    third = team.record.save(notebook_bytes("c"))
    store.roll(review)
    assert heads(store, review) == [[second], [third]]


def test_a_look_never_covers_what_nobody_saw(
    store: Any, team: Any, begin: Any, notebook_bytes: Any
) -> None:
    review = begin()
    seen = store.review(review).changes
    second = team.record.save(notebook_bytes("b"))
    store.roll(review)
    store.look(review, team.bob, 1, seen=seen)
    assert store.review(review).looks == []
    third = team.record.save(notebook_bytes("c"))
    store.roll(review)
    assert heads(store, review) == [[third]]
    assert second != third
    with pytest.raises(BadRequest):
        store.look(review, team.bob, 7, seen=99)


def test_an_older_look_takes_nothing_back(
    store: Any, team: Any, begin: Any, notebook_bytes: Any
) -> None:
    review = begin()
    look(store, review, team.bob)
    team.record.save(notebook_bytes("b"))
    store.roll(review)
    look(store, review, team.bob)
    store.look(review, team.bob, 1, seen=store.review(review).changes)
    assert [it.revision for it in store.review(review).looks] == [2]


def test_a_fixed_stretch_stays(
    store: Any, team: Any, begin: Any, notebook_bytes: Any, first: str
) -> None:
    review = begin(head=first)
    team.record.save(notebook_bytes("b"))
    assert not store.roll(review)
    assert heads(store, review) == [[first]]


def test_what_is_no_notebook_or_left_the_project_is_no_head(
    store: Any, team: Any, begin: Any, notebook_bytes: Any, recorder: Any
) -> None:
    review = begin()
    team.record.save(b"{ no notebook")
    assert not store.roll(review)
    personal = store.personal_space(team.ada)
    team.record.tell(NotebookMoved, path="a.ipynb", to_space=personal, to_path="mine.ipynb")
    assert not store.roll(review)
    mine = recorder(store, team.record.owner)
    mine.save(notebook_bytes("private"), path="mine.ipynb")
    assert mine.notebook("mine.ipynb") == store.review(review).notebooks[0].notebook
    assert not store.roll(review)
    [notebook] = store.review(review).notebooks
    assert notebook.path == "a.ipynb"


def test_a_deleted_notebook_stays_under_review(store: Any, team: Any, begin: Any) -> None:
    review = begin()
    team.record.tell(NotebookDeleted, path="a.ipynb")
    assert not store.roll(review)
    [notebook] = store.review(review).notebooks
    assert notebook.deleted_at is not None


def test_an_ended_review_takes_nothing_in(
    store: Any, team: Any, begin: Any, notebook_bytes: Any
) -> None:
    review = begin()
    seen = store.review(review).changes
    store.set_review_state(review, "abandoned", by=team.ada, seen=seen)
    second = team.record.save(notebook_bytes("b"))
    assert not store.roll(review)
    seen = store.review(review).changes
    store.set_review_state(review, "open", by=team.ada, seen=seen)
    assert store.roll(review)
    assert heads(store, review) == [[second]]


def test_two_who_read_at_once_make_one_revision(
    store: Any, team: Any, begin: Any, notebook_bytes: Any, first: str
) -> None:
    review = begin()
    look(store, review, team.bob)
    second = team.record.save(notebook_bytes("b"))
    threads = [threading.Thread(target=store.roll, args=(review,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heads(store, review) == [[first], [second]]


def test_ticks_are_set_and_taken_away(store: Any, team: Any, begin: Any) -> None:
    review, notebook = begin(), team.record.notebook()
    store.set_viewed(review, team.bob, notebook, 0, b"1" * 16)
    store.set_viewed(review, team.bob, notebook, 0, b"2" * 16)
    assert store.viewed(review, team.bob) == {(notebook, 0): b"2" * 16}
    assert store.viewed(review, team.ada) == {}
    store.set_viewed(review, team.bob, notebook, 0, None)
    assert store.viewed(review, team.bob) == {}


def test_all_reviews_of_a_project_take_new_versions_at_once(
    store: Any, team: Any, begin: Any, notebook_bytes: Any
) -> None:
    reviews = [begin(), begin()]
    second = team.record.save(notebook_bytes("b"))
    assert not store.roll_in(["f" * 32])
    assert store.roll_in([team.space])
    assert [heads(store, review) for review in reviews] == [[[second]], [[second]]]
    assert not store.roll_in([team.space])
