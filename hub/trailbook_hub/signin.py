"""Pages under /hub/ for signing in and for one's own password."""

from typing import Any
from urllib.parse import urlencode

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.utils import new_token, url_path_join
from tornado import web

from .passwords import PasswordToChange, complaint
from .throttle import Throttled

WRONG = "The name or the password is wrong."


class SignIn(LoginHandler):  # type: ignore[misc]  # JupyterHub has no types
    """The login page; a one-time password leads to the page that sets a real one."""

    async def post(self) -> None:
        """Sign in, or say why not."""
        name = self.get_body_argument("username", "")
        given = {"username": name, "password": self.get_body_argument("password", "", strip=False)}
        try:
            user = await self.login_user(given)
        except PasswordToChange as change:
            query = {"token": change.token, "next": self.get_argument("next", "")}
            self.redirect(url_path_join(self.hub.base_url, "set-password") + "?" + urlencode(query))
            return
        except Throttled as throttled:
            self.set_header("Retry-After", str(throttled.seconds))
            wait = f"Too many wrong passwords. Try again in {throttled.seconds} seconds."
            await self.again(429, wait, name)
            return
        if user is None:
            await self.again(403, WRONG, name)
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def again(self, status: int, sentence: str, name: str) -> None:
        """The form once more, with a sentence."""
        self.set_status(status)
        self.finish(await self._render(login_error=sentence, username=name[:64]))


class Page(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """A page about passwords: never kept by a browser, never named to another site."""

    def set_default_headers(self) -> None:
        """Say that this page is nobody else's."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")

    async def show(self, template: str, status: int = 200, **values: Any) -> None:
        """Write a page."""
        self.set_status(status)
        xsrf = self.xsrf_token.decode("ascii")
        self.finish(await self.render_template(template, xsrf=xsrf, **values))

    def end_other_sessions(self, user: Any) -> None:
        """Whoever was signed in as this person elsewhere is not any more."""
        user.cookie_id = new_token()
        tokens = self.db.query(orm.APIToken).filter_by(user_id=user.id)
        for token in tokens.filter(orm.APIToken.client_id != "jupyterhub"):
            self.db.delete(token)
        self.db.commit()


class SetPassword(Page):
    """Where a one-time link leads: choose a password, and be signed in."""

    @property
    def after(self) -> str:
        """Where to go then, as whoever sent them here asked."""
        return str(self.get_argument("next", ""))

    async def get(self) -> None:
        """The form, or that the link is used up."""
        token = self.get_query_argument("token", "")
        link = self.authenticator.passwords.link(token)
        if link is None:
            await self.show("set-password.html", 410, link=None)
            return
        await self.show("set-password.html", link=link, token=token, after=self.after)

    async def post(self) -> None:
        """Set the password and sign in."""
        token = self.get_body_argument("token", "")
        password = self.get_body_argument("password", "", strip=False)
        link = self.authenticator.passwords.link(token)
        if link is None:
            await self.show("set-password.html", 410, link=None)
            return
        wrong = complaint(password, self.get_body_argument("again", "", strip=False), link.name)
        if wrong:
            values = {"link": link, "token": token, "wrong": wrong, "after": self.after}
            await self.show("set-password.html", 400, **values)
            return
        redeem = self.authenticator.passwords.redeem
        link = await self.authenticator.off_loop(redeem, token, password)
        if link is None:
            await self.show("set-password.html", 410, link=None)
            return
        user = await self.auth_to_user({"name": link.name, "admin": True if link.admin else None})
        await self.authenticator.password_was_set(link.name)
        self.end_other_sessions(user)
        self.set_login_cookie(user)
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))


class ChangePassword(Page):
    """One's own password."""

    @web.authenticated
    async def get(self) -> None:
        """The form."""
        await self.show("change-password.html")

    @web.authenticated
    async def post(self) -> None:
        """Set another password; every other session of this person ends."""
        user = self.current_user
        password = self.get_body_argument("password", "", strip=False)
        current = self.get_body_argument("current", "", strip=False)
        wrong = complaint(password, self.get_body_argument("again", "", strip=False), user.name)
        wrong = wrong or await self.not_mine(user.name, current)
        if wrong:
            await self.show("change-password.html", 400, wrong=wrong)
            return
        await self.authenticator.off_loop(self.authenticator.passwords.set, user.name, password)
        await self.authenticator.password_was_set(user.name)
        self.end_other_sessions(user)
        self.set_login_cookie(user)
        await self.show("change-password.html", done=True)

    async def not_mine(self, name: str, current: str) -> str | None:
        """What is wrong with the present password, as the login page would say it."""
        try:
            given = {"username": name, "password": current}
            known = await self.authenticator.authenticate(self, given)
        except Throttled as throttled:
            return f"Too many wrong passwords. Try again in {throttled.seconds} seconds."
        except PasswordToChange:
            return None
        return None if known else "The present password is wrong."


HANDLERS = [(r"/login", SignIn), (r"/set-password", SetPassword), (r"/password", ChangePassword)]
