"""Who is told of what, each of one thing once."""

from collections.abc import Collection, Iterable

from ..store.review_facts import APPROVE, CHANGES, CONCLUDED, DRAFT, OPEN, ReviewFacts, Telling
from . import mentions
from .turns import published


def names(facts: ReviewFacts) -> dict[str, str]:
    """The ids of those who can be mentioned, by name."""
    return {facts.people[id_].name: id_ for id_ in facts.present if id_ in facts.people}


def participants(facts: ReviewFacts) -> set[str]:
    """Who has something to do with a review, and has access."""
    people = {facts.author, *(it.person for it in facts.reviewers)}
    people |= {it.person for it in published(facts)}
    return people & facts.present


def of_submission(
    facts: ReviewFacts, by: str, submission: str, verdict: str | None, text: str, only: str | None
) -> tuple[list[Telling], list[str]]:
    """What people are told of a submission, and whom its mentions do not reach."""
    going = [it for it in facts.comments if it.draft and it.person == by and only in (None, it.id)]
    mentioned, missed = mentions.reached([text, *(it.text for it in going)], names(facts))
    threads = {it.thread for it in going if it.thread is not None}
    thread = threads.pop() if len(threads) == 1 else None
    why = {APPROVE: "approved", CHANGES: "changes-requested"}.get(verdict or "", "commented")
    told = dict.fromkeys(participants(facts), why)
    told |= dict.fromkeys(mentioned, "mentioned")
    told.pop(by, None)
    tellings = [
        Telling(person=person, why=why, cause=submission, thread=thread)
        for person, why in sorted(told.items())
    ]
    return tellings, missed


def of_mentions(
    facts: ReviewFacts, by: str, cause: str, texts: Iterable[str], before: str, thread: str | None
) -> tuple[list[Telling], list[str]]:
    """What those are told who are mentioned now and were not before, and who is not reached."""
    people = names(facts)
    found, missed = mentions.reached(texts, people)
    known, _ = mentions.reached([before], people)
    tellings = [
        Telling(person=person, why="mentioned", cause=f"{cause}/mentioned", thread=thread)
        for person in found
        if person != by and person not in known
    ]
    return tellings, missed


def of_state(facts: ReviewFacts, by: str, state: str, cause: str) -> list[Telling]:
    """What people are told when a review is opened, concluded, abandoned or opened again."""
    if facts.state == DRAFT and state == OPEN:
        asked = {it.person for it in facts.reviewers if it.asks} & facts.present
        return _all(asked - {by}, "asked", cause)
    if facts.state == DRAFT:
        return []  # nobody was told that there is one
    why = {OPEN: "reopened", CONCLUDED: "concluded"}.get(state, "abandoned")
    return _all(participants(facts) - {by}, why, cause)


def _all(people: Collection[str], why: str, cause: str) -> list[Telling]:
    return [Telling(person=person, why=why, cause=cause) for person in sorted(people)]


def asking(facts: ReviewFacts, people: Collection[str]) -> dict[str, str]:
    """Why people are told who are asked: the first time, or again."""
    before = {it.person for it in facts.reviewers}
    return {person: "asked-again" if person in before else "asked" for person in people}
