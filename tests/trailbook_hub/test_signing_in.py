"""Signing in at a real hub, through its forms."""

import re
import stat

import pytest

import hubs

pytestmark = pytest.mark.hub


def test_the_one_time_password_must_be_changed_and_is_gone_then(hub: hubs.RunningHub) -> None:
    initial = hub.data / "initial-password"
    assert stat.S_IMODE(initial.stat().st_mode) == 0o600
    assert hub.initial_password in hub.said()
    browser = hub.visitor()
    page = browser.sign_in("admin", hub.initial_password)
    assert "Choose a password" in page.text
    assert browser.get("/hub/home", allow_redirects=False).status_code == 302, "not signed in yet"
    refused = browser.submit(page, "set-password", password="short", again="short")  # noqa: S106
    assert refused.status_code == 400
    assert "at least 10" in refused.text
    browser.set_password(refused)
    assert not initial.exists()
    hub.passwords["admin"] = hubs.GOOD_PASSWORD
    assert "/services/trailbook/" in browser.get("/").url
    assert hub.api("GET", "/hub/api/users/admin").json()["admin"]


def test_an_invited_person_sets_a_password_once(hub: hubs.RunningHub) -> None:
    admin = hub.sign_in("admin")
    link = admin.invite("Bob ")
    newcomer = hub.visitor()
    page = newcomer.get(link)
    assert "<strong>bob</strong>" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    newcomer.set_password(page)
    assert newcomer.get("/hub/home").status_code == 200
    assert not hub.api("GET", "/hub/api/users/bob").json()["admin"]
    again = hub.visitor().get(link)
    assert again.status_code == 410
    assert "does not work any more" in again.text
    assert "sign in" in hub.visitor().get("/hub/home").text.lower()
    hub.passwords["bob"] = hubs.GOOD_PASSWORD


@pytest.mark.parametrize("name", ["p-0a1b2c", "p", "", "no spaces", "../admin", "ünsal", "x" * 65])
def test_such_a_name_is_refused_with_a_sentence(hub: hubs.RunningHub, name: str) -> None:
    admin = hub.sign_in("admin")
    page = admin.submit(admin.get("/hub/people"), "people/invite", name=name)
    assert page.status_code == 400
    assert "A name has letters" in page.text


def test_nobody_is_invited_twice(hub: hubs.RunningHub) -> None:
    hub.sign_in("carol")
    admin = hub.sign_in("admin")
    page = admin.submit(admin.get("/hub/people"), "people/invite", name="carol")
    assert page.status_code == 409
    assert "is here already" in page.text


def test_only_administrators_see_people(hub: hubs.RunningHub) -> None:
    person = hub.sign_in("carol")
    assert person.get("/hub/people").status_code == 403
    assert person.get("/hub/people/remove?name=admin").status_code == 403
    for action in ("invite", "reset", "remove"):
        headers = person.xsrf("/hub/people")
        sent = person.post(f"/hub/people/{action}", data={"name": "dave"}, headers=headers)
        assert sent.status_code == 403, action
    nobody = hub.visitor()
    assert "/hub/login" in nobody.get("/hub/people").url


def test_a_form_without_its_token_is_refused(hub: hubs.RunningHub) -> None:
    admin = hub.sign_in("admin")
    admin.get("/hub/people")
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    sent = admin.post("/hub/people/invite", data={"name": "mallory"}, headers=headers)
    assert sent.status_code == 403
    assert hub.api("GET", "/hub/api/users/mallory").status_code == 404


def test_a_wrong_password_and_an_unknown_name_look_the_same(hub: hubs.RunningHub) -> None:
    hub.sign_in("carol")
    wrong = hub.visitor().sign_in("carol", "not the password")
    unknown = hub.visitor().sign_in("nobody-here", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    assert "The name or the password is wrong." in wrong.text
    assert "The name or the password is wrong." in unknown.text


def test_a_reset_link_ends_every_other_session(hub: hubs.RunningHub) -> None:
    old = hub.sign_in("dora")
    assert old.get("/services/trailbook/").status_code == 200
    admin = hub.sign_in("admin")
    people = admin.get("/hub/people")
    row = re.search(r'<tr data-name="dora">.*?</tr>', people.text, re.DOTALL)
    assert row
    people._content = row.group(0).encode()
    page = admin.submit(people, "people/reset")
    found = re.search(r'value="([^"]*set-password\?token=[^"]*)"', page.text)
    assert found
    new = hub.visitor()
    new.set_password(new.get(found.group(1)), "eight dry otters")
    assert "/hub/login" in old.get("/hub/home").url
    assert hub.visitor().sign_in("dora", hubs.GOOD_PASSWORD).status_code == 403
    assert hub.visitor().sign_in("dora", "eight dry otters").status_code == 200
    hub.passwords["dora"] = "eight dry otters"


def test_people_change_their_own_password(hub: hubs.RunningHub) -> None:
    person = hub.sign_in("erin")
    page = person.get("/hub/password")
    new = {"password": "new otters", "again": "new otters"}
    wrong = person.submit(page, "password", current="not mine at all", **new)
    assert "The present password is wrong." in wrong.text
    done = person.submit(wrong, "password", current=hubs.GOOD_PASSWORD, **new)
    assert "Your password is changed" in done.text
    assert person.get("/hub/home").status_code == 200
    hub.passwords["erin"] = "new otters"
    assert "/hub/login" not in hub.sign_in("erin").get("/hub/home").url


def test_a_removed_person_cannot_sign_in_and_leaves_no_session(hub: hubs.RunningHub) -> None:
    person = hub.sign_in("frank")
    admin = hub.sign_in("admin")
    page = admin.get("/hub/people/remove?name=frank")
    kept = admin.submit(page, "people/remove", confirm="frnak")
    assert kept.status_code == 400
    gone = admin.submit(kept, "people/remove", confirm="frank")
    assert gone.url.endswith("/hub/people")
    assert 'data-name="frank"' not in gone.text
    assert "/hub/login" in person.get("/hub/home").url
    assert hub.visitor().sign_in("frank", hubs.GOOD_PASSWORD).status_code == 403


def test_a_name_that_is_given_again_gets_a_home_of_its_own(hub: hubs.RunningHub) -> None:
    hub.sign_in("gina")
    hub.start_server("gina")
    hub.stop_server("gina")
    admin = hub.sign_in("admin")
    admin.submit(admin.get("/hub/people/remove?name=gina"), "people/remove", confirm="gina")
    del hub.passwords["gina"]
    hub.sign_in("gina")
    hub.start_server("gina")
    hub.stop_server("gina")
    assert len(list((hub.data / "homes").glob("gina-*"))) == 2


def test_guessing_is_slowed_down(hub: hubs.RunningHub) -> None:
    hub.sign_in("heidi")
    browser = hub.visitor()
    answers = [browser.sign_in("heidi", f"guess number {n}").status_code for n in range(8)]
    assert 429 in answers
    slowed = browser.sign_in("heidi", hubs.GOOD_PASSWORD)
    assert slowed.status_code == 429
    assert "Too many wrong passwords. Try again in" in slowed.text
    assert int(slowed.headers["Retry-After"]) >= 1
