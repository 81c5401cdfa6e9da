"""Every run is in the history: source, outputs, status, who, in order, whoever is connected."""

import json
import shutil

import pytest

from trailbook.store.records import (
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    KernelStarted,
    NotebookMoved,
    OutputRecorded,
)

from .clients import printed, until


async def test_a_run_is_recorded_with_source_output_and_person(client, service):
    await client.open("data/ünï code.ipynb")
    await client.run("print('hi')\n1 + 1", cell_id="cell-1")
    (finished,) = await until(service, ExecutionFinished)
    (kernel,) = service.of(KernelStarted)
    (started,) = service.of(ExecutionStarted)
    stream, result = service.of(OutputRecorded)
    assert service.contents(started) == [b"print('hi')\n1 + 1"]
    assert started.cell_id == "cell-1"
    assert started.path == "data/ünï code.ipynb"
    assert started.kernel_session == kernel.kernel_session
    assert started.author
    assert (kernel.spec, kernel.language) == ("python3", "python")
    assert kernel.environment["language_version"].startswith("3.")
    assert service.text(stream) == "hi\n"
    assert (stream.type, stream.name) == ("stream", "stdout")
    assert service.text(result) == "2"
    assert finished.status == "ok"
    assert finished.execution_count == 1
    assert started.started_at <= finished.finished_at
    await client.shut_down()
    (ended,) = await until(service, KernelEnded)
    assert ended.reason == "shutdown"


async def test_a_run_goes_on_being_recorded_when_the_browser_is_gone(client, service):
    await client.open()
    client.send("import time\nfor n in range(4):\n    print(n, flush=True)\n    time.sleep(0.5)")
    (started,) = await until(service, ExecutionStarted)
    client.ws.close()
    (finished,) = await until(service, ExecutionFinished)
    assert finished.execution == started.execution
    assert finished.status == "ok"
    assert printed(service) == "0\n1\n2\n3\n"


async def test_output_is_in_the_history_while_the_run_still_goes_on(client, service):
    await client.open()
    client.send("print('first', flush=True)\nimport time\ntime.sleep(60)")
    (output,) = await until(service, OutputRecorded)
    assert service.text(output) == "first\n"
    assert not service.of(ExecutionFinished)
    await client.post("interrupt")
    (finished,) = await until(service, ExecutionFinished)
    assert finished.status == "interrupted"


async def test_an_error_is_recorded_and_what_it_stopped_is_aborted(client, service):
    await client.open()
    first = client.send("import time; time.sleep(0.5); 1/0", cell_id="one")
    second = client.send("print('never')", cell_id="two")
    await client.idle(first)
    await client.idle(second)
    failed, aborted = await until(service, ExecutionFinished, 2)
    assert (failed.status, aborted.status) == ("error", "aborted")
    (error,) = service.of(OutputRecorded)
    assert (error.type, error.name, error.value) == (
        "error",
        "ZeroDivisionError",
        "division by zero",
    )
    assert "ZeroDivisionError" in service.text(error)
    one, two = service.of(ExecutionStarted)
    assert (one.cell_id, two.cell_id) == ("one", "two")
    assert service.contents(two) == [b"print('never')"]


async def test_silent_requests_and_those_without_history_are_not_recorded(client, service):
    await client.open()
    await client.run("print('silent')", silent=True)
    await client.run("print('unstored')", store_history=False)
    await client.run("print('kept')")
    (started,) = await until(service, ExecutionStarted)
    await until(service, ExecutionFinished)
    assert printed(service) == "kept\n"
    assert started.position == 0


async def test_a_restart_begins_a_new_kernel_session(client, service):
    await client.open()
    await client.run("x = 1")
    await client.post("restart")
    await client.run("x")
    first, second = await until(service, ExecutionStarted, 2)
    await until(service, ExecutionFinished, 2)
    assert first.kernel_session != second.kernel_session
    assert (first.position, second.position) == (0, 0)
    assert [kernel.reason for kernel in service.of(KernelStarted)] == ["start", "restart"]
    (ended,) = service.of(KernelEnded)
    assert (ended.kernel_session, ended.reason) == (first.kernel_session, "restart")
    (error,) = service.of(OutputRecorded)
    assert error.name == "NameError"


async def test_a_kernel_that_dies_ends_its_run(client, service):
    await client.open()
    client.send("print('alive', flush=True)\nimport os, time\ntime.sleep(1.5)\nos._exit(1)")
    (finished,) = await until(service, ExecutionFinished)
    assert finished.status == "died"
    assert printed(service) == "alive\n"
    (ended,) = await until(service, KernelEnded)
    assert ended.reason == "died"


async def test_a_notebook_that_is_renamed_is_recorded_under_its_new_name(client, jp_fetch, service):
    await client.open("a.ipynb")
    await client.run("1")
    await until(service, ExecutionStarted)
    answer = await jp_fetch("api", "sessions")
    (session,) = json.loads(answer.body)
    body = json.dumps({"path": "b <i>2</i>.ipynb"})
    await jp_fetch("api", "sessions", session["id"], method="PATCH", body=body)
    await client.run("2")
    started = await until(service, ExecutionStarted, 2)
    assert [run.path for run in started] == ["a.ipynb", "b <i>2</i>.ipynb"]


async def test_a_folder_is_renamed_also_for_notebooks_with_runs_and_no_version(
    client, jp_fetch, jp_root_dir, service
):
    (jp_root_dir / "old").mkdir()
    await client.open("old/a.ipynb")
    await client.run("1")
    await until(service, ExecutionFinished)
    await jp_fetch("api", "contents", "old", method="PATCH", body='{"path": "new"}')
    await client.run("2")
    started = await until(service, ExecutionStarted, 2)
    assert [run.path for run in started] == ["old/a.ipynb", "new/a.ipynb"]
    (moved,) = await until(service, NotebookMoved)
    assert (moved.path, moved.to_path, moved.is_folder) == ("old", "new", True)


async def test_a_kernel_without_a_notebook_is_recorded_without_a_path(client, jp_fetch, service):
    answer = await jp_fetch("api", "kernels", method="POST", body='{"name": "python3"}')
    client.kernel_id = json.loads(answer.body)["id"]
    await client.connect()
    await client.run("1")
    (started,) = await until(service, ExecutionStarted)
    assert started.path is None
    assert started.space == "home"


async def test_images_and_json_are_recorded_as_what_they_are(client, service):
    await client.open()
    await client.run(
        "from IPython.display import display, Image, JSON, clear_output\n"
        "h = display(JSON({'b': 1, 'a': [2]}), display_id='d1')\n"
        "h.update(JSON({}))\n"
        "clear_output(wait=True)\n"
        "display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + bytes(range(256)), format='png'))"
    )
    await until(service, ExecutionFinished)
    shown, updated, cleared, image = service.of(OutputRecorded)
    assert service.contents(shown)[shown.parts["application/json"]] == b'{"a":[2],"b":1}'
    assert (updated.type, updated.display_id, shown.display_id) == (
        "update_display_data",
        "d1",
        "d1",
    )
    assert (cleared.type, cleared.wait) == ("clear_output", True)
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    assert service.contents(image)[image.parts["image/png"]] == png


async def test_a_progress_bar_is_one_line(client, service):
    await client.open()
    await client.run(
        "import sys\nfor n in range(500):\n    sys.stdout.write(f'\\r{n} done'); sys.stdout.flush()"
    )
    await until(service, ExecutionFinished)
    assert len(printed(service)) < 60
    assert printed(service).endswith("499 done")


async def test_fifty_megabytes_of_output_keep_head_and_tail(client, service):
    await client.open()
    await client.run("for n in range(500_000):\n    print(n, 'x' * 93)")
    await until(service, ExecutionFinished)
    text = printed(service)
    assert text.startswith("0 xxx")
    assert text.endswith("499999 " + "x" * 93 + "\n")
    dropped = sum(output.dropped_bytes for output in service.of(OutputRecorded))
    whole = sum(len(str(n)) + 95 for n in range(500_000))
    assert len(text) + dropped == whole
    assert len(text) <= 10 << 20


@pytest.fixture
def r_kernel(jp_data_dir):
    """Tests see only the kernels of their own data folder: lend them the system's R."""
    shutil.copytree("/usr/share/jupyter/kernels/ir", jp_data_dir / "kernels" / "ir")


@pytest.mark.r
async def test_an_r_kernel_is_recorded_as_any_other(r_kernel, client, service):
    await client.open("model.ipynb", kernel="ir")
    await client.run("cat('hello\\n'); x <- 41; x + 1")
    await client.run("stop('no such column')")
    await until(service, ExecutionFinished, 2)
    (kernel,) = service.of(KernelStarted)
    assert kernel.language == "R"
    assert kernel.environment["language_version"].count(".") == 2
    stream, result, error = service.of(OutputRecorded)
    assert service.text(stream) == "hello\n"
    assert service.text(result) == "[1] 42"
    assert error.type == "error"
    assert [run.status for run in service.of(ExecutionFinished)] == ["ok", "error"]
