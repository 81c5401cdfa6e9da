"""Somebody who writes into a store, and says each answer: as a module, or in a process."""

import hashlib
import json
import sys
from types import SimpleNamespace

from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.objects import Sealer
from trailbook.store.records import Batch, ExecutionStarted, NotebookSaved, Receipt, Registration


def notebook(n, cells=12):
    sources = [f"value_{k} = {k if k != n % cells else n}" for k in range(cells)]
    made = [
        {
            "cell_type": "code",
            "id": f"c{k}",
            "metadata": {},
            "outputs": [],
            "source": [s],
            "execution_count": None,
        }
        for k, s in enumerate(sources)
    ]
    whole = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, "n": n}
    return json.dumps(whole, indent=1).encode()


class Writer:
    def __init__(self, store, name, answered=None):
        person = store.person(name, "2024").id
        self.store, self.answered = store, answered or say
        self.owner = SimpleNamespace(person=person, project=None, name=name)
        self.me = store.register_writer(self.owner, Registration())
        self.mount = self.me.mounts[0]
        self.sealer, self.session, self.number = Sealer(), new_id(), 0

    def _send(self, event, content):
        sealed, pieces = self.sealer.seal(self.number + 1, event, [content], self.mount.key)
        batch = Batch([sealed], {self.mount.space: list(pieces.values())})
        receipt = self.store.ingest(self.owner, self.me.writer, batch)
        assert receipt == Receipt(self.number + 1), receipt
        self.number += 1

    def save(self, raw, path="a.ipynb", at=None):
        event = NotebookSaved(
            space=self.mount.space,
            at=at or now_us(),
            author=self.owner.name,
            snapshot=new_id(),
            path=path,
        )
        self._send(event, raw)
        self.answered("save", path, raw)
        return event.snapshot

    def run(self, source, path="a.ipynb", at=None):
        at = at or now_us()
        event = ExecutionStarted(
            space=self.mount.space,
            at=at,
            execution=new_id(),
            started_at=at,
            kernel_session=self.session,
            position=self.number,
            source=0,
            path=path,
        )
        self._send(event, source.encode())
        self.answered("run", path, source.encode())
        return event.execution


def say(what, path, raw):
    sys.stdout.write(json.dumps([what, path, hashlib.sha256(raw).hexdigest(), 0.0]) + "\n")
    sys.stdout.flush()
