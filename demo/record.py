"""Records the demo project: `make demo`.

A real Jupyter server with the real recorder executes the story; nothing in the recording is
written by hand, and its times are those of the run.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk import Desk, Page
from story import CHARTER, NAME, PEOPLE, SLUG, Move, moves
from trailbook.access import Role
from trailbook.store.people.persons import DEMO
from trailbook.store.recording.export import export_project
from trailbook.store.sql import SqlStore
from trailbook.store.views import Charter, PersonView, ProjectView

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "hub" / "trailbook_hub" / "demo"
PATIENCE = 60.0


def main() -> None:
    """Record everything anew and put it where the package ships it."""
    with tempfile.TemporaryDirectory(prefix="trailbook-demo-") as folder:
        place = Path(folder)
        store = SqlStore.open(place / "store.sqlite")
        people = {name: store.person(name, DEMO, shown) for name, shown in PEOPLE.items()}
        project = begin(store, people)
        tokens = {name: secrets.token_hex(16) for name in people}
        with server(place, project, tokens) as url:
            Recording(store, project, people, url, tokens).play()
        problems = store.check()
        if problems:
            raise SystemExit("\n".join(problems))
        ship(store, project, place / "files")
        store.close()


def begin(store: SqlStore, people: dict[str, PersonView]) -> ProjectView:
    """The project with its charter and its members."""
    first, *others = people.values()
    charter = Charter(**CHARTER)
    project = store.create_project(SLUG, NAME, charter, by=first.id, demo=True)
    store.set_member(project.id, first.id, Role.MAINTAINER, by=first.id)
    for person in others:
        store.set_member(project.id, person.id, Role.CONTRIBUTOR, by=first.id)
    return project


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(place: Path, project: ProjectView, tokens: dict[str, str]) -> Iterator[str]:
    """A Jupyter server with the project's folder as its root."""
    (place / "files").mkdir()
    port = free_port()
    config = {
        "ServerApp": {
            "jpserver_extensions": {"trailbook": False, "two_people": True},
            "identity_provider_class": "two_people.TwoPeople",
            "root_dir": str(place / "files"),
            "allow_root": True,
            "open_browser": False,
            "port": port,
            "port_retries": 0,
            "log_level": "ERROR",
        },
        "DemoApp": {"service_url": "http://127.0.0.1:1/", "start_delay": 0.0, "look_delay": -1.0},
    }
    (place / "config").mkdir()
    (place / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "JUPYTER_CONFIG_DIR": str(place / "config"),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "TRAILBOOK_SPOOL": str(place / "spool"),
        "TRAILBOOK_ENVIRONMENT": "common",
        "DEMO_STORE": str(place / "store.sqlite"),
        "DEMO_PROJECT": project.id,
        "DEMO_TOKENS": " ".join(f"{token}={name}" for name, token in tokens.items()),
    }
    process = subprocess.Popen([sys.executable, "-m", "jupyter_server"], env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


class Recording:
    """The story being played."""

    def __init__(
        self,
        store: SqlStore,
        project: ProjectView,
        people: dict[str, PersonView],
        url: str,
        tokens: dict[str, str],
    ) -> None:
        self.store, self.project, self.people = store, project, people
        self.desks = {name: Desk(url, token) for name, token in tokens.items()}
        self.pages: dict[str, Page] = {}

    def play(self) -> None:
        """Every move, in order."""
        self._wait_for_the_server()
        for move in moves():
            print(f"{move.who} {move.verb} {move.what}", flush=True)
            if move.verb == "notes":
                self._note(move)
            elif move.verb == "saves":
                self.desks[move.who].put_file(move.what, move.text)
            else:
                self._edit(self._page(move), move)
        self._close()
        time.sleep(3)  # the end of the kernel sessions is on its way to the store

    def _edit(self, page: Page, move: Move) -> None:
        if move.verb == "writes":
            page.text(move.what, move.text)
        elif move.verb == "runs":
            page.run(move.what, move.text)
        else:
            page.delete(move.what)

    def _page(self, move: Move) -> Page:
        """The open notebook; whoever opens another one has left the one before."""
        if move.notebook not in self.pages:
            self._close()
            self.pages[move.notebook] = self.desks[move.who].open(move.notebook)
        return self.pages[move.notebook]

    def _close(self) -> None:
        for page in self.pages.values():
            page.close()
        self.pages = {}

    def _note(self, move: Move) -> None:
        person = self.people[move.who]
        self.store.add_note(
            step=self._last_run(move),
            snapshot=None,
            kind=move.kind,
            text=move.text,
            person=person.id,
            author=person.name,
            author_basis="reported",
        )

    def _last_run(self, move: Move) -> str:
        """The newest finished run of the cell, as soon as the store has it."""
        source = self.pages[move.notebook].source(move.what)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(0.3)
            notebooks = self.store.notebooks(self.project.space)
            found = [notebook for notebook in notebooks if notebook.path == move.notebook]
            steps = self.store.steps(found[0].id, newest=True).steps if found else []
            for step in reversed(steps):
                if step.type == "run" and step.finished_at and step.source == source:
                    return step.id
        raise SystemExit(f"The run of {move.what!r} was not recorded within {PATIENCE:.0f} s.")

    def _wait_for_the_server(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.desks["ada"].ask("GET", "api/status")
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)


def ship(store: SqlStore, project: ProjectView, files: Path) -> None:
    """The recording, and the project's folder as it was at the end."""
    shutil.rmtree(SHIPPED / "files", ignore_errors=True)
    shutil.copytree(files, SHIPPED / "files", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    recording = SHIPPED / "recording.tbk"
    recording.write_bytes(b"".join(export_project(store, project.slug)))
    print(f"{recording}: {recording.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
