"""A large portfolio through the running service: handed in, followed, fetched, and cancelled in each phase.

    python -m benchmarks.job [--rows 1000000] [--source FILE] [--no-cancelled]

Starts a service of its own with one web process, a worker and raised limits. Progress is asked for four
times a second and must never fall. Tells how long it stood still in each phase, how the estimate compared
with what was really left, and of further runs of the same file how long a cancel took. The file is that of
`benchmarks.portfolio`, or another one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.portfolio import TAXONOMIES, write
from benchmarks.served import Service, running

LIMITS = {
    "EMBEDDED_WORKER": "yes",
    "MAX_UPLOAD_BYTES": str(2**30),
    "MAX_PORTFOLIO_ROWS": "1000000",
    "MAX_UNPACKED_BYTES": str(2**32),
    "READING_SECONDS": "900",
}
PHASES = ("reading", "assessing", "writing")
COUNTS = ("rows_read", "rows_assessed", "rows_written")
LOOK_SECONDS = 0.25
PATIENCE = 1_800.0
ENDS = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Look:
    """What the service said of a job, and when."""

    at: float
    body: dict[str, Any]

    @property
    def phase(self) -> str:
        return str(self.body["progress"]["phase"])

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(self.body["progress"][name] for name in COUNTS)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--source", type=Path, help="a workbook to hand in instead")
    arguments.add_argument("--cancelled", action=argparse.BooleanOptionalAction, default=True)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = given.source or Path(folder) / "portfolio.xlsx"
        if given.source is None:
            write(source, min(given.rows, 1_000_000))
        with running(1, **LIMITS) as service:
            whole(service, source, Path(folder))
            for phase in PHASES if given.cancelled else ():
                cancelled(service, source, phase)


def whole(service: Service, source: Path, folder: Path) -> None:
    used, started = service.cpu()[0], time.perf_counter()
    job = hand_in(service, source)
    print(f"handed in: {source.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - started:.1f} s")
    looks = list(follow(service, job))
    if looks[-1].body["status"] != "done":
        raise SystemExit(f"the job ended otherwise: {looks[-1].body}")
    rows = looks[-1].body["progress"]["rows_total"]
    print(
        f"{rows:,} rows done in {looks[-1].at - looks[0].at:.1f} s, processor time of the service "
        f"{service.cpu()[0] - used:.1f} s; asked {len(looks)} times"
    )
    for phase in PHASES:
        some = [look for look in looks if look.phase == phase]
        marks = [look.at for look, following in pairwise(some) if look.counts != following.counts]
        marks = [some[0].at, *marks, some[-1].at] if some else [0.0]
        still = max((after - before for before, after in pairwise(marks)), default=0.0)
        print(
            f"  {phase}: {marks[-1] - marks[0]:.1f} s, {len({look.counts for look in some})} states seen, "
            f"stood still for at most {still:.1f} s"
        )
    left = [(look.body["progress"]["seconds_left"], looks[-1].at - look.at) for look in looks]
    told = [(estimated, true) for estimated, true in left if estimated is not None]
    if told:
        wrong = [estimated - true for estimated, true in told]
        rises = [after - before for (before, _), (after, _) in pairwise(told)]
        print(
            f"  estimate: {min(wrong):+.0f} to {max(wrong):+.0f} s beside what was left, "
            f"rose by at most {max(rises, default=0)} s from look to look"
        )
    for kind in ("xlsx", "csv", "parquet"):
        started = time.perf_counter()
        target = folder / f"results.{kind}"
        download(service, f"{job}/results.{kind}", target)
        print(
            f"  results.{kind}: {target.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - started:.1f} s"
        )
    rows = pq.ParquetFile(folder / "results.parquet").metadata.num_rows
    assert rows == looks[-1].body["progress"]["rows_total"]


def cancelled(service: Service, source: Path, phase: str) -> None:
    """Cancel once rows are counted in the phase."""
    job = hand_in(service, source)
    asked = None
    for look in follow(service, job):
        count = look.counts[PHASES.index(phase)] if look.phase == phase else 0
        if asked is None and count:
            ask(service, "POST", f"{job}/cancel")
            asked = look.at
    took = "no cancel" if asked is None else f"{look.at - asked:.1f} s after it was asked for"
    print(f"cancelled while {phase}: {look.body['status']}, {took}")


def follow(service: Service, job: str) -> Iterator[Look]:
    """What is said of the job until it has ended. Fails where its progress falls."""
    before: tuple[int, ...] = (0, 0, 0)
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        look = Look(time.perf_counter(), ask(service, "GET", job))
        if any(now < then for now, then in zip(look.counts, before, strict=True)):
            raise SystemExit(f"progress fell from {before} to {look.counts}")
        before = look.counts
        yield look
        if look.body["status"] in ENDS:
            return
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"the job has not ended after {PATIENCE:.0f} s")


def hand_in(service: Service, source: Path) -> str:
    """The address of the job."""
    options = json.dumps({"taxonomies": list(TAXONOMIES), "as_of": "2026-11-22", "reuse": False})
    field = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    head = field.format("options", "") + options + "\r\n" + field.format("file", '; filename="loans.xlsx"')
    parts = (head.encode(), b"\r\n--x--\r\n")
    length = source.stat().st_size + sum(map(len, parts))
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(length)}

    def body() -> Iterator[bytes]:
        yield parts[0]
        with source.open("rb") as stream:
            while block := stream.read(2**20):
                yield block
        yield parts[1]

    told = ask(service, "POST", "/v1/portfolios", body(), **kind)
    return f"/v1/portfolios/{told['id']}"


def ask(service: Service, method: str, path: str, body: Any = None, **headers: str) -> Any:
    with closing(service.connect()) as connection:
        return json.loads(_answer(service, connection, method, path, body, **headers).read())


def download(service: Service, path: str, target: Path) -> None:
    with closing(service.connect()) as connection, target.open("wb") as stream:
        answer = _answer(service, connection, "GET", path)
        while block := answer.read(2**20):
            stream.write(block)


def _answer(
    service: Service,
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Any = None,
    **headers: str,
) -> http.client.HTTPResponse:
    connection.request(method, path, body, {"Authorization": f"Bearer {service.key}", **headers})
    answer = connection.getresponse()
    if answer.status >= 400:
        raise SystemExit(f"{method} {path}: {answer.status} {answer.read(500)!r}")
    return answer


if __name__ == "__main__":
    main()
