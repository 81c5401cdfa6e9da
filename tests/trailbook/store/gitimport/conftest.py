"""Real repositories, and what an import made of them."""

import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from trailbook.store.gitimport.importing import GitImport, Summary, Wish
from trailbook.store.gitimport.owners import Target, of_person
from trailbook.store.gitimport.repository import Repository

START = 1_500_000_000


class Repo:
    """A repository; each commit is an hour after the one before, unless a time is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hours = 0
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str | bytes, **environment: str) -> str:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        identity = {
            "GIT_AUTHOR_NAME": "Ada L", "GIT_AUTHOR_EMAIL": "ada@x.org",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@x.org",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *words],
            cwd=self.folder,
            env={**mine, **identity, **environment},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def write(self, path: str | bytes, content: bytes) -> None:
        place = os.path.join(os.fsencode(self.folder), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)

    def commit(
        self, *, author: str = "Ada L <ada@x.org>", at: int | None = None, words: Any = ()
    ) -> str:
        self.hours += 1
        now = START + 3600 * self.hours
        when = now if at is None else at
        self.git("add", "-A")
        self.git(
            "commit", "-q", "--allow-empty", "-m", "x", f"--author={author}",
            f"--date=@{when} +0000", *words, GIT_COMMITTER_DATE=f"@{now} +0000",
        )  # fmt: skip
        return self.git("rev-parse", "HEAD")

    def save(self, path: str, content: bytes, **about: Any) -> str:
        """Write a file and commit it."""
        self.write(path, content)
        return self.commit(**about)

    def merge(self, branch: str) -> str:
        """Merge, with our own side of whatever conflicts left to the caller."""
        self.git("merge", "-q", "--no-ff", "--no-commit", branch)
        return self.commit()


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@pytest.fixture
def me(store: Any) -> Target:
    return of_person(store, "ada")


@pytest.fixture
def space(me: Target) -> str:
    return me.space


@pytest.fixture
def bring(store: Any, me: Target, repo: Repo) -> Callable[..., Summary]:
    """Import the repository into Ada's own space."""

    def run(place: Path | None = None, **wish: Any) -> Summary:
        source = Repository(str(place or repo.folder))
        with closing(GitImport(store, me, source, Wish(**wish))) as importing:
            return importing.run(lambda done, total: None)

    return run


@pytest.fixture
def told(store: Any, space: str) -> Callable[..., list[Any]]:
    """The versions of a notebook, oldest first."""

    def versions(path: str) -> list[Any]:
        return list(reversed(store.snapshots(store.notebook_at(space, path).id)))

    return versions
