"""Load over loopback from one thread; it shares the cores with what it loads, so it does little.

What a connection asks is a script: a generator that yields whole requests as bytes and is sent each answer.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: Seconds after which an answer is given up.
PATIENCE = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Answer(NamedTuple):
    """`status` is 0 where the connection broke before the answer was there."""

    status: int
    content: bytes
    seconds: float


Script = Generator[bytes, Answer, None]


@dataclass
class Load:
    """What came of it. `acknowledged` holds ids of answers that arrived; `cpu` the seconds of the load."""

    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    def take(self, answer: Answer, wanted: int) -> bool:
        """Counts an answer; whether it is the one that is wanted."""
        if answer.status != wanted:
            self.failures.append(f"{answer.status}: {answer.content[:200].decode(errors='replace')}")
            return False
        self.times.append(answer.seconds)
        return True

    def told(self) -> str:
        if len(self.times) < 2:
            return f"{len(self.times)} answers, {len(self.failures)} errors"
        return (
            f"{len(self.times) / self.seconds:,.0f}/s, p50 {statistics.median(self.times) * 1e3:.1f} ms, "
            f"p99 {statistics.quantiles(self.times, n=100)[-1] * 1e3:.1f} ms, {len(self.times):,} answers, "
            f"{len(self.failures)} errors"
        )


def request(key: str, method: str, path: str, body: Any = None) -> bytes:
    """A whole HTTP/1.1 request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = (
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + content


def ask(port: int, whole: bytes) -> Answer:
    """One request on a connection of its own."""
    found: list[Answer] = []

    def script(_: int) -> Script:
        found.append((yield whole))

    drive(port, script, 1, Load(), PATIENCE)
    return found[0]


def drive(port: int, script: Callable[[int], Script], connections: int, load: Load, seconds: float) -> Load:
    """Runs `script(n)` on each of the connections until it ends or the time is over."""
    began, cpu = time.perf_counter(), time.thread_time()
    ended = began + seconds
    with selectors.DefaultSelector() as selector:
        open_ones = {_Connection(port, script(number), selector) for number in range(connections)}
        while open_ones:
            for key, _ in selector.select(1.0):
                key.data.read(ended)
            open_ones = {one for one in open_ones if one.is_open()}
    load.seconds += time.perf_counter() - began
    load.cpu += time.thread_time() - cpu
    return load


class _Connection:
    def __init__(self, port: int, script: Script, selector: selectors.BaseSelector) -> None:
        self._port, self._script, self._selector = port, script, selector
        self._socket: socket.socket | None = None
        self._parts: list[bytes] = []
        self._due = -1
        self._sent = 0.0
        self._send(next(script))

    def is_open(self) -> bool:
        if self._socket is not None and time.perf_counter() > self._sent + PATIENCE:
            self._took(Answer(0, b"no answer", PATIENCE), 0.0)
        return self._socket is not None

    def read(self, ended: float) -> None:
        """Takes what has arrived; a whole answer goes to the script, which says what to ask next."""
        assert self._socket is not None
        try:
            part = self._socket.recv(1 << 18)
        except OSError as problem:
            return self._took(Answer(0, type(problem).__name__.encode(), 0.0), ended)
        if not part:
            return self._took(Answer(0, b"closed", 0.0), ended)
        self._parts.append(part)
        if self._due < 0:
            self._begin()
        else:
            self._due -= len(part)
        if self._due == 0:
            head, _, content = b"".join(self._parts).partition(b"\r\n\r\n")
            answer = Answer(int(head[9:12]), content, time.perf_counter() - self._sent)
            self._took(answer, ended, closes=_CLOSES.search(head) is not None)
        return None

    def _begin(self) -> None:
        """Once the head is whole it is known how many bytes are to come."""
        head, end, content = b"".join(self._parts).partition(b"\r\n\r\n")
        if end:
            told = _LENGTH.search(head)
            self._due = (int(told[1]) if told else 0) - len(content)

    def _took(self, answer: Answer, ended: float, closes: bool = True) -> None:
        self._parts, self._due = [], -1
        if closes:
            self._close()
        try:
            following = self._script.send(answer)
        except StopIteration:
            return self._close()
        if time.perf_counter() >= ended:
            return self._close()
        return self._send(following)

    def _send(self, whole: bytes) -> None:
        """Sends on the open connection, or on a new one where there is none or its other end is gone."""
        self._sent = time.perf_counter()
        while True:
            try:
                self._connect().sendall(whole)
                return
            except OSError as problem:
                self._close()
                if time.perf_counter() > self._sent + PATIENCE:
                    raise SystemExit(f"port {self._port} takes no request: {problem}") from None
                time.sleep(0.01)

    def _connect(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        return self._socket

    def _close(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
