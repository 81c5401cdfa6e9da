"""The table of who may see and do what."""

from collections.abc import Callable

import pytest

from trailbook import access
from trailbook.access import Actor, Place, Role, Via

PROJECT = "1" * 32
OTHER = "2" * 32
ALICE, BOB = "a" * 32, "b" * 32

IN_PROJECT = Place(space="s1", project=PROJECT)
IN_OTHER = Place(space="s2", project=OTHER)
OF_ALICE = Place(space="s3", person=ALICE)
OF_BOB = Place(space="s4", person=BOB)
PLACES = {"project": IN_PROJECT, "other": IN_OTHER, "alice": OF_ALICE, "bob": OF_BOB}


def alice(
    via: Via, role: Role | None = None, *, admin: bool = False, viewing: str | None = None
) -> Actor:
    roles = {PROJECT: role} if role else {}
    return Actor(person=ALICE, name="alice", via=via, admin=admin, roles=roles, viewing_as=viewing)


ACTORS = {
    "stranger": alice(Via.BROWSER),
    "viewer": alice(Via.BROWSER, Role.VIEWER),
    "contributor": alice(Via.BROWSER, Role.CONTRIBUTOR),
    "maintainer": alice(Via.BROWSER, Role.MAINTAINER),
    "admin": alice(Via.BROWSER, admin=True),
    "admin viewing": alice(Via.BROWSER, admin=True, viewing=PROJECT),
    "pretender viewing": alice(Via.BROWSER, viewing=PROJECT),
    "admin by token": alice(Via.OWN_SERVER, admin=True),
    "own server of a stranger": alice(Via.OWN_SERVER),
    "own server of a viewer": alice(Via.OWN_SERVER, Role.VIEWER),
    "own server of a contributor": alice(Via.OWN_SERVER, Role.CONTRIBUTOR),
    "own server of a maintainer": alice(Via.OWN_SERVER, Role.MAINTAINER),
    "project server": Actor(
        person=None, name="p-1", via=Via.PROJECT_SERVER, roles={PROJECT: Role.CONTRIBUTOR}
    ),
    "hub": Actor(person=None, name="trailbook", via=Via.HUB),
    "laptop": alice(Via.LAPTOP),
}
PEOPLE_AT_WORK = {
    "contributor",
    "maintainer",
    "own server of a contributor",
    "own server of a maintainer",
}
MEMBERS = PEOPLE_AT_WORK | {"viewer", "own server of a viewer", "project server"}
ALICES_OWN = {name for name, actor in ACTORS.items() if actor.person == ALICE}
ALICES_SERVERS = {name for name in ALICES_OWN if ACTORS[name].via is Via.OWN_SERVER}
ADMINS = {"admin", "admin viewing"}

IN_PLACES: list[tuple[Callable[[Actor, Place], bool], dict[str, set[str]]]] = [
    (
        access.may_read,
        {
            "project": MEMBERS | {"admin viewing", "laptop"},
            "other": {"laptop"},
            "alice": ALICES_OWN,
            "bob": {"laptop"},
        },
    ),
    (
        access.may_note,
        {
            "project": PEOPLE_AT_WORK | {"laptop"},
            "other": {"laptop"},
            "alice": ALICES_OWN,
            "bob": {"laptop"},
        },
    ),
    (
        access.may_restore,
        {
            "project": PEOPLE_AT_WORK | {"laptop"},
            "other": {"laptop"},
            "alice": ALICES_OWN,
            "bob": {"laptop"},
        },
    ),
    (
        access.may_comment_review,
        {
            "project": PEOPLE_AT_WORK | {"laptop"},
            "other": {"laptop"},
            "alice": {"laptop"},
            "bob": {"laptop"},
        },
    ),
    (
        access.may_ask_review,
        {
            "project": {"contributor", "maintainer", "laptop"},
            "other": {"laptop"},
            "alice": {"laptop"},
            "bob": {"laptop"},
        },
    ),
    (
        access.may_look_at_review,
        {
            "project": (MEMBERS - {"project server"}) | {"admin viewing", "laptop"},
            "other": {"laptop"},
            "alice": ALICES_OWN,
            "bob": {"laptop"},
        },
    ),
    (
        access.may_write_space,
        {
            "project": {
                "own server of a contributor",
                "own server of a maintainer",
                "project server",
                "laptop",
            },
            "other": {"laptop"},
            "alice": ALICES_SERVERS | {"laptop"},
            "bob": {"laptop"},
        },
    ),
]
ANYWHERE: list[tuple[Callable[[Actor], bool], set[str]]] = [
    (access.may_sign, {n for n in ALICES_OWN if ACTORS[n].via in (Via.BROWSER, Via.LAPTOP)}),
    (
        access.may_create_project,
        {n for n in ALICES_OWN if ACTORS[n].via in (Via.BROWSER, Via.LAPTOP)},
    ),
    (access.may_view_as, ADMINS),
    (access.is_admin, ADMINS),
    (access.may_record, ALICES_SERVERS | {"project server", "laptop"}),
    (access.may_read_mounts, {"hub"}),
]
FOR_PROJECT: list[tuple[Callable[[Actor, str], bool], set[str]]] = [
    (access.may_see_project, MEMBERS | ADMINS | {"laptop"}),
    (access.may_edit_project, {"maintainer", "laptop"}),
    (access.may_switch_recording, {"maintainer", "laptop"} | ADMINS),
    (access.may_manage_members, {"maintainer", "laptop"} | ADMINS),
]


@pytest.mark.parametrize(("rule", "allowed"), IN_PLACES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_rule_about_a_place_allows_exactly_these(
    rule: Callable[[Actor, Place], bool], allowed: dict[str, set[str]]
) -> None:
    for name, place in PLACES.items():
        assert {actor for actor in ACTORS if rule(ACTORS[actor], place)} == allowed[name], name


@pytest.mark.parametrize(("rule", "allowed"), ANYWHERE, ids=lambda v: getattr(v, "__name__", ""))
def test_a_rule_about_an_actor_allows_exactly_these(
    rule: Callable[[Actor], bool], allowed: set[str]
) -> None:
    assert {actor for actor in ACTORS if rule(ACTORS[actor])} == allowed


@pytest.mark.parametrize(("rule", "allowed"), FOR_PROJECT, ids=lambda v: getattr(v, "__name__", ""))
def test_a_rule_about_a_project_allows_exactly_these(
    rule: Callable[[Actor, str], bool], allowed: set[str]
) -> None:
    assert {actor for actor in ACTORS if rule(ACTORS[actor], PROJECT)} == allowed


@pytest.mark.parametrize("rule", [access.may_change_note, access.may_delete_step])
def test_only_the_author_changes_what_is_theirs(
    rule: Callable[[Actor, Place, str | None], bool],
) -> None:
    for name in PEOPLE_AT_WORK:
        assert rule(ACTORS[name], IN_PROJECT, ALICE)
        assert not rule(ACTORS[name], IN_PROJECT, BOB)
        assert not rule(ACTORS[name], IN_PROJECT, None)
        assert not rule(ACTORS[name], IN_OTHER, ALICE)
    assert not rule(ACTORS["project server"], IN_PROJECT, None)
    assert not rule(ACTORS["admin"], OF_BOB, BOB)
    assert rule(ACTORS["laptop"], OF_BOB, BOB)


def test_somebody_who_became_a_viewer_may_still_delete_their_step_but_not_write_notes() -> None:
    assert access.may_delete_step(ACTORS["viewer"], IN_PROJECT, ALICE)
    assert not access.may_change_note(ACTORS["viewer"], IN_PROJECT, ALICE)


def test_an_administrator_has_a_viewers_role_only_while_looking_as_one() -> None:
    assert access.role_in(ACTORS["admin viewing"], PROJECT) is Role.VIEWER
    assert access.role_in(ACTORS["admin viewing"], OTHER) is None
    assert access.role_in(ACTORS["admin"], PROJECT) is None
    assert access.role_in(ACTORS["maintainer"], PROJECT) is Role.MAINTAINER
    assert access.role_in(ACTORS["maintainer"], None) is None


def test_nobody_in_particular_owns_nothing() -> None:
    hub = ACTORS["hub"]
    nobody = Place(space="s5")
    assert not access.may_read(hub, nobody)
    assert not access.is_own(hub, None)
    assert not access.may_read(ACTORS["stranger"], nobody)


def may(rule: Callable[..., bool], *args: object, **named: object) -> set[str]:
    return {name for name, actor in ACTORS.items() if rule(actor, IN_PROJECT, *args, **named)}


def test_who_is_asked_comments_and_decides_also_as_a_viewer() -> None:
    asked = {"viewer", "contributor", "maintainer"}
    servers = {name for name in MEMBERS if name.startswith("own server")}
    assert may(access.may_comment_review, asked=True) == asked | servers | {"laptop"}
    assert may(access.may_decide_review, BOB, asked=True) == asked
    assert may(access.may_decide_review, BOB, asked=False) == {"contributor", "maintainer"}
    assert may(access.may_decide_review, ALICE, asked=True) == set()


def test_a_review_is_edited_and_ended_by_its_author_and_maintainers() -> None:
    people = (MEMBERS - {"project server"}) | {"admin viewing", "laptop"}
    assert may(access.may_edit_review, ALICE) == people
    assert may(access.may_edit_review, BOB) == {
        "maintainer",
        "own server of a maintainer",
        "laptop",
    }
    assert may(access.may_end_review, ALICE) == {
        name for name in people if not name.startswith("own server")
    }
    assert may(access.may_end_review, BOB) == {"maintainer", "laptop"}


def test_a_comment_is_changed_by_who_wrote_it() -> None:
    people = (MEMBERS - {"project server"}) | {"admin viewing", "laptop"}
    assert may(access.may_change_comment, ALICE) == people
    assert may(access.may_change_comment, BOB) == {"laptop"}
