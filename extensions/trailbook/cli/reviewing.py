"""`trailbook review list`, `show` and `comment`: reviews from a terminal."""

import sys
from pathlib import Path

import click

from .answering import say, say_json, source_options
from .naming import id_in
from .reviewtext import review_line, review_text
from .sources import opened


@click.group("review")
def review() -> None:
    """Reviews: which there are and for whom they wait, what is said in them.

    What a person signs (asking, approving, concluding) happens in the reader, where one has signed
    in oneself.
    """


@review.command("list")
@click.option("--project", metavar="NAME", help="Of one project, by its short name.")
@click.option("--waiting", is_flag=True, help="Those alone that wait for you.")
@click.option("--all", "ended", is_flag=True, help="Concluded and abandoned ones as well.")
@source_options
def list_reviews(
    project: str | None, waiting: bool, ended: bool, store: Path | None, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List reviews, what changed last first, with whom each waits for."""
    with opened(store, url) as source:
        page = source.reviews(project, waiting=waiting, ended=ended)
    if as_json:
        say_json(page)
    else:
        say([review_line(line) for line in page.reviews] or ["No review."])


@review.command("show")
@click.argument("thing", metavar="REVIEW")
@source_options
def show_review(thing: str, store: Path | None, url: str | None, as_json: bool) -> None:
    """Show a review: who asks what of whom, and every thread where it belongs now.

    REVIEW is an id, as `trailbook review list` prints it, or a link of the reader.
    """
    with opened(store, url) as source:
        view = source.review(named(thing))
    say_json(view) if as_json else say(review_text(view))


@review.command("comment")
@click.argument("thing", metavar="REVIEW")
@click.argument("text", required=False)
@click.option("--thread", metavar="ID", help="Answer in a thread, as `review show` prints its id.")
@source_options
def comment(
    thing: str, text: str | None, thread: str | None, store: Path | None, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Write a comment on a hub's review, or an answer in one of its threads, in Markdown.

    Without TEXT it is read from what is piped in.
    """
    words = sys.stdin.read() if text is None else text
    with opened(store, url) as source:
        written = source.comment(named(thing), None if thread is None else named(thread), words)
    if as_json:
        say_json(written)
        return
    say(["Written."])
    if written.not_reached:
        say([f"Not told, for they are not in this project: {', '.join(written.not_reached)}."])


def named(thing: str) -> str:
    """The id in what was named."""
    found = id_in(thing)
    if found is None:
        raise click.UsageError(f"{thing!r} is no id; `trailbook review list` prints ids.")
    return found
