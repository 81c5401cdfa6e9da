"""A real JupyterLab on a laptop: its own folders, a real kernel, no hub."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

import hubs

TOKEN = "only-for-this-test"  # noqa: S105 -- a server that lives for some tests
NOBODYS_NEWS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
OTHER_EXTENSIONS = {"disabledExtensions": {"nbdime-jupyterlab": True}}
NOT_OURS = (
    "Could not find a provider for",  # jupyter-collaboration, with shared documents switched off
    "Could not restore the debugger state",  # JupyterLab, when a notebook is closed at once
)


def notebook(*sources: str) -> dict[str, Any]:
    """A notebook of code cells, with the ids c1, c2 …"""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources, 1)
    ]
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    metadata = {"kernelspec": spec, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


@dataclass
class RunningLab:
    """A started JupyterLab, and its API as a person's own tools would use it."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def write(self, name: str, *sources: str) -> None:
        """Put a notebook on disk, as another program would."""
        (self.folder / name).write_text(json.dumps(notebook(*sources)))

    def sources(self, name: str) -> list[str]:
        """The cells of a notebook on disk."""
        cells = json.loads((self.folder / name).read_text())["cells"]
        return ["".join(cell["source"]) for cell in cells]

    def ask(self, route: str, **query: str) -> Any:
        """An answer of the server's Trailbook routes."""
        headers = {"Authorization": f"token {TOKEN}"}
        url = f"{self.url}trailbook/{route}"
        answer = requests.get(url, params=query, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def steps(self, name: str) -> list[dict[str, Any]]:
        """What is recorded of a notebook, oldest first."""
        place = self.ask("notebook", path=name)
        found = self.ask("api/notebooks", space=place["space"], path=place["path"])
        return self.ask(f"api/notebooks/{found[0]['id']}/steps")["steps"] if found else []

    def agree(self) -> None:
        """Say that the notice on what is recorded was read."""
        headers = {"Authorization": f"token {TOKEN}"}
        url = f"{self.url}trailbook/api/me/consent"
        requests.put(url, headers=headers, timeout=60).raise_for_status()


def start_lab(home: Path, *arguments: str) -> RunningLab:
    """Start JupyterLab with folders of its own, and wait until it answers."""
    work, config = home / "work", home / "config"
    work.mkdir(parents=True)
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(NOBODYS_NEWS))
    (config / "labconfig" / "page_config.json").write_text(json.dumps(OTHER_EXTENSIONS))
    folders = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    port = hubs.free_port()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={work}"),
        *("--LabApp.expose_app_in_browser=True", *arguments),
    ]
    environment = {key: value for key, value in os.environ.items() if "JUPYTERHUB" not in key}
    environment |= {key: str(folder) for key, folder in folders.items()}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=work)
    base = next((each.split("=")[1] for each in arguments if "base_url" in each), "/")
    lab = RunningLab(f"http://127.0.0.1:{port}{base}", work, process)

    def answers() -> bool:
        assert process.poll() is None, (home / "log").read_text()
        try:
            return bool(lab.ask("status"))
        except requests.ConnectionError:
            return False

    hubs.until(answers, 60)
    return lab


def stop_lab(lab: RunningLab) -> None:
    """Stop it as Ctrl-C would, and its kernels with it."""
    lab.process.send_signal(signal.SIGTERM)
    lab.process.wait(30)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """JupyterLab with one writer per document."""
    arguments = ("--YDocExtension.disable_rtc=True", "--ServerApp.base_url=/user/alice/")
    running = start_lab(tmp_path_factory.mktemp("lab"), *arguments)
    running.agree()
    yield running
    stop_lab(running)


@pytest.fixture(scope="session")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """JupyterLab whose documents several people can edit at once."""
    running = start_lab(tmp_path_factory.mktemp("shared"), "--YDocExtension.disable_rtc=False")
    running.agree()
    yield running
    stop_lab(running)


class Desk:
    """One person in front of one notebook, with the history beside it."""

    def __init__(self, page: Page, lab: RunningLab, name: str) -> None:
        self.page = page
        self.lab = lab
        self.name = name
        self.steps = page.locator(".trailbook-Step-line")
        self.complaints: list[str] = []
        self.may_complain = False
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.kernel = page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel)")

    def _on_console(self, message: Any) -> None:
        known = self.may_complain or any(part in message.text for part in NOT_OURS)
        if message.type == "error" and not known:
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def arrive(self) -> None:
        """Follow a link to the notebook."""
        self.page.goto(f"{self.lab.url}lab/tree/{self.name}?reset&token={TOKEN}")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)

    def open(self, *, history: bool = True) -> "Desk":
        """Open the notebook, and the panel with it."""
        self.arrive()
        expect(self.kernel).to_contain_text("Idle", timeout=60_000)
        if history:
            self.page.locator(".jp-SideBar [data-id='trailbook-history']").click()
        return self

    def start(self, number: int) -> None:
        """Start one cell, from 1, and do not wait for it."""
        self.cell(number).click()
        self.page.keyboard.press("Control+Enter")

    def run(self, number: int) -> None:
        """Run one cell, from 1, until it is done and in the history."""
        prompt = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").nth(number - 1)
        self.start(number)
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
        count = prompt.inner_text().strip(":")
        expect(self.steps.filter(has_text=count).first).not_to_contain_text("running")

    def cell(self, number: int) -> Any:
        """The editor of one cell, from 1."""
        return self.page.locator(".jp-Notebook .jp-CodeCell .cm-content").nth(number - 1)

    def save(self) -> None:
        """Save with the keyboard."""
        self.page.locator(".jp-Notebook").first.press("Control+s")

    def write(self, number: int, source: str) -> None:
        """Replace the source of one cell, from 1."""
        self.cell(number).fill(source)

    def sources(self) -> list[str]:
        """The cells of the open document."""
        found: list[str] = self.page.evaluate(
            """() => {
                const widgets = Array.from(window.jupyterapp.shell.widgets('main'));
                const panel = widgets.find(widget => widget.context && widget.content.model);
                return Array.from(panel.content.model.sharedModel.cells).map(cell => cell.source);
            }"""
        )
        return found

    def choose(self, number: int) -> None:
        """Put the focus on one line of the history, from 1, the newest."""
        self.steps.nth(number - 1).focus()

    def press(self, label: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=label, exact=True).last.click()


@pytest.fixture
def desk(
    somebody: Callable[[], Page],
) -> Iterator[Callable[[RunningLab, str], Desk]]:
    """Calling it sits somebody down; afterwards nothing may have complained in the console."""
    desks: list[Desk] = []
    expect.set_options(timeout=hubs.patience(15) * 1000)

    def sit_down(lab: RunningLab, name: str) -> Desk:
        desks.append(Desk(somebody(), lab, name))
        return desks[-1]

    yield sit_down
    assert [words for at in desks for words in at.complaints] == []
