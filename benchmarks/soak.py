"""Minutes of everything at once: errors, memory of each process, entries of the trail.

    python -m benchmarks.soak [--database sqlite|postgresql|URL] [--minutes 10] [--rate 60] [--workers 2]
        [--callers 6]

Starts a service of its own (two web processes and a worker) with a fresh store, a copy of the data and a
database of its own, made and dropped beside the one of a URL; `postgresql` is the server of this machine.
Callers write single assessments and batches, repeat requests under their Idempotency-Key, read, search,
replay and delete; one hands in portfolios, fetches their results and deletes them; and every half minute
the data change and are reloaded by SIGHUP.
`--rate` is how many requests a second the callers make together, so that the run says something about
leaks and not about speed.

At the end every id that was acknowledged must have its entry in the trail, and none twice; then
`audit verify` reads the whole trail. Memory is that of each process, the median of its last samples against
those at the start, after a warm-up of a dozen reloads and some thousand answers. Ends with 1 where anything
is amiss.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.served import Service, running
from benchmarks.service import ONE_TAXONOMY, THREE_TAXONOMIES
from taxonomy_api.catalog.load import default_data_folder

LOANS = Path(__file__).parent.parent / "examples" / "bank-200-loans.xlsx"
MOST_MINUTES = 60.0
MOST_GROWTH = 0.05
BATCH = {"projects": {f"P-{number}": ONE_TAXONOMY["project"] for number in range(20)}}
READING = (
    "/v1/search?q=wind",
    "/v1/search?q=风力发电",
    "/v1/search?q=isic4:D3510",
    "/v1/taxonomies",
    "/v1/taxonomies/hk-phase-2a/activities",
    "/v1/activities/hk-phase-2a:ENE-01",
    "/v1/activities/cn-green-finance-2025:4.2.2",
    "/v1/crosswalk?from=hk-phase-2a:ENE-01",
    "/v1/facts",
    "/v1/releases",
    "/v1/limits",
)
#: Name and resident bytes by process, one after the other.
Samples = list[dict[int, tuple[str, int]]]
_RELOAD_SECONDS = 30
#: To warm up: memory settles after about a dozen reloads, of which ten a day would be many, and some thousand
#: answers, until what is remembered of them (one thousand each for two releases) is full.
_WARM_RELOADS = 12
_WARM_ANSWERS = 8_000
_FAST_RELOAD_SECONDS = 2
_SAMPLE_SECONDS = 5
_PORTFOLIO_SECONDS = 120


@dataclass
class Run:
    """What all callers did and were told."""

    service: Service
    ended: threading.Event = field(default_factory=threading.Event)
    is_warm: bool = False
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    #: Subjects that must have exactly one entry of the kind in the trail.
    owed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Entries of the kind that must be there, whatever their subjects.
    counted: Counter[str] = field(default_factory=Counter)
    reloads: int = 0

    @property
    def answers(self) -> int:
        return sum(map(len, self.seconds.values()))

    def fail(self, what: str) -> None:
        self.errors[what[:160]] += 1


class Caller:
    """One connection; every answer is timed, and one of an unexpected status is an error."""

    def __init__(self, run: Run, pause: float = 0.0) -> None:
        self._run = run
        self._pause = pause
        self._connection = run.service.connect()

    def ask(
        self,
        kind: str,
        method: str,
        path: str,
        wanted: int | tuple[int, ...],
        body: Any = None,
        **headers: str,
    ) -> tuple[bytes, dict[str, str]] | None:
        """The content of the answer and its headers by lower-case names; None where it was an error."""
        sent = {"Authorization": f"Bearer {self._run.service.key}", "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
        time.sleep(random.uniform(0, 2 * self._pause))
        began = time.perf_counter()
        try:
            self._connection.request(method, quote(path, safe="/:?=&%"), content, {**sent, **headers})
            answer = self._connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self._run.fail(f"{kind}: {type(problem).__name__}")
            self._connection.close()
            return None
        self._run.seconds[kind].append(time.perf_counter() - began)
        if answer.status not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            self._run.fail(f"{kind}: {answer.status} {told[:120].decode(errors='replace')}")
            return None
        return told, {name.lower(): value for name, value in answer.headers.items()}


def single(caller: Caller, run: Run) -> None:
    """Written, read back, replayed from its own release, mostly deleted."""
    told = caller.ask(
        "assess", "POST", "/v1/assessments", 201, random.choice((ONE_TAXONOMY, THREE_TAXONOMIES))
    )
    if told is None:
        return
    kept = json.loads(told[0])["id"]
    run.owed["assessment.created"].append(kept)
    shown = caller.ask("show", "GET", f"/v1/assessments/{kept}", 200)
    if shown is not None and json.loads(shown[0])["id"] != kept:
        run.fail("show: another assessment")
    if random.random() < 0.3:
        release = random.choice(("original", "current"))
        again = caller.ask("replay", "POST", f"/v1/assessments/{kept}/replay", 200, {"release": release})
        if again is not None:
            run.counted["assessment.replayed"] += 1
            if release == "original" and not json.loads(again[0])["reproduced"]:
                run.fail("replay: the original is not reproduced")
    if random.random() < 0.9 and caller.ask("delete", "DELETE", f"/v1/assessments/{kept}", 204) is not None:
        run.owed["assessment.deleted"].append(kept)


def batch(caller: Caller, run: Run) -> None:
    told = caller.ask("batch", "POST", "/v1/assessments/batch", 200, BATCH)
    if told is None:
        return
    run.counted["assessment.batch"] += 1
    for item in json.loads(told[0])["results"].values():
        if item["status"] != 201:
            run.fail(f"batch: an item with {item['status']}")
        elif caller.ask("delete", "DELETE", f"/v1/assessments/{item['assessment']['id']}", 204) is not None:
            run.owed["assessment.deleted"].append(item["assessment"]["id"])


def repeated(caller: Caller, run: Run) -> None:
    """The same request three times under one key: one execution, one id."""
    key = str(uuid.uuid4())
    ids = []
    for _ in range(3):
        told = caller.ask("repeat", "POST", "/v1/assessments", 201, ONE_TAXONOMY, **{"Idempotency-Key": key})
        if told is not None:
            ids.append(json.loads(told[0])["id"])
    if len(set(ids)) > 1:
        run.fail("repeat: one key, two executions")
    run.owed["assessment.created"] += ids[:1]


def reading(caller: Caller, run: Run) -> None:
    path = random.choice(READING)
    told = caller.ask("read", "GET", path, 200)
    tag = None if told is None else told[1].get("etag")
    if tag is None:
        return
    again = caller.ask("read", "GET", path, (200, 304), **{"If-None-Match": tag})
    # In full once more only where the data changed in between.
    if again is not None and again[0] and again[1]["etag"] == tag:
        run.fail("read: no 304")


def write_and_read(run: Run, pause: float) -> None:
    caller = Caller(run, pause)
    while not run.ended.is_set():
        random.choices((single, batch, repeated, reading), (5, 0.3, 1, 4))[0](caller, run)


def portfolios(run: Run) -> None:
    caller, content = Caller(run), LOANS.read_bytes()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="loans.xlsx"\r\n\r\n'
    form, kind = head + content + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
    while not run.ended.wait(3):
        told = caller.ask("upload", "POST", "/v1/portfolios", 202, form, **kind)
        if told is None:
            continue
        at = f"/v1/portfolios/{json.loads(told[0])['id']}"
        state, deadline = "", time.monotonic() + _PORTFOLIO_SECONDS
        while state not in ("done", "failed") and time.monotonic() < deadline:
            time.sleep(0.5)
            shown = caller.ask("portfolio", "GET", at, 200)
            state = "" if shown is None else json.loads(shown[0])["status"]
        if state != "done":
            run.fail(f"portfolio: {state or 'no state'} at the end")
            continue
        run.owed["portfolio.ended"].append(at.rsplit("/", 1)[1])
        for name in ("results.xlsx", "results.csv", "results.parquet", "rows?limit=50"):
            caller.ask("results", "GET", f"{at}/{name}", 200)
        if caller.ask("delete", "DELETE", at, 204) is not None:
            run.owed["portfolio.deleted"].append(at.rsplit("/", 1)[1])


def reloads(run: Run, data: Path) -> None:
    """Two states of the data take turns, so that the same releases come again."""
    source = data / "taxonomies" / "sources.yaml"
    sound = source.read_text(encoding="utf-8")
    other = re.sub(r"title: \{en: (\w)", r"title: {en: The \1", sound, count=1)
    if other == sound:
        raise SystemExit(f"{source} has no title to change")
    while not run.ended.wait(_RELOAD_SECONDS if run.is_warm else _FAST_RELOAD_SECONDS):
        before = _release(run)
        source.write_text(other if run.reloads % 2 == 0 else sound, encoding="utf-8")
        run.service.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + _PORTFOLIO_SECONDS
        while _release(run) == before:
            if time.monotonic() > deadline:
                run.fail("reload: the release in use stays")
                break
            time.sleep(0.5)
        run.reloads += 1


def _release(run: Run) -> str:
    # A connection of its own: between two reloads the service would close one that is kept.
    told = Caller(run).ask("ready", "GET", "/readyz", 200)
    return "" if told is None else str(json.loads(told[0])["release"])


def memory(first: int) -> dict[int, tuple[str, int]]:
    """Name and resident bytes of a process and its children."""
    found = {}
    children = [
        int(one)
        for task in Path(f"/proc/{first}/task").glob("*/children")
        for one in task.read_text().split()
    ]
    for number in (first, *children):
        try:
            status = Path(f"/proc/{number}/status").read_text()
        except OSError:
            continue
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        name = re.search(r"Name:\s+(.*)", status)
        if resident and name:
            found[number] = ("first process" if number == first else name[1], int(resident[1]) * 1024)
    return found


def growth(samples: Samples) -> list[tuple[str, int, int, float]]:
    """Per process that was there all along: what it is, bytes after the warm-up and at the end, growth."""
    part = max(1, len(samples) // 10)
    found = []
    for number in sorted(set.intersection(*map(set, samples))):
        before, after = (
            int(statistics.median(one[number][1] for one in some))
            for some in (samples[:part], samples[-part:])
        )
        found.append((f"{samples[0][number][0]} {number}", before, after, after / before - 1))
    return found


def missing_from_the_trail(run: Run) -> list[str]:
    """What was acknowledged and has no entry, or more than one."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    caller = Caller(run)
    cursor: str | None = ""
    while cursor is not None:
        told = caller.ask("trail", "GET", f"/v1/audit?limit=200{cursor and '&cursor=' + cursor}", 200)
        if told is None:
            return ["the trail cannot be read"]
        page = json.loads(told[0])
        for entry in page["entries"]:
            seen[entry["kind"]][entry["subject"]] += 1
        cursor = page["next_cursor"]
    faults = [
        f"{kind} {subject}: {seen[kind][subject]} entries"
        for kind, subjects in run.owed.items()
        for subject in subjects
        if seen[kind][subject] != 1
    ]
    for kind, count in run.counted.items():
        if seen[kind].total() < count:
            faults.append(f"{kind}: {seen[kind].total()} entries for {count} answers")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=60.0, help="requests a second of all callers")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--callers", type=int, default=6)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql or a URL")
    given, _ = parser.parse_known_args()
    minutes = min(given.minutes, MOST_MINUTES)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for part in ("taxonomies", "mappings"):
            shutil.copytree(default_data_folder() / part, data / part)
        more = {"EMBEDDED_WORKER": "yes", "DATA": str(data), "CACHE": f"{folder}/cache"}
        with running(given.workers, given.database, **more) as service:
            run = Run(service)
            samples = soak(run, data, minutes, given.callers, given.callers / given.rate)
            if not report(run, samples, minutes):
                raise SystemExit(1)


def soak(
    run: Run, data: Path, minutes: float, callers: int, pause: float
) -> list[dict[int, tuple[str, int]]]:
    """Runs everything for so long; the memory of the processes meanwhile."""
    tasks: list[Callable[[], None]] = [lambda: portfolios(run), lambda: reloads(run, data)]
    tasks += [lambda: write_and_read(run, pause)] * callers
    threads = [threading.Thread(target=task) for task in tasks]
    samples = []
    for thread in threads:
        thread.start()
    while (run.reloads < _WARM_RELOADS or run.answers < _WARM_ANSWERS) and not run.errors:
        time.sleep(_SAMPLE_SECONDS)
    run.is_warm = True
    ended = time.monotonic() + minutes * 60
    while time.monotonic() < ended:
        time.sleep(_SAMPLE_SECONDS)
        samples.append(memory(run.service.process.pid))
    run.ended.set()
    for thread in threads:
        thread.join()
    return samples


def report(run: Run, samples: Samples, minutes: float) -> bool:
    """Prints what was found; whether all is well."""
    print(f"{minutes:g} minutes on {run.service.database.partition(':')[0]}:", end=" ")
    print(f"{run.answers:,} answers, {run.reloads} reloads, {run.errors.total()} errors")
    for kind, times in sorted(run.seconds.items()):
        cuts = statistics.quantiles(times * 2, n=100)
        print(f"    {kind:10} {len(times):7,}  p50 {cuts[49] * 1e3:6.1f} ms  p99 {cuts[98] * 1e3:6.1f} ms")
    for what, count in run.errors.most_common(10):
        print(f"    {count} x {what}")
    grown = growth(samples)
    tenth = max(1, len(samples) // 10)
    for number in sorted(set.intersection(*map(set, samples))):
        course = " ".join(f"{one[number][1] / 2**20:.0f}" for one in samples[::tenth])
        print(f"    {samples[-1][number][0]} {number}, MiB by tenths: {course}")
    for what, before, after, part in grown:
        print(f"    {what:24} {before / 2**20:6.1f} MiB -> {after / 2**20:6.1f} MiB  {part:+.1%}")
    faults = missing_from_the_trail(run)
    owed = sum(map(len, run.owed.values())) + run.counted.total()
    print(f"    {owed:,} acts acknowledged, {len(faults)} without their one entry in the trail")
    for fault in faults[:10]:
        print(f"        {fault}")
    program = str(Path(sys.executable).with_name("taxonomy-api"))
    verified = subprocess.run(
        [program, "audit", "verify"], env=run.service.environment, capture_output=True, text=True, check=False
    )
    print(f"    audit verify: {verified.stderr.strip()}, exit {verified.returncode}")
    return not (run.errors or faults or verified.returncode or any(part > MOST_GROWTH for *_, part in grown))


if __name__ == "__main__":
    main()
