"""What reads the code without running it, as tests: one closing line for everything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.lint, pytest.mark.timeout(600)]

TOOLS = {
    "ruff": [sys.executable, "-m", "ruff", "check", "."],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "mypy": [sys.executable, "-m", "mypy"],
    "import-linter": [Path(sys.executable).with_name("lint-imports")],
    "codespell": [Path(sys.executable).with_name("codespell")],
    "eslint": ["npx", "--no-install", "eslint", "."],
    "prettier": ["npx", "--no-install", "prettier", "--check", "."],
    "tsc": ["npx", "--no-install", "tsc", "--noEmit"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str) -> None:
    found = subprocess.run(TOOLS[tool], cwd=ROOT, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-8000:] + found.stderr[-4000:]
