"""Hostile content in every place that somebody can fill: nothing of it acts in our origin."""

import base64
import re
from urllib.parse import quote

import pytest
import requests
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


WAYS = ("Rendered", "By line", "As it is shown", "Onion skin", "Swipe", "Difference")


def open_everything(page):
    """Whatever a page holds back until somebody presses or chooses something."""
    for fold in page.locator(".tb-Outputs-line[aria-expanded=false]").element_handles():
        fold.evaluate("button => button.click()")
    for fold in page.locator(".tb-Text-fold, .tb-Text-more").element_handles():
        fold.evaluate("button => button.click()")
    for way in WAYS:
        for choice in page.get_by_role("radio", name=way).element_handles():
            choice.evaluate("radio => radio.click()")
        page.wait_for_timeout(100)
        start_outputs(page)
    page.locator("details").evaluate_all("all => all.forEach(each => (each.open = true))")
    start_outputs(page)
    page.wait_for_timeout(400)


def start_outputs(page):
    for start in page.get_by_role("button", name="Run this output").element_handles():
        start.evaluate("button => button.click()")


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


def diff_cells(mark):
    """Hostile outputs that change between two versions, in each medium that a diff compares."""
    table = f"<table><tr><th>{STRINGS[1]}</th></tr><tr><td>{mark}{MARKDOWN}</td></tr></table>"
    plain = (
        f"<table><tr><th>a<th>b</tr><tr><td>{mark}&lt;img onerror=canary(1)&gt;<td>x</tr></table>"
    )
    picture = "iVBORw0KGgo=" if mark == "1" else f"AAAA{STRINGS[1]}"
    bundles = [
        *({mime: f"{content}{mark}"} for mime, content in BUNDLE.items() if mime != "image/png"),
        {"text/html": table},
        {"text/html": plain},
        {"image/png": picture},
        {"image/svg+xml": SVG.replace("<svg", f"<svg class='{mark}'")},
        {"text/html": f"<base href='https://elsewhere.example/'><link rel=prefetch href=x>{mark}"},
        {
            "text/html": f"<meta http-equiv=refresh content='0;url=https://elsewhere.example/'>{mark}"
        },
    ]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": data} for data in bundles]
    numbers = f"{ALL} auc: 0.8{mark} {ALL}\n"
    outputs += [
        {"output_type": "stream", "name": STRINGS[1], "text": ANSI + numbers},
        {
            "output_type": "stream",
            "name": "stdout",
            "text": f"a  {STRINGS[1]}\n1  {mark}\n2  {ALL}",
        },
        {"output_type": "error", "ename": ALL + mark, "evalue": ALL, "traceback": [ANSI + mark]},
    ]
    code = {"cell_type": "code", "metadata": {}, "execution_count": 1}
    return [
        {
            "cell_type": "markdown",
            "id": "m",
            "source": MARKDOWN + mark,
            "metadata": {"a": ALL + mark},
        },
        *({**code, "id": f"c{n}", "source": ALL, "outputs": [o]} for n, o in enumerate(outputs)),
        {**code, "id": f"new{mark}", "source": ALL + mark, "outputs": outputs},
    ]


@pytest.mark.parametrize("ways", ["reader", "metadata=1"])
def test_the_diff_of_hostile_versions_acts_nowhere(page, service, ways):
    trail = service.team.trail("alice", "hostile-diff.ipynb", service.team.project)
    base, target = trail.save(diff_cells("1")), trail.save(diff_cells("2"))
    page.goto(f"{service.url}diff?base={base}&target={target}&{ways}")
    expect(page.locator("#diff")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    open_everything(page)
    open_everything(page)
    page.wait_for_timeout(500)
    assert page.url.startswith(service.url + "diff")
    assert page.get_by_role("button", name="Trust").count() == 0
    assert (
        page.locator("[data-commandlinker-command], #diff form, #diff base, #diff meta").count()
        == 0
    )
    assert page.locator("#diff :is(script, svg, object, embed, link)").count() == 0
    assert {said[0] for said in page.calls} == {"null"}, "only frames of opaque origin run anything"
    assert {said[1] for said in page.calls if len(said) > 1} <= {""}
    brand = page.locator("header.top .brand")
    brand.scroll_into_view_if_needed()
    covered = brand.evaluate(
        """link => {
            const { left, top, width, height } = link.getBoundingClientRect();
            const seen = document.elementFromPoint(left + width / 2, top + height / 2);
            return !link.contains(seen);
        }"""
    )
    assert not covered, "something lies over the page's own head"
    assert_nobody_else_was_asked(page, service)


def test_a_frame_that_goes_elsewhere_goes_as_nobody(page, service):
    """The policy lets a frame ask its own origin; nothing says who asks, so nothing is done."""
    trail = service.team.trail("alice", "leaving.ipynb", service.team.project)

    def cells(mark):
        leaving = f"<meta http-equiv=refresh content='0;url={service.url}me?{mark}'>"
        output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": leaving}}
        cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": "leave()"}
        return [{**cell, "execution_count": 1, "outputs": [output]}]

    base, target = trail.save(cells(1)), trail.save(cells(2))
    cookies = []
    page.on(
        "request",
        lambda request: (
            "me?" in request.url and cookies.append(request.all_headers().get("cookie"))
        ),
    )
    page.goto(f"{service.url}diff?base={base}&target={target}")
    expect(page.locator("#diff")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    open_everything(page)
    page.wait_for_timeout(500)
    assert page.url.startswith(service.url + "diff")
    assert set(cookies) == {None}


def ask_for_a_review(service):
    """A review of the hostile versions, with a hostile thread on every kind of place."""
    bob, url = requests.Session(), f"{service.url}api/"
    bob.cookies.set("who", "bob")
    form = bob.get(f"{service.url}projects/new").text
    token = re.search(r'name="_xsrf" value="([^"]+)"', form).group(1)

    def post(path, **body):
        answer = bob.post(url + path, json=body, headers={"X-XSRFToken": token})
        assert answer.ok, answer.text
        return answer.json()

    newest, before = service.team.store.snapshots(service.notebook)
    stretch = {"notebook": service.notebook, "base": before.id}
    asked = {"project": "churn", "reviewers": ["alice"], "notebooks": [stretch]}
    review = post("reviews", title=ALL[:200], description=MARKDOWN, **asked)["review"]
    code = {"notebook": service.notebook, "snapshot": newest.id, "cell": 2}
    anchors = [{}, {"step": service.shared.id}, code, {**code, "first_line": 1}]
    anchors += [{**code, "output": n, "quote": ALL} for n in range(3)]
    for anchor in anchors:
        suggestion = ALL if anchor == code or "first_line" in anchor else None
        comment = {"text": MARKDOWN, "suggestion": suggestion, "draft": False}
        post(f"reviews/{review['id']}/threads", anchor=anchor, comment=comment)
    return review["id"]


def test_a_hostile_review_acts_nowhere_and_imitates_nothing(page, service):
    review = ask_for_a_review(service)
    parts = ["", "/steps", "/changes"]
    places = [f"reviews/{review}{part}" for part in parts]
    for place in [*places, "reviews", "notifications", "projects/churn/reviews", ""]:
        page.goto(service.url + place)
        if place.endswith("/changes"):
            expect(page.locator(".diff-room[aria-busy]")).to_have_count(0, timeout=60_000)
            expect(page.locator(".review-foot .tb-thread")).to_have_count(5)
        page.wait_for_timeout(300)
        open_everything(page)
        assert page.url.startswith(service.url), place
        assert page.locator("header.top .brand").is_visible(), place
        written = page.locator(".comment-text, .description, .tb-suggestion, .tb-quote")
        ours = "all.flatMap(e => [...e.querySelectorAll('form, img, input, iframe, [id]')])"
        assert written.evaluate_all(f"all => {ours}.length") == 0, place
    page.goto(f"{service.url}reviews/{review}/changes")
    expect(page.locator(".diff-room[aria-busy]")).to_have_count(0, timeout=60_000)
    box = page.get_by_role("button", name="Request changes", exact=True)
    expect(box).to_have_count(1)
    box.scroll_into_view_if_needed()
    covered = "b => { const r = b.getBoundingClientRect(); return b !== document.elementFromPoint("
    assert not box.evaluate(f"{covered}r.x + r.width / 2, r.y + r.height / 2); }}")
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
