"""`trailbook run`: a notebook without a browser, recorded as a server records it."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import TrailbookError
from .answering import DIFFERENT, say_json, sentences
from .phrases import counted, plain
from .progress import Progress
from .roots import absolute, path_below, rooted

if TYPE_CHECKING:
    from ..server.app import TrailbookApp

STOPPED = 130
"""What a shell answers for a command that Ctrl-C has ended."""


class NoNbclient(TrailbookError):
    """What runs notebooks is not installed."""

    code, status = "no-nbclient", 501

    def __init__(self) -> None:
        super().__init__("`trailbook run` needs nbclient: pip install nbclient.")


@click.command("run")
@click.argument("notebook", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="Write there, as a copy that is run; else the notebook itself is run and written.",
)  # fmt: skip
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE",
    help="Give a parameter a value, in a cell after the one with the tag `parameters`.",
)  # fmt: skip
@click.option("--kernel", metavar="NAME", help="Run in this kernel instead of the notebook's own.")
@click.option("--allow-errors", is_flag=True, help="Go on after a cell that failed.")
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder in which JupyterLab is started, from which the history counts paths.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@sentences
def run_notebook(
    notebook: Path, output: Path | None, params: tuple[str, ...], kernel: str | None,
    allow_errors: bool, root: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Run a notebook from its first cell to its last, and record it.

    \b
    trailbook run fit.ipynb
    trailbook run fit.ipynb -o fit-2027.ipynb -p year=2027
    trailbook run fit.ipynb && trailbook log fit.ipynb

    Every run of a cell and the written notebook are in the history as if they had been run in
    JupyterLab. Behind a hub they go to its service. Ctrl-C interrupts the running cell and writes
    what is there; a second one ends the kernel.

    Exits with 0 when every cell ran, with 1 when one failed, with 130 after Ctrl-C.
    """
    try:
        import nbclient  # noqa: F401
    except ImportError:
        raise NoNbclient from None
    target = absolute(output or notebook)
    answer = _run(absolute(notebook), target, _values(params), kernel, root, allow_errors)
    if as_json:
        say_json(answer)
    else:
        _say(answer)
    sys.exit({"ok": 0, "failed": DIFFERENT}.get(answer["status"], STOPPED))


def _values(params: tuple[str, ...]) -> dict[str, Any]:
    from ..server.parameters import value_of

    values = {}
    for param in params:
        name, sign, text = param.partition("=")
        if not sign or not name.isidentifier():
            raise click.UsageError(f"{param!r} is not NAME=VALUE.")
        values[name] = value_of(text)
    return values


def _run(
    notebook: Path,
    target: Path,
    values: dict[str, Any],
    kernel: str | None,
    root: Path | None,
    allow_errors: bool,
) -> dict[str, Any]:
    from ..server.batch import Batch
    from ..server.notebookrun import NotebookRun, read_notebook

    app = settings()
    place = rooted(target, root)
    content = read_notebook(notebook, values, kernel)
    batch = Batch(app, place.root, place.path)
    progress = Progress()
    with batch:
        batch.found(None if target == notebook else path_below(notebook, place.root))
        running = NotebookRun(
            content,
            target,
            batch,
            kernel=kernel,
            allow_errors=allow_errors,
            progress=lambda done, total: progress.say(f"{done} of {total} cells"),
        )
        try:
            asyncio.run(running.run())
        finally:
            progress.end()
    return {
        "notebook": str(target),
        "status": running.status,
        "cells": running.cells_run,
        "error": running.said,
        "recorded": app.record,
        "waiting": batch.waiting,
    }


def _say(answer: dict[str, Any]) -> None:
    if answer["error"]:
        click.echo(plain(answer["error"]), err=True)
    click.echo(f"{plain(answer['notebook'])}: {counted(answer['cells'], 'cell')} run.")
    if not answer["recorded"]:
        click.echo("Recording is switched off: the history has nothing of it.", err=True)
    elif answer["waiting"]:
        click.echo("The history could not be reached; it gets this run later.", err=True)


def settings() -> "TrailbookApp":
    """The settings of the recorder, as a Jupyter server here would have them."""
    from jupyter_server.serverapp import ServerApp

    from ..server.app import TrailbookApp

    server = ServerApp()
    server.load_config_file(suppress_errors=True)
    return TrailbookApp(config=server.config)
