"""OS accounts of isolated mode: made with a prefix, written in a list, removed by it."""

import fcntl
import grp
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from trailbook.errors import CannotStart

from . import names

TOOLS = ("useradd", "userdel", "usermod", "groupdel", "setfacl")
LIST = Path("hub") / "accounts.json"


@dataclass(frozen=True)
class Account:
    """One OS account and whom it stands for."""

    name: str
    kind: str  # person · project · service
    stands_for: str


def obstacles(data: Path) -> list[str]:
    """Why isolated mode is not possible here, one sentence each; none when it is."""
    if os.geteuid() != 0:
        return ["Accounts of their own need root."]
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    reasons = [f"The program {tool} is missing." for tool in missing]
    python = os.path.realpath(sys.executable)
    for path, what in ((python, "Python"), (sys.prefix, "Python's environment")):
        if closed := closed_part(Path(path)):
            reasons.append(f"{what} at {path} is closed to other accounts (by {closed}).")
    if closed := closed_part(data.resolve()):
        reasons.append(f"The data folder {data} is closed to other accounts (by {closed}).")
    return reasons


def closed_part(path: Path) -> Path | None:
    """The first folder on the way to `path` that other accounts may not pass, if there is one."""
    for part in reversed(path.parents):
        if part.exists() and not part.stat().st_mode & 0o001:
            return part
    return None


def prepare_service(data: Path) -> str:
    """The account of the service, which owns the history and nothing else."""
    account = Account(names.service_account(str(data)), "service", "Trailbook's service")
    ensure(data, account, data / "service")
    give(data / "service", account.name, 0o700)
    return account.name


def ensure(data: Path, account: Account, home: Path, groups: Iterable[str] | None = None) -> None:
    """Make the account unless it exists, write it in the list, and set its further groups."""
    with listed(data) as accounts:
        accounts[account.name] = account
        if not exists(account.name):
            run("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(home),
                "--shell", "/bin/bash", "--comment", comment(account), account.name)  # fmt: skip
        if groups is not None and set(groups) != further_groups(account.name):
            run("usermod", "--groups", ",".join(sorted(groups)), account.name)


def comment(account: Account) -> str:
    """What the password file says of the account; it takes neither colons nor line ends."""
    readable = "".join(c for c in account.stands_for if c.isalnum() or c in " .-_'")
    return f"Trailbook {account.kind} {readable}"[:80]


def exists(name: str) -> bool:
    """Whether there is an OS account of this name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def group_exists(name: str) -> bool:
    """Whether there is an OS group of this name."""
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def further_groups(name: str) -> set[str]:
    """The groups that the account is in besides its own."""
    return {group.gr_name for group in grp.getgrall() if name in group.gr_mem}


def give(folder: Path, name: str, mode: int) -> None:
    """Give a folder in a place of root's to the account."""
    entry = pwd.getpwnam(name)
    folder.mkdir(exist_ok=True)
    os.chown(folder, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
    folder.chmod(mode)


def share(folder: Path, name: str) -> None:
    """Give a project's folder to its account, writable for its group now and for what comes."""
    give(folder, name, 0o2770)
    run("setfacl", "--default", "--modify", "u::rwx,g::rwx,o::---", str(folder))


def known(data: Path) -> list[Account]:
    """The accounts that were made for this data folder."""
    with listed(data) as accounts:
        return sorted(accounts.values(), key=lambda account: (account.kind, account.stands_for))


def remove(data: Path, names_to_remove: Iterable[str]) -> None:
    """Remove accounts of the list; their folders stay."""
    wanted = set(names_to_remove)
    with listed(data) as accounts:
        for name in sorted(wanted & set(accounts)):
            if exists(name):
                run("userdel", name)
            if group_exists(name):
                # `userdel` leaves the group of a project that still has members.
                run("groupdel", name)
            del accounts[name]


@contextmanager
def listed(data: Path) -> Iterator[dict[str, Account]]:
    """The list of accounts, locked; what the caller changes in it is written back."""
    path = data / LIST
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        before = [Account(**entry) for entry in json.loads(text or "[]")]
        accounts = {account.name: account for account in before}
        try:
            yield accounts
        finally:
            if list(accounts.values()) != before:
                file.seek(0)
                file.truncate()
                json.dump([asdict(account) for account in accounts.values()], file, indent=1)


def run(*command: str) -> None:
    """Run a system program; its own words are the sentence when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{command[0]} failed: {done.stderr.strip() or done.returncode}")
