"""Results kept for whoever asks the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Remembered:
    """The `most` results asked for last. Threads may share it; two that ask at once may both make one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for `key`, which `make` gives where it is not remembered; what raises is not kept."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                found: T = self._found[key]
                return found
        made = make()
        with self._lock:
            kept: T = self._found.setdefault(key, made)
            if len(self._found) > self._most:
                self._found.popitem(last=False)
            return kept

    def __len__(self) -> int:
        return len(self._found)
