"""What the hub tells the service when it starts it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from trailbook.errors import CannotStart
from trailbook.quota import BYTES_A_DAY, EVENTS_A_DAY

from ..demonstration import RECORDING

NEEDED = (
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_CLIENT_ID",
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_SERVICE_URL",
    "TRAILBOOK_DATA",
)


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """Where the service listens, where its data are, and how it reaches the hub."""

    prefix: str
    host: str
    port: int
    data: Path
    api_url: str
    api_token: str
    name: str = "trailbook"
    hub_base: str = "/"  # with the hub's host where servers have hosts of their own
    servers_base: str = "/"
    recording: bool = True
    demo_recording: Path | None = None
    removal_warning: float = 60.0
    admins_stay_out: bool = False
    quota_events: int = EVENTS_A_DAY
    quota_bytes: int = BYTES_A_DAY

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "ServiceSettings":
        """The settings of this process."""
        missing = [name for name in NEEDED if not environment.get(name)]
        if missing:
            raise CannotStart(
                "The service is started by JupyterHub, which tells it "
                f"{', '.join(missing)}. See `trailbook hub up --help`."
            )
        url = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
        base = environment.get("JUPYTERHUB_BASE_URL", "/")
        recording = Path(environment.get("TRAILBOOK_DEMO_RECORDING") or RECORDING)
        wanted = environment.get("TRAILBOOK_DEMO", "1") == "1"
        return cls(
            prefix=environment["JUPYTERHUB_SERVICE_PREFIX"],
            host=url.hostname or "127.0.0.1",
            port=url.port or 80,
            data=Path(environment["TRAILBOOK_DATA"]),
            api_url=environment["JUPYTERHUB_API_URL"],
            api_token=environment["JUPYTERHUB_API_TOKEN"],
            name=environment.get("JUPYTERHUB_SERVICE_NAME", "trailbook"),
            hub_base=environment.get("JUPYTERHUB_HOST", "") + base,
            servers_base=base,
            recording=environment.get("TRAILBOOK_RECORDING", "on") != "off",
            demo_recording=recording if wanted else None,
            removal_warning=float(environment.get("TRAILBOOK_REMOVAL_WARNING", "60")),
            admins_stay_out=environment.get("TRAILBOOK_ADMINS_STAY_OUT") == "1",
            quota_events=int(environment.get("TRAILBOOK_QUOTA_EVENTS", EVENTS_A_DAY)),
            quota_bytes=int(environment.get("TRAILBOOK_QUOTA_BYTES", BYTES_A_DAY)),
        )
