"""Names that are derived once and never reused: folders, OS accounts, project accounts."""

import hashlib
import re
from datetime import datetime

PROJECT_PREFIX = "p-"
"""Hub accounts of projects start so; no person may have such a name."""

ACCOUNT_PREFIX = "tb-"
"""OS accounts that Trailbook made start so; `trailbook hub accounts` removes no others."""


def is_project(hub_name: str) -> bool:
    """Whether a hub account belongs to a project and not to a person."""
    return hub_name.startswith(PROJECT_PREFIX)


def is_projects_alone(hub_name: str) -> bool:
    """Whether no person may have this name: a project's, or the one that could look like it.

    JupyterHub names an OAuth client after account and server, joined by a hyphen: the server
    `x` of somebody called `p` would be told visitors as if it were the project's `p-x`.
    """
    return is_project(f"{hub_name}-")


def stable_id(hub_name: str, created: datetime | None) -> str:
    """An id of the account, bound to the time it was made: a successor inherits nothing.

    A project's account has a random name that is never used again, so its name is enough.
    """
    born = ""
    if created is not None and not is_project(hub_name):
        born = created.replace(microsecond=0).isoformat()
    return hashlib.sha256(f"{hub_name}\n{born}".encode()).hexdigest()[:16]


def home_folder(hub_name: str, created: datetime | None) -> str:
    """The name of the account's home; readable for people, unique by the id at its end."""
    if is_project(hub_name):
        return hub_name
    readable = re.sub(r"[^a-z0-9]+", "-", hub_name.lower()).strip("-")[:24]
    return f"{readable or 'user'}-{stable_id(hub_name, created)}"


def os_account(hub_name: str, created: datetime | None) -> str:
    """The OS account of a hub account in isolated mode, at most 32 characters."""
    return ACCOUNT_PREFIX + stable_id(hub_name, created)


def service_account(data: str) -> str:
    """The OS account of the service whose data are in this folder."""
    return f"{ACCOUNT_PREFIX}service-{hashlib.sha256(data.encode()).hexdigest()[:8]}"
