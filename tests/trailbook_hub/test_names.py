"""Names that are derived once and never reused."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

from trailbook.access import Actor, Via
from trailbook_hub import names
from trailbook_hub.origins import is_projects
from trailbook_hub.service.ends import server_of
from trailbook_hub.service.handler import ServiceHandler
from trailbook_hub.spawners.mounts import kept_in

FIRST = datetime(2026, 1, 2, 3, 4, 5, 678)
LATER = datetime(2026, 3, 2, 3, 4, 5)


def test_a_successor_of_the_same_name_gets_other_names() -> None:
    assert names.home_folder("alice", FIRST) != names.home_folder("alice", LATER)
    assert names.os_account("alice", FIRST) != names.os_account("alice", LATER)


def test_names_stay_the_same() -> None:
    assert names.home_folder("alice", FIRST) == names.home_folder("alice", FIRST)
    assert names.os_account("alice", FIRST) == "tb-" + names.stable_id("alice", FIRST)


def test_a_home_is_readable_and_safe_for_every_name() -> None:
    for name in ("Alice.Anderson@example.org", "../../etc/passwd", "名前", "-", "a" * 300):
        folder = names.home_folder(name, FIRST)
        assert folder.isascii()
        assert "/" not in folder
        assert not folder.startswith((".", "-"))
        assert len(folder) <= 41


def test_an_os_account_is_short_enough_for_linux() -> None:
    assert len(names.os_account("a" * 300, FIRST)) <= 32
    assert len(names.service_account("/a/very/long/path" * 20)) <= 32


def test_a_projects_folder_is_named_like_its_account_whoever_asks() -> None:
    assert names.home_folder("p-0a1b", FIRST) == names.home_folder("p-0a1b", None) == "p-0a1b"
    assert names.os_account("p-0a1b", FIRST) == names.os_account("p-0a1b", None)


def test_only_projects_have_a_projects_name() -> None:
    assert names.is_project("p-0a1b")
    assert not names.is_project("pete")


def test_no_two_of_a_million_accounts_meet_in_one_folder_account_or_file() -> None:
    """Names that differ in case, joints, folding and escapes, each made at a thousand times."""
    parts = ["a", "b", "-", "A", ".", "_", "\u0430", "\ufb01", "fi", "/", "%2f", "\n", "\x00", "p-"]
    joined = ("".join(some) for n in (1, 2, 3) for some in itertools.product(parts, repeat=n))
    people = [name for name in dict.fromkeys(joined) if not names.is_project(name)][:1000]
    times = [FIRST + timedelta(seconds=n) for n in range(1000)]
    assert len(people) == 1000
    assert len({names.stable_id(name, at) for name in people for at in times}) == 1_000_000
    for name in people:  # whatever stands before the id, no two folders and no two accounts meet
        id_ = names.stable_id(name, FIRST)
        assert names.home_folder(name, FIRST).endswith(f"-{id_}")
        assert names.os_account(name, FIRST).endswith(f"-{id_}")
    files = {kept_in(Path("hub"), name) for name in people}
    assert len(files) == 1000
    assert {file.parent for file in files} == {Path("hub/mounts")}


def test_no_two_of_a_million_accounts_with_a_server_meet_in_one_address() -> None:
    """Names that could be joined, cut and folded in more than one way."""
    handler = SimpleNamespace(service=SimpleNamespace(settings=SimpleNamespace(servers_base="/")))
    joints = ["a", "b", "-", "A", ".", "_", "\u00e9", "e\u0301", "\u0430", "%2f", "%2F", "/", ":"]
    parts = [*joints, "?", "#", "\\", "\n", "+", " ", "p-", "p", "!"]
    joined = ["".join(some) for n in (1, 2, 3) for some in itertools.product(parts, repeat=n)]
    some = list(dict.fromkeys(joined))[:1000]
    assert len(some) == 1000
    addresses: set[str] = set()
    for name in some:
        actor = Actor(person=None, name=name, via=Via.OWN_SERVER)
        for server in some:
            address = ServiceHandler.server_url(handler, actor, server)  # type: ignore[arg-type]
            assert address is not None
            addresses.add(address)
    assert len(addresses) == 1_000_000
    assert {address.count("/") for address in addresses} == {4}
    assert len({server_of(name) for name in some}) == 1000


def test_no_persons_server_passes_for_a_projects_whatever_both_are_called() -> None:
    """The client's name as JupyterHub joins it, for a million of an account and its server."""
    parts = ["p", "-", "a", "P", "%2d", "\u2010", "\uff50", ".", "_", "@", "p-0a1b"]
    joined = ["".join(some) for n in range(4) for some in itertools.product(parts, repeat=n)]
    some = list(dict.fromkeys(joined))[:1000]
    accounts = [name for name in some if name and not names.is_projects_alone(name)]
    clients = [quote(name) for name in some]
    for name in accounts:
        client = f"jupyterhub-user-{quote(name)}"
        assert not is_projects(client)
        assert not any(is_projects(f"{client}-{server}") for server in clients)
    assert is_projects("jupyterhub-user-p-0a1b")
    assert {"p", "p-", "p-a"} <= set(filter(None, some)) - set(accounts)


def test_a_name_as_long_as_the_hub_allows_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Also beside a name that looks like what is made of it."""
    long = ["\u540d" * 255, "\u540d" * 254 + "a", "a" * 255, "\u00e9" * 127, "e\u0301" * 127]
    files = [kept_in(tmp_path, name) for name in long]
    files += [kept_in(tmp_path, file.stem) for file in files]
    assert len(set(files)) == len(files)
    (tmp_path / "mounts").mkdir()
    for file in files:
        file.write_bytes(b"[]")
        file.with_suffix(".new").write_bytes(b"[]")
