"""Callers that send a byte now and then, or take no answer, against a real server with one process."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import PROJECT
from tests.web.live import Running, running

BANK = "a-key-of-a-bank-with-more-than-32-letters"
HEADERS = {"Authorization": f"Bearer {BANK}"}
#: Many more than may work at once.
SLOW = 24
#: Seconds; whoever is held up waits until the slow ones give up, which they do not.
SOON = 25


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, minimal_data: Path) -> Iterator[Running]:
    store = tmp_path_factory.mktemp("slow") / "store"
    with running(store, minimal_data, BOOTSTRAP_KEY=BANK) as one:
        yield one


def begin(server: Running, path: str, length: int, content_type: str = "application/json") -> socket.socket:
    """The headers of a request with a body that is yet to come."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: service",
        f"Authorization: Bearer {BANK}",
        f"Content-Type: {content_type}",
        f"Content-Length: {length}",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def assess(server: Running) -> float:
    """Seconds until the answer to somebody who is not slow."""
    began = time.monotonic()
    body = json.dumps(PROJECT).encode()
    assert server("/v1/assessments", body, **HEADERS, **{"Content-Type": "application/json"})[0] == 201
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/v1/assessments", "application/json"), ("/v1/portfolios", "multipart/form-data; boundary=x")],
)
def test_bodies_that_trickle_in_hold_nobody_up(server: Running, path: str, kind: str) -> None:
    with ExitStack() as open_connections:
        slow = [open_connections.enter_context(begin(server, path, 5000, kind)) for _ in range(SLOW)]
        for _ in range(6):
            for connection in slow:
                connection.sendall(b"{")
            assert assess(server) < SOON
    # They hung up in the middle, and nothing of theirs stays behind.
    server.wait(lambda: all(line["status"] in (201, 400, 422) for line in ended(server, SLOW)))
    assert assess(server) < SOON


def ended(server: Running, count: int) -> list[dict[str, Any]]:
    found = [line for line in server.lines() if line["message"] == "answered" and line["status"] != 201]
    return found if len(found) >= count else [{"status": 0}]


def test_answers_that_nobody_takes_hold_nobody_up(server: Running) -> None:
    """The largest answer without a key, asked for over and over by callers who read nothing of it."""
    request = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: service\r\n\r\n"
    with ExitStack() as open_connections:
        for _ in range(SLOW * 4):
            connection = open_connections.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(request * 8)
        time.sleep(1)
        with ThreadPoolExecutor(4) as pool:
            assert max(pool.map(assess, [server] * 8)) < SOON


def test_the_log_holds_no_warning(server: Running) -> None:
    assert [line for line in server.lines() if line["level"] not in ("INFO", "ERROR")] == []
