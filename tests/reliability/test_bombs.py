"""S7: a few bytes that say they are gigabytes are refused before anything is made of them."""

import hashlib
import http.client

import msgspec
import pytest
import zstandard

import services
from trailbook.clock import now_us
from trailbook.ids import new_id
from trailbook.store.forms import CellForm, Encoding, Frame, SavedCell, SnapshotForm
from trailbook.store.objects import Sealer, payload_id
from trailbook.store.records import Batch, NotebookSaved, Receipt, Registration, Sealed
from trailbook.store.remote import RemoteSink

from .test_service_away import peak
from .writing import notebook

LARGEST = 256_000_000
GROWN = LARGEST + 100_000_000  # what a version that tells the truth of its size may need
SMALL = 2_500_000
HEAD = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['


def cell(encoding, content, references=1):
    """A code cell whose source is this content; more references make it as often."""
    text = b'{"cell_type": "code", "source": ' + b"\x00\x03" * references + b"}"
    form = CellForm(SavedCell("a", "code", 0), [encoding], text, references, False)
    return form, [content] * references


def nested(depth, wide):
    return b"[" * depth + b",".join([b"1"] * wide) + b"]" * depth


LINES = Encoding("lines", cut="newline", between="," + " " * 100_000)
CELLS = {
    "much between lines": [cell(LINES, b"\n" * 20_000)],
    "much between lines of any kind": [
        cell(msgspec.structs.replace(LINES, cut="python"), "\u2028".encode() * 20_000)
    ],
    "much between lines of base64": [cell(msgspec.structs.replace(LINES, armour=4), b"x" * 60_000)],
    "deep indents": [cell(Encoding("json", step=100, close="\n"), nested(300, 60_000))],
    "long ends of lines": [
        cell(Encoding("json", step=1, close="\n" + " " * 50_000), nested(1, 40_000))
    ],
    "the same again and again": [cell(Encoding("string"), b"x" * 1_000_000, 900)],
    "the same in many cells": [cell(Encoding("string"), b"x" * 1_000_000) for _ in range(900)],
    "escapes": [cell(Encoding("string"), b"\x01" * 1_000_000, 400)],
}
FRAMES = {"much between cells": Frame(HEAD, [b" " * 100_000], b"]}")}


class Bomber:
    """Ada's recorder, which sends forms that nobody cut."""

    def __init__(self, service):
        self.sink = RemoteSink(service.url, "ada")
        self.me = self.sink.register(Registration())
        self.mount = self.me.mounts[0]
        self.sequence = 0

    def save(self, raw):
        """An honest version, for others to be told as changes of it."""
        event = NotebookSaved(
            space=self.mount.space, at=now_us(), snapshot=new_id(), path="a.ipynb"
        )
        sealed, pieces = Sealer().seal(self.sequence + 1, event, [raw], self.mount.key)
        batch = Batch([sealed], {self.mount.space: list(pieces.values())})
        self.sequence += 1
        assert self.sink.ingest(self.me.writer, batch) == Receipt(self.sequence)
        return event.snapshot

    def send(self, form, contents, size=LARGEST):
        ids = [payload_id(content, self.mount.key) for content in contents]
        event = NotebookSaved(
            space=self.mount.space, at=now_us(), snapshot=new_id(), path="a.ipynb", form=form,
            sha256=hashlib.sha256(b"").hexdigest(), size=size,
        )  # fmt: skip
        sent = list(dict.fromkeys(contents))
        assert sum(map(len, sent)) < SMALL
        batch = Batch([Sealed(self.sequence + 1, event, ids)], {self.mount.space: sent})
        receipt = self.sink.ingest(self.me.writer, batch)
        self.sequence += 1
        assert receipt == Receipt(self.sequence, refused={self.sequence: "not-exact"})


@pytest.fixture
def bomber(service):
    service.start()
    made = Bomber(service)
    yield made
    made.sink.close()


def forms():
    for name, cells in CELLS.items():
        yield (
            name,
            SnapshotForm(cells=[c for c, _ in cells], frame=Frame(HEAD, [b","], b"]}")),
            [content for _, its in cells for content in its],
        )
    for name, frame in FRAMES.items():
        made = [cell(Encoding("string"), b"x") for _ in range(20_000)]
        yield name, SnapshotForm(cells=[c for c, _ in made], frame=frame), [b"x"] * len(made)


@pytest.mark.parametrize(
    ("form", "contents"), [i[1:] for i in forms()], ids=[i[0] for i in forms()]
)
def test_a_version_that_would_be_made_of_little_is_refused_in_little_memory(
    service, bomber, form, contents
):
    before = peak(service.process.pid)
    bomber.send(form, contents)
    assert peak(service.process.pid) - before < GROWN


def test_a_plan_that_names_the_same_cells_without_end_is_refused_in_little_memory(service, bomber):
    base = bomber.save(notebook(1, cells=1000))
    before = peak(service.process.pid)
    bomber.send(SnapshotForm(base=base, plan=[[0, 1000]] * 100_000), [])
    assert peak(service.process.pid) - before < 100_000_000


def squeezed(size, **parameters):
    """A frame that makes so many bytes of a few."""
    made = zstandard.ZstdCompressionParameters(write_content_size=True, **parameters)
    stream = zstandard.ZstdCompressor(compression_params=made).compressobj(size)
    piece = bytes(1_000_000)
    return b"".join([*(stream.compress(piece) for _ in range(size // len(piece))), stream.flush()])


BODIES = {
    "more than a body may have": (lambda: squeezed(1_000_000_000), 413),
    "a window as wide as a body": (lambda: squeezed(LARGEST, window_log=27)[:-3], 400),
    "a body that ends too early": (lambda: squeezed(LARGEST)[: 1 << 10], 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_would_be_made_of_little_is_refused_in_little_memory(service, bomber, name):
    made, status = BODIES[name]
    body = made()
    assert len(body) < 200_000
    before = peak(service.process.pid)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    headers = {"Authorization": "token ada", "Content-Encoding": "zstd"}
    address = f"{services.PREFIX}api/writers/{bomber.me.writer}/events"
    connection.request("POST", address, body, headers)
    answer = connection.getresponse()
    assert answer.status == status, answer.read()
    connection.close()
    assert peak(service.process.pid) - before < 50_000_000
