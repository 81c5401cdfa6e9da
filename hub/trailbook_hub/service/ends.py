"""Ends of servers in which somebody who was removed may still have something open.

They are kept in a file, so that what was begun before a restart of the service is carried out
after it. An end means one life of a server: if that is over, there is nothing left to do.
"""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from trailbook.errors import HubAway, TrailbookError

from .hub import HubClient

log = logging.getLogger("trailbook.service")

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)
GONE_SECONDS = 60.0
"""How long a server may take to stop."""


class End(msgspec.Struct, kw_only=True):
    """One server that is to be ended."""

    server: str  # the hub account
    started: str  # when this life of it began, as the hub says
    at: float  # seconds since 1970
    who: list[str]  # the people who were removed
    again: bool  # whether it is started again
    begun: bool = False  # whether the hub was told to stop it


class Ends:
    """The ends that are to come, and the task that carries them out."""

    def __init__(self, file: Path, hub: HubClient) -> None:
        self._file = file
        self._hub = hub
        self._ends = {end.server: end for end in kept(file)}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._saving = asyncio.Lock()

    def at(self, server: str) -> float | None:
        """When this server ends, in seconds since 1970; None if it goes on."""
        end = self._ends.get(server)
        return end.at if end else None

    async def note(self, server: str, who: str, *, seconds: float, again: bool) -> None:
        """End the life that this server has now, in so many seconds; what ends sooner stays so."""
        life = await self.life(server)
        if life is None:
            return
        end = End(server=server, started=life, at=time.time() + seconds, who=[who], again=again)
        known = self._ends.get(server)
        if known is not None and known.started == life:
            known.at = min(known.at, end.at)
            known.who = sorted({*known.who, who})
        else:
            self._ends[server] = end
        await self._save()

    async def forgive(self, server: str, who: str) -> None:
        """Somebody may work there again: unless others were removed too, the server goes on."""
        end = self._ends.get(server)
        if end is None or end.begun or who not in end.who:
            return
        end.who.remove(who)
        if not end.who:
            del self._ends[server]
        await self._save()

    async def hasten(self, server: str) -> None:
        """End it now, if it is to be ended."""
        if (end := self._ends.get(server)) is not None:
            end.at = min(end.at, time.time())
            await self._save()

    async def life(self, server: str) -> str | None:
        """When the life of a server began that is up, on its way up, or on its way down."""
        user = await self._hub.user(server)
        model: dict[str, Any] = (user or {}).get("servers", {}).get("", {})
        if model.get("stopped") or not model.get("started"):
            return None
        return str(model["started"])

    async def run(self) -> None:
        """Carry them out when their time comes, until cancelled."""
        try:
            while True:
                self._changed.clear()
                now = time.time()
                waiting = [e for e in self._ends.values() if e.server not in self._running]
                for end in waiting:
                    if end.at <= now:
                        self._begin(end)
                later = [end.at - now for end in waiting if end.at > now]
                try:
                    await asyncio.wait_for(self._changed.wait(), min(later, default=None))
                except (TimeoutError, asyncio.TimeoutError):
                    continue
        finally:
            for task in self._running.values():
                task.cancel()

    def _begin(self, end: End) -> None:
        task = asyncio.create_task(self._until_done(end))
        self._running[end.server] = task

        def done(_: object) -> None:
            del self._running[end.server]
            self._changed.set()

        task.add_done_callback(done)

    async def _until_done(self, end: End) -> None:
        failures = 0
        while True:
            try:
                await self._carry_out(end)
                break
            except TrailbookError as error:
                wait = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
                failures += 1
                log.warning("%s is not ended yet, next try in %ds: %s", end.server, wait, error)
                await asyncio.sleep(wait)
        if self._ends.get(end.server) is end:
            del self._ends[end.server]
            await self._save()

    async def _carry_out(self, end: End) -> None:
        life = await self.life(end.server)
        if life == end.started:
            end.begun = True
            await self._save()
            await self._hub.call("DELETE", server_of(end.server), absent=True)
            log.info("Stopped the server of %s: a member was removed", end.server)
            await self._gone(end)
        elif life is not None or not end.begun:
            return  # somebody ended it before
        if end.again:
            await self._start(end.server)

    async def _gone(self, end: End) -> None:
        until = time.monotonic() + GONE_SECONDS
        while await self.life(end.server) == end.started:
            if time.monotonic() > until:
                raise HubAway
            await asyncio.sleep(0.5)

    async def _start(self, server: str) -> None:
        try:
            await self._hub.call("POST", server_of(server), absent=True)
        except TrailbookError as error:
            # Whoever wants to work in it starts it from the project's page.
            log.warning("%s was ended; whether it starts again is not known: %s", server, error)

    async def _save(self) -> None:
        self._changed.set()
        async with self._saving:
            body = msgspec.json.encode(list(self._ends.values()))
            try:
                await asyncio.to_thread(replace, self._file, body)
            except OSError as error:
                log.warning("What is to be ended is not kept over a restart: %s", error)


def server_of(account: str) -> str:
    """The hub's address of an account's server."""
    return f"/users/{quote(account, safe='')}/server"


def kept(file: Path) -> list[End]:
    """What an earlier service left to do."""
    if not file.exists():
        return []
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[End])
    except msgspec.DecodeError:
        log.exception("%s cannot be read: servers that were to be ended go on", file)
        return []


def replace(file: Path, body: bytes) -> None:
    """Write a file that is whole after a crash, the old one or the new one."""
    fresh = file.with_suffix(".new")
    with open(fresh, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
        new.write(body)
        new.flush()
        os.fsync(new.fileno())
    os.replace(fresh, file)
