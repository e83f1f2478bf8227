"""A service of the benchmarks' own: on a free port, with a database of its own, stopped at the end."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url, text

from benchmarks import http_load

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
#: Those that `--server` chooses from; gunicorn is for comparison and must be installed by hand.
SERVERS = ("granian", "gunicorn", "gunicorn-threads")
_PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    port: int
    key: str
    log: Path
    database: str
    environment: dict[str, str]

    def request(self, method: str, path: str, body: Any = None) -> bytes:
        return http_load.request(self.key, method, path, body)

    def ask(self, method: str, path: str, body: Any = None) -> http_load.Answer:
        return http_load.ask(self.port, self.request(method, path, body))

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def web_processes(self) -> list[int]:
        """Those that said in the log that they answered something, and still live."""
        found = re.findall(r'"process": ?(\d+),"?.*?"answered"', self.log.read_text(encoding="utf-8"))
        return [pid for pid in sorted({int(one) for one in found}) if Path(f"/proc/{pid}").exists()]

    def memory(self) -> int:
        """Bytes of the web processes together."""
        total = 0
        for pid in self.web_processes():
            status = Path(f"/proc/{pid}/status").read_text()
            total += int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024
        return total

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far: of the service, and of the database's processes that serve it alone."""
        return _seconds(_family(self.process.pid)), _seconds(_serving(make_url(self.database).database or ""))

    def rows(self, query: str) -> list[Any]:
        """The first column of what the database answers."""
        engine = create_engine(self.database)
        with engine.connect() as connection:
            found = [row[0] for row in connection.execute(text(query))]
        engine.dispose()
        return found


@contextmanager
def running(
    workers: int, database: str = "sqlite", server: str = "granian", **more: str
) -> Iterator[Service]:
    """`database` is `sqlite`, `postgresql` (the local server) or a URL, beside whose database one is made;
    `more` are further settings."""
    with tempfile.TemporaryDirectory() as folder, _database(database, Path(folder)) as url:
        key, port = secrets.token_urlsafe(48), _free_port()
        settings = {
            "BOOTSTRAP_KEY": key,
            "STORE": folder,
            "DATABASE_URL": url,
            "REQUESTS_PER_MINUTE": "0",
            "EMBEDDED_WORKER": "no",
            **more,
        }
        environment = {**os.environ, **{f"TAXONOMY_API_{name}": value for name, value in settings.items()}}
        program = str(Path(sys.executable).with_name("taxonomy-api"))
        subprocess.run([program, "db", "upgrade"], env=environment, cwd=folder, check=True)
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(server, port, workers), env=environment, cwd=folder, stdout=output, stderr=output
            )
        service = Service(process, port, key, log, url, environment)
        try:
            wait_until_ready(service)
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE)


def wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and service.process.poll() is None:
        with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
    raise SystemExit(f"the service is not ready:\n{service.log.read_text()[-2000:]}")


def _command(server: str, port: int, workers: int) -> list[str]:
    if server == "granian":
        program = str(Path(sys.executable).with_name("taxonomy-api"))
        return [program, "serve", "--port", str(port), "--workers", str(workers)]
    threads = ["--threads", "8"] if server == "gunicorn-threads" else ["--worker-class", "sync"]
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)),
        *(*threads, "benchmarks.wsgi:make()"),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _database(wanted: str, folder: Path) -> Iterator[str]:
    if wanted == "sqlite":
        yield f"sqlite:///{folder / 'taxonomy-api.sqlite3'}"
        return
    url = make_url(POSTGRESQL if wanted == "postgresql" else wanted)
    name = f"taxonomy_api_benchmark_{secrets.token_hex(4)}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _family(ancestor: int) -> set[int]:
    """A process and all that descend from it."""
    parents = {pid: int(fields[1]) for pid, fields in _stats()}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _serving(database: str) -> set[int]:
    """Processes of a PostgreSQL on this machine that work for one database: their titles name it."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f" {database} ".encode() in place.read_bytes() and place.read_bytes().startswith(b"postgres:"):
                found.add(int(place.parent.name))
        except OSError:
            continue
    return found


def _seconds(processes: Iterable[int]) -> float:
    wanted = set(processes)
    return sum(int(fields[11]) + int(fields[12]) for pid, fields in _stats() if pid in wanted) / _TICKS


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Each process with the fields of its `stat` after its name."""
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield int(place.parent.name), place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
