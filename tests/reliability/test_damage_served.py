"""R14 where people meet it: a real service over a damaged store, and a recorder that goes on."""

import itertools
import json
import random
import re
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from trailbook.server import drain as drains

from .test_service_away import Server, output

PATHS = ("a.ipynb", "b.ipynb")
SAID = b"said, and long enough to be worth a row of its own "
OF_A_STEP = ("", "/outputs", "/payloads/0", "/snapshot", "/files")
OF_A_VERSION = ("", "/content", "/file", "/payloads/0", "/payloads/1")
OF_A_NOTEBOOK = ("", "/steps", "/last-runs", "/snapshots", "/cells", "/cells/1", "/lineage")
MARKED_BY = {
    "source": ("source_damaged", "withheld"),
    "starts": ("withheld",),
    "text": ("damaged",),
}
EMPTY = ("", None, [])
THINGS = re.compile("[0-9a-f]{32}")
DAMAGE = ["payload emptied", "payload swapped", "payload lost", "payload flipped",
          "manifest emptied", "manifest swapped", "manifest lost", "manifest flipped"]  # fmt: skip


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A recorder that waits shorter."""
    monkeypatch.setattr(drains, "FIRST_BACKOFF", 0.02)
    monkeypatch.setattr(drains, "LONGEST_BACKOFF", 0.1)


class Told:
    """Ada's browser: what each address of the API answers."""

    def __init__(self, service):
        self.service = service

    def ask(self, path):
        """Status and body; whatever is refused says why, with a code and a sentence."""
        request = urllib.request.Request(  # noqa: S310 - our own service
            f"{self.service.url}api/{path}", headers={"Authorization": "token ada"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                said = json.loads(error.read())
            assert said["code"] != "error", (path, said, self.service.said()[-3000:])
            assert said["message"].endswith("."), (path, said)
            return error.code, said["code"]

    def json(self, path):
        status, body = self.ask(path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def addresses(self):
        """All that can be read of all notebooks."""
        found = ["me", "notebooks?mine=1"]
        for each in self.json("notebooks?mine=1"):
            at = f"notebooks/{each['id']}"
            versions = [view["id"] for view in self.json(f"{at}/snapshots")]
            steps = [step["id"] for step in self.json(f"{at}/steps?limit=500")["steps"]]
            found += [at + rest for rest in OF_A_NOTEBOOK]
            found += [f"snapshots/{id_}{rest}" for id_ in versions for rest in OF_A_VERSION]
            found += [f"steps/{id_}{rest}" for id_ in steps for rest in OF_A_STEP]
            found += [f"diff?base={old}&target={new}" for new, old in itertools.pairwise(versions)]
        return found


@pytest.fixture
def recorded(service, outside, tmp_path):
    """A store that a recorder filled through the service, and what each address answers."""
    service.start()
    server = Server(tmp_path / "spools", service.port, outside)
    server.drain.start()
    write(server)
    told = Told(service)
    whole = {address: told.ask(address) for address in told.addresses()}
    assert {status for status, _ in whole.values()} == {200}
    yield server, whole
    server.close()


def write(server):
    for n in range(6):
        path = PATHS[n % 2]
        run = server.run(f"x = {n}", path)
        output(server, run, SAID * 40 + str(n).encode())
        server.save(n, path)
    server.drained()


def damaged(file, kind, chance):
    """Damage one row of the store as the test's name says."""
    table, how = kind.split()
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = dict(connection.execute(f"SELECT row, data FROM {table}"))  # noqa: S608
        row = chance.choice(sorted(rows))
        other = chance.choice([each for each in sorted(rows) if rows[each] != rows[row]])
        flipped = bytearray(rows[row])
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        change = f"UPDATE {table} SET data = ? WHERE row = ?"  # noqa: S608
        if how == "lost":
            connection.execute(f"DELETE FROM {table} WHERE row = ?", (row,))  # noqa: S608
        elif how == "swapped":
            connection.execute(change, (rows[other], row))
            connection.execute(change, (rows[row], other))
        else:
            connection.execute(change, (b"" if how == "emptied" else bytes(flipped), row))


def checked(service):
    """What `trailbook check` says, a line for each damage."""
    done = subprocess.run(
        [Path(sys.executable).with_name("trailbook"), "check", "--store", str(service.file)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert done.returncode == (0 if lines[0].startswith("All is well") else 1), done
    return [] if done.returncode == 0 else lines


def lost(answers):
    """The versions and runs of which something is refused."""
    return {
        address.split("/")[1]
        for address, (status, _) in answers.items()
        if status != 200 and address.startswith(("snapshots/", "steps/"))
    }


def hold_nothing_wrong(was, now):
    """A page says what it said, or leaves out what is damaged and says so."""
    if was == now:
        return
    if isinstance(was, list) and isinstance(now, list) and now:
        assert len(was) == len(now)
        for before, after in zip(was, now, strict=True):
            hold_nothing_wrong(before, after)
    elif isinstance(was, dict) and isinstance(now, dict):
        assert was.keys() == now.keys()
        for name in was:
            marks = MARKED_BY.get(name)
            said = marks is None or any(now.get(mark) for mark in marks)
            assert was[name] == now[name] or said, (name, was, now)
            hold_nothing_wrong(was[name], now[name])
    else:
        assert now in EMPTY or now is True, (was, now)


def hold_as_before(whole, now):
    """Each answer is what it was, or is refused for what is damaged in it."""
    for address, (status, body) in now.items():
        if status != 200:
            refused = address.startswith(("snapshots/", "steps/", "diff"))
            assert refused or address.endswith("/cells"), address
            assert (status, body) == (500, "store-damaged"), address
        elif address.startswith(("snapshots/", "diff")) or "/payloads/" in address:
            assert (status, body) == whole[address], address
        elif whole[address][0] == 200:
            assert body != b"[]" or whole[address][1] == b"[]", address
            hold_nothing_wrong(json.loads(whole[address][1]), json.loads(body))


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_refused_with_a_reason_and_the_next_save_heals_it(
    service, recorded, kind, rounds
):
    """What is gone with its row stays named, for nothing says what it was; versions come back."""
    server, whole = recorded
    told = Told(service)
    chance = random.Random(kind)  # noqa: S311
    for _ in range(rounds(1)):
        service.stop()
        damaged(service.file, kind, chance)
        named = checked(service)
        service.start()
        now = {address: told.ask(address) for address in whole}
        assert lost(now) == set(THINGS.findall("\n".join(named))), named
        hold_as_before(whole, now)
        write(server)
        left = checked(service)
        assert not left or ("lost" in kind and set(left) <= set(named))
        assert "manifest" in kind or not [line for line in left if line.startswith("Version")]
        kept = [at for at in whole if at.startswith("snapshots/") and whole[at][0] == 200]
        wrong = [at for at in kept if told.ask(at) != whole[at]]
        assert {at.split("/")[1] for at in wrong} <= set(THINGS.findall("\n".join(left)))
        whole = {address: told.ask(address) for address in told.addresses()}
