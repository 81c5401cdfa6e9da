"""Who stays out of projects' servers where all servers share one origin.

A project's members can change the pages that its server sends. On the hub's own origin such a page
can do what its visitor may do at the hub; for an administrator that is everything.
"""

from . import names
from .settings import Settings

SETTING = "trailbook_admins_stay_out"
"""Among the hub's tornado settings: whether administrators are refused."""


def admins_stay_out(settings: Settings, subdomain_host: str) -> bool:
    """Whether there is something to protect, and nothing else that protects it.

    In trusted mode whoever runs code can read the hub's secrets anyway.
    """
    trusted = settings.backend == "local" and not settings.isolated
    return not trusted and not subdomain_host


def is_projects(client: str) -> bool:
    """Whether this OAuth client is the server of a project."""
    return client.startswith(f"jupyterhub-user-{names.PROJECT_PREFIX}")
