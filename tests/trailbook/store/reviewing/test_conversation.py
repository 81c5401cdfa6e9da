"""Drafts go out together, verdicts speak of what was seen, and nothing is told twice."""

import threading
from typing import Any

import pytest

from trailbook.errors import BadRequest, Conflict, NotFound
from trailbook.store.review_facts import Telling


@pytest.fixture(autouse=True)
def first(team: Any, notebook_bytes: Any) -> str:
    return team.record.save(notebook_bytes("a"))


def comments(store: Any, review: str) -> list[tuple[str, bool]]:
    return [(it.text, it.draft) for it in store.review(review).comments]


def test_drafts_go_out_together(store: Any, team: Any, begin: Any, submit: Any, whole: Any) -> None:
    review = begin()
    thread, _ = store.open_thread(review, whole, by=team.bob, text="one", suggestion="x = 1")
    store.add_comment(thread, by=team.bob, text="two", suggestion=None)
    store.add_comment(thread, by=team.carol, text="carol's own", suggestion=None)
    assert all(draft for _, draft in comments(store, review))
    submit(review, team.bob, verdict="changes", text="three", submission="a" * 32)
    assert sorted(comments(store, review)) == [
        ("carol's own", True),
        ("one", False),
        ("three", False),
        ("two", False),
    ]
    found = store.review(review)
    assert {it.submission for it in found.comments if not it.draft} == {"a" * 32}
    [event] = [it for it in found.events if it.kind == "submitted"]
    assert (event.id, event.verdict, event.revision) == ("a" * 32, "changes", 1)
    assert store.review_of_thread(thread) == review


def test_one_draft_can_go_out_alone(
    store: Any, team: Any, begin: Any, submit: Any, whole: Any
) -> None:
    review = begin()
    _, one = store.open_thread(review, whole, by=team.bob, text="now", suggestion=None)
    store.open_thread(review, whole, by=team.bob, text="later", suggestion=None)
    submit(review, team.bob, only=one)
    assert sorted(comments(store, review)) == [("later", True), ("now", False)]


def test_nothing_is_not_submitted(store: Any, team: Any, begin: Any, submit: Any) -> None:
    review = begin()
    with pytest.raises(BadRequest):
        submit(review, team.bob, text="  \n")
    with pytest.raises(BadRequest):
        submit(review, team.bob, text="x", revision=2)
    assert [it.kind for it in store.review(review).events] == ["opened", "asked"]


def test_of_two_verdicts_at_once_the_later_is_told(
    store: Any, team: Any, begin: Any, submit: Any, whole: Any
) -> None:
    review = begin()
    for person in (team.bob, team.carol):
        store.open_thread(review, whole, by=person, text="a draft", suggestion=None)
    seen = store.review(review).changes
    answers: list[Any] = []

    def decide(person: str) -> None:
        answers.append(submit(review, person, verdict="approve", seen=seen))

    threads = [threading.Thread(target=decide, args=(it,)) for it in (team.bob, team.carol)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [told] = [answer for answer in answers if answer]
    assert [it.verdict for it in told] == ["approve"]
    assert [draft for _, draft in comments(store, review)].count(True) == 1
    other = team.bob if told[0].person == team.carol else team.carol
    assert submit(review, other, verdict="approve") == []


def test_a_verdict_on_newer_work_than_was_seen_is_told(
    store: Any, team: Any, begin: Any, submit: Any, notebook_bytes: Any
) -> None:
    review = begin()
    seen = store.review(review).changes
    team.record.save(notebook_bytes("b"))
    store.roll(review)
    assert [it.kind for it in submit(review, team.bob, verdict="approve", seen=seen)] == [
        "revision"
    ]
    assert submit(review, team.bob, text="a comment is no verdict", seen=seen) == []


def test_a_verdict_stays_possible_when_the_next_revision_came(
    store: Any, team: Any, begin: Any, submit: Any, notebook_bytes: Any
) -> None:
    review = begin()
    found = store.review(review)
    store.look(review, team.bob, 1, seen=found.changes)
    team.record.save(notebook_bytes("b"))
    store.roll(review)
    assert submit(review, team.bob, verdict="approve", revision=1, seen=found.changes) == []
    [event] = [it for it in store.review(review).events if it.verdict]
    assert event.revision == 1


def test_only_an_open_review_is_decided_on(store: Any, team: Any, begin: Any, submit: Any) -> None:
    review = begin(draft=True)
    with pytest.raises(Conflict):
        submit(review, team.bob, verdict="approve")
    assert submit(review, team.bob, text="a comment") == []


def test_who_decides_unasked_is_a_reviewer(store: Any, team: Any, begin: Any, submit: Any) -> None:
    review = begin()
    submit(review, team.carol, verdict="approve")
    submit(review, team.bob, verdict="approve")
    found = {it.person: it.asks for it in store.review(review).reviewers}
    assert found == {team.bob: 1, team.carol: 0}


def test_nobody_is_told_twice_of_one_cause(store: Any, team: Any, begin: Any, submit: Any) -> None:
    review = begin(tell={})
    told = Telling(person=team.carol, why="commented", cause="c")
    submit(review, team.bob, text="x", tell=[told, told])
    submit(review, team.bob, text="y", tell=[told])
    found, unseen = store.notifications(team.carol, [team.space], after=None, limit=9)
    assert [(it.why, it.by.name, it.review) for it in found] == [("commented", "bob", review)]
    assert unseen == 1


def test_a_comment_is_edited_and_deleted(
    store: Any, team: Any, begin: Any, submit: Any, whole: Any
) -> None:
    review = begin()
    thread, one = store.open_thread(review, whole, by=team.bob, text="a", suggestion=None)
    store.edit_comment(one, text="b", suggestion="no suggestion before", by=team.bob)
    assert (store.comment(one).text, store.comment(one).edited_at) == ("b", None)
    assert store.comment(one).suggestion is None
    submit(review, team.bob)
    store.edit_comment(one, text="c", suggestion=None, by=team.bob)
    assert store.comment(one).edited_at is not None
    store.delete_comment(one)
    assert (store.comment(one).text, store.comment(one).deleted_at is None) == ("", False)
    for change in (
        lambda: store.delete_comment(one),
        lambda: store.edit_comment(one, text="d", suggestion=None, by=team.bob),
    ):
        with pytest.raises(NotFound):
            change()
    assert [it.id for it in store.review(review).threads] == [thread]


def test_a_draft_is_deleted_with_its_empty_thread(
    store: Any, team: Any, begin: Any, whole: Any
) -> None:
    review = begin()
    thread, one = store.open_thread(review, whole, by=team.bob, text="a", suggestion=None)
    two = store.add_comment(thread, by=team.bob, text="b", suggestion=None)
    store.delete_comment(one)
    assert [it.id for it in store.review(review).threads] == [thread]
    store.delete_comment(two)
    assert store.review(review).threads == []
    with pytest.raises(NotFound):
        store.add_comment(thread, by=team.bob, text="c", suggestion=None)


def test_a_suggestion_is_applied_once(
    store: Any, team: Any, begin: Any, whole: Any, first: str
) -> None:
    review = begin()
    thread, one = store.open_thread(review, whole, by=team.bob, text="", suggestion="x = 2")
    none = store.add_comment(thread, by=team.bob, text="a", suggestion=None)
    store.apply_suggestion(one, by=team.ada, snapshot=None)
    at = store.comment(one).applied_at
    store.apply_suggestion(one, by=team.carol, snapshot=first)
    found = store.comment(one)
    assert (found.applied_at, found.applied_by, found.applied_snapshot) == (at, team.ada, first)
    with pytest.raises(Conflict):
        store.apply_suggestion(none, by=team.ada, snapshot=None)


def test_a_thread_is_resolved_by_who_was_first(
    store: Any, team: Any, begin: Any, whole: Any
) -> None:
    review = begin()
    thread, _ = store.open_thread(review, whole, by=team.bob, text="a", suggestion=None)
    store.resolve(thread, by=team.ada, resolved=True)
    store.resolve(thread, by=team.bob, resolved=True)
    assert store.review(review).threads[0].resolved_by == team.ada
    store.resolve(thread, by=team.bob, resolved=False)
    assert store.review(review).threads[0].resolved_at is None
    with pytest.raises(NotFound):
        store.resolve("0" * 32, by=team.ada, resolved=True)


def test_notifications_are_seen_and_stay_in_their_space(
    store: Any, team: Any, begin: Any, submit: Any
) -> None:
    review = begin()
    for n in range(3):
        told = Telling(person=team.bob, why="commented", cause=str(n))
        submit(review, team.carol, text="x", tell=[told])
    found, unseen = store.notifications(team.bob, [team.space], after=None, limit=2)
    assert ([it.seen_at for it in found], unseen) == ([None, None], 4)
    rest, _ = store.notifications(team.bob, [team.space], after=found[-1].id, limit=9)
    assert len(rest) == 2
    assert store.notifications(team.bob, ["f" * 32], after=None, limit=9) == ([], 0)
    store.see_notifications(team.carol, [found[0].id], None, 5)
    assert store.notifications(team.bob, [team.space], after=None, limit=9)[1] == 4
    store.see_notifications(team.bob, [found[0].id], rest[0].id, 5)
    found, unseen = store.notifications(team.bob, [team.space], after=None, limit=9)
    assert ([it.seen_at for it in found], unseen) == ([5, None, 5, 5], 1)
