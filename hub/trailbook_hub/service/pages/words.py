"""What happened, in words for people."""

import datetime
import re
from collections.abc import Iterable, Mapping

GAP_REASONS = {
    "disk-full": "the disk was full",
    "too-large": "the notebook was larger than what is recorded",
    "paused": "recording was paused",
    "recording-off": "recording was switched off",
    "recorder-failed": "the recorder failed",
    "spool-damaged": "what waited to be sent was damaged",
    "stalled": "the recorder could not keep up",
    "overflow": "the kernel printed faster than anybody could listen",
    "no-end": "the kernel did not say that the run was over",
    "changed-outside": "the notebook changed outside this workspace",
    "files-too-many": "more files lie beside this notebook than are kept; those in its own folder "
    "are",
}
DATA_STATES = {
    "first": "seen here for the first time",
    "same": "the same as last time",
    "changed": "not the same as last time",
    "unknown": "its state is not known",
}
DATA_UNKNOWN = {
    "not-there": "there was no such file",
    "not-local": "it is not on this server",
    "not-readable": "it could not be read",
    "no-file": "it is no plain file",
    "folder": "it is a folder",
    "too-slow": "reading it took too long",
    "changing": "it was being written",
    "changed": "it changed while this ran",
}
DOUBTS = {
    "during": "changed while this ran",
    "meanwhile": "may have been another version",
}
STATUSES = {
    "running": "still running",
    "ok": "finished",
    "error": "failed",
    "aborted": "not run, because an earlier cell failed",
    "interrupted": "interrupted",
    "died": "the kernel died",
    "unknown": "how it ended is not recorded",
}
ROLES = {
    "viewer": "reads everything",
    "contributor": "reads and works",
    "maintainer": "works, and manages charter, people and recording",
}
BASES = {
    "reported": "Named by the project's server, or by whoever imported this.",
    "unknown": "Who did this is not recorded.",
    "named": "A name that came with the history; nobody here is known to stand behind it.",
}
STAGES = ("formulation", "experimentation", "deployment", "monitoring")
NOTE_KINDS = {"why": "Why", "dead-end": "Dead end", "decision": "Decision", "note": "Note"}
CAUSES = {
    "save": "saved",
    "changed-outside": "changed outside",
    "restore": "restored",
    "upload": "uploaded",
    "imported": "imported from git",
}


def count(number: int, one: str, many: str = "") -> str:
    """`1 run`, `14 runs`, `10,000 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def duration(microseconds: int) -> str:
    """`340 ms`, `1.2 s`, `4 min 10 s`, `2 h 5 min`."""
    seconds = max(microseconds, 0) / 1e6
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def left(microseconds: int) -> str:
    """`any moment now`, `in 45 seconds`, `in 2 minutes`."""
    seconds = -(-microseconds // 1_000_000)
    if seconds <= 1:
        return "any moment now"
    if seconds < 100:
        return f"in {seconds} seconds"
    return f"in {round(seconds / 60)} minutes"


def size(count_of_bytes: int) -> str:
    """`640 bytes`, `12 kB`, `3.4 MB`, `5.0 GB`."""
    if count_of_bytes < 1000:
        return count(count_of_bytes, "byte")
    if count_of_bytes < 1_000_000:
        return f"{count_of_bytes / 1e3:.0f} kB"
    if count_of_bytes < 1_000_000_000:
        return f"{count_of_bytes / 1e6:.1f} MB"
    return f"{count_of_bytes / 1e9:.1f} GB"


def moment(microseconds: int) -> datetime.datetime:
    """The time in UTC."""
    return datetime.datetime.fromtimestamp(microseconds / 1e6, datetime.timezone.utc)


def day(microseconds: int) -> str:
    """`Tue 3 Nov 2026`."""
    at = moment(microseconds)
    return f"{at:%a} {at.day} {at:%b %Y}"


def clock(microseconds: int) -> str:
    """`14:05`."""
    return f"{moment(microseconds):%H:%M}"


def first_line(source: str) -> str:
    """What a run is about: its first comment or statement; imports and magics only if alone."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    for line in lines:
        if words := re.fullmatch(r"#+\s*(?:%%)?\s*([^\W\d_].*)", line):
            return words.group(1)
        if not re.match(r"(import|from)\s|%%?\w|#|library\(|using\s", line):
            return line
    return lines[0] if lines else ""


def surroundings(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """The first things to know of what was around a kernel; git's commit is said by itself."""
    known = [(key, value) for key, value in environment.items() if value]
    return [(key.replace("_", " "), value) for key, value in known if "git" not in key][:3]


def commit(environment: Mapping[str, str]) -> str:
    """`1a2b3c4`: the commit that a kernel's folder stood at, empty when none is known."""
    id_ = environment.get("git_commit", "")
    return id_[:7] if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", id_) else ""


def gap_reason(reason: str) -> str:
    """Why something is missing."""
    return GAP_REASONS.get(reason, reason.replace("-", " "))
