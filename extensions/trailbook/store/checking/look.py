"""A look through a store's file that needs no more of the store than it has to."""

from contextlib import ExitStack
from pathlib import Path

from ..tables.direct import DAMAGE, Direct, connect
from ..tables.meta import VERSION, is_unswept, schema_version
from .check import Check, Report
from .parts import Reader
from .second import Second, second


def look_through(path: Path, *, thorough: bool = False) -> Report:
    """What is damaged; one that is thorough also puts every saved file together."""
    with second(Reader(path)) as other:
        report = _as_it_is(path, other, thorough=thorough)
    if report is not None:
        return report
    from ..sql import SqlStore  # it brings a store up to date, and finishes what was begun

    store = SqlStore.open(path)
    try:
        return store.checked(thorough=thorough)
    finally:
        store.close()


def _as_it_is(path: Path, other: Second | None, *, thorough: bool) -> Report | None:
    """What is found without changing anything, or None if something must be changed first."""
    with ExitStack() as opened:
        try:
            connection = Direct(connect(path, read_only=True))
            opened.callback(connection.close)
            connection.exec_driver_sql("BEGIN")
            if schema_version(connection) != VERSION or is_unswept(connection):
                return None
        except DAMAGE:  # whoever opens it says what is wrong
            return None
        return Check(connection, other, thorough=thorough).run()
