"""What this machine has: a Python, Node, a browser; and how to get what it lacks."""

import json
import os
import shutil
import subprocess
import sys

from progress import Missing, say

NEEDS_PYTHON = (3, 10)
NEEDS_NODE = 20

PROBE = """
import json, sys
try:
    import ensurepip, venv
    complete = True
except ImportError:
    complete = False
print(json.dumps([list(sys.version_info[:3]), complete, sys.base_prefix]))
"""


def find_python():
    """A Python that can carry the environment; as root one that other accounts can run too."""
    too_old, incomplete, suitable = [], [], []
    for candidate in python_candidates():
        found = probe(candidate)
        if found is None:
            continue
        version, complete, prefix = found
        name = "{} ({}.{}.{})".format(candidate, *version)
        if tuple(version[:2]) < NEEDS_PYTHON:
            too_old.append(name)
        elif not complete:
            incomplete.append(name)
        else:
            private = os.geteuid() == 0 and prefix.startswith("/root/")
            suitable.append((private, candidate, name))
    if suitable:
        private, candidate, name = min(suitable, key=lambda entry: entry[0])
        say(f"Python: {name}")
        if private:
            say("It lies under /root: other accounts cannot run it, so servers cannot be isolated.")
        return candidate
    if incomplete:
        raise Missing(
            f"{incomplete[0]} has no venv module. On Debian and Ubuntu: apt install python3-venv"
        )
    found = ", ".join(too_old) or "none that runs"
    raise Missing(
        f"Python 3.10 or newer is needed; found {found}. On Debian and Ubuntu: apt install "
        "python3 python3-venv; on macOS: brew install python. "
        "PYTHON=/path/to/python3 names another one."
    )


def python_candidates():
    """Pythons to look at, the likeliest first, each once."""
    named = os.environ.get("PYTHON")
    if named:
        return [shutil.which(named) or named]
    versions = [f"python3.{minor}" for minor in (13, 12, 11, 14, 10)]
    found = [sys.executable, "/usr/bin/python3"] + [shutil.which(name) for name in versions]
    found += ["/usr/local/bin/python3", "/opt/homebrew/bin/python3"]
    return list(dict.fromkeys(path for path in found if path))


def probe(python):
    """Version, whether venv is complete, and prefix; None when it does not run."""
    try:
        output = subprocess.check_output([python, "-c", PROBE], stderr=subprocess.DEVNULL)
        return json.loads(output.decode())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def check_node():
    """Say so now when Node or npm is missing or too old."""
    how = (
        "On Debian and Ubuntu: apt install nodejs npm, or https://nodejs.org where that one is "
        "too old; on macOS: brew install node. "
        "The wheel needs no Node: pip install 'trailbook[hub]', then `trailbook hub up`."
    )
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise Missing(f"Node {NEEDS_NODE} or newer with npm is needed to build the pages. {how}")
    version = subprocess.check_output([node, "--version"]).decode().strip()
    if int(version.lstrip("v").split(".")[0]) < NEEDS_NODE:
        raise Missing(
            f"Node {NEEDS_NODE} or newer is needed to build the pages; {node} is {version}. {how}"
        )
    say(f"Node: {node} ({version})")


PLAYWRIGHTS_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_browser(python):
    """A browser for the tests, or why there is none."""
    names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
    found = [shutil.which(name) for name in names]
    found.append("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    for path in found:
        if path and os.path.exists(path):
            return path
    own = subprocess.check_output([python, "-c", PLAYWRIGHTS_OWN]).decode().strip()
    if not os.path.exists(own):
        say("No Chromium or Chrome here: Playwright fetches its own")
        quiet([python, "-m", "playwright", "install", "chromium"])
    if os.path.exists(own):
        return own
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Playwright could not: installing Debian's package chromium")
        quiet(["apt-get", "update"])
        quiet(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
    return shutil.which("chromium")


def quiet(command):
    """Run a command whose failure is nobody's end."""
    subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
