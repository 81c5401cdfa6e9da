"""What an administrator chooses, before it becomes JupyterHub's configuration."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from trailbook.quota import BYTES_A_DAY, EVENTS_A_DAY

from .profiles import Profile


@dataclass(frozen=True)
class Settings:
    """The choices of one workspace; everything has a default that works on one machine."""

    data: Path = Path("data")
    """The folder that holds everything: the hub's state, the history, homes and projects."""

    ip: str = "127.0.0.1"
    """The address that people's browsers reach."""

    port: int = 8000
    """The port that people's browsers reach."""

    base_url: str = "/"
    """The path under which everything is; `JupyterHub.base_url` of a configuration file wins."""

    hub_port: int = 8081
    """The port of the hub itself, behind the proxy, on 127.0.0.1."""

    service_port: int = 10333
    """The port of Trailbook's service, behind the proxy, on 127.0.0.1."""

    proxy_port: int = 8099
    """The port on 127.0.0.1 over which the hub steers its proxy."""

    backend: str = "local"
    """Where servers run: the name of one of `spawners.BACKENDS`."""

    isolated: bool = False
    """Whether each person and each project has an OS account of its own (needs root)."""

    profiles: tuple[Profile, ...] = ()
    """What people may start; none means the common environment without a limit."""

    authenticator: str | None = "trailbook"
    """`trailbook` for passwords of its own; None leaves JupyterHub's choice alone."""

    admin: str = "admin"
    """The name of the first administrator, made at the first start with a one-time password."""

    recording: bool = True
    """Whether anything is recorded; False keeps the history readable and adds nothing to it."""

    demo: bool = True
    """Whether the first start brings the demo project with its recorded history."""

    demo_recording: str = ""
    """Another recording to show in place of the one in the package (a file)."""

    idle_timeout: int = 3600
    """Seconds without activity after which a server stops; 0 lets servers run for ever."""

    removal_warning: int = 60
    """Seconds between a member's removal and the restart of the project's server."""

    quota_events: int = EVENTS_A_DAY
    """Events that are taken in a day from one person's, or one project's, servers."""

    quota_bytes: int = BYTES_A_DAY
    """Bytes that are taken in a day from one person's, or one project's, servers."""

    service_command: tuple[str, ...] = ()
    """Another command for the service; empty for `python -m trailbook_hub.service`."""

    service_account: str = ""
    """The OS account of the service in isolated mode; `prepare` makes it."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    """Tokens that the hub shares with its own parts; `prepare` reads them from the data folder."""

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings that `TRAILBOOK_*` variables name, for a configuration file of your own."""
        settings = cls()
        environment = os.environ
        return replace(
            settings,
            data=Path(environment.get("TRAILBOOK_HUB_DATA", settings.data)),
            ip=environment.get("TRAILBOOK_HUB_IP", settings.ip),
            port=int(environment.get("TRAILBOOK_HUB_PORT", settings.port)),
            isolated=environment.get("TRAILBOOK_HUB_ISOLATED", "") == "1",
            recording=environment.get("TRAILBOOK_HUB_RECORDING", "1") == "1",
            demo=environment.get("TRAILBOOK_HUB_DEMO", "1") == "1",
        )

    @property
    def service_url(self) -> str:
        """Where servers on this machine reach the service without the proxy."""
        return f"http://127.0.0.1:{self.service_port}{self.base_url}services/trailbook/"
