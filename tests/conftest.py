"""What a run of the tests leaves out, and says that it leaves out.

Plain `pytest` runs what needs no browser, no hub and no other programs. `--everything`
(`make test`) runs the rest too, as far as this machine has the parts; a part that is missing is
a skip with its reason. With CI=true a skip is a failure: there, every part has to be present.
"""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytest_jupyter.jupyter_server"]

ROOT = Path(__file__).parent.parent
ASKED_FOR = ("hub", "browser", "isolated", "r", "lint", "wheel", "reliability")
NOTHING_MAY_BE_LEFT_OUT = os.environ.get("CI") == "true"
REAL_PARTS = ("hub", "browser", "isolated")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--everything", action="store_true", help="also the slow tests, and CI's")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist, which is always given paths, whether somebody named one."""
    node.workerinput["named"] = _named(node.config)


def _named(config: pytest.Config) -> bool:
    told: dict[str, bool] = getattr(config, "workerinput", {})
    return told.get("named", config.args_source is config.ArgsSource.ARGS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, for tests mostly wait; and few, for each starts hubs."""
    return min(4, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what nobody asked for: by `--everything`, by `-m`, or by naming a path.

    The browser comes last: once its driver runs, its event loop holds this thread.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    _once_more_under_ci(items)
    if _named(config) or config.getoption("--everything") or config.getoption("-m"):
        return
    kept = [item for item in items if not any(map(item.get_closest_marker, ASKED_FOR))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _once_more_under_ci(items: list[pytest.Item]) -> None:
    """Try again, once, what starts real hubs, kernels and browsers: CI's machine may be loaded.

    The closing line counts each rerun, and each is a race that wants to be found.
    """
    if not NOTHING_MAY_BE_LEFT_OUT:
        return
    servers = ROOT / "tests" / "trailbook" / "server"
    for item in items:
        if any(map(item.get_closest_marker, REAL_PARTS)) or servers in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, missing in MISSING.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    return _no_skip_under_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    return _no_skip_under_ci((yield))


def _no_skip_under_ci(report):
    if NOTHING_MAY_BE_LEFT_OUT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"With CI=true nothing may be left out, and this was: {report.longrepr}"
    return report


# --- the parts that a machine may lack -------------------------------------------------------


@functools.cache
def find_browser() -> str | None:
    """Chromium or Chrome: named by `make test`, else the system's."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = [os.environ.get("TRAILBOOK_BROWSER"), *map(shutil.which, names)]
    return next((path for path in found if path), None)


def _no_browser() -> str | None:
    return None if find_browser() else "there is no Chromium or Chrome here"


@functools.cache
def _no_r() -> str | None:
    if shutil.which("Rscript") is None:
        return "R is not installed"
    asked = "quit(status = !requireNamespace('IRkernel', quietly = TRUE))"
    there = subprocess.run(["Rscript", "-e", asked], check=False, capture_output=True)
    return "R has no IRkernel here" if there.returncode else None


def _no_hub() -> str | None:
    if importlib.util.find_spec("jupyterhub_traefik_proxy") is None:
        return "the hub's packages are not installed: pip install 'trailbook[hub]'"
    return None


def _no_accounts() -> str | None:
    if os.geteuid() != 0:
        return "OS accounts can be made by root only"
    missing = [name for name in ("useradd", "userdel", "setfacl") if shutil.which(name) is None]
    return f"{', '.join(missing)} not found" if missing else None


def _no_node() -> str | None:
    return None if (ROOT / "node_modules").is_dir() else "the npm packages are not installed"


MISSING = {
    "hub": _no_hub,
    "browser": _no_browser,
    "isolated": _no_accounts,
    "r": _no_r,
    "lint": _no_node,
    "wheel": _no_node,
}


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser's program."""
    path = find_browser()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def r_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for JUPYTER_PATH with the kernel `ir`, whatever is installed for the user."""
    folder = tmp_path_factory.mktemp("jupyter-with-r")
    spec = folder / "kernels" / "ir" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = ["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "R", "language": "R"}))
    return folder
