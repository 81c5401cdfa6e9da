"""`trailbook check`: whether everything in a store is what it was.

It imports no more than it needs: on a small store, starting takes longer than looking.
"""

import sys
from pathlib import Path

import click

from ..store.checking.check import Report
from .answering import DIFFERENT, say, say_json, store_options
from .phrases import counted, plain
from .stores import present


@click.command()
@click.option(
    "--thorough", is_flag=True, help="Put every saved file together, too, and compare it."
)
@store_options
def check(store: Path | None, thorough: bool, as_json: bool) -> None:
    """Read everything in a store again and compare it with its hashes.

    Names each damaged thing in a line and exits with 1, or says that all is well. Nothing is
    changed, and a service that uses the store can go on.
    """
    from ..store.checking.look import look_through

    report = look_through(present(store), thorough=thorough)
    if as_json:
        say_json(report)
    else:
        say([plain(damage) for damage in report.damages] or all_is_well(report))
    sys.exit(DIFFERENT if report.damages else 0)


def all_is_well(report: Report) -> list[str]:
    """What a check looked at, if nothing is damaged."""
    versions, pieces = counted(report.versions, "version"), counted(report.pieces, "piece")
    lines = [f"All is well: {versions} and {pieces} of content match their hashes."]
    if report.purged:
        lines.append(f"{counted(report.purged, 'piece')} of content were purged.")
    if report.unnamed:
        lines.append(f"{counted(report.unnamed, 'piece')} of content are named by nothing.")
    return lines
