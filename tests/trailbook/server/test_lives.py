"""Kernels that restart, die, or never say that a run is over: what is known is in the history."""

import asyncio
import os
import signal

from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    Gap,
    KernelEnded,
    KernelStarted,
)

from .clients import printed, until

NEVER_IDLE = (
    "kernel = get_ipython().kernel\n"
    "publish = kernel._publish_status\n"
    "kernel._publish_status = lambda status, *a, **k: "
    "None if status == 'idle' else publish(status, *a, **k)"
)

MUTE = "kernel = get_ipython().kernel\nkernel._publish_execute_input = lambda *a, **k: None"
"""What a kernel says last does not always leave it before it is gone."""

STUBBORN = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


def kernel_process(jp_serverapp, client):
    """The process of the client's kernel."""
    return jp_serverapp.kernel_manager.get_kernel(client.kernel_id).provisioner.pid


async def test_an_interrupt_ends_the_run_and_aborts_what_waits(client, service):
    await client.open()
    first = client.send("print('go', flush=True)\nimport time\ntime.sleep(60)", cell_id="one")
    second = client.send("print('never')", cell_id="two")
    await asyncio.to_thread(service.wait_for, ExecutionStarted)
    await asyncio.sleep(0.5)
    await client.post("interrupt")
    await client.idle(first)
    await client.idle(second)
    finished = await until(service, ExecutionFinished, 2)
    assert [run.status for run in finished] == ["interrupted", "aborted"]
    assert [run.cell_id for run in service.of(ExecutionStarted)] == ["one", "two"]


async def test_a_restart_in_mid_run_ends_it_and_what_waits_is_aborted(client, service):
    await client.open()
    client.send(STUBBORN, cell_id="one")
    client.send("print('never')", cell_id="two")
    await until(service, ExecutionStarted)
    await client.post("restart")
    await client.reconnect()
    await client.run("print('after')", cell_id="three")
    await until(service, ExecutionFinished, 3)
    runs = service.of(ExecutionStarted)
    assert [run.cell_id for run in runs] == ["one", "two", "three"]
    statuses = {run.execution: run.status for run in service.of(ExecutionFinished)}
    assert [statuses[run.execution] for run in runs] == ["interrupted", "aborted", "ok"]
    assert runs[0].kernel_session == runs[1].kernel_session != runs[2].kernel_session
    assert [run.position for run in runs] == [0, 1, 0]
    assert service.contents(runs[1]) == [b"print('never')"]


async def test_a_killed_kernel_ends_its_run_aborts_what_waits_and_comes_back(
    client, service, jp_serverapp
):
    await client.open()
    client.send("print('alive', flush=True)\nimport time\ntime.sleep(60)")
    client.send("print('never')")
    await until(service, ExecutionStarted)
    os.kill(kernel_process(jp_serverapp, client), signal.SIGKILL)
    died, aborted = await until(service, ExecutionFinished, 2)
    assert (died.status, aborted.status) == ("died", "aborted")
    assert [ended.reason for ended in service.of(KernelEnded)] == ["died"]
    await client.reconnect()
    await client.run("print('again')")
    await until(service, KernelStarted, 2)
    assert [kernel.reason for kernel in service.of(KernelStarted)] == ["start", "restart"]


async def test_a_run_that_ends_its_kernel_has_died_with_it(client, service):
    await client.open()
    await client.run("'warm'")
    code = (  # what has not left the kernel's process when that ends reaches nobody
        "print('last words', flush=True)\nimport os, time\ntime.sleep(1)\nos._exit(1)"
    )
    client.send(code, cell_id="one")
    _, died = await until(service, ExecutionFinished, 2)
    assert died.status == "died"
    (ended,) = await until(service, KernelEnded)
    assert ended.reason == "died"
    assert printed(service) == "last words\n"


async def test_a_run_that_ends_its_kernel_before_it_is_told_of_has_died_with_it(client, service):
    await client.open()
    await client.run(MUTE)
    client.send("import os; os._exit(1)", cell_id="exits")
    client.send("print('never')", cell_id="waits")
    _, died, aborted = await until(service, ExecutionFinished, 3)
    assert (died.status, aborted.status) == ("died", "aborted")
    _, exits, waits = service.of(ExecutionStarted)
    assert [(run.cell_id, run.position) for run in (exits, waits)] == [("exits", 1), ("waits", 2)]
    assert service.contents(exits) == [b"import os; os._exit(1)"]


async def test_a_kernel_that_is_not_started_any_more_has_died(client, service, jp_serverapp):
    await client.open()
    kernel = jp_serverapp.kernel_manager.get_kernel(client.kernel_id)
    kernel._restarter.restart_limit = 0
    client.send("print('alive', flush=True)\nimport time\ntime.sleep(60)")
    await until(service, ExecutionStarted)
    os.kill(kernel_process(jp_serverapp, client), signal.SIGKILL)
    (finished,) = await until(service, ExecutionFinished)
    assert finished.status == "died"
    (ended,) = await until(service, KernelEnded)
    assert ended.reason == "died"


async def test_a_run_without_an_end_leaves_a_gap_when_the_next_one_begins(client, service):
    await client.open()
    client.send(NEVER_IDLE)
    client.send("print('next')")
    lost, *_ = await until(service, ExecutionFinished)
    (gap,) = await until(service, Gap)
    first, _ = await until(service, ExecutionStarted, 2)
    assert lost.execution == gap.execution == first.execution
    assert lost.status == "unknown"
    assert (gap.reason, gap.path) == ("no-end", "a.ipynb")
    assert gap.since <= gap.until


async def test_a_run_that_was_answered_and_never_ends_leaves_a_gap(client, service, monkeypatch):
    monkeypatch.setattr("trailbook.server.requests.GRACE_SECONDS", 1.0)
    await client.open()
    client.send(NEVER_IDLE + "\nprint('said')")
    (finished,) = await until(service, ExecutionFinished)
    (gap,) = await until(service, Gap)
    assert finished.status == "ok"
    assert gap.execution == finished.execution
    assert printed(service) == "said\n"


async def test_a_run_that_ends_leaves_no_gap(client, service, monkeypatch):
    monkeypatch.setattr("trailbook.server.requests.GRACE_SECONDS", 1.0)
    await client.open()
    for n in range(20):
        await client.run(f"print({n})")
    await until(service, ExecutionFinished, 20)
    await asyncio.sleep(1.5)
    assert not service.of(Gap)
    assert len(service.of(ExecutionFinished)) == 20
