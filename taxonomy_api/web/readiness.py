"""Whether the parts of the service do their work, and what is measured of them.

Database, release and queue are what answers need: without one of them the service is not ready. A
silent worker is told but does not make it so: single projects are answered without one, and to turn
callers away would help none of the portfolios that wait.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from taxonomy_api.errors import Problem, Unavailable
from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.queue import JobQueue
from taxonomy_api.store import heartbeat
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import now
from taxonomy_api.store.rollout import Rollout

OK = "ok"


@dataclass(frozen=True, slots=True)
class Part:
    """`state` is ok or a stable code; `needed` says whether answers depend on it."""

    name: str
    state: str
    detail: str = ""
    needed: bool = True

    @property
    def is_missing(self) -> bool:
        return self.needed and self.state != OK


def parts(database: Database, queue: JobQueue, store: Any, release: Callable[[], object]) -> list[Part]:
    """Each part as it is now. `release` raises Unavailable where none is in use."""
    return [_database(database), _release(release), _queue(queue), _worker(store)]


def require(found: list[Part]) -> None:
    """Raises Unavailable, with one problem for each part that is missing."""
    missing = [part for part in found if part.is_missing]
    if missing:
        problems = tuple(Problem(f"/{part.name}", part.state, part.detail) for part in missing)
        raise Unavailable(missing[0].state, " ".join(part.detail for part in missing), problems)


def figures(database: Database, rollout: Rollout) -> dict[str, Any]:
    """Depth and age of the queue, age of the release in use, signs of life of the workers; ages in seconds.

    What cannot be told is left out.
    """
    found: dict[str, Any] = {}
    try:
        with database.reading() as session:
            backlog = ledger.backlog(session)
        found |= {"queue_waiting": backlog.waiting, "queue_running": backlog.running}
        found["queue_oldest_seconds"] = 0.0 if backlog.oldest is None else _age(backlog.oldest)
    except SQLAlchemyError:
        # `parts` tells that it is away.
        pass
    since = rollout.since()
    if since is not None:
        found |= {"release": rollout.current(), "release_seconds": _age(since)}
    ages = heartbeat.ages(rollout.root)
    found["workers_alive"] = sum(age < heartbeat.SILENT_SECONDS for age in ages)
    if ages:
        found["worker_youngest_sign_seconds"] = round(ages[0], 1)
    return found


def _database(database: Database) -> Part:
    try:
        database.is_ready()
    except SQLAlchemyError:
        return Part("database", "database_unreachable", "The database does not answer.")
    return Part("database", OK)


def _release(release: Callable[[], object]) -> Part:
    try:
        release()
    except Unavailable as problem:
        return Part("release", problem.code, problem.detail)
    return Part("release", OK)


def _queue(queue: JobQueue) -> Part:
    try:
        queue.is_empty()
    except Exception:
        # Whatever the storage of the queue raises: Redis and SQLite have nothing in common here.
        return Part("queue", "queue_unreachable", "The queue for portfolios does not answer.")
    return Part("queue", OK)


def _worker(store: Any) -> Part:
    ages = heartbeat.ages(store)
    if ages and ages[0] < heartbeat.SILENT_SECONDS:
        return Part("worker", OK, needed=False)
    if ages:
        detail = f"No worker gave a sign of life in the last {ages[0]:.0f} s; portfolios wait."
    else:
        detail = "No worker gave a sign of life; portfolios wait until one is started."
    return Part("worker", "worker_silent", detail, needed=False)


def _age(instant: datetime) -> float:
    return round(max(0.0, (now() - instant).total_seconds()), 1)
