"""The stores of this machine: files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import TrailbookError

if TYPE_CHECKING:
    from ..store.sql import SqlStore


class NoHistory(TrailbookError):
    """There is no store in this place."""

    code, status = "no-history", 404

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no history at {path}. Run a cell in JupyterLab with Trailbook, "
            "or name another place with --store or --url."
        )


def usual_store() -> Path:
    """The store of Jupyter on this machine."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "trailbook" / "store.sqlite"


def present(path: Path | None) -> Path:
    """The file of a store that is there already: the one that is named, or the usual one."""
    path = path or usual_store()
    if not path.is_file():
        raise NoHistory(path)
    return path


@contextmanager
def opened_store(path: Path | None) -> Iterator["SqlStore"]:
    """A store that is there already."""
    there = present(path)
    from ..store.sql import SqlStore

    store = SqlStore.open(there)
    try:
        yield store
    finally:
        store.close()
