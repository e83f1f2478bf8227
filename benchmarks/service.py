"""The running service over loopback: stored assessments a second, mixed load, a killed web process.

    python -m benchmarks.service [--seconds 5] [--minutes 0.25] [--workers 2] [--connections 16]

Starts services of its own on free ports with fresh embedded databases (SQLite, WAL, synchronous=FULL:
a commit survives the end of any process and a power cut), and stops them. The load comes from threads
of this process, on the same cores.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GREEN = {
    "activities": ["hk-phase-2a:ENE-01"],
    "facts": {"technology": "bioenergy", "lifecycle_ghg_intensity": "84 gCO2e/kWh"},
    "maturity": "2036-03-01",
}
THREE = {
    **GREEN,
    "activities": ["hk-phase-2a:ENE-01", "cn-green-finance-2025:4.2.2#r1", "eu-climate-mitigation:4.8"],
}
ONE_TAXONOMY = {"project": GREEN, "taxonomies": ["hk-phase-2a"]}
THREE_TAXONOMIES = {
    "project": THREE,
    "taxonomies": ["hk-phase-2a", "cn-green-finance-2025", "eu-climate-mitigation"],
}
MOST_MINUTES = 30.0
_PATIENCE = 60.0


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    port: int
    key: str
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def web_processes(self) -> list[int]:
        """Those that said in the log that they answered something, and still live."""
        found = re.findall(r'"process": (\d+), "message": "answered"', self.log.read_text(encoding="utf-8"))
        return [pid for pid in sorted({int(one) for one in found}) if Path(f"/proc/{pid}").exists()]

    def memory(self) -> int:
        """Bytes of the web processes together."""
        total = 0
        for pid in self.web_processes():
            status = Path(f"/proc/{pid}/status").read_text()
            total += int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024
        return total


@dataclass
class Load:
    """What threads did together. `acknowledged` holds the ids of answers that arrived."""

    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def told(self, what: str) -> str:
        times = sorted(self.times)
        hundredths = statistics.quantiles(times, n=100)
        return (
            f"{what}: {len(times) / self.seconds:,.0f}/s, p50 {statistics.median(times) * 1e3:.1f} ms, "
            f"p99 {hundredths[-1] * 1e3:.1f} ms, {len(times):,} answers, {len(self.failures)} errors"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement of a rate")
    parser.add_argument("--minutes", type=float, default=0.25, help="of mixed load")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    given, _ = parser.parse_known_args()
    connections, seconds = min(given.connections, 64), min(given.seconds, 60.0)
    with running(given.workers) as service:
        print(f"{given.workers} web processes, {os.cpu_count()} cores, load on them too; SQLite (WAL, FULL)")
        drive(service, [ONE_TAXONOMY], 2, 1.0)
        print(
            drive(service, [ONE_TAXONOMY], 1, seconds).told(
                "POST /v1/assessments, 1 connection, one taxonomy"
            )
        )
        for what, body in (("one taxonomy", ONE_TAXONOMY), ("three taxonomies", THREE_TAXONOMIES)):
            load = drive(service, [body], connections, seconds)
            print(load.told(f"POST /v1/assessments, {connections} connections, {what}"))
        mixed(service, connections, min(given.minutes, MOST_MINUTES))
        killed(service, connections, seconds)


def mixed(service: Service, connections: int, minutes: float) -> None:
    """Writing, reading back, deleting and searching at once."""
    drive(service, [ONE_TAXONOMY, THREE_TAXONOMIES], connections, min(5.0, minutes * 12), mixes=True)
    before = service.memory()
    load = drive(service, [ONE_TAXONOMY, THREE_TAXONOMIES], connections, minutes * 60, mixes=True)
    growth = service.memory() / before - 1
    print(
        load.told(f"mixed load for {minutes:g} min") + f", memory {growth:+.1%} of {before / 2**20:.0f} MiB"
    )
    for failure in load.failures[:5]:
        print(f"    {failure}")


def killed(service: Service, connections: int, seconds: float) -> None:
    """Kills a web process while answers are under way, then looks for every one that was acknowledged."""
    victim = service.web_processes()[0]
    timer = threading.Timer(seconds / 2, os.kill, (victim, signal.SIGKILL))
    timer.start()
    load = drive(service, [ONE_TAXONOMY], connections, seconds)
    timer.join()
    wait_until_ready(service)
    connection = service.connect()
    lost = sum(
        service.ask(connection, "GET", f"/v1/assessments/{one}")[0] != 200 for one in load.acknowledged
    )
    print(
        f"kill -9 of a web process under load: {len(load.acknowledged):,} acknowledged, {lost} lost, "
        f"{len(load.failures)} requests broken off"
    )
    if lost:
        raise SystemExit("an acknowledged write is gone")


def drive(service: Service, bodies: list[Any], connections: int, seconds: float, mixes: bool = False) -> Load:
    load, ended = Load(), time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_one, args=(service, bodies, number, ended, load, mixes))
        for number in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - began
    return load


def _one(service: Service, bodies: list[Any], number: int, ended: float, load: Load, mixes: bool) -> None:
    connection, turn = service.connect(), number
    while time.perf_counter() < ended:
        turn += 1
        began = time.perf_counter()
        try:
            status, content = service.ask(connection, "POST", "/v1/assessments", bodies[turn % len(bodies)])
            if status != 201:
                load.failures.append(f"{status}: {content[:200].decode()}")
                continue
            kept = json.loads(content)["id"]
            load.times.append(time.perf_counter() - began)
            load.acknowledged.append(kept)
            if mixes:
                for method, path, wanted in _others(kept, turn):
                    began = time.perf_counter()
                    status, content = service.ask(connection, method, path)
                    load.times.append(time.perf_counter() - began)
                    if status != wanted:
                        load.failures.append(f"{method} {path} {status}: {content[:200].decode()}")
        except (OSError, http.client.HTTPException) as problem:
            load.failures.append(type(problem).__name__)
            connection.close()
            connection = service.connect()
    connection.close()


def _others(kept: str, turn: int) -> Iterator[tuple[str, str, int]]:
    yield "GET", f"/v1/assessments/{kept}", 200
    yield "GET", "/v1/search?q=wind", 200
    yield "GET", "/v1/activities/hk-phase-2a:ENE-01", 200
    if turn % 2:
        yield "DELETE", f"/v1/assessments/{kept}", 204


@contextmanager
def running(workers: int, **more: str) -> Iterator[Service]:
    key = secrets.token_urlsafe(48)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "BOOTSTRAP_KEY": key,
            "STORE": folder,
            "REQUESTS_PER_MINUTE": "0",
            "EMBEDDED_WORKER": "no",
            **more,
        }
        environment = {**os.environ, **{f"TAXONOMY_API_{name}": value for name, value in settings.items()}}
        program = str(Path(sys.executable).with_name("taxonomy-api"))
        command = [program, "serve", "--port", str(port), "--workers", str(workers)]
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
        service = Service(process, port, key, log)
        try:
            wait_until_ready(service)
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE)


def wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and service.process.poll() is None:
        connection = service.connect()
        try:
            if service.ask(connection, "GET", "/readyz")[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise SystemExit("the service is not ready")


if __name__ == "__main__":
    main()
