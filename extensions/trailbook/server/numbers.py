"""Whether all that a kernel has said has arrived: kernels number their messages.

A kernel does not wait for whoever listens; what its own queue cannot hold it drops (IPython's
after a thousand messages). The numbers run through all channels, so what went elsewhere is taken
off: one answer to each request, and what a run has asked its person.
"""

from typing import NamedTuple

BURST = 500
"""A kernel's queue does not overflow with less; shorter runs are not judged."""


class Mark(NamedTuple):
    """Where the count stood at some message."""

    sender: str
    number: int
    received: int
    answers: int


class Numbers:
    """The numbers of one kernel's messages."""

    def __init__(self) -> None:
        self._now = Mark("", 0, 0, 0)

    def hear(self, msg_id: str, *, ends_a_request: bool) -> None:
        """A message has arrived; the last of a request means that it has been answered."""
        sender, _, digits = msg_id.rpartition("_")
        if not sender or not digits.isdecimal():
            self._now = Mark("", 0, 0, 0)  # a kernel with ids of another kind
            return
        before = self._now if sender == self._now.sender else Mark(sender, 0, 0, 0)
        self._now = Mark(
            sender,
            max(before.number, int(digits)),
            before.received + 1,
            before.answers + ends_a_request,
        )

    def elsewhere(self, msg_id: str) -> None:
        """A message, an answer, is known to have gone another way."""
        if msg_id.rpartition("_")[0] == self._now.sender:
            before = self._now
            self.hear(msg_id, ends_a_request=True)
            self._now = self._now._replace(received=before.received)

    def mark(self) -> Mark:
        """Where the count stands."""
        return self._now

    def missing_since(self, mark: Mark, questions: int) -> int:
        """How many messages have been sent since then and have not arrived."""
        now = self._now
        span = now.number - mark.number
        if not now.sender or now.sender != mark.sender or span < BURST:
            return 0
        arrived = now.received - mark.received
        return max(0, span - arrived - (now.answers - mark.answers) - questions)
