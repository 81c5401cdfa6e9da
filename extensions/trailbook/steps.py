"""What a person reads of the record: retries folded into one line, work in bursts. Pure."""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from .store.views import StepView

FAILED = {"error", "aborted", "interrupted", "died"}
SIMILAR = 0.7  # of the words of two sources in common
PAUSE_US = 45 * 60 * 1_000_000
"""A burst of work ends with a pause of this length."""

_COMPARED = 4_000  # characters of each source
_WORD = re.compile(r"\w+|[^\w\s]")


def fold_retries(steps: list[StepView]) -> None:
    """Mark each step that only tries again what the next one does, with the last of its kind."""
    for earlier, later in zip(steps[-2::-1], steps[:0:-1], strict=True):
        if _is_retry(earlier, later):
            earlier.retry_of = later.retry_of or later.id


def _is_retry(earlier: StepView, later: StepView) -> bool:
    """Whether `later` is the same attempt once more; what somebody noted stays a line."""
    if earlier.type != "run" or later.type != "run" or earlier.notes:
        return False
    if earlier.author != later.author or not _same_cell(earlier, later):
        return False
    if earlier.source == later.source:
        return True
    return earlier.status in FAILED and _similar(earlier.source, later.source)


def _same_cell(earlier: StepView, later: StepView) -> bool:
    if earlier.cell_id is not None or later.cell_id is not None:
        return earlier.cell_id == later.cell_id
    return _first_line(earlier.source) == _first_line(later.source)


def _first_line(source: str) -> str:
    return source.lstrip().split("\n", 1)[0]


def _similar(one: str, other: str) -> bool:
    words = Counter(_WORD.findall(one[:_COMPARED]))
    others = Counter(_WORD.findall(other[:_COMPARED]))
    both = words.total() + others.total()
    return both == 0 or 2 * (words & others).total() >= SIMILAR * both


class Moment(msgspec.Struct, frozen=True):
    """A step, as far as bursts of work need it."""

    step: str
    notebook: str
    author: str | None
    author_basis: str
    at: int
    type: str
    status: str


class Episode(msgspec.Struct):
    """A burst of work by one person on one notebook."""

    notebook: str
    author: str | None
    author_basis: str
    first_at: int
    last_at: int
    runs: int
    errors: int
    first_step: str


def episodes(moments: Iterable[Moment]) -> list[Episode]:
    """The bursts, in the order in which they ended; the moments come oldest first."""
    open_ones: dict[tuple[str, str | None], Episode] = {}
    found: list[Episode] = []
    for moment in moments:
        key = (moment.notebook, moment.author)
        episode = open_ones.get(key)
        if episode is None or moment.at - episode.last_at > PAUSE_US:
            episode = Episode(
                notebook=moment.notebook,
                author=moment.author,
                author_basis=moment.author_basis,
                first_at=moment.at,
                last_at=moment.at,
                runs=0,
                errors=0,
                first_step=moment.step,
            )
            open_ones[key] = episode
            found.append(episode)
        episode.last_at = max(episode.last_at, moment.at)
        episode.runs += moment.type == "run"
        episode.errors += moment.status == "error"
    return sorted(found, key=lambda episode: episode.last_at)
