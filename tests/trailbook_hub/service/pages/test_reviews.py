"""The pages of reviews over HTTP: asking, reading, answering, deciding, concluding."""

import re

import pytest

import desk
from trailbook.access import Role


def code(source, name):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": [],
    }


@pytest.fixture
def service(tmp_path):
    team = desk.Team(tmp_path)
    running = desk.Service(team)
    running.trail = team.trail("bob", "features.ipynb", team.project)
    running.base = running.trail.save([code("model(200)", "m")])
    running.trail.run("model(400)", cell="m")
    running.head = running.trail.save([code("model(400)", "m")])
    running.notebook = team.store.notebook_at(team.project.space, "features.ipynb").id
    yield running
    running.close()


def asked(service, **more):
    fields = {
        "project": "churn",
        "title": "Better model",
        "description": "More trees",
        "notebook": service.notebook,
        f"base-{service.notebook}": service.base,
        f"head-{service.notebook}": "",
        "reviewers": ["alice", "carol"],
        "do": "ask",
    }
    return {**fields, **more}


@pytest.fixture
def review(service, visitor):
    answer = visitor("bob").fill("reviews/new", **asked(service))
    assert answer.status_code == 303, answer.text
    return re.search(r"reviews/([0-9a-f]{32})$", answer.headers["Location"]).group(1)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def submit(visitor, who, review, verdict, text, page=None):
    page = page or visitor(who).at(f"reviews/{review}").text
    return visitor(who).fill(
        f"reviews/{review}/submit",
        verdict=verdict,
        text=text,
        seen=hidden(page, "seen"),
        revision=hidden(page, "revision"),
    )


def conclude(visitor, who, review, text):
    page = visitor(who).at(f"reviews/{review}").text
    return visitor(who).fill(
        f"reviews/{review}/state", state="concluded", conclusion=text, seen=hidden(page, "seen")
    )


def test_a_review_waits_in_the_inbox_of_those_who_are_asked(visitor, review):
    page = visitor("alice").at("reviews").text
    assert "Better model" in page
    assert "you are asked to review it" in page
    assert "1 review waits for you" in visitor("alice").at("").text
    assert "Waiting for" in visitor("bob").at("reviews").text
    assert "Nothing waits for you" in visitor("bob").at("reviews?show=waiting").text
    assert "Better model" not in visitor("dora").at("reviews").text


def test_the_conversation_is_readable_without_a_script(visitor, review):
    page = visitor("carol").at(f"reviews/{review}").text
    assert "More trees" in page
    assert "Alice Adler" in page
    assert "1 of 1 cell changed" in page
    steps = visitor("carol").at(f"reviews/{review}/steps").text
    assert "model(400)" in steps
    changes = visitor("carol").at(f"reviews/{review}/changes").text
    assert "data-base=" in changes
    assert "data-head=" in changes


def test_who_is_not_in_the_project_learns_nothing(visitor, review):
    for part in ("", "/steps", "/changes"):
        assert visitor("dora").at(f"reviews/{review}{part}").status_code == 404
        absent = visitor("dora").at(f"reviews/{'0' * 32}{part}")
        assert absent.status_code == 404
    assert submit(visitor, "carol", review, "comment", "hello").status_code == 303
    page = visitor("carol").at(f"reviews/{review}").text
    refused = submit(visitor, "dora", review, "comment", "from outside", page)
    assert refused.status_code == 404
    assert "from outside" not in visitor("carol").at(f"reviews/{review}").text


def test_a_form_that_cannot_be_kept_says_why_and_keeps_what_was_typed(service, visitor):
    fields = asked(service, title=" ", description="A long thought", reviewers=["carol"])
    answer = visitor("bob").fill("reviews/new", **fields)
    assert answer.status_code == 400
    assert "Give it a title" in answer.text
    assert "A long thought" in answer.text
    assert re.search(r'value="carol" checked', answer.text)
    assert re.search(rf'<option value="{service.base}" selected', answer.text)
    nobody = visitor("bob").fill("reviews/new", **asked(service, reviewers=[]))
    assert nobody.status_code == 400
    assert "Choose whom to ask" in nobody.text
    draft = visitor("bob").fill("reviews/new", **asked(service, reviewers=[], do="draft"))
    assert draft.status_code == 303


def test_the_form_is_filled_in_by_its_address(service, visitor):
    address = f"reviews/new?base={service.base}&head={service.head}"
    page = visitor("bob").at(address).text
    assert re.search(rf'name="notebook" value="{service.notebook}"', page)
    assert re.search(rf'<option value="{service.base}" selected', page)
    assert re.search(rf'<option value="{service.head}" selected', page)
    assert visitor("dora").at(address).status_code == 404
    assert "not shared with you" in visitor("dora").at(address).text


def test_a_viewer_is_told_that_contributors_ask(service, visitor):
    answer = visitor("carol").at(f"reviews/new?notebook={service.notebook}")
    assert answer.status_code == 403
    assert "asked for by the project" in answer.text
    assert "Ask for a review" not in visitor("carol").at(f"notebooks/{service.notebook}").text
    assert "Ask for a review" in visitor("bob").at(f"notebooks/{service.notebook}").text


def test_a_verdict_and_a_conclusion_reach_the_project(visitor, review):
    assert submit(visitor, "alice", review, "approve", "Good").status_code == 303
    bob = visitor("bob").at(f"reviews/{review}").text
    assert "approved (revision 1)" in bob
    assert "a conclusion is missing" in bob
    assert conclude(visitor, "bob", review, "More trees **help**").status_code == 303
    for path in ("projects/churn", "projects/churn/reviews", f"reviews/{review}"):
        assert "More trees <strong>help</strong>" in visitor("carol").at(path).text, path
    assert "Alice Adler" in visitor("carol").at("projects/churn").text


def test_the_later_of_two_deciders_is_told_and_keeps_the_text(visitor, review):
    early = visitor("alice").at(f"reviews/{review}").text
    assert submit(visitor, "carol", review, "changes", "Not yet").status_code == 303
    late = submit(visitor, "alice", review, "approve", "Wonderful work", early)
    assert late.status_code == 409
    assert "Carol asked for changes" in late.text
    assert ">Wonderful work</textarea>" in late.text
    assert "Alice Adler</bdi> approved" not in visitor("bob").at(f"reviews/{review}").text
    assert submit(visitor, "alice", review, "approve", "Still", late.text).status_code == 303


def test_a_thread_is_answered_and_resolved_by_plain_forms(service, visitor, review):
    carol = visitor("carol")
    step = service.team.store.steps(service.notebook).steps[0].id
    begun = carol.fill(f"reviews/{review}/threads", step=step, text="Why **400**?", do="send")
    assert begun.status_code == 303, begun.text
    page = visitor("bob").at(f"reviews/{review}").text
    assert "Why <strong>400</strong>?" in page
    thread = re.search(r'id="thread-([0-9a-f]{32})"', page).group(1)
    back = f"{desk.PREFIX}reviews/{review}"
    answer = visitor("bob").fill(f"threads/{thread}", text="It fits", do="resolve", back=back)
    assert answer.headers["Location"] == f"{back}#thread-{thread}"
    page = carol.at(f"reviews/{review}").text
    assert "It fits" in page
    assert "resolved by <bdi>Bob" in page


def test_drafts_are_their_writers_alone_until_they_are_submitted(service, visitor, review):
    step = service.team.store.steps(service.notebook).steps[0].id
    visitor("alice").fill(f"reviews/{review}/threads", step=step, text="a thought", do="draft")
    mine = visitor("alice").at(f"reviews/{review}").text
    assert "a thought" in mine
    assert "1 draft comment" in mine
    assert "a thought" not in visitor("bob").at(f"reviews/{review}").text
    submit(visitor, "alice", review, "comment", "")
    assert "a thought" in visitor("bob").at(f"reviews/{review}").text


def test_html_in_comments_is_text(visitor, review):
    submit(visitor, "alice", review, "comment", "<script>canary()</script> <b id=x>bold</b>")
    page = visitor("bob").at(f"reviews/{review}").text
    assert "&lt;script&gt;canary()&lt;/script&gt;" in page
    assert "<b id" not in page
    shown = visitor("bob").fill("markdown", text="<img src=x onerror=canary()> **bold**")
    assert shown.status_code == 200
    assert "<strong>bold</strong>" in shown.text
    assert "<img" not in shown.text


def test_a_mention_of_who_has_no_access_is_told_to_its_writer(visitor, review):
    for name in ("dora", "nobody"):
        answer = submit(visitor, "alice", review, "comment", f"Ask @{name}")
        page = (
            visitor("alice")
            .get(
                answer.headers["Location"]
                if "://" in answer.headers["Location"]
                else visitor("alice").service.origin + answer.headers["Location"]
            )
            .text
        )
        assert f"Nobody was told of @{name}" in page


def test_notifications_are_told_once_and_marked_by_reading(visitor, review):
    assert 'Notifications, 1 new"' in visitor("alice").at("").text
    page = visitor("alice").at("notifications").text
    assert "asks you to review" in page
    assert "Better model" in page
    visitor("alice").at(f"reviews/{review}")
    assert 'aria-label="Notifications"' in visitor("alice").at("").text
    assert "Nothing yet" in visitor("dora").at("notifications").text


def test_new_work_is_shown_since_the_last_look(service, visitor, review):
    submit(visitor, "alice", review, "changes", "Say why")
    newer = service.trail.save([code("model(500)  # fits in memory", "m")])
    page = visitor("alice").at(f"reviews/{review}/changes").text
    assert '<option value="look" selected' in page
    assert f'data-base="{service.head}" data-head="{newer}"' in page
    everything = visitor("alice").at(f"reviews/{review}/changes?since=all").text
    assert f'data-base="{service.base}" data-head="{newer}"' in everything
    assert "Revision 2" in visitor("alice").at(f"reviews/{review}").text


def test_a_removed_reviewer_is_shut_out_in_the_middle(service, visitor, review):
    page = visitor("carol").at(f"reviews/{review}").text
    store, project = service.team.store, service.team.project
    store.remove_member(project.id, service.team.people["carol"].id, by=None)
    assert submit(visitor, "carol", review, "approve", "late", page).status_code == 404
    assert visitor("carol").at("reviews").status_code == 200
    assert "no longer in the project" in visitor("bob").at(f"reviews/{review}").text
    store.set_member(project.id, service.team.people["carol"].id, Role.VIEWER, by=None)


def test_a_deleted_notebook_leaves_its_review_readable(service, visitor, review):
    service.trail.delete()
    page = visitor("alice").at(f"reviews/{review}")
    assert page.status_code == 200
    assert "the notebook was deleted" in page.text
    assert visitor("alice").at(f"reviews/{review}/changes").status_code == 200
