"""Several people and programs on one kernel: each run has whoever asked for it."""

import asyncio
import glob
import json
import sys
from pathlib import Path

import pytest
from jupyter_server.auth.identity import PasswordIdentityProvider, User

from trailbook.store.records import ExecutionFinished, ExecutionStarted, KernelStarted

from .clients import Client, until


class ByName(PasswordIdentityProvider):
    """Whoever has the token may say who they are."""

    def generate_anonymous_user(self, handler):
        return User(username=handler.get_query_argument("as", "alice"))


@pytest.fixture
def jp_server_config(jp_server_config):
    jp_server_config["ServerApp"]["identity_provider_class"] = ByName
    return jp_server_config


@pytest.fixture
def people(jp_fetch, jp_ws_fetch):
    def person(name):
        def connect(*parts):
            return jp_ws_fetch(*parts, params={"as": name})

        return Client(jp_fetch, connect)

    return person


async def test_people_who_share_a_document_are_told_apart(people, service):
    alice, bob = await people("alice").open(), people("bob")
    bob.kernel_id = alice.kernel_id
    await bob.connect()
    await asyncio.gather(
        *(who.run(f"{n}", cell_id=f"c{n}") for n, who in enumerate([alice, bob, alice, bob][:2]))
    )
    await bob.run("'bob'", cell_id="c1")
    await alice.run("'alice'", cell_id="c1")
    await until(service, ExecutionFinished, 4)
    runs = service.of(ExecutionStarted)
    assert {(run.author, run.cell_id) for run in runs[:2]} == {("alice", "c0"), ("bob", "c1")}
    assert [run.author for run in runs[2:]] == ["bob", "alice"]
    assert len({run.kernel_session for run in runs}) == 1
    assert [run.position for run in runs] == [0, 1, 2, 3]


async def test_two_kernels_may_be_asked_with_one_message_id(people, service):
    alice, bob = await people("alice").open(), await people("bob").open("b.ipynb")
    asked = [alice.send("1", msg_id="same"), bob.send("2", msg_id="same")]
    await asyncio.gather(alice.idle(asked[0]), bob.idle(asked[1]))
    await until(service, ExecutionFinished, 2)
    found = {(run.path, run.author, *service.contents(run)) for run in service.of(ExecutionStarted)}
    assert found == {("a.ipynb", "alice", b"1"), ("b.ipynb", "bob", b"2")}


async def test_a_program_that_speaks_to_the_kernel_itself_is_recorded_as_nobody(
    people, service, jp_serverapp
):
    alice = await people("alice").open()
    kernel = jp_serverapp.kernel_manager.get_kernel(alice.kernel_id)
    program = kernel.client()
    program.start_channels()
    program.execute("print('from a terminal')")
    await until(service, ExecutionFinished)
    program.stop_channels()
    (run,) = service.of(ExecutionStarted)
    assert (run.author, run.cell_id, run.path) == (None, None, "a.ipynb")


async def test_a_console_on_a_notebooks_kernel_belongs_to_the_notebook(people, jp_fetch, service):
    alice = await people("alice").open("work/a.ipynb")
    await alice.run("x = 1", cell_id="c")
    attached = {"path": "work/console-1", "name": "Console 1", "type": "console",
                "kernel": {"id": alice.kernel_id}}  # fmt: skip
    await jp_fetch("api", "sessions", method="POST", body=json.dumps(attached))
    bob = people("bob")
    bob.kernel_id = alice.kernel_id
    await bob.connect()
    await bob.run("x + 1", metadata={"cellId": "of-the-console"})
    await until(service, ExecutionFinished, 2)
    first, second = service.of(ExecutionStarted)
    (kernel,) = service.of(KernelStarted)
    assert second.kernel_session == first.kernel_session == kernel.kernel_session
    assert (second.path, second.author, second.cell_id) == ("work/a.ipynb", "bob", None)
    assert (first.cell_id, second.position) == ("c", 1)


def test_jupyterlabs_notebooks_say_what_its_consoles_do_not():
    """The list of deleted cells comes with what a notebook runs: by it the two are told apart."""
    scripts = glob.glob(f"{sys.prefix}/share/jupyter/lab/static/jlab_core.*.js")
    if not scripts:
        pytest.skip("JupyterLab is not installed")
    (script,) = scripts
    text = Path(script).read_text()
    assert "CodeCell.execute(e,s,{deletedCells:" in text
    assert text.count("deletedCells:") == 1


async def test_cells_without_an_id_and_with_the_same_one_are_all_recorded(people, service):
    alice = await people("alice").open()
    for cell_id in (None, "same", "same", ""):
        await alice.run("1", cell_id=cell_id)
    await until(service, ExecutionFinished, 4)
    runs = service.of(ExecutionStarted)
    assert [run.cell_id for run in runs] == [None, "same", "same", None]
    assert len({run.execution for run in runs}) == 4
