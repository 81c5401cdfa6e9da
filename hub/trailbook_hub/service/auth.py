"""Who asks, from what the hub says of a request's token or cookie."""

import asyncio
from typing import Any

from trailbook.access import Actor, Role, Via
from trailbook.errors import NotAllowed
from trailbook.store.base import Store

from .. import names
from .identity import Identities


async def actor_of(
    user: dict[str, Any],
    *,
    token: str | None,
    service: str,
    store: Store,
    identities: Identities,
    viewing: str | None,
) -> Actor:
    """The actor behind a user, a project's account or a service of the hub.

    `token` is the one that came with the request, None for who is signed in with a browser.
    """
    name = user["name"]
    if user.get("kind") == "service":
        if name != service:
            raise NotAllowed("This is for people, their servers and the hub.")
        return Actor(person=None, name=name, via=Via.HUB)
    if names.is_project(name):
        return project_server(name, await asyncio.to_thread(store.project_of_account, name))
    person = await identities.of_answer(user, token)
    if person is None:
        raise NotAllowed("The hub knows nobody of this name any more.")
    is_admin = bool(user.get("admin"))
    return Actor(
        person=person.id,
        name=name,
        via=Via.BROWSER if token is None else Via.OWN_SERVER,
        admin=is_admin,
        roles=await asyncio.to_thread(store.roles, person.id),
        viewing_as=viewed_project(viewing, person.id) if is_admin and token is None else None,
    )


def project_server(account: str, project: str | None) -> Actor:
    """The server of a project, which is nobody in particular."""
    if project is None:
        raise NotAllowed("This project is not here any more.")
    return Actor(
        person=None,
        name=account,
        via=Via.PROJECT_SERVER,
        roles={project: Role.CONTRIBUTOR},
    )


def viewed_project(cookie: str | None, person: str) -> str | None:
    """The project that this person chose to look at as a viewer."""
    owner, _, project = (cookie or "").partition(":")
    return project if project and owner == person else None
