"""Who may do what at the hub: the least scopes of each part."""

from typing import Any

SERVICE = "trailbook"
CULLER = "trailbook-idle-culler"

USER_SCOPES = [f"access:services!service={SERVICE}"]
"""Everybody who signs in may open the reader."""

SERVER_SCOPES = [
    "users:activity!user",
    "access:servers!server",
    f"access:services!service={SERVICE}",
]
"""What the token of a server can do: say that it is alive, let its visitors in, record."""

SERVICE_SCOPES = [
    "admin:users",  # makes and deletes accounts of projects; JupyterHub has no narrower scope
    "shares",  # members of a project may open its server
    "servers",  # see, start and stop them; a share can give only what its giver has
]
"""What the reconciler needs to make projects and members true at the hub."""

CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def service_roles(cull: bool) -> list[dict[str, Any]]:
    """The roles of our services."""
    ours = [{"name": "trailbook-service", "services": [SERVICE], "scopes": SERVICE_SCOPES}]
    if cull:
        ours.append({"name": CULLER, "services": [CULLER], "scopes": CULLER_SCOPES})
    return ours


def with_user_scopes(role: dict[str, Any] | None) -> dict[str, Any]:
    """The `user` role with the reader added to what an administrator already gave it."""
    role = dict(role or {"name": "user", "scopes": ["self"]})
    had = role.get("scopes", ["self"])
    role["scopes"] = [*had, *(scope for scope in USER_SCOPES if scope not in had)]
    return role
