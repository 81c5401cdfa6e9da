"""Runs a notebook from its first cell to its last, with nbclient, and writes what came out."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import nbformat as untyped_nbformat
from jupyter_client.kernelspec import NoSuchKernel, get_kernel_spec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from ..errors import BadRequest
from .parameters import INJECTED, LANGUAGES, assignments, injected

SAVE_SECONDS = 10.0
"""A run that takes longer is written down while it goes on."""
KILL_SECONDS = 5.0
"""Who is asked to end has so long to do so."""

nbformat: Any = untyped_nbformat  # upstream's functions have no types

DEFAULT = "python3"
"""The kernel of a notebook that names none."""

OK, FAILED, INTERRUPTED = "ok", "failed", "interrupted"


class Hooks(Protocol):
    """Who records the run; every method is called from the running loop."""

    def adopt(self, kernel: Any) -> None:
        """A kernel manager whose kernel has not started yet."""

    def asked(self, kernel_id: str, msg_id: str, cell_id: str | None, code: str) -> None:
        """A cell is about to be sent to the kernel."""

    def saved(self) -> None:
        """The notebook was written."""


def read_notebook(path: Path, values: dict[str, Any], kernel: str | None) -> Any:
    """A notebook's content, with values for its parameters put in. Raises BadRequest."""
    try:
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
    except (ValueError, nbformat.ValidationError) as error:
        raise BadRequest(f"{path.name} is no notebook that can be run: {error}") from None
    if notebook.nbformat != 4:
        raise BadRequest(f"{path.name} is of format {notebook.nbformat}; notebooks of 4 are run.")
    language = _language(kernel or notebook.metadata.get("kernelspec", {}).get("name") or DEFAULT)
    if values:
        if language not in LANGUAGES:
            raise BadRequest(f"Parameters cannot be given to a notebook in {language}.")
        cell = nbformat.v4.new_code_cell(
            assignments(values, language), metadata={"tags": [INJECTED]}
        )
        if notebook.nbformat_minor < 5:
            del cell["id"]
        notebook.cells = injected(notebook.cells, cell)
    return notebook


def _language(kernel: str) -> str:
    try:
        return str(get_kernel_spec(kernel).language)
    except NoSuchKernel:
        raise BadRequest(f"There is no kernel {kernel!r} here; --kernel names another.") from None


class Stopped(Exception):
    """A person has stopped the run between two cells."""


class NotebookRun:
    """One notebook on its way through a kernel of its own."""

    def __init__(
        self,
        notebook: Any,
        target: Path,
        hooks: Hooks,
        *,
        kernel: str | None = None,
        allow_errors: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """`target` is the file that is written."""
        self.notebook = notebook
        self.status = OK
        self.said = ""
        self.cells_run = 0
        self._target = target
        self._hooks = hooks
        self._progress = progress
        self._stopping = 0
        self._saved_at = time.monotonic()
        self._cell: Any = None
        name = kernel or notebook.metadata.get("kernelspec", {}).get("name") or DEFAULT
        self.manager = AsyncKernelManager(kernel_name=name)
        self._client = NotebookClient(
            notebook,
            km=self.manager,
            timeout=None,
            allow_errors=allow_errors,
            record_timing=False,
            resources={"metadata": {"path": str(target.parent)}},
            on_cell_execute=self._about_to_run,
            on_cell_error=self._cell_failed,
        )

    async def run(self) -> str:
        """Run everything; the file is written however that ends."""
        self._hooks.adopt(self.manager)
        with self._signals():
            try:
                await self._client.async_start_new_kernel()
                await self._client.async_start_new_kernel_client()
                self._watch_requests()
                await self._cells()
            except (CellExecutionError, DeadKernelError) as error:
                self.said = self.said or str(error)
                self.status = FAILED
            except Stopped:
                pass
            finally:
                await self._end()
        if self._stopping:
            self.status = INTERRUPTED
        self.save()
        return self.status

    def save(self) -> None:
        """Write the notebook, all of it or nothing."""
        write_atomically(self._target, nbformat.writes(self.notebook) + "\n")
        self._saved_at = time.monotonic()
        self._hooks.saved()

    async def _cells(self) -> None:
        await self._take_language()
        cells = self.notebook.cells
        for index, cell in enumerate(cells):
            if self._stopping:
                raise Stopped
            self._progress(index, len(cells))
            await self._client.async_execute_cell(
                cell, index, execution_count=self._client.code_cells_executed + 1
            )
            if time.monotonic() - self._saved_at > SAVE_SECONDS:
                self.save()
        self._progress(len(cells), len(cells))
        self._client.set_widgets_metadata()

    async def _take_language(self) -> None:
        client: Any = self._client.kc
        info = await self._client.async_wait_for_reply(client.kernel_info())
        language = (info or {}).get("content", {}).get("language_info")
        if language:
            self.notebook.metadata["language_info"] = language

    def _watch_requests(self) -> None:
        """Tell of each request before it is sent, for the kernel may be quick to begin."""
        channel: Any = self._client.kc.shell_channel  # type: ignore[union-attr] # it has started
        send = channel.send

        def telling(message: dict[str, Any]) -> None:
            if message["header"]["msg_type"] == "execute_request" and self._cell is not None:
                self._hooks.asked(
                    self.manager.kernel_id,
                    message["header"]["msg_id"],
                    self._cell.get("id"),
                    message["content"]["code"],
                )
            send(message)

        channel.send = telling

    async def _about_to_run(self, cell: Any, cell_index: int) -> None:
        self._cell = cell
        self.cells_run += 1

    async def _cell_failed(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        content = execute_reply["content"]
        if "raises-exception" not in cell.metadata.get("tags", []):
            self.status = FAILED
            name = content.get("ename")
            self.said = f"Cell {cell_index + 1} failed: {name}: {content.get('evalue')}"

    async def _end(self) -> None:
        with suppress(Exception):
            if self._client.kc is not None:
                self._client.kc.stop_channels()
        if self.manager.has_kernel:
            await self.manager.shutdown_kernel(now=self._stopping > 1)

    # -- Ctrl-C ----------------------------------------------------------------------------------

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        ours = (signal.SIGINT, signal.SIGTERM)
        for number in ours:
            loop.add_signal_handler(number, self._stop, number)
        try:
            yield
        finally:
            for number in ours:
                loop.remove_signal_handler(number)

    def _stop(self, number: signal.Signals) -> None:
        """The first time the cell is interrupted, as with the button; the second it is killed."""
        self._stopping += 1
        act = self._kill() if self._stopping > 1 else self._interrupt()
        self._task = asyncio.ensure_future(act)
        if number == signal.SIGTERM and self._stopping == 1:
            asyncio.get_running_loop().call_later(KILL_SECONDS, self._stop, number)

    async def _interrupt(self) -> None:
        with suppress(RuntimeError):  # no kernel is there yet, or any more
            await self.manager.interrupt_kernel()

    async def _kill(self) -> None:
        with suppress(RuntimeError):
            await self.manager.signal_kernel(signal.SIGKILL)


def write_atomically(target: Path, text: str) -> None:
    """Beside the file first, then in its place, with the same rights."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(name, mode)
        os.replace(name, os.path.realpath(target))
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
