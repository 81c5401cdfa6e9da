"""The work: the environment, the locked packages, the bundles, the package itself."""

import os
import shutil
import subprocess
import threading

from machine import check_node, find_python, probe
from progress import Missing, say
from stamps import ROOT, Stamps, fingerprint

VENV = ROOT / ".venv"
TYPESCRIPT = ["extensions/ui", "extensions/lab", "hub/pages", "tsconfig.json", "package.json"]
PACKAGE = [
    "pyproject.toml",
    "package.json",
    "extensions/trailbook/server/trailbook.json",
    "extensions/lab/install.json",
]
LAB_BUNDLE = "extensions/trailbook/labextension"
BUNDLES = [LAB_BUNDLE + "/package.json", "hub/trailbook_hub/service/static"]


def run(command, what, **environment):
    """Run a command quietly; when it fails, show the end of what it said."""
    log = VENV / "logs" / (what.replace(" ", "-") + ".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        code = subprocess.call(
            [str(part) for part in command],
            cwd=str(ROOT),
            env=dict(os.environ, **environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Missing(f"{what} failed (all of it is in {log}):\n{tail}")


def venv_path(venv, name):
    """A program of the environment."""
    return venv / "bin" / name


def make_venv(venv):
    """An environment that runs; one that does not, or was moved here, is made again."""
    stamps = Stamps(venv)
    if probe(str(venv_path(venv, "python"))) and stamps.fresh("place", str(venv)):
        return
    python = find_python()
    say(f"Making the environment {venv.name}")
    shutil.rmtree(str(venv), ignore_errors=True)
    run([python, "-m", "venv", venv], "making the environment")
    stamps.done("place", str(venv))


def install_lock(venv, lock):
    """The locked Python packages."""
    stamps, value = Stamps(venv), fingerprint([f"requirements/{lock}"])
    if stamps.fresh("lock", value):
        return
    if lock == "run.txt" and stamps.fresh("lock", fingerprint(["requirements/develop.txt"])):
        return  # it holds all of this one
    count = sum("==" in line for line in (ROOT / "requirements" / lock).read_text().splitlines())
    say(f"Installing up to {count} Python packages (requirements/{lock})")
    pip = [venv_path(venv, "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    # The lock is complete: nothing is left to resolve. Bytecode is made below, on all cores, but
    # not of the packages' own tests, a third of all.
    run(
        [*pip, "--no-deps", "--no-compile", "--progress-bar=off", "-r", f"requirements/{lock}"],
        f"installing the Python packages of {lock}",
    )
    compile_all = [venv_path(venv, "python"), "-m", "compileall", "-q", "-j0", "-x", "/tests/"]
    subprocess.call([str(part) for part in [*compile_all, venv / "lib"]], stdout=subprocess.DEVNULL)
    stamps.done("lock", value)
    say("Python packages are installed")


def build_pages(stamps):
    """The npm packages, the compiled TypeScript, the bundles of the hub's pages."""
    value = fingerprint(["package.json", "package-lock.json"])
    if not stamps.fresh("npm", value) or not (ROOT / "node_modules").is_dir():
        say("Installing the npm packages")
        run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
            "installing the npm packages",
        )
        stamps.done("npm", value)
    say("Compiling the TypeScript and bundling the pages")
    run(["npm", "run", "build:lib"], "compiling the TypeScript")
    run(["npm", "run", "build:pages"], "bundling the pages")


def build_lab(venv):
    """The JupyterLab extension's bundle; its builder is a Python package."""
    path = "{}{}{}".format(venv / "bin", os.pathsep, os.environ["PATH"])
    run(["npm", "run", "build:lab"], "bundling the JupyterLab extension", PATH=path)
    say("The pages and the JupyterLab extension are built")


def install_package(venv):
    """The checkout itself, editable; pip copies the JupyterLab bundle where Jupyter looks."""
    stamps, value = Stamps(venv), fingerprint([*PACKAGE, LAB_BUNDLE])
    if stamps.fresh("package", value):
        return
    command = [venv_path(venv, "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    run(
        [*command, "--no-deps", "--no-build-isolation", "--editable", "."],
        "installing trailbook",
        HATCH_JUPYTER_BUILDER_SKIP_NPM="1",
    )
    stamps.done("package", value)
    say("Trailbook is installed")


def together(*works):
    """Do all at once; the first failure is raised when all have ended."""
    failures = []

    def guarded(work):
        try:
            work()
        except Exception as failure:  # it is raised below, in the main thread
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # with a time limit, so that Ctrl-C is heard
    if failures:
        raise failures[0]


def prepare(lock="run.txt", venv=VENV):
    """Everything up to an installed package; nothing of it twice."""
    built = fingerprint([*TYPESCRIPT, "package-lock.json"])
    stamps = Stamps(ROOT / "node_modules")
    must_build = not stamps.fresh("built", built) or not all((ROOT / b).exists() for b in BUNDLES)
    if must_build:
        check_node()
    make_venv(venv)
    if must_build:
        together(lambda: install_lock(venv, lock), lambda: build_pages(stamps))
        build_lab(venv)
        stamps.done("built", built)
    else:
        install_lock(venv, lock)
    install_package(venv)
