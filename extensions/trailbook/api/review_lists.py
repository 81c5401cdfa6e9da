"""`reviews` in lists: the inbox, a project's, and what was learned there."""

from collections.abc import Collection
from typing import Annotated

import msgspec

from ..access import Actor, Via
from ..errors import BadRequest
from ..review.showing import Showing
from ..store.base import Store
from ..store.review_facts import ABANDONED, CONCLUDED, DRAFT, OPEN
from ..store.review_views import ConclusionView, ReviewLineView, ReviewsPage
from .base import Resource

STATES = ("draft", "open", "changes-requested", "approved", CONCLUDED, ABANDONED)
UNDER_WAY = (DRAFT, OPEN)
ENDED = (CONCLUDED, ABANDONED)

States = Annotated[str, msgspec.Meta(max_length=100, description="States, with commas between.")]
Cursor = Annotated[str, msgspec.Meta(pattern=r"^\d{1,16}\.[0-9a-f]{32}$")]
Length = Annotated[int, msgspec.Meta(ge=1, le=200)]

Key = tuple[int, str]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which reviews are asked for."""

    states: tuple[str, ...] = STATES
    waiting: bool = False
    mine: bool = False
    after: Key | None = None
    limit: int = 50


def wanted(state: str | None, waiting: int, mine: int, after: str | None, limit: int) -> Wanted:
    """The query's words, checked."""
    states = STATES if not state else tuple(dict.fromkeys(state.split(",")))
    unknown = [it for it in states if it not in STATES]
    if unknown:
        raise BadRequest(f"A review's state is one of: {', '.join(STATES)}.")
    key = None
    if after is not None:
        at, _, id_ = after.partition(".")
        key = (int(at), id_)
    return Wanted(states=states, waiting=bool(waiting), mine=bool(mine), after=key, limit=limit)


async def spaces_of(resource: Resource, actor: Actor) -> list[str]:
    """The spaces whose reviews somebody sees: of their projects, and on a laptop their own."""
    ids = None if actor.via is Via.LAPTOP else list(actor.roles)
    spaces = [it.space for it in await resource.blocking(resource.store.projects, ids)]
    if actor.via is Via.LAPTOP and actor.person is not None:
        spaces.append(await resource.blocking(resource.store.personal_space, actor.person))
    return spaces


def page(store: Store, actor: Actor, spaces: Collection[str], ask: Wanted) -> ReviewsPage:
    """A page of the reviews that are wanted; all that wait for somebody are counted."""
    store.roll_in(spaces)
    facts = store.reviews(spaces, UNDER_WAY)
    lines = [Showing(it, actor.person).line() for it in facts]
    waiting = sum(line.why is not None for line in lines)
    found = [line for line in lines if _fits(line, actor, ask)]
    if not ask.waiting:
        found += _ended(store, actor, spaces, ask)
    found.sort(key=_key, reverse=True)
    shown = found[: ask.limit]
    more = len(found) > len(shown)
    return ReviewsPage(
        reviews=shown,
        waiting=waiting,
        after="{}.{}".format(*_key(shown[-1])) if more else None,
    )


def _key(line: ReviewLineView) -> Key:
    return line.changed_at, line.id


def _fits(line: ReviewLineView, actor: Actor, ask: Wanted) -> bool:
    if ask.after is not None and _key(line) >= ask.after:
        return False
    if ask.mine and line.author.id != actor.person:
        return False
    return line.state in ask.states and (line.why is not None or not ask.waiting)


def _ended(
    store: Store, actor: Actor, spaces: Collection[str], ask: Wanted
) -> list[ReviewLineView]:
    states = [it for it in ENDED if it in ask.states]
    if not states or (ask.mine and actor.person is None):
        return []
    author = actor.person if ask.mine else None
    facts = store.reviews(spaces, states, author=author, after=ask.after, limit=ask.limit + 1)
    return [Showing(it, actor.person).line() for it in facts]


def conclusions(store: Store, spaces: Collection[str], limit: int) -> list[ConclusionView]:
    """What was learned, newest first."""
    facts = store.reviews(spaces, [CONCLUDED], limit=limit)
    found = (Showing(it, None).conclusion() for it in facts)
    return sorted((it for it in found if it is not None), key=lambda it: -it.at)
