"""R1, R2, R19: server and service are killed while kernels run, and while old versions come back.

A run counts as answered once somebody has seen it in the history, ended.
"""

import contextlib
import json
import random
import sqlite3
import threading
import time

from websocket import WebSocketException, create_connection

from trailbook.store.sql import SqlStore

from .outside import digest
from .test_kills import drained, started

KILLS = 2
CODE = "print('begun', {n}, flush=True)\nimport time; time.sleep({n} % 3 / 10)\nprint({n} ** 2)"


class Runner:
    """Somebody who runs one cell after another, in whatever kernel there is."""

    def __init__(self, server) -> None:
        body = {"path": "a.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        kernel = server.ask("POST", "api/sessions", body)["kernel"]["id"]
        url = f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?token=t"
        self.socket = create_connection(url, timeout=60)

    def run(self, n: int) -> None:
        """Until the kernel is idle again."""
        header = {"msg_id": f"m{n}", "msg_type": "execute_request", "session": "s"}
        message = {
            "channel": "shell",
            "header": {**header, "version": "5.3", "username": "", "date": "2026-01-01T00:00:00Z"},
            "parent_header": {},
            "metadata": {"cellId": f"c{n % 3}"},
            "content": {"code": CODE.format(n=n), "silent": False},
        }
        self.socket.send(json.dumps(message))
        while True:
            said = json.loads(self.socket.recv())
            mine = said.get("parent_header", {}).get("msg_id") == f"m{n}"
            if mine and said["content"].get("execution_state") == "idle":
                return


def seen(file) -> list[str]:
    """The runs that have ended, as the history has them, in order."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT id FROM execution WHERE status = 'ok' ORDER BY event")
    found = [id_ for (id_,) in rows.fetchall()]
    connection.close()
    return found


def test_runs_are_there_once_when_server_and_service_are_killed(tmp_path, service, outside, rounds):
    chance = random.Random(1)  # noqa: S311
    service.start()
    server = started(tmp_path, service.url)
    known: list[str] = []
    number = 0
    for kill in range(rounds(KILLS)):
        runner = Runner(server)
        for _ in range(3):
            number += 1
            runner.run(number)
        known += [run for run in seen(service.file) if run not in known]
        number += 1
        late = threading.Thread(target=suppressed, args=(runner.run, number))
        late.start()
        time.sleep(chance.uniform(0, 0.3))
        if kill % 2:
            service.kill()
            service.start()
        else:
            server.close()  # kill -9; its kernel goes with it
            server = started(tmp_path, service.url)
        late.join(60)
        runner.socket.close()
    drained(server)
    server.end()
    server.close()
    service.stop()
    ended = seen(service.file)
    assert known
    assert [run for run in ended if run in set(known)] == known
    hold_runs(service.file, number)
    outside.hold(service.file)


def suppressed(call, *values) -> None:
    with contextlib.suppress(OSError, WebSocketException, ValueError):
        call(*values)


def hold_runs(file, number: int) -> None:
    """Each run at most once and whole; of one that was cut off, what it said, and that it was."""
    connection = sqlite3.connect(file)
    runs = connection.execute("SELECT id, status FROM execution ORDER BY event").fetchall()
    connection.close()
    store = SqlStore.open(file)
    sources = []
    for id_, status in runs:
        step = store.step(id_)
        sources.append(step.source)
        said = "".join(part.text or "" for output in step.outputs for part in output.parts)
        whole = next(f"begun {n}\n{n**2}\n" for n in range(number + 1) if code(n) == step.source)
        assert status in {"ok", "unknown", "died"}
        assert said == whole if status == "ok" else whole.startswith(said), (status, said)
    store.close()
    assert len(sources) == len(set(sources))
    assert sources == [code(n) for n in range(number + 1) if code(n) in set(sources)]


def code(n: int) -> str:
    return CODE.format(n=n)


def test_old_versions_come_back_while_a_kernel_runs_and_the_server_is_killed(
    tmp_path, service, rounds
):
    """Restored again and again: each time a version of its own, and nothing is overwritten."""
    chance = random.Random(2)  # noqa: S311
    service.start()
    server = started(tmp_path, service.url)
    raws = [server.save("a.ipynb", f"version {n}") for n in range(3)]
    answered = [digest(raw) for raw in raws]
    doubtful = 0
    for _ in range(rounds(1)):
        runner = Runner(server)
        running = threading.Thread(target=suppressed, args=(runner.run, 2))
        running.start()
        for raw in chance.sample(raws, 2):
            restore(server, raw)
            answered.append(digest(raw))
        cut = threading.Thread(target=suppressed, args=(restore, server, raws[0]))
        cut.start()
        doubtful += 1
        time.sleep(chance.uniform(0, 0.03))
        server.close()
        cut.join(60)
        running.join(60)
        runner.socket.close()
        server = started(tmp_path, service.url)
        left = (server.root / "a.ipynb").read_bytes()
        # Jupyter writes in place: what is killed meanwhile leaves the beginning of a version.
        assert any(raw.startswith(left) for raw in raws)
        restore(server, raws[1])
        answered.append(digest(raws[1]))
    drained(server)
    server.end()
    server.close()
    service.stop()
    kept = kept_of(service.file)
    rest = iter(kept)
    assert all(one in rest for one in answered), "not all, or not in the order of answers"
    assert len(kept) <= len(answered) + 2 * doubtful
    assert digest((server.root / "a.ipynb").read_bytes()) == answered[-1] == kept[-1]


def kept_of(file) -> list[str]:
    """The checksums of all versions of a sound store, each of which comes back as it was."""
    connection = sqlite3.connect(file)
    query = "SELECT id, sha256 FROM snapshot WHERE path = 'a.ipynb' ORDER BY event"
    rows = [(id_, sha256.hex()) for id_, sha256 in connection.execute(query)]
    connection.close()
    store = SqlStore.open(file)
    assert store.check() == []
    assert all(digest(store.snapshot_bytes(id_)) == sha256 for id_, sha256 in rows)
    store.close()
    return [sha256 for _, sha256 in rows]


def restore(server, raw: bytes) -> None:
    """As JupyterLab does: the old bytes are written as a file."""
    body = {"type": "file", "format": "text", "content": raw.decode()}
    server.ask("PUT", "api/contents/a.ipynb", body)
