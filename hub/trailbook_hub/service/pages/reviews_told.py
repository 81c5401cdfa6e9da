"""What happened in reviews, told to each person once."""

from trailbook.api import notifications as api_notifications
from trailbook.api import review_bodies as bodies
from trailbook.store.review_views import NotificationsView

from . import reviews_words
from .base import Page, page


class Notifications(Page):
    """`notifications`: newest first."""

    forms = True

    @page
    async def get(self) -> None:
        """The list; opening a review marks what it tells of it."""
        found: NotificationsView = await self.ask(
            api_notifications.Notifications.get, after=self.get_query_argument("after", None)
        )
        await self.render_page(
            "notifications.html",
            says=reviews_words,
            notifications=found.notifications,
            after=found.after,
        )

    @page
    async def post(self) -> None:
        """Mark all as read, as far as the page showed them."""
        until = self.get_body_argument("until", "")
        await self.ask(
            api_notifications.Notifications.put, body=bodies.SeenNotifications(until=until)
        )
        self.redirect(self.url("notifications"), status=303)
