"""A review told in few words: ada asks bob and carol; things happen one second after the other."""

from typing import Any

from trailbook.store.review_facts import (
    CommentFacts,
    EventFacts,
    HeadFacts,
    MentionFacts,
    NotebookFacts,
    ReviewerFacts,
    ReviewFacts,
    RevisionFacts,
    SeenFacts,
    ThreadFacts,
)
from trailbook.store.review_views import AnchorView
from trailbook.store.views import PersonView

PEOPLE = ("ada", "bob", "carol", "dave")


class Story:
    """Facts, as they come to be; ids of people are their names."""

    def __init__(self, *asked: str, state: str = "open") -> None:
        self.at = 0
        self.facts = ReviewFacts(
            id="r",
            space="s",
            project="p",
            slug="churn",
            project_name="Churn",
            number=1,
            title="Better tenure",
            description="",
            author="ada",
            state=state,
            created_at=0,
            changed_at=0,
            changes=0,
            conclusion=None,
            notebooks=[NotebookFacts(notebook="n", path="a.ipynb")],
            present=set(PEOPLE),
            people={name: PersonView(id=name, name=name, display_name=name) for name in PEOPLE},
        )
        self.revision("a")
        for person in asked:
            self.ask(person)

    def tick(self) -> int:
        self.at += 1
        return self.at

    def event(self, kind: str, person: str, **fields: Any) -> EventFacts:
        at = self.tick()
        self.facts.changes += 1
        it = EventFacts(
            kind=kind, at=at, person=person, change=self.facts.changes, id=f"e{at}", **fields
        )
        self.facts.events.append(it)
        return it

    def revision(self, sources: str, snapshot: str | None = None) -> None:
        at = self.tick()
        head = HeadFacts(notebook="n", snapshot=snapshot or f"v{at}", sources=sources.encode())
        self.facts.revisions.append(
            RevisionFacts(
                number=len(self.facts.revisions) + 1, at=at, looked=True, change=0, heads=[head]
            )
        )

    def ask(self, person: str) -> None:
        at = self.event("asked", "ada", people=[person]).at
        for it in self.facts.reviewers:
            if it.person == person:
                it.asked_at, it.asks = at, it.asks + 1
                return
        self.facts.reviewers.append(ReviewerFacts(person=person, asked_at=at, asks=1))

    def submit(self, person: str, verdict: str | None = None) -> EventFacts:
        number = len(self.facts.revisions)
        it = self.event("submitted", person, verdict=verdict, revision=number)
        if verdict and person not in {one.person for one in self.facts.reviewers}:
            self.facts.reviewers.append(ReviewerFacts(person=person, asked_at=it.at, asks=0))
        return it

    def thread(self, person: str, text: str = "hm", **fields: Any) -> ThreadFacts:
        it = ThreadFacts(
            id=f"t{self.at}",
            at=self.tick(),
            person=person,
            revision=1,
            anchor=AnchorView(kind="review"),
        )
        self.facts.threads.append(it)
        self.comment(person, it, text, **fields)
        return it

    def comment(
        self, person: str, thread: ThreadFacts | None, text: str = "hm", **fields: Any
    ) -> CommentFacts:
        at = self.tick()
        fields = {"submission": None, "draft": False, **fields}
        it = CommentFacts(
            id=f"c{at}",
            review="r",
            thread=thread.id if thread else None,
            person=person,
            text=text,
            at=at,
            **fields,
        )
        self.facts.comments.append(it)
        return it

    def look(self, person: str) -> None:
        looks = [it for it in self.facts.looks if it.person != person]
        number = len(self.facts.revisions)
        self.facts.looks = [*looks, SeenFacts(person=person, revision=number, at=self.tick())]

    def mention(self, person: str) -> None:
        self.facts.mentions.append(MentionFacts(person=person, at=self.tick()))
