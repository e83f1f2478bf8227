"""A worker: takes portfolios from the queue, one after the other."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from taxonomy_api import logs
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.ledger import Counts
from taxonomy_api.jobs.portfolio_job import PortfolioJobs
from taxonomy_api.jobs.queue import JobQueue, open_queue
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.run import Progress, assess_portfolio
from taxonomy_api.settings import Settings
from taxonomy_api.store.anchors import Anchors
from taxonomy_api.store.audit import WORKER
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.database import Database, open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.heartbeat import beating
from taxonomy_api.store.retention import purge
from taxonomy_api.store.rollout import Rollout

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.2
_RECOVER_SECONDS = 15.0
_PURGE_SECONDS = 24 * 60 * 60.0


def run_worker(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT; a portfolio that is being assessed then goes back to the queue."""
    logs.configure()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    database = open_database(settings)
    try:
        if settings.is_embedded:
            database.upgrade()
        else:
            database.require_upgraded()
        current = CurrentRelease(settings.data, settings.cache, Rollout(settings.store))
        worker = make_worker(settings, database, stopping, current)
        threading.Thread(target=current.follow, args=(stopping,), name="rollout", daemon=True).start()
        with beating(settings.store):
            _log.info("Worker %d waits for portfolios.", os.getpid())
            worker.work()
    finally:
        database.close()


@dataclass(frozen=True, slots=True)
class Chore:
    """What a worker does from time to time, and first when it starts."""

    every_seconds: float
    do: Callable[[], bool]


class Worker:
    """The loop around a queue."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        queue: JobQueue,
        lease: timedelta,
        stopping: threading.Event,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._database = database
        self._files = files
        self.queue = queue
        self._lease = lease
        self._stopping = stopping
        self._chores = (Chore(_RECOVER_SECONDS, self.recover), *chores)

    def work(self) -> None:
        """Handles messages until told to stop."""
        done = [float("-inf")] * len(self._chores)
        while not self._stopping.is_set():
            for number, chore in enumerate(self._chores):
                if time.monotonic() - done[number] > chore.every_seconds:
                    done[number] = time.monotonic()
                    self._safely(chore.do)
            if not self._safely(self.queue.receive):
                self._stopping.wait(_POLL_SECONDS)

    def recover(self) -> bool:
        """Finds jobs whose worker was lost, and jobs whose message was."""
        with self._database.unit_of_work() as session:
            ended = ledger.recover(session, self._lease)
        for portfolio in ended:
            self._files.settle(portfolio)
        if self.queue.is_empty():
            with self._database.reading() as session:
                waiting = ledger.queued(session)
            for job_id in waiting:
                self.queue.send(job_id)
        return True

    def _safely(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except Exception:
            # A worker outlives a bad message and an absent database or queue.
            _log.exception("The worker goes on after an error.")
            return False


def make_worker(
    settings: Settings, database: Database, stopping: threading.Event, current: CurrentRelease | None = None
) -> Worker:
    """A worker on the settings' queue, with the release in use unless another holder of it is given."""
    current = current or CurrentRelease(settings.data, settings.cache, Rollout(settings.store))
    limits = reading_limits(settings)
    jobs = PortfolioJobs(
        database=database,
        files=FileStore(settings.store),
        current=current,
        assess=partial(_assess, limits, settings.low_memory),
        lease_seconds=settings.job_lease_seconds,
        stopping=stopping,
    )
    queue = open_queue(settings, jobs.run)
    anchors = Anchors(database, settings.audit_anchors)

    def tidy() -> bool:
        purged = purge(database, jobs.files, settings, jobs.current.get().release.id, WORKER)
        _log.info("Purged: %s", purged)
        return True

    chores = (
        Chore(_PURGE_SECONDS, tidy),
        Chore(settings.audit_anchor_seconds, lambda: anchors.write() > 0),
    )
    lease = timedelta(seconds=settings.job_lease_seconds)
    return Worker(database, jobs.files, queue, lease, stopping, chores)


def reading_limits(settings: Settings) -> Limits:
    """What the settings say of an upload; GET /v1/limits tells the same."""
    return Limits(
        file_size=settings.max_upload_bytes,
        uncompressed_size=settings.max_unpacked_bytes,
        entries=settings.max_workbook_parts,
        rows=settings.max_portfolio_rows,
        reading_memory=settings.reading_memory_bytes,
        reading_seconds=settings.reading_seconds,
    )


def _assess(
    limits: Limits,
    low_memory: bool,
    source: Path,
    engine: Engine,
    options: dict[str, Any],
    target: Path,
    progress: Callable[[Counts], None],
    audit_anchor: str | None,
    name: str,
) -> dict[str, Any]:
    def report(step: Progress) -> None:
        progress(Counts(step.phase, step.rows_read, step.rows_assessed, step.rows_written, step.rows_total))

    understood = read_options(engine.release, options)
    return assess_portfolio(
        source,
        engine,
        understood,
        target,
        report,
        limits=limits,
        opener=partial(ReadingProcess, name=name),
        audit_anchor=audit_anchor,
        name=name,
        low_memory=low_memory,
    ).as_json()
