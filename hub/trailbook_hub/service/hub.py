"""The hub's REST API, with the service's own token."""

import json
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from trailbook.errors import HubAway, TrailbookError

PAGE = 200


class HubRefused(TrailbookError):
    """The hub does not let the service do something it needs: its role lacks a scope."""

    code, status = "hub-refused", 500

    def __init__(self, method: str, path: str, status: int) -> None:
        super().__init__(
            f"The hub refused {method} {path} ({status}). "
            "The service's role lacks a scope that `trailbook_hub.configure` gives it."
        )


class HubClient:
    """Asks the hub and tells it, one request at a time."""

    def __init__(self, api_url: str, token: str, seconds: float = 10.0) -> None:
        self._url = api_url.rstrip("/")
        self._token = token
        self._seconds = seconds
        self._client = AsyncHTTPClient()

    async def call(self, method: str, path: str, body: Any = None, *, absent: bool = False) -> Any:
        """The decoded answer; None for a 404 where `absent` allows it."""
        try:
            response = await self._client.fetch(
                self._url + path,
                method=method,
                headers={
                    "Authorization": f"token {self._token}",
                    "Accept": "application/jupyterhub-pagination+json, application/json",
                },
                body=None if body is None else json.dumps(body),
                allow_nonstandard_methods=True,
                request_timeout=self._seconds,
                connect_timeout=self._seconds,
            )
        except HTTPClientError as error:
            if error.code == 404 and absent:
                return None
            if 400 <= error.code < 500:
                raise HubRefused(method, path, error.code) from error
            raise HubAway from error
        except (OSError, TimeoutError) as error:
            raise HubAway from error
        return json.loads(response.body) if response.body else None

    async def user(self, name: str) -> dict[str, Any] | None:
        """One user, if there is one of this name."""
        found = await self.call("GET", f"/users/{quote(name, safe='')}", absent=True)
        return found if found is None else dict(found)

    async def listed(self, path: str) -> list[dict[str, Any]]:
        """All items of a list that comes in pages."""
        items: list[dict[str, Any]] = []
        offset: int | None = 0
        while offset is not None:
            page = await self.call("GET", f"{path}?offset={offset}&limit={PAGE}")
            items += page["items"]
            following = page["_pagination"].get("next")
            offset = following["offset"] if following else None
        return items
