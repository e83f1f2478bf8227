"""The running service, as a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings
from taxonomy_api.web.serve import serve
from tests.web.conftest import LOANS, PROJECT

PATIENCE = 60
START = "from taxonomy_api.settings import load\nfrom taxonomy_api.web.serve import serve\n"


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def __call__(
        self, path: str, body: bytes | None = None, method: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def wait(self, done: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = done()
            if found:
                return found
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"nothing happened in {PATIENCE} s\n{self.log.read_text()}")

    def is_ready(self) -> bool:
        try:
            return self("/readyz")[0] == 200
        except OSError:
            return False


@contextmanager
def running(store: Path, data: Path, **more: str) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TAXONOMY_API_")}
    environment |= {
        "TAXONOMY_API_STORE": str(store),
        "TAXONOMY_API_DATA": str(data),
        "TAXONOMY_API_RELOAD_SECONDS": "1",
    }
    environment |= {f"TAXONOMY_API_{name}": value for name, value in more.items()}
    log = store / "log"
    store.mkdir(exist_ok=True)
    code = f"{START}if __name__ == '__main__':\n    serve('127.0.0.1', {port}, 1, load())\n"
    script = store / "start.py"
    script.write_text(code)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(script)], env=environment, stdout=output, stderr=output
        )
    server = Running(process, port, log)
    try:
        server.wait(server.is_ready)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def multipart(content: bytes) -> tuple[bytes, str]:
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="loans.csv"\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def test_from_first_start_to_an_assessed_portfolio(tmp_path: Path, minimal_data: Path) -> None:
    store = tmp_path / "store"
    with running(store, minimal_data) as server:
        printed = re.findall(r"ta_[0-9a-f]{16}_\S{43}", server.log.read_text())
        assert len(printed) == 1
        key = {"Authorization": f"Bearer {printed[0]}"}
        body = json.dumps(PROJECT).encode()
        status, assessed = server("/v1/assessments", body, **key, **{"Content-Type": "application/json"})
        assert (status, assessed["verdicts"][0]["taxonomy"]) == (201, "demo-a")
        form, kind = multipart(LOANS)
        status, portfolio = server("/v1/portfolios", form, **key, **{"Content-Type": kind})
        assert status == 202
        address = f"/v1/portfolios/{portfolio['id']}"
        server.wait(lambda: server(address, **key)[1]["status"] == "done")
        assert len(server(f"{address}/rows", **key)[1]["rows"]) == 2
        big = b'{"project": "' + b"x" * 3_000_000 + b'"}'
        assert server("/v1/assessments", big, **key, **{"Content-Type": "application/json"})[0] == 413
    assert server.process.returncode == 0, server.log.read_text()
    # A second start prints no key, knows the first one, and still has what was stored.
    with running(store, minimal_data) as server:
        assert "ta_" not in server.log.read_text()
        assert server(f"/v1/assessments/{assessed['id']}", **key)[0] == 200


def test_a_broken_data_folder_never_replaces_a_good_release(tmp_path: Path, minimal_data: Path) -> None:
    data = tmp_path / "data"
    for path in sorted(minimal_data.rglob("*")):
        if path.is_file():
            copy = data / path.relative_to(minimal_data)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    sources = data / "taxonomies" / "sources.yaml"
    sound = sources.read_text(encoding="utf-8")
    with running(tmp_path / "store", data, EMBEDDED_WORKER="no") as server:

        def release() -> str:
            return str(server("/readyz")[1]["release"])

        first = release()
        sources.write_text(sound + "  broken: [", encoding="utf-8")
        server.wait(lambda: "stays in use" in server.log.read_text())
        assert release() == first
        sources.write_text(
            re.sub(r"title: \{en: (\w+)", r"title: {en: New \1", sound, count=1), encoding="utf-8"
        )
        server.wait(lambda: release() != first)


def test_the_worker_is_started_again_when_it_dies(tmp_path: Path, minimal_data: Path) -> None:
    def workers() -> list[int]:
        return [int(number) for number in re.findall(r"Worker (\d+) waits", server.log.read_text())]

    with running(tmp_path / "store", minimal_data) as server:
        (first,) = server.wait(workers)
        os.kill(first, signal.SIGKILL)
        _, second = server.wait(lambda: (found := workers()) and len(found) == 2 and found)
    assert server.process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_an_address_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            serve("127.0.0.1", port, 1, Settings(store=tmp_path / "store"))
    with pytest.raises(ConfigurationError, match="no-such-host"):
        serve("no-such-host.invalid", 8000, 1, Settings(store=tmp_path / "store"))
    assert not (tmp_path / "store").exists()
