"""Patterns as git reads them."""

import subprocess
import time

import pytest

from trailbook.server.ignore import Rules, default_rules

PATTERNS = [
    "*.log", "build/", "/top.txt", "docs/*.md", "a/**/b.txt", "**/cache", "x?z.py", "[ab].py",
    "[!ab]c.py", "logs/**", "\\#name", "sp ace ", "trailing   ", "*.py\n!keep.py", "deep/er/",
    "!nothing", "#comment", "", "*", "foo\\*", "a.b", "**", "[", "mid/*/x", "a*b*c", "*a*a*",
    "*.*y", "**/x/**", "*/**/b.txt", "/**/x", "a/**/**/b.txt", "[^a]c.py", "**foo", "s*e\\ ",
]  # fmt: skip
PATHS = [
    "a.log", "sub/a.log", "build/x", "sub/build/x", "build", "top.txt", "sub/top.txt",
    "docs/a.md", "docs/sub/a.md", "a/b.txt", "a/x/b.txt", "a/x/y/b.txt", "cache/f", "p/cache",
    "xyz.py", "xz.py", "a.py", "b.py", "c.py", "cc.py", "ac.py", "logs/a", "logs/b/c", "#name",
    "sp ace", "trailing", "keep.py", "sub/keep.py", "deep/er/x", "er/x", "foo*", "foox", "axb",
    "mid/q/x", "mid/x", "mid/q/r/x", "abc", "axbxc", "acb", "aa", "banana", "ab/b.txt", "x",
]  # fmt: skip


def left_out(rules: Rules, path: str) -> bool:
    """Whether a file or one of the folders above it is left out, from the top down."""
    parts = path.split("/")
    for n, name in enumerate(parts):
        if rules.leave_out("/".join(parts[:n]), name, is_folder=n < len(parts) - 1):
            return True
    return False


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_means_what_it_means_to_git(tmp_path, pattern):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(pattern + "\n")
    asked = "\0".join(PATHS)
    answer = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"],
        input=asked,
        capture_output=True,
        text=True,
    )
    rules = Rules(()).and_of("", pattern + "\n")
    ours = {path for path in PATHS if left_out(rules, path)}
    assert ours == set(filter(None, answer.stdout.split("\0")))


def test_patterns_of_a_folder_count_from_there():
    rules = Rules(()).and_of("sub", "/a.py\n")
    assert rules.leave_out("sub", "a.py", is_folder=False)
    assert not rules.leave_out("sub/sub", "a.py", is_folder=False)


def test_a_person_may_keep_what_is_left_out_by_itself():
    rules = default_rules()
    assert rules.leave_out("", "secrets.py", is_folder=False)
    assert not rules.and_of("", "!secrets.py").leave_out("", "secrets.py", is_folder=False)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 60 + "b", "*?" * 60 + "b", "**/" * 200 + "*b", "**/a/" * 100 + "b", "[" * 900,
     "a" + " " * 900 + "b", "*[a-z]" * 60 + "!"],
)  # fmt: skip
def test_no_pattern_takes_long(pattern):
    before = time.process_time()
    rules = Rules(()).and_of("", f"{pattern}\n" * 100)
    for folder in ("", "a/" * 30 + "a"):
        assert not rules.leave_out(folder, "a" * 255, is_folder=False)
    assert time.process_time() - before < 5


@pytest.mark.parametrize("text", ["a" * 1_001, "a\n" * 1_001])
def test_a_file_that_is_no_list_of_patterns_leaves_out_what_is_beside_it(text):
    rules = Rules(()).and_of("sub", text)
    assert rules.leave_out("sub", "a.py", is_folder=False)
