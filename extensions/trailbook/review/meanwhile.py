"""What others did while somebody was about to decide, as a sentence."""

from collections.abc import Mapping

from ..store.review_facts import APPROVE, CHANGES, EventFacts
from ..store.views import PersonView

_DID = {
    "opened": "opened the review",
    "reopened": "opened the review again",
    "concluded": "concluded the review",
    "abandoned": "abandoned the review",
    "retitled": "changed its title",
    "asked": "asked for reviews",
}
NEWER = "New work came into this revision"
_KEPT = "Nothing was changed, and what was written is kept. Look again, then decide."


def sentence(events: list[EventFacts], people: Mapping[str, PersonView], me: str | None) -> str:
    """Who did what, and what to do now."""
    told = dict.fromkeys(_one(it, people, me) for it in events)
    return f"{_joined(list(told))} meanwhile. {_KEPT}"


def _one(event: EventFacts, people: Mapping[str, PersonView], me: str | None) -> str:
    if event.kind == "revision":
        return NEWER
    person = people.get(event.person)
    who = "You" if event.person == me else person.display_name if person else "Somebody"
    if event.verdict == APPROVE:
        return f"{who} approved revision {event.revision}"
    if event.verdict == CHANGES:
        return f"{who} asked for changes"
    return f"{who} {_DID.get(event.kind, 'commented')}"


def _joined(told: list[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
