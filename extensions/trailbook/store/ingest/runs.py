"""Kernel sessions, executions and outputs."""

from collections.abc import Callable
from typing import Any

import msgspec

from ..records import (
    ExecutionFinished,
    ExecutionStarted,
    KernelEnded,
    KernelEnvironment,
    KernelStarted,
    OutputRecorded,
)
from ..tables import payloads
from .landed import Landed, Refused, identity

VALUE_CHARACTERS = 1_000
ENDINGS = {"ok", "error", "aborted", "interrupted", "died", "unknown"}


def kernel_started(landed: Landed, event: KernelStarted) -> None:
    """A session begins; what was known of it from its first run is completed."""
    session = identity(event.kernel_session)
    landed.notebook = landed.resolve(event.path)
    known = landed.first("SELECT writer FROM kernel_session WHERE id = ?", session)
    if known is not None and known[0] != landed.writer.row:
        raise Refused("not-its-own")
    packages = None if event.packages is None else landed.row(event.packages)
    environment = msgspec.json.encode(event.environment)
    if known is None:
        _insert_session(landed, session, landed.at)
    landed.run(
        "UPDATE kernel_session SET notebook = coalesce(?, notebook), spec = ?, language = ?,"
        " reason = ?, environment = ?, packages = coalesce(?, packages) WHERE id = ?",
        landed.notebook,
        event.spec,
        event.language,
        event.reason,
        environment,
        packages,
        session,
    )


def _insert_session(landed: Landed, session: str, started_at: int) -> None:
    landed.run(
        "INSERT INTO kernel_session (id, writer, space, notebook, event, spec, language, reason,"
        " environment, started_at) VALUES (?, ?, ?, ?, ?, '', '', 'unknown', ?, ?)",
        session,
        landed.writer.row,
        landed.space,
        landed.notebook,
        landed.ingest,
        b"{}",
        started_at,
    )


def kernel_environment(landed: Landed, event: KernelEnvironment) -> None:
    """The session's newest surroundings; what held for earlier runs stays in the ledger."""
    known = landed.first(
        "SELECT writer, notebook, environment FROM kernel_session WHERE id = ?",
        event.kernel_session,
    )
    if known is None or known[0] != landed.writer.row:
        raise Refused("unknown-session")
    landed.notebook = known[1]
    environment = {**msgspec.json.decode(known[2], type=dict[str, str]), **event.environment}
    landed.run(
        "UPDATE kernel_session SET environment = ?, packages = coalesce(?, packages) WHERE id = ?",
        msgspec.json.encode(environment),
        None if event.packages is None else landed.row(event.packages),
        event.kernel_session,
    )


def kernel_ended(landed: Landed, event: KernelEnded) -> None:
    """A session is over; a run that had no end by then has no known one."""
    known = landed.first(
        "SELECT writer, notebook FROM kernel_session WHERE id = ?", event.kernel_session
    )
    if known is None or known[0] != landed.writer.row:
        raise Refused("unknown-session")
    landed.notebook = known[1]
    landed.run(
        "UPDATE kernel_session SET ended_at = ?, end_reason = ? WHERE id = ?",
        landed.at,
        event.reason,
        event.kernel_session,
    )
    status = "died" if event.reason == "died" else "unknown"
    unfinished = "SELECT id FROM execution WHERE kernel_session = ? AND status = 'running'"
    landed.run(
        f"UPDATE step SET status = ? WHERE thing IN ({unfinished})",
        status,
        event.kernel_session,
    )
    landed.run(
        "UPDATE execution SET status = ? WHERE kernel_session = ? AND status = 'running'",
        status,
        event.kernel_session,
    )


def execution_started(landed: Landed, event: ExecutionStarted) -> None:
    """A run, and its line in the notebook's steps."""
    run, session = identity(event.execution), identity(event.kernel_session)
    landed.notebook = landed.resolve(event.path)
    known = landed.first(
        "SELECT writer, started_at, notebook FROM kernel_session WHERE id = ?", session
    )
    started_at = landed.clamp(event.started_at)
    if known is None:
        _insert_session(landed, session, started_at)
        session_at = started_at
    elif known[0] != landed.writer.row:
        raise Refused("not-its-own")
    else:
        session_at = int(known[1])
        if landed.notebook is None:
            landed.notebook = known[2]
    added = landed.add(
        "INSERT OR IGNORE INTO execution (id, event, writer, space, notebook, path, kernel_session,"
        " position, cell_id, track, source, started_at, status, author, author_basis,"
        " author_person)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)",
        run,
        landed.ingest,
        landed.writer.row,
        landed.space,
        landed.notebook,
        event.path,
        session,
        event.position,
        event.cell_id,
        landed.prepared.track,
        landed.row(event.source),
        started_at,
        landed.author,
        landed.author_basis,
        landed.author_person,
    )
    if not added:
        raise Refused("twice")
    if landed.notebook is not None:
        add_step(landed, (session_at, session, event.position), "run", run, status="running")


def add_step(
    landed: Landed,
    order: tuple[int, str, int],
    kind: str,
    thing: str,
    *,
    status: str = "",
    versions: int = 0,
) -> None:
    """A line in the notebook's steps, and so many more versions."""
    landed.run(
        "INSERT INTO step (ingest, notebook, space, session_at, session, position, type, thing,"
        " author, track, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        landed.ingest,
        landed.notebook,
        landed.space,
        *order,
        kind,
        thing,
        landed.author,
        landed.prepared.track,
        status,
    )
    landed.run(
        "UPDATE notebook SET steps = steps + 1, runs = runs + ?, versions = versions + ?,"
        " first_at = coalesce(first_at, ?), last_at = max(coalesce(last_at, 0), ?) WHERE id = ?",
        kind == "run",
        versions,
        landed.at,
        landed.at,
        landed.notebook,
    )
    if landed.author is not None:
        landed.run(
            "INSERT OR IGNORE INTO notebook_author (notebook, author) VALUES (?, ?)",
            landed.notebook,
            landed.author,
        )


def _own_run(landed: Landed, run: str) -> tuple[str | None, str]:
    """The notebook and status of a run that this writer recorded and nobody deleted."""
    known = landed.first(
        "SELECT writer, notebook, status, deleted_at FROM execution WHERE id = ?", run
    )
    if known is None or known[0] != landed.writer.row:
        raise Refused("unknown-run")
    if known[3] is not None:
        raise Refused("deleted")
    return known[1], known[2]


def output_recorded(landed: Landed, event: OutputRecorded) -> None:
    """One message of output."""
    landed.notebook, _ = _own_run(landed, event.execution)
    named = {mime: landed.row(index) for mime, index in sorted(event.parts.items())}
    sizes = payloads.sizes(landed.connection, named.values())
    parts = [[mime, row, sizes[row]] for mime, row in named.items()]
    added = landed.add(
        "INSERT OR IGNORE INTO output (execution, number, event, type, name, value, display_id,"
        " wait, parts, metadata, dropped_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.execution,
        event.index,
        landed.ingest,
        event.type,
        event.name,
        None if event.value is None else event.value[:VALUE_CHARACTERS],
        event.display_id,
        event.wait,
        msgspec.msgpack.encode(parts),
        None if event.metadata is None else landed.row(event.metadata),
        event.dropped_bytes,
    )
    if not added:
        raise Refused("twice")


def execution_finished(landed: Landed, event: ExecutionFinished) -> None:
    """The end of a run."""
    landed.notebook, before = _own_run(landed, event.execution)
    status = event.status if event.status in ENDINGS else "unknown"
    landed.run(
        "UPDATE execution SET status = ?, finished_at = max(started_at, ?),"
        " execution_count = coalesce(?, execution_count) WHERE id = ?",
        status,
        landed.clamp(event.finished_at),
        event.execution_count,
        event.execution,
    )
    landed.run("UPDATE step SET status = ? WHERE thing = ?", status, event.execution)
    landed.run(
        "UPDATE notebook SET errors = errors + ?, last_at = max(coalesce(last_at, 0), ?)"
        " WHERE id = ?",
        (status == "error") - (before == "error"),
        landed.at,
        landed.notebook,
    )


HANDLERS: dict[type, Callable[[Landed, Any], None]] = {
    KernelStarted: kernel_started,
    KernelEnvironment: kernel_environment,
    KernelEnded: kernel_ended,
    ExecutionStarted: execution_started,
    OutputRecorded: output_recorded,
    ExecutionFinished: execution_finished,
}
