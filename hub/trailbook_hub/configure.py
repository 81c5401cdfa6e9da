"""JupyterHub's configuration for a workspace, in one call that only sets."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.utils import maybe_future
from traitlets.config import Config

from . import names, origins, roles
from .programs import search_path
from .settings import Settings
from .spawners import BACKENDS

TEMPLATES = Path(__file__).parent / "templates"


def configure(c: Any, settings: Settings | None = None, **changes: Any) -> None:
    """Set up a workspace in JupyterHub's config `c`; call it last, calling it twice is once.

    `changes` are fields of `Settings`. Lists are filled by name, so services, roles and templates
    that an administrator set stay.
    """
    settings = replace(settings or Settings(), **changes)
    settings = replace(settings, base_url=take_base_url(c) or settings.base_url)
    set_addresses(c, settings)
    set_state(c, settings)
    set_proxy(c, settings)
    set_services(c, settings)
    set_roles(c, settings)
    set_people(c, settings)
    set_servers(c, settings)
    set_pages(c, settings)


def take_base_url(c: Any) -> str:
    """The path that a configuration file chose, which moves into `bind_url`.

    Beside any of these JupyterHub ignores `bind_url`, and listens on every address.
    """
    before = urlsplit(c.JupyterHub.get("bind_url", "")).path
    found = {name: c.JupyterHub.pop(name, None) for name in ("base_url", "ip", "port")}
    return str(found["base_url"] or before)


def put(section: Any, trait: str, item: dict[str, Any]) -> None:
    """Add `item` to a list trait, in place of the one which has its name."""
    others = [other for other in section.get(trait, []) if other["name"] != item["name"]]
    section[trait] = [*others, item]


def put_new(section: Any, trait: str, items: Iterable[Any]) -> None:
    """Add those items to a list trait that it lacks."""
    have = list(section.get(trait, []))
    section[trait] = [*have, *(item for item in items if item not in have)]


def set_addresses(c: Any, settings: Settings) -> None:
    """Where browsers, servers and the hub reach each other."""
    c.JupyterHub.bind_url = f"http://{settings.ip}:{settings.port}{settings.base_url}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    if "default_url" not in c.JupyterHub:
        c.JupyterHub.default_url = reader


def reader(handler: Any) -> str:
    """Where people land: the reader, also where services have hosts of their own."""
    service = handler.services.get(roles.SERVICE)
    return f"{service.host}{service.prefix}" if service else f"{handler.hub.base_url}home"


def set_state(c: Any, settings: Settings) -> None:
    """Where the hub keeps what it knows."""
    hub = settings.data / "hub"
    c.JupyterHub.db_url = f"sqlite:///{hub / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(hub / "cookie-secret")
    # A dead server must not keep people waiting at the next start: look for this long, and
    # finish looking in the background.
    c.JupyterHub.init_spawners_timeout = 5


def set_proxy(c: Any, settings: Settings) -> None:
    """The proxy in front of everything, from the wheel beside us: nobody needs Node."""
    hub = settings.data / "hub"
    c.JupyterHub.proxy_class = "traefik_file"
    proxy = c.TraefikFileProviderProxy
    proxy.static_config_file = str(hub / "proxy.toml")
    proxy.dynamic_config_file = str(hub / "routes.toml")
    proxy.traefik_api_url = f"http://127.0.0.1:{settings.proxy_port}"
    proxy.traefik_api_username = "hub"
    if settings.secrets:
        proxy.traefik_api_password = settings.secrets["proxy-password"]
    proxy.traefik_log_level = "WARN"
    proxy.traefik_env = {"PATH": search_path()}
    proxy.extra_static_config = {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "entryPoints": {"http": ENTRY_POINT},
    }


ENTRY_POINT = {
    "transport": {
        # An upload may take longer than a minute.
        "respondingTimeouts": {"readTimeout": "3600s"},
        # An open notebook must not hold up Ctrl-C.
        "lifeCycle": {"graceTimeOut": "1s"},
    },
    # File names hold such characters, and Jupyter decodes them itself.
    "http": {
        "encodedCharacters": {
            f"allowEncoded{name}": True
            for name in ("BackSlash", "Hash", "Percent", "QuestionMark", "Semicolon", "Slash")
        }
    },
}


def set_services(c: Any, settings: Settings) -> None:
    """Trailbook's service, and what stops idle servers."""
    environment = {
        "TRAILBOOK_DATA": str(settings.data / "service"),
        "TRAILBOOK_RECORDING": "on" if settings.recording else "off",
        "TRAILBOOK_DEMO": "1" if settings.demo else "0",
        "TRAILBOOK_REMOVAL_WARNING": str(settings.removal_warning),
        "TRAILBOOK_QUOTA_EVENTS": str(settings.quota_events),
        "TRAILBOOK_QUOTA_BYTES": str(settings.quota_bytes),
        "TRAILBOOK_ADMINS_STAY_OUT": "1" if stay_out(c, settings) else "0",
    }
    if settings.demo_recording:
        environment["TRAILBOOK_DEMO_RECORDING"] = settings.demo_recording
    service = {
        "name": roles.SERVICE,
        "url": f"http://127.0.0.1:{settings.service_port}",
        "command": list(
            settings.service_command or (sys.executable, "-m", "trailbook_hub.service")
        ),
        "environment": environment,
        "oauth_no_confirm": True,
    }
    if settings.secrets:
        service["api_token"] = settings.secrets["service-token"]
    put(c.JupyterHub, "services", {**service, **under_account(settings)})
    if settings.idle_timeout:
        put(c.JupyterHub, "services", {**idle_culler(settings), **under_account(settings)})


def stay_out(c: Any, settings: Settings) -> bool:
    """Whether administrators are kept from projects' servers."""
    return origins.admins_stay_out(settings, c.JupyterHub.get("subdomain_host", ""))


def under_account(settings: Settings) -> dict[str, str]:
    """In isolated mode our services give root up."""
    if not settings.service_account:
        return {}
    return {"user": settings.service_account, "cwd": str(settings.data / "service")}


def idle_culler(settings: Settings) -> dict[str, Any]:
    """The service that stops servers without activity."""
    every = max(1, min(600, settings.idle_timeout // 4))
    command = [sys.executable, "-m", "jupyterhub_idle_culler"]
    command += [f"--timeout={settings.idle_timeout}", f"--cull-every={every}"]
    return {"name": roles.CULLER, "command": command, "display": False}


def set_roles(c: Any, settings: Settings) -> None:
    """What our services may do, and what everybody may."""
    for role in roles.service_roles(cull=settings.idle_timeout > 0):
        put(c.JupyterHub, "load_roles", role)
    given = [role for role in c.JupyterHub.get("load_roles", []) if role["name"] == "user"]
    put(c.JupyterHub, "load_roles", roles.with_user_scopes(given[-1] if given else None))


class NoConfirm(set[str]):
    """OAuth clients that need no "Authorize access" page: our services and projects' servers.

    Opening a project's server tells it who comes, and nothing more.
    """

    def __contains__(self, client: object) -> bool:
        project = isinstance(client, str) and origins.is_projects(client)
        return project or super().__contains__(client)


def set_people(c: Any, settings: Settings) -> None:
    """How people sign in, and where they are not asked once more."""
    unasked = {s["name"] for s in c.JupyterHub.services if s.get("oauth_no_confirm")}
    tornado = dict(c.JupyterHub.get("tornado_settings", {}))
    before = tornado.get("oauth_no_confirm_list", ())
    tornado["oauth_no_confirm_list"] = NoConfirm({*before, *(f"service-{n}" for n in unasked)})
    tornado[origins.SETTING] = stay_out(c, settings)
    c.JupyterHub.tornado_settings = tornado
    keep_project_names(c)
    if settings.authenticator == "trailbook":
        c.JupyterHub.authenticator_class = "trailbook_hub.authenticator.PasswordAuthenticator"
        c.PasswordAuthenticator.data = str(settings.data)
        c.PasswordAuthenticator.first_admin = settings.admin


def keep_project_names(c: Any) -> None:
    """After the hooks that an administrator set for any authenticator, and without one."""
    c.Authenticator.setdefault("post_auth_hook", None)
    for section in c.values():
        if not isinstance(section, Config) or "post_auth_hook" not in section:
            continue
        if not isinstance(section.post_auth_hook, RefuseProjectNames):
            section.post_auth_hook = RefuseProjectNames(section.post_auth_hook)


@dataclass(frozen=True)
class RefuseProjectNames:
    """No person may sign in under a name that is projects' alone, whoever vouches for them."""

    before: Any  # the hook that an administrator set, or None

    async def __call__(
        self, authenticator: Any, handler: Any, auth_model: dict[str, Any]
    ) -> dict[str, Any] | None:
        """What the hook says, unless the name that comes out of it is a project's."""
        model: dict[str, Any] | None = auth_model
        if self.before is not None:
            model = await maybe_future(self.before(authenticator, handler, auth_model))
        if model and names.is_projects_alone(model["name"]):
            authenticator.log.warning("Refused %r: such names belong to projects", model["name"])
            return None
        return model


def set_servers(c: Any, settings: Settings) -> None:
    """Which servers people get."""
    BACKENDS[settings.backend].configure(c, settings)
    c.Spawner.server_token_scopes = roles.SERVER_SCOPES
    c.Spawner.default_url = "/lab"
    single_user = shutil.which("jupyterhub-singleuser", path=search_path())
    c.Spawner.cmd = [single_user or "jupyterhub-singleuser"]
    # Activity is told often enough for the culler to see it in time.
    interval = min(300, settings.idle_timeout // 4) if settings.idle_timeout else 300
    environment = dict(c.Spawner.get("environment", {}))
    environment["JUPYTERHUB_ACTIVITY_INTERVAL"] = str(max(1, interval))
    c.Spawner.environment = environment
    # Servers with real-time collaboration do not always hear the first signal.
    c.LocalProcessSpawner.interrupt_timeout = 5
    c.LocalProcessSpawner.term_timeout = 3


def set_pages(c: Any, settings: Settings) -> None:
    """The hub's own pages in our words and colours."""
    put_new(c.JupyterHub, "template_paths", [str(TEMPLATES)])
    own = {
        "trailbook_service": roles.SERVICE,
        "trailbook_trusted": settings.backend == "local" and not settings.isolated,
        "trailbook_passwords": settings.authenticator == "trailbook",
    }
    c.JupyterHub.template_vars = {**c.JupyterHub.get("template_vars", {}), **own}
