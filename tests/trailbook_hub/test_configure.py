"""Configuration is one call that only sets."""

import copy
from pathlib import Path
from typing import Any

import pytest
from jupyterhub import scopes
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from traitlets.config import Config

from trailbook_hub import Settings, configure, roles
from trailbook_hub.configure import NoConfirm


def configured(c: Config | None = None, **changes: Any) -> Config:
    c = Config() if c is None else c
    configure(c, Settings(data=Path("/data")), **changes)
    return c


def named(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = [item for item in items if item["name"] == name]
    return found


def test_twice_is_once() -> None:
    c = configured()
    once = copy.deepcopy(c)
    assert configured(c) == once


def test_leaves_other_services_alone() -> None:
    c = Config()
    mine = {"name": "mine", "url": "http://127.0.0.1:9", "oauth_no_confirm": True}
    c.JupyterHub.services = [mine]
    c.JupyterHub.load_roles = [{"name": "mine", "services": ["mine"], "scopes": ["read:hub"]}]
    configured(c)
    assert named(c.JupyterHub.services, "mine") == mine
    assert named(c.JupyterHub.load_roles, "mine")["scopes"] == ["read:hub"]
    assert "service-mine" in c.JupyterHub.tornado_settings["oauth_no_confirm_list"]
    assert "service-trailbook" in c.JupyterHub.tornado_settings["oauth_no_confirm_list"]


def test_keeps_what_users_already_may() -> None:
    c = Config()
    c.JupyterHub.load_roles = [{"name": "user", "scopes": ["self", "shares!user"]}]
    configured(c)
    assert named(c.JupyterHub.load_roles, "user")["scopes"] == [
        "self",
        "shares!user",
        "access:services!service=trailbook",
    ]


def test_keeps_templates_environment_and_where_people_land() -> None:
    c = Config()
    c.JupyterHub.template_paths = ["/mine"]
    c.JupyterHub.default_url = "/mine"
    c.Spawner.environment = {"MINE": "1"}
    configured(c)
    assert c.JupyterHub.template_paths[0] == "/mine"
    assert c.JupyterHub.default_url == "/mine"
    assert c.Spawner.environment["MINE"] == "1"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_other_address_sneaks_in_beside_the_one_that_was_checked() -> None:
    c = Config()
    c.JupyterHub.base_url = "/team/"
    c.JupyterHub.ip = "0.0.0.0"  # noqa: S104 -- what must not win
    c.JupyterHub.port = 80
    configured(configured(c))
    app = JupyterHub(config=c)
    assert app.bind_url == "http://127.0.0.1:8000/team/"
    assert app.base_url == "/team/"
    assert c.LocalSpawner.service_url.endswith("/team/services/trailbook/")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_jupyterhub_accepts_it() -> None:
    c = configured()
    app = JupyterHub(config=c)
    assert app.bind_url == "http://127.0.0.1:8000/"
    assert app.authenticator_class.__name__ == "PasswordAuthenticator"
    assert app.spawner_class.__name__ == "LocalSpawner"
    assert app.proxy_class.__name__ == "TraefikFileProviderProxy"
    for role in app.load_roles:
        scopes._check_scopes_exist(role["scopes"], who_for=role["name"])
    scopes._check_scopes_exist(roles.SERVER_SCOPES, who_for="servers")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("isolated", [False, True])
def test_every_trait_that_is_set_exists(isolated: bool) -> None:
    app = JupyterHub(config=configured(isolated=isolated))
    parts = [app, app.spawner_class, app.proxy_class, app.authenticator_class]
    for section, values in app.config.items():
        known: set[str] = set()
        for part in parts:
            for kind in part.mro() if isinstance(part, type) else type(part).mro():
                if kind.__name__ == section:
                    known |= set(kind.class_trait_names())
        assert set(values) <= known, section


def test_every_config_trait_of_ours_has_help() -> None:
    from trailbook_hub.authenticator import PasswordAuthenticator
    from trailbook_hub.spawners.isolated import IsolatedSpawner

    for ours in (PasswordAuthenticator, IsolatedSpawner):
        for name, trait in ours.class_traits(config=True).items():
            if trait.this_class.__module__.startswith("trailbook_hub"):
                assert trait.help.endswith("."), name


def test_another_authenticator_is_left_alone() -> None:
    c = Config()
    c.JupyterHub.authenticator_class = "oauthenticator.github.GitHubOAuthenticator"
    configured(c, authenticator=None)
    assert c.JupyterHub.authenticator_class == "oauthenticator.github.GitHubOAuthenticator"
    assert "PasswordAuthenticator" not in c


def test_servers_without_a_limit_have_no_culler() -> None:
    c = configured(idle_timeout=0)
    assert [service["name"] for service in c.JupyterHub.services] == ["trailbook"]
    assert all(role["name"] != roles.CULLER for role in c.JupyterHub.load_roles)


@pytest.mark.parametrize(("recording", "told"), [(True, "on"), (False, "off")])
def test_the_service_is_told_whether_to_record(recording: bool, told: str) -> None:
    service = named(configured(recording=recording).JupyterHub.services, "trailbook")
    assert service["environment"]["TRAILBOOK_RECORDING"] == told


def test_the_service_owns_its_data_in_isolated_mode() -> None:
    c = configured(isolated=True, service_account="tb-service-1")
    service = named(c.JupyterHub.services, "trailbook")
    assert service["user"] == "tb-service-1"
    assert service["environment"]["TRAILBOOK_DATA"] == "/data/service"
    assert named(c.JupyterHub.services, roles.CULLER)["user"] == "tb-service-1"


@pytest.mark.parametrize(
    ("isolated", "host", "refused"),
    [(True, "", True), (False, "", False), (True, "https://hub.example.org", False)],
)
def test_administrators_stay_out_where_an_origin_is_shared_and_something_protected(
    isolated: bool, host: str, refused: bool
) -> None:
    c = Config()
    c.JupyterHub.subdomain_host = host
    configured(c, isolated=isolated, removal_warning=90)
    assert c.JupyterHub.tornado_settings["trailbook_admins_stay_out"] is refused
    told = named(c.JupyterHub.services, "trailbook")["environment"]
    assert told["TRAILBOOK_ADMINS_STAY_OUT"] == ("1" if refused else "0")
    assert told["TRAILBOOK_REMOVAL_WARNING"] == "90"


def test_no_secret_is_in_a_command() -> None:
    c = configured(secrets={"service-token": "s3cret", "proxy-password": "s3cret"})
    assert all("s3cret" not in " ".join(service["command"]) for service in c.JupyterHub.services)


def test_nobody_is_asked_before_a_projects_server_and_anybody_before_a_persons() -> None:
    unasked = NoConfirm({"service-trailbook"})
    assert "jupyterhub-user-p-0a1b" in unasked
    assert "service-trailbook" in unasked
    assert "jupyterhub-user-alice" not in unasked
    assert "jupyterhub-user-pete" not in unasked
    assert copy.deepcopy(unasked) == unasked


class Vouching(Authenticator):  # type: ignore[misc]  # JupyterHub has no types
    """Takes everybody's word."""

    allow_all = True

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str:
        return data["username"]


async def renaming(authenticator: Any, handler: Any, model: dict[str, Any]) -> dict[str, Any]:
    return {**model, "name": model["name"].removeprefix("x")}


@pytest.mark.parametrize("section", [None, "Authenticator", "Vouching"])
@pytest.mark.parametrize("name", ["p-0a1b", "P-0A1B", "p", "xp-0a1b"])
async def test_no_person_signs_in_under_a_projects_name(section: str | None, name: str) -> None:
    """Whoever vouches for them, also beside a hook of an administrator's own."""
    c = Config()
    if section:
        c[section].post_auth_hook = renaming
    vouching = Vouching(config=configured(configured(c)))
    came = await vouching.get_authenticated_user(None, {"username": "xpete"})
    assert came["name"] == ("pete" if section else "xpete")
    came = await vouching.get_authenticated_user(None, {"username": name})
    assert came is None or (section is None and came["name"] == "xp-0a1b")
