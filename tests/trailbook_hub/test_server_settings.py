"""What every server of the workspace has switched off."""

import pytest

import hubs

pytestmark = pytest.mark.hub


def test_servers_ask_nobody_for_news_and_serve_no_foreign_diff(hub: hubs.RunningHub) -> None:
    hub.sign_in("alice")
    hub.start_server("alice")
    try:
        lab = hub.api("GET", "/user/alice/lab").text
        assert '"@jupyterlab/apputils-extension:announcements"' in lab
        assert hub.api("GET", "/user/alice/nbdime/difftool").status_code == 404
    finally:
        hub.stop_server("alice")
