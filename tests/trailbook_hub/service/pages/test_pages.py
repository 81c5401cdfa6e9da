"""The pages over HTTP: who sees what, what forms do, what browsers are told."""

import re

import pytest

import desk

UNKNOWN = "0" * 32


@pytest.fixture
def paths(service):
    return [
        "projects/churn", "projects/churn/charter", "projects/churn/people",
        f"notebooks/{service.notebook}", f"steps/{service.step}",
        f"steps/{service.step}?part=record", f"steps/{service.step}/notebook",
        f"steps/{service.step}/diff", f"snapshots/{service.version}",
        f"diff?base={service.version}&target={service.version}",
    ]  # fmt: skip


def test_members_read_and_others_learn_nothing(visitor, paths):
    for path in paths:
        assert visitor("carol").at(path).status_code in {200, 302}, path
        hidden = visitor("dora").at(path)
        absent = visitor("dora").at(re.sub(r"churn|[0-9a-f]{32}", UNKNOWN, path))
        assert hidden.status_code == absent.status_code == 404, path
        assert hidden.text == absent.text, path


def test_anonymous_people_are_sent_to_sign_in(visitor, paths):
    for path in ["", "welcome", "projects/new", "frame.html", *paths]:
        answer = visitor(None).at(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/hub/login"), path
    assert visitor(None).at("static/reader.js").status_code == 403


def test_what_is_private_is_its_owners_alone(visitor, service):
    assert visitor("alice").at(f"steps/{service.private}").status_code == 200
    for name in ("bob", "root"):
        assert visitor(name).at(f"steps/{service.private}").status_code == 404


def test_every_page_closes_itself_to_other_peoples_content(visitor, paths):
    for path in ["", "welcome", *paths]:
        answer = visitor("carol").at(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy, path
        assert "frame-src 'self'; base-uri 'none';" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=", answer.text), path


def test_only_pages_with_forms_may_send_one(visitor, service):
    compared = visitor("carol").at(f"diff?base={service.version}&target={service.version}")
    assert "form-action 'none'" in compared.headers["Content-Security-Policy"]
    story = visitor("carol").at(f"notebooks/{service.notebook}")
    assert "form-action 'self'" in story.headers["Content-Security-Policy"]


def test_a_write_without_its_token_changes_nothing(visitor, service):
    answer = visitor("bob").post(f"{service.url}steps/{service.step}/notes", data={"text": "x"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert "Traceback" not in answer.text


def test_the_first_screen_comes_once(visitor, service):
    service.team.people["erik"] = service.team.store.person("erik", "2026-01-01T00:00:00Z", "Erik")
    erik = visitor("erik")
    assert erik.at("").headers["Location"] == desk.PREFIX + "welcome"
    assert "I understand, continue" in erik.at("welcome").text
    assert erik.fill("welcome").status_code == 303
    assert "in no project yet" in erik.at("").text
    assert "I understand, continue" not in erik.at("welcome").text


def test_a_project_begins_with_a_name(visitor, service):
    alice = visitor("alice")
    made = alice.fill("projects/new", name="  Ad placement ")
    assert made.headers["Location"] == desk.PREFIX + "projects/ad-placement"
    page = alice.at("projects/ad-placement").text
    assert "Nothing was run yet" in page
    assert "/hub/user-redirect/lab/tree/projects/ad-placement" in page
    account = service.team.store.project_account(service.team.store.project("ad-placement").id)
    lab = f"%2Fuser%2F{account}%2Flab%2Fworkspaces%2Falice"
    assert f"/hub/spawn/{account}?next={lab}" in page
    for name in ("", "x" * 101):
        refused = alice.fill("projects/new", name=name)
        assert refused.status_code == 400
        assert "Nothing was changed" in refused.text


def test_a_charter_is_changed_by_maintainers(visitor, service):
    alice, bob = visitor("alice"), visitor("bob")
    fields = {"name": "Churn", "goal": "Find <80 %> of leavers", "stage": "nonsense"}
    assert alice.fill("projects/churn/charter", **fields).status_code == 303
    assert "Find &lt;80 %&gt; of leavers" in bob.at("projects/churn/charter").text
    assert "<textarea" in alice.at("projects/churn/charter?edit=1").text
    assert "<textarea" not in bob.at("projects/churn/charter?edit=1").text
    assert bob.fill("projects/churn/charter", name="Mine").status_code == 403
    assert service.team.store.project("churn").name == "Churn"


def test_people_are_managed_by_maintainers(visitor):
    alice, bob = visitor("alice"), visitor("bob")
    added = {"name": "dora", "role": "viewer"}
    assert bob.fill("projects/churn/people", **added).status_code == 403
    assert alice.fill("projects/churn/people", **added).status_code == 303
    assert visitor("dora").at("projects/churn").status_code == 200
    gone = alice.fill("projects/churn/people", name="dora", do="remove")
    assert gone.status_code == 303
    assert visitor("dora").at("projects/churn").status_code == 404
    nobody = alice.fill("projects/churn/people", name="nobody", role="viewer")
    assert nobody.status_code == 404
    last = alice.fill("projects/churn/people", name="alice", do="remove")
    assert last.status_code == 409
    assert "keeps at least one maintainer" in last.text
    assert alice.fill("projects/churn/people", name="bob", role="king").status_code == 400


def test_recording_is_switched_by_maintainers_and_administrators(visitor, service):
    alice, bob, root = (visitor(name) for name in ("alice", "bob", "root"))
    page = alice.at("projects/churn/people").text
    assert 'value="off">Switch recording off' in page
    assert "The history so far stays" in page
    assert "Switch recording" not in bob.at("projects/churn/people").text
    assert bob.fill("projects/churn/recording", recording="off").status_code == 403
    assert service.team.store.project("churn").recording
    done = alice.fill("projects/churn/recording", recording="off")
    assert done.headers["Location"] == desk.PREFIX + "projects/churn/people"
    assert "switched off for this project" in bob.at("projects/churn").text
    assert "not recording" in bob.at("").text
    assert 'value="on">Switch recording on' in root.at("projects/churn/people").text
    assert root.fill("projects/churn/recording", recording="on").status_code == 303
    assert service.team.store.project("churn").recording


def test_a_workspace_that_does_not_record_says_so(visitor, service):
    alice, said = visitor("alice"), "Recording is switched off in this workspace"
    pages = ("", "welcome", "projects/churn", "projects/churn/people")
    assert not [path for path in pages if said in alice.at(path).text]
    service.team.store.recording = False
    try:
        assert [path for path in pages if said in alice.at(path).text] == list(pages)
    finally:
        service.team.store.recording = True


def test_an_administrator_looks_as_a_viewer_and_it_is_shown(visitor, service):
    root = visitor("root")
    page = root.at("projects/churn")
    assert "Its history is its members" in page.text
    assert root.at(f"notebooks/{service.notebook}").status_code == 404
    root.at("projects/churn?as=viewer")
    assert "as a viewer of the project would" in root.at(f"notebooks/{service.notebook}").text
    assert "Add a note" not in root.at(f"steps/{service.step}").text
    banner = re.search(r'href="([^"]+as=me)"', root.at(f"steps/{service.step}").text)
    back = root.get(service.origin + banner.group(1), allow_redirects=False)
    assert back.headers["Location"] == desk.PREFIX + "projects/churn"
    assert root.at(f"notebooks/{service.notebook}").status_code == 404
    assert visitor("bob").at("projects/churn?as=viewer").status_code == 403


def test_notes_come_back_where_they_were_written(visitor, service):
    bob, carol = visitor("bob"), visitor("carol")
    step = f"steps/{service.step}"
    back = f"{desk.PREFIX}notebooks/{service.notebook}"
    kept = bob.fill(f"{step}/notes", kind="why", text="Because", back=back)
    assert kept.headers["Location"] == back
    assert "Because" in carol.at(step).text
    note = re.search(r'id="note-(\w{32})"', carol.at(step).text).group(1)
    assert carol.fill(f"notes/{note}", text="Mine now").status_code == 403
    assert carol.fill(f"{step}/notes", kind="why", text="Me too").status_code == 403
    assert bob.fill(f"notes/{note}", kind="decision", text="Decided").status_code == 303
    assert "Decision" in carol.at(step).text
    away = bob.fill(f"notes/{note}", do="delete", back="https://elsewhere.example/")
    assert away.headers["Location"] == desk.PREFIX
    assert "Decided" not in carol.at(step).text
    for bad in ({"kind": "why", "text": "  "}, {"kind": "odd", "text": "x"}):
        assert bob.fill(f"{step}/notes", **bad).status_code == 400


def test_authors_delete_their_outputs_and_steps(visitor, service):
    trail = service.team.trail("bob", "deleted.ipynb", service.team.project)
    step = trail.run("here = 1", ("stream", {"text/plain": "regretted"}, "stdout"))
    trail.run("x = 1")
    alice, bob = visitor("alice"), visitor("bob")
    assert "regretted" in alice.at(f"steps/{step}").text
    assert alice.fill(f"steps/{step}/outputs/0/delete").status_code == 403
    assert bob.fill(f"steps/{step}/outputs/0/delete").status_code == 303
    assert "regretted" not in alice.at(f"steps/{step}").text
    assert alice.fill(f"steps/{step}/delete").status_code == 403
    assert bob.fill(f"steps/{step}/delete").status_code == 303
    assert alice.at(f"steps/{step}").status_code == 404


def test_a_version_is_read_and_compared(visitor, service):
    carol = visitor("carol")
    led = carol.at(f"steps/{service.step}/notebook")
    assert led.headers["Location"].endswith(f"/snapshots/{service.version}?step={service.step}")
    assert "<h1>Title</h1>" in carol.at(f"snapshots/{service.version}").text
    alone = carol.at(f"steps/{service.step}/diff")
    assert "Nothing to compare" in alone.text
    assert carol.at(f"diff?base={service.version}&target={service.private}").status_code == 404
    assert carol.at("diff?base=x&target=y").status_code == 404


def test_a_version_that_is_no_notebook_says_so(visitor, service):
    trail = service.team.trail("bob", "broken.ipynb", service.team.project)
    snapshot = desk.new_id()
    saved = desk.NotebookSaved(**trail._common(), snapshot=snapshot, path=trail.path)
    trail._send(saved, b"{broken <script>")
    page = visitor("carol").at(f"snapshots/{snapshot}")
    assert page.status_code == 200
    assert "This version cannot be shown" in page.text
    assert "Download the file" in page.text


def test_long_stories_have_pages(visitor, service):
    trail = service.team.trail("bob", "long.ipynb", service.team.project)
    steps = [trail.run(f"x = {n}", cell=f"c{n}", wait=1) for n in range(230)]
    carol, notebook = visitor("carol"), service.team.store.step(steps[0]).notebook
    shown = []
    page = carol.at(f"notebooks/{notebook}").text
    while True:
        shown = re.findall(r'<li class="line[^"]*" id="step-(\w{32})"', page) + shown
        older = re.search(r'rel="prev" href="([^"]+)"', page)
        if older is None:
            break
        page = carol.get(service.origin + older.group(1).replace("&amp;", "&")).text
    assert shown == steps
    around = carol.at(f"notebooks/{notebook}?around={steps[7]}").text
    assert f'id="step-{steps[7]}"' in around
    assert carol.at(f"notebooks/{notebook}?after=junk&before=-1").status_code == 200


def test_static_files_are_one_folder_without_ways_out(visitor):
    bob = visitor("bob")
    assert bob.at("static/reader.js").headers["Content-Type"].startswith("text/javascript")
    for path in ("static/nothing.js", "static/version.txt", "static/.hidden"):
        assert bob.at(path).status_code == 404
    for path in ("static/..%2Fapp.py", "static/%2e%2e/app.py"):
        assert bob.at(path).status_code == 404


def test_a_step_without_source_says_why(visitor, service):
    """An empty box would leave people guessing."""
    project = service.team.store.project("churn")
    trail = service.team.trail("alice", "words.ipynb", project)
    cell = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# A plan"}
    trail.save([cell])
    blank = trail.run("")
    notebook = service.team.store.notebook_at(project.space, "words.ipynb").id
    edit = next(s for s in service.team.store.steps(notebook).steps if s.type == "edit")
    page = visitor("bob").at(f"steps/{edit.id}").text
    assert "Cells were changed and saved here" in page
    assert '<pre class="source"' not in page
    assert "The cell was empty" in visitor("bob").at(f"steps/{blank}").text
