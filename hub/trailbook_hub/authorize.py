"""The hub's step in which a server learns who its visitor is, with some visitors refused."""

from typing import Any

from jupyterhub import roles
from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from tornado.web import authenticated

from .origins import SETTING, is_projects


class Authorize(OAuthAuthorizeHandler):  # type: ignore[misc]  # JupyterHub has no types
    """Where the hub tells a server who its visitor is; every way into a server passes here."""

    @authenticated
    async def get(self) -> None:
        """Let everybody on but administrators on their way to a project's server."""
        if self.stays_out():
            await self.refuse()
        else:
            await super().get()

    @authenticated
    async def post(self) -> None:
        """The same for the answer of the page that asks."""
        if self.stays_out():
            await self.refuse()
        else:
            super().post()

    def stays_out(self) -> bool:
        """Whether this visitor is an administrator on the way to a project's server."""
        if not self.settings.get(SETTING):
            return False
        held = roles.get_roles_for(self.current_user.orm_user)
        return any(role.name == "admin" for role in held) and any(
            map(is_projects, self.get_arguments("client_id"))
        )

    async def refuse(self) -> None:
        """Stop here, with the reason and what to do."""
        self.set_status(403)
        self.finish(await self.render_template("stay-out.html"))


HANDLERS: list[tuple[str, Any]] = [(r"/api/oauth2/authorize", Authorize)]
"""In front of the hub's own."""
