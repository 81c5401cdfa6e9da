"""What runs ask their people for and what these type, kept until it stands between outputs.

It is heard in the server's thread and put in its place in the tap's. A question comes another way
than output and may overtake it, or be overtaken while the tap has something else to do; the
kernel's own times say what came first. Whatever a run prints after an answer is heard after the
answer: the kernel has it from us.
"""

from collections import OrderedDict, deque

MOST = 1000
"""So many runs are known that have asked for something."""


class Dialogue:
    """The questions of one run, and the answers. One thread writes, one takes."""

    def __init__(self) -> None:
        self.questions = 0
        self._said: deque[tuple[int, str]] = deque()  # kernel's time of the question, text
        self._asked_at = 0

    def asked(self, at: int, prompt: str) -> None:
        """The run asks for a line; `at` is the kernel's time, in microseconds."""
        self._asked_at = at
        self._said.append((at, prompt))
        self.questions += 1

    def typed(self, text: str) -> None:
        """The person has typed it; the kernel has not seen it yet."""
        self._said.append((self._asked_at, text))

    def take(self, until: int | None = None) -> str:
        """What was said in questions before a kernel's time, or all; it is taken only once."""
        taken = []
        while self._said and (until is None or self._said[0][0] < until):
            taken.append(self._said.popleft()[1])
        return "".join(taken)


NOTHING = Dialogue()
"""Of a run that has asked for nothing."""


class Dialogues:
    """The dialogues of a server's runs, by kernel and message id of the request."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Dialogue] = OrderedDict()

    def open(self, kernel_id: str, msg_id: str) -> Dialogue:
        """The dialogue of a run that asks or is answered; the oldest go when there are many."""
        key = kernel_id, msg_id
        dialogue = self._known.get(key)
        if dialogue is None:
            dialogue = self._known[key] = Dialogue()
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return dialogue

    def of(self, kernel_id: str, msg_id: str) -> Dialogue:
        """What a run has asked for so far."""
        return self._known.get((kernel_id, msg_id), NOTHING)

    def close(self, kernel_id: str, msg_id: str) -> None:
        """This run is over."""
        self._known.pop((kernel_id, msg_id), None)

    def forget(self, kernel_id: str) -> None:
        """All runs of this kernel are over."""
        for key in list(self._known):
            if key[0] == kernel_id:
                self._known.pop(key, None)
