"""A batch landing in several transactions, so that nobody else waits long for the one writer.

What has landed is durable and is said in the receipt, also where what follows cannot land: whoever
sent it hears of that when the rest comes again.
"""

import time
from collections.abc import Callable

import msgspec

from ...errors import TrailbookError
from ..records import Receipt
from .prepare import PreparedBatch

SECONDS = 0.02
"""What a transaction is to take: about as long as its sync."""

FIRST_EVENTS = 8
"""How many events land before it is known how long one takes."""

Land = Callable[[PreparedBatch], Receipt]


def land_in_parts(land: Land, batch: PreparedBatch) -> Receipt:
    """Land a batch; raises only where nothing of it has landed."""
    receipt: Receipt | None = None
    start, count = 0, FIRST_EVENTS
    while receipt is None or start < len(batch.events):
        part = msgspec.structs.replace(batch, events=batch.events[start : start + count])
        begun = time.monotonic()
        try:
            landed = land(part)
        except TrailbookError:
            if receipt is None:
                raise
            return receipt
        receipt = landed if receipt is None else _together(receipt, landed)
        start += count
        count = _next_count(count, time.monotonic() - begun)
    return receipt


def _next_count(count: int, seconds: float) -> int:
    """As many as would have taken the time that there is, at most twice as many as before."""
    return max(1, min(2 * count, int(count * SECONDS / max(seconds, 0.001))))


def _together(before: Receipt, after: Receipt) -> Receipt:
    return Receipt(
        after.acknowledged,
        recording_off=before.recording_off or after.recording_off,
        refused=before.refused | after.refused,
    )
