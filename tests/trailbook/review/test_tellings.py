"""Who is told of what, once."""

from trailbook.review import tellings
from trailbook.review.meanwhile import sentence

from .building import Story


def told(story: Story, by: str, verdict: str | None = None, text: str = "") -> dict[str, str]:
    found, _ = tellings.of_submission(story.facts, by, "s", verdict, text, None)
    return {it.person: it.why for it in found}


def test_everybody_in_the_review_but_the_writer_is_told() -> None:
    story = Story("bob")
    story.thread("carol")
    assert told(story, "bob") == {"ada": "commented", "carol": "commented"}
    assert told(story, "carol", "approve") == {"ada": "approved", "bob": "approved"}
    assert told(story, "bob", "changes")["ada"] == "changes-requested"


def test_a_mention_is_told_as_such_and_once() -> None:
    story = Story("bob")
    thread = story.thread("bob", "@dave @ada", draft=True)
    story.comment("carol", thread, "@carol", draft=True)
    found, missed = tellings.of_submission(story.facts, "bob", "s", None, "@dave @eve", None)
    assert {it.person: it.why for it in found} == {"ada": "mentioned", "dave": "mentioned"}
    assert {(it.cause, it.thread) for it in found} == {("s", thread.id)}
    assert missed == ["eve"]


def test_only_what_goes_out_is_looked_at() -> None:
    story = Story("bob")
    now = story.comment("bob", story.thread("bob", "@carol", draft=True), "@dave", draft=True)
    found, _ = tellings.of_submission(story.facts, "bob", "s", None, "", now.id)
    assert [it.person for it in found if it.why == "mentioned"] == ["dave"]


def test_who_lost_access_is_told_nothing() -> None:
    story = Story("bob", "carol")
    story.facts.present.remove("carol")
    assert told(story, "ada", text="@carol") == {"bob": "commented"}
    _, missed = tellings.of_submission(story.facts, "ada", "s", None, "@carol", None)
    assert missed == ["carol"]


def test_an_edit_tells_only_those_who_were_not_mentioned() -> None:
    story = Story("bob")
    found, missed = tellings.of_mentions(
        story.facts, "bob", "c", ["@carol @dave @bob @eve"], "@carol", "t"
    )
    assert [(it.person, it.cause, it.thread) for it in found] == [("dave", "c/mentioned", "t")]
    assert missed == ["eve"]


def test_a_change_of_state_is_told() -> None:
    story = Story("bob")
    found = tellings.of_state(story.facts, "ada", "concluded", "x")
    assert [(it.person, it.why) for it in found] == [("bob", "concluded")]
    draft = Story("bob", state="draft")
    found = tellings.of_state(draft.facts, "ada", "open", "x")
    assert [(it.person, it.why) for it in found] == [("bob", "asked")]
    assert tellings.of_state(draft.facts, "ada", "abandoned", "x") == []
    ended = Story("bob", state="abandoned")
    assert tellings.of_state(ended.facts, "bob", "open", "x")[0].why == "reopened"
    assert tellings.of_state(story.facts, "bob", "abandoned", "x")[0].why == "abandoned"


def test_who_is_asked_again_is_told_so() -> None:
    story = Story("bob")
    assert tellings.asking(story.facts, ["bob", "dave"]) == {"bob": "asked-again", "dave": "asked"}


def test_who_decides_late_is_told_who_did_what() -> None:
    story = Story("bob")
    before = len(story.facts.events)
    story.submit("bob", "approve")
    story.submit("carol", "changes")
    story.event("concluded", "ada")
    story.submit("dave")
    said = sentence(story.facts.events[before:], story.facts.people, "carol")
    assert said.startswith(
        "bob approved revision 1, You asked for changes, ada concluded the review and dave "
        "commented meanwhile. Nothing was changed"
    )
    newer = story.event("revision", "")
    assert sentence([newer], {}, None).startswith("New work came into this revision meanwhile.")
