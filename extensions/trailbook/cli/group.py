"""The group of our commands, each loaded when it is used, and of those that other parts bring."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from .answering import FAILED

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

OWN = {
    "backup": "backing:backup",
    "check": "checking:check",
    "diff": "reading:diff",
    "export": "reading:export",
    "git": "gitdrivers:git",
    "import": "importing:import_git",
    "log": "reading:log",
    "purge": "purging:purge",
    "restore": "backing:restore",
    "review": "reviewing:review",
    "run": "running:run_notebook",
    "show": "reading:show",
}
"""Where each of our commands is, as `module:name`."""


class Commands(click.Group):
    """Our commands, and those that other installed parts bring."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted([*OWN, *brought()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, loaded only when it is used."""
        if cmd_name in OWN:
            return own(cmd_name)
        if cmd_name not in brought():
            return None
        try:
            command: click.Command = brought()[cmd_name].load()
        except ImportError as error:
            return unavailable(cmd_name, error)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help; it loads nothing of other parts."""
        ours = [(name, own(name).get_short_help_str(60)) for name in OWN]
        others = [(name, BROUGHT.get(name, "Brought by another part.")) for name in brought()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted([*ours, *others]))


BROUGHT = {"hub": "The shared workspace: bring it up, look after it."}


def own(name: str) -> click.Command:
    """A command of ours."""
    module, _, function = OWN[name].partition(":")
    command: click.Command = getattr(import_module(f".{module}", __package__), function)
    return command


def brought() -> "dict[str, EntryPoint]":
    """The commands of other parts, by the entry point `trailbook.commands`."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group="trailbook.commands")}


def unavailable(name: str, error: ImportError) -> click.Command:
    """Stands in for a command whose packages are not installed."""

    @click.command(name, help=f"Needs more packages: pip install 'trailbook[{name}]'.")
    @click.argument("anything", nargs=-1, type=click.UNPROCESSED)
    def missing(anything: tuple[str, ...]) -> None:
        click.echo(f"{error}. Install what it needs: pip install 'trailbook[{name}]'", err=True)
        sys.exit(FAILED)

    missing.context_settings["ignore_unknown_options"] = True
    return missing
