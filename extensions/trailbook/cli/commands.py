"""The commands and their help."""

import click

from .group import Commands

EPILOG = """\b
Exit codes: 0 all is well; 1 a difference (diff), damage (check) or a cell that failed (run);
2 the command was not understood; 3 no such thing, or it is not shared with you; 4 not allowed;
5 no answer from the hub; 6 anything else.
"""


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trailbook")
def main() -> None:
    """Trailbook keeps the trail of every experiment.

    Every run and every saved version of your notebooks is recorded while you work; these
    commands read the record. An id is 32 letters and digits, as `trailbook log` prints it at the
    start of a line; a link of the reader does as well.

    \b
    Examples:
      trailbook log                          notebooks with a history
      trailbook log analysis.ipynb           the steps of one
      trailbook show 01a2…b39                one step with its outputs
      trailbook diff 01a2…b39 analysis.ipynb what changed since then
      trailbook export 01a2…b39 -o old.ipynb the notebook as it was then
      trailbook import ~/analysis            the past of notebooks, from git
      trailbook run fit.ipynb                run it all, recorded, without a browser
    """
