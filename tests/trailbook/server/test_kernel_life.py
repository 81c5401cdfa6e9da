"""What a kernel's messages say when some of them have not arrived."""

import pytest

from trailbook.server.messages import Message, microseconds
from trailbook.server.recorder import Recorder
from trailbook.server.requests import Request, Requests
from trailbook.server.runs import Kernel, KernelLife
from trailbook.store.records import ExecutionFinished, ExecutionStarted, Gap, OutputRecorded
from trailbook.store.spool import Spool


@pytest.fixture
def recorder(tmp_path):
    spool = Spool(tmp_path / "spool")
    yield Recorder(spool)
    spool.close()


def test_a_run_whose_beginning_did_not_arrive_is_recorded_with_a_gap(recorder):
    requests = Requests()
    life = KernelLife(recorder, requests, Kernel("k", "python3", "python"), lambda _: "a.ipynb")
    requests.add("m", Request("k", "alice", "cell", "print(1)", recorded=True))
    life.handle(Message("stream", "", "m", {"name": "stdout", "text": "1\n"}))
    life.handle(Message("status", "", "m", {"execution_state": "idle"}))
    recorder.spool.flush()
    records = recorder.spool.read(100, 1 << 20)
    started, gap, output, finished = [record.event for record in records[1:]]
    assert isinstance(started, ExecutionStarted)
    assert (started.author, started.cell_id) == ("alice", "cell")
    assert records[1].contents == [b"print(1)"]
    assert isinstance(gap, Gap)
    assert (gap.reason, gap.execution, gap.dropped_events) == ("overflow", started.execution, 1)
    assert isinstance(output, OutputRecorded)
    assert isinstance(finished, ExecutionFinished)
    assert finished.status == "ok"


def test_what_a_silent_request_prints_begins_no_run(recorder):
    requests = Requests()
    life = KernelLife(recorder, requests, Kernel("k", "python3", "python"), lambda _: "a.ipynb")
    requests.add("m", Request("k", "alice", None, "print(1)", recorded=False))
    life.handle(Message("stream", "", "m", {"name": "stdout", "text": "1\n"}))
    life.handle(Message("status", "", "m", {"execution_state": "idle"}))
    recorder.spool.flush()
    assert recorder.spool.read(100, 1 << 20) == []


def test_what_is_asked_while_a_kernel_restarts_waits_for_the_next_one(recorder):
    requests = Requests()
    kernel = Kernel("k", "python3", "python")
    old, new = (KernelLife(recorder, requests, kernel, lambda _: "a.ipynb") for _ in range(2))
    requests.add("before", Request("k", "alice", None, "1", recorded=True))
    waited = requests.waiting("k")
    requests.add("after", Request("k", "alice", None, "2", recorded=True))
    old.end("restart", waited)
    for kind, content in (
        ("execute_input", {"code": "2"}),
        ("status", {"execution_state": "idle"}),
    ):
        new.handle(Message(kind, "", "after", content))
    recorder.spool.flush()
    events = [record.event for record in recorder.spool.read(100, 1 << 20)]
    statuses = [event.status for event in events if isinstance(event, ExecutionFinished)]
    assert statuses == ["aborted", "ok"]
    runs = [event for event in events if isinstance(event, ExecutionStarted)]
    assert runs[0].kernel_session != runs[1].kernel_session
    assert [run.author for run in runs] == ["alice", "alice"]


def ended(recorder, **asked):
    """The statuses of two requests that wait when their kernel has died."""
    requests = Requests()
    life = KernelLife(recorder, requests, Kernel("k", "python3", "python"), lambda _: "a.ipynb")
    requests.add("first", Request("k", "alice", "1", "1", recorded=True, **asked))
    requests.add("second", Request("k", "alice", "2", "2", recorded=True, **asked))
    life.end("died", requests.waiting("k"))
    recorder.spool.flush()
    events = [record.event for record in recorder.spool.read(100, 1 << 20)]
    return [event.status for event in events if isinstance(event, ExecutionFinished)]


def test_a_kernel_dies_in_the_first_request_that_had_reached_it(recorder):
    assert ended(recorder) == ["died", "aborted"]


def test_what_is_asked_of_a_dead_kernel_has_not_killed_it(recorder):
    assert ended(recorder, reached=False) == ["aborted", "aborted"]


def test_questions_that_are_heard_long_before_what_was_printed_stand_in_their_places(recorder):
    requests = Requests()
    life = KernelLife(recorder, requests, Kernel("k", "python3", "python"), lambda _: "a.ipynb")
    requests.add("m", Request("k", "alice", "cell", "...", recorded=True))
    dialogue = requests.dialogues.open("k", "m")
    for second in range(3):
        dialogue.asked(microseconds(f"2026-01-01T00:00:0{second}.500000Z"), f"{second}? ")
        dialogue.typed(f"{second}\n")
    life.handle(Message("execute_input", "2026-01-01T00:00:00.100000Z", "m", {"code": "..."}))
    for second in range(3):
        date = f"2026-01-01T00:00:0{second}.600000Z"
        life.handle(Message("stream", date, "m", {"name": "stdout", "text": f"got {second}\n"}))
    life.handle(Message("status", "2026-01-01T00:00:03.000000Z", "m", {"execution_state": "idle"}))
    recorder.spool.flush()
    records = recorder.spool.read(100, 1 << 20)
    said = [r.contents[0] for r in records if isinstance(r.event, OutputRecorded)]
    assert said == [b"0? 0\n", b"got 0\n", b"1? 1\n", b"got 1\n", b"2? 2\n", b"got 2\n"]
