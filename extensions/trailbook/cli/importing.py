"""`trailbook import`: the past of notebooks, from git."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from ..errors import TrailbookError
from .answering import say, say_json, store_options
from .phrases import counted, moment, one_line, plain
from .progress import Progress
from .sources import user
from .stores import opened_store, usual_store

if TYPE_CHECKING:
    from ..store.gitimport.importing import GitImport, Summary
    from ..store.sql import SqlStore

STOPPED = 130
GOES_ON = "What was imported is kept; the same command goes on from there."


@click.command("import", short_help="The past of notebooks, from a git repository.")
@click.argument("repository")
@click.argument("paths", nargs=-1)
@click.option("--project", metavar="NAME", help="Into this project of a hub's store.")
@click.option("--into", default="", metavar="FOLDER", help="Put it all below this folder.")
@click.option("--branch", metavar="NAME", help="Instead of the one that is checked out.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="Leave out what is older, for example 2024-01-31.",
)
@click.option(
    "--author", "author_lines", multiple=True, metavar="'NAME <MAIL>=PERSON'",
    help="Who an author is here; may be repeated, and the name or the mail may be missing.",
)  # fmt: skip
@click.option(
    "--authors", "author_file", type=click.File(encoding="utf-8"),
    help="A file of such authors, one a line.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and write nothing.")
@store_options
def import_git(
    repository: str, paths: tuple[str, ...], project: str | None, into: str, branch: str | None,
    since: datetime | None, author_lines: tuple[str, ...], author_file: TextIO | None,
    dry_run: bool, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read the past of notebooks from a git repository, with authors, times and renames.

    REPOSITORY is a folder on this machine; clone what lies elsewhere first. PATHS are folders,
    notebooks or patterns in it; without them every notebook is imported. Each commit that changed
    a notebook becomes a version of it, byte for byte.

    A second import brings only what is new, also after one that was stopped. A notebook that
    Trailbook has recorded itself is left as it is.

    \b
    trailbook import ~/analysis --dry-run      what would be imported
    trailbook import ~/analysis                into your own history
    trailbook import ~/analysis reports --into analysis
    trailbook import churn.git --project churn --store data/trailbook.sqlite \\
        --author 'Ada Lovelace <ada@example.org>=ada'
    """
    from ..store.gitimport.authors import authors
    from ..store.gitimport.importing import GitImport, Wish, only_one
    from ..store.gitimport.owners import of_person, of_project
    from ..store.gitimport.repository import Repository

    wish = Wish(
        branch=branch,
        paths=paths,
        into=into,
        since=0 if since is None else round(since.timestamp() * 1_000_000),
        authors=authors([*author_lines, *(author_file or [])]),
    )
    source = Repository(repository)
    progress = Progress()
    with store_to_fill(store, project, dry_run=dry_run) as opened_one, only_one(opened_one):
        target = of_project(opened_one, project) if project else of_person(opened_one, user())
        target.check({author.person for author in wish.authors})
        progress.say(f"Reading the history of {plain(repository)} …")
        with closing(GitImport(opened_one, target, source, wish)) as importing:
            progress.end()
            summary = importing.summary if dry_run else carried_out(importing, progress)
    if as_json:
        say_json(summary)
    else:
        say(summary_lines(summary, dry_run=dry_run))


@contextmanager
def store_to_fill(path: Path | None, project: str | None, *, dry_run: bool) -> "Iterator[SqlStore]":
    """The store; a person's own is made on the first day, and for a trial only a passing one."""
    path = path or usual_store()
    if project is not None or path.is_file():
        with opened_store(path) as there:
            yield there
        return
    from ..store.sql import SqlStore

    with tempfile.TemporaryDirectory() as passing:
        place = Path(passing) / "store.sqlite" if dry_run else path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(SqlStore.open(place)) as made:
            yield made


def carried_out(importing: "GitImport", progress: Progress) -> "Summary":
    """The import, with how far it is; a stop says how to go on."""
    progress.start()
    try:
        return importing.run(progress)
    except KeyboardInterrupt:
        progress.end()
        click.echo(f"Stopped. {GOES_ON}", err=True)
        sys.exit(STOPPED)
    except TrailbookError:
        progress.end()
        click.echo(GOES_ON, err=True)
        raise
    finally:
        progress.end()


def summary_lines(summary: "Summary", *, dry_run: bool) -> list[str]:
    """What an import brought, or would bring."""
    said = what_came(summary)
    lines = ["There is nothing new to import."]
    if said:
        lines = [f"{'Would import' if dry_run else 'Imported'} {', '.join(said)}."]
    if summary.first_at is not None:
        span = f"From {moment(summary.first_at)} to {moment(summary.last_at)}"
        names = [f"{one_line(name)} ({count})" for name, count in summary.authors.items()]
        lines.append(f"{span}, by {', '.join(names)}.")
    if summary.imported_before:
        lines.append(f"{counted(summary.imported_before, 'version')} had been imported before.")
    if dry_run:
        lines += [f"  {one_line(p)}  ({counted(n, 'version')})" for p, n in summary.paths.items()]
    if summary.skipped:
        lines += ["", "Left out:"]
    for skipped in summary.skipped:
        versions = f" ({counted(skipped.versions, 'version')})" if skipped.versions else ""
        lines.append(f"  {one_line(skipped.path)}: {plain(skipped.why)}{versions}")
    return lines


def what_came(summary: "Summary") -> list[str]:
    """What it is, in numbers."""
    said = []
    if summary.versions:
        notebooks = counted(summary.notebooks, "notebook")
        said.append(f"{counted(summary.versions, 'version')} of {notebooks}")
    if summary.moves:
        said.append(counted(summary.moves, "rename"))
    if summary.copies:
        said.append(f"{summary.copies} copied")
    if summary.deletions:
        said.append(f"{summary.deletions} deleted")
    return [*said, f"{summary.bytes / 1_000_000:.1f} MB"] if said else []
