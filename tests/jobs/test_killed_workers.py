"""Worker processes that are killed at every moment of a job, and what the others make of it."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import re
import signal
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.settings import Settings
from taxonomy_api.store.audit import WORKER
from taxonomy_api.store.audit_key import audit_key
from taxonomy_api.store.ids import now
from taxonomy_api.store.keys import SCOPES, Identity, create_key, create_organisation
from taxonomy_api.store.models import AuditEntry, Portfolio
from taxonomy_api.store.retention import purge
from taxonomy_api.store.verify import verify
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import Services, make_services
from tests.conftest import postgres_schema
from tests.jobs import projects
from tests.jobs.strikes import MOMENTS, PATIENCE, go_on, readers_of, work_and_die
from tests.web.private_servers import redis

PROCESSES = multiprocessing.get_context("spawn")
ANCHOR = re.compile(rb"\b[0-9]+:[0-9a-f]{64}\b")
FORMATS = ("xlsx", "csv", "parquet")
#: What the killed worker has in its folder then: files that are there, and are not yet whole.
HALF_WRITTEN = {"writing xlsx": "xlsx", "writing csv": "csv", "writing parquet": "parquet"}


@dataclass
class Results:
    """What a job came to: its summary and its files."""

    summary: dict[str, Any]
    files: dict[str, bytes]

    def book(self) -> dict[str, bytes]:
        """The parts of the workbook, but for its time and the head of the trail, which differ by job."""
        with zipfile.ZipFile(io.BytesIO(self.files["xlsx"])) as book:
            parts = {name: ANCHOR.sub(b"", book.read(name)) for name in book.namelist()}
        parts.pop("docProps/core.xml")
        return parts


@dataclass
class Service:
    """A service with its database and queue, two workers that wait for orders, and a caller."""

    settings: Settings
    made: Services
    client: FlaskClient
    key: str
    organisation_id: str
    upload: bytes = field(default_factory=projects.upload)
    orders: list[Connection] = field(default_factory=list)

    def submit(self) -> str:
        who = Identity(self.organisation_id, "key", frozenset())
        stream = io.BytesIO(self.upload)
        return self.made.portfolios.submit(who, "a.xlsx", stream, projects.OPTIONS).id

    def get(self, path: str) -> Any:
        return self.client.get(
            f"/v1/portfolios/{path}", headers={"Authorization": f"Bearer {self.key}"}, buffered=True
        )

    def finish(self, job_id: str) -> None:
        """Both workers go at it, until it has ended."""
        for worker in self.orders:
            worker.send(job_id)
        for worker in self.orders:
            assert worker.poll(PATIENCE)
            assert worker.recv() == "done"

    def results(self, job_id: str) -> Results:
        summary = self.get(job_id).get_json()["summary"]
        return Results(summary, {one: self.get(f"{job_id}/results.{one}").data for one in FORMATS})

    def folder(self, job_id: str) -> Path:
        return self.made.files.root / "portfolios" / self.organisation_id / job_id

    def left(self, job_id: str) -> list[str]:
        return sorted(path.name for path in self.folder(job_id).iterdir())

    def stored(self, job_id: str) -> Portfolio:
        with self.made.database.reading() as session:
            return session.get_one(Portfolio, job_id)

    def age(self, job_id: str) -> None:
        """As if the job's worker had been silent for long."""
        with self.made.database.unit_of_work() as session:
            silent = now() - timedelta(hours=1)
            session.execute(update(Portfolio).where(Portfolio.id == job_id).values(heartbeat=silent))


@pytest.fixture(scope="module", params=["sqlite", "postgresql and redis"])
def service(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    settings_for: Callable[..., Settings],
) -> Iterator[Service]:
    store = tmp_path_factory.mktemp("store")
    with ExitStack() as open_until_the_end:
        more = {"DATA": str(default_data_folder()), "CACHE": os.environ["XDG_CACHE_HOME"]}
        if request.param != "sqlite":
            more["DATABASE_URL"] = open_until_the_end.enter_context(postgres_schema())
            more["QUEUE_URL"] = open_until_the_end.enter_context(redis()).url
        settings = settings_for(store, **more)
        made = make_services(settings)
        open_until_the_end.callback(made.database.close)
        made.database.upgrade()
        with made.database.unit_of_work() as session:
            organisation = create_organisation(session, "Bank").id
            key = create_key(session, organisation, SCOPES)[1]
        client = create_app(settings, made).test_client()
        service = Service(settings, made, client, key, organisation)
        for _ in range(2):
            service.orders.append(open_until_the_end.enter_context(worker(settings)))
        yield service


@contextmanager
def worker(settings: Settings) -> Iterator[Connection]:
    """A worker that waits for orders."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=go_on, args=(settings, theirs))
    process.start()
    theirs.close()
    with ours:
        yield ours
        ours.send("")
        process.join(PATIENCE)
        assert process.exitcode == 0


@pytest.fixture(scope="module")
def undisturbed(service: Service) -> Results:
    # So that the trail has a head by which the results can name it.
    who = Identity(service.organisation_id, "key", frozenset())
    service.made.portfolios.cancel(who, service.submit())
    job_id = service.submit()
    service.finish(job_id)
    assert service.stored(job_id).attempt == 1
    return service.results(job_id)


def test_an_undisturbed_run_gives_the_verdicts_of_the_clauses(undisturbed: Results) -> None:
    rows = pq.read_table(io.BytesIO(undisturbed.files["parquet"])).to_pylist()
    assert len(rows) == projects.ROWS
    for number, row in enumerate(rows):
        _, phase_2a, phase_1, state = projects.kind_of(number)
        assert row["project id"] == f"A-{number}"
        assert row["hk-phase-2a verdict"] == phase_2a, row
        assert row["hk-phase-1 verdict"] == phase_1, row
        assert row["row state"] == state
    told = undisturbed.summary["taxonomies"]
    for place, taxonomy in enumerate(projects.TAXONOMIES, start=1):
        expected: dict[str, Counter[str]] = {}
        for kind in projects.KINDS:
            *_, amount, currency = kind[0]
            line = "edition_does_not_apply" if taxonomy in projects.REPLACED else str(kind[place])
            expected.setdefault(line, Counter())[str(currency)] += int(str(amount))
        for verdict, tally in told[taxonomy]["verdicts"].items():
            sums = {one: Decimal(amount) / projects.REPEATS for one, amount in tally["amounts"].items()}
            assert sums == expected.pop(verdict, {})
        assert expected == {}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_worker_leaves_one_correct_result(
    service: Service, undisturbed: Results, moment: str
) -> None:
    job_id = service.submit()
    with reading(service, job_id, undisturbed) as seen:
        kill_a_worker(service.settings, moment)
        if moment in HALF_WRITTEN:
            whole = undisturbed.files[HALF_WRITTEN[moment]]
            half = service.folder(job_id) / "work-1" / f"results.{HALF_WRITTEN[moment]}"
            assert 0 <= half.stat().st_size < len(whole)
        attempts = 1 if moment == "after the commit" else 2
        assert service.stored(job_id).state == ("done" if attempts == 1 else "running")
        service.age(job_id)
        service.finish(job_id)
        if attempts == 1:
            assert service.left(job_id) == ["input.xlsx", "results-1"]
            # As a worker does when it starts.
            purge(service.made.database, service.made.files, service.settings, None, WORKER)
        assert service.left(job_id) == [f"results-{attempts}"]
    assert seen["done"] and (seen["running"] or attempts == 1)
    stored = service.stored(job_id)
    assert (stored.state, stored.attempt, stored.rows_total) == ("done", attempts, projects.ROWS)
    found = service.results(job_id)
    assert found.summary == undisturbed.summary
    assert found.files["parquet"] == undisturbed.files["parquet"]
    assert found.files["csv"] == undisturbed.files["csv"]
    assert found.book() == undisturbed.book()
    assert_one_end_in_the_trail(service, job_id, found)


def kill_a_worker(settings: Settings, moment: str) -> None:
    readers = readers_of(settings)
    readers.unlink(missing_ok=True)
    process = PROCESSES.Process(target=work_and_die, args=(settings, moment))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    assert readers.exists() == (moment != "before reading")
    for reader in readers.read_text().split() if readers.exists() else ():
        wait_until_gone(int(reader))


def wait_until_gone(process: int) -> None:
    """What reads ends with its worker, though it was stopped and had not read to the end."""
    deadline = time.monotonic() + PATIENCE
    while is_there(process):
        assert time.monotonic() < deadline, f"the reading process {process} outlived its worker"
        time.sleep(0.02)


def is_there(process: int) -> bool:
    """Whether it lives; a zombie waits for nothing but its parent's look."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def reading(service: Service, job_id: str, whole: Results) -> Iterator[Counter[str]]:
    """Somebody who asks all the time: results are there in whole, with the end of the job, or not at all."""
    seen: Counter[str] = Counter()
    over = threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not over.wait(0.05):
                # What is done now was done before it was asked for, not the other way round.
                files = {one: service.get(f"{job_id}/results.{one}") for one in ("csv", "parquet")}
                body = service.get(job_id).get_json()
                seen[body["status"]] += 1
                assert (body["summary"] is not None) == (body["status"] == "done")
                assert body["problem"] is None
                for name, answer in files.items():
                    if answer.status_code == 200:
                        assert body["status"] == "done"
                        assert answer.data == whole.files[name]
                    else:
                        assert (answer.status_code, answer.get_json()["code"]) == (409, "no_results")
        except BaseException as failure:
            failures.append(failure)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        yield seen
        over.wait(0.1)
    finally:
        over.set()
        reader.join(PATIENCE)
    assert failures == []


def assert_one_end_in_the_trail(service: Service, job_id: str, found: Results) -> None:
    with service.made.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == job_id)).all()
        assert [one.kind for one in entries] == ["portfolio.ended"]
        detail = json.loads(entries[0].detail)
        assert detail["state"] == "done"
        hashes = {f"results.{one}": hashlib.sha256(found.files[one]).hexdigest() for one in FORMATS}
        assert detail["results"] == hashes
        key = audit_key(service.settings)
        assert not any(report.findings for report in verify(session, key))
