"""A service in processes of its own, as it runs in earnest."""

from __future__ import annotations

import json
import os
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

PATIENCE = 120
START = "from taxonomy_api.settings import load\nfrom taxonomy_api.web.serve import serve\n"


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int
    log: Path
    environment: dict[str, str]

    def __call__(
        self, path: str, body: bytes | None = None, method: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def operations(self, path: str) -> str:
        """Asks the second port, which may open a little later than the first."""

        def ask() -> str | None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 1}{path}", timeout=60) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError:
                raise
            except OSError:
                return None

        return str(self.wait(ask))

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log; what is printed for people is none of them."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `taxonomy-api` with the settings of the service."""
        return subprocess.run(
            [sys.executable, "-c", "from taxonomy_api.cli.main import main; main()", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def wait(self, done: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = done()
            if found:
                return found
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"nothing happened in {PATIENCE} s\n{self.log.read_text()[-3000:]}")

    def is_ready(self) -> bool:
        try:
            return self("/readyz")[0] == 200
        except OSError:
            return False


def free_port() -> int:
    """One whose successor is free, too."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@contextmanager
def running(store: Path, data: Path, workers: int = 1, **more: str) -> Iterator[Running]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TAXONOMY_API_")}
    environment |= {
        "TAXONOMY_API_STORE": str(store),
        "TAXONOMY_API_DATA": str(data),
    }
    environment |= {f"TAXONOMY_API_{name}": value for name, value in more.items()}
    log = store / "log"
    store.mkdir(exist_ok=True)
    code = f"{START}if __name__ == '__main__':\n    serve('127.0.0.1', {port}, {workers}, load())\n"
    script = store / "start.py"
    script.write_text(code)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(script)], env=environment, stdout=output, stderr=output
        )
    server = Running(process, port, log, environment)
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


def multipart(content: bytes, name: str = "loans.csv") -> tuple[bytes, str]:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
