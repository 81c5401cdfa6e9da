"""Prepare this checkout and start, or test, the workspace: `make start`, `make test`.

Needs nothing but the standard library, and reads on Python 3.6 so that an old Python gets a
sentence instead of a traceback.
"""

import os
import sys

from machine import find_browser
from progress import Missing, say
from stamps import ROOT
from work import VENV, prepare, venv_path

# Each file's tests in one worker, which keeps what they share, and the files in their order.
WORKERS = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]


def start(arguments):
    """Prepare, then become the workspace; its own output follows."""
    prepare()
    say("Starting the workspace")
    program = str(venv_path(VENV, "trailbook"))
    os.chdir(str(ROOT))
    os.execv(program, [program, "hub", "up", "--data", "./data", *arguments])


def test(arguments):
    """Prepare, find a browser, then become pytest with every test selected."""
    prepare("develop.txt")
    browser = find_browser(str(venv_path(VENV, "python")))
    say(f"Browser: {browser}" if browser else "No browser, and none could be installed")
    pytest(VENV, ["--everything", *WORKERS, *arguments], TRAILBOOK_BROWSER=browser or "")


def test_hub55(arguments):
    """The hub's tests on the newest JupyterHub 5.5, in an environment of its own."""
    venv = ROOT / ".venv-hub55"
    prepare("hub55.txt", venv)
    pytest(venv, ["tests/trailbook_hub", *arguments])


def pytest(venv, arguments, **environment):
    """Become pytest."""
    python = str(venv_path(venv, "python"))
    path = "{}{}{}".format(venv / "bin", os.pathsep, os.environ["PATH"])
    os.chdir(str(ROOT))
    os.execve(
        python, [python, "-m", "pytest", *arguments], dict(os.environ, PATH=path, **environment)
    )


COMMANDS = {
    "prepare": lambda arguments: prepare("develop.txt"),
    "start": start,
    "test": test,
    "test-hub55": test_hub55,
}


def main():
    """Run the command that the Makefile names."""
    try:
        COMMANDS[sys.argv[1]](sys.argv[2:])
    except Missing as missing:
        say("Stopped.")
        sys.exit(str(missing))
    except KeyboardInterrupt:
        say("Stopped; the next start goes on from here.")
        sys.exit(130)


if __name__ == "__main__":
    main()
