"""The steps of a job's life in the portfolios table.

    queued -> running -> done | failed | cancelled        running -> queued (worker stopped or lost)

These are the only queries that are not opened for one organisation: a queue message holds a job id
and nothing else. Every change after `claim` holds only while the attempt is still the stored one,
so a worker that was given up for lost cannot overwrite its successor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from taxonomy_api.catalog.model import Release
from taxonomy_api.store.audit import WORKER, Detail, record
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.releases import keep

#: A job that lost its worker so often is not started again: the upload itself may be what kills it.
MOST_ATTEMPTS = 3
LOST = {
    "code": "worker_lost",
    "detail": f"The job was started {MOST_ATTEMPTS} times and its worker ended each time without a result.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker runs."""

    job_id: str
    organisation_id: str
    attempt: int
    options: dict[str, Any]
    file_name: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a job is."""

    phase: str = "starting"
    rows_read: int = 0
    rows_assessed: int = 0
    rows_written: int = 0
    rows_total: int | None = None


#: A job that is queued again begins anew.
_QUEUED = Counts("queued")
Standing = Literal["running", "cancel", "lost"]


def claim(session: Session, job_id: str) -> Claim | None:
    """Takes a queued job; None where it is not there to be taken (repeated message, cancelled, deleted)."""
    taken = session.execute(
        update(Portfolio)
        .where(Portfolio.id == job_id, Portfolio.state == "queued")
        .values(
            state="running",
            attempt=Portfolio.attempt + 1,
            heartbeat=now(),
            started=now(),
            **_counts(Counts()),
        )
        .returning(Portfolio.organisation_id, Portfolio.attempt, Portfolio.options, Portfolio.file_name)
    ).one_or_none()
    return None if taken is None else Claim(job_id, taken[0], taken[1], taken[2], taken[3])


def beat(session: Session, job: Claim, counts: Counts) -> Standing:
    """Signs of life and progress; answers whether to go on."""
    cancelled = session.execute(
        _still_ours(job).values(heartbeat=now(), **_counts(counts)).returning(Portfolio.cancel_requested)
    ).scalar_one_or_none()
    if cancelled is None:
        return "lost"
    return "cancel" if cancelled else "running"


def finish(
    session: Session,
    job: Claim,
    release: Release,
    summary: dict[str, Any],
    counts: Counts,
    results: Mapping[str, str],
) -> bool:
    """Marks the job done; False where it is no longer this worker's. `results`: SHA-256 by file name."""
    keep(session, release)
    done = {"state": "done", "release": release.id, "summary": summary, "finished": now()}
    return _end(session, job, {**done, **_counts(counts), "phase": "done"}, results)


def fail(session: Session, job: Claim, problem: dict[str, Any]) -> bool:
    """Marks the job failed; `problem` has `code` and `detail`."""
    return _end(session, job, {"state": "failed", "phase": "failed", "problem": problem, "finished": now()})


def cancel(session: Session, job: Claim) -> bool:
    """Marks a job cancelled whose worker has stopped."""
    return _end(session, job, {"state": "cancelled", "phase": "cancelled", "finished": now()})


def give_back(session: Session, job: Claim) -> bool:
    """Queues the job again because its worker stops; the attempt does not count against it."""
    return _apply(session, job, {"state": "queued", "attempt": job.attempt - 1, **_counts(_QUEUED)})


def recover(session: Session, lease: timedelta) -> Sequence[Portfolio]:
    """Queues jobs again whose worker gave no sign of life for `lease`; answers with those ended instead."""
    silent = (Portfolio.state == "running") & (Portfolio.heartbeat < now() - lease)
    given_up = {"state": "failed", "phase": "failed", "problem": LOST, "finished": now()}
    cancelled = {"state": "cancelled", "phase": "cancelled", "finished": now()}
    all_ended: list[Portfolio] = []
    for which, values in (
        (Portfolio.cancel_requested, cancelled),
        (Portfolio.attempt >= MOST_ATTEMPTS, given_up),
    ):
        ended = update(Portfolio).where(silent, which).values(**values).returning(Portfolio)
        for portfolio in session.scalars(ended).all():
            record_end(session, portfolio, WORKER)
            all_ended.append(portfolio)
    session.execute(update(Portfolio).where(silent).values(state="queued", **_counts(_QUEUED)))
    return all_ended


def queued(session: Session) -> Sequence[str]:
    """Ids of the jobs that wait, oldest first."""
    found: Sequence[str] = session.scalars(
        select(Portfolio.id).where(Portfolio.state == "queued").order_by(Portfolio.id)
    ).all()
    return found


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs wait and run, and since when the oldest waits."""

    waiting: int
    running: int
    oldest: datetime | None


def backlog(session: Session) -> Backlog:
    """Of all organisations together."""
    counts = dict(
        session.execute(
            select(Portfolio.state, func.count())
            .where(Portfolio.state.in_(("queued", "running")))
            .group_by(Portfolio.state)
        ).all()
    )
    oldest = session.scalar(select(func.min(Portfolio.created)).where(Portfolio.state == "queued"))
    return Backlog(counts.get("queued", 0), counts.get("running", 0), oldest)


def exists(session: Session, job_id: str) -> bool:
    """Whether the job has not been deleted."""
    return session.scalar(select(Portfolio.id).where(Portfolio.id == job_id)) is not None


def record_end(session: Session, portfolio: Portfolio, actor: str, **more: Detail) -> None:
    """The one entry of a portfolio in the audit trail."""
    record(
        session,
        portfolio.organisation_id,
        "portfolio.ended",
        actor,
        portfolio.id,
        state=portfolio.state,
        rows=portfolio.rows_total or 0,
        input=portfolio.file_sha256,
        submitted_by=portfolio.submitted_by,
        **more,
    )


def _end(
    session: Session, job: Claim, values: dict[str, Any], results: Mapping[str, str] | None = None
) -> bool:
    ended = session.scalars(_still_ours(job).values(**values).returning(Portfolio)).one_or_none()
    if ended is None:
        return False
    more: dict[str, Detail] = {"results": results, "release": ended.release or ""} if results else {}
    record_end(session, ended, WORKER, **more)
    return True


def _still_ours(job: Claim) -> Any:
    return update(Portfolio).where(
        Portfolio.id == job.job_id, Portfolio.state == "running", Portfolio.attempt == job.attempt
    )


def _apply(session: Session, job: Claim, values: dict[str, Any]) -> bool:
    changed = cast("CursorResult[Any]", session.execute(_still_ours(job).values(**values)))
    return changed.rowcount == 1


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "phase": counts.phase,
        "rows_read": counts.rows_read,
        "rows_assessed": counts.rows_assessed,
        "rows_written": counts.rows_written,
        "rows_total": counts.rows_total,
    }
