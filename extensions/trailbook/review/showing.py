"""A review as its pages show it to one person: facts joined, others' drafts left out."""

from collections.abc import Callable, Mapping

from ..store.review_facts import CommentFacts, EventFacts, ReviewFacts, ThreadFacts
from ..store.review_views import (
    CommentView,
    ConclusionView,
    EntryView,
    HeadView,
    ParticipantView,
    PlacementView,
    ReviewerView,
    ReviewLineView,
    RevisionView,
    SuggestionView,
    ThreadView,
    TurnView,
)
from . import states
from .turns import Turn, open_threads, turns


class Showing:
    """One review, for one person; without a person, as others see it."""

    def __init__(self, facts: ReviewFacts, asker: str | None) -> None:
        self.facts = facts
        self.asker = asker
        self._turns = turns(facts)

    def person(self, id_: str) -> ParticipantView:
        """Somebody in the review."""
        known = self.facts.people.get(id_)
        return ParticipantView(
            id=id_,
            name=known.name if known else "",
            display_name=known.display_name if known else "",
            gone=id_ not in self.facts.present,
        )

    def turns(self) -> list[TurnView]:
        """For whom it waits."""
        return [
            TurnView(person=self.person(it.person), why=it.why, since=it.since)
            for it in self._turns
        ]

    def own_turn(self) -> Turn | None:
        """Why it waits for the asker."""
        return next((it for it in self._turns if it.person == self.asker), None)

    def line(self) -> ReviewLineView:
        """The review as lists show it."""
        facts, own = self.facts, self.own_turn()
        return ReviewLineView(
            id=facts.id,
            number=facts.number,
            project=facts.slug,
            project_name=facts.project_name,
            title=facts.title,
            state=states.state(facts),
            author=self.person(facts.author),
            paths=[it.path for it in facts.notebooks],
            reviewers=self.reviewers(),
            turns=self.turns(),
            why=None if own is None else own.why,
            since=None if own is None else own.since,
            open_threads=len(open_threads(facts)),
            created_at=facts.created_at,
            changed_at=facts.changed_at,
        )

    def reviewers(self) -> list[ReviewerView]:
        """Who was asked or decided, with their last verdicts."""
        verdicts = states.verdicts(self.facts)
        return [
            _decided(
                ReviewerView(
                    person=self.person(it.person), asked=it.asks > 0, asked_at=it.asked_at
                ),
                verdicts.get(it.person),
                self.facts,
            )
            for it in self.facts.reviewers
        ]

    def revisions(self) -> list[RevisionView]:
        """The revisions, oldest first."""
        return [
            RevisionView(
                number=it.number,
                at=it.at,
                heads=[
                    HeadView(notebook=one.notebook, snapshot=one.snapshot, gone=one.gone)
                    for one in it.heads
                ],
            )
            for it in self.facts.revisions
        ]

    def comments(self) -> list[CommentFacts]:
        """What the asker may see."""
        return [it for it in self.facts.comments if not it.draft or it.person == self.asker]

    def comment(self, it: CommentFacts) -> CommentView:
        """A comment."""
        return CommentView(
            id=it.id,
            author=self.person(it.person),
            text=it.text,
            at=it.at,
            edited_at=it.edited_at,
            deleted=it.deleted_at is not None,
            draft=it.draft,
            mine=it.person == self.asker,
            suggestion=self._suggestion(it),
        )

    def _suggestion(self, it: CommentFacts) -> SuggestionView | None:
        if it.suggestion is None:
            return None
        return SuggestionView(
            source=it.suggestion,
            applied_at=it.applied_at,
            applied_by=None if it.applied_by is None else self.person(it.applied_by),
            applied_snapshot=it.applied_snapshot,
        )

    def threads(self, placed: Callable[[ThreadFacts], PlacementView]) -> list[ThreadView]:
        """The threads in which the asker sees something."""
        said: dict[str | None, list[CommentView]] = {}
        for it in self.comments():
            said.setdefault(it.thread, []).append(self.comment(it))
        return [self._thread(it, placed, said[it.id]) for it in self.facts.threads if it.id in said]

    def _thread(
        self,
        it: ThreadFacts,
        placed: Callable[[ThreadFacts], PlacementView],
        comments: list[CommentView],
    ) -> ThreadView:
        return ThreadView(
            id=it.id,
            anchor=it.anchor,
            placement=placed(it),
            revision=it.revision,
            resolved=it.resolved_at is not None,
            resolved_by=None if it.resolved_by is None else self.person(it.resolved_by),
            resolved_at=it.resolved_at,
            comments=comments,
        )

    def conversation(self) -> list[EntryView]:
        """What happened, oldest first."""
        texts: dict[str, CommentFacts] = {}
        threads: dict[str, dict[str, None]] = {}
        for it in self.comments():
            if it.submission is not None and it.thread is None:
                texts[it.submission] = it
            elif it.submission is not None and it.thread is not None:
                threads.setdefault(it.submission, {})[it.thread] = None
        entries = [self._entry(it, texts, threads) for it in self.facts.events]
        entries += [
            EntryView(kind="revision", at=it.at, revision=it.number)
            for it in self.facts.revisions[1:]
        ]
        return sorted(entries, key=lambda entry: entry.at)

    def _entry(
        self,
        it: EventFacts,
        texts: Mapping[str, CommentFacts],
        threads: Mapping[str, Mapping[str, None]],
    ) -> EntryView:
        text = texts.get(it.id)
        return EntryView(
            kind=it.kind,
            at=it.at,
            by=self.person(it.person),
            people=[self.person(id_) for id_ in it.people] if it.kind == "asked" else [],
            revision=it.revision,
            verdict=it.verdict,
            comment=None if text is None else self.comment(text),
            threads=list(threads.get(it.id, ())),
        )

    def conclusion(self) -> ConclusionView | None:
        """What was learned, if the review is concluded."""
        facts = self.facts
        ends = [it for it in facts.events if it.kind == "concluded"]
        if facts.state != "concluded" or not ends:
            return None
        return ConclusionView(
            review=facts.id,
            number=facts.number,
            title=facts.title,
            text=facts.conclusion or "",
            at=ends[-1].at,
            by=self.person(ends[-1].person),
            approved_by=[self.person(id_) for id_ in ends[-1].people],
            paths=[it.path for it in facts.notebooks],
        )


def _decided(view: ReviewerView, verdict: EventFacts | None, facts: ReviewFacts) -> ReviewerView:
    if verdict is not None:
        view.verdict, view.verdict_at = verdict.verdict, verdict.at
        view.verdict_revision = verdict.revision
        view.standing = states.standing(facts, verdict)
    return view
