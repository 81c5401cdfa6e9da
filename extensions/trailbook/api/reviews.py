"""`reviews`: work that somebody is asked to look at, between a base and a head."""

from .. import access
from ..access import Place, Via
from ..errors import BadRequest, NotFound
from ..ids import new_id
from ..review import mentions, states, tellings
from ..review.asking import reviewers
from ..store.review_facts import APPROVE, CONCLUDED
from ..store.review_views import ConclusionView, ReviewChanged, ReviewsPage, ReviewView
from . import review_bodies as bodies
from .base import Resource, require
from .review_asking import create
from .review_guards import changed, commented, seen, shown, unless
from .review_lists import Cursor, Length, States, conclusions, page, spaces_of, wanted
from .review_showing import wrote
from .verbs import Flag, Id, Slug, verb

ASKED_BY = "Reviews are asked for by the project's contributors."
ENDED_BY = "A review is opened and ended by who asked for it, and by the project's maintainers."


class Reviews(Resource):
    """`reviews`."""

    @verb()
    async def get(
        self,
        *,
        waiting: Flag = 0,
        mine: Flag = 0,
        project: Slug | None = None,
        state: States | None = None,
        after: Cursor | None = None,
        limit: Length = 50,
    ) -> ReviewsPage:
        """The reviews of one's projects, what changed last first, and for whom each waits.

        With `waiting=1` those that wait for the asker, with `mine=1` those that the asker began.
        """
        ask = wanted(state, waiting, mine, after, limit)
        actor = await self.actor()
        spaces = await spaces_of(self, actor)
        if project is not None:
            _, found = await self.walked(project)
            spaces = [found.space]
        return await self.blocking(page, self.store, actor, spaces, ask)

    @verb(status=201)
    async def post(self, *, body: bodies.NewReview) -> ReviewChanged:
        """Ask for a review; as a draft, nobody is asked before it is opened."""
        actor = await self.actor()
        people = {}
        if body.project is not None:
            _, project = await self.walked(body.project)
            place = Place(space=project.space, project=project.id)
            members = await self.blocking(self.store.members, project.id)
            people = {it.person.name: it.person.id for it in members}
        elif actor.via is Via.LAPTOP and actor.person is not None:
            space = await self.blocking(self.store.personal_space, actor.person)
            place = Place(space=space, person=actor.person)
        else:
            raise BadRequest("A review lives in a project: name the project.")
        require(access.may_ask_review(actor, place), ASKED_BY, actor)
        made, missed = await self.blocking(create, self.store, actor, place, people, body)
        return ReviewChanged(review=await shown(self, made), not_reached=missed)


class Review(Resource):
    """`reviews/{id}`."""

    @verb()
    async def get(self, review: Id) -> ReviewView:
        """A review with everything: conversation, notebooks, threads where they belong now."""
        return await shown(self, review)

    @verb()
    async def patch(self, review: Id, *, body: bodies.ReviewChange) -> ReviewChanged:
        """Change title and description."""
        found = await seen(self, review)
        allowed = access.may_edit_review(found.actor, found.place, found.facts.author)
        require(allowed, ENDED_BY, found.actor)
        await self.blocking(
            self.store.edit_review,
            review,
            title=body.title.strip() if body.title else None,
            description=body.description,
            by=found.person,
        )
        _, missed = mentions.reached([body.description or ""], tellings.names(found.facts))
        return await changed(self, found, missed)


class ReviewState(Resource):
    """`reviews/{id}/state`."""

    @verb()
    async def put(self, review: Id, *, body: bodies.NewState) -> ReviewChanged:
        """Open, conclude or abandon a review; a conclusion says what was learned."""
        found = await seen(self, review)
        allowed = access.may_end_review(found.actor, found.place, found.facts.author)
        require(allowed, ENDED_BY, found.actor)
        concluding = body.state == CONCLUDED
        if concluding and not body.conclusion.strip():
            raise BadRequest("A conclusion says what was learned: write a sentence.")
        meanwhile = await self.blocking(
            self.store.set_review_state,
            review,
            body.state,
            by=found.person,
            seen=body.seen,
            conclusion=body.conclusion if concluding else "",
            approved_by=states.approvals(found.facts) if concluding else (),
            tell=tellings.of_state(found.facts, found.person, body.state, new_id()),
        )
        unless(meanwhile, found)
        return await changed(self, found)


class Asks(Resource):
    """`reviews/{id}/asks`."""

    @verb()
    async def post(self, review: Id, *, body: bodies.Asks) -> ReviewChanged:
        """Ask people to review, or ask them again: from then on it is their turn."""
        found = await seen(self, review)
        allowed = access.may_ask_review(found.actor, found.place)
        require(allowed, ASKED_BY, found.actor)
        people = reviewers(tellings.names(found.facts), body.reviewers, found.facts.author)
        why = tellings.asking(found.facts, people)
        why.pop(found.person, None)
        unless(
            await self.blocking(
                self.store.ask, review, people, by=found.person, seen=body.seen, why=why
            ),
            found,
        )
        return await changed(self, found)


class Submissions(Resource):
    """`reviews/{id}/submissions`."""

    @verb(status=201)
    async def post(self, review: Id, *, body: bodies.Submission) -> ReviewChanged:
        """Publish one's drafts at once, with a text and perhaps a verdict."""
        found = await commented(self, review)
        actor, facts = found.actor, found.facts
        verdict = None if body.verdict == "comment" else body.verdict
        if verdict is not None:
            allowed = access.may_decide_review(actor, found.place, facts.author, asked=found.asked)
            require(allowed, "A review is decided on by others than who asked for it.", actor)
        if verdict == APPROVE:
            own = await self.blocking(wrote, self.store, facts, actor.name)
            require(not own, "Who wrote some of the work does not approve it.")
        submission = new_id()
        tell, missed = tellings.of_submission(
            facts, found.person, submission, verdict, body.text, None
        )
        unless(
            await self.blocking(
                self.store.submit,
                review,
                by=found.person,
                verdict=verdict,
                text=body.text,
                revision=body.revision,
                seen=body.seen,
                submission=submission,
                tell=tell,
            ),
            found,
        )
        return await changed(self, found, missed)


class Look(Resource):
    """`reviews/{id}/look`."""

    @verb()
    async def put(self, review: Id, *, body: bodies.Look) -> None:
        """Remember that one has looked at a revision; what comes after it is shown as new."""
        found = await seen(self, review)
        require(access.may_look_at_review(found.actor, found.place), "", found.actor)
        await self.blocking(self.store.look, review, found.person, body.revision, seen=body.seen)


class Viewed(Resource):
    """`reviews/{id}/viewed`."""

    @verb()
    async def put(self, review: Id, *, body: bodies.Tick) -> None:
        """Tick a cell as viewed; the tick holds while source and outputs are the same."""
        found = await seen(self, review)
        require(access.may_look_at_review(found.actor, found.place), "", found.actor)
        if body.notebook not in {it.notebook for it in found.facts.notebooks}:
            raise NotFound("notebook")
        digest = bytes.fromhex(body.digest) if body.viewed else None
        await self.blocking(
            self.store.set_viewed, review, found.person, body.notebook, body.cell, digest
        )


class ProjectReviews(Resource):
    """`projects/{slug}/reviews`."""

    @verb()
    async def get(
        self,
        slug: Slug,
        *,
        state: States | None = None,
        after: Cursor | None = None,
        limit: Length = 50,
    ) -> ReviewsPage:
        """The project's reviews, what changed last first."""
        actor, project = await self.walked(slug)
        ask = wanted(state, 0, 0, after, limit)
        return await self.blocking(page, self.store, actor, [project.space], ask)


class ProjectConclusions(Resource):
    """`projects/{slug}/conclusions`."""

    @verb()
    async def get(self, slug: Slug, *, limit: Length = 50) -> list[ConclusionView]:
        """What was learned in the project's reviews, newest first."""
        _, project = await self.walked(slug)
        return await self.blocking(conclusions, self.store, [project.space], limit)
