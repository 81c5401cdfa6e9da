"""Persons behind hub users: bound to the name and the time at which the hub made the user.

A successor of the same name is somebody else and inherits nothing.
"""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from trailbook.access import Role
from trailbook.errors import TrailbookError
from trailbook.store.base import Store
from trailbook.store.views import PersonView, ProjectView

from .. import names
from .demo_review import ask_first_person
from .hub import HubClient

log = logging.getLogger("trailbook.service")

PERSON = "trailbook_person"

KNOWN_SECONDS = 600.0
"""How long the person behind a token is not asked for again: their name for people may change."""

MOST_KNOWN = 20_000


class Known(NamedTuple):
    """The person behind a token, and when that was asked."""

    person: PersonView
    at: float


class Identities:
    """Who has which name now."""

    def __init__(self, store: Store, hub: HubClient) -> None:
        self._store = store
        self._hub = hub
        self._known: OrderedDict[tuple[bytes, str], Known] = OrderedDict()

    async def person_named(self, name: str) -> PersonView | None:
        """The person who has this name at the hub now."""
        return await self.of_user(name, await self._hub.user(name))

    async def of_answer(self, answer: dict[str, Any], token: str | None) -> PersonView | None:
        """The person whose token or sign-in the hub has told of with this answer.

        The answer is kept for a while by who asked for it, and carries the person along: a name
        that passes to a successor meanwhile takes nobody's token with it, and a successor's own
        token never finds the person before.
        """
        if PERSON not in answer:
            name = answer["name"]
            asked = self.person_named(name) if token is None else self._of_token(token, name)
            answer[PERSON] = await asked
        person: PersonView | None = answer[PERSON]
        return person

    async def _of_token(self, token: str, name: str) -> PersonView | None:
        """The person whose token this is, who has this name.

        A token never passes to somebody else, and goes with its owner: of one that the hub still
        knows, the person need not be asked for again. Servers ask every few seconds.
        """
        key = (hashlib.sha256(token.encode()).digest(), name)
        known = self._known.get(key)
        if known is not None and time.monotonic() - known.at < KNOWN_SECONDS:
            self._known.move_to_end(key)
            return known.person
        person = await self.person_named(name)
        if person is not None:
            self._known[key] = Known(person, time.monotonic())
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
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
                self._ask(project, person)

    def _ask(self, project: ProjectView, person: PersonView) -> None:
        """The first finds a review that waits for them, and is welcome without it too."""
        try:
            ask_first_person(self._store, project, person.id)
        except TrailbookError as error:
            log.warning("The demo's review is missing: %s", error)


def displayed(user: dict[str, Any]) -> str:
    """The name that the identity provider gives for people, or none."""
    info = user.get("user_info") or {}
    name = info.get("display_name") or info.get("name") or ""
    return name if isinstance(name, str) else ""


def demo_project(store: Store) -> ProjectView | None:
    """The demo project, if there is one."""
    return next((project for project in store.projects() if project.demo), None)
