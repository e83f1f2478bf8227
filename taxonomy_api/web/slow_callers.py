"""Callers that send or take their time do not hold up the others.

The server has many more threads than may work at once. A thread needs one of a few places to work; it
gives the place back while it waits for a body, and for good when the answer is made. So a caller that is
slow costs a thread that waits, and nobody else's turn. Who is too slow is cut off, see `stalled`.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any

from werkzeug.exceptions import RequestTimeout

Application = Callable[..., Iterable[bytes]]
#: Bytes of a body that nobody needed and that is taken all the same.
_UNNEEDED = 65536


class Places:
    """A WSGI application around another one, in which at most `count` threads work at a time.

    A body that has been on its way for `seconds` is late, 0 for never: cut off then, it is a 408.
    """

    def __init__(self, application: Application, count: int, seconds: float) -> None:
        self._application = application
        self._free = threading.Semaphore(count)
        self._bodies = _Bodies(seconds)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"] = body = _Body(environ, self._free, self._bodies)
        with self._free:
            answer = self._application(environ, start)
            body.finish()
            return answer

    def body_is_late(self) -> bool:
        """Whether a thread waits for a body that is late."""
        return self._bodies.one_is_late()


class _Bodies:
    """Since when the bodies have been on their way for which a thread waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.awaited: dict[int, float] = {}

    def is_late(self, begun: float) -> bool:
        return 0 < self._seconds <= time.monotonic() - begun

    def one_is_late(self) -> bool:
        return any(self.is_late(begun) for begun in list(self.awaited.values()))


class _Body(io.RawIOBase):
    """The body of a request; who reads it leaves its place meanwhile."""

    def __init__(self, environ: dict[str, Any], places: threading.Semaphore, bodies: _Bodies) -> None:
        self._sent: IO[bytes] = environ["wsgi.input"]
        self._missing = int(environ.get("CONTENT_LENGTH") or 0)
        self._places = places
        self._bodies = bodies
        self._begun: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """At most as much as fits, 0 at the end. Raises RequestTimeout for one cut off before it."""
        if self._begun is None:
            self._begun = time.monotonic()
        self._bodies.awaited[id(self)] = self._begun
        self._places.release()
        try:
            piece = self._sent.read(len(buffer))
        finally:
            self._places.acquire()
            del self._bodies.awaited[id(self)]
        buffer[: len(piece)] = piece
        self._missing -= len(piece)
        if len(piece) < len(buffer) and self._missing > 0 and self._bodies.is_late(self._begun):
            raise RequestTimeout("The body took too long to come; GET /v1/limits lists the limits.")
        return len(piece)

    def finish(self) -> None:
        """Takes the rest of a small body that was answered unread: a refusal of the key, say.

        The server would close the connection, and a caller who still sends would see that and no answer.
        """
        if 0 < self._missing <= _UNNEEDED:
            with suppress(RequestTimeout):
                while self._missing > 0 and self.read(self._missing):
                    pass
