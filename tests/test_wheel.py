"""The wheel as a stranger meets it: a new environment, no Node, no checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the sdist: what is not in the one cannot be in the other."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-4000:] + made.stderr[-4000:]
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it and Node out of reach."""
    venv = tmp_path_factory.mktemp("stranger") / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    constraints = ROOT / "requirements" / "run.txt"
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
    command = [*pip, "--constraint", constraints, f"{wheel}[hub]"]
    made = subprocess.run(command, check=False, capture_output=True, text=True, env=no_node())
    assert made.returncode == 0, made.stderr[-4000:]
    return venv / "bin"


def no_node() -> dict[str, str]:
    """An environment in which no program is found by its name alone, Node least of all."""
    return {**os.environ, "PATH": os.devnull}


def said(*command: object) -> str:
    """What a program prints, both streams; it has to succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=no_node())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_wheel_holds_what_is_built_and_nothing_twice(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("labextensions/trailbook/package.json") for name in names)
    assert any(name.endswith("labextensions/trailbook/install.json") for name in names)
    assert any(name.endswith("jupyter_server_config.d/trailbook.json") for name in names)
    assert "trailbook_hub/service/static/reader.js" in names
    assert "trailbook/py.typed" in names
    assert not [name for name in names if name.startswith("trailbook/labextension")]
    assert not [name for name in names if name.startswith(("tests/", "demo/", "bootstrap/"))]


def test_the_wheel_holds_the_demo_projects_recording(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    recording = archive.getinfo("trailbook_hub/demo/recording.tbk")
    assert 0 < recording.file_size < 1_000_000


def test_the_command_line_says_what_it_can_do(installed: Path) -> None:
    assert "hub" in said(installed / "trailbook", "--help")
    assert "Ctrl-C" in said(installed / "trailbook", "hub", "up", "--help")


def test_jupyterlab_finds_the_prebuilt_extension(installed: Path) -> None:
    listed = said(installed / "jupyter", "labextension", "list")
    assert "trailbook v" in listed
    line = next(line for line in listed.splitlines() if "trailbook v" in line)
    assert "enabled" in line
    assert "OK" in line


def test_jupyter_server_finds_the_extension(installed: Path) -> None:
    listed = said(installed / "jupyter", "server", "extension", "list")
    assert "trailbook" in listed


def test_the_installed_packages_agree_with_each_other(installed: Path) -> None:
    said(installed / "python", "-m", "pip", "check")
