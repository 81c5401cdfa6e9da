"""A review's state, and whether a verdict still holds.

A verdict belongs to a revision. An approval holds while the sources of all heads are the same: a
re-run that changed outputs, or metadata, leaves it standing, and is told. "Request changes" stands
until its author decides anew, or is asked again. What people without access decided counts no more.
"""

from ..store.review_facts import (
    APPROVE,
    CHANGES,
    OPEN,
    EventFacts,
    HeadFacts,
    ReviewFacts,
    RevisionFacts,
)

HOLDS, RERUN, STALE, ASKED_AGAIN = "holds", "rerun", "stale", "asked-again"
CHANGES_REQUESTED, APPROVED = "changes-requested", "approved"


def verdicts(facts: ReviewFacts) -> dict[str, EventFacts]:
    """Everybody's last verdict."""
    return {it.person: it for it in facts.events if it.verdict is not None}


def standing(facts: ReviewFacts, verdict: EventFacts) -> str:
    """Whether somebody's last verdict still says something."""
    asked = {it.person: it.asked_at for it in facts.reviewers}
    if asked.get(verdict.person, 0) > verdict.at:
        return ASKED_AGAIN
    if verdict.verdict == CHANGES:
        return HOLDS
    return change(heads(facts, verdict.revision), heads(facts, None))


def heads(facts: ReviewFacts, revision: int | None) -> list[HeadFacts]:
    """The heads of a revision, or of the newest."""
    found: list[RevisionFacts] = [
        it for it in facts.revisions if revision is None or it.number == revision
    ]
    return found[-1].heads if found else []


def change(then: list[HeadFacts], now: list[HeadFacts]) -> str:
    """What became of an approval of these heads."""
    before = {it.notebook: it for it in then}
    told = HOLDS
    for head in now:
        old = before.get(head.notebook)
        if old is None or (old.snapshot != head.snapshot and not _same_sources(old, head)):
            return STALE
        if old.snapshot != head.snapshot:
            told = RERUN
    return told


def _same_sources(one: HeadFacts, other: HeadFacts) -> bool:
    return one.sources == other.sources and one.sources != b""  # of what was purged none are left


def approvals(facts: ReviewFacts) -> list[str]:
    """The people whose approval holds."""
    return [
        person
        for person, it in verdicts(facts).items()
        if it.verdict == APPROVE
        and person in facts.present
        and standing(facts, it) in (HOLDS, RERUN)
    ]


def demands(facts: ReviewFacts) -> list[EventFacts]:
    """The verdicts that ask for changes and stand."""
    return [
        it
        for it in verdicts(facts).values()
        if it.verdict == CHANGES and it.person in facts.present and standing(facts, it) == HOLDS
    ]


def state(facts: ReviewFacts) -> str:
    """What people call the review's state."""
    if facts.state != OPEN:
        return facts.state
    if demands(facts):
        return CHANGES_REQUESTED
    return APPROVED if approvals(facts) else OPEN
