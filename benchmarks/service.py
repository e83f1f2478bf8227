"""Latency of POST /v1/assessments over loopback at one connection, stored in SQLite.

    python -m benchmarks.service [--requests 600]

Starts a server of its own on a free port with a fresh database, and stops it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=600)
    count = min(arguments.parse_args().requests, 20_000)
    key = secrets.token_urlsafe(48)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = start(Path(folder), port, key)
        try:
            times = measure(port, key, count)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    tenths, hundredths = statistics.quantiles(times, n=10), statistics.quantiles(times, n=100)
    print(
        f"POST /v1/assessments, 1 connection, {len(times)} requests, SQLite (WAL) on disk: "
        f"p50 {statistics.median(times) * 1e3:.2f} ms, p90 {tenths[-1] * 1e3:.2f} ms, "
        f"p99 {hundredths[-1] * 1e3:.2f} ms"
    )


def start(folder: Path, port: int, key: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TAXONOMY_API_BOOTSTRAP_KEY": key, "TAXONOMY_API_STORE": str(folder)}
    command = [str(Path(sys.executable).with_name("taxonomy-api")), "serve", "--port", str(port)]
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
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
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
