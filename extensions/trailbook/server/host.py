"""The recorder of one server, put together: what the handlers and the extension share."""

import logging
from dataclasses import dataclass
from typing import Any

from .drain import Drain
from .recorder import Recorder

log = logging.getLogger("trailbook")

HUB, LAPTOP = "hub", "laptop"


@dataclass
class Trail:
    """What there is to say and to do about recording on this server."""

    recorder: Recorder
    drain: Drain
    mode: str
    enabled: bool

    def status(self, path: str | None = None) -> dict[str, Any]:
        """Whether what happens (to this notebook) is recorded, and how much waits."""
        spool = self.recorder.spool.state()
        draining = self.drain.status
        return {
            "state": self._state(path, spool.pending_events, spool.error),
            "mode": self.mode,
            "pending_events": spool.pending_events,
            "spool_bytes": spool.spool_bytes + spool.memory_bytes,
            "dropped_events": spool.dropped_events,
            "last_error": spool.error or draining.error,
            "consented": draining.consented,
            "paused": sorted(self.recorder.paused),
            "paused_all": self.recorder.paused_all,
        }

    def _state(self, path: str | None, pending: int, error: str | None) -> str:
        if not self.enabled or self.recorder.is_off(path):
            return "off"
        if not self.recorder.is_recording(path):
            return "paused"
        if self.drain.status.error is not None:
            return "offline"
        return "pending" if pending or error or not self.drain.status.reached else "recorded"
