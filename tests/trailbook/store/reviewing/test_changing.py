"""Reviews are begun, asked for and ended; who decides is told what came meanwhile."""

import threading
from typing import Any

import pytest

from trailbook.errors import BadRequest, Conflict, NotFound
from trailbook.store.records import NotebookMoved
from trailbook.store.review_facts import NewNotebook, Telling


@pytest.fixture(autouse=True)
def versions(team: Any, notebook_bytes: Any) -> list[str]:
    return [team.record.save(notebook_bytes(*"ab"[:n])) for n in (1, 2)]


def test_reviews_are_numbered_in_their_project(store: Any, begin: Any) -> None:
    first, second = begin(), begin()
    assert [store.review(it).number for it in (first, second)] == [1, 2]
    space = store.review(first).space
    assert [it.id for it in store.reviews([space], ["open"])] == [second, first]
    assert store.reviews([space], ["draft"]) == store.reviews(["f" * 32], ["open"]) == []


def test_a_review_keeps_what_it_was_asked_with(
    store: Any, team: Any, begin: Any, versions: list[str]
) -> None:
    found = store.review(begin(base=versions[0], description="why"))
    [notebook] = found.notebooks
    assert (notebook.path, notebook.base, notebook.following) == ("a.ipynb", versions[0], True)
    assert [head.snapshot for head in found.revisions[0].heads] == [versions[1]]
    assert [(it.person, it.asks) for it in found.reviewers] == [(team.bob, 1)]
    assert [it.kind for it in found.events] == ["opened", "asked"]
    assert found.present == {team.ada, team.bob, team.carol}
    assert found.people[team.bob].name == "bob"


def test_a_review_goes_from_earlier_to_later_in_one_space(
    store: Any, team: Any, begin: Any, versions: list[str], ada: Any, notebook_bytes: Any
) -> None:
    with pytest.raises(BadRequest):
        begin(base=versions[1], head=versions[0])
    private = ada.save(notebook_bytes("mine"))
    elsewhere = NewNotebook(notebook=ada.notebook(), base=None, head=private, following=True)
    for wrong in (elsewhere, NewNotebook(
        notebook=team.record.notebook(), base=private, head=versions[1], following=True
    )):  # fmt: skip
        with pytest.raises(NotFound):
            begin(notebooks=[wrong])
    assert store.reviews([team.space], ["open"]) == []


def test_a_version_from_before_the_notebook_came_is_no_base(
    store: Any, team: Any, begin: Any, recorder: Any, notebook_bytes: Any
) -> None:
    mine = recorder(store, team.record.owner)
    private = mine.save(notebook_bytes("private"), path="b.ipynb")
    mine.tell(NotebookMoved, path="b.ipynb", to_space=team.space, to_path="b.ipynb")
    head = team.record.save(notebook_bytes("shared"), path="b.ipynb")
    notebook = team.record.notebook("b.ipynb")
    wanted = NewNotebook(notebook=notebook, base=private, head=head, following=True)
    with pytest.raises(NotFound):
        begin(notebooks=[wanted])
    wanted.base = None
    begin(notebooks=[wanted])


def test_who_ends_a_review_is_told_what_came_meanwhile(
    store: Any, team: Any, begin: Any, submit: Any
) -> None:
    review = begin()
    seen = store.review(review).changes
    submit(review, team.bob, verdict="changes", text="no")
    [meanwhile] = store.set_review_state(
        review, "concluded", by=team.ada, seen=seen, conclusion="x"
    )
    assert (meanwhile.person, meanwhile.verdict) == (team.bob, "changes")
    assert store.review(review).state == "open"
    seen = store.review(review).changes
    assert store.set_review_state(review, "concluded", by=team.ada, seen=seen, conclusion="x") == []
    assert (store.review(review).state, store.review(review).conclusion) == ("concluded", "x")


def test_only_steps_that_exist_lead_from_state_to_state(store: Any, team: Any, begin: Any) -> None:
    review = begin(draft=True)

    def change(state: str) -> Any:
        seen = store.review(review).changes
        return store.set_review_state(review, state, by=team.ada, seen=seen, conclusion="x")

    with pytest.raises(Conflict, match="open it first"):
        change("concluded")
    change("open")
    with pytest.raises(Conflict, match="open already"):
        change("open")
    change("abandoned")
    with pytest.raises(Conflict, match="is abandoned"):
        change("concluded")
    change("open")
    change("concluded")
    with pytest.raises(NotFound):
        store.set_review_state("0" * 32, "open", by=team.ada, seen=0)
    kinds = [it.kind for it in store.review(review).events]
    assert kinds == ["drafted", "opened", "abandoned", "reopened", "concluded"]


def test_a_draft_asks_nobody_before_it_is_opened(store: Any, team: Any, begin: Any) -> None:
    review = begin(draft=True, tell={})
    before = store.review(review).reviewers[0].asked_at
    told = Telling(person=team.bob, why="asked", cause=f"{review}/asked")
    seen = store.review(review).changes
    store.ask(review, [team.carol], by=team.ada, seen=seen, why={team.carol: "asked"})
    assert store.notifications(team.carol, [team.space], after=None, limit=9) == ([], 0)
    seen = store.review(review).changes
    store.set_review_state(review, "open", by=team.ada, seen=seen, tell=[told])
    assert store.review(review).reviewers[0].asked_at > before
    assert store.notifications(team.bob, [team.space], after=None, limit=9)[1] == 1


def test_people_are_asked_again(store: Any, team: Any, begin: Any) -> None:
    review = begin()
    seen = store.review(review).changes
    asked = store.review(review).reviewers[0].asked_at
    why = {team.bob: "asked-again", team.carol: "asked"}
    assert store.ask(review, why, by=team.ada, seen=seen, why=why) == []
    found = {it.person: it for it in store.review(review).reviewers}
    assert (found[team.bob].asks, found[team.carol].asks) == (2, 1)
    assert found[team.bob].asked_at > asked
    [again, first], unseen = store.notifications(team.bob, [team.space], after=None, limit=9)
    assert (again.why, first.why, unseen) == ("asked-again", "asked", 2)


def test_nobody_is_asked_for_a_review_that_has_ended(store: Any, team: Any, begin: Any) -> None:
    review = begin()
    seen = store.review(review).changes
    store.set_review_state(review, "abandoned", by=team.carol, seen=seen)
    [meanwhile] = store.ask(review, [team.bob], by=team.ada, seen=seen, why={})
    assert (meanwhile.kind, meanwhile.person) == ("abandoned", team.carol)
    seen = store.review(review).changes
    with pytest.raises(Conflict):
        store.ask(review, [team.bob], by=team.ada, seen=seen, why={})


def test_a_new_title_is_told_and_a_new_description_is_not(
    store: Any, team: Any, begin: Any
) -> None:
    review = begin()
    store.edit_review(review, title=None, description="longer", by=team.ada)
    store.edit_review(review, title="Better tenure", description=None, by=team.ada)
    store.edit_review(review, title="Other", description=None, by=team.ada)
    found = store.review(review)
    assert (found.title, found.description) == ("Other", "longer")
    assert [it.kind for it in found.events] == ["opened", "asked", "retitled"]


def test_of_many_who_end_it_at_once_one_does(store: Any, team: Any, begin: Any) -> None:
    review = begin()
    seen = store.review(review).changes
    answers: list[Any] = []

    def end(person: str) -> None:
        answers.append(store.set_review_state(review, "abandoned", by=person, seen=seen))

    people = [team.ada, team.bob, team.carol]
    threads = [threading.Thread(target=end, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(answer) for answer in answers) == [0, 1, 1]


def test_lists_come_in_pages(store: Any, team: Any, begin: Any) -> None:
    made = [begin(author=author) for author in (team.ada, team.bob, team.ada)]
    [newest, middle] = store.reviews([team.space], ["open"], limit=2)
    assert [newest.id, middle.id] == made[:0:-1]
    after = (middle.changed_at, middle.id)
    assert [it.id for it in store.reviews([team.space], ["open"], after=after)] == made[:1]
    assert [it.id for it in store.reviews([team.space], ["open"], author=team.bob)] == [made[1]]
