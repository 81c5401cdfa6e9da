"""What a person reads while this goes on."""

import sys
import time

STARTED = time.monotonic()


class Missing(Exception):
    """Something that this machine lacks: what it is, and how to get it."""


def say(text):
    """One line of progress, with the time since the start."""
    seconds = int(time.monotonic() - STARTED)
    sys.stdout.write(f"[{seconds // 60}:{seconds % 60:02}] {text}\n")  # one write: two threads say
    sys.stdout.flush()
