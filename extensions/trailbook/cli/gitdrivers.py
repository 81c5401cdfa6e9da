"""`trailbook git`: git shows and merges notebooks with our diff."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click

from ..errors import NotReadable, TrailbookError
from .answering import sentences

ATTRIBUTES = "*.ipynb diff=trailbook merge=trailbook"

SECTIONS = ("diff.trailbook", "merge.trailbook")

EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'

CONFLICT = 1
CANNOT = 129
"""What git takes for a driver that failed: the file stays as it is here, in conflict."""


class NoGit(TrailbookError):
    """git refused, or it is not installed."""

    code, status = "git-refused", 400


@click.group("git")
def git() -> None:
    """Let git show and merge notebooks cell by cell.

    \b
    trailbook git enable           in this repository
    trailbook git enable --global  in all of yours
    git diff; git log -p; git merge
    """


@git.command()
@click.option("--global", "everywhere", is_flag=True, help="In all of your repositories.")
@sentences
def enable(everywhere: bool) -> None:
    """Use Trailbook for the notebooks of a repository, without a change to its files."""
    for name, value in settings().items():
        run("config", *scope(everywhere), name, value)
    file = attributes_file(everywhere)
    lines = read_lines(file)
    if ATTRIBUTES not in lines:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([*lines, ATTRIBUTES]) + "\n", encoding="utf-8")
    where = "all of your repositories" if everywhere else "this repository"
    click.echo(f"In {where} git compares and merges notebooks with Trailbook now.")


@git.command()
@click.option("--global", "everywhere", is_flag=True, help="In all of your repositories.")
@sentences
def disable(everywhere: bool) -> None:
    """Let git treat notebooks as it did before."""
    file = attributes_file(everywhere)
    lines = read_lines(file)
    if ATTRIBUTES in lines:
        kept = [line for line in lines if line != ATTRIBUTES]
        file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    for section in SECTIONS:
        asked("config", *scope(everywhere), "--remove-section", section)
    click.echo("git treats notebooks as other files again.")


@git.command("diff-driver", hidden=True)
@click.argument("path")
@click.argument("files", nargs=-1)
def diff_driver(path: str, files: tuple[str, ...]) -> None:
    """What git calls for each notebook that it shows, with arguments of git's own.

    After the path: the old file, its hash and mode, the same of the new one, and where it was
    renamed the new path and what git says of that; nothing at all in the middle of a merge.
    """
    from ..diff import Options
    from .comparing import difference, pretty

    if not files:
        click.echo(f"* Unmerged path {path}")
        return
    old, _, _, new, _, _, *renamed = files
    names = f"a/{path}", f"b/{renamed[0] if renamed else path}"
    click.echo(f"diff --trailbook {names[0]} {names[1]}")
    try:
        answer = difference(content(Path(old)), content(Path(new)), Options())
    except NotReadable as error:
        click.echo(f"No notebooks to compare: {error.why}.")
        click.echo("`git diff --no-ext-diff` shows the files as text.")
        return
    if answer["diff"]:
        click.echo(pretty(names, answer, color=sys.stdout.isatty()), nl=False)


@git.command("merge-driver", hidden=True)
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.argument("path")
def merge_driver(base: Path, ours: Path, theirs: Path, path: str) -> None:
    """What git calls for a notebook that both sides changed; the result goes over `ours`."""
    from ..diff.merging import file_text, is_valid, merge
    from ..diff.reading import Unreadable, read

    try:
        merged = merge(read(content(base)), read(content(ours)), read(content(theirs)))
        if not is_valid(merged.notebook):
            raise Unreadable("no valid notebook would come of it")
    except Unreadable as error:
        leave(path, str(error))
    except Exception as error:  # nbdime's merge is known to end in several on odd notebooks
        leave(path, f"nbdime's merge ended in {type(error).__name__}")
    ours.write_text(file_text(merged.notebook), encoding="utf-8")
    if merged.conflicts:
        click.echo(f"{path}: both changed the same; the marks stand in its cells.", err=True)
        sys.exit(CONFLICT)


def leave(path: str, why: str) -> NoReturn:
    """Leave a notebook as it is on our side, in conflict."""
    click.echo(f"{path} cannot be merged cell by cell: {why}.", err=True)
    click.echo(f"It is as it was; `git show MERGE_HEAD:{path}` shows the other side's.", err=True)
    sys.exit(CANNOT)


def content(file: Path) -> bytes:
    """What a file holds; an empty notebook where there is none, as git tells it."""
    found = b"" if str(file) == "/dev/null" else file.read_bytes()
    return found or EMPTY


def settings() -> dict[str, str]:
    """What git is told, with this very program: it may be on nobody's PATH."""
    beside = Path(sys.executable).with_name("trailbook")
    program = shlex.quote(str(beside)) if beside.exists() else "trailbook"
    return {
        "diff.trailbook.command": f"{program} git diff-driver",
        "merge.trailbook.name": "Trailbook's merge of notebooks",
        "merge.trailbook.driver": f"{program} git merge-driver %O %A %B %P",
    }


def scope(everywhere: bool) -> list[str]:
    """Which of git's configuration files."""
    return ["--global"] if everywhere else ["--local"]


def attributes_file(everywhere: bool) -> Path:
    """Where git looks for attributes that are nobody else's."""
    if not everywhere:
        return Path(run("rev-parse", "--git-path", "info/attributes"))
    named = asked("config", "--global", "--type=path", "core.attributesFile")
    return Path(named) if named else Path.home() / ".config" / "git" / "attributes"


def read_lines(file: Path) -> list[str]:
    """The lines of a file that may not be there."""
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def run(*words: str) -> str:
    """What git answers; raises what it says where it refuses."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoGit("git is not installed.") from None
    if done.returncode:
        raise NoGit(f"git refused: {done.stderr.strip()}")
    return done.stdout.strip()


def asked(*words: str) -> str:
    """What git answers, nothing where it has no answer."""
    try:
        return run(*words)
    except NoGit:
        return ""
