"""What every server of the workspace has switched off."""

import pytest

pytestmark = pytest.mark.hub


def test_servers_ask_nobody_for_news_and_serve_no_foreign_diff(hub):
    hub.start_server("admin")
    lab = hub.api("GET", "/user/admin/lab").text
    assert '"@jupyterlab/apputils-extension:announcements"' in lab
    assert hub.api("GET", "/user/admin/nbdime/difftool").status_code == 404
