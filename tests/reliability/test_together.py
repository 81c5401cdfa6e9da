"""R7, R15: many writers at once, and a database that somebody else holds."""

import contextlib
import json
import random
import sqlite3
import threading
import time
import urllib.error

import hubs
from trailbook.store.sql import SqlStore

from ..trailbook.server.processes import Process
from .writing import Writer, notebook

SAVES = 2
LOCKED = (1, 3, 10, 31, 60, 120)  # seconds; longer than a writer waits for it, too
STOCK = {"trailbook": False, "nbdime": False}


def at_once(*works):
    failed = []

    def run(work):
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []


def test_sixty_four_writers_and_two_openings_of_one_store(tmp_path, outside, rounds):
    """Half of them through another opening of the file, as another server on a laptop has it."""
    file = tmp_path / "s.sqlite"
    stores = [SqlStore.open(file), SqlStore.open(file)]
    writers = [Writer(stores[n % 2], f"person-{n % 5}", outside.answer) for n in range(64)]

    def work(n, writer):
        for round_ in range(rounds(SAVES)):
            writer.save(notebook(1000 * n + round_), f"{n}.ipynb")
            writer.run(f"x = {n}, {round_}", f"{n}.ipynb")

    at_once(*(lambda n=n, writer=writer: work(n, writer) for n, writer in enumerate(writers)))
    for store in stores:
        store.close()
    outside.hold(file)


def lock(file, seconds, held, tried):
    """For that long at least, and until everything was tried that is to be tried meanwhile."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    held.set()
    time.sleep(seconds)
    tried.wait(120)
    connection.execute("ROLLBACK")
    connection.close()


def save_times(server, outside, numbers, path="a.ipynb"):
    taken = []
    for n in numbers:
        before = time.perf_counter()
        raw = server.save(path, f"version {n}")
        taken.append(time.perf_counter() - before)
        outside.saved(path, raw)
    return sorted(taken)


def test_saves_answer_at_once_while_the_database_is_locked_and_are_stored_later(
    tmp_path, outside, rounds
):
    """A laptop's own store, which another process holds for seconds, beside a stock server."""
    stock = Process(tmp_path / "stock", server={"jpserver_extensions": STOCK})
    server = Process(tmp_path, {"TRAILBOOK_SERVICE_URL": ""})
    file = tmp_path / "data" / "trailbook" / "store.sqlite"
    try:
        save_times(server, outside, [-1])
        for n in range(rounds(1)):
            wait_drained(server, 180)
            held, tried = threading.Event(), threading.Event()
            seconds = LOCKED[n % len(LOCKED)]
            holder = threading.Thread(target=lock, args=(file, seconds, held, tried))
            holder.start()
            assert held.wait(10)
            free, locked = [], []
            for save in range(100 * n, 15 + 100 * n):  # in turn: a busy machine is so to both
                before = time.perf_counter()
                stock.save("a.ipynb", f"version {save}")
                free.append(time.perf_counter() - before)
                locked += save_times(server, outside, [save])
            assert holder.is_alive()
            tried.set()
            assert sorted(locked)[7] <= sorted(free)[7] + 0.25
            assert max(locked) <= max(free) + 0.5
            holder.join()
        wait_drained(server)
        server.end()
    finally:
        server.close()
        stock.close()
    outside.hold(file, server.root)


def wait_drained(server, seconds=60):
    end = time.monotonic() + hubs.patience(seconds)
    while server.ask("GET", "trailbook/status")["pending_events"]:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_two_servers_on_one_home_with_renames_copies_and_deletes_between(
    tmp_path, service, outside, rounds
):
    service.start()
    environment = {"TRAILBOOK_SERVICE_URL": service.url, "JUPYTERHUB_API_TOKEN": "ada"}
    first = Process(tmp_path, environment)
    second = None
    try:
        second = Process(tmp_path, environment)

        def work(server, mine, seed):
            chance = random.Random(seed)  # noqa: S311
            for n in range(rounds(12)):
                outside.saved(f"{mine}.ipynb", server.save(f"{mine}.ipynb", f"{mine} {n}"))
                with contextlib.suppress(urllib.error.HTTPError):
                    stir(server, mine, chance.choice(["rename", "copy", "delete"]))

        at_once(lambda: work(first, "one", 1), lambda: work(second, "two", 2))
        for server in (first, second):
            wait_drained(server)
            server.end()
    finally:
        first.close()
        if second is not None:
            second.close()
    service.stop()
    outside.hold(service.file, first.root)


def stir(server, mine, what):
    """Something happens to another notebook of the same folder meanwhile."""
    other = f"{mine}-other.ipynb"
    server.save(other, json.dumps(time.time()))
    if what == "rename":
        server.ask("PATCH", f"api/contents/{other}", {"path": f"{mine}-{time.time()}.ipynb"})
    elif what == "copy":
        server.ask("POST", "api/contents", {"copy_from": other})
    else:
        server.ask("DELETE", f"api/contents/{other}")
