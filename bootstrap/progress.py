"""What a person reads while this goes on."""

import time

STARTED = time.monotonic()


class Missing(Exception):
    """Something that this machine lacks: what it is, and how to get it."""


def say(text):
    """One line of progress, with the time since the start."""
    seconds = int(time.monotonic() - STARTED)
    print(f"[{seconds // 60}:{seconds % 60:02}] {text}", flush=True)
