"""A repository, read with the git command: nothing is written to it and nothing is fetched."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from ...errors import CannotImport, NoRepository, NotFound
from .changes import Change, Commit, commits_of, differences_of, fields_of, spoken

NOTEBOOKS = (":(top)*.ipynb", ":(top,exclude,glob)**/.ipynb_checkpoints/**")
_FIELDS = "%H%x00%P%x00%at%x00%aN%x00%aE"  # the names as the repository's .mailmap has them
_PIECE = 1 << 16
_OURS = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}


class Repository:
    """The folder of a repository, bare or not, or a folder inside one."""

    def __init__(self, place: str) -> None:
        program = shutil.which("git")
        if program is None:
            raise CannotImport("The program git is needed to read a repository: install it first.")
        if not Path(place).is_dir():
            raise NoRepository(place)
        self._command = [program, "-C", place, "-c", "log.showSignature=false"]
        # The folder alone says which repository it is, also when a hook of git calls us.
        mine = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
        self._environment = {**mine, **_OURS}
        asked = self._start("rev-parse", "--is-shallow-repository")
        output, said = asked.communicate()
        if asked.returncode and b"not a git repository" in said:
            raise NoRepository(place)
        self._checked(asked.returncode, said)
        if output.strip() == b"true":
            raise CannotImport(
                "This clone is shallow: the beginning of its history is missing. "
                "`git fetch --unshallow` brings it; then import."
            )

    def head(self, branch: str | None) -> str:
        """The commit that a branch, or the repository itself, is at."""
        wanted = f"{branch or 'HEAD'}^{{commit}}"
        asked = self._start("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        output, _ = asked.communicate()
        if asked.returncode == 0:
            return output.decode().strip()
        if branch is not None:
            raise NotFound(f"branch, tag or commit {branch!r}")
        raise CannotImport("Nothing is committed here yet; --branch names another branch.")

    def present(self, commits: Collection[str]) -> list[str]:
        """Those of these commits that this repository has."""
        asked = list(dict.fromkeys(commits))
        output = self._run("cat-file", "--batch-check", told="".join(f"{c}\n" for c in asked))
        answers = output.decode().splitlines()
        return [c for c, answer in zip(asked, answers, strict=True) if " commit " in answer]

    def commits(self, head: str, without: Sequence[str]) -> list[Commit]:
        """What leads to a head and not to the others: parents first, else by author's time."""
        told = "".join(f"{line}\n" for line in [head, *(f"^{other}" for other in without)])
        return commits_of(
            self._run(
                "log", "--stdin", "--author-date-order", "--reverse", "-z", "--encoding=UTF-8",
                f"--format={_FIELDS}", told=told,
            )
        )  # fmt: skip

    def changes(self, commits: Sequence[Commit]) -> Iterator[tuple[Commit, list[list[Change]]]]:
        """What each commit did to notebooks, against each of its parents."""
        with tempfile.TemporaryFile() as told:
            for commit in commits:
                lines = [f"{commit.id} {parent}\n" for parent in commit.parents]
                told.write("".join(lines or [f"{commit.id}\n"]).encode())
            told.seek(0)
            process = self._start(
                "diff-tree", "--stdin", "--root", "--always", "-r", "-z", "--raw", "-C",
                "--no-ext-diff", "--", *NOTEBOOKS, stdin=told.fileno(), quiet=True,
            )  # fmt: skip
            with process:
                lists = differences_of(fields_of(_pieces(process)))
                for commit in commits:
                    found = [next(lists, None) for _ in commit.parents or [""]]
                    whole = [changes for changes in found if changes is not None]
                    if len(whole) < len(found):
                        raise CannotImport(f"git could not read commit {commit.id}: git fsck.")
                    yield commit, whole

    def submodules(self, head: str) -> list[str]:
        """Folders that are repositories of their own."""
        entries = self._run("ls-tree", "-r", "-z", "--full-tree", head).split(b"\0")
        return [spoken(e.partition(b"\t")[2]) for e in entries if e.startswith(b"160000 ")]

    def blobs(self) -> "Blobs":
        """The contents of files."""
        return Blobs(
            lambda: self._start("cat-file", "--batch-check"),
            lambda: self._start("cat-file", "--batch"),
        )

    def _run(self, *words: str, told: str = "") -> bytes:
        process = self._start(*words)
        output, said = process.communicate(told.encode())
        self._checked(process.returncode, said)
        return output

    def _checked(self, code: int, said: bytes) -> None:
        if code:
            lines = said.decode("utf-8", "replace").strip().splitlines() or [f"exit code {code}"]
            raise CannotImport(f"git cannot read this repository: {lines[0]}")

    def _start(
        self, *words: str, stdin: int = subprocess.PIPE, quiet: bool = False
    ) -> "subprocess.Popen[bytes]":
        """Apart from our terminal: Ctrl-C is for us, and we end git when we have what we need."""
        return subprocess.Popen(
            [*self._command, *words],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
        )


def _pieces(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    while process.stdout is not None and (piece := process.stdout.read(_PIECE)):
        yield piece


class Blobs:
    """One process that tells sizes and one that gives bytes, for any number of blobs."""

    def __init__(
        self,
        sizes: "Callable[[], subprocess.Popen[bytes]]",
        contents: "Callable[[], subprocess.Popen[bytes]]",
    ) -> None:
        self._start_sizes = sizes
        self._sizes = sizes()
        self._contents = contents()

    def size(self, blob: str) -> int | None:
        """How long it is; None for one that the repository lacks."""
        answer = _ask(self._sizes, blob)
        if answer is None:  # git ends where a partial clone cannot fetch what it lacks
            said = self._sizes.communicate()[1]
            self._sizes = self._start_sizes()
            if b"promisor" not in said and b"fetch" not in said:
                raise CannotImport(f"git stopped at the object {blob}: `git fsck` says more.")
        return _size(answer)

    def read(self, blob: str) -> bytes:
        """Its bytes."""
        size = _size(_ask(self._contents, blob))
        if size is None or self._contents.stdout is None:
            raise CannotImport(f"git lacks the object {blob}: `git fsck` says more.")
        content = self._contents.stdout.read(size + 1)
        if len(content) <= size:
            raise CannotImport(f"git could not read the object {blob}: `git fsck` says more.")
        return content[:-1]

    def close(self) -> None:
        """Let both processes end."""
        for process in (self._sizes, self._contents):
            process.terminate()
            process.communicate()


def _ask(process: "subprocess.Popen[bytes]", blob: str) -> list[bytes] | None:
    """What git says of the object; None when it has ended instead."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(f"{blob}\n".encode())
        process.stdin.flush()
    except BrokenPipeError:
        return None
    return process.stdout.readline().split() or None


def _size(answer: list[bytes] | None) -> int | None:
    return int(answer[2]) if answer and len(answer) == 3 and answer[1] == b"blob" else None
