"""The administrators' page: who is here, invitations, resets, removal."""

from collections.abc import Callable
from typing import Any, TypeVar

from jupyterhub import orm
from jupyterhub.scopes import needs_scope
from jupyterhub.utils import get_browser_protocol, maybe_future, url_path_join
from tornado import web

from . import names
from .signin import Page

Verb = TypeVar("Verb", bound=Callable[..., Any])

administrators: Callable[[Verb], Verb] = needs_scope("admin:users")
"""Only for whoever may administer people."""


class People(Page):
    """Everybody who is here, and the forms that change it."""

    @web.authenticated
    @administrators
    async def get(self) -> None:
        """The list."""
        await self.list()

    async def list(self, status: int = 200, **values: Any) -> None:
        """The page, with what the form that came before has to say."""
        waiting = self.authenticator.passwords.waiting()
        have = self.authenticator.passwords.names()
        users = self.db.query(orm.User).order_by(orm.User.name)
        rows = [
            {
                "name": user.name,
                "admin": user.admin,
                "last": user.last_activity,
                "password": user.name in have,
                "link_until": waiting[user.name].expires_at if user.name in waiting else None,
                "me": user.name == self.current_user.name,
            }
            for user in users
            if not names.is_project(user.name)
        ]
        hours = self.authenticator.link_hours
        await self.show("people.html", status, people=rows, link_hours=hours, **values)

    def link(self, token: str) -> str:
        """The address that somebody opens to set a password."""
        if public := self.settings.get("public_url"):
            origin = f"{public.scheme}://{public.netloc}"
        else:
            origin = f"{get_browser_protocol(self.request)}://{self.request.host}"
        path: str = url_path_join(self.hub.base_url, "set-password")
        return f"{origin}{path}?token={token}"

    async def person(self) -> Any:
        """The person that the form names, or what is wrong with the name on the page."""
        name = self.authenticator.normalize_username(self.get_body_argument("name", ""))
        user = self.find_user(name)
        if user is None or names.is_project(name):
            raise web.HTTPError(404, "There is nobody of this name here.")
        return user


class Invite(People):
    """A one-time link for somebody new."""

    @web.authenticated
    @administrators
    async def post(self) -> None:
        """Make the account and its link."""
        name = self.authenticator.normalize_username(self.get_body_argument("name", ""))
        if not self.authenticator.may_be_a_person(name):
            wrong = (
                "A name has letters a to z, digits and . _ - + @, starts with a letter or a "
                "digit, is at most 64 long, is not “p”, and does not start with “p-”."
            )
            await self.list(400, wrong=wrong, tried=name[:64])
            return
        if self.find_user(name) is not None:
            await self.list(409, wrong=f"{name} is here already.", tried=name)
            return
        user = self.user_from_username(name)
        await maybe_future(self.authenticator.add_user(user))
        self.db.commit()
        admin = self.get_body_argument("admin", "") == "1"
        token = self.authenticator.invite(name, admin=admin)
        self.log.info("%s invited %s", self.current_user.name, name)
        await self.list(link=self.link(token), link_for=name)


class Reset(People):
    """A one-time link for somebody who forgot a password."""

    @web.authenticated
    @administrators
    async def post(self) -> None:
        """Make the link; the old password works until it is used."""
        user = await self.person()
        token = self.authenticator.invite(user.name)
        self.log.info("%s made a reset link for %s", self.current_user.name, user.name)
        await self.list(link=self.link(token), link_for=user.name)


class Remove(People):
    """Take somebody's account away, after their name was typed."""

    @web.authenticated
    @administrators
    async def get(self) -> None:
        """What will happen, and the field for the name."""
        name = self.get_query_argument("name", "")
        user = self.find_user(name)
        if user is None or names.is_project(name):
            raise web.HTTPError(404, "There is nobody of this name here.")
        await self.show("remove.html", person=user)

    @web.authenticated
    @administrators
    async def post(self) -> None:
        """Stop their servers and remove the account; folders and history stay."""
        user = await self.person()
        if user.name == self.current_user.name:
            raise web.HTTPError(400, "You cannot remove yourself.")
        if self.get_body_argument("confirm", "") != user.name:
            wrong = "The name that you typed is another one."
            await self.show("remove.html", 400, person=user, wrong=wrong)
            return
        for server, spawner in list(user.spawners.items()):
            if spawner.active:
                await self.stop_single_user(user, server)
        name = user.name
        await maybe_future(self.authenticator.delete_user(user))
        await user.delete_spawners()
        self.users.delete(user)
        self.log.info("%s removed %s", self.current_user.name, name)
        self.redirect(url_path_join(self.hub.base_url, "people"))


HANDLERS = [
    (r"/people", People),
    (r"/people/invite", Invite),
    (r"/people/reset", Reset),
    (r"/people/remove", Remove),
]
