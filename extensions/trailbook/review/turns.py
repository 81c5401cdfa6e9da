"""For whom a review waits, why, and since when."""

import msgspec

from ..store.review_facts import (
    APPROVE,
    DRAFT,
    OPEN,
    CommentFacts,
    EventFacts,
    ReviewerFacts,
    ReviewFacts,
    ThreadFacts,
)
from . import states


class Turn(msgspec.Struct, frozen=True):
    """Somebody for whom a review waits; `why` is a code of `TurnView`."""

    person: str
    why: str
    since: int


def turns(facts: ReviewFacts) -> list[Turn]:
    """Everybody for whom the review waits, the author first; nobody without access."""
    if facts.state == DRAFT:
        found = [Turn(facts.author, "draft", facts.created_at)]
    elif facts.state == OPEN:
        found = [*_author(facts), *_reviewers(facts)]
        found += _mentioned(facts, {turn.person for turn in found} | {facts.author})
    else:
        found = []
    return [turn for turn in found if turn.person in facts.present]


def published(facts: ReviewFacts) -> list[CommentFacts]:
    """The comments that others see, oldest first."""
    return [it for it in facts.comments if not it.draft and it.deleted_at is None]


def _author(facts: ReviewFacts) -> list[Turn]:
    demands = states.demands(facts)
    if demands:
        return [Turn(facts.author, "changes-requested", max(it.at for it in demands))]
    verdicts = states.verdicts(facts)
    approved = [verdicts[person].at for person in states.approvals(facts)]
    if approved:
        return [Turn(facts.author, "approved", max(approved))]
    waiting = [last.at for last in waiting_threads(facts)]
    return [Turn(facts.author, "threads-waiting", min(waiting))] if waiting else []


def waiting_threads(facts: ReviewFacts) -> list[CommentFacts]:
    """The last comment of each open thread in which the author has not had the last word."""
    open_ = {it.id for it in facts.threads if it.resolved_at is None}
    last = {it.thread: it for it in published(facts) if it.thread in open_}
    return [it for it in last.values() if it.person != facts.author]


def open_threads(facts: ReviewFacts) -> list[ThreadFacts]:
    """The threads that others see and that nobody has resolved."""
    seen = {it.thread for it in facts.comments if not it.draft}
    return [it for it in facts.threads if it.resolved_at is None and it.id in seen]


def _reviewers(facts: ReviewFacts) -> list[Turn]:
    verdicts = states.verdicts(facts)
    found = (
        _reviewer(facts, it, verdicts.get(it.person))
        for it in facts.reviewers
        if it.person != facts.author
    )
    return [turn for turn in found if turn is not None]


def _reviewer(
    facts: ReviewFacts, reviewer: ReviewerFacts, verdict: EventFacts | None
) -> Turn | None:
    person = reviewer.person
    if verdict is not None and verdict.at >= reviewer.asked_at:
        stale = states.standing(facts, verdict) == states.STALE
        if verdict.verdict != APPROVE or not stale:
            return None
        newer = [it.at for it in facts.revisions if it.number > (verdict.revision or 0)]
        return Turn(person, "changed-since-approval", min(newer, default=verdict.at))
    said = [it for it in facts.events if it.kind == "submitted" and it.person == person]
    if said and said[-1].at >= reviewer.asked_at:
        answered = _answered(facts, said[-1])
        return None if answered is None else Turn(person, "answered", answered)
    why = "asked" if reviewer.asks <= 1 and verdict is None else "asked-again"
    return Turn(person, why, reviewer.asked_at)


def _answered(facts: ReviewFacts, last: EventFacts) -> int | None:
    """When somebody whose last word was a comment got an answer: a reply, or new work."""
    comments = published(facts)
    own = {it.thread for it in comments if it.person == last.person and it.thread is not None}
    replies = [
        it.at
        for it in comments
        if it.thread in own and it.person != last.person and it.at > last.at
    ]
    replies += [it.at for it in facts.revisions if it.number > (last.revision or 0)]
    return min(replies, default=None)


def _mentioned(facts: ReviewFacts, others: set[str]) -> list[Turn]:
    """Who was mentioned and neither said anything nor looked since."""
    acts: dict[str, int] = {}
    for person, at in (
        *((it.person, it.at) for it in published(facts)),
        *((it.person, it.at) for it in facts.looks),
        *((it.person, it.at) for it in facts.events),
    ):
        acts[person] = max(acts.get(person, 0), at)
    since: dict[str, int] = {}
    for it in facts.mentions:
        if it.person not in others and it.at > acts.get(it.person, 0):
            since.setdefault(it.person, it.at)
    return [Turn(person, "mentioned", at) for person, at in since.items()]
