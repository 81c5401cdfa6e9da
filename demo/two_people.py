"""The server on which the demo is recorded: a project's server that two people use.

It is a real Jupyter server with the real recorder; only the way to the store is shorter than
through a hub's service, and who asks is told by a token for each person.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User

from trailbook.server.app import TrailbookApp
from trailbook.store.records import Batch, Receipt, Registered, Registration
from trailbook.store.sql import SqlStore


@dataclass(frozen=True)
class ProjectOwner:
    """The owner of a project server's token: the project, no person."""

    project: str
    name: str = "demo"
    person: str | None = None


class ProjectSink:
    """The recorder's way to the store, without a service in between."""

    def __init__(self, store: SqlStore, owner: ProjectOwner) -> None:
        self.store, self.owner = store, owner

    def register(self, registration: Registration) -> Registered:
        """Register as a writer of the project."""
        return self.store.register_writer(self.owner, registration)

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """Which of these payloads the store lacks."""
        return self.store.missing(writer, space, ids)

    def ingest(self, writer: str, batch: Batch) -> Receipt:
        """Store a batch."""
        return self.store.ingest(self.owner, writer, batch)


class DemoApp(TrailbookApp):
    """The recorder, with its records going to the demo's own store."""

    def _connect_to_service(self) -> ProjectSink:
        store = SqlStore.open(Path(os.environ["DEMO_STORE"]))
        return ProjectSink(store, ProjectOwner(os.environ["DEMO_PROJECT"]))


class TwoPeople(IdentityProvider):
    """Everybody is who their token says."""

    def get_user(self, handler: Any) -> User | None:
        """The person whose token came with the request."""
        tokens = dict(pair.split("=") for pair in os.environ["DEMO_TOKENS"].split())
        name = tokens.get(self.get_token(handler) or "")
        handler._token_authenticated = name is not None
        return User(username=name) if name else None


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "two_people", "app": DemoApp}]
