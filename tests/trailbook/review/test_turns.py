"""For whom a review waits, and why."""

from trailbook.review.turns import turns, waiting_threads

from .building import Story


def whose(story: Story) -> dict[str, str]:
    return {turn.person: turn.why for turn in turns(story.facts)}


def since(story: Story, person: str) -> int:
    return next(turn.since for turn in turns(story.facts) if turn.person == person)


def test_a_draft_waits_for_its_author() -> None:
    assert whose(Story("bob", state="draft")) == {"ada": "draft"}


def test_an_ended_review_waits_for_nobody() -> None:
    story = Story("bob", state="concluded")
    story.mention("carol")
    story.thread("bob")
    assert whose(story) == {}


def test_who_is_asked_is_waited_for() -> None:
    story = Story("bob", "carol")
    assert whose(story) == {"bob": "asked", "carol": "asked"}
    assert since(story, "bob") == story.facts.reviewers[0].asked_at
    story.facts.present.remove("carol")
    assert whose(story) == {"bob": "asked"}


def test_changes_wait_for_the_author_until_she_asks_again() -> None:
    story = Story("bob")
    asked = story.submit("bob", "changes")
    assert whose(story) == {"ada": "changes-requested"}
    assert since(story, "ada") == asked.at
    story.revision("b")
    assert whose(story) == {"ada": "changes-requested"}
    story.ask("bob")
    assert whose(story) == {"bob": "asked-again"}


def test_an_approval_waits_for_a_conclusion_until_sources_change() -> None:
    story = Story("bob")
    story.submit("bob", "approve")
    assert whose(story) == {"ada": "approved"}
    story.revision("a")
    assert whose(story) == {"ada": "approved"}
    story.revision("b")
    story.revision("c")
    assert whose(story) == {"bob": "changed-since-approval"}
    assert since(story, "bob") == story.facts.revisions[1].at
    story.ask("bob")
    assert whose(story) == {"bob": "asked-again"}


def test_a_comment_waits_for_an_answer() -> None:
    story = Story("bob")
    thread = story.thread("bob")
    story.submit("bob")
    assert whose(story) == {"ada": "threads-waiting"}
    answer = story.comment("ada", thread)
    assert whose(story) == {"bob": "answered"}
    assert since(story, "bob") == answer.at


def test_new_work_is_an_answer_too() -> None:
    story = Story("bob")
    story.submit("bob")
    assert whose(story) == {}
    story.revision("b")
    assert whose(story) == {"bob": "answered"}


def test_an_answer_elsewhere_is_none() -> None:
    story = Story("bob")
    story.thread("bob")
    story.submit("bob")
    story.thread("ada")
    assert whose(story) == {"ada": "threads-waiting"}


def test_drafts_resolved_and_deleted_wait_for_nobody() -> None:
    story = Story("bob")
    story.submit("bob")
    story.thread("bob", draft=True)
    story.thread("bob").resolved_at = 5
    story.thread("bob", deleted_at=5)
    assert whose(story) == {}
    assert waiting_threads(story.facts) == []


def test_who_decided_unasked_is_told_of_changes() -> None:
    story = Story()
    story.submit("dave", "approve")
    assert whose(story) == {"ada": "approved"}
    story.revision("b")
    assert whose(story) == {"dave": "changed-since-approval"}


def test_a_mention_waits_until_somebody_looks_or_writes() -> None:
    story = Story("bob")
    story.mention("dave")
    story.mention("carol")
    story.mention("bob")
    assert whose(story) == {"bob": "asked", "carol": "mentioned", "dave": "mentioned"}
    story.look("dave")
    story.comment("carol", None)
    assert whose(story) == {"bob": "asked"}
    story.mention("dave")
    assert whose(story) == {"bob": "asked", "dave": "mentioned"}
