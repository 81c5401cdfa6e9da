"""Persons behind hub users: bound to the name and the time at which the hub made the user.

A successor of the same name is somebody else and inherits nothing.
"""

import asyncio
from typing import Any

from trailbook.access import Role
from trailbook.store.base import Store
from trailbook.store.views import PersonView, ProjectView

from .. import names
from .hub import HubClient

PERSON = "trailbook_person"


class Identities:
    """Who has which name now."""

    def __init__(self, store: Store, hub: HubClient) -> None:
        self._store = store
        self._hub = hub

    async def person_named(self, name: str) -> PersonView | None:
        """The person who has this name at the hub now."""
        return await self.of_user(name, await self._hub.user(name))

    async def of_answer(self, answer: dict[str, Any]) -> PersonView | None:
        """The person whose token or sign-in the hub has told of with this answer.

        The answer is kept for a while by who asked for it, and carries the person along: a name
        that passes to a successor meanwhile takes nobody's token with it, and a successor's own
        token never finds the person before.
        """
        if PERSON not in answer:
            answer[PERSON] = await self.person_named(answer["name"])
        person: PersonView | None = answer[PERSON]
        return person

    async def of_user(self, name: str, user: dict[str, Any] | None) -> PersonView | None:
        """The person behind what the hub says of a user."""
        if user is None or names.is_project(name):
            return None
        return await asyncio.to_thread(self._meet, name, user)

    def _meet(self, name: str, user: dict[str, Any]) -> PersonView:
        known = self._store.find_person(name)
        person = self._store.person(name, user["created"] or "", displayed(user))
        if known is None or known.id != person.id:
            self._welcome(person, admin=bool(user.get("admin")))
        return person

    def _welcome(self, person: PersonView, *, admin: bool) -> None:
        """Everybody who comes for the first time finds the demo project."""
        role = Role.MAINTAINER if admin else Role.CONTRIBUTOR
        for project in self._store.projects():
            if project.demo:
                self._store.set_member(project.id, person.id, role, by=None)


def displayed(user: dict[str, Any]) -> str:
    """The name that the identity provider gives for people, or none."""
    info = user.get("user_info") or {}
    name = info.get("display_name") or info.get("name") or ""
    return name if isinstance(name, str) else ""


def demo_project(store: Store) -> ProjectView | None:
    """The demo project, if there is one."""
    return next((project for project in store.projects() if project.demo), None)
