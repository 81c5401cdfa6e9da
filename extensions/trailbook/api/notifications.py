"""`notifications`: what happened in reviews, told to each person once."""

from .. import access
from ..access import Actor
from ..clock import now_us
from ..store.review_facts import NotificationFacts
from ..store.review_views import NotificationsView, NotificationView, ParticipantView
from .base import Resource, require
from .review_bodies import SeenNotifications
from .review_lists import Length, spaces_of
from .verbs import Id, verb


async def told(resource: Resource) -> tuple[Actor, str]:
    """The asker, who is a person."""
    actor = await resource.actor()
    allowed = actor.person is not None and actor.via in access.OWN
    require(allowed, "People are told things; servers are not.", actor)
    return actor, actor.person or ""


class Notifications(Resource):
    """`notifications`."""

    @verb()
    async def get(self, *, after: Id | None = None, limit: Length = 50) -> NotificationsView:
        """What happened in the reviews of one's projects, newest first; `after` is the last id."""
        actor, person = await told(self)
        spaces = await spaces_of(self, actor)
        found, unseen = await self.blocking(
            self.store.notifications, person, spaces, after=after, limit=limit + 1
        )
        shown = found[:limit]
        return NotificationsView(
            notifications=[_view(it) for it in shown],
            unseen=unseen,
            after=shown[-1].id if len(found) > limit else None,
        )

    @verb()
    async def put(self, *, body: SeenNotifications) -> None:
        """Remember which of them one has seen."""
        _, person = await told(self)
        await self.blocking(self.store.see_notifications, person, body.ids, body.until, now_us())


def _view(it: NotificationFacts) -> NotificationView:
    by = ParticipantView(id=it.by.id, name=it.by.name, display_name=it.by.display_name)
    return NotificationView(
        id=it.id,
        why=it.why,
        at=it.at,
        by=by,
        review=it.review,
        number=it.number,
        title=it.title,
        project=it.slug,
        thread=it.thread,
        seen=it.seen_at is not None,
    )
