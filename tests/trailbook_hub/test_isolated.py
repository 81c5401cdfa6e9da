"""Isolated mode: what a member's code can reach, and what not."""

import grp
import pwd
import secrets
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import hubs

pytestmark = [pytest.mark.hub, pytest.mark.isolated]

PROJECT = "secret of the other project"


def accounts(data: Path, *command: str) -> str:
    done = subprocess.run(
        [*hubs.LAUNCH[:-1], "accounts", *command, "--data", str(data)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that other accounts may pass through, as pytest's own may not."""
    with tempfile.TemporaryDirectory(prefix="trailbook-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        accounts(Path(name) / "data", "remove", "--all")


@pytest.fixture(scope="module")
def hub(open_folder: Path) -> Iterator[hubs.RunningHub]:
    running = hubs.start_hub(open_folder, options=["--no-demo", "--isolated"])
    try:
        running.ours = running.project("ours", alice="contributor", bob="contributor")
        running.others = running.project("theirs", bob="contributor")
        for name in ("alice", "bob", running.ours):
            running.start_server(name)
        yield running
    finally:
        assert running.stop() == 0, running.said()


@pytest.fixture(scope="module")
def alice(hub: hubs.RunningHub) -> hubs.Kernel:
    return hub.kernel("alice")


@pytest.fixture(scope="module")
def bob(hub: hubs.RunningHub) -> hubs.Kernel:
    return hub.kernel("bob")


def test_it_says_its_mode_and_why(hub: hubs.RunningHub) -> None:
    assert "isolated. Root can give each person" in hub.said()
    assert "Everyone who can run code" not in hub.visitor().get("/hub/login").text


def test_everybody_is_somebody_else(hub: hubs.RunningHub, alice: hubs.Kernel) -> None:
    user = alice.run("import getpass; print(getpass.getuser())").strip()
    entry = pwd.getpwnam(user)
    assert user.startswith("tb-")
    assert len(user) <= 32
    assert entry.pw_uid != 0
    owner = hub.kernel("bob").run("import os; print(os.getuid())")
    assert int(owner) not in {0, entry.pw_uid}


def test_a_kernel_reads_no_other_home(
    hub: hubs.RunningHub, alice: hubs.Kernel, bob: hubs.Kernel
) -> None:
    bob.run("open('mine.txt', 'w').write('mine')")
    home = next((hub.data / "homes").glob("bob-*"))
    assert "PermissionError" in alice.run(f"open('{home}/mine.txt')")
    assert "PermissionError" in alice.run(f"import os; os.listdir('{home}')")
    assert "PermissionError" in alice.run(f"import os; os.listdir('{home.parent}')")


def test_a_kernel_reads_neither_the_history_nor_the_hubs_secrets(
    hub: hubs.RunningHub, alice: hubs.Kernel
) -> None:
    closed = [
        hub.data / "service" / "trailbook.sqlite",
        hub.data / "hub" / "jupyterhub.sqlite",
        hub.data / "hub" / "passwords.sqlite",
        hub.data / "hub" / "cookie-secret",
        hub.data / "hub" / "service-token",
        hub.data / "hub" / "proxy.toml",
        hub.data / "hub" / "hub.log",
    ]
    for path in closed:
        assert path.exists(), path
        assert "PermissionError" in alice.run(f"open('{path}')"), path
    assert "PermissionError" in alice.run("open('/proc/1/environ')")
    assert "PermissionError" in alice.run(f"open('/proc/{hub.process.pid}/environ')")


def test_the_service_cannot_read_homes_and_runs_under_an_account_of_its_own(
    hub: hubs.RunningHub,
) -> None:
    owner = (hub.data / "service" / "trailbook.sqlite").stat().st_uid
    assert pwd.getpwuid(owner).pw_name.startswith("tb-service-")
    assert stat.S_IMODE((hub.data / "service").stat().st_mode) == 0o700
    home = next((hub.data / "homes").glob("alice-*"))
    assert home.stat().st_uid != owner
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_kernel_reads_no_other_projects_folder(
    hub: hubs.RunningHub, alice: hubs.Kernel, bob: hubs.Kernel
) -> None:
    assert "Error" not in bob.run(f"open('projects/theirs/x', 'w').write('{PROJECT}')")
    other = hub.data / "projects" / hub.others / "x"
    assert other.read_text() == PROJECT
    assert "PermissionError" in alice.run(f"open('{other}')")
    assert "FileNotFoundError" in alice.run("open('projects/theirs/x')")


def test_members_write_each_others_files(
    hub: hubs.RunningHub, alice: hubs.Kernel, bob: hubs.Kernel
) -> None:
    made = alice.run(
        "import os\n"
        "os.makedirs('projects/ours/deep/er', exist_ok=True)\n"
        "open('projects/ours/deep/er/x', 'w').write('alice')"
    )
    assert "Error" not in made
    assert "Error" not in bob.run("open('projects/ours/deep/er/x', 'a').write(' bob')")
    assert "Error" not in bob.run("import os; os.rename('projects/ours/deep', 'projects/ours/d')")
    together = hub.kernel(hub.ours)
    assert together.run("print(open('d/er/x').read())") == "alice bob\n"
    assert "Error" not in together.run("open('d/er/x', 'w').write('together')")
    assert alice.run("print(open('projects/ours/d/er/x').read())") == "together\n"


def test_members_save_each_others_notebooks(hub: hubs.RunningHub) -> None:
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    body = {"type": "notebook", "format": "json", "content": notebook}
    for name, path in (
        ("alice", "projects/ours/n.ipynb"),
        ("bob", "projects/ours/n.ipynb"),
        (hub.ours, "n.ipynb"),
        ("alice", "projects/ours/n.ipynb"),
    ):
        saved = hub.api("PUT", f"/user/{name}/api/contents/{path}", json=body)
        assert saved.status_code in {200, 201}, (name, saved.text)


def test_a_kernel_cannot_reach_somebody_elses_kernel(
    hub: hubs.RunningHub, alice: hubs.Kernel, bob: hubs.Kernel
) -> None:
    found = bob.run("import ipykernel; print(ipykernel.get_connection_file())").strip()
    assert "PermissionError" in alice.run(f"open('{found}')")
    listening = alice.run("print(open('/proc/net/tcp').read())").splitlines()
    uids = {line.split()[7] for line in listening[1:] if line.split()[3:4] == ["0A"]}
    kernels = bob.run("import os, json; print(json.load(open(os.sys.argv[-1]))['transport'])")
    assert kernels.strip() == "ipc"
    assert uids, "servers listen, kernels do not"


def test_somebody_cannot_lead_root_astray_through_their_home(
    hub: hubs.RunningHub, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hub.sign_in("mallory")
    hub.start_server("mallory")
    target = tmp_path_factory.mktemp("target")
    kernel = hub.kernel("mallory")
    kernel.run(f"import os; os.symlink('{target}', 'projects')")
    admin = hub.sign_in("admin")
    hub.consenting("mallory")
    put = admin.trail("PUT", "projects/ours/members/mallory", json={"role": "contributor"})
    assert put.ok, put.text
    hub.stop_server("mallory")
    hub.start_server("mallory")
    assert list(target.iterdir()) == []
    hub.stop_server("mallory")


def test_an_administrator_is_kept_from_a_projects_server_and_told_why(
    hub: hubs.RunningHub,
) -> None:
    admin, member = hub.consenting("admin"), hub.sign_in("bob")
    reader = "/services/trailbook/projects/ours"
    page = admin.get(reader).text
    assert "Work alone" in page
    assert "/hub/spawn/" not in page
    assert "You cannot work together here, as an administrator" in page
    assert "/hub/spawn/" not in admin.get("/services/trailbook/").text
    assert f"/hub/spawn/{hub.ours}" in member.get(reader).text
    for way in (f"/user/{hub.ours}/lab", f"/user/{hub.ours}/api/me", f"/hub/spawn/{hub.ours}"):
        answer = admin.get(way)
        assert answer.status_code == 403, way
    answer = admin.get(f"/user/{hub.ours}/lab")
    assert "<h1>Administrators stay out of projects" in answer.text
    assert "subdomain_host" in answer.text
    assert admin.post(answer.url, data={"scopes": "identify"}).status_code == 403
    assert member.get(f"/user/{hub.ours}/lab").status_code == 200
    hub.start_server("admin")
    try:
        assert admin.get("/user/admin/lab").status_code == 200, "their own is theirs"
    finally:
        hub.stop_server("admin")


def test_accounts_are_listed_with_whom_they_stand_for(hub: hubs.RunningHub) -> None:
    listed = accounts(hub.data, "list")
    for kind, name in (("person", "alice"), ("project", hub.ours), ("service", "Trailbook")):
        assert any(kind in line and name in line for line in listed.splitlines()), name
    for line in listed.splitlines():
        assert pwd.getpwnam(line.split()[0]).pw_shell == "/bin/bash"


def test_accounts_go_with_one_command(tmp_path_factory: pytest.TempPathFactory) -> None:
    from trailbook_hub import accounts as os_accounts

    data = tmp_path_factory.mktemp("accounts")
    ours = f"tb-test-{secrets.token_hex(3)}"  # the same test may run beside this one
    project = os_accounts.Account(f"{ours}-project", "project", "p-test")
    person = os_accounts.Account(f"{ours}-person", "person", "somebody: else\n")
    os_accounts.ensure(data, project, data / "p")
    os_accounts.ensure(data, person, data / "h", [project.name])
    os_accounts.ensure(data, person, data / "h", [project.name])
    assert os_accounts.further_groups(person.name) == {project.name}
    os_accounts.ensure(data, person, data / "h", [])
    assert os_accounts.further_groups(person.name) == set()
    os_accounts.ensure(data, person, data / "h", [project.name])
    command = [*hubs.LAUNCH[:-1], "accounts", "remove", "--all", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Removed 2 accounts" in done.stdout
    assert not os_accounts.exists(person.name)
    names = {group.gr_name for group in grp.getgrall()}
    assert not names & {project.name, person.name}
