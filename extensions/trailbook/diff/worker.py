"""The worker process: reads notebooks and compares them, one request at a time.

Parsing and comparing what other people wrote can take any time and memory, so nothing of it
happens in the process that serves: this one has a memory limit, and who asks has a time limit
and a signal to end it with.
"""

import json
import resource
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from .coarse import coarse_diff
from .engine import Outcome, notebook_diff
from .engine.patching import patched
from .merge_parts import CONFLICT, around, parts_of
from .merging import DECIDE, is_valid, merge
from .options import Options
from .reading import Notebook, Unreadable, read

MEMORY_BYTES = 3 * 1024**3
"""Address space; an exact comparison of a few MB of outputs can want more than 2 GB."""


Numbers = tuple[list[int | None], list[int | None]]
"""The number that each cell keeps through a notebook's versions, in the base and in the target."""


class Request(msgspec.Struct):
    """What to do: `warm`, or with notebooks one of these.

    `read` the base, or `mend` it, so that it is valid; an `exact` or `coarse` diff of base and
    target; `merge` what target and theirs made of the base.
    """

    work: str
    base: bytes = b""
    target: bytes = b""
    options: Options = Options()
    numbers: Numbers | None = None
    theirs: bytes = b""


class Reply(msgspec.Struct):
    """JSON; or why not: `unreadable` with a reason, or `failed`."""

    body: bytes = b""
    problem: str = ""
    why: str = ""
    coarse: bool = False


def write_frame(stream: BinaryIO, message: msgspec.Struct) -> None:
    """One message after its length."""
    body = msgspec.msgpack.encode(message)
    stream.write(len(body).to_bytes(8, "big") + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """One message, or None at the stream's end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def shown(notebook: Notebook, options: Options) -> Notebook:
    """The notebook without what the options leave out."""
    for cell in notebook["cells"]:
        if not options.metadata:
            cell["metadata"] = {}
        if cell["cell_type"] != "code":
            continue
        if not options.outputs:
            cell["outputs"] = []
        if not options.counts:
            cell["execution_count"] = None
        for output in cell["outputs"]:
            show_output(output, options)
    return notebook


def show_output(output: Notebook, options: Options) -> None:
    """The same for one output."""
    if not options.counts and output["output_type"] == "execute_result":
        output["execution_count"] = None
    if not options.metadata and "metadata" in output:
        output["metadata"] = {}


def pair(request: Request) -> tuple[Notebook, Notebook]:
    """Base and target as they are compared."""
    base = shown(read(request.base), request.options)
    target = shown(read(request.target), request.options)
    if not request.options.metadata:
        target["metadata"] = base["metadata"]
        target["nbformat_minor"] = base["nbformat_minor"]
    return base, target


def exact_diff(
    base: Notebook, target: Notebook, options: Options, numbers: Numbers | None
) -> Outcome:
    """nbdime's diff, checked: applied to the base it gives the target."""
    names = numbers if numbers and fitting(numbers, base, target) else None
    outcome = notebook_diff(base, target, ids=options.ids, names=names)
    reached = patched(base, outcome.diff)
    if not options.ids:
        reached, target = without_ids(reached), without_ids(target)
    if reached != target:
        raise RuntimeError("the diff does not lead to its target")
    return outcome


def fitting(numbers: Numbers, base: Notebook, target: Notebook) -> bool:
    """Whether each cell has its number."""
    return [*map(len, numbers)] == [len(base["cells"]), len(target["cells"])]


def without_ids(notebook: Notebook) -> Notebook:
    """The notebook with its cells' names gone."""
    cells = [{**cell, "id": None} for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


def mended(content: bytes) -> Notebook:
    """The notebook with an id of its own for every cell, and valid."""
    notebook = read(content)
    if not is_valid(notebook):
        raise Unreadable("the format does not allow what it holds")
    return notebook


def merged(request: Request) -> dict[str, Any]:
    """The merge in parts, and what is around its cells."""
    base, ours, theirs = map(read, (request.base, request.target, request.theirs))
    decisions = merge(base, ours, theirs, DECIDE).decisions
    parts = parts_of(base, decisions)
    return {
        "parts": [part._asdict() for part in parts],
        "around": around(base, decisions),
        "conflicts": sum(part.kind == CONFLICT for part in parts),
    }


def work(request: Request) -> Reply:
    """The answer to one request."""
    if request.work == "warm":
        import nbformat  # noqa: F401  what reads old notebooks takes a second to import

        return Reply(b"{}")
    if request.work == "read":
        return Reply(encoded(read(request.base)))
    if request.work == "mend":
        return Reply(encoded(mended(request.base)))
    if request.work == "merge":
        return Reply(encoded(merged(request)))
    base, target = pair(request)
    outcome = (
        Outcome(coarse_diff(base, target), [], coarse=True)
        if request.work == "coarse"
        else exact_diff(base, target, request.options, request.numbers)
    )
    moves = [move._asdict() for move in outcome.moves]
    answer = {"base": base, "diff": outcome.diff, "moves": moves, "coarse": outcome.coarse}
    return Reply(encoded(answer), coarse=outcome.coarse)


def encoded(value: Any) -> bytes:
    """JSON in ASCII: half of a surrogate pair, which is no text, survives as an escape."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def reply_to(request: Request) -> Reply:
    """The reply, whatever happens."""
    try:
        return work(request)
    except Unreadable as error:
        return Reply(problem="unreadable", why=str(error))
    except Exception as error:  # one bad pair of notebooks must not end the worker
        return Reply(problem="failed", why=type(error).__name__)


def main() -> None:
    """Answer requests until the stream ends."""
    with suppress(ValueError, OSError):  # a lower limit is in force, or the system has none
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing that a library prints gets between the frames
    decoder = msgspec.msgpack.Decoder(Request)
    while (frame := read_frame(stdin)) is not None:
        write_frame(stdout, reply_to(decoder.decode(frame)))
