"""The group of our commands, and of those that other installed parts bring."""

import sys
from importlib.metadata import entry_points
from typing import Any

import click

from .answering import FAILED


class Commands(click.Group):
    """Our commands, and those that other installed parts bring."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted([*super().list_commands(ctx), *brought()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, loaded only when it is used."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in brought():
            return own
        try:
            command: click.Command = brought()[cmd_name].load()
        except ImportError as error:
            return unavailable(cmd_name, error)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help; it loads nothing of other parts."""
        own = [(name, command.get_short_help_str(60)) for name, command in self.commands.items()]
        others = [(name, BROUGHT.get(name, "Brought by another part.")) for name in brought()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted([*own, *others]))


BROUGHT = {"hub": "The shared workspace: bring it up, look after it."}


def brought() -> dict[str, Any]:
    """The commands of other parts, by the entry point `trailbook.commands`."""
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
