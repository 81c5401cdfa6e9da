"""`trailbook log`, `show`, `diff` and `export`: what the history holds."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from . import printing
from .answering import DIFFERENT, say, say_json, source_options
from .naming import absent_as_none, id_in, notebook_named, version_named
from .phrases import plain
from .sources import opened
from .stores import opened_store


@click.command()
@click.argument("path", required=False)
@click.option("--project", metavar="NAME", help="A project's short name, as its links have it.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@source_options
def log(
    path: str | None, project: str | None, limit: int, store: Path | None, url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List what happened: notebooks, a project's activity, or the steps of a notebook.

    \b
    trailbook log                        your notebooks, and the projects
    trailbook log fit.ipynb              the steps of a notebook, oldest first
    trailbook log --project churn        what happened in a project, newest first
    trailbook log --project churn a.ipynb  the steps of a project's notebook

    PATH may be the end of the notebook's path.
    """
    with opened(store, url) as source:
        if path is not None:
            notebook = notebook_named(source, path, project)
            page = source.steps(notebook.id, limit)
            say_json(page) if as_json else say(printing.story(page, limit))
        elif project is not None:
            bursts = source.activity(project, limit)
            say_json(bursts) if as_json else say([printing.activity_line(b) for b in bursts])
        else:
            notebooks, projects = source.notebooks(None)[:limit], source.projects()
            if as_json:
                say_json({"notebooks": notebooks, "projects": projects})
                return
            lines = [printing.notebook_line(view) for view in notebooks]
            lines += ["", "Projects:", *map(printing.project_line, projects)] if projects else []
            say(
                lines or ["Nothing is recorded yet. Run a cell in JupyterLab, and it will be here."]
            )


@click.command()
@click.argument("thing", metavar="STEP|VERSION")
@source_options
def show(thing: str, store: Path | None, url: str | None, as_json: bool) -> None:
    """Show a step with its source and outputs, or a saved version.

    \b
    trailbook show 01a20536edd72a899a353b9a3491b39
    trailbook show https://hub.example.org/services/trailbook/steps/01a2…
    """
    wanted = id_in(thing)
    if wanted is None:
        raise click.UsageError(f"{thing!r} is no id; `trailbook log` prints ids.")
    with opened(store, url) as source:
        view = absent_as_none(source.snapshot, wanted)
        if view is not None:
            say_json(view) if as_json else say(printing.snapshot_text(view))
            return
        step = source.step(wanted)
        say_json(step) if as_json else say(printing.step_text(step))


@click.command()
@click.argument("base", metavar="A")
@click.argument("target", metavar="B")
@click.option("--outputs/--no-outputs", default=True, help="Compare outputs.  [default: yes]")
@click.option("--metadata/--no-metadata", default=False, help="Compare metadata.  [default: no]")
@click.option("--counts/--no-counts", default=False, help="Compare run numbers.  [default: no]")
@click.option("--ids/--no-ids", default=False, help="Compare the ids of cells.  [default: no]")
@source_options
def diff(
    base: str, target: str, outputs: bool, metadata: bool, counts: bool, ids: bool,
    store: Path | None, url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare two notebooks: versions, steps (the notebook as it was then) or files.

    \b
    trailbook diff 01a2…b39 01a2…c40        from one version to another
    trailbook diff 01a2…b39 analysis.ipynb  from a version to the file as it is now

    Exits with 0 when nothing differs and with 1 when something does.
    """
    from ..diff import Options
    from .comparing import difference, pretty

    with opened(store, url) as source:
        (name, before), (other, after) = (version_named(source, t) for t in (base, target))
    answer = difference(before, after, Options(outputs, metadata, counts, ids))
    if as_json:
        say_json(answer)
    elif answer["diff"]:
        click.echo(pretty((name, other), answer, color=sys.stdout.isatty()), nl=False)
    sys.exit(DIFFERENT if answer["diff"] else 0)


@click.command()
@click.argument("thing", metavar="[STEP|VERSION]", required=False)
@click.option("--project", metavar="NAME", help="A whole project's history, from a store.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@source_options
def export(
    thing: str | None, project: str | None, output: Path | None, force: bool, store: Path | None,
    url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Write a version, or the notebook as it was at a step, byte for byte as it was saved.

    With --project, write the project's whole history into one file; what was deleted is not in it.

    \b
    trailbook export 01a2…b39 -o then.ipynb
    trailbook export 01a2…b39 | jq .cells
    trailbook export --project churn -o churn.tbk
    """
    if (thing is None) == (project is None):
        raise click.UsageError("Name a step, a version or a --project.")
    if thing is not None and id_in(thing) is None:
        raise click.UsageError(f"{thing!r} is no id; `trailbook log` prints ids.")
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force replaces it.")
    if project is not None:
        if url is not None:
            raise click.UsageError("A whole project is exported from a store, not from a hub.")
        name, pieces = project, recording_of(store, project)
    else:
        with opened(store, url) as source:
            name, content = version_named(source, thing or "")
        pieces = iter([content])
    size = write_out(output, pieces)
    if output is not None and as_json:
        say_json({"name": name, "file": str(output), "bytes": size})
    elif output is not None:
        click.echo(f"{plain(name)} is in {output} ({size} bytes).")


def recording_of(store: Path | None, project: str) -> Iterator[bytes]:
    """A project's whole history, in pieces of its file."""
    with opened_store(store) as opened_one:
        from ..store.recording.export import export_project

        yield from export_project(opened_one, opened_one.project(project).id)


def write_out(output: Path | None, pieces: Iterator[bytes]) -> int:
    """Write all of it or nothing: to the terminal, or beside the file and then in its place."""
    if output is None:
        return sum(sys.stdout.buffer.write(piece) for piece in pieces)
    beside = output.with_name(f".{output.name}.part")
    try:
        with beside.open("wb") as file:
            size = sum(file.write(piece) for piece in pieces)
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    return size
