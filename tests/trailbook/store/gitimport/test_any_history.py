"""Whatever a history looks like: the ledger ends as the head is, and nothing comes twice."""

import random
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import START, Repo

COMMITS = 40
PATHS = [f"{letter}.ipynb" for letter in "abcdef"]
Trees = dict[int, dict[str, bytes]]


def notebook(chance: random.Random, seed: bytes = b"") -> bytes:
    """Long enough for git to see what was only changed a little."""
    lines = seed.splitlines() or [b"%d" % chance.randrange(10**9) for _ in range(12)]
    lines[chance.randrange(len(lines))] = b"%d" % chance.randrange(10**9)
    return b"\n".join(lines) + b"\n"


def grow(chance: random.Random, tree: dict[str, bytes]) -> dict[str, bytes]:
    """The tree with something done to it."""
    grown = dict(tree)
    path, other = chance.choice(PATHS), chance.choice(PATHS)
    match chance.choice(["write", "write", "write", "move", "copy", "delete"]):
        case "move" if path in grown:
            grown[other] = grown.pop(path)
        case "copy" if path in grown:
            grown[other] = grown[path]
        case "delete":
            grown.pop(path, None)
        case _:
            grown[path] = notebook(chance, grown.get(path, b""))
    return grown


def make(repo: Repo, chance: random.Random) -> Trees:
    """Commits that go on from any of the newest, with merges in which either side may win."""
    trees: Trees = {}
    told = b""
    for n in range(1, COMMITS + 1):
        parents = chance.sample(range(max(1, n - 5), n), k=min(n - 1, chance.choice([1, 1, 2])))
        tree = grow(chance, trees[parents[0]] if parents else {})
        for other in parents[1:]:
            sides = [tree, trees[other]]
            tree = {path: side[path] for side in sides for path in side if chance.random() < 0.8}
        trees[n] = tree
        at = START + 3600 * chance.choice([n, n, n, chance.randrange(100)])
        told += b"commit refs/heads/at-%d\nmark :%d\nauthor A <a@x> %d +0000\n" % (n, n, at)
        told += b"committer A <a@x> %d +0000\ndata 1\nx\n" % (START + n * 3600)
        told += b"".join(b"from :%d\n" % parent for parent in parents[:1])
        told += b"".join(b"merge :%d\n" % parent for parent in parents[1:])
        told += b"deleteall\n"
        for path, content in tree.items():
            told += b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.folder, input=told, check=True)
    return trees


@pytest.mark.parametrize("seed", [*range(8), 134])
def test_the_ledger_ends_as_the_head_is(
    store: Any, space: str, repo: Repo, bring: Callable[..., Any], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    trees = make(repo, chance)
    brought = 0
    for n in [*sorted(chance.sample(range(1, COMMITS), 3)), COMMITS]:
        summary = bring(branch=f"at-{n}")
        brought += summary.versions
        found = {
            view.path: store.snapshot_bytes(store.snapshots(view.id, limit=1)[0].id)
            for view in store.notebooks(space)
        }
        assert found == trees[n]
        again = bring(branch=f"at-{n}")
        assert (again.versions, again.moves, again.deletions) == (0, 0, 0)
        assert again.imported_before == brought
    assert store.check() == []
