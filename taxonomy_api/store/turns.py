"""Processes that often write one SQLite file take turns."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.001


class Turns:
    """Two locked files beside the database: whoever holds the first is next, whoever holds the second writes.

    SQLite has a waiting writer look again after up to 100 ms, and whoever has just written is back before
    that: one process writes on and on while the answers of another wait. Here it finds the next one ahead of
    it. This is a courtesy between processes; what keeps writers apart are the locks of SQLite itself, so who
    waits too long for its turn goes on without. The locks end with the process that holds them.
    """

    def __init__(self, database: Path) -> None:
        self._next, self._writes = (_opened(Path(f"{database}-{name}")) for name in ("next", "turn"))

    @contextmanager
    def taken(self, seconds: float) -> Iterator[None]:
        """One at a time in this process. Waits at most `seconds`."""
        deadline = time.monotonic() + seconds
        _lock(self._next, deadline)
        _lock(self._writes, deadline)
        fcntl.flock(self._next, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._writes, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._next)
        os.close(self._writes)


def _opened(file: Path) -> int:
    return os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


def _lock(file: int, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(_LOOK_SECONDS)
