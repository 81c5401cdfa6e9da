"""Wall time, for people only: nothing is ordered by a recorder's clock."""

import time


def now_us() -> int:
    """Microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000
