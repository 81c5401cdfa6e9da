"""A server with a busy kernel is never idle; the idle clock starts when the run ends."""

import asyncio
import datetime

import pytest
from jupyter_server._tz import utcnow

from .clients import Client


@pytest.fixture
def client(jp_fetch, jp_ws_fetch):
    return Client(jp_fetch, jp_ws_fetch)


async def until(condition):
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(condition)


async def test_a_silent_run_without_a_browser_keeps_the_server_busy(client, jp_serverapp):
    web_app = jp_serverapp.web_app
    activity = web_app.settings["trailbook"]._activity
    await client.open()
    client.send("import time; time.sleep(60)")
    await until(activity.is_busy)
    client.ws.close()
    await asyncio.sleep(0.5)
    kernel = jp_serverapp.kernel_manager.get_kernel(client.kernel_id)
    long_ago = utcnow() - datetime.timedelta(days=1)
    jp_serverapp.kernel_manager.last_kernel_activity = kernel.last_activity = long_ago
    activity.note()
    assert utcnow() - web_app.last_activity() < datetime.timedelta(seconds=5)
    await client.post("interrupt")
    await until(lambda: not activity.is_busy())
    ended = web_app.settings["last_activity_times"]["trailbook_busy"]
    await asyncio.sleep(0.1)
    activity.note()
    assert web_app.settings["last_activity_times"]["trailbook_busy"] == ended


async def test_an_idle_server_stays_idle(jp_serverapp):
    activity = jp_serverapp.web_app.settings["trailbook"]._activity
    activity.note()
    assert "trailbook_busy" not in jp_serverapp.web_app.settings["last_activity_times"]
