"""Displays that later runs have updated: what a notebook went on to show of an earlier run.

An update belongs to the run that said it; here it is found by the display's name. It holds for a
display of the same kernel session and space, until the display's cell ran again and lost it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from ..outputs import ShownOutput, fold, update
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from .recorded import StoredOutput, recorded_outputs

_SHOWN = """
SELECT a.execution, a.display_id, max(a.event), y.kernel_session, y.space, coalesce(
    (SELECT min(z.event) FROM execution z WHERE z.kernel_session = y.kernel_session
        AND z.cell_id = y.cell_id AND z.event > y.event), 9223372036854775807)
FROM output a JOIN execution y ON y.id = a.execution
WHERE a.execution IN ({}) AND a.display_id IS NOT NULL AND a.deleted_at IS NULL
GROUP BY a.execution, a.display_id
HAVING sum(a.type != 'update_display_data')
"""
_UPDATES = """
SELECT o.execution, o.number FROM output o JOIN execution x ON x.id = o.execution
WHERE o.display_id = ? AND o.event > ? AND o.event < ? AND o.type = 'update_display_data'
    AND o.deleted_at IS NULL AND o.execution != ? AND x.kernel_session = ? AND x.space = ?
ORDER BY o.event DESC LIMIT ?
"""
_UPDATED = """
SELECT u.execution, a.execution, max(a.event)
FROM output u JOIN execution x ON x.id = u.execution
JOIN output a ON a.display_id = u.display_id AND a.event < u.event AND a.execution != u.execution
    AND a.type != 'update_display_data' AND a.deleted_at IS NULL
JOIN execution y ON y.id = a.execution AND y.kernel_session = x.kernel_session
    AND y.space = x.space
WHERE u.execution IN ({}) AND u.type = 'update_display_data' AND u.deleted_at IS NULL
GROUP BY u.execution, u.display_id ORDER BY 3
"""
_ALL = -1

Later = dict[str, tuple[str, StoredOutput]]
"""By a display's name, the later run that has updated it last, and its message."""


class Update(msgspec.Struct, frozen=True):
    """A message of another run that updates a display."""

    run: str
    number: int


def last_updates(connection: Direct, runs: Collection[str]) -> dict[str, dict[str, Update]]:
    """Of each of these runs, each display's last update by a later run."""
    found: dict[str, dict[str, Update]] = defaultdict(dict)
    for some in chunks(runs):
        for shown in connection.exec_driver_sql(_SHOWN.format(marks(some)), tuple(some)).all():
            for last in _updates(connection, shown, 1):
                found[shown[0]][shown[1]] = last
    return found


def all_updates(connection: Direct, run: str, display: str) -> list[Update]:
    """Every update of one of its displays by a later run."""
    shown = connection.exec_driver_sql(_SHOWN.format("?"), (run,)).all()
    ever = [(*row[:2], 0, *row[3:]) for row in shown if row[1] == display]
    return [found for row in ever for found in _updates(connection, row, _ALL)]


def updated_by_runs(
    connection: Direct, outputs: Mapping[str, list[StoredOutput]]
) -> dict[str, list[str]]:
    """The earlier runs whose displays these runs have updated: there the updates are shown."""
    updating = [
        run
        for run, stored in outputs.items()
        if any(output.recorded.type == "update_display_data" for output in stored)
    ]
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for some in chunks(updating):
        for run, earlier, _ in connection.exec_driver_sql(_UPDATED.format(marks(some)), some):
            found[run][earlier] = None
    return {run: list(earlier) for run, earlier in found.items()}


def _updates(connection: Direct, shown: Any, limit: int) -> Iterator[Update]:
    run, display, since, session, space, until = shown
    values = (display, since, until, run, session, space, limit)
    yield from (Update(*row) for row in connection.exec_driver_sql(_UPDATES, values).all())


def updates_of(connection: Direct, outputs: Mapping[str, list[StoredOutput]]) -> dict[str, Later]:
    """What later runs have made of these runs' displays."""
    named = [
        run
        for run, stored in outputs.items()
        if any(output.recorded.display_id is not None for output in stored)
    ]
    found = last_updates(connection, named)
    runs = {last.run for updates in found.values() for last in updates.values()}
    messages = {
        (run, output.recorded.index): output
        for run, stored in recorded_outputs(connection, runs).items()
        for output in stored
    }
    return {
        run: {
            display: (last.run, messages[last.run, last.number])
            for display, last in updates.items()
        }
        for run, updates in found.items()
    }


def folded(stored: list[StoredOutput], later: Later) -> list[ShownOutput]:
    """The outputs of a run as a notebook went on to show them."""
    shown = fold([output.recorded for output in stored])
    update(shown, {display: (run, output.recorded) for display, (run, output) in later.items()})
    return shown


def messages_of(later: Later) -> list[StoredOutput]:
    """The messages in it."""
    return [output for _, output in later.values()]
