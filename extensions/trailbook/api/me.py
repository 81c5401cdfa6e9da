"""`me`: who asks, and what they agreed to."""

import msgspec

from .. import access
from ..store.views import ProjectView
from .base import Resource, require
from .projects import projects_of
from .verbs import Slug, verb

CONSENT = "2"
"""The version of the screen that says what is recorded; a new one asks everybody again."""


class MeView(msgspec.Struct, kw_only=True):
    """Who asks."""

    person: str | None
    name: str
    display_name: str
    admin: bool
    via: str  # browser · own-server · project-server · hub · laptop
    consented: bool
    viewing_as: str | None  # the project at which an administrator looks as a viewer
    projects: list[ProjectView]


class Viewing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A project to look at as a viewer of it would, or None to stop."""

    project: Slug | None


class Me(Resource):
    """`me`."""

    @verb()
    async def get(self) -> MeView:
        """Who asks, how they came, and their projects."""
        actor = await self.actor()
        consented = actor.person is None or await self.blocking(
            self.store.has_consented, actor.person, CONSENT
        )
        return MeView(
            person=actor.person,
            name=actor.name,
            display_name=await self.display_name(),
            admin=actor.admin,
            via=actor.via.value,
            consented=consented,
            viewing_as=actor.viewing_as,
            projects=await projects_of(self, actor),
        )


class Consent(Resource):
    """`me/consent`."""

    @verb()
    async def put(self) -> None:
        """Agree to what the welcome screen says is recorded."""
        actor = await self.actor()
        require(actor.via in access.OWN, "A project's server agrees to nothing.", actor)
        if actor.person is not None:
            await self.blocking(self.store.consent, actor.person, CONSENT)


class ViewAs(Resource):
    """`me/viewing`."""

    @verb()
    async def put(self, *, body: Viewing) -> None:
        """As an administrator, look at a project as a viewer of it would; this is logged."""
        actor = await self.actor()
        require(access.may_view_as(actor), "Only an administrator can look as a viewer.", actor)
        project = None
        if body.project is not None:
            _, found = await self.project(body.project)
            project = found.id
        what = "view-as" if project else "view-as-end"
        await self.blocking(self.store.log_access, actor.person or "", what, project)
        self.view_as(project)
