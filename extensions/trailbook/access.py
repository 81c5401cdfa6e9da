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
