"""Small, and held small: no file of ours is longer than 400 lines, none is a drawer."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST = 400
CODE = {".py", ".ts", ".tsx", ".mjs", ".js", ".css", ".html", ".sh"}
GENERATED = {"extensions/ui/schema.ts"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}


def code() -> list[Path]:
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    written = [ROOT / name for name in listed if name not in GENERATED]
    return [path for path in written if path.suffix in CODE and path.exists()]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in code()}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_no_module_is_a_drawer() -> None:
    assert not [path for path in code() if path.stem in DRAWERS]
