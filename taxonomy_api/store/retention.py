"""What is forgotten, and when: `docs/retention.md` is the same for readers.

Every step deletes a bounded number of rows per unit of work, leaves an entry per organisation in the audit
trail, and can be repeated or interrupted at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from taxonomy_api.settings import Settings
from taxonomy_api.store.audit import OPERATOR, record, sha256
from taxonomy_api.store.database import Database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.idempotency import KEPT
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import FINISHED, Assessment, IdempotencyKey, Portfolio, StoredRelease

#: Rows of one unit of work.
ROWS = 500
#: What has no row, or nothing that refers to it, may be in the making for so long.
_SETTLED = timedelta(days=1)
#: (organisation, id) of what a step deleted.
Deleted = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted."""

    assessments: int
    portfolios: int
    idempotency_keys: int
    releases: int
    leftovers: int


def purge(database: Database, files: FileStore, settings: Settings, in_use: str | None, actor: str) -> Purged:
    """Deletes what is older than the settings say. `in_use` is the id of a release that stays in any case."""
    today = now()
    assessments = 0
    if settings.assessment_days:
        before = _oldest_id(today - timedelta(days=settings.assessment_days))
        assessments = _in_steps(
            database, lambda session: _rows(session, Assessment, Assessment.id < before, actor)
        )
    ended = Portfolio.finished < today - timedelta(days=settings.result_days)
    portfolios = 0
    while deleted := _one_step(
        database, lambda session: _rows(session, Portfolio, Portfolio.state.in_(FINISHED) & ended, actor)
    ):
        portfolios += len(deleted)
        for organisation_id, portfolio_id in deleted:
            files.delete(organisation_id, portfolio_id)
    keys = _in_steps(database, lambda session: _keys(session, today - KEPT))
    return Purged(
        assessments=assessments,
        portfolios=portfolios,
        idempotency_keys=keys,
        releases=_releases(database, in_use, today - _SETTLED, actor),
        leftovers=_leftovers(database, files, today - _SETTLED) + _unsettled(database, files),
    )


def _in_steps(database: Database, step: Callable[[Session], Deleted]) -> int:
    count = 0
    while deleted := _one_step(database, step):
        count += len(deleted)
    return count


def _one_step(database: Database, step: Callable[[Session], Deleted]) -> Deleted:
    with database.unit_of_work() as session:
        return step(session)


def _rows(
    session: Session, table: type[Assessment] | type[Portfolio], which: ColumnElement[bool], actor: str
) -> Deleted:
    some = select(table.id).where(which).order_by(table.id).limit(ROWS)
    query: Delete = delete(table).where(table.id.in_(some))
    found = session.execute(query.returning(table.organisation_id, table.id)).all()
    deleted = [(str(owner), str(row_id)) for owner, row_id in found]
    for owner in sorted({owner for owner, _ in deleted}):
        ids = sorted(row_id for other, row_id in deleted if other == owner)
        record(
            session,
            owner,
            f"{table.__tablename__}.purged",
            actor,
            ids[-1],
            count=len(ids),
            ids=sha256("".join(f"{one}\n" for one in ids)),
        )
    return deleted


def _keys(session: Session, before: datetime) -> Deleted:
    """Of these no trace is needed: they hold nothing of their own."""
    table = IdempotencyKey
    some = session.execute(
        select(table.organisation_id, table.key).where(table.created < before).limit(ROWS)
    ).all()
    for owner, key in some:
        session.execute(
            delete(table).where(table.organisation_id == owner, table.key == key, table.created < before)
        )
    return [(str(owner), str(key)) for owner, key in some]


def _releases(database: Database, in_use: str | None, before: datetime, actor: str) -> int:
    """Removes releases that no row refers to any more."""
    with database.reading() as session:
        idle = session.scalars(
            select(StoredRelease.id).where(
                StoredRelease.created < before,
                ~exists().where(Assessment.release == StoredRelease.id),
                ~exists().where(Portfolio.release == StoredRelease.id),
            )
        ).all()
    count = 0
    for release_id in idle:
        if release_id == in_use:
            continue
        try:
            with database.unit_of_work() as session:
                gone = session.scalar(
                    delete(StoredRelease).where(StoredRelease.id == release_id).returning(StoredRelease.id)
                )
                if gone is not None:
                    record(session, OPERATOR, "release.removed", actor, release_id)
                    count += 1
        except IntegrityError:
            # An answer began to refer to it meanwhile; it stays.
            continue
    return count


def _leftovers(database: Database, files: FileStore, before: datetime) -> int:
    """Folders whose portfolio is not there: an upload that was never committed, a deletion cut short."""
    count = 0
    for organisation_id, portfolio_id in files.portfolios(before):
        with database.reading() as session:
            is_known = session.scalar(select(Portfolio.id).where(Portfolio.id == portfolio_id)) is not None
        if not is_known:
            files.delete(organisation_id, portfolio_id)
            count += 1
    return count


def _unsettled(database: Database, files: FileStore) -> int:
    """What is left of uploads and half-written results of ended portfolios whose worker was lost then."""
    count = 0
    for _, portfolio_id in files.unsettled():
        with database.reading() as session:
            portfolio = session.get(Portfolio, portfolio_id)
        if portfolio is not None and portfolio.state in FINISHED:
            files.settle(portfolio)
            count += 1
    return count


def _oldest_id(instant: datetime) -> str:
    """Ids begin with the milliseconds of their making, so they are found without an index of their own."""
    return f"{int(instant.timestamp() * 1000):012x}"
