"""Addresses that nobody serves: the same answer for everybody."""

from tornado.web import HTTPError

from trailbook.api.base import Resource

from .handler import ServiceHandler
from .pages.base import Page


class Nothing(ServiceHandler):
    """There is no such address."""

    async def prepare(self) -> None:
        """Say so without asking who it is."""
        self.service.begun(self)
        raise HTTPError(404)


class NoResource(Resource, Nothing):
    """Under the API: in JSON."""


class NoPage(Page, Nothing):
    """Everywhere else: in words."""
