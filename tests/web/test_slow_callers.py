"""Callers that send a byte now and then, or take no answer, against real servers with one process."""

from __future__ import annotations

import http.client
import json
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.web.serve import THREADS
from taxonomy_api.web.stalled import SLOWEST
from tests.web.conftest import LOANS, PROJECT
from tests.web.live import PATIENCE, Running, multipart, running

BANK = "a-key-of-a-bank-with-more-than-32-letters"
HEADERS = {"Authorization": f"Bearer {BANK}"}
#: Many more than may work at once.
SLOW = 24
#: Seconds; whoever is held up waits until the slow ones give up, which they do not.
SOON = 25


#: Seconds that a caller has at the impatient server.
STALL = 3


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, minimal_data: Path) -> Iterator[Running]:
    store = tmp_path_factory.mktemp("impatient") / "store"
    with running(store, minimal_data, BOOTSTRAP_KEY=BANK, STALL_SECONDS=str(STALL)) as one:
        yield one


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


def test_who_is_refused_before_the_body_came_is_told_so(server: Running) -> None:
    """Not by an end of the connection amid what one still sends; and it serves for the next request."""
    body = json.dumps(PROJECT).encode()
    caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for key, status in (("a-key-that-nobody-has", 401), (BANK, 201)):
        caller.putrequest("POST", "/v1/assessments")
        caller.putheader("Authorization", f"Bearer {key}")
        caller.putheader("Content-Type", "application/json")
        caller.putheader("Content-Length", str(len(body)))
        caller.endheaders()
        used = caller.sock
        for half in (body[:100], body[100:]):
            time.sleep(0.3)
            caller.send(half)
        answer = caller.getresponse()
        assert answer.status == status
        assert answer.read()
        assert caller.sock is used
    caller.close()


def drip(connection: socket.socket, piece: bytes) -> None:
    """Sends a piece now and then until an answer comes."""
    while not select.select([connection], [], [], 0.2)[0]:
        connection.sendall(piece)


@pytest.mark.parametrize("piece", [b"", b" "], ids=["silent", "dripping"])
@pytest.mark.parametrize(
    ("path", "kind", "begun"),
    [
        ("/v1/assessments", "application/json", b"{"),
        ("/v1/portfolios", "multipart/form-data; boundary=x", multipart(LOANS)[0][:120]),
    ],
    ids=["json", "form"],
)
def test_a_body_that_comes_too_slowly_is_refused(
    impatient: Running, path: str, kind: str, begun: bytes, piece: bytes
) -> None:
    with begin(impatient, path, 5000, kind) as connection:
        connection.sendall(begun)
        drip(connection, piece)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.load(answer)
        assert (answer.status, problem["status"], problem["code"]) == (408, 408, "body_too_slow")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Connection"] == "close"
        assert connection.recv(1) == b""
    impatient.wait(lambda: reported(impatient, "1 callers sent too little, 0 took"))


def reported(server: Running, what: str) -> bool:
    return any(what in line["message"] for line in server.lines())


def test_as_many_as_there_are_threads_stop_a_process_for_a_while_only(impatient: Running) -> None:
    with ExitStack() as open_connections:
        for _ in range(2 * THREADS):
            open_connections.enter_context(begin(impatient, "/v1/assessments", 5000))
        time.sleep(0.5)
        assert assess(impatient) < PATIENCE
        assert any(reported(impatient, f"{count} callers sent") for count in range(THREADS, 2 * THREADS + 1))


def test_a_body_in_chunks_that_never_ends_is_cut_off(impatient: Running) -> None:
    """No length was promised, so it looks like one that is over."""
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=30) as connection:
        lines = ["POST /v1/assessments HTTP/1.1", "Host: service", f"Authorization: Bearer {BANK}"]
        lines += ["Content-Type: application/json", "Transfer-Encoding: chunked", "", "1", "{", ""]
        connection.sendall("\r\n".join(lines).encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.load(answer)["code"]) == (400, "not_json")


def test_a_body_that_comes_slowly_but_steadily_is_taken(impatient: Running) -> None:
    """It takes longer than a caller may be silent, with four times the bytes a second that are needed."""
    body = json.dumps(PROJECT).encode()
    size, seconds = 4 * SLOWEST // 10, 2 * STALL
    body += b" " * (size * 10 * seconds - len(body))
    with begin(impatient, "/v1/assessments", len(body)) as connection:
        for start in range(0, len(body), size):
            connection.sendall(body[start : start + size])
            time.sleep(0.1)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 201


def test_headers_that_never_end_are_cut_off(impatient: Running) -> None:
    """And so is a connection on which no further request comes."""
    unfinished: list[socket.socket] = []
    with ExitStack() as open_connections:
        for begun in (b"POST /v1/assessments HTTP/1.1\r\nHost: service\r\n", b""):
            connection = open_connections.enter_context(
                socket.create_connection(("127.0.0.1", impatient.port), timeout=PATIENCE)
            )
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: service\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            connection.sendall(begun)
            unfinished.append(connection)
        for connection in unfinished:
            while connection.recv(4096):
                pass
    assert assess(impatient) < SOON


def test_who_takes_no_answer_is_cut_off(impatient: Running) -> None:
    request = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: service\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", impatient.port))
        connection.sendall(request * 8)
        impatient.wait(lambda: reported(impatient, "0 callers sent too little, 1 took"))


@pytest.mark.parametrize("name", ["server", "impatient"])
def test_the_log_holds_no_warning(name: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(name)
    assert [line for line in server.lines() if line["level"] not in ("INFO", "ERROR")] == []
