"""Hostile content in every place that somebody can fill: nothing of it acts in our origin."""

import base64
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import desk
from trailbook.store.views import Charter

CANARY = "canary(origin)"
STRINGS = [
    f"<script>{CANARY}</script>",
    f"\"><img src=x onerror='{CANARY}'>",
    f"'><svg onload={CANARY}>",
    f"</script></textarea></title></style><script>{CANARY}</script>",
    f"javascript:{CANARY}",
    f"{{{{ 7*7 }}}}${{{CANARY}}}<iframe srcdoc='<script>parent.{CANARY}</script>'>",
    f"</template><script>{CANARY}</script><!--",
]
ALL = " ".join(STRINGS)
PROBE = """
<p id="out">ran</p><script>
const said = [];
const attempt = (name, act) => { try { act(); said.push(name); } catch {} };
attempt('parent', () => parent.document.body.remove());
attempt('cookie', () => { if (document.cookie) throw 0; document.cookie = 'a=b'; });
attempt('storage', () => localStorage.setItem('a', 'b'));
attempt('popup', () => { if (!open('/')) throw 0; });
attempt('top', () => { top.location = '/gone'; });
fetch('/').then(() => canary('fetched'), () => {});
new Image().src = '/beacon';
document.body.append(Object.assign(document.createElement('form'), {action: '/form', id: 'f'}));
document.getElementById('f').submit();
canary(origin, said.filter(name => name !== 'top').join());
</script>
<div style="position:fixed;inset:0;width:3000px;height:3000px;z-index:9999">over everything</div>
"""
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{CANARY}'><script>{CANARY}</script></svg>"
MARKDOWN = f"""
# {STRINGS[0]}
<img src="/hub/logout"> ![x](/hub/logout) ![y](https://elsewhere.example/beacon)
<img src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}">
[click](javascript:{CANARY}) [path](/hub/logout) <a href="data:text/html,{CANARY}">data</a>
<form action="/hub/logout"><button>Approve</button></form>
<div style="position:fixed;inset:0" id="content" class="top">over</div>
<style>body {{ display: none }}</style>
<button data-commandlinker-command="terminal:create-new">Open</button>
{ALL}
"""
ANSI = f"\x1b[31m{ALL}\x1b]8;;javascript:{CANARY}\x07click\x1b]8;;\x07\x1b[0m"
BUNDLE = {
    "text/html": PROBE,
    "image/svg+xml": SVG,
    "application/javascript": CANARY,
    "text/markdown": MARKDOWN,
    "text/latex": ALL,
    "application/json": f'{{"a": "{STRINGS[0]}"}}',
    "text/plain": ANSI,
    f"text/x-{STRINGS[0]}": ALL,
    "image/png": b"<script>canary(origin)</script>",
}


def saved_cells(mark=""):
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {mime: content}}
        for mime, content in BUNDLE.items()
        if isinstance(content, str)
    ]
    outputs += [
        {"output_type": "stream", "name": STRINGS[1], "text": ANSI + mark},
        {"output_type": "error", "ename": ALL, "evalue": ALL, "traceback": [ANSI]},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "%%" + ALL}},
    ]
    picture = {f"x{STRINGS[1]}.png": {f"image/png{STRINGS[1]}": ALL}}
    shared = {"metadata": {"tags": [ALL]}, "attachments": picture}
    return [
        {"cell_type": "markdown", "id": "m", "source": MARKDOWN + mark, **shared},
        {"cell_type": "raw", "id": "r", "source": ALL + mark, "metadata": {}},
        {
            "cell_type": "code",
            "id": "c",
            "metadata": {},
            "source": ALL + mark,
            "execution_count": 1,
            "outputs": outputs,
        },
    ]


@pytest.fixture
def service(tmp_path):
    team = desk.Team(tmp_path)
    store = team.store
    store.person("bob", "2026-01-01T00:00:00Z", ALL)
    hostile = Charter(**dict.fromkeys(Charter.__struct_fields__, ALL))
    store.update_project(team.project.id, name=ALL[:100], charter=hostile)
    path = ALL.replace("/", "|") + "/" + STRINGS[0].replace("/", "|") + ".ipynb"
    for place in (team.project, None):
        trail = team.trail("alice", path, place)
        trail.start(STRINGS[1], **{STRINGS[0]: ALL})
        step = trail.run(
            ALL,
            *[("display_data", {mime: content}) for mime, content in BUNDLE.items()],
            ("stream", {"text/plain": ANSI}, STRINGS[0]),
            ("error", {"text/plain": ANSI}, STRINGS[1], ALL),
            status="error",
            cell=STRINGS[0],
        )
        trail.run(ALL, ("execute_result", {"text/plain": STRINGS[0]}), cell=STRINGS[0])
        snapshot = trail.save(saved_cells())
        team.store.add_note(
            step=step, snapshot=None, kind="why", text=MARKDOWN,
            person=team.people["alice"].id, author=ALL, author_basis="verified",
        )  # fmt: skip
        trail.run("1", cell="other")
        latest = trail.save(saved_cells("more"))
        trail.gap(STRINGS[1])
    running = desk.Service(team)
    running.step, running.snapshot, running.latest = step, snapshot, latest
    running.notebook = store.notebook_at(team.project.space, path).id
    running.shared = store.steps(running.notebook).steps[0]
    yield running
    running.close()


@pytest.fixture
def page(service, somebody):
    page = somebody()
    page.calls, page.asked = [], []
    page.context.expose_binding("canary", lambda source, *said: page.calls.append(said))
    page.on("requestfinished", lambda request: page.asked.append(request.url))
    page.context.add_cookies([{"name": "who", "value": "alice", "url": service.origin}])
    return page


def open_everything(page):
    page.locator("details").evaluate_all("all => all.forEach(each => (each.open = true))")
    for start in page.get_by_role("button", name="Run this output").element_handles():
        start.evaluate("button => button.click()")
    page.wait_for_timeout(400)


def assert_nobody_else_was_asked(page, service):
    """What the policy stopped was begun and never answered, nor seen by the service."""
    ours = (service.url, "data:", "blob:")
    assert [url for url in page.asked if not url.startswith(ours)] == []
    assert [uri for uri in service.asked if not uri.startswith(desk.PREFIX)] == []


def test_nothing_hostile_acts_in_our_origin(page, service):
    shared = service.shared
    places = [
        "", "projects/churn", "projects/churn/charter", "projects/churn/charter?edit=1",
        "projects/churn/people", f"notebooks/{service.notebook}",
        f"notebooks/{service.notebook}#step-{shared.id}", f"steps/{shared.id}",
        f"steps/{shared.id}/notebook", f"snapshots/{service.snapshot}",
        f"snapshots/{service.latest}", f"projects/{quote(STRINGS[1])}",
    ]  # fmt: skip
    for place in places:
        page.goto(service.url + place)
        page.wait_for_timeout(200)
        open_everything(page)
        assert page.url.startswith(service.url), place
        assert page.locator("body").is_visible(), place
        assert page.locator("header.top .brand").is_visible(), place
    assert {said[0] for said in page.calls} == {"null"}, "only frames of opaque origin run anything"
    assert {said[1] for said in page.calls if len(said) > 1} == {""}, "a frame reached outside"
    assert_nobody_else_was_asked(page, service)


def test_the_diff_of_hostile_versions_acts_nowhere(page, service):
    page.goto(f"{service.url}diff?base={service.snapshot}&target={service.latest}")
    expect(page.locator(".tb-Diff-cell")).to_have_count(3, timeout=60_000)
    page.wait_for_timeout(500)
    open_everything(page)
    assert page.get_by_role("button", name="Trust").count() == 0
    assert {said[0] for said in page.calls} <= {"null"}
    assert {said[1] for said in page.calls if len(said) > 1} <= {""}
    assert_nobody_else_was_asked(page, service)


def test_the_frame_is_closed_even_when_it_is_opened_by_itself(page, service):
    answer = page.goto(service.url + "frame.html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert page.evaluate("origin") == "null"


def test_hostile_text_is_shown_as_it_was_written(page, service):
    page.goto(f"{service.url}steps/{service.shared.id}")
    expect(page.locator(".source").first).to_have_text(ALL)
    expect(page.locator(".note form")).to_have_count(1)
    assert (
        page.locator(".note-text").evaluate(
            "note => note.querySelectorAll('img, form, [style], [id]').length"
        )
        == 0
    )
