"""A server that has been told to stop stops.

With real-time collaboration a used room leaves worker threads behind, on which Python waits for
ever at its end: the server ignores signals and holds its port. By then everything is written.
"""

import os
import threading
import time

GRACE_SECONDS = 1.0


def guard_the_end() -> threading.Thread:
    """Let the process end soon after its main thread has, whatever other threads do."""
    thread = threading.Thread(target=_end, name="trailbook-quick-stop", daemon=True)
    thread.start()
    return thread


def _end() -> None:
    threading.main_thread().join()  # returns once the interpreter waits for other threads
    time.sleep(GRACE_SECONDS)
    os._exit(0)
