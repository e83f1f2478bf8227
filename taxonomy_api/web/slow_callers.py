"""Callers that send or take their time do not hold up the others.

The server has many more threads than may work at once. A thread needs one of a few places to work; it
gives the place back while it waits for a body, and for good when the answer is made. So a caller that is
slow costs a thread that waits, and nobody else's turn.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import IO, Any

Application = Callable[..., Iterable[bytes]]


class Places:
    """A WSGI application around another one, in which at most `count` threads work at a time."""

    def __init__(self, application: Application, count: int) -> None:
        self._application = application
        self._free = threading.Semaphore(count)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._free)
        with self._free:
            return self._application(environ, start)


class _Body(io.RawIOBase):
    """The body of a request; who reads it leaves its place meanwhile."""

    def __init__(self, sent: IO[bytes], places: threading.Semaphore) -> None:
        self._sent = sent
        self._places = places

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """At most as much as fits, 0 at the end."""
        self._places.release()
        try:
            piece = self._sent.read(len(buffer))
        finally:
            self._places.acquire()
        buffer[: len(piece)] = piece
        return len(piece)
