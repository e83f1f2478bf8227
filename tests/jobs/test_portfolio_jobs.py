"""The life of a job: done, failed, cancelled, deleted, lost and found again."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from taxonomy_api.errors import Conflict, NotFound
from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.ledger import MOST_ATTEMPTS, Counts
from taxonomy_api.jobs.queue import open_queue
from taxonomy_api.jobs.worker import Worker
from taxonomy_api.portfolio.problem import PortfolioProblem
from taxonomy_api.store.audit import entries
from taxonomy_api.store.ids import now
from taxonomy_api.store.keys import Identity
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import Repository
from tests.jobs.conftest import Bench, Report, copy

LEASE = timedelta(seconds=60)


def age(bench: Bench, job_id: str, seconds: int = 3600) -> None:
    """As if the job's worker had been silent for so long."""
    with bench.database.unit_of_work() as session:
        session.execute(
            update(Portfolio)
            .where(Portfolio.id == job_id)
            .values(heartbeat=now() - timedelta(seconds=seconds))
        )


def recover(bench: Bench) -> None:
    with bench.database.unit_of_work() as session:
        ledger.recover(session, LEASE)


def progress_of(bench: Bench, job_id: str) -> tuple[object, ...]:
    one = bench.portfolio(job_id)
    return one.phase, one.rows_read, one.rows_assessed, one.rows_written, one.rows_total


def folders(bench: Bench, job_id: str) -> list[str]:
    folder = bench.files.root / "portfolios" / bench.organisation_id / job_id
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_job_runs_to_its_end(bench: Bench) -> None:
    job_id = bench.submit()
    assert bench.portfolio(job_id).state == "queued"
    bench.jobs().run(job_id)
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.phase, stored.summary, stored.problem) == ("done", "done", {"rows": 1}, None)
    assert (stored.rows_read, stored.rows_total, stored.attempt) == (1, 1, 1)
    assert stored.release is not None
    assert stored.release.startswith("sha256:")
    assert bench.result(job_id) == "upload"
    assert folders(bench, job_id) == ["results-1"]


def test_a_repeated_message_changes_nothing(bench: Bench) -> None:
    job_id = bench.submit()
    bench.jobs().run(job_id)
    finished = bench.portfolio(job_id).finished
    bench.jobs().run(job_id)
    bench.jobs().run("0" * 32)
    assert (bench.portfolio(job_id).finished, bench.portfolio(job_id).attempt) == (finished, 1)


def test_a_workbook_that_cannot_be_read_fails_with_the_cure(bench: Bench) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        raise PortfolioProblem("no_header", "No header row was found.", "Name the columns.", ("activity",))

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    stored = bench.portfolio(job_id)
    assert stored.state == "failed"
    assert stored.problem == {
        "code": "no_header",
        "detail": "No header row was found.",
        "cure": "Name the columns.",
        "nearest": ["activity"],
    }
    assert folders(bench, job_id) == []


def test_an_error_of_the_service_tells_a_number_and_not_its_text(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        raise RuntimeError("/secret/place")

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    problem = bench.portfolio(job_id).problem
    assert problem is not None
    assert problem["code"] == "internal_error"
    assert "secret" not in str(problem)
    assert problem["correlation"] in caplog.text
    assert "/secret/place" in caplog.text


def test_a_waiting_job_is_cancelled_at_once(bench: Bench) -> None:
    job_id = bench.submit()
    bench.portfolios.cancel(bench.who, job_id)
    assert bench.portfolio(job_id).state == "cancelled"
    bench.jobs().run(job_id)
    assert bench.portfolio(job_id).state == "cancelled"
    bench.portfolios.cancel(bench.who, job_id)


def test_a_running_job_stops_when_cancelled(bench: Bench) -> None:
    started = threading.Event()

    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        (target / "results.csv").write_text("half")
        started.set()
        for step in range(6000):
            progress(Counts("assessing", 10, step))
            time.sleep(0.02)
        raise AssertionError("never stopped")

    bench.work = work
    job_id = bench.submit()
    running = threading.Thread(target=bench.jobs().run, args=(job_id,))
    running.start()
    assert started.wait(60)
    assert bench.portfolios.cancel(bench.who, job_id).state == "running"
    running.join(120)
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.summary) == ("cancelled", None)
    assert stored.rows_read == 10
    assert folders(bench, job_id) == []


def test_a_finished_job_cannot_be_cancelled(bench: Bench) -> None:
    job_id = bench.submit()
    bench.jobs().run(job_id)
    with pytest.raises(Conflict):
        bench.portfolios.cancel(bench.who, job_id)


@pytest.mark.parametrize("step", ["assessing", "finished"])
def test_a_job_deleted_while_it_runs_leaves_nothing(bench: Bench, step: str) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        bench.portfolios.delete(bench.who, job_id)
        target.mkdir(parents=True, exist_ok=True)
        (target / "results.csv").write_text("late")
        for _ in range(200 if step == "assessing" else 0):
            progress(Counts("assessing"))
            time.sleep(0.02)
        return {}

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    with pytest.raises(NotFound):
        bench.portfolio(job_id)
    assert folders(bench, job_id) == []


def test_a_lost_job_is_queued_again_and_finished_once(bench: Bench) -> None:
    job_id = bench.submit()
    with bench.database.unit_of_work() as session:
        lost = ledger.claim(session, job_id)
    assert lost is not None
    with bench.database.unit_of_work() as session:
        ledger.beat(session, lost, Counts("writing", 9, 9, 5, 9))
    recover(bench)
    assert bench.portfolio(job_id).state == "running"
    age(bench, job_id)
    recover(bench)
    assert bench.portfolio(job_id).state == "queued"
    # What its next worker does begins anew.
    assert progress_of(bench, job_id) == ("queued", 0, 0, 0, None)
    bench.jobs().run(job_id)
    assert (bench.portfolio(job_id).state, bench.portfolio(job_id).attempt) == ("done", 2)
    # The worker that was thought lost comes back: nothing of it counts any more.
    with bench.database.unit_of_work() as session:
        assert ledger.beat(session, lost, Counts("late")) == "lost"
        assert not ledger.finish(session, lost, bench.release, {}, Counts(), {})
        assert not ledger.fail(session, lost, {})
        assert not ledger.cancel(session, lost)
    assert bench.portfolio(job_id).summary == {"rows": 1}


def test_results_of_a_superseded_run_are_thrown_away(bench: Bench) -> None:
    def slow(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        (target / "results.csv").write_text("superseded")
        age(bench, job_id)
        recover(bench)
        bench.work = copy
        bench.jobs().run(job_id)
        return {"rows": -1}

    bench.work = slow
    job_id = bench.submit()
    bench.jobs().run(job_id)
    assert bench.portfolio(job_id).summary == {"rows": 1}
    assert bench.result(job_id) == "upload"
    assert folders(bench, job_id) == ["results-2"]


def test_a_job_that_kills_its_workers_is_given_up(bench: Bench) -> None:
    job_id = bench.submit()
    for _ in range(MOST_ATTEMPTS):
        with bench.database.unit_of_work() as session:
            assert ledger.claim(session, job_id) is not None
        age(bench, job_id)
        recover(bench)
    stored = bench.portfolio(job_id)
    assert stored.state == "failed"
    assert stored.problem is not None
    assert stored.problem["code"] == "worker_lost"


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_lost_job_that_is_not_started_again_leaves_nothing(bench: Bench, state: str) -> None:
    job_id = bench.submit()
    for _ in range(1 if state == "cancelled" else MOST_ATTEMPTS):
        with bench.database.unit_of_work() as session:
            ledger.recover(session, timedelta(seconds=-1))
            lost = ledger.claim(session, job_id)
        assert lost is not None
        (bench.files.begin(bench.organisation_id, job_id, lost.attempt) / "results.csv").write_text("half")
    if state == "cancelled":
        bench.portfolios.cancel(bench.who, job_id)
    age(bench, job_id)
    assert folders(bench, job_id) == ["input.csv", f"work-{lost.attempt}"]
    Worker(bench.database, bench.files, bench.queue, LEASE, bench.stopping).recover()
    assert bench.portfolio(job_id).state == state
    assert folders(bench, job_id) == []


def test_a_late_worker_removes_nothing_of_its_successors(bench: Bench) -> None:
    job_id = bench.submit()
    with bench.database.unit_of_work() as session:
        assert ledger.claim(session, job_id) is not None
        ledger.recover(session, timedelta(seconds=-1))
        assert ledger.claim(session, job_id) is not None
    bench.files.begin(bench.organisation_id, job_id, 2)
    bench.files.publish(bench.organisation_id, job_id, 2)
    bench.files.begin(bench.organisation_id, job_id, 1)
    assert folders(bench, job_id) == ["input.csv", "results-2", "work-1"]


def test_a_database_that_is_away_is_no_fault_of_the_job(bench: Bench) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        (target / "results.csv").write_text("half")
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    bench.work = work
    job_id = bench.submit()
    with pytest.raises(OperationalError):
        bench.jobs().run(job_id)
    assert bench.portfolio(job_id).state == "running"
    assert folders(bench, job_id) == ["input.csv"]


def test_a_job_of_a_stopping_worker_waits_for_the_next(bench: Bench) -> None:
    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        bench.stopping.set()
        progress(Counts("assessing", 9, 7, 0, 9))
        raise AssertionError("never stopped")

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    assert (bench.portfolio(job_id).state, bench.portfolio(job_id).attempt) == ("queued", 0)
    assert progress_of(bench, job_id) == ("queued", 0, 0, 0, None)
    bench.work = copy
    bench.stopping.clear()
    bench.jobs().run(job_id)
    assert bench.portfolio(job_id).state == "done"


def test_a_job_gives_signs_of_life(bench: Bench) -> None:
    seen: list[tuple[str, int]] = []

    def work(source: Path, target: Path, progress: Report) -> dict[str, Any]:
        progress(Counts("assessing", 7, 3))
        deadline = time.monotonic() + 60
        while not seen and time.monotonic() < deadline:
            age(bench, job_id)
            time.sleep(0.6)
            stored = bench.portfolio(job_id)
            if stored.heartbeat is not None and now() - stored.heartbeat < LEASE:
                seen.append((stored.phase, stored.rows_assessed))
        return {}

    bench.work = work
    job_id = bench.submit()
    bench.jobs().run(job_id)
    assert seen == [("assessing", 3)]


def test_a_worker_finds_jobs_whose_message_was_lost(bench: Bench) -> None:
    job_id = bench.submit()
    queue = open_queue(bench.settings, lambda _: None)
    assert queue.receive()
    queue = open_queue(bench.settings, bench.jobs().run)
    worker = Worker(bench.database, bench.files, queue, LEASE, bench.stopping)
    running = threading.Thread(target=worker.work)
    running.start()
    deadline = time.monotonic() + 120
    while bench.portfolio(job_id).state != "done" and time.monotonic() < deadline:
        time.sleep(0.05)
    bench.stopping.set()
    running.join(120)
    assert bench.portfolio(job_id).state == "done"


def test_every_end_of_a_portfolio_is_one_entry_of_the_trail(bench: Bench) -> None:
    done, cancelled, lost = (bench.submit() for _ in range(3))
    bench.jobs().run(done)
    bench.portfolios.cancel(bench.who, cancelled)
    for _ in range(ledger.MOST_ATTEMPTS):
        with bench.database.unit_of_work() as session:
            assert ledger.claim(session, lost)
        age(bench, lost)
        recover(bench)
    bench.portfolios.delete(bench.who, done)
    with bench.database.reading() as session:
        found = entries(session, bench.organisation_id, None, 10)
        assert [(one.kind, one.subject, one.actor) for one in reversed(found)] == [
            ("portfolio.ended", done, "worker"),
            ("portfolio.ended", cancelled, "key"),
            ("portfolio.ended", lost, "worker"),
            ("portfolio.deleted", done, "key"),
        ]
    digest = hashlib.sha256(b"upload").hexdigest()
    first, _, last, _ = (json.loads(one.detail) for one in reversed(found))
    assert first == {
        "state": "done",
        "rows": 1,
        "input": digest,
        "submitted_by": "key",
        "release": bench.release.id,
        "results": {"results.csv": digest},
    }
    assert (last["state"], last["input"]) == ("failed", digest)
    assert folders(bench, cancelled) == []


def test_another_organisation_cannot_touch_a_job(bench: Bench) -> None:
    job_id = bench.submit()
    for step in (bench.portfolios.cancel, bench.portfolios.delete):
        with pytest.raises(NotFound):
            step(Identity("f" * 32, "key", frozenset()), job_id)
    with bench.database.reading() as session:
        assert Repository(session, bench.organisation_id).portfolio(job_id).state == "queued"


def test_work_is_queued_after_what_it_is_about_is_stored(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(bench.queue, "send", lambda job_id: seen.append(bench.portfolio(job_id).state))
    bench.submit()
    assert seen == ["queued"]

    def fail(*_: object) -> None:
        raise OperationalError("COMMIT", None, Exception("gone"))

    monkeypatch.setattr("taxonomy_api.jobs.portfolios.settle", fail)
    with pytest.raises(OperationalError):
        bench.submit()
    assert seen == ["queued"]
