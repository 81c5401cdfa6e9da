"""Words for a terminal: what others wrote, made harmless; moments; numbers with their words."""

import re
from datetime import datetime, timezone

CONTROL = re.compile(r"\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[^\S\n\t ]")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LONGEST_LINE = 72


def plain(text: str) -> str:
    """Text that another person wrote, without what would steer a terminal."""
    return UNSEEN.sub("", CONTROL.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """The first line that says something."""
    lines = [line.strip() for line in plain(text).splitlines() if line.strip()]
    if not lines:
        return ""
    line = lines[0]
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def moment(microseconds: int | None) -> str:
    """A moment in this machine's time zone."""
    if microseconds is None:
        return "-"
    at = datetime.fromtimestamp(microseconds / 1_000_000, timezone.utc).astimezone()
    return at.strftime("%Y-%m-%d %H:%M:%S")


def counted(number: int, word: str) -> str:
    """A number with its word."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
