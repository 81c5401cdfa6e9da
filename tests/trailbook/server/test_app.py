"""The extension's settings, and what a server says of itself."""

import json

import pytest
from traitlets.config import Config

from trailbook.server.app import TrailbookApp
from trailbook.store.records import NotebookSaved

from .test_saves import notebook


def test_every_setting_has_help_in_full_sentences():
    own = TrailbookApp.class_own_traits(config=True)
    assert own
    for name, trait in own.items():
        assert trait.help.strip().endswith("."), name


def test_the_environment_names_the_service_and_the_spool(monkeypatch):
    assert TrailbookApp().mode == "laptop"
    monkeypatch.setenv("TRAILBOOK_SERVICE_URL", "http://127.0.0.1:1/services/trailbook/")
    monkeypatch.setenv("TRAILBOOK_SPOOL", "/somewhere")
    app = TrailbookApp()
    assert (app.mode, app.spool_path) == ("hub", "/somewhere")
    assert TrailbookApp(config=Config(TrailbookApp={"spool_path": "/else"})).spool_path == "/else"


async def test_a_server_says_whether_it_records(jp_fetch, service, trail):
    status = json.loads((await jp_fetch("trailbook", "status")).body)
    assert status["mode"] == "hub"
    assert status["state"] in {"pending", "recorded"}
    assert (status["pending_events"], status["paused"], status["last_error"]) == (0, [], None)


@pytest.mark.parametrize("trailbook_config", [{"record": False}])
async def test_recording_can_be_switched_off(
    jp_fetch, service, spool_folder, trailbook_config, jp_server_config
):
    body = json.dumps({"type": "notebook", "format": "json", "content": notebook("1")})
    await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=body)
    status = json.loads((await jp_fetch("trailbook", "status")).body)
    assert status["state"] == "off"
    assert not service.of(NotebookSaved)
