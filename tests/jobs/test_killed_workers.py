"""A worker process that is killed in the middle of a job, and what others make of it."""

from __future__ import annotations

import errno
import io
import multiprocessing
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import Portfolio
from tests.jobs.conftest import Bench, Report

OPTIONS = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", "assume_not_excluded": True}
ROWS = 40
UPLOAD = "project id,activity,ghg_intensity\n" + "".join(
    f"A-{row},demo-a:1.10,{40 if row % 2 else 4000}\n" for row in range(ROWS)
)
MOMENTS = ("reading", "assessing", "writing", "done", "before publishing", "after publishing")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work_and_die(settings: Settings, moment: str) -> None:
    """A worker of its own that handles one message and is killed at the moment."""
    from taxonomy_api.jobs import worker as module

    publish, assess = FileStore.publish, module.assess_portfolio

    def killed_at_publishing(self: FileStore, *names: Any) -> None:
        if moment == "before publishing":
            die()
        publish(self, *names)
        die()

    def killed_in_phase(source: Any, engine: Any, options: Any, target: Any, report: Any, **more: Any) -> Any:
        def progress(step: Any) -> None:
            report(step)
            if step.phase == moment:
                die()

        return assess(source, engine, options, target, progress, **more)

    module.assess_portfolio = killed_in_phase  # type: ignore[assignment]
    if "publishing" in moment:
        FileStore.publish = killed_at_publishing  # type: ignore[method-assign]
    database = open_database(settings)
    make_worker(settings, database, threading.Event()).queue.receive()


def results(bench: Bench, job_id: str) -> pa.Table:
    attempt = bench.portfolio(job_id).attempt
    return pq.read_table(bench.files.result(bench.organisation_id, job_id, attempt, "results.parquet"))


def kill_a_worker(settings: Settings, moment: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=work_and_die, args=(settings, moment))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_worker_leaves_one_correct_result(bench: Bench, moment: str) -> None:
    job_id = bench.portfolios.submit(bench.who, "a.csv", io.BytesIO(UPLOAD.encode()), OPTIONS).id
    kill_a_worker(bench.settings, moment)
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.summary, stored.attempt) == ("running", None, 1)
    with bench.database.unit_of_work() as session:
        silent = now() - timedelta(seconds=3600)
        session.execute(update(Portfolio).where(Portfolio.id == job_id).values(heartbeat=silent))
    worker = make_worker(bench.settings, bench.database, bench.stopping)
    worker.recover()
    while worker.queue.receive():
        pass
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.attempt, stored.rows_total) == ("done", 2, ROWS)
    undisturbed = bench.portfolios.submit(bench.who, "a.csv", io.BytesIO(UPLOAD.encode()), OPTIONS).id
    assert worker.queue.receive()
    assert stored.summary == bench.portfolio(undisturbed).summary
    assert results(bench, job_id).equals(results(bench, undisturbed))
    ids = results(bench, job_id).column("project id").to_pylist()
    assert ids == [f"A-{row}" for row in range(ROWS)]


def test_a_full_disk_fails_the_job_with_the_reason_and_leaves_nothing(bench: Bench) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        (target / "results.csv").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    stored = bench.portfolio(job_id)
    assert stored.state == "failed"
    assert stored.problem is not None
    assert stored.problem["code"] == "no_room"
    folder = bench.files.root / "portfolios" / bench.organisation_id / job_id
    assert list(folder.iterdir()) == []


def test_a_database_that_is_away_at_the_end_costs_a_second_run_and_no_result(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise ConnectionError("the database is away")

    job_id = bench.submit()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finish", away)
        with pytest.raises(ConnectionError):
            bench.jobs().run(job_id)
    assert bench.portfolio(job_id).state == "running"
    with bench.database.unit_of_work() as session:
        ledger.recover(session, timedelta(seconds=-1))
    bench.jobs().run(job_id)
    assert (bench.portfolio(job_id).state, bench.portfolio(job_id).attempt) == ("done", 2)
    assert bench.result(job_id) == "upload"


def test_a_queue_that_is_away_delays_a_job_and_loses_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object, job_id: str) -> None:
        raise ConnectionError("the queue is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(bench.queue), "send", away)
        job_id = bench.portfolios.submit(bench.who, "a.csv", io.BytesIO(UPLOAD.encode()), OPTIONS).id
    worker = make_worker(bench.settings, bench.database, bench.stopping)
    assert not worker.queue.receive()
    worker.recover()
    assert worker.queue.receive()
    assert bench.portfolio(job_id).state == "done"
