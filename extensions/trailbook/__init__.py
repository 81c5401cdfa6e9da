"""Trailbook keeps the trail of every experiment: the library, the server extension, the CLI."""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import TrailbookApp  # the library is imported where no server is

    return [{"module": "trailbook", "app": TrailbookApp}]
