"""What a review's state is, and when a verdict holds no more."""

import pytest

from trailbook.review import states
from trailbook.store.review_facts import HeadFacts

from .building import Story


def standing(story: Story, person: str) -> str:
    return states.standing(story.facts, states.verdicts(story.facts)[person])


def test_verdicts_make_the_state() -> None:
    story = Story("bob", "carol")
    assert states.state(story.facts) == "open"
    story.submit("bob", "approve")
    assert states.state(story.facts) == "approved"
    story.submit("carol", "changes")
    assert states.state(story.facts) == "changes-requested"
    story.submit("carol", "approve")
    assert states.state(story.facts) == "approved"
    assert states.approvals(story.facts) == ["bob", "carol"]


@pytest.mark.parametrize("state", ["draft", "concluded", "abandoned"])
def test_a_stored_state_says_itself(state: str) -> None:
    story = Story("bob", state=state)
    story.submit("bob", "changes")
    assert states.state(story.facts) == state


def test_an_approval_holds_while_sources_are_the_same() -> None:
    story = Story("bob")
    story.submit("bob", "approve")
    assert standing(story, "bob") == "holds"
    story.revision("a")
    assert standing(story, "bob") == "rerun"
    assert states.state(story.facts) == "approved"
    story.revision("b")
    assert standing(story, "bob") == "stale"
    assert states.state(story.facts) == "open"
    story.revision("a")
    assert standing(story, "bob") == "rerun"


def test_a_comment_is_no_verdict() -> None:
    story = Story("bob")
    story.submit("bob", "changes")
    story.revision("b")
    story.submit("bob")
    assert states.state(story.facts) == "changes-requested"


def test_changes_stand_until_asked_again() -> None:
    story = Story("bob")
    story.submit("bob", "changes")
    story.revision("b")
    assert (standing(story, "bob"), states.state(story.facts)) == ("holds", "changes-requested")
    story.ask("bob")
    assert (standing(story, "bob"), states.state(story.facts)) == ("asked-again", "open")


def test_who_lost_access_decides_nothing_any_more() -> None:
    story = Story("bob", "carol")
    story.submit("bob", "changes")
    story.submit("carol", "approve")
    story.facts.present.remove("bob")
    assert states.state(story.facts) == "approved"
    story.facts.present.remove("carol")
    assert states.state(story.facts) == "open"


def head(notebook: str, snapshot: str, sources: bytes) -> HeadFacts:
    return HeadFacts(notebook=notebook, snapshot=snapshot, sources=sources)


def test_of_several_notebooks_the_most_changed_counts() -> None:
    then = [head("n", "1", b"a"), head("m", "2", b"b")]
    assert states.change(then, then) == "holds"
    assert states.change(then, [head("n", "3", b"a"), then[1]]) == "rerun"
    assert states.change(then, [head("n", "3", b"a"), head("m", "4", b"c")]) == "stale"
    assert states.change(then[:1], then) == "stale"


def test_what_was_purged_is_never_the_same() -> None:
    assert states.change([head("n", "1", b"")], [head("n", "2", b"")]) == "stale"
