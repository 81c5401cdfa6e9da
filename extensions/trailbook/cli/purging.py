"""`trailbook purge`: out of the store for good."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..store.base import Store
from .answering import say, say_json, store_options
from .naming import id_in, notebook_named
from .phrases import counted, plain
from .sources import LocalSource
from .stores import opened_store

if TYPE_CHECKING:
    from ..store.purging.purge import PurgeView

BEYOND = """\
A purge does not reach: backups that were made before, exports, files on disk and what an open
notebook still shows (its next save records that again), copies that other people made, and what
people wrote about it in reviews.\
"""
UNSWEPT = """\
Somebody was reading meanwhile, so old bytes may still be in the log and in free space. They go at
the next start of the service, or when this command is given again.\
"""


@click.command("purge", short_help="Take something out of a store for good.")
@click.argument("thing", metavar="STEP|VERSION|NOTEBOOK")
@click.option(
    "--part", type=click.IntRange(min=0), metavar="N",
    help="Only this part, as its link ends: of a step 0 is the source. It goes wherever it is.",
)  # fmt: skip
@click.option(
    "--file", metavar="PATH",
    help="Only this text file, as the step found it. Its content goes wherever it is.",
)  # fmt: skip
@click.option(
    "--everywhere", is_flag=True,
    help="Also what other steps and notebooks of the same project hold too.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would go.")
@click.option("--project", metavar="NAME", help="Where the notebook is, if named by its path.")
@store_options
def purge(
    thing: str, part: int | None, file: str | None, everywhere: bool, yes: bool,
    project: str | None, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Take a step, a version, a notebook or one part out of a store, so that nothing finds it.

    A part is also a text file beside notebooks, as a step found it.

    Its content goes from the database, its free space and its log. What else showed the same
    content stays, with a hole: a purged step's source and outputs also go from saved versions.
    What another step says too stays, unless --everywhere is given. Nobody can undo it.

    \b
    trailbook purge 01a2…b39                 what would go
    trailbook purge 01a2…b39 --yes           and it goes
    trailbook purge 01a2…b39 --part 3 --yes  one output, wherever it is
    trailbook purge 01a2…b39 --file lib/keys.py --yes
    trailbook purge drafts/secret.ipynb      a whole notebook
    """
    with opened_store(store) as opened_one:
        named = id_in(thing) or named_notebook(opened_one, thing, project)
        if yes:
            view = opened_one.purge(named, part, file=file, everywhere=everywhere)
        else:
            view = opened_one.purge_plan(named, part, file=file, everywhere=everywhere)
    if as_json:
        say_json(view)
        return
    say([*purge_lines(view, done=yes), "", *BEYOND.splitlines()])
    if not yes:
        say(["", "Nothing was changed. Add --yes to do it."])
    elif not view.swept:
        say(["", *UNSWEPT.splitlines()])


def named_notebook(store: Store, path: str, project: str | None) -> str:
    """The id of a notebook that is named by its path."""
    return notebook_named(LocalSource(store), path, project).id


def purge_lines(view: "PurgeView", *, done: bool) -> list[str]:
    """What a purge took, or would take."""
    takes = [counted(view.runs, "run"), counted(view.versions, "version")]
    takes = [said for said, count in zip(takes, (view.runs, view.versions), strict=True) if count]
    takes += [counted(view.notes, "note")] if view.notes else []
    takes += [counted(view.quotes, "quote") + " in reviews"] if view.quotes else []
    takes.append(f"{counted(view.pieces, 'piece')} of content ({view.bytes:,} bytes)")
    lines = [f"{'Purged' if done else 'Would purge'} of {plain(view.path) or 'no notebook'}:"]
    lines += [f"  {said}" for said in takes]
    if view.emptied_runs or view.emptied_versions:
        runs = counted(view.emptied_runs, "run")
        versions = counted(view.emptied_versions, "version")
        stay = "stayed" if done else "would stay"
        lines.append(f"{runs} and {versions} {stay}, without that content:")
        lines += [f"  {plain(path)}" for path in view.notebooks]
    if view.emptied_files:
        states = counted(view.emptied_files, "state")
        lines.append(
            f"{states} of text files {'stayed' if done else 'would stay'}, without that content."
        )
    if view.shared:
        lines.append(
            f"{counted(view.shared, 'piece')} of content {'stayed' if done else 'would stay'}: "
            "other steps or notebooks hold the same. --everywhere takes that, too."
        )
    return lines
