"""What all commands share: where they read, how they answer, and with which exit codes."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from ..errors import TrailbookError
from .phrases import plain

DIFFERENT, NOT_FOUND, REFUSED, UNREACHABLE, FAILED = 1, 3, 4, 5, 6

CODES = {404: NOT_FOUND, 401: REFUSED, 403: REFUSED, 502: UNREACHABLE, 503: UNREACHABLE}


_store = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A store's file; without it the one of Jupyter on this machine.",
)
_url = click.option(
    "--url",
    metavar="ADDRESS",
    help="Read from a hub instead, for example https://hub.example.org. "
    "The token is taken from the variable TRAILBOOK_TOKEN.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


def store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a store's file, and say in which form to answer."""
    return _store(_as_json(sentences(command)))


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where to read, and in which form to answer."""
    return _store(_url(_as_json(sentences(command))))


def sentences(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what went wrong in one sentence, with an exit code."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        if options.get("store") is not None and options.get("url") is not None:
            raise click.UsageError("Name a --store or an --url, not both.")
        try:
            return command(*args, **options)
        except TrailbookError as error:
            click.echo(plain(str(error)), err=True)
            sys.exit(CODES.get(error.status, FAILED))
        except OSError as error:
            click.echo(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
            sys.exit(FAILED)

    return run


def say(lines: list[str]) -> None:
    """Print, a page at a time where there is a terminal and much to read."""
    text = "\n".join(lines) + "\n"
    if len(lines) > 50 and sys.stdout.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def say_json(value: Any) -> None:
    """Print for programs."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=1))
