"""What one person sees of a review, and which cells there are to look at."""

import pytest

from trailbook.errors import BadRequest
from trailbook.review.asking import reviewers
from trailbook.review.changes import changed_cells
from trailbook.review.showing import Showing
from trailbook.store.review_facts import CellFacts, ThreadFacts
from trailbook.store.review_views import PlacementView

from .building import Story


def placed(thread: ThreadFacts) -> PlacementView:
    return PlacementView(state="here")


def test_others_drafts_are_not_shown() -> None:
    story = Story("bob")
    open_ = story.thread("bob", "published")
    story.comment("carol", open_, "carol's draft", draft=True)
    story.thread("carol", "carol's thread", draft=True)

    def seen(asker: str | None) -> list[list[str]]:
        views = Showing(story.facts, asker).threads(placed)
        return [[it.text for it in view.comments] for view in views]

    assert seen("bob") == seen(None) == [["published"]]
    assert seen("carol") == [["published", "carol's draft"], ["carol's thread"]]


def test_a_submission_is_one_line_with_its_text_and_threads() -> None:
    story = Story("bob")
    event = story.submit("bob", "changes")
    thread = story.thread("bob", submission=event.id)
    story.comment("bob", None, "please look", submission=event.id)
    story.revision("b")
    told = Showing(story.facts, "ada").conversation()
    assert [it.kind for it in told] == ["asked", "submitted", "revision"]
    assert (told[1].verdict, told[1].threads) == ("changes", [thread.id])
    assert told[1].comment is not None
    assert told[1].comment.text == "please look"
    assert [it.name for it in told[0].people] == ["bob"]


def test_who_lost_access_is_said_to_be_gone() -> None:
    story = Story("bob")
    story.facts.present.remove("bob")
    assert Showing(story.facts, "ada").reviewers()[0].person.gone
    assert not Showing(story.facts, "ada").person("ada").gone


def test_a_reviewer_is_shown_with_the_last_verdict() -> None:
    story = Story("bob")
    story.submit("bob", "changes")
    story.submit("bob", "approve")
    story.submit("dave", "approve")
    story.revision("a")
    bob, dave = Showing(story.facts, None).reviewers()
    assert (bob.verdict, bob.verdict_revision, bob.standing, bob.asked) == (
        "approve",
        1,
        "rerun",
        True,
    )
    assert (dave.asked, dave.standing) == (False, "rerun")


def test_a_conclusion_is_there_while_the_review_is_concluded() -> None:
    story = Story("bob", state="concluded")
    assert Showing(story.facts, None).conclusion() is None
    story.event("concluded", "ada", people=["bob"])
    story.facts.conclusion = "it holds"
    found = Showing(story.facts, None).conclusion()
    assert found is not None
    assert (found.text, [it.name for it in found.approved_by]) == ("it holds", ["bob"])
    story.facts.state = "open"
    assert Showing(story.facts, None).conclusion() is None


def test_a_line_says_why_it_waits_for_the_asker() -> None:
    story = Story("bob")
    story.thread("carol")
    line = Showing(story.facts, "bob").line()
    assert (line.why, line.open_threads, line.paths) == ("asked", 1, ["a.ipynb"])
    assert Showing(story.facts, "dave").line().why is None


def cell(number: int, source: str, output: str, place: int | None = None) -> CellFacts:
    digest = (source + output).encode().ljust(16, b"-")
    return CellFacts(
        number=number,
        place=number if place is None else place,
        source=source.encode(),
        outputs=[output.encode()],
        digest=digest,
    )


BASE = [cell(0, "a", "1"), cell(1, "b", "2"), cell(2, "c", "3"), cell(3, "d", "4")]
HEAD = [cell(0, "a", "1"), cell(1, "b", "9"), cell(2, "x", "3"), cell(4, "e", "5", 3)]


def test_cells_are_listed_by_what_became_of_them() -> None:
    found = changed_cells(BASE, HEAD, None, {})
    assert [(it.number, it.change, it.place, it.base_place) for it in found] == [
        (1, "outputs", 1, 1),
        (2, "source", 2, 2),
        (4, "added", 3, None),
        (3, "removed", None, 3),
    ]
    assert [it.change for it in changed_cells(None, HEAD[:1], None, {})] == ["added"]


def test_a_look_lists_what_changed_since_also_back_to_the_base() -> None:
    looked = [cell(0, "other", "1"), *HEAD[1:], cell(5, "f", "6")]
    found = {it.number: (it.change, it.since_look) for it in changed_cells(BASE, HEAD, looked, {})}
    assert found == {
        0: ("same", True),
        1: ("outputs", False),
        2: ("source", False),
        4: ("added", False),
        3: ("removed", False),
        5: ("same", True),
    }


def test_a_tick_holds_while_the_cell_is_the_same() -> None:
    ticks = {1: HEAD[1].digest, 2: b"another digest"}
    found = {it.number: it.viewed for it in changed_cells(BASE, HEAD, None, ticks)}
    assert found == {1: True, 2: False, 4: False, 3: False}


def test_strangers_and_the_author_are_not_asked() -> None:
    members = {"ada": "1", "bob": "2"}
    assert reviewers(members, ["Bob", "bob"], "1") == ["2"]
    with pytest.raises(BadRequest, match="nobody called eve, mallory"):
        reviewers(members, ["bob", "eve", "mallory"], "1")
    with pytest.raises(BadRequest):
        reviewers(members, ["ada"], "1")
