"""Runs that the server asks a kernel for: who ordered them, and for which cell."""

import asyncio
import json
import sys
from types import ModuleType

import pytest
from jupyter_server.auth import IdentityProvider, User
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from trailbook.store.records import ExecutionFinished, ExecutionStarted

from .clients import until


class Whoever(IdentityProvider):
    """Stands for a hub that has signed people in."""

    def get_user(self, handler):
        return User(handler.get_argument("who", "ada"))


class Execute(APIHandler):
    """Takes orders as JupyterLab's server-side execution does: one kernel, one worker."""

    workers: dict = {}  # noqa: RUF012
    tasks: set = set()  # noqa: RUF012

    @web.authenticated
    async def post(self, kernel_id):
        body = self.get_json_body()
        if "code" not in body:
            raise web.HTTPError(400)
        if kernel_id not in self.workers:
            self.workers[kernel_id] = queue = asyncio.Queue()
            self.tasks.add(asyncio.create_task(work(self.kernel_manager, kernel_id, queue)))
        self.workers[kernel_id].put_nowait(body["code"])
        self.set_status(202)


class Direct(APIHandler):
    """An extension that runs code while somebody waits for the answer."""

    @web.authenticated
    async def post(self, kernel_id):
        client = self.kernel_manager.get_kernel(kernel_id).client()
        client.start_channels()
        await client.execute_interactive(self.get_json_body()["code"], timeout=30)
        client.stop_channels()


async def work(manager, kernel_id, queue):
    client = manager.get_kernel(kernel_id).client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    try:
        while (code := await queue.get()) is not None:
            await client.execute_interactive(code, timeout=30)
    finally:
        client.stop_channels()


@pytest.fixture
def jp_server_config(jp_server_config):
    module = ModuleType("orders_of_a_server")
    kernel = r"api/kernels/(?P<kernel_id>[\w-]+)"

    def load(app):
        routes = {"execute": Execute, "direct": Direct}
        at = app.web_app.settings["base_url"]
        handlers = [(url_path_join(at, kernel, name), taker) for name, taker in routes.items()]
        app.web_app.add_handlers(".*$", handlers)

    module._load_jupyter_server_extension = load
    module._jupyter_server_extension_points = lambda: [{"module": module.__name__}]
    sys.modules[module.__name__] = module
    server = jp_server_config["ServerApp"]
    server["jpserver_extensions"] |= {module.__name__: True, "jupyter_server_terminals": False}
    server |= {"identity_provider_class": Whoever, "disable_check_xsrf": True}
    yield jp_server_config
    del sys.modules[module.__name__]


class Order:
    """Orders runs in the kernel of an open notebook."""

    def __init__(self, client, jp_fetch):
        self.client, self.fetch = client, jp_fetch

    async def open(self):
        await self.client.open()
        await self.client.idle(self.client.ask("kernel_info_request"))
        return self

    async def __call__(self, code, who, cell=None, how="execute"):
        metadata = {"cell_id": cell, "document_id": "json:notebook:1"}
        body = json.dumps({"code": code, "metadata": metadata})
        path = ("api", "kernels", self.client.kernel_id, how)
        await self.fetch(*path, method="POST", body=body, params={"who": who})


@pytest.fixture
def orders(client, jp_fetch, jp_asyncio_loop):
    yield Order(client, jp_fetch)
    for task in Execute.tasks:
        task.cancel()
    if Execute.tasks:
        jp_asyncio_loop.run_until_complete(asyncio.wait(Execute.tasks, timeout=10))
    Execute.workers.clear()
    Execute.tasks.clear()


def told(service):
    """Who, and which cell, of each run in order."""
    return [(run.author, run.cell_id) for run in service.of(ExecutionStarted)]


async def test_an_ordered_run_is_its_persons_and_its_cells(orders, service):
    order = await orders.open()
    await order("'same'", "ada", "one")
    await order("'same'", "bob", "two")
    await order("'other'", "eve", "three")
    await until(service, ExecutionFinished, 3)
    assert told(service) == [("ada", "one"), ("bob", "two"), ("eve", "three")]


async def test_what_was_ordered_and_never_began_is_recorded_as_not_run(orders, service, client):
    order = await orders.open()
    await order("import time; time.sleep(60)", "ada", "one")
    await order("'never'", "bob", "two")
    await until(service, ExecutionStarted)
    await client.post("restart")
    finished = await until(service, ExecutionFinished, 2)
    assert [run.status for run in finished][:2] == ["interrupted", "aborted"]
    assert told(service)[:2] == [("ada", "one"), ("bob", "two")]


async def test_an_order_that_is_refused_leaves_nothing(orders, service, client, jp_fetch):
    await orders.open()
    path = ("api", "kernels", client.kernel_id, "execute")
    for body in ("{}", "[]", "nonsense"):
        with pytest.raises(Exception, match=r"HTTP [45]"):
            await jp_fetch(*path, method="POST", body=body)
    await client.shut_down()
    await asyncio.sleep(0.5)
    assert told(service) == []


async def test_what_runs_while_somebody_waits_for_it_is_theirs(orders, service):
    order = await orders.open()
    await order("'direct'", "bob", how="direct")
    await until(service, ExecutionFinished)
    assert told(service) == [("bob", None)]


async def test_what_nobody_ordered_is_nobodys(orders, service, client, jp_serverapp):
    await orders.open()
    queue = asyncio.Queue()
    for code in ("'by itself'", None):
        queue.put_nowait(code)
    await work(jp_serverapp.kernel_manager, client.kernel_id, queue)
    await until(service, ExecutionFinished)
    assert told(service) == [(None, None)]
