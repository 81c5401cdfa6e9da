"""What was read or written lately, by bytes: the content that the next version is told against."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Any


class Cache:
    """The newest values up to so many bytes; safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The value, or None."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def get_all(self, keys: Iterable[Hashable]) -> list[Any]:
        """The values in the order of their keys, None for each that is not there."""
        get, used = self._values.get, self._values.move_to_end
        with self._lock:
            found: list[Any] = []
            for key in keys:
                one = get(key)
                if one is not None:
                    used(key)
                    one = one[0]
                found.append(one)
            return found

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value that takes about `size` bytes; what was not used for longest goes."""
        if size > self._limit // 4:
            return
        with self._lock:
            before = self._values.pop(key, None)
            self._left += (before[1] if before else 0) - size
            self._values[key] = (value, size)
            while self._left < 0:
                _, (_, freed) = self._values.popitem(last=False)
                self._left += freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._left = self._limit
