"""What a run has shown may change later, from wherever: each change is in the history, in order."""

import asyncio

from trailbook.store.records import ExecutionFinished, ExecutionStarted, OutputRecorded

from .clients import until

SHOW = "from IPython.display import display\nhandle = display('one', display_id='d')"

LATER = """
import threading
from ipykernel.comm import Comm
def callback(comm, message):
    @comm.on_msg
    def update(message):
        handle.update('from a widget')
get_ipython().kernel.comm_manager.register_target('widget', callback)
"""

LATE_PRINTS = """
import sys, threading, time
def work():
    for n in range(3):
        time.sleep(0.7)
        print('late', n, flush=True)
threading.Thread(target=work).start()
"""

FAITHFUL_THREAD = """
import threading, time
kernel = get_ipython().kernel
def work(parent):
    for n in range(12):
        time.sleep(0.3)
        said = {'name': 'stdout', 'text': f'late {n}\\n'}
        kernel.session.send(kernel.iopub_socket, 'stream', said, parent=parent)
threading.Thread(target=work, args=(kernel.get_parent(),)).start()
"""
"""Some kernels go on naming the run that began the thread; IPython's names the run of the day."""


def shown(service, run):
    """What was recorded as output of this run: type and text."""
    outputs = [o for o in service.of(OutputRecorded) if o.execution == run.execution]
    return [(o.type, service.text(o) if o.parts else "") for o in outputs]


async def said(service, end):
    """What the first run has said, once it has said this."""
    for _ in range(400):
        first = service.of(ExecutionStarted)[0]
        text = "".join(text for _, text in shown(service, first))
        if text.endswith(end):
            return text
        await asyncio.sleep(0.05)
    raise AssertionError(text)


async def test_a_later_cell_updates_a_display(client, service):
    await client.open()
    await client.run(SHOW)
    await client.run("handle.update('two')")
    await until(service, ExecutionFinished, 2)
    first, second = service.of(ExecutionStarted)
    assert shown(service, first) == [("display_data", "'one'")]
    assert shown(service, second) == [("update_display_data", "'two'")]
    assert {output.display_id for output in service.of(OutputRecorded)} == {"d"}


async def test_a_widgets_callback_updates_the_display_of_the_run_that_showed_it(client, service):
    await client.open()
    await client.run(SHOW + LATER)
    await client.idle(client.ask("comm_open", comm_id="c", target_name="widget", data={}))
    await client.idle(client.ask("comm_msg", comm_id="c", data={}))
    await client.run("handle.update('from a silent request')", silent=True)
    await client.run("'end'")
    await until(service, ExecutionFinished, 2)
    first, _ = service.of(ExecutionStarted)
    assert shown(service, first) == [
        ("display_data", "'one'"),
        ("update_display_data", "'from a widget'"),
        ("update_display_data", "'from a silent request'"),
    ]


async def test_clear_output_is_in_its_place(client, service):
    await client.open()
    await client.run(
        "from IPython.display import clear_output\n"
        "for n in range(3):\n    clear_output(wait=n != 1)\n    print(n)"
    )
    await until(service, ExecutionFinished)
    (run,) = service.of(ExecutionStarted)
    kinds = [kind for kind, _ in shown(service, run)]
    assert kinds == ["clear_output", "stream"] * 3
    cleared = [o.wait for o in service.of(OutputRecorded) if o.type == "clear_output"]
    assert cleared == [True, False, True]


async def test_what_a_thread_prints_after_the_reply_belongs_to_its_run(client, service):
    await client.open()
    await client.run(LATE_PRINTS)
    await until(service, ExecutionFinished)
    assert await said(service, "late 2\n") == "late 0\nlate 1\nlate 2\n"


async def test_a_thread_may_print_however_many_runs_later(client, service, monkeypatch):
    monkeypatch.setattr("trailbook.server.runs.LATE_RUNS", 3)
    await client.open()
    await client.run(FAITHFUL_THREAD)
    for n in range(12):
        await client.run(f"{n}; time.sleep(0.25)")
    await until(service, ExecutionFinished, 13)
    assert await said(service, "late 11\n") == "".join(f"late {n}\n" for n in range(12))
