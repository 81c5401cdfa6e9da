"""The spool: what was appended comes back in order, whatever happens in between."""

import shutil
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from trailbook.store import spool
from trailbook.store.records import Gap, KernelEnded, NotebookDeleted
from trailbook.store.spool import Spool, frames, segments

EARLIER = Path(__file__).parents[3] / "samples" / "spools" / "blake3"


@pytest.fixture
def make(tmp_path):
    opened = []

    def make(name="writer", **settings):
        made = Spool(tmp_path / name, **settings)
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.close()


def event(n=0):
    return KernelEnded(space="@", at=n, kernel_session=f"{n}")


def append(to, count, content=b"", start=0):
    done = [to.append(event(n), [content] if content else []) for n in range(start, start + count)]
    return [each.result(10) for each in done]


def drained(from_spool):
    found = []
    while records := from_spool.read(1000, 1 << 20):
        found += records
        from_spool.acknowledge(records[-1].sequence)
    return found


def until(condition):
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def until_durable(of, sequence):
    until(lambda: of.last >= sequence)


def segment(of, n=-1):
    return sorted(of.folder.glob("*.seg"))[n]


def test_records_come_back_in_order_with_their_contents(make):
    writer = make()
    assert append(writer, 3, b"\x00raw\xff" * 1000) == [1, 2, 3]
    records = writer.read(10, 1 << 30)
    assert [record.sequence for record in records] == [1, 2, 3]
    assert [record.event for record in records] == [event(0), event(1), event(2)]
    assert records[0].contents == [b"\x00raw\xff" * 1000]


def test_what_is_acknowledged_is_not_read_again(make):
    writer = make()
    append(writer, 5)
    writer.acknowledge(3, b"note")
    assert [record.sequence for record in writer.read(10, 1 << 30)] == [4, 5]
    writer.close()
    again = make()
    again.open()
    assert [record.sequence for record in again.read(10, 1 << 30)] == [4, 5]
    assert (again.acknowledged, again.note) == (3, b"note")
    assert append(again, 1) == [6]


def test_only_the_owner_may_look_into_it(make):
    writer = make()
    append(writer, 1)
    writer.acknowledge(0)
    assert stat.S_IMODE(writer.folder.stat().st_mode) == 0o700
    for path in writer.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_nothing_is_left_when_the_store_has_everything(make):
    writer = make()
    append(writer, 3)
    drained(writer)
    writer.close()
    assert not writer.folder.exists()


def test_no_folder_is_made_before_there_is_something_to_keep(make):
    writer = make()
    writer.close()
    assert not writer.folder.exists()


def test_whole_segments_go_as_they_are_acknowledged(make, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_SIZE", 10_000)
    writer = make()
    for n in range(50):
        append(writer, 1, b"x" * 1000, start=n)
    assert len(list(writer.folder.glob("*.seg"))) > 3
    drained(writer)
    append(writer, 1)
    drained(writer)
    assert writer.segments.size < 12_000
    assert len(list(writer.folder.glob("*.seg"))) == 1


def test_two_threads_append_and_a_third_reads(make):
    writer = make()
    threads = [threading.Thread(target=append, args=(writer, 500, b"x" * 100)) for _ in range(2)]
    for thread in threads:
        thread.start()
    found = []
    while len(found) < 1000:
        assert writer.wait(10)
        found += drained(writer)
    for thread in threads:
        thread.join()
    assert [record.sequence for record in found] == list(range(1, 1001))


# -- crashes ---------------------------------------------------------------------------------


def crash(script, folder, **kwargs):
    code = textwrap.dedent(
        """
        import sys, os, pathlib
        from trailbook.store.spool import Spool
        from trailbook.store.records import KernelEnded
        spool = Spool(pathlib.Path(sys.argv[1]))
        def append(n, content=b"x" * 5000):
            event = KernelEnded(space="@", at=n, kernel_session=str(n))
            return spool.append(event, [content])
        """
    ) + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, **kwargs
    )


def test_everything_durable_survives_a_kill(make, tmp_path):
    for round_ in range(5):
        folder = tmp_path / f"killed-{round_}"
        process = crash(
            """
            for n in range(100_000):
                print(append(n).result(), flush=True)
            """,
            folder,
        )
        durable = 0
        end = time.monotonic() + 0.3 + 0.1 * round_
        while time.monotonic() < end:
            durable = int(process.stdout.readline())
        process.kill()
        process.wait()
        durable = max([durable, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.stdout.close()
        after = make(folder.name)
        after.open()
        records = drained(after)
        assert len(records) >= durable
        assert [record.sequence for record in records] == list(range(1, len(records) + 1))
        assert not any(isinstance(record.event, Gap) for record in records)


def test_a_torn_tail_is_cut_off_at_every_length(make, tmp_path):
    writer = make("whole")
    append(writer, 3, b"content")
    whole = segment(writer).read_bytes()
    ends = [frame.end for frame in frames.walk(segment(writer))]
    for length in range(len(whole)):
        folder = tmp_path / f"torn-{length}"
        folder.mkdir()
        (folder / segment(writer).name).write_bytes(whole[:length])
        torn = make(folder.name)
        torn.open()
        kept = sum(end <= length for end in ends)
        assert [record.event for record in torn.read(10, 1 << 20)] == [
            event(n) for n in range(kept)
        ]
        assert torn.last == kept
        torn.close()


def test_a_flipped_byte_costs_one_record_and_is_named(make, tmp_path):
    writer = make("whole")
    append(writer, 3, b"content" * 3)
    whole = segment(writer).read_bytes()
    ends = [frame.end for frame in frames.walk(segment(writer))]
    for position in range(ends[1]):  # the last record may also be cut off as torn
        folder = tmp_path / f"flipped-{position}"
        folder.mkdir()
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        (folder / segment(writer).name).write_bytes(damaged)
        flipped = make(folder.name)
        flipped.open()
        records = flipped.read(10, 1 << 20)
        hit = 0 if position < ends[0] else 1
        assert [record.sequence for record in records] == [1, 2, 3]
        assert [isinstance(record.event, Gap) for record in records] == [n == hit for n in range(3)]
        gap = records[hit].event
        assert (gap.reason, gap.dropped_events) == ("spool-damaged", 1)
        flipped.close()


def test_a_spool_of_an_earlier_release_is_read_and_continued(make, tmp_path):
    shutil.copytree(EARLIER, tmp_path / "writer")
    writer = make()
    append(writer, 1, b"new")
    *earlier, deleted, latest = drained(writer)
    assert [record.contents for record in earlier] == [[b"{}" + b" " * n] for n in range(3)]
    assert isinstance(deleted.event, NotebookDeleted)
    assert (latest.sequence, latest.event, latest.contents) == (5, event(0), [b"new"])


def test_a_flipped_byte_in_a_spool_of_an_earlier_release_is_a_gap(make, tmp_path):
    shutil.copytree(EARLIER, tmp_path / "writer")
    (path,) = (tmp_path / "writer").glob("*.seg")
    content = bytearray(path.read_bytes())
    content[content.index(b"ada")] ^= 1
    path.write_bytes(content)
    writer = make()
    writer.open()
    found = drained(writer)
    assert [isinstance(record.event, Gap) for record in found] == [True, False, False, False]


def test_a_whole_segment_that_is_lost_is_a_gap(make, monkeypatch):
    monkeypatch.setattr(segments, "SEGMENT_SIZE", 100)
    writer = make()
    for n in range(3):
        append(writer, 1, b"x" * 200, start=n)
    writer.close()
    segment(writer, 1).write_bytes(b"")
    after = make()
    after.open()
    kinds = [type(record.event) for record in drained(after)]
    assert kinds == [KernelEnded, Gap, KernelEnded]


def test_a_lost_note_of_what_is_acknowledged_only_sends_again(make):
    writer = make()
    append(writer, 3)
    writer.acknowledge(2)
    writer.close()
    (writer.folder / segments.ACKNOWLEDGED).write_bytes(b"")
    after = make()
    after.open()
    assert [record.sequence for record in after.read(10, 1 << 20)] == [1, 2, 3]


# -- disks that refuse -----------------------------------------------------------------------


def test_a_full_disk_fails_nobody_and_loses_nothing_that_fits_in_memory(tmp_path):
    process = crash(
        """
        import resource, time, json
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
        first = [append(n) for n in range(3)]
        print([each.result(5) for each in first], flush=True)
        time.sleep(0.2)
        more = [append(n, b"y" * 50_000) for n in range(3, 6)]
        time.sleep(1.5)
        print([each.done() for each in more], spool.failing, spool.state().error, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        print([each.result(5) for each in more], spool.failing, flush=True)
        print([(r.sequence, r.event.at, len(r.contents[0])) for r in spool.read(10, 1 << 30)])
        """,
        tmp_path / "full",
    )
    output, _ = process.communicate(timeout=60)
    assert output.splitlines() == [
        "[1, 2, 3]",
        "[False, False, False] True File too large",
        "[4, 5, 6] False",
        "[(1, 0, 5000), (2, 1, 5000), (3, 2, 5000), (4, 3, 50000), (5, 4, 50000), (6, 5, 50000)]",
    ]


def refuse(monkeypatch, what, times=1 << 30):
    """Make a call to the disk fail so many times."""
    real, left = getattr(segments.os, what), [times]

    def failing(*args):
        if left[0] > 0:
            left[0] -= 1
            raise OSError(28, "No space left on device")
        return real(*args)

    monkeypatch.setattr(segments.os, what, failing)
    return left


def test_what_does_not_fit_in_memory_is_counted_and_becomes_a_gap(make, monkeypatch):
    monkeypatch.setattr(spool, "RETRY_SECONDS", 0.05)
    writer = make(memory_limit=5000)
    append(writer, 1)
    left = refuse(monkeypatch, "write")
    done = [writer.append(event(n), [b"x" * 1000]) for n in range(1, 11)]
    assert [each.result(1) for each in done[4:]] == [None] * 6
    until(lambda: writer.failing)
    state = writer.state()
    assert (state.dropped_events, state.error) == (6, "No space left on device")
    left[0] = 0
    assert [each.result(5) for each in done[:4]] == [2, 3, 4, 5]
    until_durable(writer, 6)
    gap = writer.read(10, 1 << 20)[-1].event
    assert (gap.reason, gap.dropped_events) == ("disk-full", 6)
    assert gap.dropped_bytes >= 6000
    assert gap.since <= gap.until
    assert writer.state().error is None


def test_after_a_failed_sync_nothing_is_trusted(make, monkeypatch):
    monkeypatch.setattr(spool, "RETRY_SECONDS", 0.05)
    writer = make()
    append(writer, 2)
    refuse(monkeypatch, "fdatasync", 2)
    assert append(writer, 2, start=2) == [3, 4]
    assert [record.event.at for record in drained(writer)] == [0, 1, 2, 3]
    writer.close()


def test_a_spool_at_its_limit_goes_on_when_the_store_has_some_of_it(make, monkeypatch):
    monkeypatch.setattr(spool, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(segments, "SEGMENT_SIZE", 1000)
    writer = make(limit=20_000)
    append(writer, 1, b"x" * 15_000)
    late = writer.append(event(1), [b"y" * 10_000])
    time.sleep(0.2)
    assert not late.done()
    assert writer.state().error == "The spool has reached its size limit"
    small = writer.append(event(2))
    drained(writer)
    assert late.result(5) == 2
    assert small.result(5) == 3


def test_names_that_are_no_unicode_are_counted_not_raised(make):
    writer = make()
    bad = KernelEnded(space="@\udcff", at=0, kernel_session="0")
    assert writer.append(bad).result(5) is None
    assert append(writer, 1)
    until_durable(writer, 2)
    gaps = [record.event for record in drained(writer) if isinstance(record.event, Gap)]
    assert [(gap.reason, gap.dropped_events) for gap in gaps] == [("recorder-failed", 1)]


def test_appending_after_the_end_raises_nothing(make):
    writer = make()
    append(writer, 1)
    writer.close()
    assert writer.append(event(1)).result(1) is None


# -- owners ----------------------------------------------------------------------------------


def test_a_spool_whose_owner_lives_is_not_taken(make, tmp_path):
    process = crash(
        "print(append(0).result(), flush=True); sys.stdin.read()",
        tmp_path / "alive",
        stdin=subprocess.PIPE,
    )
    assert process.stdout.readline() == "1\n"
    mine = make("alive")
    with pytest.raises(spool.SpoolTaken):
        mine.open()
    process.kill()
    process.communicate()
    mine.open()
    assert len(mine.read(10, 1 << 20)) == 1
