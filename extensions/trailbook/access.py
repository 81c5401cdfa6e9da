"""Who may see and do what: the one place where it is decided, as pure functions.

An absent thing and a thing that may not be seen look the same: callers raise `NotFound`.
"""

import enum

import msgspec


class Role(enum.IntEnum):
    """A member's role in a project; each includes the ones before it."""

    VIEWER = 1
    CONTRIBUTOR = 2
    MAINTAINER = 3


class Via(enum.Enum):
    """How the actor came: what a person signs needs their own sign-in."""

    BROWSER = "browser"  # signed in at the service itself
    OWN_SERVER = "own-server"  # the token of a person's own server, or a token they made
    PROJECT_SERVER = "project-server"  # the token of a project's server: a project, not a person
    HUB = "hub"  # the hub itself, with the service's own token
    LAPTOP = "laptop"  # one person, one machine, no hub


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks."""

    person: str | None  # None for a project's server and the hub
    name: str
    via: Via
    admin: bool = False
    roles: dict[str, Role] = {}  # project id -> role; a project server holds one, CONTRIBUTOR
    viewing_as: str | None = None  # a project id: an admin looks as a viewer of it would


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a thing lives: a project's space, or one person's own."""

    space: str
    project: str | None = None
    person: str | None = None


OWN = frozenset({Via.BROWSER, Via.OWN_SERVER, Via.LAPTOP})
"""Ways in which a person, and nobody for them, came."""

SIGNED = frozenset({Via.BROWSER, Via.LAPTOP})
"""Ways in which what a person signs counts as theirs."""


def role_in(actor: Actor, project: str | None) -> Role | None:
    """The actor's role in a project; an administrator who looks as a viewer has a viewer's."""
    if project is None:
        return None
    role = actor.roles.get(project)
    if role is None and actor.admin and actor.viewing_as == project:
        return Role.VIEWER
    return role


def may_read(actor: Actor, place: Place) -> bool:
    """A project is read by its members; what is outside projects, by its owner alone."""
    if actor.via is Via.LAPTOP:
        return True
    if place.project is not None:
        return role_in(actor, place.project) is not None
    return actor.person is not None and actor.person == place.person


def may_note(actor: Actor, place: Place) -> bool:
    """Notes are written by a person, in their own history or as a project's contributor."""
    if actor.via not in OWN or not may_read(actor, place):
        return False
    if actor.via is Via.LAPTOP or place.project is None:
        return True
    role = role_in(actor, place.project)
    return role is not None and role >= Role.CONTRIBUTOR


def may_restore(actor: Actor, place: Place) -> bool:
    """A deleted notebook is put back, by their own server, by who works where it was."""
    return may_note(actor, place)


def may_change_note(actor: Actor, place: Place, author: str | None) -> bool:
    """A note is edited and deleted by who wrote it."""
    return may_note(actor, place) and is_own(actor, author)


def may_delete_step(actor: Actor, place: Place, author: str | None) -> bool:
    """A step and its outputs are deleted by who ran it, also as a viewer by now."""
    return actor.via in OWN and may_read(actor, place) and is_own(actor, author)


def is_own(actor: Actor, author: str | None) -> bool:
    """Whether a thing is this person's; on a laptop everything is."""
    if actor.via is Via.LAPTOP:
        return True
    return actor.person is not None and actor.person == author


def may_sign(actor: Actor) -> bool:
    """What a person signs needs their own sign-in: no server speaks for them."""
    return actor.person is not None and actor.via in SIGNED


def may_comment_review(actor: Actor, place: Place, *, asked: bool = False) -> bool:
    """Comments are written by a project's contributors, and by viewers where they are asked."""
    if actor.via not in OWN or not may_read(actor, place):
        return False
    if actor.via is Via.LAPTOP:
        return True
    if place.project is None or actor.roles.get(place.project) is None:
        return False
    return asked or actor.roles[place.project] >= Role.CONTRIBUTOR


def may_ask_review(actor: Actor, place: Place) -> bool:
    """Reviews are asked for, in a project, by its contributors; on a laptop, of oneself."""
    return may_sign(actor) and may_comment_review(actor, place)


def may_decide_review(actor: Actor, place: Place, author: str, *, asked: bool) -> bool:
    """Verdicts are given by others than the author, by who may comment; on a laptop by nobody."""
    if actor.via is Via.LAPTOP or is_own(actor, author):
        return False
    return may_sign(actor) and may_comment_review(actor, place, asked=asked)


def may_edit_review(actor: Actor, place: Place, author: str) -> bool:
    """Title and description are the author's and the maintainers'."""
    if actor.via not in OWN or not may_read(actor, place):
        return False
    if is_own(actor, author):
        return True
    return place.project is not None and actor.roles.get(place.project) is Role.MAINTAINER


def may_end_review(actor: Actor, place: Place, author: str) -> bool:
    """A review is opened, concluded and abandoned by who may edit it, who signs that."""
    return may_sign(actor) and may_edit_review(actor, place, author)


def may_change_comment(actor: Actor, place: Place, author: str) -> bool:
    """A comment is edited and deleted by who wrote it, also as a viewer by now."""
    return actor.via in OWN and may_read(actor, place) and is_own(actor, author)


def may_look_at_review(actor: Actor, place: Place) -> bool:
    """Looks, ticks and notifications are a person's."""
    return actor.person is not None and actor.via in OWN and may_read(actor, place)


def may_create_project(actor: Actor) -> bool:
    """Everybody who signed in may begin a project, and is its maintainer."""
    return may_sign(actor)


def may_see_project(actor: Actor, project: str) -> bool:
    """Whether a project exists for this actor: its members, and administrators who signed in."""
    return role_in(actor, project) is not None or is_admin(actor) or actor.via is Via.LAPTOP


def may_edit_project(actor: Actor, project: str) -> bool:
    """Name and charter are a maintainer's."""
    return may_sign(actor) and (
        actor.via is Via.LAPTOP or actor.roles.get(project) is Role.MAINTAINER
    )


def may_switch_recording(actor: Actor, project: str) -> bool:
    """Whether a project is recorded is its maintainers' decision, and the administrators'."""
    return may_edit_project(actor, project) or is_admin(actor)


def may_manage_members(actor: Actor, project: str) -> bool:
    """Members are managed by maintainers, and by administrators."""
    return may_edit_project(actor, project) or is_admin(actor)


def may_view_as(actor: Actor) -> bool:
    """Administrators may look at a project as a viewer of it would; every look is logged."""
    return is_admin(actor)


def is_admin(actor: Actor) -> bool:
    """An administrator by their own sign-in; a token of theirs has no such power."""
    return actor.admin and actor.via is Via.BROWSER


def may_record(actor: Actor) -> bool:
    """Recorders are servers: a page in a browser has nothing to record."""
    return actor.via in {Via.OWN_SERVER, Via.PROJECT_SERVER, Via.LAPTOP}


def may_write_space(actor: Actor, place: Place) -> bool:
    """A recorder writes to its owner's space and to the projects its owner contributes to."""
    if actor.via is Via.LAPTOP:
        return True
    if not may_record(actor) or not may_read(actor, place):
        return False
    return place.project is None or actor.roles.get(place.project, 0) >= Role.CONTRIBUTOR


def may_read_mounts(actor: Actor) -> bool:
    """Which folders a server gets is the hub's business alone."""
    return actor.via is Via.HUB
