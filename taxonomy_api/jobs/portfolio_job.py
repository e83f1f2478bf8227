"""What a worker does with one portfolio."""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Release
from taxonomy_api.errors import FULL, ServiceError
from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.ledger import Claim, Counts
from taxonomy_api.jobs.pulse import Pulse
from taxonomy_api.portfolio.problem import Cancelled, PortfolioProblem
from taxonomy_api.store.audit import head_of
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.database import Database, is_away
from taxonomy_api.store.files import FileStore

_log = logging.getLogger(__name__)
NO_ROOM = {
    "code": "no_room",
    "detail": "The service had no room on its disk for the results.",
    "cure": "Hand the file in again later, or in smaller parts.",
}
STORED_NAME = re.compile(r"\Ainput(?:\.[a-z0-9]{1,8})?(?=[ ,])")


class Assess(Protocol):
    """Assesses the workbook `source`, writes the results into `target` and returns the summary.

    For the Method sheet: `audit_anchor`, the head of the organisation's trail at the start of the job, and
    `name`, the file as the caller knows it.
    """

    def __call__(
        self,
        source: Path,
        engine: Engine,
        options: dict[str, Any],
        target: Path,
        progress: Callable[[Counts], None],
        audit_anchor: str | None,
        name: str,
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PortfolioJobs:
    """Runs jobs by id. At least once: a job may be run again after its worker was lost."""

    database: Database
    files: FileStore
    current: CurrentRelease
    assess: Assess
    lease_seconds: int
    stopping: threading.Event

    def run(self, job_id: str) -> None:
        """Runs a queued job to its end; does nothing for any other.

        Where the database is away its error is raised, and the job is started again after its lease.
        """
        with self.database.unit_of_work() as session:
            job = ledger.claim(session, job_id)
        if job is None:
            return
        # The step that makes results visible is the commit of `finish`: it names the attempt whose
        # folder holds them. Until then nobody looks into it.
        with Pulse(self.database, job, self.lease_seconds) as pulse:
            try:
                release, summary, results = self._assess(job, pulse)
            except Cancelled:
                self._stopped(job, pulse)
            except Exception as problem:
                if is_away(problem):
                    self.files.discard(job.organisation_id, job.job_id, job.attempt)
                    raise
                self._failed(job, problem)
            else:
                self._finished(job, release, summary, pulse.counts, results)

    def _assess(self, job: Claim, pulse: Pulse) -> tuple[Release, dict[str, Any], dict[str, str]]:
        self.current.reload_if_changed()
        engine = self.current.get().engine
        source = self.files.input(job.organisation_id, job.job_id)
        target = self.files.begin(job.organisation_id, job.job_id, job.attempt)

        def progress(counts: Counts) -> None:
            pulse.counts = counts
            if pulse.standing != "running" or self.stopping.is_set():
                raise Cancelled

        with self.database.reading() as session:
            head = head_of(session, job.organisation_id)
        anchor = None if head is None else str(head)
        summary = self.assess(source, engine, job.options, target, progress, anchor, job.file_name)
        results = self.files.hashes(target)
        self.files.publish(job.organisation_id, job.job_id, job.attempt)
        return engine.release, summary, results

    def _finished(
        self, job: Claim, release: Release, summary: dict[str, Any], counts: Counts, results: dict[str, str]
    ) -> None:
        with self.database.unit_of_work() as session:
            accepted = ledger.finish(session, job, release, summary, counts, results)
        self._tidy(job, accepted)

    def _tidy(self, job: Claim, has_ended: bool) -> None:
        """An upload is kept no longer than its job."""
        if has_ended:
            self.files.delete_input(job.organisation_id, job.job_id)
        else:
            self._clear(job)

    def _stopped(self, job: Claim, pulse: Pulse) -> None:
        self.files.discard(job.organisation_id, job.job_id, job.attempt)
        with self.database.unit_of_work() as session:
            if pulse.standing == "cancel":
                has_ended = ledger.cancel(session, job)
            else:
                has_ended = False
                if self.stopping.is_set():
                    ledger.give_back(session, job)
        if has_ended:
            self.files.delete_input(job.organisation_id, job.job_id)
        if pulse.standing == "lost":
            self._clear(job)

    def _failed(self, job: Claim, problem: Exception) -> None:
        self.files.discard(job.organisation_id, job.job_id, job.attempt)
        with self.database.unit_of_work() as session:
            accepted = ledger.fail(session, job, describe(job, problem))
        self._tidy(job, accepted)

    def _clear(self, job: Claim) -> None:
        """Removes what a deleted or superseded attempt left behind."""
        self.files.discard(job.organisation_id, job.job_id, job.attempt)
        with self.database.reading() as session:
            if not ledger.exists(session, job.job_id):
                self.files.delete(job.organisation_id, job.job_id)


def describe(job: Claim, problem: Exception) -> dict[str, Any]:
    """A failure as it is shown to the caller; unexpected ones tell a number under which the log has them."""
    if isinstance(problem, PortfolioProblem):
        nearest = {"nearest": list(problem.nearest)} if problem.nearest else {}
        # The caller knows the file by its own name, not by the one it is stored under.
        detail = STORED_NAME.sub(lambda _: job.file_name or "The file", problem.detail)
        return {"code": problem.code, "detail": detail, "cure": problem.cure, **nearest}
    if isinstance(problem, ServiceError):
        return {"code": problem.code, "detail": problem.detail}
    if isinstance(problem, OSError) and problem.errno in FULL:
        _log.error("Job %s found no room for its results.", job.job_id, exc_info=problem)
        return dict(NO_ROOM)
    correlation = secrets.token_hex(8)
    _log.error("Job %s failed [%s].", job.job_id, correlation, exc_info=problem)
    return {
        "code": "internal_error",
        "detail": "The portfolio could not be assessed because of an error of the service.",
        "correlation": correlation,
    }
