"""Brings the hub in line with the projects: their accounts, and who may open their servers.

The projects in the store are the truth. Shares are for each user, because shares of a group give
no access in JupyterHub 6.1.
"""

import asyncio
import logging
from contextlib import suppress
from urllib.parse import quote

from trailbook.access import Role
from trailbook.errors import TrailbookError
from trailbook.store.base import Store

from .. import names
from .ends import RETRY_SECONDS, Ends
from .hub import HubClient
from .identity import Identities

log = logging.getLogger("trailbook.service")

EVERY_SECONDS = 600.0
SETTLE_SECONDS = 5.0
"""How long somebody waits for the hub to agree with what they changed."""

WORKING = ("access:servers", "servers")
"""The hub's own pages start a server for nobody with less. It includes stopping the server, as
whoever works in a project can from within."""

Wanted = dict[str, list[str]]
"""Hub user -> scopes at one project's server."""


class Reconciler:
    """A task that makes the hub agree, at the start, at each change and now and then."""

    def __init__(
        self, store: Store, hub: HubClient, identities: Identities, ends: Ends, warning: float
    ) -> None:
        self._store = store
        self._hub = hub
        self._identities = identities
        self._ends = ends
        self._warning = warning
        self._agreed = asyncio.Event()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something changed: do it now."""
        self._agreed.clear()
        self._woken.set()

    async def settled(self) -> None:
        """Wait until the hub agrees, or for a few seconds."""
        with suppress(TimeoutError, asyncio.TimeoutError):
            await asyncio.wait_for(self._agreed.wait(), SETTLE_SECONDS)

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            self._woken.clear()
            try:
                await self.reconcile()
                if not self._woken.is_set():
                    self._agreed.set()
                failures = 0
                wait = EVERY_SECONDS
            except TrailbookError as error:
                wait = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                failures += 1
                log.warning(
                    "The hub's shares are not in line yet, next try in %ds: %s", wait, error
                )
            try:
                await asyncio.wait_for(self._woken.wait(), wait)
            except (TimeoutError, asyncio.TimeoutError):
                continue

    async def reconcile(self) -> None:
        """Once: accounts for all projects, and exactly the shares that members have."""
        users = {user["name"]: user for user in await self._hub.listed("/users")}
        accounts = set()
        for project in await asyncio.to_thread(self._store.projects):
            account = await asyncio.to_thread(self._store.project_account, project.id)
            accounts.add(account)
            if account not in users:
                await self._hub.call("POST", f"/users/{quote(account)}")
                log.info("Made the account %s of the project %s", account, project.slug)
            wanted: Wanted = {}
            for member in await asyncio.to_thread(self._store.members, project.id):
                name = member.person.name
                person = await self._identities.of_user(name, users.get(name))
                if person is not None and person.id == member.person.id:
                    wanted.update(scopes_for(name, Role[member.role.upper()], account))
            await self.share(account, wanted)
        for account in users:
            if names.is_project(account) and account not in accounts:
                await self.share(account, {})

    async def share(self, account: str, wanted: Wanted) -> None:
        """Grant what is missing at one project's server and revoke what is too much."""
        address = f"/shares/{quote(account)}"
        open_to = dict(wanted)
        for share in await self._hub.listed(address):
            kind = share["kind"]
            name = share[kind]["name"]
            right = kind == "user" and set(share["scopes"]) == set(wanted.get(name, ()))
            if right and not share["server"]["name"]:
                open_to.pop(name)
                continue
            removed = kind == "user" and name not in wanted
            if removed:
                # Before the share goes: what is noted is carried out whatever happens then.
                await self.end(account, name)
            server = quote(share["server"]["name"], safe="")
            await self._hub.call("PATCH", f"{address}/{server}", {kind: name})
            log.info("Took the share of %s at %s away", name, account)
            if removed:
                await self.end(account, name)  # they may have started one meanwhile
        for name, scopes in open_to.items():
            await self._hub.call("POST", f"{address}/", {"user": name, "scopes": scopes})
            log.info("Shared %s with %s", account, name)
            await self._ends.forgive(account, name)

    async def end(self, account: str, name: str) -> None:
        """End what somebody who is removed may have open: theirs now, the project's after a while.

        Others may be working in the project's server, and are told first.
        """
        await self._ends.note(name, name, seconds=0, again=False)
        await self._ends.note(account, name, seconds=self._warning, again=True)


def scopes_for(name: str, role: Role, account: str) -> Wanted:
    """Contributors and maintainers may work in the server; a viewer has no share."""
    if role < Role.CONTRIBUTOR:
        return {}
    return {name: [f"{scope}!server={account}/" for scope in WORKING]}
