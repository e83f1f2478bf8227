"""The running service over loopback: stored assessments a second, batches, mixed load, a killed web process.

    python -m benchmarks.service [--database sqlite|postgresql|URL] [--server granian] [--workers 2]
                                 [--connections 16] [--seconds 5] [--batches 5] [--minutes 0.25]

Starts a service of its own on a free port with a new database, and stops it. An answer counts only if it came
back whole; a SQLite database has synchronous=FULL, a PostgreSQL what its server is set to, which is printed.
The load comes from one thread on the same cores; CPU milliseconds are told apart for service, database
processes and load. At the end every acknowledged answer must have its row and its entry in the trail.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.http_load import Load, Script, drive
from benchmarks.served import SERVERS, Service, running, wait_until_ready

FACTS = {"technology": "bioenergy", "lifecycle_ghg_intensity": "84 gCO2e/kWh"}
GREEN = {
    "activities": ["hk-phase-2a:ENE-01"],
    "facts": FACTS,
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
#: Each with a figure of its own, on both sides of the limits.
BATCH = {
    "projects": {
        f"loan {number}": {
            **GREEN,
            "facts": {**FACTS, "lifecycle_ghg_intensity": f"{number / 4:g} gCO2e/kWh"},
        }
        for number in range(1_000)
    },
    "taxonomies": ["hk-phase-2a"],
}
MOST_MINUTES = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql or a URL")
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement of a rate")
    parser.add_argument("--batches", type=int, default=5, help="how often a batch is asked")
    parser.add_argument("--minutes", type=float, default=0.25, help="of mixed load; 0 leaves it out")
    given, _ = parser.parse_known_args()
    # Ended from outside, it stops its service and removes its database all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    connections, seconds = min(given.connections, 64), min(given.seconds, 60.0)
    with running(given.workers, given.database, given.server) as service:
        print(
            f"{given.server}, {given.workers} web processes, {os.cpu_count()} cores; {_durability(service)}"
        )
        kept = storing(service, [ONE_TAXONOMY], 2, 1.0).acknowledged
        for count, what, body in (
            (1, "one taxonomy", ONE_TAXONOMY),
            (connections, "one taxonomy", ONE_TAXONOMY),
            (connections, "three taxonomies", THREE_TAXONOMIES),
        ):
            used = Used(service)
            load = storing(service, [body], count, seconds)
            print(f"POST /v1/assessments, {count} connections, {what}: {load.told()}{used.told(load)}")
            kept += load.acknowledged
        if given.batches:
            batches(service, given.batches)
        if given.minutes:
            kept += mixed(service, connections, min(given.minutes, MOST_MINUTES))
        kept += killed(service, connections, seconds)
        whole_trail(service, kept)


class Used:
    """CPU milliseconds an answer since this was made."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._before = service.cpu()

    def told(self, load: Load) -> str:
        parts = [after - before for after, before in zip(self._service.cpu(), self._before, strict=True)]
        service, database, own = (1e3 * one / max(1, len(load.times)) for one in (*parts, load.cpu))
        return f"; CPU ms an answer: service {service:.2f}, database {database:.2f}, load {own:.2f}"


def storing(service: Service, bodies: list[Any], connections: int, seconds: float) -> Load:
    """Projects one after the other on each connection."""
    asked = [service.request("POST", "/v1/assessments", body) for body in bodies]
    load = Load()

    def script(number: int) -> Script:
        turn = number
        while True:
            answer = yield asked[turn % len(asked)]
            if load.take(answer, 201):
                load.acknowledged.append(_id(answer.content))
            turn += 1

    drive(service.port, script, connections, load, seconds)
    if not load.times:
        raise SystemExit(f"nothing was stored: {load.failures[:1]}")
    return load


def batches(service: Service, times: int) -> None:
    """A thousand projects in one request, one request after the other."""
    asked, load, used = service.request("POST", "/v1/assessments/batch", BATCH), Load(), Used(service)

    def script(_: int) -> Script:
        for _ in range(times):
            answer = yield asked
            load.take(answer, 200)
            results = json.loads(answer.content)["results"]
            assert len(results) == 1_000 and all(one["status"] == 201 for one in results.values())

    drive(service.port, script, 1, load, 60.0)
    milliseconds = [1e3 * one for one in load.times]
    print(
        "POST /v1/assessments/batch, 1,000 projects, one taxonomy: median "
        f"{statistics.median(milliseconds):.0f} ms, worst {max(milliseconds):.0f} ms"
        f" of {times}{used.told(load)}"
    )


def mixed(service: Service, connections: int, minutes: float) -> list[str]:
    """Writing, reading back, deleting and searching at once; what was acknowledged and not deleted."""
    _mixed(service, connections, min(5.0, minutes * 12), Load())
    before, load, used = service.memory(), Load(), Used(service)
    kept = _mixed(service, connections, minutes * 60, load)
    growth = service.memory() / before - 1
    print(
        f"mixed load for {minutes:g} min: {load.told()}{used.told(load)}, "
        f"memory {growth:+.1%} of {before / 2**20:.0f} MiB"
    )
    for failure in load.failures[:5]:
        print(f"    {failure}")
    return kept


def _mixed(service: Service, connections: int, seconds: float, load: Load) -> list[str]:
    posts = [service.request("POST", "/v1/assessments", body) for body in (ONE_TAXONOMY, THREE_TAXONOMIES)]
    kept: dict[str, None] = {}

    def script(number: int) -> Script:
        turn = number
        while True:
            turn += 1
            answer = yield posts[turn % len(posts)]
            if not load.take(answer, 201):
                continue
            made = _id(answer.content)
            kept[made] = None
            for method, path, wanted in _others(made, turn):
                if method == "DELETE":
                    kept.pop(made)
                load.take((yield service.request(method, path)), wanted)

    drive(service.port, script, connections, load, seconds)
    return list(kept)


def _others(made: str, turn: int) -> Iterator[tuple[str, str, int]]:
    yield "GET", f"/v1/assessments/{made}", 200
    yield "GET", "/v1/search?q=wind", 200
    yield "GET", "/v1/activities/hk-phase-2a:ENE-01", 200
    if turn % 2:
        yield "DELETE", f"/v1/assessments/{made}", 204


def killed(service: Service, connections: int, seconds: float) -> list[str]:
    """Kills a web process while answers are under way; what was acknowledged."""
    victim = service.web_processes()[0]
    timer = threading.Timer(seconds / 2, os.kill, (victim, signal.SIGKILL))
    timer.start()
    load = storing(service, [ONE_TAXONOMY], connections, seconds)
    timer.join()
    wait_until_ready(service)
    print(
        f"kill -9 of a web process under load: {len(load.acknowledged):,} acknowledged, "
        f"{len(load.failures)} requests broken off"
    )
    return load.acknowledged


def whole_trail(service: Service, kept: list[str]) -> None:
    """Every acknowledged answer has its row and its entry, and the trail is whole."""
    rows = set(service.rows("SELECT id FROM assessments"))
    entries = service.rows("SELECT subject FROM audit_entries WHERE kind = 'assessment.created'")
    lost = [len([one for one in kept if one not in found]) for found in (rows, set(entries))]
    print(
        f"{len(kept):,} acknowledged and not deleted: {lost[0]} without a row, {lost[1]} without an entry in "
        f"the trail; {len(entries):,} entries, {len(entries) - len(set(entries))} of them twice"
    )
    program = str(Path(sys.executable).with_name("taxonomy-api"))
    verified = subprocess.run(
        [program, "audit", "verify"], env=service.environment, check=False, capture_output=True, text=True
    )
    print(f"audit verify: {verified.stdout.strip() or verified.stderr.strip()}")
    if any(lost) or verified.returncode:
        raise SystemExit("an acknowledged write is gone")


def _id(content: bytes) -> str:
    """Cheaper than reading the whole answer; the id is its first key."""
    made = content[7:39].decode()
    assert content.startswith(b'{"id":"') and len(made) == 32
    return made


def _durability(service: Service) -> str:
    if service.database.startswith("sqlite"):
        return "SQLite, WAL, synchronous=FULL"
    told = [f"{name}={service.rows(f'SHOW {name}')[0]}" for name in ("fsync", "synchronous_commit")]
    return f"PostgreSQL, {', '.join(told)}"


if __name__ == "__main__":
    main()
