"""The owner of a spool's folder: one at a time, and a dead one is in nobody's way."""

import os
import subprocess
import sys
import threading
import time

import msgspec

from trailbook.store.spool.owner import FILE, STALE_AFTER, Owner, OwnerLock

DIES_AS_OWNER = """
import os, pathlib, sys
from trailbook.store.spool.owner import OwnerLock
assert OwnerLock(pathlib.Path(sys.argv[1])).acquire()
os.kill(os.getpid(), 9)
"""


def rewrite(path, **changes):
    """Let the folder be owned by somebody a little different."""
    content = msgspec.json.decode(path.read_bytes(), type=Owner)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(content, **changes)))


def test_a_folder_has_one_owner_until_that_one_lets_go(tmp_path):
    first, second = OwnerLock(tmp_path), OwnerLock(tmp_path)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()


def test_a_reused_process_id_is_not_taken_for_the_owner(tmp_path):
    assert OwnerLock(tmp_path).acquire()
    rewrite(tmp_path / FILE, started="1")
    assert OwnerLock(tmp_path).acquire()


def test_an_owner_on_another_machine_is_dead_when_it_gives_no_sign(tmp_path):
    first = OwnerLock(tmp_path)
    assert first.acquire()
    path = tmp_path / FILE
    rewrite(path, machine="elsewhere")
    assert not OwnerLock(tmp_path).acquire()
    long_ago = time.time() - STALE_AFTER - 60
    os.utime(path, (long_ago, long_ago))
    assert OwnerLock(tmp_path).acquire()
    assert not first.touch()  # the first owner notices


def test_only_one_of_many_takes_a_dead_owners_folder(tmp_path):
    subprocess.run([sys.executable, "-c", DIES_AS_OWNER, str(tmp_path)], check=False)
    assert (tmp_path / FILE).exists()
    locks = [OwnerLock(tmp_path) for _ in range(8)]
    won = []
    start = threading.Barrier(8)

    def take(lock):
        start.wait()
        won.append(lock.acquire())

    threads = [threading.Thread(target=take, args=(lock,)) for lock in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
