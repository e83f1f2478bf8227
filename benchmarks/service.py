"""The service over loopback: one connection, 16 connections, and batches; everything stored.

    python -m benchmarks.service [--requests 600] [--seconds 5] [--workers 2] [--database postgresql://…]

Starts a server of its own on a free port with a fresh store, and stops it. The client is one process that
shares the machine with the server. SQLite commits with synchronous=FULL; PostgreSQL as it is set.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BODIES = [
    {
        "project": {
            "activities": ["hk-phase-2a:ENE-01"],
            "facts": {"technology": "bioenergy", "lifecycle_ghg_intensity": "84 gCO2e/kWh"},
            "maturity": "2036-03-01",
        }
    },
    {"project": {"activities": ["eu-climate-mitigation:4.5"], "facts": {"power_density": "6 W/m2"}}},
    {
        "project": {
            "activities": ["cn-green-finance-2025:4.2.2#r1"],
            "attestations": {"cn-green-finance-2025/G1": True, "cn-green-finance-2025/G2": True},
        }
    },
    {
        "project": {
            "activities": ["eu-climate-mitigation:6.5"],
            "facts": {"tailpipe_co2_direct": "49 gCO2/km"},
        }
    },
]


#: Of one target taxonomy each, and the same for three.
SINGLE = [{**body, "taxonomies": [body["project"]["activities"][0].partition(":")[0]]} for body in BODIES]
THREE = ["hk-phase-2a", "eu-climate-mitigation", "cn-green-finance-2025"]
CONNECTIONS = 16


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=600)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--database", default="")
    options = arguments.parse_args()
    count, seconds = min(options.requests, 20_000), min(options.seconds, 60)
    key = secrets.token_urlsafe(48)
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = start(Path(folder), port, key, options.workers, options.database)
        kept = "PostgreSQL" if options.database else "SQLite (WAL, synchronous=FULL)"
        print(f"{options.workers} web processes, {kept}")
        try:
            times = measure(port, key, count)
            print(f"  POST /v1/assessments, 1 connection, {len(times)} requests: {spread(times)}")
            for what, bodies in (
                ("1 taxonomy", SINGLE),
                ("3 taxonomies", [{**body, "taxonomies": THREE} for body in BODIES]),
            ):
                flood(port, key, bodies, 1)
                times = flood(port, key, bodies, seconds)
                print(
                    f"  {CONNECTIONS} connections, {what}, {seconds} s: "
                    f"{len(times) / seconds:.0f} stored assessments/s, {spread(times)}"
                )
            batches(port, key)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def spread(times: list[float]) -> str:
    tenths, hundredths = statistics.quantiles(times, n=10), statistics.quantiles(times, n=100)
    return (
        f"p50 {statistics.median(times) * 1e3:.2f} ms, p90 {tenths[-1] * 1e3:.2f} ms, "
        f"p99 {hundredths[-1] * 1e3:.2f} ms"
    )


def batches(port: int, key: str) -> None:
    """1,000 different projects of one taxonomy each time."""
    times = []
    for turn in range(6):
        projects = {
            f"loan-{number}": {
                "activities": ["hk-phase-2a:ENE-01"],
                "facts": {"technology": "bioenergy", "lifecycle_ghg_intensity": number + turn},
            }
            for number in range(1_000)
        }
        body = json.dumps({"projects": projects, "taxonomies": ["hk-phase-2a"]})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        started = time.perf_counter()
        connection.request("POST", "/v1/assessments/batch", body, headers_of(key))
        answer = connection.getresponse()
        content = answer.read()
        times.append(time.perf_counter() - started)
        statuses = {one["status"] for one in json.loads(content)["results"].values()}
        if answer.status != 200 or statuses != {201}:
            raise SystemExit(f"{answer.status}: {statuses}")
        connection.close()
    print(
        f"  batch of 1,000 projects, 1 taxonomy: median {statistics.median(times[1:]) * 1e3:.0f} ms, "
        f"min {min(times) * 1e3:.0f} ms, answer {len(content) / 1e6:.1f} MB"
    )


def headers_of(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def flood(port: int, key: str, bodies: list[dict[str, object]], seconds: int) -> list[float]:
    """Every connection sends its next request when the last is answered; latencies in seconds."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers_of(key).items())
    requests = []
    for body in bodies:
        content = json.dumps(body)
        requests.append(
            f"POST /v1/assessments HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(content)}\r\n\r\n"
            f"{content}".encode()
        )
    waiting = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}
    got: dict[socket.socket, bytes] = {}
    for number in range(CONNECTIONS):
        one = socket.create_connection(("127.0.0.1", port), timeout=30)
        waiting.register(one, selectors.EVENT_READ)
        got[one], sent[one] = b"", time.perf_counter()
        one.sendall(requests[number % len(requests)])
    times: list[float] = []
    end = time.perf_counter() + seconds
    while sent:
        for ready, _ in waiting.select(30):
            one = ready.fileobj
            assert isinstance(one, socket.socket)
            got[one] += one.recv(262_144)
            if not is_whole(got[one]):
                continue
            now = time.perf_counter()
            times.append(now - sent.pop(one))
            got[one] = b""
            if now < end:
                sent[one] = now
                one.sendall(requests[len(times) % len(requests)])
            else:
                waiting.unregister(one)
                one.close()
    return times


def is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 201"):
        raise SystemExit(answer.decode())
    (length,) = re.findall(rb"content-length: (\d+)", head, re.IGNORECASE)
    return len(body) >= int(length)


def start(folder: Path, port: int, key: str, workers: int, database: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "TAXONOMY_API_BOOTSTRAP_KEY": key,
        "TAXONOMY_API_STORE": str(folder),
        "TAXONOMY_API_DATABASE_URL": database,
    }
    program = str(Path(sys.executable).with_name("taxonomy-api"))
    if database:
        subprocess.run([program, "db", "upgrade"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [program, "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        time.sleep(0.1)
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server
        except OSError:
            if server.poll() is not None:
                break
    raise SystemExit("the server did not start")


def measure(port: int, key: str, count: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = headers_of(key)
    times: list[float] = []
    for number in range(count + 50):  # the first ones warm up
        body = json.dumps(BODIES[number % len(BODIES)])
        started = time.perf_counter()
        connection.request("POST", "/v1/assessments", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != 201:
            raise SystemExit(f"{answer.status}: {content.decode()}")
    return times[50:]


if __name__ == "__main__":
    main()
