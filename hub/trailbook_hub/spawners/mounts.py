"""Which projects' folders a server gets: the service's answer, or the last one it gave."""

import asyncio
import hashlib
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from trailbook.store.views import FolderView

SECONDS = 5

LONGEST = 240
"""Characters of a file's name before its ending; file systems take 255 with it."""


def kept_in(hub: Path, hub_name: str) -> Path:
    """Where the last answer for this account is; no two accounts share a file."""
    file = urllib.parse.quote(hub_name, safe="")
    if len(file) > LONGEST:  # as 27 characters of another script can be; the hub allows 255
        digest = hashlib.sha256(hub_name.encode()).hexdigest()
        file = f"{file[: LONGEST - 65]}={digest}"  # no escaped name has such a sign
    return hub / "mounts" / f"{file}.json"


async def folders_of(
    hub_name: str, *, service_url: str, token: str, hub: Path, log: Any
) -> list[FolderView]:
    """The projects' folders of this account's server."""
    kept = kept_in(hub, hub_name)
    try:
        answer = await asyncio.to_thread(ask, service_url, token, hub_name)
    except (urllib.error.URLError, OSError, ValueError) as problem:
        log.warning("The service does not say which projects %s is in: %s", hub_name, problem)
        answer = kept.read_bytes() if kept.exists() else b"[]"
    folders = msgspec.json.decode(answer, type=list[FolderView])
    kept.parent.mkdir(exist_ok=True)
    fresh = kept.with_suffix(".new")
    fresh.write_bytes(json.dumps(msgspec.to_builtins(folders)).encode())
    os.replace(fresh, kept)
    return folders


def ask(service_url: str, token: str, hub_name: str) -> bytes:
    """The service's answer."""
    url = f"{service_url}api/servers/{urllib.parse.quote(hub_name, safe='')}/mounts"
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})  # noqa: S310 -- our own http URL
    with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 -- as above
        answer: bytes = response.read()
    msgspec.json.decode(answer, type=list[FolderView])
    return answer
