"""Behind a hub the API is the service's, asked with this server's own token."""

import json

import pytest
from tornado.httpclient import HTTPClientError


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the server's own")


async def test_a_request_goes_on_with_the_servers_token_and_the_persons_name(
    jp_fetch, service, trail
):
    answer = await jp_fetch("trailbook", "api", "notebooks", params={"mine": "1"})
    assert json.loads(answer.body) == {"path": "/services/trailbook/api/notebooks?mine=1"}
    (asked,) = [r for r in service.requests if r[0].endswith("mine=1")]
    headers = asked[1]
    assert headers["Authorization"] == "token the server's own"
    assert headers["X-Trailbook-User"]
    assert "Cookie" not in headers


async def test_a_large_picture_comes_through_with_its_protection(jp_fetch):
    answer = await jp_fetch("trailbook", "api", "steps", "1", "payloads", "big")
    assert answer.body == b"x" * 5_000_000
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_what_the_service_refuses_is_refused_with_its_words(jp_fetch, service):
    service.status, service.code = 409, "conflict"
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("trailbook", "api", "presence", method="PUT", body="{}")
    assert refused.value.code == 409
    assert json.loads(refused.value.response.body)["code"] == "conflict"
    assert service.requests[-1][2] == b"{}"


async def test_a_service_that_is_away_is_said_to_be_away(jp_fetch, service):
    service.stop()
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("trailbook", "api", "me")
    assert refused.value.code == 503
    assert json.loads(refused.value.response.body)["code"] == "unreachable"
    service.start()


@pytest.mark.parametrize("path", ["writers", "writers/1/events", "servers/alice/mounts"])
async def test_what_only_recorders_and_the_hub_use_is_not_forwarded(jp_fetch, service, path):
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("trailbook", "api", *path.split("/"))
    assert refused.value.code == 404


async def test_nobody_is_forwarded_without_signing_in(http_server_client, jp_base_url, service):
    with pytest.raises(HTTPClientError) as refused:
        await http_server_client.fetch(
            jp_base_url + "trailbook/api/me", headers={"Accept": "application/json"}
        )
    assert refused.value.code == 403
    assert not [r for r in service.requests if r[0].endswith("/me")]


async def test_a_page_of_another_site_changes_nothing(http_server_client, jp_base_url, service):
    with pytest.raises(HTTPClientError) as refused:
        await http_server_client.fetch(
            jp_base_url + "trailbook/api/presence",
            method="PUT",
            body="{}",
            headers={"Origin": "https://elsewhere.example", "Cookie": "a=b"},
        )
    assert refused.value.code in {403, 404}
    assert not [r for r in service.requests if r[0].endswith("/presence")]
