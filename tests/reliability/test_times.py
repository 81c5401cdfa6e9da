"""R13: clocks that jump, and servers whose clocks disagree: order comes from the sequence."""

import random

from trailbook.clock import now_us
from trailbook.store.sql import SqlStore

from .outside import digest
from .writing import Writer, notebook

DAY = 86_400_000_000
JUMPS = [0, DAY, -DAY, 365 * DAY, -365 * DAY, -40 * 365 * DAY, 40 * 365 * DAY]
SHORT = 30


def test_no_jump_hides_a_version_or_changes_the_order(tmp_path, outside, rounds):
    chance = random.Random(1)  # noqa: S311
    store = SqlStore.open(tmp_path / "s.sqlite")
    ahead, behind = (Writer(store, "ada", outside.answer) for _ in range(2))
    for n in range(rounds(SHORT)):
        writer, skew = (ahead, DAY) if n % 3 else (behind, -DAY)
        at = now_us() + skew + chance.choice(JUMPS)
        writer.save(notebook(n), at=at)
        writer.run(f"x = {n}", at=at)
    found = store.notebook_at(ahead.mount.space, "a.ipynb")
    versions = store.snapshots(found.id, limit=100_000)
    raws = [digest(store.snapshot_bytes(version.id)) for version in reversed(versions)]
    assert raws == [digest(notebook(n)) for n in range(rounds(SHORT))]
    assert all(version.at <= now_us() for version in versions)
    assert found.runs == rounds(SHORT)
    shown, after = [], 0
    while after is not None:
        page = store.steps(found.id, after=after or None, limit=100)
        shown += [step.source for step in page.steps if step.type == "run"]
        after = page.after
    for writer, those in ((ahead, lambda n: n % 3), (behind, lambda n: not n % 3)):
        mine = [f"x = {n}" for n in range(rounds(SHORT)) if those(n)]
        assert [source for source in shown if source in mine] == mine, writer
    store.close()
    outside.hold(tmp_path / "s.sqlite")
