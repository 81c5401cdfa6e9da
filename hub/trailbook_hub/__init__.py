"""The workspace: JupyterHub's configuration, its spawner backends, and the hub's service."""

from .configure import configure
from .folders import prepare
from .profiles import Profile
from .settings import Settings

__all__ = ["Profile", "Settings", "configure", "prepare"]
