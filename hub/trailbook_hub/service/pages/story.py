"""A notebook's steps as a story: bursts of work, one line for each run, retries folded."""

import datetime

import msgspec

from trailbook.store.views import GapView, KernelSessionView, StepsPage, StepView

from . import outputs, words

PAUSE_US = 30 * 60 * 1_000_000
"""A longer rest than this begins a new episode."""


class Line(msgspec.Struct, kw_only=True):
    """One line: a step, or a grey sentence about what is missing."""

    step: StepView | None = None
    gap: GapView | None = None
    kernel: KernelSessionView | None = None  # a kernel session that begins here
    title: str = ""
    glimpse: str = ""
    plot: bool = False
    table: bool = False
    error: str = ""
    fixed_by: StepView | None = None
    retries: list[StepView] = []
    language: str = "python"

    @property
    def at(self) -> int:
        """When, for the order of what has no order of its own."""
        if self.step is not None:
            return self.step.at
        return self.gap.since if self.gap else 0


class Episode(msgspec.Struct, kw_only=True):
    """A burst of work by one person."""

    author: str | None
    basis: str
    first_at: int
    last_at: int
    lines: list[Line] = []
    runs: int = 0
    errors: int = 0

    @property
    def summary(self) -> str:
        """`14 runs, 3 errors`."""
        if not self.runs:
            return "changes without a run"
        failed = f", {words.count(self.errors, 'error')}" if self.errors else ""
        return words.count(self.runs, "run") + failed


def tell(page: StepsPage) -> list[Episode | Line]:
    """Episodes in order, and between them what is known to be missing."""
    sessions = {session.id: session for session in page.kernel_sessions}
    by_id = {step.id: step for step in page.steps}
    retries: dict[str, list[StepView]] = {}
    for step in page.steps:
        if step.retry_of in by_id:
            retries.setdefault(str(step.retry_of), []).append(step)
    story: list[Episode | Line] = []
    gaps = sorted(page.gaps, key=lambda gap: gap.since)
    kernel: str | None = None
    for step in page.steps:
        while gaps and gaps[0].since <= step.at:
            story.append(Line(gap=gaps.pop(0)))
        episode = _episode_for(step, story)
        _count(step, episode)
        session = sessions.get(step.kernel_session or "")
        if session is not None and kernel not in {None, session.id}:
            episode.lines.append(Line(kernel=session))
        kernel = session.id if session else kernel
        if step.retry_of not in by_id:
            told = line(step, session, by_id)
            told.retries = _all_retries(step.id, retries)
            episode.lines.append(told)
    return [*story, *(Line(gap=gap) for gap in gaps)]


def _episode_for(step: StepView, story: list[Episode | Line]) -> Episode:
    last = story[-1] if story else None
    if (
        isinstance(last, Episode)
        and last.author == step.author
        and 0 <= step.at - last.last_at <= PAUSE_US
        and _day(step.at) == _day(last.first_at)
    ):
        return last
    episode = Episode(
        author=step.author, basis=step.author_basis, first_at=step.at, last_at=step.at
    )
    story.append(episode)
    return episode


def _day(at: int) -> datetime.date:
    return words.moment(at).date()


def _count(step: StepView, episode: Episode) -> None:
    episode.last_at = max(episode.last_at, step.finished_at or step.at)
    if step.type == "run":
        episode.runs += 1
        episode.errors += step.status == "error"


def _all_retries(step: str, retries: dict[str, list[StepView]]) -> list[StepView]:
    """Everything that folds into this line, also by way of another retry; oldest first."""
    found: list[StepView] = []
    ask = [step]
    while ask:
        direct = retries.pop(ask.pop(), [])
        found += direct
        ask += [each.id for each in direct]
    return sorted(found, key=lambda each: each.at)


def line(step: StepView, session: KernelSessionView | None, by_id: dict[str, StepView]) -> Line:
    """One step as a line, with the run that fixed it if that is known."""
    failed = [o for o in step.outputs if o.type == "error" and not o.deleted]
    error = ""
    if failed:
        value = (failed[-1].value or "").strip().splitlines()
        error = ": ".join(filter(None, [failed[-1].name or "error", value[0] if value else ""]))
    elif step.status in {"error", "interrupted", "died", "aborted"}:
        error = words.STATUSES[step.status]
    return Line(
        step=step,
        title=words.first_line(step.source),
        glimpse=outputs.glimpse(step.outputs),
        plot=outputs.has_plot(step.outputs),
        table=outputs.has_table(step.outputs),
        error=error,
        fixed_by=by_id.get(step.fixed_by or ""),
        language=(session.language if session else "") or "python",
    )
