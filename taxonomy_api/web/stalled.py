"""Callers who stop sending a body, or stop taking an answer, are cut off.

The server waits for them without end, and a thread that waits there cannot be interrupted. But the kernel
knows how much each connection has carried, and can end it from outside: the server then finds that no
more comes. It tells so on Linux only; elsewhere nobody is cut off.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)
#: Bytes a second.
SLOWEST = 256
_DESCRIPTORS = Path("/proc/self/fd")
#: In the kernel's `struct tcp_info`: bytes taken and sent by the caller so far, bytes that wait to be taken.
_CARRIED_AT, _CARRIED = 120, struct.Struct("=QQ")
_WAITING_AT, _WAITING = 144, struct.Struct("=I")


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a caller had taken and sent at some time, and whether more waited to be taken."""

    at: float
    taken: int
    sent: int
    is_taking: bool


class Stalled:
    """The connections of this process to its own `port`.

    A caller has `seconds` for each `seconds * SLOWEST` bytes. `body_is_late` tells whether any body has
    been on its way for so long. Only then are those cut off who send too little: a caller who waits for
    an answer that takes long to make looks no different from here.
    """

    def __init__(self, port: int, seconds: float, body_is_late: Callable[[], bool]) -> None:
        self._port = port
        self._seconds = seconds
        self._body_is_late = body_is_late
        self._marks: dict[int, _Mark] = {}

    def follow(self, ended: threading.Event) -> None:
        """Looks again and again until told to end."""
        while _DESCRIPTORS.is_dir() and not ended.wait(self._seconds / 10):
            self.look()

    def look(self) -> None:
        """Cuts off whoever carried too little since earlier looks."""
        marks, late = {}, self._body_is_late()
        senders = takers = 0
        for descriptor in map(int, os.listdir(_DESCRIPTORS)):
            # Most are no sockets, and any of them may be closed meanwhile.
            with suppress(OSError), _socket(descriptor) as connection:
                if not _came_in(connection, self._port):
                    continue
                number, now = os.fstat(descriptor).st_ino, _mark(connection)
                before = self._marks.get(number, now)
                marks[number] = before if self._is_slow(before, now) else now
                if now.at - marks[number].at < self._seconds:
                    continue
                if now.is_taking:
                    takers += _end(connection, socket.SHUT_RDWR)
                elif late:
                    # One way only: it can still be told why.
                    senders += _end(connection, socket.SHUT_RD)
        self._marks = marks
        if senders or takers:
            _log.info("Cut off: %d callers sent too little, %d took too little.", senders, takers)

    def _is_slow(self, before: _Mark, now: _Mark) -> bool:
        if before.is_taking != now.is_taking:
            return False
        least = self._seconds * SLOWEST
        if now.is_taking:
            return now.taken - before.taken < least
        return now.taken == before.taken and now.sent - before.sent < least


@contextmanager
def _socket(descriptor: int) -> Iterator[socket.socket]:
    """The socket under a descriptor. Raises OSError where there is none.

    It is neither duplicated nor closed here, since it may be anything: whoever closes a duplicate of a file
    of SQLite's gives up all locks that this process has on the file.
    """
    found = socket.socket(fileno=descriptor)
    try:
        yield found
    finally:
        found.detach()


def _came_in(one: socket.socket, port: int) -> bool:
    if one.family not in (socket.AF_INET, socket.AF_INET6) or one.type != socket.SOCK_STREAM:
        return False
    if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return False
    return bool(one.getsockname()[1] == port)


def _mark(connection: socket.socket) -> _Mark:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _WAITING_AT + _WAITING.size)
    taken, sent = _CARRIED.unpack_from(told, _CARRIED_AT)
    return _Mark(time.monotonic(), taken, sent, _WAITING.unpack_from(told, _WAITING_AT)[0] > 0)


def _end(connection: socket.socket, how: int) -> bool:
    """Whether the connection was still there to be ended."""
    try:
        connection.shutdown(how)
    except OSError:
        return False
    return True
